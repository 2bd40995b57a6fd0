"""XLSX as people send it in, by mistake or to hurt."""

from __future__ import annotations

import io
import random
import zipfile
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamtafel.dossier.imports.contract import REASONS
from stamtafel.dossier.imports.values import DUTCH_TIME
from stamtafel.dossier.imports.workbook import MOST_UNPACKED
from tests.dossier.imports.exports import only_row, reasons_of, refusal, result_of, rows_of, xlsx_bytes

HEADER = ["id", "titel", "tekst", "datum", "stemmen"]
PLAIN = xlsx_bytes([HEADER, [1, "Boom", "Een boom", date(2024, 5, 3), 4]])
SHEET = "xl/worksheets/sheet1.xml"


def changed(part: str, new: bytes, *, packed: bytes = PLAIN) -> bytes:
    """The workbook with one part replaced."""
    result = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(packed)) as old,
        zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in old.namelist():
            made.writestr(name, new if name == part else old.read(name))
    return result.getvalue()


def sheet(rows: str, before: str = "") -> bytes:
    text = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>'
    return changed(SHEET, (before + text).encode())


def inline(cell: str, text: str) -> str:
    return f'<c r="{cell}" t="inlineStr"><is><t>{text}</t></is></c>'


def test_a_plain_workbook():
    row = only_row(PLAIN, "table")
    assert (row.source_id, row.title, row.support) == ("1", "Boom", 4)
    assert row.created == datetime(2024, 5, 3, tzinfo=DUTCH_TIME)


def test_numbers_and_truths_are_read_as_people_see_them():
    data = xlsx_bytes([["id", "titel", "tekst", "lat", "lon"], [12.0, True, 1.5, 52.25, 5]])
    row = only_row(data, "table")
    assert (row.source_id, row.title, row.text, row.lat, row.lon) == ("12", "true", "1.5", 52.25, 5)


def test_a_whole_number_written_with_a_point_and_empty_cells_to_the_right():
    data = sheet(
        f'<row r="1">{inline("A1", "id")}{inline("B1", "titel")}{inline("C1", "")}</row>'
        f'<row r="2"><c r="A2"><v>12.0</v></c>{inline("B2", "Boom")}<c r="F2"/></row>'
    )
    assert only_row(data, "table").source_id == "12"


def test_of_a_formula_comes_what_was_shown():
    data = sheet(
        f'<row r="1">{inline("A1", "titel")}</row>'
        '<row r="2"><c r="A2" t="str"><f>B2&amp;" in de straat"</f><v>Boom in de straat</v></c></row>'
    )
    assert only_row(data, "table").title == "Boom in de straat"


def test_of_a_formula_over_several_cells_comes_what_was_shown():
    data = sheet(
        f'<row r="1">{inline("A1", "titel")}</row>'
        '<row r="2"><c r="A2"><f t="array" ref="A2:A3">SUM(B1:B2)</f><v>3</v></c></row>'
    )
    assert only_row(data, "table").title == "3"


def test_a_time_with_hours():
    data = xlsx_bytes([["titel", "datum"], ["Boom", datetime(2024, 5, 3, 14, 5)]])
    created = only_row(data, "table").created
    assert created is not None
    assert created.astimezone(UTC) == datetime(2024, 5, 3, 12, 5, tzinfo=UTC)


def test_empty_rows_before_the_header_and_between():
    data = xlsx_bytes([[], [None, None], ["titel", "tekst"], [], ["Boom", "x"], [], []])
    assert only_row(data, "table").row == 5


def test_the_first_filled_sheet_counts_and_the_others_are_told():
    result = result_of(xlsx_bytes([[]], [["titel"], ["Boom"]], [["titel"], ["Bank"]]), "table")
    assert [row.title for row in result.rows] == ["Boom"]
    assert [(one.code, one.detail) for one in result.warnings] == [("other_sheets", "Sheet3")]


def test_an_empty_workbook():
    assert reasons_of(xlsx_bytes([[]]), "table") == ["empty_file"]


