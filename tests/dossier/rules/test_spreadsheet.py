from __future__ import annotations

import csv
import io
import math
import tracemalloc
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from stamtafel.dossier.rules.spreadsheet import LAST_ROW, LONGEST_TEXT, csv_rows, xlsx_rows

RISKY = ["=1+1", "+31 6", "-1", "@SUM(A1)", "\tx", "\rx", "\n=x", "＝1", "=cmd|' /C calc'!A0"]


def read_csv(pieces: Iterable[bytes]) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(pieces).decode("utf-8-sig"), newline=""), delimiter=";"))


def opened(pieces: Iterable[bytes]) -> Any:
    return load_workbook(io.BytesIO(b"".join(pieces))).active


def read_xlsx(pieces: Iterable[bytes]) -> list[list[Any]]:
    return [list(row) for row in opened(pieces).iter_rows(values_only=True)]


def long_export(rows: int) -> Iterator[list[object]]:
    for number in range(rows):
        yield [
            number, f"Idee {number} & meer", "Een tekst over bankjes, bomen <en> straten. " * 6,
            datetime(2024, 5, 3, 14, 5, number % 60, tzinfo=UTC), date(2024, 5, 3), 5.35 + number / 1e5, 51.98,
            Decimal("3.50"), True, None, "=1+1", "Lindepark", "Groen", "open",
        ]  # fmt: skip


HEADER = [f"kolom {number}" for number in range(14)]


def test_csv_as_dutch_spreadsheets_open_it():
    rows = [["Café; én bar", 1, -2, 5.25, Decimal("0.50"), True, None, date(2024, 5, 3)]]
    data = b"".join(csv_rows(["naam", "a", "b", "c", "d", "e", "f", "g"], rows))
    assert data == (
        "\ufeffnaam;a;b;c;d;e;f;g\r\n"
        '"Café; én bar";1;-2;5,25;0,50;true;;2024-05-03\r\n'
    ).encode()  # fmt: skip


def test_csv_with_a_decimal_point():
    assert read_csv(csv_rows(["a"], [[5.25], [1e-7], [1e20]], decimal_mark="."))[1:] == [
        ["5.25"], ["0.0000001"], ["100000000000000000000"],
    ]  # fmt: skip


@pytest.mark.parametrize("text", RISKY)
def test_csv_text_never_becomes_a_formula(text):
    header, row = read_csv(csv_rows([text], [[text]]))
    assert header == row == ["'" + text]


def test_csv_control_signs_before_a_formula_do_not_hide_it():
    assert read_csv(csv_rows(["a"], [["\x00=1+1"], ["\ud800=1"]]))[1:] == [["'=1+1"], ["'=1"]]


@pytest.mark.parametrize("number", [-5, -0.5, Decimal(-1)])
def test_csv_negative_numbers_stay_numbers(number):
    (_, row) = read_csv(csv_rows(["a"], [[number]]))
    assert row[0].startswith("-")


@pytest.mark.parametrize("nothing", [math.nan, math.inf, -math.inf, Decimal("NaN"), None])
def test_what_is_no_number_is_an_empty_cell(nothing):
    assert read_csv(csv_rows(["a", "b"], [[1, nothing]]))[1] == ["1", ""]
    assert read_xlsx(xlsx_rows(["a", "b"], [[1, nothing]]))[1] == [1, None]


def test_times_are_told_in_dutch_time():
    when = datetime(2024, 7, 1, 22, 30, tzinfo=UTC)
    assert read_csv(csv_rows(["a"], [[when]]))[1] == ["2024-07-02 00:30:00"]
    assert read_xlsx(xlsx_rows(["a"], [[when]]))[1] == [datetime(2024, 7, 2, 0, 30)]


def test_other_things_come_as_their_text():
    class Lazy:
        def __str__(self) -> str:
            return "=straks"

    assert read_csv(csv_rows([Lazy()], [[Lazy()]])) == [["'=straks"], ["'=straks"]]
    assert read_xlsx(xlsx_rows([Lazy()], [[Lazy()]])) == [["=straks"], ["=straks"]]


def test_xlsx_looks():
    sheet = opened(xlsx_rows(["Titel", "Datum"], [["Boom", date(2024, 5, 3)]], sheet_name="Alle [ideeën]/2024"))
    assert sheet.title == "Alle  ideeën  2024"
    assert sheet.freeze_panes == "A2"
    assert sheet["A1"].font.bold
    assert not sheet["A2"].font.bold
    assert sheet["B2"].is_date
    assert sheet["B2"].number_format == r"dd\-mm\-yyyy"


@pytest.mark.parametrize(
    ("name", "shown"), [("", "Export"), ("x" * 40, "x" * 31), ('A&"B"<', 'A&"B"<'), ("''", "Export")]
)
def test_xlsx_sheet_names(name, shown):
    assert opened(xlsx_rows(["a"], [], sheet_name=name)).title == shown


@pytest.mark.parametrize("text", RISKY)
def test_xlsx_text_never_becomes_a_formula(text):
    sheet = opened(xlsx_rows(["a"], [[text]]))
    assert sheet["A2"].data_type != "f" or sheet["A2"].quotePrefix
    assert sheet["A2"].value == text.replace("\r", "\n")
    assert sheet["A2"].quotePrefix, "nor when somebody edits the cell"


def test_xlsx_long_codes_keep_all_their_digits():
    assert read_xlsx(xlsx_rows(["a"], [[12345678901234567890], [123456789012345]]))[1:] == [
        ["12345678901234567890"], [123456789012345],
    ]  # fmt: skip


