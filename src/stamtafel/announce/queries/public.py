"""What everybody may read of announcements.

A neighbourhood's list holds what names it, its district or a part of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Prefetch, Q, QuerySet

from stamtafel.announce.models import Announcement, Picture
from stamtafel.dossier.models import Topic
from stamtafel.places.models import Area, Level
from stamtafel.prepared import NUMBER, Prepared

State = Announcement.State
PAGE = 12
FEED = 30
MOST_ON_TOPIC = 25


@dataclass(frozen=True)
class Cursor:
    """After which announcement a page begins (keyset)."""

    published_at: datetime
    pk: int

    def __str__(self) -> str:
        return f"{self.published_at:%Y-%m-%dT%H:%M:%S.%fZ}_{self.pk}"

    @classmethod
    def parse(cls, text: str) -> "Cursor | None":
        """Read one from an address; None for anything that is not one of ours."""
        moment, _line, number = text.rpartition("_")
        if not (number.isascii() and number.isdigit() and len(number) < 18):  # noqa: PLR2004 - fits a bigint
            return None
        try:
            published_at = datetime.strptime(moment, "%Y-%m-%dT%H:%M:%S.%f%z")
        except ValueError:
            return None
        return cls(published_at, int(number))


@dataclass(frozen=True)
class Listed:
    """One page of announcements, and where the next begins."""

    items: Sequence[Announcement]
    older: Cursor | None


def public(*, topic: Topic | None = None, area: Area | None = None) -> QuerySet[Announcement]:
    """Published announcements, the newest first; withdrawn ones keep a page, not a place in lists."""
    found = Announcement.objects.filter(state=State.PUBLISHED, published_at__isnull=False)
    if topic is not None:
        linked = Announcement.topics.through.objects.filter(topic_id=topic.pk)
        found = found.filter(pk__in=linked.values("announcement_id"))
    if area is not None:
        around = Q(area_id=area.pk) | Q(area__parent_id=area.pk)
        if area.parent_id is not None:
            around |= Q(area_id=area.parent_id)
        found = found.filter(pk__in=Announcement.areas.through.objects.filter(around).values("announcement_id"))
    return found.order_by("-published_at", "-id")


def page(*, topic: Topic | None = None, area: Area | None = None, after: Cursor | None = None) -> Listed:
    """One page of cards: three queries whatever the number (announcements, their pictures, their topics)."""
    found = public(topic=topic, area=area).only("slug", "title", "lead", "published_at")
    if after is not None:
        at_or_before = found.filter(published_at__lte=after.published_at)
        found = at_or_before.filter(Q(published_at__lt=after.published_at) | Q(pk__lt=after.pk))
    rows = list(found.prefetch_related(*_cards())[: PAGE + 1])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    older = Cursor(last.published_at, last.pk) if last is not None and last.published_at is not None else None
    return Listed(rows[:PAGE], older)


_NEWEST = Prepared(lambda: public().only("slug", "title", "lead", "published_at")[:3])
_FIRST_PICTURE = Prepared(
    lambda pk: Picture.objects.filter(announcement_id=pk).order_by("position", "id")[:1], pk=NUMBER
)
_ON_TOPIC = Prepared(
    lambda pk: (
        public()
        .filter(pk__in=Announcement.topics.through.objects.filter(topic_id=pk).values("announcement_id"))
        .only("slug", "title", "lead", "published_at")[: MOST_ON_TOPIC + 1]
    ),
    pk=NUMBER,
)


def three_newest() -> tuple[list[Announcement], Picture | None]:
    """The three newest announcements, and the picture of the first: two queries."""
    rows: list[Announcement] = _NEWEST()
    pictures: list[Picture] = _FIRST_PICTURE(pk=rows[0].pk) if rows else []
    return rows, pictures[0] if pictures else None


def on_topic(topic: Topic) -> list[Announcement]:
    """The newest announcements on one topic, one more than a dossier shows."""
    return _ON_TOPIC(pk=topic.pk)


def newest(limit: int) -> list[Announcement]:
    """The newest announcements with pictures and topics, for the home page: three queries."""
    return list(public().only("slug", "title", "lead", "published_at").prefetch_related(*_cards())[:limit])


def announcement(slug: str) -> Announcement:
    """One announcement with pictures, topics and areas; Announcement.DoesNotExist for what was never public."""
    found = Announcement.objects.filter(state__in=(State.PUBLISHED, State.WITHDRAWN), published_at__isnull=False)
    areas = Area.objects.only("code", "name", "level", "parent")
    return found.prefetch_related("pictures", _topics(), Prefetch("areas", areas)).get(slug=slug)


def feed(*, topic: Topic | None = None, area: Area | None = None) -> list[Announcement]:
    """The newest announcements in full, for feeds."""
    return list(public(topic=topic, area=area).prefetch_related("pictures", _topics())[:FEED])


def last_change() -> datetime | None:
    """When anything public last changed: a publication, a correction or a withdrawal."""
    newest_of = Announcement.objects.filter(published_at__isnull=False).order_by()
    moments = [
        newest_of.exclude(**{f"{name}__isnull": True}).order_by(F(name).desc()).values_list(name, flat=True).first()
        for name in ("published_at", "corrected_at", "withdrawn_at")
    ]
    return max((moment for moment in moments if moment is not None), default=None)


def topics() -> QuerySet[Topic]:
    """The topics to choose from."""
    return Topic.objects.filter(archived=False).only("slug", "name", "name_en").order_by("name")


def areas() -> QuerySet[Area]:
    """The neighbourhoods to choose from."""
    return Area.objects.filter(level=Level.NEIGHBOURHOOD).only("code", "name", "parent").order_by("name")


def _topics() -> "Prefetch[str]":
    return Prefetch("topics", Topic.objects.only("slug", "name", "name_en"))


def _cards() -> "tuple[Prefetch[str], Prefetch[str]]":
    pictures = Picture.objects.filter(position=0)
    return Prefetch("pictures", pictures), _topics()
