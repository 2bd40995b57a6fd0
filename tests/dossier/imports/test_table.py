"""Any table: by the names that we know, or by `ours=theirs`."""

from __future__ import annotations

import csv
from datetime import datetime

import pytest
from django.core.validators import validate_email
from hypothesis import example, given
from hypothesis import strategies as st

from stamtafel.dossier.imports.contract import FIELDS, NOTICES, REASONS
from stamtafel.dossier.imports.registry import FORMATS
from stamtafel.dossier.imports.values import DUTCH_TIME, mail_address
from stamtafel.places.rules.problems import MOST_PROBLEMS
from tests.dossier.imports.exports import (
    csv_bytes,
    only_row,
    problems_of,
    reasons_of,
    refusal,
    result_of,
    rows_of,
    xlsx_bytes,
)

AMSTERDAM = {
    "title": "titel", "category": "categorie", "area_name": "buurt", "support": "stemmen",
    "source_id": "pabulib_instance+project_id",
}  # fmt: skip


def test_amsterdam(real_data):
    data = (real_data / "texts/amsterdam-buurtbudget-projecten.csv").read_bytes()
    result = result_of(data, "table", columns=AMSTERDAM)
    assert len(result.rows) == len({row.source_id for row in result.rows}) == 144
    first = result.rows[0]
    assert (first.source_id, first.title, first.category) == (
        "166-12437",
        "Schonere wereld",
        "Rattenpreventie",
    )
    assert (first.support, first.text) == (242, "Schonere wereld")
    assert first.created == datetime(2019, 1, 1, tzinfo=DUTCH_TIME)
    assert sum(row.support or 0 for row in result.rows) == sum(
        int(line["stemmen"] or 0) for line in csv.DictReader(data.decode().splitlines())
    )
    assert result == result_of(data, "table", columns=AMSTERDAM)


@pytest.mark.parametrize(
    ("folder", "count", "hidden"),
    [
        ("brexit-consensus", 50, 0),
        ("vtaiwan.uberx", 197, 78),
        ("austria-climate.2vkxcncppn.2022-07-07", 1039, 524),
    ],
)
def test_polis(real_data, folder, count, hidden):
    result = result_of((real_data / f"polis/{folder}/comments.csv").read_bytes(), "polis")
    assert len(result.rows) == count
    assert sum(row.hidden for row in result.rows) == hidden
    assert result.dropped_columns == ["author-id"]
    assert all(row.created and 2014 <= row.created.year <= 2022 for row in result.rows)


def test_usual_names_need_no_columns():
    header = [
        "Nr",
        "Titel",
        "Omschrijving",
        "Soort",
        "Thema",
        "Buurt",
        "Datum",
        "Stemmen",
        "Link",
        "Naam",
        "E-mail",
    ]
    data = csv_bytes(
        header,
        [1, "Boom", "Een boom", "Wens", "Groen", "Noord", "3-5-2024", 4, "https://a.nl/1", "Jan", "j@a.nl"],
    )
    result = result_of(data, "table")
    (row,) = result.rows
    assert (row.source_id, row.title, row.text, row.kind) == ("1", "Boom", "Een boom", "wish")
    assert (row.category, row.area_name, row.support, row.url) == ("Groen", "Noord", 4, "https://a.nl/1")
    assert row.created == datetime(2024, 5, 3, tzinfo=DUTCH_TIME)
    assert result.dropped_columns == ["Naam", "E-mail"]
    row = only_row(data, "table", keep=["Naam", "author_email"])
    assert (dict(row.personal), row.author_email) == ({"Naam": "Jan"}, "j@a.nl")


def test_a_choice_by_hand_goes_before_the_usual_name():
    data = csv_bytes(["titel", "kop", "naam"], ["Oud", "Nieuw", "Project Linde"])
    assert only_row(data, "table", columns={"title": "KOP"}).title == "Nieuw"
    assert only_row(data, "table", columns={"title": "naam"}).title == "Project Linde", "naming it is asking for it"


