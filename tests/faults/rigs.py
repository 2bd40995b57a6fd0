"""How each network is set up for the faults. A new network: one function here, one line in RIGS."""

from collections.abc import Callable
from typing import Any

from stamtafel.channels.adapters.mastodon import channel as mastodon_channel
from stamtafel.channels.contract import Target
from tests.contracts import mastodon as mastodon_contract
from tests.fakes.mastodon import Mastodon
from tests.faults.rig import Rig, answer, post


def mastodon(_settings: Any) -> Rig:
    """A server with one resident who asked something."""
    fake = Mastodon()
    mastodon_contract.hold(fake)
    fake.left = 10**6
    asked = fake.say("@gemeente Mag er een bank bij?")
    target = Target(
        remote_id=asked["id"], thread=asked["id"], author_id=asked["account"]["id"], handle="fatima", sort="mention"
    )
    return Rig(
        kind="mastodon", fake=fake, options={"api_url": fake.address}, secrets={"access_token": fake.token},
        public=lambda: [one["text"] for one in fake.ours()],
        deeds={"post": post(), "picture": post(pictures=1), "chain": post(chain=True), "answer": answer(lambda: target)},
        before=mastodon_channel._known.clear,
    )  # fmt: skip


RIGS: dict[str, Callable[[Any], Rig]] = {"mastodon": mastodon}
