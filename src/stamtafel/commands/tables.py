"""What ``stamtafel export`` writes: per table its columns and its rows, read in pieces.

The public rows are those of the open data. The internal ones hold also what is not public and a few columns for
staff; never a mail address, never an internal note, never a text with personal data in it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils import translation

from stamtafel.announce.models import Announcement
from stamtafel.announce.queries.public import public as public_announcements
from stamtafel.dossier.models import Answer, Contribution, Decision, Moderation
from stamtafel.dossier.queries import open_data
from stamtafel.dossier.rules.texts import masked

CHUNK: Final = 500
Rows = Iterator[Sequence[Any]]

ANNOUNCEMENTS: Final = (
    "naam", "titel", "inleiding", "tekst", "wat_betekent_dit", "onderwerpen", "buurtcodes", "adres", "openbaar",
    "verbeterd",
)  # fmt: skip
STAFF_CONTRIBUTIONS: Final = (
    "bron", "bronnummer", "lengtegraad", "breedtegraad", "samengevoegd_met", "verborgen_om", "verborgen_waarom",
)  # fmt: skip
STAFF_DECISIONS: Final = ("gemaakt", "gemaakt_door", "openbaar_gemaakt_door")
STAFF_ANNOUNCEMENTS: Final = (
    "stand", "versie", "gepland", "gemaakt_door", "goedgekeurd_door", "ingetrokken", "ingetrokken_waarom",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """Something that can be exported: the columns and rows for everybody, and those for staff."""

    sheet: str
    columns: Sequence[str]
    rows: Callable[[], Rows]
    staff_columns: Sequence[str]
    staff_rows: Callable[[], Rows]


def contributions() -> Rows:
    """Every contribution that was not erased, shown or not, with the columns for staff; the oldest first."""
    answers = Answer.objects.filter(contribution=OuterRef("pk"), published_at__isnull=False).order_by(
        "-published_at", "-pk"
    )
    hidden = Moderation.objects.filter(contribution=OuterRef("pk"), hide=True).order_by("-at", "-pk")
    found = Contribution.objects.filter(erased_at__isnull=True).annotate(
        outcome=Subquery(answers.values("outcome")[:1]),
        answer=Subquery(answers.values("text")[:1]),
        decision=Subquery(answers.values("decision__slug")[:1]),
        rule=Subquery(hidden.values("rule")[:1]),
        reason=Subquery(hidden.values("reason")[:1]),
    )
    fields = found.order_by("pk").values_list(
        "pk", "kind", "title", "public_text", "topic__slug", "area__code", "area__name", "channel", "language",
        "voices", "support_count", "reaction_count", "state", "created_at", "published_at", "answered_at", "outcome",
        "answer", "decision", "source", "source_id", "lon", "lat", "merged_into_id", "rule", "reason",
    )  # fmt: skip
    for row in fields.iterator(chunk_size=CHUNK):
        yield (*row[:-1], masked(row[-1] or ""))


def decisions() -> Rows:
    """Every decision, drafts too, with who made it; the newest first."""
    fields = Decision.objects.order_by("-pk").values_list(
        "slug", "title", "topic__slug", "decided_by", "decided_on", "heard", "decided", "done", "not_done", "not_heard",
        "published_at", "created_at", "created_by__name", "published_by__name",
    )  # fmt: skip
    for row in fields.iterator(chunk_size=CHUNK):
        yield (*row[:-2], *(masked(name or "") for name in row[-2:]))


def published_announcements() -> Rows:
    """Every announcement that is in the public list, the newest first."""
    yield from (_shown(one) for one in _read(public_announcements()))


def announcements() -> Rows:
    """Every announcement in whatever state, with who made and approved it; the newest first."""
    found = Announcement.objects.select_related("author", "approved_by").order_by("-pk")
    for one in _read(found):
        people = (masked(member.name) if member else "" for member in (one.author, one.approved_by))
        yield (*_shown(one), one.state, one.version, one.publish_at, *people, one.withdrawn_at, one.withdrawn_reason)


def _read(found: QuerySet[Announcement]) -> Iterator[Announcement]:
    return found.prefetch_related("topics", "areas").iterator(chunk_size=CHUNK)


def _shown(one: Announcement) -> tuple[Any, ...]:
    with translation.override("nl"):
        address = settings.SITE_URL + reverse("site:announcement", kwargs={"slug": one.slug})
    topics = ", ".join(topic.slug for topic in one.topics.all())
    areas = ", ".join(area.code for area in one.areas.all())
    return (one.slug, one.title, one.lead, one.body, one.meaning, topics, areas,
            address if one.published_at else "", one.published_at, one.corrected_at)  # fmt: skip


TABLES: Final[dict[str, Table]] = {
    "contributions": Table(
        "Bijdragen", open_data.CONTRIBUTIONS, open_data.contributions,
        (*open_data.CONTRIBUTIONS, *STAFF_CONTRIBUTIONS), contributions,
    ),
    "decisions": Table(
        "Besluiten", open_data.DECISIONS, open_data.decisions,
        (*open_data.DECISIONS, *STAFF_DECISIONS), decisions,
    ),
    "announcements": Table(
        "Berichten", ANNOUNCEMENTS, published_announcements,
        (*ANNOUNCEMENTS, *STAFF_ANNOUNCEMENTS), announcements,
    ),
}  # fmt: skip
