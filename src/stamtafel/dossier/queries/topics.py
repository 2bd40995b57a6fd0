"""What everybody may read of topics: the list, and the dossier with its timeline."""

from datetime import date, datetime
from typing import Any, Final, NamedTuple

from django.db.models import Q, QuerySet
from django.utils import timezone

from stamtafel.dossier.models import Decision, Document, Highlight, Topic
from stamtafel.dossier.queries.public import visible
from stamtafel.dossier.rules.timeline import Event, Lazily, Source, read
from stamtafel.places.models import Area
from stamtafel.prepared import MOMENT, NUMBER, WORD, Prepared

MOST_READ: Final = 150  # contributions read for one page of a timeline
MOST_OTHERS: Final = 25  # decisions, documents, highlights
MOST_ASKED: Final = 3
_LIST = ("slug", "name", "name_en", "summary", "question", "open_until", "archived")


class Said(NamedTuple):
    """A contribution as the timeline names it."""

    pk: int
    title: str
    kind: str
    supports: int
    channel: str
    voices: int


def topics() -> QuerySet[Topic]:
    """Every topic that is not closed, by name, for lists."""
    return Topic.objects.filter(archived=False).only(*_LIST).order_by("name")


def archived() -> QuerySet[Topic]:
    """The topics that are closed; their pages stay."""
    return Topic.objects.filter(archived=True).only(*_LIST).order_by("name")


def taking_part(*, now: datetime) -> QuerySet[Topic]:
    """Topics with a question that can be answered now, what ends first on top."""
    asked = topics().exclude(question="").filter(open_until__gt=now)
    return asked.order_by("open_until", "name")


_ASKED: Final = Prepared(lambda now: taking_part(now=now)[:MOST_ASKED], now=MOMENT)


def asked_now(*, now: datetime) -> list[Topic]:
    """The three that end first, for the home page."""
    return _ASKED(now=now)


def of_area(area: Area) -> QuerySet[Topic]:
    """The topics that name this neighbourhood, or its district."""
    links = Topic.areas.through.objects.filter(Q(area_id=area.pk) | Q(area_id=area.parent_id or area.pk))
    return topics().filter(pk__in=links.values("topic_id"))


_TOPIC: Final = Prepared(lambda slug: Topic.objects.filter(slug=slug), slug=WORD)
_AREAS: Final = Prepared(
    lambda pk: Area.objects.filter(topics=pk).order_by("name").values_list("code", "name"), pk=NUMBER
)
_DOCUMENTS: Final = Prepared(
    lambda pk: Document.objects.filter(topic_id=pk).defer("by").order_by("-published_at", "-id")[:100], pk=NUMBER
)


def topic(slug: str) -> Topic:
    """One topic with everything of its page. Raises Topic.DoesNotExist."""
    rows: list[Topic] = _TOPIC(slug=slug)
    if not rows:
        raise Topic.DoesNotExist
    return rows[0]


def areas_of(found: Topic) -> list[tuple[str, str]]:
    """Code and name of the neighbourhoods that the topic is about; none = the whole municipality."""
    return _AREAS(pk=found.pk)


def documents(found: Topic) -> list[Document]:
    """The files and links of the dossier, the newest first (at most 100)."""
    return _DOCUMENTS(pk=found.pk)


def document_events(rows: list[Document], *, before: datetime | None) -> Source[Event]:
    """The documents as a source of the timeline."""
    earlier = (row for row in rows if before is None or row.published_at < before)
    zone = timezone.get_current_timezone()
    return read((Event(row.published_at.astimezone(zone), "document", row) for row in earlier), len(rows))


def contribution_events(found: Topic, *, before: datetime | None) -> Source[Event]:
    """Public contributions, the newest first: one query by the index of topic and date."""
    rows = _SAID(pk=found.pk) if before is None else list(_said_rows(found.pk, before))
    zone = timezone.get_current_timezone()
    return read(Lazily(rows, lambda row: Event(row[0].astimezone(zone), "contribution", Said(*row[1:]))), MOST_READ)


def _said_rows(pk: int, before: datetime | None = None) -> QuerySet[Any, tuple[Any, ...]]:
    rows = visible().filter(topic_id=pk, **_earlier("published_at", before)).order_by("-published_at", "-id")
    names = ("published_at", "id", "title", "kind", "support_count", "channel", "voices")
    return rows.values_list(*names)[: MOST_READ + 1]


_SAID: Final = Prepared(_said_rows, pk=NUMBER)


def highlight_events(found: Topic, *, before: datetime | None) -> Source[Event]:
    """Pieces of conversations that staff showed here."""
    rows = _HIGHLIGHTS(pk=found.pk) if before is None else _highlight_rows(found.pk, before)
    zone = timezone.get_current_timezone()
    return read((Event(row.at.astimezone(zone), "highlight", row) for row in rows), MOST_OTHERS)


def _highlight_rows(pk: int, before: datetime | None = None) -> QuerySet[Highlight]:
    rows = Highlight.objects.filter(topic_id=pk, **_earlier("at", before)).defer("by").order_by("-at", "-id")
    return rows[: MOST_OTHERS + 1]


_HIGHLIGHTS: Final = Prepared(_highlight_rows, pk=NUMBER)


class Decided(NamedTuple):
    """A decision as the timeline tells it."""

    published_at: datetime
    slug: str
    title: str
    decided: str
    not_done: str
    decided_by: str
    decided_on: date


def decision_events(found: Topic, *, before: datetime | None) -> Source[Event]:
    """Published decisions, with what was decided and why the rest was not."""
    rows = _DECISIONS(pk=found.pk) if before is None else list(_decision_rows(found.pk, before))
    zone = timezone.get_current_timezone()
    return read(Lazily(rows, lambda row: Event(row[0].astimezone(zone), "decision", Decided(*row))), MOST_OTHERS)


def _decision_rows(pk: int, before: datetime | None = None) -> QuerySet[Any, tuple[Any, ...]]:
    rows = Decision.objects.filter(topic_id=pk, published_at__isnull=False, **_earlier("published_at", before))
    return rows.order_by("-published_at", "-id").values_list(*Decided._fields)[: MOST_OTHERS + 1]


_DECISIONS: Final = Prepared(_decision_rows, pk=NUMBER)


def _earlier(name: str, before: datetime | None) -> dict[str, datetime]:
    return {} if before is None else {f"{name}__lt": before}
