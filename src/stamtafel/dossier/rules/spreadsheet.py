"""Tables as CSV and XLSX, written while they are read: first bytes at once, memory flat.

Cells are text, numbers, truths, dates and times. A time with a zone is told in Dutch time, for a
spreadsheet knows no zones. What a resident wrote never becomes a formula.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from math import isfinite
from typing import Final, TypeAlias
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

Cell: TypeAlias = object
"""str, int, float, Decimal, bool, date, datetime or None; anything else as its text."""

DUTCH_TIME: Final = ZoneInfo("Europe/Amsterdam")
LAST_ROW: Final = 1_048_576
LONGEST_TEXT: Final = 32_767
"""What a cell of a spreadsheet holds; the rest is cut off."""

_ROWS_AT_ONCE: Final = 250
# What a spreadsheet takes for a formula (OWASP, CSV injection), full-width signs included.
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# What XML 1.0 does not allow, and half characters.
_ILLEGAL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# In a workbook "_x0041_" means A; so an underscore that would begin such a thing is itself written so.
_LOOKS_ESCAPED: Final = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")

_DAY_ZERO: Final = date(1899, 12, 30)
_FIRST_SAFE_DAY: Final = date(1900, 3, 1)
"""Before it, spreadsheets disagree: Lotus, and Excel after it, thought 1900 a leap year."""
_SECONDS_OF_A_DAY: Final = 86_400
_MOST_EXACT: Final = 10**15
"""A spreadsheet counts with 15 digits; a longer number is a code and stays text."""

_PLAIN, _BOLD, _DAY, _MOMENT, _QUOTED = range(5)


def csv_rows(header: Sequence[Cell], rows: Iterable[Sequence[Cell]], *, decimal_mark: str = ",") -> Iterator[bytes]:
    """Yield a CSV file as Dutch spreadsheets open it: UTF-8 with BOM, semicolons, CRLF.

    Text that a spreadsheet would take for a formula gets an apostrophe before it. Days are ISO 8601.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow([_csv_cell(cell, decimal_mark) for cell in header])
    yield b"\xef\xbb\xbf" + _emptied(buffer)
    waiting = iter(rows)
    while batch := list(islice(waiting, _ROWS_AT_ONCE)):
        writer.writerows([_csv_cell(cell, decimal_mark) for cell in row] for row in batch)
        yield _emptied(buffer)


def xlsx_rows(header: Sequence[Cell], rows: Iterable[Sequence[Cell]], *, sheet_name: str = "Export") -> Iterator[bytes]:
    """Yield an XLSX file of one sheet, its header bold and always in sight.

    Days and times are real ones. Raises ValueError, late, for more rows than a sheet can hold.
    """
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
        for name, text in _PARTS.items():
            archive.writestr(name, text.replace("{sheet}", _sheet_name(sheet_name)))
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for piece in _sheet_pieces(header, rows):
                sheet.write(piece)
                yield sink.emptied()
    yield sink.emptied()


