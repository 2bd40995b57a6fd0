"""The crisis stop: nothing leaves on any channel, until somebody says that it may.

Nothing is moved when it begins: whoever sends looks here before each claim and before each single send, so one new
row stops everything, however much waits. What a call is handing over that very moment still arrives.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from stamtafel.channels.models import Delivery, Standstill
from stamtafel.ledger.actions import append
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import require
from stamtafel.people.rules import Permission
from stamtafel.work.models import DueState

NEVER_STOPPED: Final = ("sign-in",)  # whoever can't sign in can't end it either
LOOK_BACK: Final = timedelta(hours=24)
LONGEST_REASON: Final = 500
SHOWN: Final = 100
NOT_YET: Final = (DueState.WAITING, DueState.HELD)
OUT: Final = (DueState.DONE, DueState.SENDING, DueState.UNSURE)


class NotStopped(ValueError):
    """It can't be begun or ended like this; the sentence says why."""


def stands_still() -> bool:
    """Whether everything is stopped now: one read of an index with at most one row."""
    return Standstill.objects.filter(open=True).exists()


def may_leave(rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """Of these deliveries the ones that may leave now: all, or during a standstill those that were let through."""
    if not stands_still():
        return rows
    return rows.filter(Q(let_through=True) | Q(purpose__in=NEVER_STOPPED))


def is_stopped(row: Delivery) -> bool:
    """Whether this one has to stay, asked right before it is sent."""
    return not row.let_through and row.purpose not in NEVER_STOPPED and stands_still()


# ── what a person can do ─────────────────────────────────────────────────────────────────────────
def stop_everything(*, actor: StaffMember | None, reason: str, now: datetime) -> Standstill:
    """Let nothing leave on any channel. Raises Forbidden, NotStopped (no reason, or it stands still already)."""
    require(actor, Permission.STOP_EVERYTHING)
    why = " ".join(reason.split())[:LONGEST_REASON]
    if not why:
        raise NotStopped(_("Write why everything stops. Your colleagues read this."))
    try:
        with transaction.atomic():
            begun = Standstill.objects.create(since=now, reason=why, by=actor)
            append(kind="standstill.began", subject=f"standstill:{begun.pk}", data={}, now=now)
    except IntegrityError:
        raise NotStopped(_("A colleague was before you: everything stands still already.")) from None
    return begun


@transaction.atomic
def resume_everything(*, actor: StaffMember | None, now: datetime) -> None:
    """Let everything go on. Raises Forbidden, NotStopped."""
    require(actor, Permission.STOP_EVERYTHING)
    found = Standstill.objects.select_for_update().filter(open=True).first()
    if found is None:
        raise NotStopped(_("Nothing stands still any more. A colleague was before you."))
    found.open, found.ended_at, found.ended_by = False, now, actor
    found.save(update_fields=["open", "ended_at", "ended_by"])
    Delivery.objects.filter(let_through=True, state__in=NOT_YET).update(let_through=False)
    append(kind="standstill.ended", subject=f"standstill:{found.pk}", data={}, now=now)


@transaction.atomic
def let_through(*, actor: StaffMember | None, delivery_id: int, now: datetime) -> None:
    """Let one delivery leave though everything stands still. Raises Forbidden, NotStopped."""
    require(actor, Permission.STOP_EVERYTHING)
    if not Delivery.objects.filter(pk=delivery_id, state__in=NOT_YET).update(let_through=True):
        raise NotStopped(_("This one does not wait any more. Load the page again to see how it is now."))
    append(kind="delivery.let_through", subject=f"delivery:{delivery_id}", data={}, now=now)


# ── what a person sees ───────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Stop:
    """How it stands: the open standstill if there is one, what waits, and what left in the last hours."""

    standstill: Standstill | None
    waiting: list[Delivery]
    waiting_count: int
    left: list[Delivery]
    left_count: int


def overview(*, viewer: StaffMember | None, now: datetime) -> Stop:
    """The page of the crisis stop. Mail to one person is counted and not listed. Raises Forbidden."""
    require(viewer, Permission.STOP_EVERYTHING)
    rows = Delivery.objects.select_related("account").exclude(purpose__in=NEVER_STOPPED)
    rows = rows.exclude(account__kind="feed")  # it shows what is on the website
    waiting = rows.filter(state__in=NOT_YET)
    left = rows.filter(Q(done_at__gt=now - LOOK_BACK) | Q(done_at=None), state__in=OUT)
    return Stop(
        standstill=Standstill.objects.select_related("by").filter(open=True).first(),
        waiting=list(waiting.filter(recipient="").order_by("due_at", "pk")[:SHOWN]),
        waiting_count=waiting.count(),
        left=list(left.filter(recipient="").order_by("-done_at", "-pk")[:SHOWN]),
        left_count=left.count(),
    )
