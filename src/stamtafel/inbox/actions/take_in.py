"""What came in from networks is taken in: claimed, read, and brought into conversations, each thing once."""

import random
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, OperationalError, connection, transaction

from stamtafel.channels.contract import ChannelError, Incoming, Listens
from stamtafel.channels.models import InboundItem
from stamtafel.channels.queries import channel_of
from stamtafel.inbox.actions import mail_in
from stamtafel.inbox.actions.completing import Completing
from stamtafel.inbox.actions.ground import Ground
from stamtafel.inbox.actions.hear import Heard, NotYet, hear
from stamtafel.work import actions as work

LEASE: Final = timedelta(minutes=3)
BATCH: Final = 100
TOGETHER: Final = 10  # in one transaction: short enough for a webhook that waits to write
BREATH: Final = 0.005  # seconds between two of them: SQLite has no queue, who waits to write looks again now and then
PATIENCE: Final = 4  # tries; what belongs before it has had some minutes by then
_chance = random.SystemRandom().random
Read = tuple[InboundItem, Sequence[Incoming]]


def take_in(now: datetime, *, batch: int = BATCH) -> int:
    """Bring what came in into conversations (job); returns how many items were tried.

    Claim (commit) → a few items in a transaction and, where one of them can't be taken in, each in one of its own. That
    one is tried later, with growing pauses, and stands with its error on the item; an error that nobody foresaw goes up
    at the end. No order is counted on.
    """
    rows = InboundItem.objects.select_related("account")
    items = sorted(work.claim(rows, now=now, lease=LEASE, limit=batch), key=lambda item: item.pk)
    errors: list[Exception] = []
    asking = Completing(now)
    read = [(item, said) for item in items if (said := _read(item, now, errors, asking)) is not None]
    for first in range(0, len(read), TOGETHER):
        if first and connection.vendor == "sqlite":
            time.sleep(BREATH)
        errors += _settle(read[first : first + TOGETHER], now)
    if errors:
        raise errors[0]
    return len(items)


def take_back_items(now: datetime) -> int:
    """Items whose worker is gone go back in the queue (job): nothing was kept of them, or all."""
    return work.take_back(InboundItem.objects.all(), now=now, repeatable=True)


def _read(item: InboundItem, now: datetime, errors: list[Exception], asking: Completing) -> list[Incoming] | None:
    """What an item says; None when it can't be read now."""
    try:
        reader = _reader(item)
        return list(reader.read(asking.completed(item, reader)))
    except ChannelError as error:  # what it lacks can't be asked for now
        _later(item, now, error)
        return None
    except Exception as error:  # noqa: BLE001 - a poisoned item stands in nobody's way; raised at the end
        errors.append(error)
        _later(item, now, error)
        return None


def _reader(item: InboundItem) -> Listens:
    channel = channel_of(item.account)
    if not isinstance(channel, Listens):
        raise TypeError(f"{item.account.kind} does not read what comes in")
    return channel


def _settle(some: Sequence[Read], now: datetime) -> list[Exception]:
    """Take in a few and write down what became of each; gives back errors that nobody foresaw."""
    try:
        waiting = _brought_in(some, now)
    except OperationalError as error:  # the database is busy or away: trying each alone would take as long again
        return [_later(item, now, error) for item, _said in some]
    except Exception:  # noqa: BLE001 - one of them: which one, and what it is, comes out below
        return [error for one in some for error in _settle_alone(one, now)]
    for item, why in waiting:
        _later(item, now, why)
    return []


def _settle_alone(one: Read, now: datetime) -> list[Exception]:
    """One item; where another worker brought in the same at this moment, the second time finds it there."""
    item = one[0]
    for may_repeat in (True, False):
        try:
            waiting = _brought_in([one], now)
        except IntegrityError as error:
            if not may_repeat:
                return [_later(item, now, error)]
        except Exception as error:  # noqa: BLE001 - see above
            return [_later(item, now, error)]
        else:
            for _item, why in waiting:
                _later(item, now, why)
            return []
    return []


@transaction.atomic
def _brought_in(some: Sequence[Read], now: datetime) -> list[tuple[InboundItem, NotYet]]:
    """Bring them in and say so on the items; gives those for which something else has to come first."""
    ground = Ground(some)
    done: list[InboundItem] = []
    waiting: list[tuple[InboundItem, NotYet]] = []
    for item, said in some:
        try:
            _hear_all(item, said, ground, now)
        except NotYet as why:
            waiting.append((item, why))
        else:
            done.append(item)
    work.complete_all(done)
    return waiting


def _hear_all(item: InboundItem, said: Sequence[Incoming], ground: Ground, now: datetime) -> None:
    if not said:
        mail_in.note_what_no_person_wrote(item, now)
    last_try = item.attempts >= PATIENCE
    for number, one in enumerate(said):
        hear(Heard(item=item, said=one, ground=ground, now=now, first=number == 0, last_try=last_try))


def _later(item: InboundItem, now: datetime, error: Exception) -> Exception:
    work.postpone(item, now=now, error=f"{type(error).__name__}: {error}", chance=_chance())
    return error
