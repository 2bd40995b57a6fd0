"""Read key figures per area from a CSV file, as CBS and municipalities publish them.

What CBS hides or does not know stays unknown. It is never 0: an empty cell for "inhabitants"
means that we may not know, not that nobody lives there.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Final

from stamtafel.places.rules.problems import MOST_PROBLEMS, FileRefusedError, Problem, shortened

REASONS: Final = {
    "not_text": "The file is not text in UTF-8 or Windows-1252.",
    "empty_file": "The file holds no rows.",
    "no_code_column": "The first row has no column “code”.",
    "no_figures": "The first row names no figures.",
    "unnamed_column": "A column has no name, or a name of more than 80 signs.",
    "duplicate_column": "Two columns have the same name.",
    "broken_row": "The row cannot be read; look for a missing or surplus quotation mark.",
    "cell_count": "The row has more or fewer cells than the first row.",
    "no_code": "The row has no area code.",
    "duplicate_code": "This area code appears more than once.",
    "not_a_number": "This is not a number.",
    "number_too_large": "The number has more than 12 digits before or 4 after the decimal mark.",
    "negative": "A count, share or amount cannot be below zero.",
    "mixed_decimals": "Decimal point and decimal comma are both used in this file.",
    "bad_text": "The text is too long or holds signs that cannot be shown.",
}

MOST_INTEGER_DIGITS: Final = 12
MOST_DECIMALS: Final = 4

_CODE_COLUMN: Final = "code"
_DESCRIPTIONS: Final = frozenset({"niveau", "naam", "ouder_code", "provincie", "jaar"})
_UNKNOWN: Final = frozenset({"", ".", "x", "-", "-99997", "-99995", "-99997.0", "-99995.0"})
_NUMBER: Final = re.compile(r"-?([0-9]+)(?:([.,])([0-9]+))?")
_MAY_BE_NEGATIVE: Final = re.compile(r"saldo|groei|overschot|verandering|balance|growth|change", re.IGNORECASE)
_TEXT_COLUMN: Final = re.compile(r"postcode", re.IGNORECASE)
_LONGEST_TEXT: Final = 200
_LONGEST_NAME: Final = 80


class KeyFiguresFileError(FileRefusedError):
    """The file with key figures is refused; the first row of figures is row 2."""

    reasons: ClassVar[dict[str, str]] = REASONS


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One figure of one area in one year. `value` None: hidden by the source, or not known."""

    code: str
    name: str
    year: int
    value: Decimal | None
    text: str = ""
    """Only for columns that hold a name in digits, such as a postcode; `value` is then None."""


class _BadCellError(Exception):
    def __init__(self, column: str, reason: str, detail: object = "") -> None:
        super().__init__(reason)
        self.column, self.reason, self.detail = column, reason, shortened(detail)


def read_key_figures(text: bytes, *, year: int) -> list[FigureRow]:
    """Return one FigureRow per area and figure, in file order; all of the given year.

    Comma, semicolon or tab between the cells, decimal point or comma. Numbers are never negative,
    except where the name says that they can be (such as a "saldo"). Raises KeyFiguresFileError.
    """
    header, rows = _table(text)
    _check_header(header)
    decimals: dict[str, int] = {}
    figures: list[FigureRow] = []
    problems: list[Problem] = []
    seen: set[str] = set()
    for number, cells in rows:
        if len(problems) >= MOST_PROBLEMS:
            break
        try:
            figures += _figures(header, cells, year=year, seen=seen)
            _check_decimals(header, cells, decimals)
        except _BadCellError as bad:
            problems.append(Problem(number, bad.column, bad.reason, bad.detail))
    if problems:
        raise KeyFiguresFileError(problems)
    return figures


