"""Polis: comments.csv of its data export (docs/export-format.md, "polis-export/1", and older ones).

Statements have no title, and count from 0 in each conversation; the file does not say which
conversation. The time of writing makes the number unique.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Final

from stamtafel.dossier.imports.contract import Format, Given

_STATES: Final = {"-1": "rejected", "0": "unmoderated", "1": "accepted"}
_MILLISECONDS_FROM: Final = 100_000_000_000
_LONGEST: Final = 15


def _seconds(cell: str) -> int | None:
    """Return seconds since 1970; old exports write milliseconds, which would lie after the year 5000."""
    whole = cell.partition(".")[0]
    if not (whole.isascii() and whole.isdigit() and len(whole) <= _LONGEST):
        return None
    seconds = int(whole)
    return seconds // 1000 if seconds >= _MILLISECONDS_FROM else seconds


def _adjust(given: Given, fields: dict[str, str]) -> None:
    number, seconds = fields.get("source_id", ""), _seconds(given("timestamp"))
    if number and seconds is not None:
        fields["source_id"] = f"{number}-{seconds}"
    elif number:
        fields["source_id"] = f"{number}-{hashlib.sha256(fields.get('text', '').encode()).hexdigest()[:10]}"
    if fields.get("created") == given("timestamp") and seconds is not None:
        fields["created"] = datetime.fromtimestamp(seconds, UTC).isoformat()
    state = given("moderated")
    fields["status"] = fields.get("status") or _STATES.get(state, state)
    if state == "-1":
        fields["hidden"] = "yes"


POLIS: Final = Format(
    name="polis",
    fields={
        "source_id": ("comment-id", "comment_id"),
        "text": ("comment-body", "comment", "txt"),
        "created": ("timestamp",),
        "support": ("agrees", "total-agrees"),
    },
    extra=("disagrees", "total-disagrees", "is-seed"),
    reads=("moderated",),
    personal=frozenset({"author-id", "author_id"}),
    others=frozenset({"voter-id", "participant", "vote"}),
    adjust=_adjust,
)