def test_naming_the_author_column_is_not_yet_asking_to_keep_it():
    data = csv_bytes(["titel", "wie"], ["Boom", "Jan"])
    assert only_row(data, "table", columns={"author_name": "wie"}).personal == {}
    assert only_row(data, "table", columns={"author_name": "wie"}, keep=["author_name"]).personal == {"wie": "Jan"}
    assert only_row(data, "table", columns={"author_name": "wie"}, keep=["wie"]).personal == {"wie": "Jan"}


def test_a_contact_whose_column_does_not_show_it_is_dropped_too():
    data = csv_bytes(["titel", "bereikbaar via"], ["Boom", "Jan@Voorbeeld.example"])
    by_hand = {"author_email": "bereikbaar via"}
    assert result_of(data, "table", columns=by_hand).dropped_columns == ["bereikbaar via"]
    assert only_row(data, "table", columns=by_hand).author_email == ""
    assert only_row(data, "table", columns=by_hand, keep=["author_email"]).author_email == "jan@voorbeeld.example"


def test_a_column_kept_by_name_never_fills_a_field_that_everybody_reads():
    data = csv_bytes(["titel", "title/auteur", "wijkagent"], ["", "Jan", "Piet"])
    assert reasons_of(data, "table", keep=["title/auteur"]) == ["no_text"]
    data = csv_bytes(["titel", "wijkagent"], ["Boom", "Piet"])
    row = only_row(data, "table", keep=["Wijkagent", "titel"])
    assert (row.title, dict(row.personal)) == ("Boom", {"wijkagent": "Piet"}), (
        "asked for by name, whatever it is called"
    )


def test_what_is_no_mail_address_is_no_contact():
    data = csv_bytes(["titel", "email"], ["Boom", "Jan <jan@a.nl>"], ["Bank", "06 1234 5678"], ["Plein", ""])
    result = result_of(data, "table", keep=["email"])
    assert [row.author_email for row in result.rows] == ["", "", ""]
    assert [dict(row.personal) for row in result.rows] == [{"email": "Jan <jan@a.nl>"}, {"email": "06 1234 5678"}, {}]
    assert [(notice.code, notice.detail) for notice in result.warnings] == [("no_mail_address", "2")]


@given(st.emails() | st.text(max_size=40))
def test_a_contact_is_an_address_that_mail_can_go_to(cell):
    found = mail_address(cell)
    assert found in {"", cell.strip().lower()}
    if found:
        validate_email(found)


@given(st.sets(st.sampled_from(["titel", "naam", "e-mail", "ip-adres", "kleur", "thema"])), st.booleans())
def test_what_nobody_asked_for_is_in_no_row(names, by_field):
    header = ["titel", "naam", "e-mail", "ip-adres", "kleur", "thema"]
    cells = ["Boom", "geheim-naam", "geheim@mail.example", "geheim-ip", "rood", "Groen"]
    keep = names | ({"author_email"} if by_field else set())
    (row,) = result_of(csv_bytes(header, cells), "table", keep=sorted(keep)).rows
    shown = repr(row)
    for name, cell in zip(header, cells, strict=True):
        if cell.startswith("geheim"):
            assert (cell in shown) == (name in keep or (by_field and name == "e-mail")), name
    assert "geheim" not in repr([row.title, row.text, row.category, row.area_name, row.status, row.url, row.extra])


@pytest.mark.parametrize(
    "name",
    ["E-mail", "email", "Telefoonnummer", "Tel.", "IP-adres", "ip_hash", "Adres", "postcode indiener", "Naam",
     "Naam van de indiener", "user_id", "Gebruiker", "Voornaam", "Geboortejaar", "author", "BSN", "Woonplaats",
     "Contactpersoon", "session token", "display name"],
)  # fmt: skip
def test_columns_about_people_are_dropped(name):
    result = result_of(csv_bytes(["titel", name], ["Boom", "geheim-123"]), "table")
    assert result.dropped_columns == [name]
    assert "geheim-123" not in repr(result.rows)


