"""Send what is due, and settle what was left half way."""

import contextlib
import random
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import DateTimeField, Value
from django.db.models.functions import Coalesce

from stamtafel.channels import costs, pictures, queries, registry, rules, standing_still
from stamtafel.channels.contract import (
    Attempt,
    Batches,
    ByHand,
    Channel,
    ChannelError,
    Credentials,
    Draft,
    FindsByKey,
    InSteps,
    NeedsSignIn,
    OutcomeUnknown,
    Permanent,
    Publish,
    Receipt,
    Rendered,
    Replies,
    RepliesInPrivate,
    Target,
    Temporary,
)
from stamtafel.channels.models import Account, Delivery
from stamtafel.channels.renewing import fresh_credentials
from stamtafel.people.models import Resident
from stamtafel.places.queries import municipality
from stamtafel.work import actions as work
from stamtafel.work.models import DueState

LEASE: Final = timedelta(minutes=3)
BATCH: Final = 50
LOOK_AGAIN: Final = timedelta(minutes=10)
_chance = random.SystemRandom().random


def send_due(now: datetime, *, lease: timedelta = LEASE, batch: int = BATCH) -> int:
    """Send one batch per account that is not on hold, one account after the other; returns how many were tried.

    Claim (commit) → send → result (commit per row): after a kill at most one row per account and sender has an
    unknown outcome. An error that nobody foresaw goes up at the end, after its row was pushed forward.
    """
    return _send(Account.objects.filter(enabled=True, held=False), now, lease, batch)


def send_own(now: datetime, *, lease: timedelta = LEASE, batch: int = BATCH) -> int:
    """``send_due`` for our own pages and mail; the networks of others have ``jobs.turns``."""
    ours = Account.objects.filter(enabled=True, held=False, kind__in=rules.ONE_ACCOUNT)
    return _send(ours, now, lease, batch)


def send_to(account: Account, now: datetime, errors: list[Exception], *, lease: timedelta = LEASE) -> int:
    """Send what one account takes in one go; returns how many were tried. What nobody foresaw goes to ``errors``."""
    try:
        return _Round(account, now, lease).send(BATCH, errors)
    except Exception as error:  # noqa: BLE001 - one account never stops the others; the caller raises it
        errors.append(error)
    return 0


def _send(accounts: Iterable[Account], now: datetime, lease: timedelta, batch: int) -> int:
    tried = 0
    errors: list[Exception] = []
    for account in accounts:
        try:
            tried += _Round(account, now, lease).send(batch, errors)
        except Exception as error:  # noqa: BLE001 - one account never stops the others; raised below
            errors.append(error)
    if errors:
        raise errors[0]
    return tried


def settle_lost(now: datetime) -> int:
    """Take back rows whose sender is gone, and look up those of which we do not know; returns how many moved.

    A network that can't be asked is asked later; an error that nobody foresaw goes up at the end.
    """
    moved = 0
    errors: list[Exception] = []
    for account in Account.objects.filter(kind__in=list(registry.kinds())):
        try:
            moved += _settle(account, now)
        except ChannelError:
            continue
        except Exception as error:  # noqa: BLE001 - one account never stops the others; raised below
            errors.append(error)
    if errors:
        raise errors[0]
    return moved


def _settle(account: Account, now: datetime) -> int:
    channel = queries.channel_of(account)
    if not isinstance(channel, Channel):
        return 0
    moved = work.take_back(account.deliveries.all(), now=now, repeatable=channel.repeatable)
    return moved + (_look_up(account, channel, channel, now) if isinstance(channel, FindsByKey) else 0)


def _look_up(account: Account, channel: Channel, finds: FindsByKey, now: datetime) -> int:
    """What is found is done. What is not found stays unsure: a network's list is no proof that it is not there."""
    found = 0
    for row in account.deliveries.filter(state=DueState.UNSURE, due_at__lte=now).order_by("due_at")[:BATCH]:
        Delivery.objects.filter(pk=row.pk).update(due_at=now + LOOK_AGAIN)
        receipt = finds.find(_attempt(row, channel), fresh_credentials(account, channel, now))
        if receipt is not None:
            found += work.complete(row, remote_id=receipt.remote_id, remote_url=receipt.url, done_at=now)
    return found


def _attempt(row: Delivery, channel: Channel) -> Attempt:
    to = Target.from_data(row.target) if row.target else None
    since = row.tried_at or row.created_at
    return Attempt(key=row.key, rendered=_rendered(row, channel), since=since, reached=row.progress, to=to)


class _Kept:
    """What the steps of one delivery reached: written at once, so that it outlives us."""

    def __init__(self, row: Delivery) -> None:
        self.row = row

    def get(self, step: str) -> str:
        """What was kept of a step."""
        return str(self.row.progress.get(step, ""))

    def keep(self, step: str, value: str) -> None:
        """Keep it."""
        self.row.progress = {**self.row.progress, step: value}
        Delivery.objects.filter(pk=self.row.pk).update(progress=self.row.progress)


Send = Callable[[Delivery, Rendered], Receipt]


@contextlib.contextmanager
def _opened(channel: Channel, credentials: Credentials) -> Iterator[Send]:
    if isinstance(channel, Batches):
        with channel.batch(credentials) as publish:
            yield lambda row, rendered: _sent(row, rendered, channel, credentials, publish)
    else:
        yield lambda row, rendered: _sent(
            row, rendered, channel, credentials, lambda rendered, key: channel.publish(rendered, credentials, key)
        )


