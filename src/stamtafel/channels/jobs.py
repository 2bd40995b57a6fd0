"""Send what is due, and settle what was left half way."""

import contextlib
import random
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from stamtafel.channels import queries, rules
from stamtafel.channels.contract import (
    Batches,
    Channel,
    Credentials,
    Draft,
    FindsByKey,
    NeedsSignIn,
    OutcomeUnknown,
    Permanent,
    Publish,
    Rendered,
    Temporary,
)
from stamtafel.channels.models import Account, Delivery
from stamtafel.people.models import Resident
from stamtafel.places.queries import municipality
from stamtafel.work import actions as work
from stamtafel.work.models import DueState

LEASE: Final = timedelta(minutes=3)
BATCH: Final = 50
LOOK_AGAIN: Final = timedelta(minutes=10)
_chance = random.SystemRandom().random


def send_due(now: datetime, *, lease: timedelta = LEASE, batch: int = BATCH) -> int:
    """Send one batch per account that is not on hold; returns how many were tried.

    Claim (commit) → send → result (commit per row): after a kill at most one row per account has an unknown
    outcome. An error that nobody foresaw goes up at the end, after its row was pushed forward.
    """
    tried = 0
    errors: list[Exception] = []
    for account in Account.objects.filter(enabled=True, held=False):
        try:
            tried += _Round(account, now, lease).send(batch, errors)
        except Exception as error:  # noqa: BLE001 - one account never stops the others; raised below
            errors.append(error)
    if errors:
        raise errors[0]
    return tried


def settle_lost(now: datetime) -> int:
    """Take back rows whose sender is gone, and look up those of which we do not know; returns how many moved."""
    moved = 0
    for account in Account.objects.all():
        channel = queries.channel_of(account)
        if isinstance(channel, Channel):
            moved += work.take_back(account.deliveries.all(), now=now, repeatable=channel.repeatable)
        if isinstance(channel, FindsByKey):
            moved += _look_up(account, channel, now)
    return moved


def _look_up(account: Account, channel: FindsByKey, now: datetime) -> int:
    """What is found is done. What is not found stays unsure: a network's list is no proof that it is not there."""
    found = 0
    for row in account.deliveries.filter(state=DueState.UNSURE, due_at__lte=now).order_by("due_at")[:BATCH]:
        Delivery.objects.filter(pk=row.pk).update(due_at=now + LOOK_AGAIN)
        receipt = channel.find(row.key, queries.credentials_of(account))
        if receipt is not None:
            found += work.complete(row, remote_id=receipt.remote_id, remote_url=receipt.url, done_at=now)
    return found


@contextlib.contextmanager
def _opened(channel: Channel, credentials: Credentials) -> Iterator[Publish]:
    if isinstance(channel, Batches):
        with channel.batch(credentials) as publish:
            yield publish
    else:
        yield lambda rendered, key: channel.publish(rendered, credentials, key)


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
        rows = work.claim(self.account.deliveries.all(), now=self.now, lease=self.lease, limit=limit)
        if not rows:
            return 0
        left = list(reversed(rows))
        try:
            with _opened(channel, queries.credentials_of(self.account)) as publish:
                enough = time.monotonic() + self.lease.total_seconds() / 2
                while left and time.monotonic() < enough:
                    errors += self._send_one(left.pop(), channel, publish)
        except (Temporary, NeedsSignIn) as error:  # the connection did not open: it counts for every row
            self.problem = str(error)
            while left:
                self._later(left.pop(), str(error))
        for row in left:
            work.release(row)
        self._write_problem()
        return len(rows)

    def _send_one(self, row: Delivery, channel: Channel, publish: Publish) -> list[Exception]:
        """Send one and write down what became of it; gives back an error that nobody foresaw."""
        try:
            rendered = _rendered(row, channel)
        except Exception as error:  # noqa: BLE001 - a poisoned row; nothing left the house, so later is safe
            self._later(row, _named(error))
            return [error]
        try:
            receipt = publish(rendered, row.key)
        except Temporary as error:
            self._later(row, str(error), error.retry_after)
        except NeedsSignIn as error:
            self.problem = str(error)
            self._later(row, str(error))
        except Permanent as error:
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
            Account.objects.filter(pk=self.account.pk).update(problem=self.problem, checked_at=self.now)


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
