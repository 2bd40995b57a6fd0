"""What came in from networks is taken in: claimed, read, and brought into conversations, each thing once."""

import random
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction

from stamtafel.channels.contract import ChannelError, Incoming, Listens
from stamtafel.channels.hearing import LONGEST_ID
from stamtafel.channels.models import Delivery, InboundItem
from stamtafel.channels.queries import channel_of
from stamtafel.inbox.actions import mail_in
from stamtafel.inbox.actions.completing import Completing
from stamtafel.inbox.actions.hear import Heard, NotYet, hear
from stamtafel.work import actions as work

LEASE: Final = timedelta(minutes=3)
BATCH: Final = 100
PATIENCE: Final = 4  # tries; what belongs before it has had some minutes by then
DELETED: Final = ":deleted"  # how the key of what was taken away ends, see channels.contract.Update
_chance = random.SystemRandom().random


def take_in(now: datetime, *, batch: int = BATCH) -> int:
    """Bring what came in into conversations (job); returns how many items were tried.

    Claim (commit) → each item in a transaction of its own. What can't be read is tried later, with growing pauses, and
    stands with its error on the item; an error that nobody foresaw goes up at the end. No order is counted on.
    """
    rows = InboundItem.objects.select_related("account")
    items = sorted(work.claim(rows, now=now, lease=LEASE, limit=batch), key=lambda item: item.pk)
    errors: list[Exception] = []
    asking = Completing(now)
    read = [_Item(item, said) for item in items if (said := _read(item, now, errors, asking)) is not None]
    known = _Known(read)
    for one in read:
        errors += _settle(one, known, now)
    if errors:
        raise errors[0]
    return len(items)


def take_back_items(now: datetime) -> int:
    """Items whose worker is gone go back in the queue (job): nothing was kept of them, or all."""
    return work.take_back(InboundItem.objects.all(), now=now, repeatable=True)


class _Item:
    """An item with what it says."""

    def __init__(self, item: InboundItem, said: list[Incoming]) -> None:
        self.item, self.said = item, said

    @property
    def gone_key(self) -> str:
        """The key under which it would be told that this was taken away."""
        return self.item.remote_id.partition(":edited:")[0][: LONGEST_ID - len(DELETED)] + DELETED


class _Known:
    """What is known of all items of a batch: two queries, however many there are."""

    def __init__(self, read: list[_Item]) -> None:
        accounts = {one.item.account_id for one in read}
        ids = {name for one in read for said in one.said for name in _names(said)}
        ours = Delivery.objects.filter(account__in=accounts, remote_id__in=ids)
        self.deliveries = (
            {(row.account_id, row.remote_id): row for row in ours.defer("draft", "progress")} if ids else {}
        )
        gone = InboundItem.objects.filter(account__in=accounts, remote_id__in=[one.gone_key for one in read])
        self.gone = set(gone.values_list("account_id", "remote_id")) if read else set()

    def of(self, account_id: int) -> dict[str, Delivery]:
        """What we sent to one account, by the network's id."""
        return {remote: row for (owner, remote), row in self.deliveries.items() if owner == account_id}


def _names(said: Incoming) -> set[str]:
    return {name for name in (said.remote_id, said.thread, said.in_reply_to, said.about) if name}


def _read(item: InboundItem, now: datetime, errors: list[Exception], asking: Completing) -> list[Incoming] | None:
    """What an item says; None when it can't be read now."""
    try:
        reader = _reader(item)
        return list(reader.read(asking.completed(item, reader)))
    except ChannelError as error:  # what it lacks can't be asked for now
        _later(item, now, f"{type(error).__name__}: {error}")
        return None
    except Exception as error:  # noqa: BLE001 - a poisoned item stands in nobody's way; raised at the end
        errors.append(error)
        _later(item, now, f"{type(error).__name__}: {error}")
        return None


def _reader(item: InboundItem) -> Listens:
    channel = channel_of(item.account)
    if not isinstance(channel, Listens):
        raise TypeError(f"{item.account.kind} does not read what comes in")
    return channel


def _settle(one: _Item, known: _Known, now: datetime) -> list[Exception]:
    """Take in one item and write down what became of it; gives back an error that nobody foresaw."""
    item = one.item
    try:
        with transaction.atomic():
            _hear_all(one, known, now)
            work.complete(item)
    except (NotYet, IntegrityError) as why:  # something else has to come first, or came at the same moment
        _later(item, now, f"{type(why).__name__}: {why}")
    except Exception as error:  # noqa: BLE001 - see above
        _later(item, now, f"{type(error).__name__}: {error}")
        return [error]
    return []


def _hear_all(one: _Item, known: _Known, now: datetime) -> None:
    item, ours = one.item, known.of(one.item.account_id)
    if not one.said:
        mail_in.note_what_no_person_wrote(item, now)
    gone = (item.account_id, one.gone_key) in known.gone and item.remote_id != one.gone_key
    last_try = item.attempts >= PATIENCE
    for number, said in enumerate(one.said):
        hear(Heard(item=item, said=said, ours=ours, now=now, first=number == 0, gone=gone, last_try=last_try))


def _later(item: InboundItem, now: datetime, error: str) -> None:
    work.postpone(item, now=now, error=error, chance=_chance())
