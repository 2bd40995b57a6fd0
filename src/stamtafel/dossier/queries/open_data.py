"""What everybody may take along: public contributions and decisions, row by row, without anything personal.

Points on the map are left out, for many point at somebody's home; the neighbourhood stays.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, Final

from django.db.models import OuterRef, Subquery

from stamtafel.dossier.models import Answer
from stamtafel.dossier.queries.decisions import published
from stamtafel.dossier.queries.public import visible

CHUNK: Final = 500
CONTRIBUTIONS: Final = (
    "nummer", "soort", "titel", "tekst", "onderwerp", "buurtcode", "buurt", "kanaal", "taal", "mensen", "steun",
    "reacties", "stand", "ontvangen", "openbaar", "beantwoord", "uitkomst", "antwoord", "besluit",
)  # fmt: skip
DECISIONS: Final = (
    "naam", "titel", "onderwerp", "besloten_door", "besloten_op", "gehoord", "besloten", "gedaan", "niet_gedaan",
    "niet_gehoord", "openbaar",
)  # fmt: skip
ANSWERS: Final = ("besluit", "bijdrage", "uitkomst", "antwoord", "openbaar")


def contributions() -> Iterator[tuple[Any, ...]]:
    """One row per public contribution in the order of CONTRIBUTIONS, the oldest first; read in pieces."""
    public = Answer.objects.filter(contribution=OuterRef("pk"), published_at__isnull=False)
    newest = public.order_by("-published_at", "-pk")
    rows = visible().annotate(
        outcome=Subquery(newest.values("outcome")[:1]),
        answer=Subquery(newest.values("text")[:1]),
        decision=Subquery(newest.values("decision__slug")[:1]),
    )
    fields = rows.order_by("pk").values_list(
        "pk", "kind", "title", "public_text", "topic__slug", "area__code", "area__name", "channel", "language",
        "voices",
        "support_count", "reaction_count", "state", "created_at", "published_at", "answered_at", "outcome",
        "answer", "decision",
    )  # fmt: skip
    yield from fields.iterator(chunk_size=CHUNK)


def decisions() -> Iterator[tuple[Any, ...]]:
    """One row per published decision in the order of DECISIONS, the newest first."""
    fields = published().values_list(
        "slug", "title", "topic__slug", "decided_by", "decided_on", "heard", "decided", "done", "not_done", "not_heard",
        "published_at",
    )  # fmt: skip
    yield from fields.iterator(chunk_size=CHUNK)


def answers() -> Iterator[tuple[Any, ...]]:
    """One row per answer to a public contribution in the order of ANSWERS."""
    shown = Answer.objects.filter(published_at__isnull=False, contribution__in=visible()).order_by("pk")
    fields = shown.values_list("decision__slug", "contribution_id", "outcome", "text", "published_at")
    yield from fields.iterator(chunk_size=CHUNK)


def json_rows(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """A list of objects, one per line, written while the rows are read; days and moments as ISO 8601."""
    before = b"[\n"
    for row in rows:
        item = {name: _as_json(value) for name, value in zip(columns, row, strict=True)}
        yield before + json.dumps(item, ensure_ascii=False).encode()
        before = b",\n"
    yield b"[]\n" if before == b"[\n" else b"\n]\n"


def _as_json(value: object) -> object:
    return value.isoformat() if isinstance(value, date | datetime) else value
