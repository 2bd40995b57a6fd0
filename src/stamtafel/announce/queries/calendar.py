"""What is told when, over all channels."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db.models import Max, Prefetch, Q, QuerySet
from django.utils import timezone

from stamtafel.announce.models import Announcement, Placement, Variant
from stamtafel.announce.rules.calendar import NEAR, BestTime, Item, Seen, best_time, doubles
from stamtafel.channels.models import Snapshot
from stamtafel.channels.names import name_of
from stamtafel.channels.rules import ONE_ACCOUNT
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import require
from stamtafel.people.rules import Permission
from stamtafel.work.models import DueState

State = Announcement.State
PLANNED: Final = (State.DRAFT, State.WAITING, State.SCHEDULED)
MOST: Final = 500
FIGURE_AGE: Final = timedelta(days=2)  # a post is seen for about two days; younger figures say too little
LOOK_BACK: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Double:
    """Another announcement within a week about the same ("topic"), or with the same text ("text")."""

    pk: int
    title: str
    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One announcement on the calendar; ``at`` is on the clock of the municipality."""

    pk: int
    title: str
    at: datetime
    state: str
    state_name: str
    version: int
    movable: bool
    networks: tuple[str, ...]
    trouble: bool
    doubles: tuple[Double, ...]


def entries(*, viewer: StaffMember | None, first: date, last: date) -> list[Entry]:
    """All that is planned or told from the first day to the last, oldest first; costs the same for any number.

    Raises Forbidden.
    """
    require(viewer, Permission.WRITE_ANNOUNCEMENTS)
    around = list(_rows(_midnight(first) - NEAR, _midnight(last + timedelta(days=1)) + NEAR))
    moments = {row.pk: timezone.localtime(_moment(row)) for row in around}
    found = doubles([_item(row, moments[row.pk]) for row in around if row.state != State.WITHDRAWN])
    by_pk = {row.pk: row for row in around}
    listed = sorted((row for row in around if first <= moments[row.pk].date() <= last), key=lambda row: moments[row.pk])
    return [
        _entry(
            row,
            moments[row.pk],
            tuple(Double(pk, by_pk[pk].title, moments[pk], why) for pk, why in found.get(row.pk, ())),
        )
        for row in listed
    ]


def without_a_moment(*, viewer: StaffMember | None) -> int:
    """How many drafts have no moment yet, and so are not on the calendar. Raises Forbidden."""
    require(viewer, Permission.WRITE_ANNOUNCEMENTS)
    return Announcement.objects.filter(state__in=(State.DRAFT, State.WAITING), publish_at=None).count()


def best_moment(*, viewer: StaffMember | None, now: datetime) -> BestTime:
    """When our posts of the last year were seen most. Raises Forbidden."""
    require(viewer, Permission.WRITE_ANNOUNCEMENTS)
    figures = Snapshot.objects.filter(
        name__in=("views", "reach"), delivery__purpose="announcement",
        delivery__done_at__gt=now - LOOK_BACK, delivery__done_at__lt=now - FIGURE_AGE,
    )  # fmt: skip
    rows = figures.values_list("delivery_id", "account_id", "delivery__done_at").annotate(seen=Max("value"))
    return best_time(Seen(account, timezone.localtime(at), seen) for _delivery, account, at, seen in rows.order_by())


def _rows(begin: datetime, end: datetime) -> QuerySet[Announcement]:
    told = Q(published_at__gte=begin, published_at__lt=end)
    planned = Q(published_at=None, publish_at__gte=begin, publish_at__lt=end, state__in=PLANNED)
    placed = Placement.objects.select_related("delivery__account").exclude(delivery__account__kind__in=ONE_ACCOUNT)
    wanted = Variant.objects.filter(wanted=True).select_related("account")
    related = ("topics", Prefetch("placements", placed, "placed"), Prefetch("variants", wanted, "wanted"))
    return Announcement.objects.filter(told | planned).prefetch_related(*related).order_by("pk")[:MOST]


def _item(row: Announcement, at: datetime) -> Item:
    topics = frozenset(topic.pk for topic in row.topics.all())
    return Item(row.pk, at, topics, f"{row.title} {row.lead} {row.body}")


def _moment(row: Announcement) -> datetime:
    moment = row.published_at or row.publish_at
    assert moment is not None  # noqa: S101 - the query asks for one of them
    return moment


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _entry(row: Announcement, at: datetime, near: tuple[Double, ...]) -> Entry:
    placed: list[Placement] = row.placed  # type: ignore[attr-defined]
    wanted: list[Variant] = row.wanted  # type: ignore[attr-defined]
    accounts = [each.delivery.account for each in placed] if row.published_at else [each.account for each in wanted]
    return Entry(
        pk=row.pk, title=row.title, at=at, state=row.state, state_name=row.get_state_display(), version=row.version,
        movable=row.state in PLANNED, networks=_names(account.kind for account in accounts),
        trouble=any(each.delivery.state in (DueState.FAILED, DueState.UNSURE) for each in placed), doubles=near,
    )  # fmt: skip


def _names(kinds: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({name_of(kind) for kind in kinds}))
