"""What Meta only hints at is asked for before it is taken in; a network that is down holds nothing up for ever."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from stamtafel.channels.hearing import be_told, open_hook
from stamtafel.channels.models import Account, InboundItem
from stamtafel.channels.queries import channel_of
from stamtafel.channels.vault import keep_secrets
from stamtafel.inbox.actions import completing
from stamtafel.inbox.actions.take_in import take_in
from stamtafel.inbox.models import Conversation, Message
from tests import builders
from tests.builders import NOW
from tests.channels.adapters.meta.world import World, world

__all__ = ["world"]
pytestmark = pytest.mark.django_db


class Town:
    """An Instagram account of ours that Meta tells of what happens."""

    def __init__(self, world: World) -> None:
        self.world, self.meta = world, world.meta
        world.now = NOW
        options = {"ig_id": world.meta.ig, "page_id": world.meta.page, "api_url": world.meta.address}
        self.account = Account.objects.create(kind="instagram", name="Instagram", options=options)
        keep_secrets(self.account, world.credentials)
        open_hook(account=self.account)

    def told(self) -> None:
        """What happened comes in, signed."""
        for body, headers in self.meta.hooked():
            channel: Any = channel_of(self.account)
            be_told(account=self.account, channel=channel, headers=headers, body=body, now=NOW)


@pytest.fixture
def town(world: World) -> Iterator[Town]:
    builders.municipality()
    return Town(world)


def test_a_mention_comes_with_its_words_and_a_message_with_a_name(town: Town) -> None:
    town.meta.ig_mention("Kijk eens @gemeentevoorbeeld é 🌳", "7", in_comment=True)
    town.meta.message("Mag ik wat vragen?", "8", platform="INSTAGRAM")
    town.told()
    assert take_in(NOW) == 2
    assert set(Message.objects.values_list("text", flat=True)) == {
        "Kijk eens @gemeentevoorbeeld é 🌳",
        "Mag ik wat vragen?",
    }
    assert {one.person["handle"] for one in Conversation.objects.all()} == {"user7", "user8"}
    assert "found" in InboundItem.objects.get(remote_id__startswith="mention:").payload


def test_a_network_that_is_down_is_asked_later_and_once_a_batch(town: Town) -> None:
    for number in range(3):
        town.meta.ig_mention(f"nummer {number}", "7", in_comment=False)
    town.told()
    town.meta.fail("status", on="GET .*", status=500)
    assert take_in(NOW) == 3
    assert len([one for one in town.meta.calls if one.method == "GET"]) == 1
    assert Message.objects.count() == 0
    assert all("fault" in one or "HTTP 500" in one for one in InboundItem.objects.values_list("last_error", flat=True))
    take_in(NOW + timedelta(hours=1))
    assert set(Message.objects.values_list("text", flat=True)) == {"nummer 0", "nummer 1", "nummer 2"}


def test_after_some_tries_it_is_taken_in_as_it_is(town: Town) -> None:
    town.meta.ig_mention("nooit te lezen", "7", in_comment=False)
    town.told()
    town.meta.fail("status", on="GET .*", status=500, times=99)
    for hour in range(completing.PATIENCE):
        take_in(NOW + timedelta(hours=hour))
    assert Message.objects.get().text == ""


def test_a_slow_network_leaves_time_for_the_rest(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.meta.ig_mention("straks", "7", in_comment=False)
    town.told()
    monkeypatch.setattr(completing, "SECONDS", -1.0)
    take_in(NOW)
    assert (Message.objects.count(), town.meta.calls) == (0, [])
    assert InboundItem.objects.get().last_error == "Temporary: There was no time left to ask the network."