def test_another_zip_file():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("content.xml", "<office/>")
    assert reasons_of(packed.getvalue(), "table") == ["not_a_workbook"]


def test_a_bomb_that_grows_a_thousandfold():
    bomb = changed(SHEET, b" " * 20_000_000)
    assert len(bomb) < 100_000
    assert reasons_of(bomb, "table") == ["too_large"]


@pytest.mark.parametrize("text", [b"<si/>", b"<x:si/>"])
def test_a_table_of_millions_of_empty_texts(text):
    bomb = b"<sst>" + text * 1_100_000 + b"</sst>"
    data = io.BytesIO(PLAIN)
    with zipfile.ZipFile(data, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", bomb)
        archive.writestr("xl/media/photo.bin", random.Random(1).randbytes(100_000))  # the whole grows little
    assert reasons_of(data.getvalue(), "table") == ["too_large"]


def test_a_file_that_unpacks_to_more_than_we_hold(monkeypatch):
    monkeypatch.setattr("stamtafel.dossier.imports.workbook.MOST_UNPACKED", 1000)
    assert MOST_UNPACKED > 1000
    assert reasons_of(PLAIN, "table") == ["too_large"]


def test_an_upload_larger_than_we_read(monkeypatch):
    monkeypatch.setattr("stamtafel.dossier.imports.tables.MOST_BYTES", 100)
    assert reasons_of(PLAIN, "table") == ["too_large"]


@pytest.mark.parametrize("data", [PLAIN, b"titel\r\n" + b"Boom\r\n" * 5])
def test_more_rows_than_we_read(monkeypatch, data):
    monkeypatch.setattr("stamtafel.dossier.imports.tables.MOST_ROWS", 0)
    assert reasons_of(data, "table") == ["too_many_rows"]


def test_entities_within_entities():
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    data = sheet(f'<row r="1">{inline("A1", "titel")}</row><row r="2">{inline("A2", "&b;")}</row>', bomb)
    assert reasons_of(data, "table") == ["not_a_workbook"]


def test_a_row_far_below_does_not_take_forever():
    data = sheet(f'<row r="1">{inline("A1", "titel")}</row><row r="99999999999">{inline("A99999999999", "x")}</row>')
    assert reasons_of(data, "table") == ["too_many_rows"]


def test_a_cell_far_to_the_right_is_too_wide():
    data = sheet(
        f'<row r="1">{inline("A1", "titel")}{inline("XFD1", "x")}</row><row r="2">{inline("A2", "Boom")}</row>'
    )
    assert reasons_of(data, "table") == ["too_many_columns"]


def test_a_sheet_that_lies_about_its_size():
    text = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f'<dimension ref="A1:A1"/><sheetData><row r="1">{inline("A1", "id")}{inline("B1", "titel")}</row>'
        f'<row r="2">{inline("A2", "1")}{inline("B2", "Boom")}</row></sheetData></worksheet>'
    )
    assert only_row(changed(SHEET, text.encode()), "table").title == "Boom"


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "[Content_Types].xml", "xl/styles.xml"])
@given(new=st.binary(max_size=50) | st.sampled_from([b"", b"<a/>", b"<worksheet", b'<?xml version="1.0"?><x></x>']))
def test_any_broken_part_is_refused_in_words(part, new):
    assert refusal(changed(part, new), "table") <= set(REASONS)


@given(st.integers(0, len(PLAIN) - 1), st.integers(0, 255))
def test_any_broken_byte_is_refused_in_words(place, byte):
    broken = bytearray(PLAIN)
    broken[place] = byte
    assert refusal(bytes(broken), "table") <= set(REASONS)


@given(st.integers(0, len(PLAIN) - 1))
def test_any_half_file_is_refused_in_words(length):
    assert refusal(PLAIN[:length], "table") <= set(REASONS)
    assert refusal(PLAIN[:length], "table")


def test_ten_thousand_rows_are_quick():
    data = xlsx_bytes([HEADER, *([n, f"Idee {n}", "Een idee", date(2024, 5, 3), n] for n in range(10_000))])
    assert len(rows_of(data, "table")) == 10_000