@pytest.mark.parametrize("name", ["Telling", "Buurtnaam", "Authority", "Mobiliteit", "Agenda", "Tips", "Bezipt"])
def test_columns_about_something_else_are_not(name):
    result = result_of(csv_bytes(["titel", name], ["Boom", "x"]), "table")
    assert result.dropped_columns == []


def test_unused_columns_are_told():
    (notice,) = result_of(csv_bytes(["titel", "Kleur", "Maat"], ["Boom", "x", "y"]), "table").warnings
    assert (notice.code, notice.detail) == ("unused_columns", "Kleur, Maat")


def test_joined_columns():
    data = csv_bytes(["a", "b", "1+1"], ["een", "twee", "drie"])
    row = only_row(data, "table", columns={"title": "1+1", "text": "a+b", "source_id": "b + a"})
    assert (row.title, row.text, row.source_id) == ("drie", "een\n\ntwee", "twee-een")


def test_without_numbers_the_contents_make_one_and_a_second_run_the_same():
    data = csv_bytes(["titel"], ["Boom"], ["Bank"], ["Boom"])
    first, again = rows_of(data, "table"), rows_of(data, "table")
    assert [row.source_id for row in first] == [row.source_id for row in again]
    assert len({row.source_id for row in first}) == 3
    shuffled = rows_of(csv_bytes(["titel"], ["Bank"], ["Boom"], ["Boom"]), "table")
    assert {row.source_id for row in shuffled} == {row.source_id for row in first}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_delimiters_and_encodings(delimiter, encoding):
    text = f'titel{delimiter}"tekst; met, alles"\r\nIdeeën{delimiter}"café\r\nén terras"\r\n'
    row = only_row(text.encode(encoding), "table", columns={"text": "tekst; met, alles"})
    assert (row.title, row.text) == ("Ideeën", "café\nén terras")


def test_the_hint_of_excel():
    row = only_row(b"sep=;\r\ntitel;tekst\r\nBoom;a,b\r\n", "table")
    assert (row.title, row.text, row.row) == ("Boom", "a,b", 3)


def test_a_long_title_begins_the_text():
    long = "Een heel verhaal " * 12
    result = result_of(csv_bytes(["titel", "tekst"], [long, "En meer."]), "table")
    (row,) = result.rows
    assert len(row.title) <= 140
    assert row.title.endswith("verhaal…")
    assert row.text == f"{long.strip()}\n\nEn meer."
    assert "long_title" in [notice.code for notice in result.warnings]


def test_without_a_title_the_text_gives_one():
    row = only_row(csv_bytes(["tekst"], ["x" * 300]), "table")
    assert row.title == "x" * 139 + "…"
    assert len(row.text) == 300


def test_control_and_direction_signs_fall_away():
    row = only_row(csv_bytes(["titel", "tekst"], ["Bo\x85om\u202e", "a\u2066b\r\n\r\n\r\n\r\nc"]), "table")
    assert (row.title, row.text) == ("Boom", "ab\n\nc")


def test_what_only_looks_like_html_stays():
    row = only_row(csv_bytes(["titel", "tekst"], ["a < b > c", "3 <5 &amp; <script>alert(1)</script>"]), "table")
    assert (row.title, row.text) == ("a < b > c", "3 <5 &amp; <script>alert(1)</script>")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "https://a.nl/ b", "//a.nl", 'https://a.nl/"x', "x" * 600])
def test_an_address_that_is_none_is_left_out(address):
    assert only_row(csv_bytes(["titel", "url"], ["Boom", address]), "table").url == ""


