"""What everybody may see of contributions. Nothing here reads ``text``: only what was masked is public."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db.models import Count, Q, QuerySet

from stamtafel.dossier.models import Answer, Contribution, Kind, Moderation, Reaction, State, Step, Topic
from stamtafel.dossier.queries.life import answers_of, points_of
from stamtafel.dossier.queries.search import matching
from stamtafel.dossier.rules.moments import moment_of
from stamtafel.prepared import NUMBER, Prepared

PAGE: Final = 20
MOST_REACTIONS: Final = 200
PIN_DIGITS: Final = 3  # of a degree: 111 metres from north to south, 69 from east to west
MOST_PINS: Final = 300
MOST_SUPPORTED: Final = "steun"
WITH_ANSWER: Final = "met-antwoord"
ANSWERED_STATES: Final = (State.ANSWERED, State.DONE)
LARGEST_ID: Final = 2**63 - 1
LONGEST_NUMBER: Final = len(str(LARGEST_ID))


def visible() -> QuerySet[Contribution]:
    """The contributions that everybody may read: shown, in a public state, not erased."""
    return Contribution.objects.filter(
        published_at__isnull=False, state__in=Contribution.PUBLIC_STATES, erased_at__isnull=True
    )


@dataclass(frozen=True, slots=True)
class Filters:
    """How somebody narrows the list. ``state`` is one of the public states, or WITH_ANSWER."""

    query: str = ""
    kind: str = ""
    topic_id: int | None = None
    area_id: int | None = None
    state: str = ""
    sort: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list."""

    id: int
    title: str
    excerpt: str
    kind: str
    state: str
    published_at: datetime
    support_count: int
    reaction_count: int
    photo: str
    area_name: str | None
    topic_id: int | None


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines, and the key of the next page ("" at the end)."""

    rows: list[Row]
    next: str


_ROW: Final = (
    "id", "title", "excerpt", "kind", "state", "published_at", "support_count", "reaction_count", "photo",
    "area__name", "topic_id",
)  # fmt: skip


def filtered(filters: Filters) -> QuerySet[Contribution]:
    """What is visible and fits; a value that does not exist is no filter."""
    rows = visible()
    if filters.kind in Kind.values:
        rows = rows.filter(kind=filters.kind)
    if filters.topic_id is not None:
        rows = rows.filter(topic_id=filters.topic_id)
    if filters.area_id is not None:
        rows = rows.filter(area_id=filters.area_id)
    if filters.state == WITH_ANSWER:
        rows = rows.filter(state__in=ANSWERED_STATES)
    elif filters.state in Contribution.PUBLIC_STATES:
        rows = rows.filter(state=filters.state)
    return matching(rows, filters.query) if filters.query else rows


EVERYTHING: Final = Filters()
_NEWEST: Final = Prepared(lambda: visible().order_by("-published_at", "-id").values_list(*_ROW)[: PAGE + 1])


def contributions(filters: Filters, *, after: str = "", size: int = PAGE) -> Page:
    """One page of the list, newest or most supported first; one query, whatever the number of rows.

    ``after`` is the ``next`` of the page before; one that makes no sense gives the first page.
    """
    by_support = filters.sort == MOST_SUPPORTED
    if filters == EVERYTHING and not after and size == PAGE:
        values = _NEWEST()
    else:
        start = _after_support(after) if by_support else _after_date(after)
        order = ("-support_count", "-id") if by_support else ("-published_at", "-id")
        values = list(filtered(filters).filter(start).order_by(*order).values_list(*_ROW)[: size + 1])
    found = [Row(*row) for row in values]
    shown = found[:size]
    if len(found) <= size:
        return Page(shown, "")
    last = shown[-1]
    return Page(shown, f"{last.support_count if by_support else last.published_at.isoformat()}_{last.id}")


def _after_date(after: str) -> Q:
    """Rows below a moment and id; "at most" besides lets the database begin there in its index."""
    moment, _sep, number = after.partition("_")
    at = moment_of(moment)
    if at is None or not _is_id(number):
        return Q()
    return Q(published_at__lte=at) & (Q(published_at__lt=at) | Q(id__lt=int(number)))


def _after_support(after: str) -> Q:
    count, _sep, number = after.partition("_")
    if not (_is_id(count) and _is_id(number)):
        return Q()
    return Q(support_count__lte=int(count)) & (Q(support_count__lt=int(count)) | Q(id__lt=int(number)))


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER and int(text) <= LARGEST_ID


@dataclass(frozen=True, slots=True)
class TopicName:
    """A topic in a list to choose from."""

    id: int
    slug: str
    name: str
    name_en: str


_TOPIC_NAMES: Final = Prepared(lambda: Topic.objects.order_by("name").values_list("id", "slug", "name", "name_en"))


def topic_names() -> list[TopicName]:
    """All topics by name, archived ones too: what was said about them stays findable."""
    return [TopicName(*values) for values in _TOPIC_NAMES()]


@dataclass(frozen=True, slots=True)
class ContributionPage:
    """All that everybody may read about one contribution."""

    contribution: Contribution
    points: list[datetime | None]
    answers: list[Answer]
    reactions: list[Reaction] = field(default_factory=list)

    @property
    def is_attacked(self) -> bool:
        """Whether machines flood its topic, so that who reacts proves not to be one."""
        topic = self.contribution.topic
        return topic is not None and topic.attacked


def _one(pk: int) -> QuerySet[Contribution]:
    return (
        visible()
        .select_related("topic", "area")
        .only("kind", "title", "public_text", "excerpt", "state", "published_at", "created_at", "photo", "voices",
              "channel", "support_count", "reaction_count", "language", "lon", "lat", "topic__slug", "topic__name",
              "topic__name_en", "topic__moderation", "topic__attacked", "area__code", "area__name")
        .filter(pk=pk)
    )  # fmt: skip


_ONE: Final = Prepared(_one, pk=NUMBER)
_EVENTS: Final = Prepared(
    lambda pk: Step.objects.filter(contribution_id=pk).order_by("at").values_list("kind", "at"), pk=NUMBER
)
_REACTIONS: Final = Prepared(
    lambda pk: (
        Reaction.objects.filter(contribution_id=pk, published_at__isnull=False)
        .order_by("published_at", "id")
        .only("public_text", "published_at")[:MOST_REACTIONS]
    ),
    pk=NUMBER,
)


def contribution_page(pk: int) -> ContributionPage | None:
    """One contribution with its reactions, answers and life; four queries. None when it is not public."""
    rows: list[Contribution] = _ONE(pk=pk) if pk <= LARGEST_ID else []
    if not rows:
        return None
    found, events = rows[0], _EVENTS(pk=pk)
    return ContributionPage(found, points_of(events, found.created_at), answers_of(found), reactions_to(pk))


def reactions_to(pk: int) -> list[Reaction]:
    """What others said under it, oldest first, at most 200."""
    return _REACTIONS(pk=pk)


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What may be said of a contribution that was public and is not now; ``waits`` when staff read new words first."""

    state: str
    kind: str
    published_at: datetime
    erased: bool
    merged_into: int | None
    rule: str
    waits: bool


