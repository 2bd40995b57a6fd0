"""Telling what we sent from here and came back from what a colleague wrote on the network itself."""

from datetime import datetime

from stamtafel.channels.contract import Channel, Draft, Incoming
from stamtafel.channels.models import Account, Delivery
from stamtafel.channels.queries import channel_of
from stamtafel.work import actions as work
from stamtafel.work.models import DueState


def under_way(account: Account) -> bool:
    """Whether something is being sent this moment: it may come back before we know its id."""
    return Delivery.objects.filter(account=account, state=DueState.SENDING).exists()


def settled_by(account: Account, said: Incoming, now: datetime) -> bool:
    """Whether this proves that a delivery of which nobody knew the outcome is out; then it is done.

    Only where exactly one such delivery has the same words.
    """
    channel = channel_of(account)
    if not isinstance(channel, Channel):
        return False
    unsure = Delivery.objects.filter(account=account, state=DueState.UNSURE).order_by("pk")
    same = [row for row in unsure[:50] if _words(channel.render(Draft.from_data(row.draft)).text) == _words(said.text)]
    if len(same) != 1:
        return False
    return work.complete(same[0], remote_id=said.remote_id, remote_url=said.url, done_at=now)


def _words(text: str) -> str:
    return " ".join(text.split())
