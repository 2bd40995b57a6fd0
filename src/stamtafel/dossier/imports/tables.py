"""A CSV or XLSX file as a table of plain text."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from stamtafel.dossier.imports.contract import refused
from stamtafel.places.rules.problems import shortened

MOST_ROWS: Final = 100_000
MOST_COLUMNS: Final = 500
MOST_BYTES: Final = 100_000_000

_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_HEADER_AND_A_ROW: Final = 2
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0e-\x1f]")
_QUOTED: Final = re.compile(r'"[^"]*"')


@dataclass(frozen=True, slots=True)
class Table:
    """A header and rows as wide as it, each with its number in the spreadsheet."""

    name: str
    header: list[str]
    rows: list[tuple[int, list[str]]]


def read_tables(data: bytes, *, all_sheets: bool) -> tuple[list[Table], list[str]]:
    """Return the table of a CSV file, or of the first (or every) filled sheet of an XLSX file.

    The second part names the sheets that were not read. Raises ImportRefused.
    """
    if len(data) > MOST_BYTES:
        raise refused("too_large")
    if data.startswith(_OLD_EXCEL):
        raise refused("old_excel")
    if not data.startswith(_ZIP):
        return [table("", _csv_rows(data), strict=True)], []
    # Reading XLSX loads much code that a CSV file does not need.
    from stamtafel.dossier.imports.workbook import read_workbook  # noqa: PLC0415

    sheets, unread = read_workbook(data, all_sheets=all_sheets)
    return [table(name, rows, strict=False) for name, rows in sheets], unread


def table(name: str, rows: Iterable[tuple[int, list[str]]], *, strict: bool) -> Table:
    """Return the table: its first filled row is the header; empty rows and columns fall away.

    A row as wide as no header is refused in CSV (`strict`), where it means a broken line.
    Raises ImportRefused.
    """
    filled: list[tuple[int, list[str]]] = []
    for number, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        if filled and strict and len(cells) != len(filled[0][1]):
            detail = f"{len(cells)}, not {len(filled[0][1])}"
            raise refused("cell_count", row=number, detail=detail)
        if len(filled) > MOST_ROWS:
            raise refused("too_many_rows")
        filled.append((number, cells))
    if len(filled) < _HEADER_AND_A_ROW:
        raise refused("empty_file", detail=name)
    header = _header(filled[0][1])
    width = len(header)
    return Table(name, header, [(number, _fitted(cells, width)) for number, cells in filled[1:]])


def _header(cells: Sequence[str]) -> list[str]:
    """Return the names of the columns, all different: a second "Naam" becomes "Naam (2)"."""
    if len(cells) > MOST_COLUMNS:
        raise refused("too_many_columns")
    seen: dict[str, int] = {}
    names: list[str] = []
    for cell in cells:
        name = " ".join(cell.split())
        times = seen[name.casefold()] = seen.get(name.casefold(), 0) + 1
        names.append(f"{name} ({times})" if name and times > 1 else name)
    return names


def _fitted(cells: list[str], width: int) -> list[str]:
    return cells[:width] + [""] * (width - len(cells))


def _csv_rows(data: bytes) -> list[tuple[int, list[str]]]:
    text = _decoded(data)
    first, _, rest = text.partition("\n")
    # Excel's own hint, a line of its own before the header.
    hint = re.fullmatch(r"sep=(.)\r?", first)
    delimiter = hint[1] if hint else max(",;\t", key=_QUOTED.sub("", first).count)
    lines = io.StringIO(rest if hint else text, newline="")
    rows: list[tuple[int, list[str]]] = []
    # strict: without it, a quotation mark that is never closed swallows the rest of the file.
    try:
        for cells in csv.reader(lines, delimiter=delimiter, strict=True):
            rows.append((len(rows) + (2 if hint else 1), cells))
            if len(rows) > 2 * MOST_ROWS:
                raise refused("too_many_rows")
    except csv.Error as error:
        raise refused("broken_row", row=len(rows) + 1, detail=shortened(error)) from error
    return rows


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _CONTROLS.search(text):
            return text
    raise refused("not_text")
