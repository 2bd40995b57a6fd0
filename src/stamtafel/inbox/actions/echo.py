"""Telling what we sent from here and came back from what a colleague wrote on the network itself."""

from datetime import datetime

from django.db.models import QuerySet

from stamtafel.channels.contract import Channel, Draft, Incoming
from stamtafel.channels.models import Account, Delivery
from stamtafel.channels.queries import channel_of
from stamtafel.work import actions as work
from stamtafel.work.models import DueState


def under_way(account: Account) -> bool:
    """Whether something is being sent this moment: it may come back before we know its id."""
    return Delivery.objects.filter(account=account, state=DueState.SENDING).exists()


def settled_by(account: Account, said: Incoming, now: datetime) -> bool:
    """Whether this proves that a delivery of which nobody knew the outcome is out, or that a colleague did by hand what
    the network let no program do; then it is done.

    Only where exactly one such delivery has the same words.
    """
    channel = channel_of(account)
    if not isinstance(channel, Channel):
        return False
    unsure = Delivery.objects.filter(account=account, state=DueState.UNSURE).order_by("pk")
    same = _with_words(unsure, channel, said)
    if len(same) == 1:
        return work.complete(same[0], remote_id=said.remote_id, remote_url=said.url, done_at=now)
    return not same and _done_by_hand(account, channel, said, now)


def _done_by_hand(account: Account, channel: Channel, said: Incoming, now: datetime) -> bool:
    refused = Delivery.objects.filter(account=account, state=DueState.FAILED, target__remote_id=said.in_reply_to)
    same = _with_words(refused.exclude(by_hand_url="").order_by("pk"), channel, said) if said.in_reply_to else []
    if len(same) != 1:
        return False
    mine = Delivery.objects.filter(pk=same[0].pk, state=DueState.FAILED)
    return mine.update(state=DueState.DONE, remote_id=said.remote_id, remote_url=said.url, done_at=now) == 1


def _with_words(rows: QuerySet[Delivery], channel: Channel, said: Incoming) -> list[Delivery]:
    return [row for row in rows[:50] if _words(channel.render(Draft.from_data(row.draft)).text) == _words(said.text)]


def _words(text: str) -> str:
    return " ".join(text.split())
