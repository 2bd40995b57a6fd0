"""What everybody may read of topics: the list, and the dossier with its timeline."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from stamtafel.dossier.models import Decision, Document, Highlight, Topic
from stamtafel.dossier.queries.public import visible
from stamtafel.dossier.rules.timeline import Event, Source, read
from stamtafel.places.models import Area

MOST_READ: Final = 150  # contributions read for one page of a timeline
MOST_OTHERS: Final = 25  # decisions, documents, highlights
_LIST = ("slug", "name", "name_en", "summary", "question", "open_until", "archived")


@dataclass(frozen=True, slots=True)
class Said:
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


def of_area(area: Area) -> QuerySet[Topic]:
    """The topics that name this neighbourhood, or its district."""
    links = Topic.areas.through.objects.filter(Q(area_id=area.pk) | Q(area_id=area.parent_id or area.pk))
    return topics().filter(pk__in=links.values("topic_id"))


def topic(slug: str) -> Topic:
    """One topic with everything of its page. Raises Topic.DoesNotExist."""
    return Topic.objects.get(slug=slug)


def areas_of(found: Topic) -> list[tuple[str, str]]:
    """Code and name of the neighbourhoods that the topic is about; none = the whole municipality."""
    return list(found.areas.order_by("name").values_list("code", "name"))


def documents(found: Topic) -> list[Document]:
    """The files and links of the dossier, the newest first (at most 100)."""
    return list(found.documents.defer("by").order_by("-published_at", "-id")[:100])


def document_events(rows: list[Document], *, before: datetime | None) -> Source[Event]:
    """The documents as a source of the timeline."""
    earlier = (row for row in rows if before is None or row.published_at < before)
    return read((Event(timezone.localtime(row.published_at), "document", row) for row in earlier), len(rows))


def contribution_events(found: Topic, *, before: datetime | None) -> Source[Event]:
    """Public contributions, the newest first: one query by the index of topic and date."""
    rows = visible().filter(topic=found, **_earlier("published_at", before)).order_by("-published_at", "-id")
    names = ("published_at", "id", "title", "kind", "support_count", "channel", "voices")
    return read(_said(rows.values_list(*names)[: MOST_READ + 1]), MOST_READ)


def _said(rows: Iterable[tuple[Any, ...]]) -> Iterator[Event]:
    for at, *rest in rows:
        yield Event(timezone.localtime(at), "contribution", Said(*rest))


def highlight_events(found: Topic, *, before: datetime | None) -> Source[Event]:
    """Pieces of conversations that staff showed here."""
    rows = Highlight.objects.filter(topic=found, **_earlier("at", before)).defer("by").order_by("-at", "-id")
    return read((Event(timezone.localtime(row.at), "highlight", row) for row in rows[: MOST_OTHERS + 1]), MOST_OTHERS)


def decision_events(found: Topic, *, before: datetime | None) -> Source[Event]:
    """Published decisions, with what was decided and why the rest was not."""
    rows = Decision.objects.filter(topic=found, published_at__isnull=False, **_earlier("published_at", before))
    rows = rows.only("slug", "title", "decided", "not_done", "decided_by", "decided_on", "published_at", "topic")
    rows = rows.order_by("-published_at", "-id")
    events = (Event(timezone.localtime(row.published_at), "decision", row) for row in rows[: MOST_OTHERS + 1])
    return read(events, MOST_OTHERS)


def _earlier(name: str, before: datetime | None) -> dict[str, datetime]:
    return {} if before is None else {f"{name}__lt": before}
