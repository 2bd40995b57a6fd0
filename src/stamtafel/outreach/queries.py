"""Where and when the municipality can be met."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet

from stamtafel.outreach.models import Session, Venue
from stamtafel.places.models import Area
from stamtafel.prepared import MOMENT, Prepared

_FIELDS = (
    "title_nl", "title_en", "starts_at", "ends_at", "cancelled_reason", "venue__slug", "venue__name", "venue__kind",
    "venue__address", "venue__wheelchair", "venue__note_nl", "venue__note_en", "venue__lon", "venue__lat",
)  # fmt: skip


def coming(*, now: datetime, area: Area | None = None) -> QuerySet[Session]:
    """The sessions that are not over yet, the first on top; cancelled ones too, for people must hear of it."""
    found = Session.objects.filter(ends_at__gt=now).select_related("venue").only(*_FIELDS).order_by("starts_at", "id")
    return found if area is None else found.filter(venue__area=area)


class Next(NamedTuple):
    """One of the next sessions, as the home page names it."""

    pk: int
    title_nl: str
    title_en: str
    starts_at: datetime
    ends_at: datetime
    venue_slug: str
    venue_name: str
    venue_address: str


def _next(now: datetime, most: int) -> QuerySet[Session, tuple[Any, ...]]:
    rows = Session.objects.filter(ends_at__gt=now, cancelled_reason="").order_by("starts_at", "id")
    fields = ("pk", "title_nl", "title_en", "starts_at", "ends_at", "venue__slug", "venue__name", "venue__address")
    return rows.values_list(*fields)[:most]


MOST_NEXT = 12
_NEXT = Prepared(lambda now: _next(now, MOST_NEXT), now=MOMENT)


def next_sessions(limit: int, *, now: datetime) -> list[Next]:
    """The next sessions that go on, one of each place first: somebody wants to see where else, not when again."""
    rows = [Next(*row) for row in (_NEXT(now=now) if limit * 4 == MOST_NEXT else _next(now, limit * 4))]
    seen: set[str] = set()
    first = [row for row in rows if row.venue_slug not in seen and not seen.add(row.venue_slug)]  # type: ignore[func-returns-value]
    chosen = (first + [row for row in rows if row not in first])[:limit]
    return sorted(chosen, key=lambda row: (row.starts_at, row.pk))


def session(pk: int) -> Session:
    """One session with its place. Raises Session.DoesNotExist."""
    return Session.objects.select_related("venue").only(*_FIELDS).get(pk=pk)


def venues() -> QuerySet[Venue]:
    """Every place with its neighbourhood's name, by name."""
    fields = (
        "slug",
        "name",
        "kind",
        "address",
        "wheelchair",
        "note_nl",
        "note_en",
        "lon",
        "lat",
        "area__name",
        "area__code",
    )
    return Venue.objects.select_related("area").only(*fields).order_by("name")