def test_xlsx_days_before_spreadsheets_agree_are_text():
    rows: list[list[object]] = [[date(1850, 1, 1)], [datetime(1899, 12, 31, 8)]]
    assert read_xlsx(xlsx_rows(["a"], rows))[1:] == [["1850-01-01"], ["1899-12-31 08:00:00"]]


def test_xlsx_what_a_cell_cannot_hold():
    text = "a\x00b\x1fc\ud800d\uffffe" + "x" * 40_000
    ((_,), (cell,)) = read_xlsx(xlsx_rows(["a"], [[text]]))
    assert cell == "abcde" + "x" * (LONGEST_TEXT - 5)


def test_xlsx_a_text_that_looks_like_an_escape():
    inner = zipfile.ZipFile(io.BytesIO(b"".join(xlsx_rows(["a"], [["_x0041_ _x_ _xZZZZ_"]]))))
    assert b">_x005F_x0041_ _x_ _xZZZZ_<" in inner.read("xl/worksheets/sheet1.xml")


def test_xlsx_many_columns():
    header: list[object] = list(range(800))
    sheet = opened(xlsx_rows(header, [header]))
    assert [cell.value for cell in sheet[2]] == header
    assert sheet["ADT2"].value == 799


def test_xlsx_more_rows_than_a_sheet_holds(monkeypatch):
    monkeypatch.setattr("stamtafel.dossier.rules.spreadsheet.LAST_ROW", 100)
    assert LAST_ROW > 100
    with pytest.raises(ValueError, match="More rows"):
        list(xlsx_rows(["a"], [[1]] * 100))
    assert len(read_xlsx(xlsx_rows(["a"], [[1]] * 99))) == 100


def test_xlsx_is_a_sound_archive_of_sound_xml():
    with zipfile.ZipFile(io.BytesIO(b"".join(xlsx_rows(HEADER, long_export(600))))) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            ET.fromstring(archive.read(name))


@pytest.mark.parametrize("write", [csv_rows, xlsx_rows])
def test_an_export_without_rows(write):
    read = read_csv if write is csv_rows else read_xlsx
    assert read(write(["a", "b"], [])) == [["a", "b"]]


@pytest.mark.parametrize("write", [csv_rows, xlsx_rows])
def test_first_bytes_come_before_the_first_row(write):
    def never() -> Iterator[Sequence[object]]:
        yield [1 / 0]

    pieces = write(["a"], never())
    assert len(next(pieces)) > 3
    with pytest.raises(ZeroDivisionError):
        next(pieces)


@pytest.mark.parametrize("write", [csv_rows, xlsx_rows])
def test_rows_are_read_as_they_go(write):
    read = 0

    def counted() -> Iterator[Sequence[object]]:
        nonlocal read
        for row in long_export(10_000):
            read += 1
            yield row

    furthest = 0
    for number, _ in enumerate(write(HEADER, counted())):
        furthest = max(furthest, read - 250 * number)
    assert furthest <= 250
    assert read == 10_000


@pytest.mark.parametrize("write", [csv_rows, xlsx_rows])
def test_memory_stays_flat(write):
    def peak(rows: int) -> int:
        tracemalloc.start()
        for _ in write(HEADER, long_export(rows)):
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10)
    assert peak(4000) < peak(1000) + 500_000


text_in_both = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\r\ufffe\uffff"), max_size=30
).map(lambda text: "".join(sign for sign in text if sign >= " " or sign in "\t\n"))
days = st.dates(date(1900, 3, 1), date(2200, 1, 1))
moments = st.datetimes(datetime(1900, 3, 1), datetime(2200, 1, 1)).map(lambda moment: moment.replace(microsecond=0))
cells = (
    st.none() | text_in_both | st.booleans() | st.integers(-(10**14), 10**14) | days | moments
    | st.floats(-1e9, 1e9, allow_subnormal=False)
)  # fmt: skip


def as_read(cell: Any) -> Any:
    """What openpyxl gives back: no empty text, days as midnight, literal texts."""
    if cell == "" and isinstance(cell, str):
        return None
    if isinstance(cell, date) and not isinstance(cell, datetime):
        return datetime(cell.year, cell.month, cell.day)
    return pytest.approx(cell) if isinstance(cell, float) else cell


@given(st.lists(st.lists(cells, min_size=3, max_size=3), max_size=5))
def test_xlsx_reads_back_as_it_was_written(rows):
    sheet = opened(xlsx_rows(["a", "b", "c"], rows))
    for number, row in enumerate(rows, start=2):
        for column, cell in enumerate(row, start=1):
            back = sheet.cell(number, column).value
            if isinstance(cell, datetime):
                assert abs(back - cell) < timedelta(milliseconds=1)
            elif isinstance(cell, str) and "_x" in cell:
                assert back.replace("_x005F_", "_") == cell
            else:
                assert back == as_read(cell)
            assert isinstance(back, bool) == isinstance(cell, bool)


@given(st.lists(st.lists(st.none() | st.text(max_size=20) | st.integers(), min_size=2, max_size=2), max_size=5))
def test_csv_reads_back_without_any_formula(rows):
    read = read_csv(csv_rows(["a", "b"], rows))
    assert len(read) == len(rows) + 1
    for given_row, row in zip(rows, read[1:], strict=True):
        for cell, back in zip(given_row, row, strict=True):
            if not isinstance(cell, str):
                assert back == ("" if cell is None else str(cell))
            else:
                assert not back.startswith(tuple("=+-@\t\r\n"))


@given(st.lists(st.lists(st.text() | st.binary() | st.floats() | st.decimals(allow_nan=False), max_size=3), max_size=3))
def test_any_cells_can_be_written(rows):
    assert b"".join(csv_rows(["a", "b"], rows))
    assert zipfile.ZipFile(io.BytesIO(b"".join(xlsx_rows(["a", "b"], rows)))).testzip() is None
