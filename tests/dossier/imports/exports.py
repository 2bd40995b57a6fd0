"""Invented exports with the exact headers of the platforms."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from stamtafel.dossier.imports.contract import ImportRefused, ImportResult, ImportRow
from stamtafel.dossier.imports.reader import read
from stamtafel.places.rules.problems import Problem


def csv_bytes(header: Sequence[str], *rows: Sequence[object], delimiter: str = ",") -> bytes:
    lines = io.StringIO()
    writer = csv.writer(lines, delimiter=delimiter)
    writer.writerows([header, *rows])
    return lines.getvalue().encode()


def as_text(sheet: Any, value: Any) -> Any:
    """A word as a word: openpyxl makes a formula, without a value, of what begins with an equals sign."""
    if not (isinstance(value, str) and value.startswith("=")):
        return value
    cell = WriteOnlyCell(sheet, value)
    cell.data_type = "s"
    return cell


def xlsx_bytes(*sheets: Sequence[Sequence[Any]]) -> bytes:
    """One sheet per list of rows; the names are Sheet1, Sheet2 …"""
    book = Workbook(write_only=True)
    for number, rows in enumerate(sheets, start=1):
        sheet = book.create_sheet(f"Sheet{number}")
        for row in rows:
            sheet.append([as_text(sheet, value) for value in row])
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def result_of(
    data: bytes, form: str, *, columns: dict[str, str] | None = None, keep: Sequence[str] = ()
) -> ImportResult:
    return read(data, filename="export.csv", format=form, columns=columns or {}, keep_personal=frozenset(keep))


def rows_of(data: bytes, form: str, **choices: Any) -> list[ImportRow]:
    return result_of(data, form, **choices).rows


def only_row(data: bytes, form: str, **choices: Any) -> ImportRow:
    (row,) = rows_of(data, form, **choices)
    return row


def problems_of(data: bytes, form: str, **choices: Any) -> tuple[Problem, ...]:
    with pytest.raises(ImportRefused) as caught:
        result_of(data, form, **choices)
    assert caught.value.problems
    assert str(caught.value)
    return caught.value.problems


def reasons_of(data: bytes, form: str, **choices: Any) -> list[str]:
    return [problem.reason for problem in problems_of(data, form, **choices)]


def refusal(data: bytes, form: str, **choices: Any) -> set[str]:
    """The reasons why a file is refused; none when it is taken."""
    try:
        result_of(data, form, **choices)
    except ImportRefused as error:
        return {problem.reason for problem in error.problems}
    return set()
