"""Claim due rows and write down what became of them.

The number of attempts fences every result: who lost the lease cannot write over the one who has it now.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import F, Q, QuerySet

from stamtafel.work import rules
from stamtafel.work.models import DueRow, DueState

Row = TypeVar("Row", bound=DueRow)
ERROR_LENGTH = 1000  # enough to see what it was; a network may answer with a whole page


def claim(rows: QuerySet[Row], *, now: datetime, lease: timedelta, limit: int, **values: Any) -> list[Row]:
    """Take up to ``limit`` due rows for ourselves until the lease ends, oldest first, in one commit.

    ``values`` are further columns to write with it (expressions too: read them back from the database).

    Compare-and-swap: the number of changed rows decides who has them. One UPDATE takes all; where somebody was
    in between, each is tried alone.
    """
    found = list(rows.filter(state=DueState.WAITING, due_at__lte=now).order_by("due_at", "pk")[:limit])
    if not found:
        return []
    until = now + lease
    with transaction.atomic():
        mine = found if _take_all(found, until, values) else [row for row in found if _take([row], until, values) == 1]
    for row in mine:
        row.state, row.lease_until, row.attempts = DueState.SENDING, until, row.attempts + 1
    return mine


def _take_all(found: list[Row], until: datetime, values: dict[str, Any]) -> bool:
    with transaction.atomic():
        changed = _take(found, until, values)
        if changed != len(found):
            transaction.set_rollback(True)  # of this savepoint only
    return changed == len(found)


def _take(rows: list[Row], until: datetime, values: dict[str, Any]) -> int:
    return _waiting(rows).update(state=DueState.SENDING, lease_until=until, attempts=F("attempts") + 1, **values)


def _waiting(rows: list[Row]) -> QuerySet[Row]:
    """These rows, as far as nobody took them since we looked: whoever did counted an attempt more."""
    model: type[Row] = type(rows[0])
    groups = [
        Q(pk__in=[row.pk for row in rows if row.attempts == n], attempts=n) for n in {row.attempts for row in rows}
    ]
    same = reduce(or_, groups)
    return model._default_manager.filter(same, state=DueState.WAITING)  # noqa: SLF001 - Django's name


def _finish(row: DueRow, state: DueState, **values: Any) -> bool:
    """Write a result if the row is still ours; done counts after a lost lease too, until the next claim."""
    if not rules.may(rules.State.SENDING, rules.State(state)):
        raise rules.NotAllowed(state)
    before = [DueState.SENDING, DueState.WAITING, DueState.UNSURE] if state == DueState.DONE else [DueState.SENDING]
    mine = type(row)._default_manager.filter(pk=row.pk, state__in=before, attempts=row.attempts)  # noqa: SLF001
    changed = mine.update(state=state, lease_until=None, **values)
    if changed:
        row.state, row.lease_until = state, None
        for name, value in values.items():
            setattr(row, name, value)
    return changed == 1


def complete(row: DueRow, **values: Any) -> bool:
    """It is done; ``values`` are further columns. False when the row was no longer ours."""
    return _finish(row, DueState.DONE, last_error="", **values)


def complete_all(rows: Iterable[Row]) -> int:
    """Many are done, in one UPDATE for each number of attempts; returns how many were still ours."""
    by_attempts: dict[int, list[Row]] = {}
    for row in rows:
        by_attempts.setdefault(row.attempts, []).append(row)
    return sum(_complete(attempts, same) for attempts, same in by_attempts.items())


def _complete(attempts: int, rows: list[Row]) -> int:
    before = [DueState.SENDING, DueState.WAITING, DueState.UNSURE]  # as for one, see ``_finish``
    manager = type(rows[0])._default_manager  # noqa: SLF001 - Django's name
    mine = manager.filter(pk__in=[row.pk for row in rows], state__in=before, attempts=attempts)
    return mine.update(state=DueState.DONE, lease_until=None, last_error="")


def fail(row: DueRow, *, error: str) -> bool:
    """It will not happen without a person."""
    return _finish(row, DueState.FAILED, last_error=error[:ERROR_LENGTH])


def unsure(row: DueRow, *, error: str) -> bool:
    """It may or may not have happened; never tried again blindly."""
    return _finish(row, DueState.UNSURE, last_error=error[:ERROR_LENGTH])


def postpone(row: DueRow, *, now: datetime, error: str, chance: float, retry_after: timedelta | None = None) -> bool:
    """Try again later; it fails when it was tried often enough."""
    due = rules.next_try(now=now, attempts=row.attempts, chance=chance, retry_after=retry_after)
    if due is None:
        return fail(row, error=error)
    return _finish(row, DueState.WAITING, due_at=due, last_error=error[:ERROR_LENGTH])


def release(row: DueRow) -> bool:
    """Give a row back that was claimed and not tried; the attempt stays counted, it fences."""
    return _finish(row, DueState.WAITING)


def take_back(rows: QuerySet[Row], *, now: datetime, repeatable: bool) -> int:
    """Rows whose lease ran out: back in the queue where repeating is harmless, else unsure. Returns how many."""
    state = rules.after_lost_lease(repeatable=repeatable)
    lost = rows.filter(state=DueState.SENDING, lease_until__lt=now)
    error = "" if repeatable else "The program stopped while this was being sent."
    return lost.update(state=state, lease_until=None, due_at=now, last_error=error)
