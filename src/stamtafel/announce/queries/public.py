"""What everybody may read of announcements.

A neighbourhood's list holds what names it, its district or a part of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, F, Min, OuterRef, Prefetch, Q, QuerySet, Subquery

from stamtafel.announce.models import Announcement, Picture
from stamtafel.dossier.models import Topic
from stamtafel.dossier.rules.moments import moment_of
from stamtafel.places.models import Area, Level
from stamtafel.prepared import NUMBER, Prepared

State = Announcement.State
PAGE = 12
NEWEST = 3
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
        published_at = moment_of(moment)
        return None if published_at is None else cls(published_at, int(number))


class CardTopic(NamedTuple):
    """The name of a topic on a card."""

    name: str
    name_en: str


class CardPicture(NamedTuple):
    """The first picture of an announcement."""

    file: str
    small: str
    width: int
    height: int
    alt: str


class Headline(NamedTuple):
    """An announcement on the home page."""

    pk: int
    slug: str
    title: str
    lead: str
    published_at: datetime
    area: str | None  # the code of its neighbourhood, when it is about exactly one
    picture: CardPicture | None


class Card(NamedTuple):
    """An announcement in a list."""

    pk: int
    slug: str
    title: str
    lead: str
    published_at: datetime
    area: str | None  # the code of its neighbourhood, when it is about exactly one
    picture: CardPicture | None
    topics: tuple[CardTopic, ...]


@dataclass(frozen=True)
class Listed:
    """One page of announcements, and where the next begins."""

    items: Sequence[Card]
    older: Cursor | None


def public(
    *, topic: "Topic | TopicChoice | None" = None, area: "Area | AreaChoice | None" = None
) -> QuerySet[Announcement]:
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


def page(
    *, topic: "Topic | TopicChoice | None" = None, area: "Area | AreaChoice | None" = None, after: Cursor | None = None
) -> Listed:
    """One page of cards: three queries whatever the number (announcements, their pictures, their topics)."""
    if topic is None and area is None and after is None:
        rows = _FIRST_PAGE()
    else:
        found = public(topic=topic, area=area)
        if after is not None:
            at_or_before = found.filter(published_at__lte=after.published_at)
            found = at_or_before.filter(Q(published_at__lt=after.published_at) | Q(pk__lt=after.pk))
        rows = list(_card_rows(found))
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return Listed(_cards(rows[:PAGE]), Cursor(last[4], last[0]) if last is not None else None)


def _card_rows(found: QuerySet[Announcement], number: int = PAGE + 1) -> QuerySet[Announcement, tuple[Any, ...]]:
    columns = ("pk", "slug", "title", "lead", "published_at", "area")
    return found.annotate(area=_only_area()).values_list(*columns)[:number]


def _only_area() -> Subquery:
    """The code of the one area that an announcement is about; nothing for none and for several."""
    linked = Announcement.areas.through.objects.filter(announcement_id=OuterRef("pk")).order_by()
    counted: Any = linked.values("announcement_id").annotate(number=Count("pk"), code=Min("area__code"))
    return Subquery(counted.filter(number=1).values("code"))


def _picture_rows(**pks: int) -> QuerySet[Picture, tuple[Any, ...]]:
    rows = Picture.objects.filter(announcement_id__in=list(pks.values())).order_by("-position", "-id")
    return rows.values_list("announcement_id", "file", "small", "width", "height", "alt")


def _topic_rows(**pks: int) -> QuerySet[Any, tuple[Any, ...]]:
    rows = Announcement.topics.through.objects.filter(announcement_id__in=list(pks.values())).order_by("topic__name")
    return rows.values_list("announcement_id", "topic__name", "topic__name_en")


_FIRST_PAGE = Prepared(lambda: _card_rows(public()))
_NUMBERS = {f"announcement{at}": NUMBER + at for at in range(PAGE)}
_PICTURES = Prepared(_picture_rows, **_NUMBERS)
_TOPICS = Prepared(_topic_rows, **_NUMBERS)


def _numbers(rows: list[tuple[Any, ...]]) -> dict[str, int]:
    return dict(zip(_NUMBERS, [*(row[0] for row in rows), *[0] * PAGE], strict=False))  # number 0 does not exist


def _first_pictures(rows: list[tuple[Any, ...]]) -> dict[int, CardPicture]:
    """Row number of an announcement → its first picture: that comes last, and stays."""
    return {pk: CardPicture(*picture) for pk, *picture in _PICTURES(**_numbers(rows))}


def _cards(rows: list[tuple[Any, ...]]) -> list[Card]:
    """The rows with their first picture and their topics."""
    pictures = _first_pictures(rows)
    topics: dict[int, list[CardTopic]] = {}
    for pk, *names in _TOPICS(**_numbers(rows)):
        topics.setdefault(pk, []).append(CardTopic(*names))
    return [Card._make([*row, pictures.get(row[0]), tuple(topics.get(row[0], ()))]) for row in rows]


_NEWEST = Prepared(lambda: _card_rows(public(), NEWEST))
_ON_TOPIC = Prepared(
    lambda pk: (
        public()
        .filter(pk__in=Announcement.topics.through.objects.filter(topic_id=pk).values("announcement_id"))
        .only("slug", "title", "lead", "published_at")[: MOST_ON_TOPIC + 1]
    ),
    pk=NUMBER,
)


def three_newest() -> list[Headline]:
    """The three newest announcements, each with its first picture: two queries."""
    rows = _NEWEST()
    pictures = _first_pictures(rows)
    return [Headline._make([*row, pictures.get(row[0])]) for row in rows]


def on_topic(topic: Topic) -> list[Announcement]:
    """The newest announcements on one topic, one more than a dossier shows."""
    return _ON_TOPIC(pk=topic.pk)


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


class TopicChoice(NamedTuple):
    """A topic to choose from."""

    pk: int
    slug: str
    name: str
    name_en: str


class AreaChoice(NamedTuple):
    """A neighbourhood to choose from."""

    pk: int
    code: str
    name: str
    parent_id: int | None


_TOPIC_CHOICES = Prepared(
    lambda: Topic.objects.filter(archived=False).order_by("name").values_list("pk", "slug", "name", "name_en")
)
_AREA_CHOICES = Prepared(
    lambda: (
        Area.objects.filter(level=Level.NEIGHBOURHOOD).order_by("name").values_list("pk", "code", "name", "parent_id")
    )
)


def topics() -> list[TopicChoice]:
    """The topics to choose from."""
    return [TopicChoice(*row) for row in _TOPIC_CHOICES()]


def areas() -> list[AreaChoice]:
    """The neighbourhoods to choose from."""
    return [AreaChoice(*row) for row in _AREA_CHOICES()]


def _topics() -> "Prefetch[str]":
    return Prefetch("topics", Topic.objects.only("slug", "name", "name_en"))
