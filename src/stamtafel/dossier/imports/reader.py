"""Read contributions from an export of another platform: one door for all formats."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from stamtafel.dossier.imports.contract import (
    Format,
    ImportRefused,
    ImportResult,
    ImportRow,
    Notice,
    refused,
)
from stamtafel.dossier.imports.plan import Plan, check_kept, made_plan
from stamtafel.dossier.imports.registry import FORMATS
from stamtafel.dossier.imports.tables import Table, read_tables
from stamtafel.dossier.imports.values import count, degrees, mail_address, moment, one_line, plain_text, web_address
from stamtafel.places.rules.problems import MOST_PROBLEMS, Problem, shortened

LONGEST_TITLE: Final = 140
LONGEST_ID: Final = 120
LONGEST_TEXT: Final = 50_000
_LONGEST_EXTRA: Final = 1_000
_LONGEST_LABEL: Final = 120

_KINDS: Final = {
    "idea": "idea", "idee": "idea", "wish": "wish", "wens": "wish",
    "question": "question", "vraag": "question",
    "criticism": "criticism", "kritiek": "criticism", "complaint": "criticism", "klacht": "criticism",
    "compliment": "compliment", "": "idea",
}  # fmt: skip


class _BadCellError(Exception):
    def __init__(self, field: str, reason: str, cell: str = "") -> None:
        super().__init__(reason)
        self.field, self.reason, self.cell = field, reason, cell


def read(
    data: bytes,
    *,
    filename: str,
    format: str,  # noqa: A002 - the word of the command line
    columns: Mapping[str, str],
    keep_personal: Collection[str],
) -> ImportResult:
    """Return all contributions of an export, CSV or XLSX, in the order of the file.

    `format` is a key of registry.FORMATS; `columns` maps our fields to theirs ("id+year" joins
    two); `keep_personal` names the personal columns to keep, by their name or as author_name or
    author_email: a mail address becomes the contact, anything else is for staff only. `filename`
    is told in messages only: what a file is, shows inside it.
    All or nothing: raises ImportRefused with every problem found, 50 at most.
    """
    form = FORMATS.get(format)
    if form is None:
        raise refused("unknown_format", detail=shortened(format))
    tables, unread = read_tables(data, all_sheets=form.all_sheets)
    plans: list[tuple[Table, Plan]] = []
    seen: list[Plan] = []
    for table in tables:
        plan = made_plan(form, table.header, columns=columns, keep_personal=keep_personal)
        seen.append(plan)
        if form.all_sheets and len(tables) > 1 and "source_id" not in plan.sources:
            unread.append(table.name)
            continue
        _check_plan(form, plan, filename)
        plans.append((table, plan))
    check_kept(keep_personal, seen)
    if not plans:
        raise refused("no_id_column", row=1, detail=shortened(filename))
    reading = _Reading(form)
    for table, plan in plans:
        reading.take(table, plan)
    return reading.result([plan for _, plan in plans], unread)


def _check_plan(form: Format, plan: Plan, filename: str) -> None:
    if form.needs_id and "source_id" not in plan.sources:
        raise refused("no_id_column", row=1, detail=shortened(filename))
    if not {"title", "text"} & set(plan.sources):
        raise refused("no_text_column", row=1, detail=shortened(filename))


class _Reading:
    """The rows, problems and counts of one file while it is read."""

    def __init__(self, form: Format) -> None:
        self._form = form
        self._rows: dict[str, ImportRow] = {}
        self._problems: list[Problem] = []
        self._counts: Counter[str] = Counter()
        self._equal: Counter[str] = Counter()

    def take(self, table: Table, plan: Plan) -> None:
        """Read the rows of a sheet; one that stood on an earlier sheet is only counted."""
        earlier = set(self._rows)
        for number, cells in table.rows:
            if len(self._problems) >= MOST_PROBLEMS:
                return
            try:
                row = self._row(number, cells, plan)
                if row.source_id in earlier:
                    self._counts["repeated"] += 1
                else:
                    self._keep(row)
            except _BadCellError as bad:
                self._problems.append(Problem(number, plan.column(bad.field), bad.reason, shortened(bad.cell)))

    def result(self, plans: Sequence[Plan], unread: Sequence[str]) -> ImportResult:
        """Return all that was read. Raises ImportRefused when there was any problem."""
        if self._problems:
            raise ImportRefused(self._problems)
        rows = list(self._rows.values())
        self._counts["hidden"] = sum(row.hidden for row in rows)
        unused = list(dict.fromkeys(name for plan in plans for name in plan.unused))
        dropped = list(dict.fromkeys(name for plan in plans for name in plan.dropped))
        kept = list(dict.fromkeys(name for plan in plans for name in plan.kept))
        notices = [Notice("unused_columns", ", ".join(unused))] if unused else []
        notices += [Notice("other_sheets", ", ".join(unread))] if unread else []
        notices += [Notice(code, str(times)) for code, times in sorted(self._counts.items()) if times]
        return ImportResult(rows, dropped, kept, notices)

    def _keep(self, row: ImportRow) -> None:
        if row.source_id in self._rows:
            raise _BadCellError("source_id", "duplicate_id", row.source_id)
        self._rows[row.source_id] = row

    def _row(self, number: int, cells: Sequence[str], plan: Plan) -> ImportRow:
        fields = {
            field: next(filter(None, (source.cell(cells) for source in sources)), "")
            for field, sources in plan.sources.items()
        }
        self._form.adjust(lambda name: _cell(plan, cells, name), fields)
        title, text = self._words(fields)
        lon, lat = self._place(fields)
        personal = _kept_cells(cells, plan.personal)
        return ImportRow(
            row=number,
            source=self._form.name,
            source_id=self._id(fields, title, text),
            title=title,
            text=text,
            kind=_kind(fields.get("kind", "")),
            category=one_line(fields.get("category", ""), _LONGEST_LABEL),
            area_name=one_line(fields.get("area_name", ""), _LONGEST_LABEL),
            lon=lon,
            lat=lat,
            created=self._created(fields.get("created", "")),
            status=one_line(fields.get("status", ""), _LONGEST_LABEL),
            support=_support(fields.get("support", "")),
            author_email=self._contact(fields.get("author_email", ""), plan, personal),
            url=web_address(fields.get("url", "")),
            hidden=bool(fields.get("hidden")),
            extra=_kept_cells(cells, plan.extra),
            personal=personal,
        )

    def _words(self, fields: Mapping[str, str]) -> tuple[str, str]:
        """Return title and text; what is too long for a title is wholly in the text."""
        title = " ".join(plain_text(fields.get("title", "")).split())
        text = plain_text(fields.get("text", ""))
        if not title and not text:
            raise _BadCellError("text" if fields.get("text") else "title", "no_text")
        if len(title) > LONGEST_TITLE:
            self._counts["long_title"] += 1
            text = f"{title}\n\n{text}".strip()
        if len(text) > LONGEST_TEXT:
            raise _BadCellError("text", "too_long")
        return _cut(title or " ".join(text.split())), text or title

    def _contact(self, cell: str, plan: Plan, personal: dict[str, str]) -> str:
        """Return the mail address; what is none goes with what else is kept for staff."""
        words = one_line(cell, _LONGEST_EXTRA)
        address = mail_address(words)
        if words and not address:
            self._counts["no_mail_address"] += 1
            personal[plan.column("author_email")] = words
        return address

    def _place(self, fields: Mapping[str, str]) -> tuple[float | None, float | None]:
        lon, lat = _degrees(fields, "lon", 180), _degrees(fields, "lat", 90)
        if lon is None or lat is None:
            self._counts["half_place"] += lon is not lat
            return None, None
        if lon == lat == 0:
            self._counts["no_area_zero"] += 1
            return None, None
        return lon, lat

    def _id(self, fields: Mapping[str, str], title: str, text: str) -> str:
        given = one_line(fields.get("source_id", ""), LONGEST_ID + 1)
        if len(given) > LONGEST_ID:
            raise _BadCellError("source_id", "id_too_long", given)
        if given:
            return given
        if self._form.needs_id:
            raise _BadCellError("source_id", "no_id")
        return self._made_id(f"{title}\0{text}\0{fields.get('created', '')}")

    def _made_id(self, content: str) -> str:
        """Return a number made of the content, the same in every run; of equal rows the next one."""
        digest = hashlib.sha256(content.encode()).hexdigest()[:20]
        self._equal[digest] += 1
        return f"{digest}-{self._equal[digest]}"

    def _created(self, cell: str) -> datetime | None:
        try:
            return moment(cell, self._form.date_patterns)
        except ValueError as error:
            raise _BadCellError("created", "bad_date", cell) from error


def _cell(plan: Plan, cells: Sequence[str], name: str) -> str:
    column = plan.readable.get(name)
    return "" if column is None else cells[column].strip()


def _kept_cells(cells: Sequence[str], columns: Mapping[str, int]) -> dict[str, str]:
    found = {name: one_line(cells[column], _LONGEST_EXTRA) for name, column in columns.items()}
    return {name: words for name, words in found.items() if words}


def _kind(cell: str) -> str:
    kind = _KINDS.get(cell.strip().casefold())
    if kind is None:
        raise _BadCellError("kind", "unknown_kind", cell)
    return kind


def _support(cell: str) -> int | None:
    try:
        return count(cell)
    except ValueError as error:
        raise _BadCellError("support", "bad_number", cell) from error


def _degrees(fields: Mapping[str, str], field: str, most: float) -> float | None:
    cell = fields.get(field, "")
    try:
        return degrees(cell, most)
    except ValueError as error:
        raise _BadCellError(field, "bad_coordinate", cell) from error


def _cut(title: str) -> str:
    """Return the title, cut between two words where it is too long."""
    if len(title) <= LONGEST_TITLE:
        return title
    short = title[: LONGEST_TITLE - 1]
    return (short[: short.rfind(" ")] if " " in short[LONGEST_TITLE // 2 :] else short).rstrip() + "…"