def _sent(row: Delivery, rendered: Rendered, channel: Channel, credentials: Credentials, publish: Publish) -> Receipt:
    """Hand over one, the way that fits: an answer, a post in steps, or a plain post."""
    if not row.target:
        if isinstance(channel, InSteps):
            return channel.publish_in_steps(rendered, credentials, row.key, _Kept(row))
        return publish(rendered, row.key)
    to = Target.from_data(row.target)
    if row.in_private and isinstance(channel, RepliesInPrivate):
        return channel.reply_in_private(to, rendered, credentials, row.key)
    if not isinstance(channel, Replies):
        raise Permanent(f"{channel.kind} can't answer what somebody said.")
    return channel.reply(to, rendered, credentials, row.key)


class _Round:
    """One batch of one account."""

    def __init__(self, account: Account, now: datetime, lease: timedelta) -> None:
        self.account, self.now, self.lease = account, now, lease
        self.problem = ""

    def send(self, batch: int, errors: list[Exception]) -> int:
        """Claim and send; what cannot be tried in half the lease is given back. Returns how many were claimed."""
        channel = queries.channel_of(self.account)
        if not isinstance(channel, Channel):
            return 0
        # one at a time where doubling would harm: after a kill only that one is unsure
        limit = batch if channel.repeatable else 1
        first = {} if channel.repeatable else {"tried_at": Coalesce("tried_at", Value(self.now, DateTimeField()))}
        due = standing_still.may_leave(self.account.deliveries.all())
        rows = work.claim(due, now=self.now, lease=self.lease, limit=limit, **first)
        if not rows:
            return 0
        left = list(reversed(rows))
        try:
            with _opened(channel, fresh_credentials(self.account, channel, self.now)) as send:
                enough = time.monotonic() + self.lease.total_seconds() / 2
                while left and time.monotonic() < enough:
                    errors += self._send_one(left.pop(), channel, send)
        except (Temporary, NeedsSignIn) as error:  # the connection did not open: it counts for every row
            self.problem = str(error)
            while left:
                self._later(left.pop(), str(error))
        for row in left:
            work.release(row)
        self._write_problem()
        return len(rows)

    def _send_one(self, row: Delivery, channel: Channel, send: Send) -> list[Exception]:
        """Send one and write down what became of it; gives back an error that nobody foresaw."""
        if standing_still.is_stopped(row):
            work.release(row)
            return []
        try:
            rendered = pictures.filled_in(_rendered(row, channel), channel.limits)
        except Permanent as error:
            self._refused(row, error)
            return []
        except Exception as error:  # noqa: BLE001 - a poisoned row; nothing left the house, so later is safe
            self._later(row, _named(error))
            return [error]
        try:
            costs.reserve(row, channel, rendered, self.now)
            receipt = send(row, rendered)
        except Temporary as error:
            self._later(row, str(error), error.retry_after)
            self._stand_back(row, channel, error)
        except NeedsSignIn as error:
            self.problem = str(error)
            self._later(row, str(error))
        except ByHand as error:
            Delivery.objects.filter(pk=row.pk).update(by_hand_url=error.url)
            work.fail(row, error=str(error))
        except Permanent as error:
            if rendered.parts and row.progress:  # a chain that was refused half way: its beginning is out
                work.unsure(row, error=str(error))
            else:
                self._refused(row, error)
        except OutcomeUnknown as error:
            self._unknown(row, channel, str(error))
        except Exception as error:  # noqa: BLE001 - an adapter that broke: nobody knows what happened
            self._unknown(row, channel, _named(error))
            return [error]
        else:
            kept = rules.kept_when_done(row.purpose, row.draft)
            work.complete(row, remote_id=receipt.remote_id, remote_url=receipt.url, done_at=self.now, **kept)
        return []

    def _later(self, row: Delivery, error: str, retry_after: timedelta | None = None) -> None:
        work.postpone(row, now=self.now, error=error, chance=_chance(), retry_after=retry_after)

    def _stand_back(self, row: Delivery, channel: Channel, error: Temporary) -> None:
        """A network that asks us to wait is not asked again by each of the others that wait for the same."""
        if error.retry_after and not channel.repeatable:
            until = self.now + error.retry_after
            same = self.account.deliveries.filter(state=DueState.WAITING, purpose=row.purpose, due_at__lt=until)
            same.update(due_at=until, last_error=str(error)[: work.ERROR_LENGTH])

    def _refused(self, row: Delivery, error: Permanent) -> None:
        work.fail(row, error=str(error))
        if error.bounced and row.recipient:
            Resident.objects.filter(email=row.recipient, bounced_at=None).update(bounced_at=self.now)

    def _unknown(self, row: Delivery, channel: Channel, error: str) -> None:
        if channel.repeatable:
            self._later(row, error)
        else:
            work.unsure(row, error=error)

    def _write_problem(self) -> None:
        if self.problem != self.account.problem:
            looked = None if self.problem else self.now  # a check finds out what is wrong, and does so soon
            Account.objects.filter(pk=self.account.pk).update(problem=self.problem, checked_at=looked)


def _rendered(row: Delivery, channel: Channel) -> Rendered:
    """What this delivery looks like on its channel, with what only we know: for whom, and from which municipality."""
    draft = Draft.from_data(row.draft)
    complete = replace(
        draft,
        sender=draft.sender or municipality().name,
        reply_to=draft.reply_to or settings.EMAIL_REPLY_TO,
        headers={**rules.standing_headers(row.purpose), **draft.headers},
    )
    return replace(channel.render(complete), recipient=row.recipient, message_id=row.message_id)


def _named(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