@pytest.mark.parametrize(
    ("lon", "lat", "expected", "notice"),
    [
        ("5,35", "51.98", (5.35, 51.98), None),
        ("", "", (None, None), None),
        ("5.35", "", (None, None), "half_place"),
        ("0", "0.0", (None, None), "no_area_zero"),
    ],
)
def test_places(lon, lat, expected, notice):
    result = result_of(csv_bytes(["titel", "lon", "lat"], ["Boom", lon, lat]), "table")
    assert (result.rows[0].lon, result.rows[0].lat) == expected
    assert [one.code for one in result.warnings] == ([notice] if notice else [])


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2024-05-03", (2024, 5, 3, 0, 0)),
        ("2024-05-03T14:05", (2024, 5, 3, 14, 5)),
        ("03-05-2024 14:05", (2024, 5, 3, 14, 5)),
        ("3/5/2024", (2024, 5, 3, 0, 0)),
        ("3.5.2024", (2024, 5, 3, 0, 0)),
        ("3 mei 2024", (2024, 5, 3, 0, 0)),
        ("3 Augustus 2024, 9:07", (2024, 8, 3, 9, 7)),
        ("May 3, 2024 12:05 AM", (2024, 5, 3, 0, 5)),
        ("May 3, 2024 12:05 PM", (2024, 5, 3, 12, 5)),
        ("2024", (2024, 1, 1, 0, 0)),
    ],
)
def test_dates(cell, expected):
    row = only_row(csv_bytes(["titel", "datum"], ["Boom", cell]), "table")
    assert row.created == datetime(*expected).replace(tzinfo=DUTCH_TIME)


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("datum", "gisteren", "bad_date"),
        ("datum", "31-02-2024", "bad_date"),
        ("datum", "3 meu 2024", "bad_date"),
        ("datum", "0001-01-01", "bad_date"),
        ("datum", "9999-12-31T23:59:59-12:00", "bad_date"),
        ("stemmen", "-1", "bad_number"),
        ("stemmen", "1.5", "bad_number"),
        ("stemmen", "veel", "bad_number"),
        ("stemmen", "99999999999", "bad_number"),
        ("lat", "155000", "bad_coordinate"),
        ("lon", "NaN", "bad_coordinate"),
        ("lon", "oost", "bad_coordinate"),
        ("soort", "gedicht", "unknown_kind"),
        ("id", "x" * 121, "id_too_long"),
        ("tekst", "x" * 50_001, "too_long"),
    ],
)
def test_a_wrong_cell_is_named(column, cell, reason):
    data = csv_bytes(["titel", column], ["Boom", ""], ["Bank", cell])
    (problem,) = problems_of(data, "table")
    assert (problem.row, problem.column, problem.reason) == (3, column, reason)


@pytest.mark.parametrize(
    ("data", "reason", "row"),
    [
        (b"", "empty_file", None),
        (b"titel\r\n", "empty_file", None),
        (b"\r\n \r\n", "empty_file", None),
        (b"kleur\r\nrood\r\n", "no_text_column", 1),
        (b"titel,tekst\r\nBoom\r\n", "cell_count", 2),
        (b"titel\r\nBoom,x\r\n", "cell_count", 2),
        (b'titel,tekst\r\nBoom,"x\r\n', "broken_row", 2),
        (b'titel,tekst\r\n"a"b,x\r\n', "broken_row", 2),
        (b"titel,id\r\nBoom,1\r\nBank,1\r\n", "duplicate_id", 3),
        (b"titel,id\r\n <p> </p>,1\r\n", "no_text", 2),
        (b"titel\r\nBo\x00om\r\n", "not_text", None),
        (b"\xff\xfet\x00i\x00", "not_text", None),
        (b"titel\r\n\x81\x8d\r\n", "not_text", None),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "old_excel", None),
        (b"PK\x03\x04 nothing", "not_a_workbook", None),
        (b",".join(b"a%d" % n for n in range(501)) + b"\r\n" + b"x," * 500 + b"x", "too_many_columns", None),
        (b"titel\r\n" + b"x" * 200_000, "broken_row", 2),
    ],
)  # fmt: skip
def test_a_wrong_file(data, reason, row):
    (problem,) = problems_of(data, "table")
    assert (problem.reason, problem.row) == (reason, row)


