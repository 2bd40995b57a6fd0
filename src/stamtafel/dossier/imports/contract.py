"""What an import yields, what a format of another platform must tell, and what can be wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Final, TypeAlias

from stamtafel.places.rules.problems import FileRefusedError, Problem

REASONS: Final = {
    "unknown_format": "This format is not known.",
    "unknown_field": "This is not one of our fields.",
    "no_such_column": "The file has no column of this name.",
    "not_text": "The file is not text in UTF-8 or Windows-1252; save it as CSV UTF-8 or as XLSX.",
    "old_excel": "This is an old Excel file (.xls); save it as XLSX or CSV.",
    "not_a_workbook": "The file is not a readable XLSX workbook.",
    "too_large": "The file is too large, or grows too much when unpacked.",
    "too_many_rows": "The file has more than 100,000 rows.",
    "too_many_columns": "The file has more than 500 columns.",
    "empty_file": "The file holds no rows.",
    "no_id_column": "The file has no column with the number of the contribution.",
    "no_text_column": "The file has no column with a title or a text.",
    "not_contributions": "This export holds something else than contributions.",
    "broken_row": "The row cannot be read; look for a missing or surplus quotation mark.",
    "cell_count": "The row has more or fewer cells than the first row.",
    "no_id": "The row has no number.",
    "id_too_long": "The number has more than 120 signs.",
    "duplicate_id": "This number appears more than once.",
    "no_text": "The row has neither a title nor a text.",
    "too_long": "The text has more than 50,000 signs.",
    "unknown_kind": "The kind is not idea, wish, question, criticism or compliment.",
    "bad_date": "This is not a date that we can read.",
    "in_future": "This day has yet to come.",
    "bad_number": "This is not a whole number of zero or more.",
    "bad_coordinate": "This is not a latitude or longitude in degrees (WGS84).",
}

NOTICES: Final = {
    "unused_columns": "These columns are not used.",
    "other_sheets": "These sheets are not read.",
    "repeated": "So many contributions stood on more than one sheet; each is read once.",
    "hidden": "So many contributions were not shown by the source (withdrawn, removed or refused).",
    "half_place": "So many contributions had half a point on the map; it is left out.",
    "long_title": "So many titles were longer than 140 signs; the whole title now begins the text.",
    "no_mail_address": "So many cells held no mail address; they are kept as they are, for staff only.",
    "no_area_zero": "So many contributions lay at 0, 0 (off Africa); that point is left out.",
}

FIELDS: Final = (
    "source_id", "title", "text", "kind", "category", "area_name", "lon", "lat", "created", "status",
    "support", "author_name", "author_email", "url",
)  # fmt: skip
PERSONAL_FIELDS: Final = ("author_name", "author_email")


class ImportRefused(FileRefusedError):
    """Nothing of the file is taken; rows are as a spreadsheet numbers them (the header is row 1)."""

    reasons: ClassVar[dict[str, str]] = REASONS


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One contribution as the source tells it, in plain text. Empty or None: the source says nothing."""

    row: int
    source: str
    """Name of the format; together with source_id the same in every later export of the source."""
    source_id: str
    title: str
    """At most 140 signs, never empty."""
    text: str
    """Never empty: without a text it repeats the title."""
    kind: str = "idea"
    category: str = ""
    area_name: str = ""
    lon: float | None = None
    lat: float | None = None
    created: datetime | None = None
    """Aware; a time without a zone is taken as Dutch time."""
    status: str = ""
    support: int | None = None
    author_email: str = ""
    """A mail address in small letters; only where its column was asked for by name."""
    url: str = ""
    hidden: bool = False
    """The source did not (or no longer) show it; keep it from the public pages."""
    extra: Mapping[str, str] = field(default_factory=dict)
    personal: Mapping[str, str] = field(default_factory=dict)
    """What else was asked for by name, by the header of its column: for staff only."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to know about the import that is no reason to refuse it; `code` is a key of NOTICES."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class ImportResult:
    """All contributions of a file, the personal columns that were left out or kept, and things to know."""

    rows: list[ImportRow]
    dropped_columns: list[str]
    kept_columns: list[str]
    warnings: list[Notice]


Given: TypeAlias = Callable[[str], str]
"""Answers the cell of a row by the name of its column; empty for none and for a dropped column."""


def plain_names(header: Iterable[str]) -> list[str]:
    """Return the headers as formats write them: small letters, single spaces."""
    return [" ".join(name.casefold().split()) for name in header]


def as_it_is(_given: Given, _fields: dict[str, str]) -> None:
    """Leave the fields of a row as the columns say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """How one platform writes its contributions. Names of columns as `names` gives them."""

    name: str
    fields: Mapping[str, Sequence[str]]
    """Ours → theirs: the first column that holds something counts; "title/*" stands for one column
    per language (Dutch before English before others) or per kind."""
    extra: Sequence[str] = ()
    """Columns worth keeping beside our fields."""
    reads: Sequence[str] = ()
    """Columns that only `adjust` looks at."""
    personal: frozenset[str] = frozenset()
    """Columns about people whose names do not show it."""
    personal_after: str = ""
    """Whatever stands to the right of this column is about people."""
    others: frozenset[str] = frozenset()
    """Columns that give away another export of the platform: votes, meetings, answers."""
    date_patterns: Sequence[str] = ()
    all_sheets: bool = False
    needs_id: bool = True
    names: Callable[[Sequence[str]], list[str]] = plain_names
    adjust: Callable[[Given, dict[str, str]], None] = as_it_is
    """Last changes to the fields of a row, still as text; a filled field `hidden` means hidden."""


def refused(reason: str, *, row: int | None = None, column: str = "", detail: str = "") -> ImportRefused:
    """Return the refusal for one reason."""
    return ImportRefused([Problem(row, column, reason, detail)])