def _sheet_pieces(header: Sequence[Cell], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """Yield the XML of the sheet: up to the header, then a batch of rows at a time."""
    letters = [_letters(number) for number in range(len(header))]
    yield _SHEET_START.replace("{columns}", str(max(len(header), 1))).encode() + _xlsx_row(
        1, [_text_cell(_text(cell), _BOLD) for cell in header], letters
    )
    number = 1
    waiting = iter(rows)
    while batch := list(islice(waiting, _ROWS_AT_ONCE)):
        if number + len(batch) > LAST_ROW:
            raise ValueError("More rows than a sheet can hold.")
        yield b"".join(
            _xlsx_row(place, map(_xlsx_cell, row), letters) for place, row in enumerate(batch, start=number + 1)
        )
        number += len(batch)
    yield _SHEET_END.encode()


def _emptied(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def _csv_cell(cell: Cell, decimal_mark: str) -> str:
    if isinstance(cell, float | Decimal):
        return _number(cell).replace(".", decimal_mark)
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | date):
        return _local(cell).isoformat(" ", "seconds") if isinstance(cell, datetime) else str(cell)
    text = _ILLEGAL.sub("", _text(cell))
    return "'" + text if text.startswith(_FORMULA_STARTS) else text


def _number(cell: float | Decimal) -> str:
    """Return the number without an exponent; nothing for what is no number."""
    if not isfinite(cell):
        return ""
    return format(Decimal(repr(cell)) if isinstance(cell, float) else cell, "f")


def _local(moment: datetime) -> datetime:
    return moment.astimezone(DUTCH_TIME).replace(tzinfo=None) if moment.tzinfo else moment


class _Sink:
    """Where the archive is written to, and fetched from piece by piece. It cannot go back."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Do nothing: there is nothing behind."""

    def close(self) -> None:
        """Do nothing: nothing was opened."""

    def emptied(self) -> bytes:
        written = b"".join(self._pieces)
        self._pieces.clear()
        return written


def _xlsx_row(number: int, cells: Iterable[str], letters: Sequence[str]) -> bytes:
    """Return a row; a cell without contents is left out, and so is one beyond the header."""
    filled = "".join(f'<c r="{letter}{number}"{cell}' for letter, cell in zip(letters, cells, strict=False) if cell)
    return f'<row r="{number}">{filled}</row>'.encode()


def _xlsx_cell(cell: Cell) -> str:
    """Return a cell from behind its place to its end; nothing for an empty one."""
    if isinstance(cell, float | Decimal):
        number = _number(cell)
        return f"><v>{number}</v></c>" if number else ""
    if isinstance(cell, bool):
        return f' t="b"><v>{int(cell)}</v></c>'
    if isinstance(cell, int) and abs(cell) < _MOST_EXACT:
        return f"><v>{cell}</v></c>"
    if isinstance(cell, date):  # a datetime is a date too
        return _day_cell(cell)
    return _text_cell(_text(cell), _PLAIN)


def _day_cell(day: date) -> str:
    if not isinstance(day, datetime):
        return (
            f' s="{_DAY}"><v>{(day - _DAY_ZERO).days}</v></c>'
            if day >= _FIRST_SAFE_DAY
            else _text_cell(day.isoformat(), _PLAIN)
        )
    moment = _local(day).replace(microsecond=0)
    if moment.date() < _FIRST_SAFE_DAY:
        return _text_cell(moment.isoformat(" "), _PLAIN)
    since = moment - datetime.combine(_DAY_ZERO, time())
    return f' s="{_MOMENT}"><v>{since.days + since.seconds / _SECONDS_OF_A_DAY!r}</v></c>'


def _text(cell: Cell) -> str:
    return "" if cell is None else str(cell)


def _text_cell(text: str, style: int) -> str:
    if not text:
        return ""
    clean = _ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))[:LONGEST_TEXT]
    if "_x" in clean:
        clean = _LOOKS_ESCAPED.sub("_x005F_", clean)
    if style == _PLAIN and clean.startswith(_FORMULA_STARTS):
        style = _QUOTED
    styled = f' s="{style}"' if style else ""
    return f'{styled} t="inlineStr"><is><t xml:space="preserve">{escape(clean)}</t></is></c>'


def _letters(column: int) -> str:
    """Return the letters of a column counted from 0: A … Z, AA …"""
    letters = ""
    rest = column + 1
    while rest:
        rest, sign = divmod(rest - 1, 26)
        letters = chr(ord("A") + sign) + letters
    return letters


def _sheet_name(name: str) -> str:
    """Return a name that spreadsheets accept: at most 31 signs, some of them not allowed."""
    bare = _ILLEGAL.sub("", re.sub(r"[\[\]:*?/\\\r\n\t]", " ", name)).strip(" '")[:31]
    return escape(bare or "Export", {'"': "&quot;"})


_XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_KIND: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"

_PARTS: Final = {
    "[Content_Types].xml": (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        '<sheets><sheet name="{sheet}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    # The styles by number: plain, bold, day, moment, and text that must not become a formula when edited.
    "xl/styles.xml": (
        f'{_XML}<styleSheet xmlns="{_MAIN}"><numFmts count="2">'
        r'<numFmt numFmtId="164" formatCode="dd\-mm\-yyyy"/>'
        r'<numFmt numFmtId="165" formatCode="dd\-mm\-yyyy\ hh:mm"/></numFmts>'
        '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
        '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        '<cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
        '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    ),
}  # fmt: skip
_SHEET_START: Final = (
    f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
    '<cols><col min="1" max="{columns}" width="22" customWidth="1"/></cols><sheetData>'
)
_SHEET_END: Final = "</sheetData></worksheet>"
