"""How each network is set up for the faults. A new network: one function here, one line in RIGS."""

from collections.abc import Callable
from typing import Any

from stamtafel.channels.adapters.mastodon import channel as mastodon_channel
from stamtafel.channels.contract import Target
from tests.contracts import bluesky as bluesky_contract
from tests.contracts import mastodon as mastodon_contract
from tests.fakes.bluesky import Bluesky
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


def bluesky(_settings: Any) -> Rig:
    """A server with an index, and a resident who wrote under a post of ours."""
    fake = Bluesky()
    bluesky_contract.hold(fake)
    root = fake.say(fake.us, "Het plein wordt groen.")
    asked = fake.say(fake.join("fatima.test", "Fatima"), "Komt er een bank?", under=root)
    target = Target(remote_id=asked, thread=root, author_id=fake.records[asked].did, handle="fatima.test", about=root)
    session = fake.session(fake.us)
    secrets = {"password": "abcd-efgh-ijkl-mnop", "access": session["accessJwt"], "refresh": session["refreshJwt"]}
    return Rig(
        kind="bluesky", fake=fake, options={"api_url": fake.address, "identifier": "gemeente.test"},
        secrets={**secrets, "did": fake.us.did}, public=lambda: [one.value["text"] for one in fake.posts()],
        deeds={"post": post(), "picture": post(pictures=2), "chain": post(chain=True), "answer": answer(lambda: target)},
    )  # fmt: skip


RIGS: dict[str, Callable[[Any], Rig]] = {"mastodon": mastodon, "bluesky": bluesky}
