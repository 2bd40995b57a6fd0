"""An XLSX workbook as rows of plain text. What somebody sends in may be meant to hurt."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, Final

from openpyxl import load_workbook

from stamtafel.dossier.imports.contract import ImportRefused, refused
from stamtafel.places.rules.problems import shortened

MOST_UNPACKED: Final = 200_000_000
MOST_GROWTH: Final = 200
"""Spreadsheets pack to a tenth or a twentieth; a bomb to a thousandth."""

_SMALL: Final = 1_000_000
_LAST_EXCEL_ROW: Final = 1_048_576
_MOST_CELLS: Final = 20_000_000
_MOST_TEXTS: Final = 1_000_000
_TEXT: Final = re.compile(rb"[<:]si")
_PIECE: Final = 1_000_000

Row = tuple[int, list[str]]


def read_workbook(data: bytes, *, all_sheets: bool) -> tuple[list[tuple[str, list[Row]]], list[str]]:
    """Return name and rows of the first filled sheet, or of each; and the names of the unread ones.

    Of a formula comes what the spreadsheet last showed, dates as ISO 8601. Raises ImportRefused.
    """
    try:
        _check_size(data)
        with warnings.catch_warnings():
            # openpyxl warns of styles and extensions that it does not know; we need the text only.
            warnings.simplefilter("ignore")
            return _sheets(data, all_sheets=all_sheets)
    except ImportRefused:
        raise
    # openpyxl meets a broken file with whatever Python raises where it stumbles.
    except Exception as error:
        raise refused("not_a_workbook", detail=shortened(type(error).__name__)) from error


def _check_size(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        unpacked = sum(part.file_size for part in parts)
        if unpacked > MOST_UNPACKED or (unpacked > _SMALL and unpacked > MOST_GROWTH * len(data)):
            raise refused("too_large")
        # openpyxl reads the table of texts whole, before the first row is asked for
        tables = (part for part in parts if part.filename.lower().endswith("sharedstrings.xml"))
        if sum(_texts(archive, part) for part in tables) > _MOST_TEXTS:
            raise refused("too_large")


def _texts(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> int:
    """How many texts the table holds, counted until there are too many; takes little memory."""
    found, tail = 0, b""
    with archive.open(part) as unpacked:
        while found <= _MOST_TEXTS and (piece := unpacked.read(_PIECE)):
            found += len(_TEXT.findall(tail + piece))
            tail = piece[-len(b"<si") + 1 :]
    return found


def _sheets(data: bytes, *, all_sheets: bool) -> tuple[list[tuple[str, list[Row]]], list[str]]:
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    try:
        read: list[tuple[str, list[Row]]] = []
        unread: list[str] = []
        for sheet in book.worksheets:
            if read and not all_sheets:
                unread.append(sheet.title)
                continue
            rows = list(_rows(sheet))
            if rows:
                read.append((sheet.title, rows))
    finally:
        book.close()
    if not read:
        raise refused("empty_file")
    return read, unread


def _rows(sheet: Any) -> Iterator[Row]:
    """Yield the filled rows, without believing what the sheet says of its own size."""
    sheet.reset_dimensions()
    cells = 0
    for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        cells += len(values)
        if number > _LAST_EXCEL_ROW or cells > _MOST_CELLS:
            raise refused("too_many_rows")
        row = [_text(value) for value in values]
        while row and not row[-1]:
            row.pop()
        if row:
            yield number, row


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    # A formula over several cells is an object that holds its text.
    return str(getattr(value, "text", None) or value)