def tombstone(pk: int) -> Tombstone | None:
    """Why a contribution that was public can't be read; None for one that never was."""
    known = Q(published_at__isnull=False) | Q(first_published_at__isnull=False)
    row = Contribution.objects.filter(known, pk=pk).values_list(
        "state", "kind", "published_at", "first_published_at", "erased_at", "merged_into_id").first()  # fmt: skip
    if row is None:
        return None
    state, kind, published_at, first, erased_at, merged_into = row
    since = first or published_at
    assert since is not None  # noqa: S101 - asked for by the query, for the type checker
    rule = None
    if state == State.HIDDEN:
        hidden = Moderation.objects.filter(contribution_id=pk, hide=True).order_by("-at")
        rule = hidden.values_list("rule", flat=True).first()
    waits = published_at is None and state in Contribution.PUBLIC_STATES
    return Tombstone(state, kind, since, erased_at is not None, merged_into, rule or "", waits)


def counts_by_area(filters: Filters) -> dict[int, int]:
    """How many visible contributions fit, per neighbourhood; 0 is left out."""
    rows = filtered(filters).filter(area_id__isnull=False).order_by()
    return {area: count for area, count in rows.values_list("area_id").annotate(count=Count("id")) if area is not None}


def pins(filters: Filters) -> list[tuple[int, str, float, float]]:
    """The newest contributions with a point: (id, title, longitude, latitude).

    To about a hundred metres: the exact point can be somebody's home.
    """
    rows = filtered(filters).filter(lon__isnull=False, lat__isnull=False).order_by("-published_at", "-id")
    found = rows.values_list("id", "title", "lon", "lat")[:MOST_PINS]
    return [
        (pk, title, round(lon, PIN_DIGITS), round(lat, PIN_DIGITS))
        for pk, title, lon, lat in found
        if lon is not None and lat is not None
    ]