@pytest.mark.parametrize(
    ("choices", "reason"),
    [
        ({"columns": {"titel": "titel"}}, "unknown_field"),
        ({"columns": {"title": "kop"}}, "no_such_column"),
        ({"columns": {"title": "titel+kop"}}, "no_such_column"),
        ({"columns": {"title": ""}}, "no_such_column"),
        ({"keep": ["e-mial"]}, "no_such_column"),
    ],
)
def test_a_wrong_choice(choices, reason):
    assert reasons_of(csv_bytes(["titel", ""], ["Boom", ""]), "table", **choices) == [reason]


def test_an_unknown_format():
    assert reasons_of(b"titel\r\nBoom\r\n", "wordpress") == ["unknown_format"]


@pytest.mark.parametrize("form", sorted(set(FORMATS) - {"table"}))
def test_an_export_without_numbers_is_refused(form):
    assert reasons_of(b"title,titel,comment-body\r\nBoom,Boom,Boom\r\n", form) == ["no_id_column"]


@pytest.mark.parametrize("form", sorted(set(FORMATS) - {"table"}))
def test_a_row_without_number_is_refused(form):
    header = {"polis": "comment-id,comment-body,x"}.get(form, "id,title,body,description")
    (problem,) = problems_of(f"{header}\r\n{',Boom' * header.count(',')}\r\n".encode(), form)
    assert (problem.row, problem.reason) == (2, "no_id")


def test_all_problems_are_told_up_to_fifty():
    data = csv_bytes(["titel", "datum"], *([f"Boom {n}", "ooit"] for n in range(80)))
    assert [problem.row for problem in problems_of(data, "table")] == list(range(2, MOST_PROBLEMS + 2))


def test_equal_names_of_columns_stay_apart():
    data = csv_bytes(["titel", "tekst", "Tekst"], ["Boom", "een", "twee"])
    assert only_row(data, "table").text == "een"
    assert only_row(data, "table", columns={"text": "tekst (2)"}).text == "twee"


def test_formats_speak_only_of_our_fields():
    for form in FORMATS.values():
        assert set(form.fields) <= set(FIELDS)


choices_by_hand = st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(["a", "b", "a+b", "titel"]), max_size=3)


@given(st.binary(max_size=200), st.sampled_from(sorted(FORMATS)))
def test_any_bytes_are_taken_or_refused_in_words(data, form):
    assert refusal(data, form) <= set(REASONS)


@given(
    st.sampled_from(sorted(FORMATS)),
    st.lists(
        st.sampled_from(["id", "a", "b", "titel", "title", "title/nl", "comment-id", "timestamp", "comment-body",
                         "datum", "created_at", "lat", "lon", "stemmen", "votes", "Gebruiker naam", "", "tags.x"]),
        min_size=1, max_size=6,
    ),
    st.lists(st.lists(st.text(max_size=8) | st.sampled_from(["1", "<p>x", "2024-01-01", "5,3"]), max_size=7), max_size=4),
    choices_by_hand,
    st.sets(st.sampled_from(["author_name", "Gebruiker naam", "a"])),
)  # fmt: skip
def test_any_table_is_taken_whole_or_refused_in_words(form, header, rows, columns, keep):
    data = csv_bytes(header, *rows)
    assert refusal(data, form, columns=columns, keep=sorted(keep)) <= set(REASONS)
    if not refusal(data, form, columns=columns, keep=sorted(keep)):
        result = result_of(data, form, columns=columns, keep=sorted(keep))
        assert all(row.title and row.text and row.source_id and len(row.title) <= 140 for row in result.rows)
        assert len({row.source_id for row in result.rows}) == len(result.rows)
        assert {notice.code for notice in result.warnings} <= set(NOTICES)


@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=20),
        min_size=1,
    )
)
@example(["=0"])
def test_csv_and_xlsx_say_the_same(titles):
    rows = [[number, title] for number, title in enumerate(titles)]
    flat, packed = csv_bytes(["id", "titel"], *rows), xlsx_bytes([["id", "titel"], *rows])
    assert refusal(flat, "table") == refusal(packed, "table")
    if not refusal(flat, "table"):
        assert rows_of(flat, "table") == rows_of(packed, "table")