def _table(text: bytes) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the header and the numbered rows that hold anything."""
    lines = _decoded(text)
    delimiter = max(",;\t", key=lines.split("\n", 1)[0].count)
    rows: list[tuple[int, list[str]]] = []
    # strict: without it, a quotation mark that is never closed swallows the rest of the file.
    reader = csv.reader(io.StringIO(lines, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, cells in enumerate(reader, start=1):
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                rows.append((number, stripped))
    except csv.Error as error:
        where = rows[-1][0] + 1 if rows else 1
        raise KeyFiguresFileError([Problem(where, "", "broken_row", shortened(error))]) from error
    if len(rows) < 2:  # noqa: PLR2004 - a header and one row
        raise KeyFiguresFileError([Problem(None, "", "empty_file")])
    return rows[0][1], rows[1:]


def _decoded(text: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            decoded = text.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in decoded:
            return decoded
    raise KeyFiguresFileError([Problem(None, "", "not_text")])


def _check_header(header: Sequence[str]) -> None:
    problems = [
        Problem(1, shortened(name), "unnamed_column")
        for name in header
        if not name or len(name) > _LONGEST_NAME or not name.isprintable()
    ]
    problems += [
        Problem(1, shortened(name), "duplicate_column")
        for name, times in Counter(name.lower() for name in header).items()
        if times > 1 and name
    ]
    names = {name.lower() for name in header}
    if _CODE_COLUMN not in names:
        problems.append(Problem(1, _CODE_COLUMN, "no_code_column"))
    elif not names - _DESCRIPTIONS - {_CODE_COLUMN}:
        problems.append(Problem(1, "", "no_figures"))
    if problems:
        raise KeyFiguresFileError(problems)


def _figures(header: Sequence[str], cells: Sequence[str], *, year: int, seen: set[str]) -> list[FigureRow]:
    if len(cells) != len(header):
        raise _BadCellError("", "cell_count", f"{len(cells)}, not {len(header)}")
    by_name = dict(zip(header, cells, strict=True))
    code = next(cell for name, cell in by_name.items() if name.lower() == _CODE_COLUMN)
    if not code:
        raise _BadCellError(_CODE_COLUMN, "no_code")
    if code in seen:
        raise _BadCellError(_CODE_COLUMN, "duplicate_code", code)
    seen.add(code)
    return [
        _figure(code, name, cell, year=year)
        for name, cell in by_name.items()
        if name.lower() not in _DESCRIPTIONS and name.lower() != _CODE_COLUMN
    ]


def _figure(code: str, name: str, cell: str, *, year: int) -> FigureRow:
    if not _TEXT_COLUMN.search(name):
        return FigureRow(code, name, year, _value(name, cell))
    if len(cell) > _LONGEST_TEXT or not cell.isprintable():
        raise _BadCellError(name, "bad_text", cell)
    return FigureRow(code, name, year, None, "" if cell.lower() in _UNKNOWN else cell)


def _value(name: str, cell: str) -> Decimal | None:
    if cell.lower() in _UNKNOWN:
        return None
    found = _NUMBER.fullmatch(cell)
    if found is None:
        raise _BadCellError(name, "not_a_number", cell)
    whole, _mark, decimals = found.groups()
    if len(whole) > MOST_INTEGER_DIGITS or len(decimals or "") > MOST_DECIMALS:
        raise _BadCellError(name, "number_too_large", cell)
    value = Decimal(cell.replace(",", "."))
    if value < 0 and not _MAY_BE_NEGATIVE.search(name):
        raise _BadCellError(name, "negative", cell)
    return value


def _check_decimals(header: Sequence[str], cells: Sequence[str], marks: dict[str, int]) -> None:
    """Refuse a file that uses both marks: its "1.234" may be one thousand or one and a bit."""
    for name, cell in zip(header, cells, strict=True):
        found = _NUMBER.fullmatch(cell) if name.lower() not in _DESCRIPTIONS else None
        if found and found[2]:
            marks[found[2]] = marks.get(found[2], 0) + 1
            if len(marks) > 1:
                raise _BadCellError(name, "mixed_decimals", cell)
