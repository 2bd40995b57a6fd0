from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamtafel.places.rules.key_figures_file import (
    REASONS,
    FigureRow,
    KeyFiguresFileError,
    read_key_figures,
)
from stamtafel.places.rules.problems import MOST_PROBLEMS, Problem


def figures(text: str | bytes) -> dict[tuple[str, str], Decimal | None]:
    rows = read_key_figures(text.encode() if isinstance(text, str) else text, year=2024)
    return {(row.code, row.name): row.value for row in rows}


def refusal(text: bytes) -> set[str]:
    """The reasons why a file is refused; none when it is taken."""
    try:
        read_key_figures(text, year=2024)
    except KeyFiguresFileError as error:
        return {problem.reason for problem in error.problems}
    return set()


def problems_of(text: str | bytes) -> tuple[Problem, ...]:
    with pytest.raises(KeyFiguresFileError) as caught:
        figures(text)
    assert caught.value.problems
    assert str(caught.value)
    return caught.value.problems


def test_one_row_per_figure():
    rows = read_key_figures(b"niveau,code,naam,inwoners,woz\nbuurt,BU1,Park,120,363.5\n", year=2024)
    assert rows == [
        FigureRow("BU1", "inwoners", 2024, Decimal(120)),
        FigureRow("BU1", "woz", 2024, Decimal("363.5")),
    ]


@pytest.mark.parametrize("hidden", ["", " ", ".", "x", "X", "-", "-99997", "-99995"])
def test_what_is_hidden_is_unknown_and_never_zero(hidden):
    assert figures(f"code,inwoners\nBU1,{hidden}\nBU2,0\n") == {
        ("BU1", "inwoners"): None,
        ("BU2", "inwoners"): 0,
    }


@pytest.mark.parametrize(
    "text",
    [
        "code,woz\nBU1,36.4\n",
        "code;woz\r\nBU1;36,4\r\n",
        "code\twoz\nBU1\t36,4\n",
        "\ufeffcode;woz\n\n;\nBU1;36,4\n",
        'Code,"woz"\n"BU1","36,4"',
        " code , woz \n BU1 , 36.4 \n",
    ],
)
def test_delimiters_marks_and_blank_lines(text):
    assert list(figures(text).values()) == [Decimal("36.4")]


def test_windows_encoding():
    assert figures("code,afstand café\nBU1,1\n".encode("cp1252")) == {("BU1", "afstand café"): 1}


def test_a_postcode_stays_text():
    rows = read_key_figures(b"code,postcode4_meest\nBU1,0611\nBU2,\n", year=2024)
    assert [(row.value, row.text) for row in rows] == [(None, "0611"), (None, "")]


def test_a_balance_may_be_negative():
    assert figures("code,migratiesaldo\nBU1,-12\n") == {("BU1", "migratiesaldo"): -12}


@pytest.mark.parametrize(
    ("text", "row", "column", "reason"),
    [
        ("", None, "", "empty_file"),
        ("code,inwoners\n", None, "", "empty_file"),
        (b"\x81\x8d", None, "", "not_text"),
        (b"code,a\nBU1,\x001\n", None, "", "not_text"),
        ("naam,inwoners\nx,1\n", 1, "code", "no_code_column"),
        ("code,naam\nBU1,x\n", 1, "", "no_figures"),
        ("code,inwoners,\nBU1,1,2\n", 1, "", "unnamed_column"),
        ("code,inwoners,Inwoners\nBU1,1,2\n", 1, "inwoners", "duplicate_column"),
        ("code,a\nBU1,1\nBU2\n", 3, "", "cell_count"),
        ("code,a\nBU1,1,2\n", 2, "", "cell_count"),
        ("code,a\n,1\n", 2, "code", "no_code"),
        ("code,a\nBU1,1\nBU1,2\n", 3, "code", "duplicate_code"),
        ("code,a\nBU1,1\n\nBU2,veel\n", 4, "a", "not_a_number"),
        ("code,a\nBU1,1e5\n", 2, "a", "not_a_number"),
        ("code,a\nBU1,NaN\n", 2, "a", "not_a_number"),
        ("code,a\nBU1,٣\n", 2, "a", "not_a_number"),
        ("code;a\nBU1;1.234,5\n", 2, "a", "not_a_number"),
        ("code,a\nBU1,-5\n", 2, "a", "negative"),
        ("code,a\nBU1,1234567890123\n", 2, "a", "number_too_large"),
        ("code,a\nBU1,0.12345\n", 2, "a", "number_too_large"),
        ("code;a;b\nBU1;1,5;1.5\n", 2, "b", "mixed_decimals"),
        ("code;a\nBU1;1,5\nBU2;1.500\n", 3, "a", "mixed_decimals"),
        ("code,postcode\nBU1,a\x07b\n", 2, "postcode", "bad_text"),
        ('code,a\nBU1,1\n"BU2,2\n', 3, "", "broken_row"),
        ('code,a\nBU1,"1"2\n', 2, "", "broken_row"),
        ("code,a\nBU1," + "1" * 200_000, 2, "", "broken_row"),
    ],
)
def test_refused_with_row_and_column(text, row, column, reason):
    (problem,) = problems_of(text)
    assert (problem.row, problem.column, problem.reason) == (row, column, reason)


def test_all_problems_are_told_up_to_fifty():
    text = "code,a\n" + "".join(f"BU{n},veel\n" for n in range(80))
    assert [problem.row for problem in problems_of(text)] == list(range(2, MOST_PROBLEMS + 2))


def test_a_long_value_is_shortened():
    (problem,) = problems_of("code,a\nBU1," + "z" * 500)
    assert len(problem.detail) == 40


@pytest.mark.parametrize(("level", "count"), [("gemeente", 1), ("wijk", 20), ("buurt", 116)])
def test_the_real_figures_of_eindhoven(real_data, level, count):
    text = (real_data / "nl/eindhoven-kerncijfers-2024.csv").read_bytes()
    prefix = {"gemeente": "GM", "wijk": "WK", "buurt": "BU"}[level]
    rows = [row for row in read_key_figures(text, year=2024) if row.code.startswith(prefix)]
    assert len({row.code for row in rows}) == count
    assert len(rows) == count * 17


def test_what_cbs_hides_in_eindhoven_stays_unknown(real_data):
    rows = read_key_figures((real_data / "nl/eindhoven-kerncijfers-2024.csv").read_bytes(), year=2024)
    by_name = {
        name: [row for row in rows if row.name == name and row.code.startswith("BU")]
        for name in ("inwoners", "inwoners_0_14", "gem_inkomen_per_inwoner_x1000eur")
    }
    assert {name: sum(row.value is None for row in group) for name, group in by_name.items()} == {
        "inwoners": 4,
        "inwoners_0_14": 13,
        "gem_inkomen_per_inwoner_x1000eur": 68,
    }
    assert sum(row.value or 0 for row in by_name["inwoners"]) == 246_385
    (whole,) = [row.value for row in rows if row.code == "GM0772" and row.name == "inwoners"]
    assert whole == 246_417
    assert [row.text for row in rows if row.code == "BU07721110"][-1] == "5611"


@pytest.mark.parametrize(
    ("name", "areas"),
    [("gemeenten-kerncijfers-2024", 342), ("gemeenten-kerncijfers-2021-uitgebreid", 352)],
)
def test_other_real_files(real_data, name, areas):
    rows = read_key_figures((real_data / f"nl/{name}.csv").read_bytes(), year=2024)
    assert len({row.code for row in rows}) == areas


@given(st.binary() | st.text(alphabet='code,;\n\r"\t.-0159x', max_size=60).map(str.encode))
def test_any_bytes_are_taken_or_refused_in_words(text):
    assert refusal(b"code,a\n" + text) <= set(REASONS)


@given(
    st.dictionaries(
        st.from_regex(r"BU[0-9]{4}", fullmatch=True),
        st.none() | st.decimals(0, 10**9, places=2),
        min_size=1,
    ),
    st.sampled_from([(",", "."), (";", ",")]),
)
def test_what_is_written_is_read(values, signs):
    delimiter, mark = signs
    lines = [f"code{delimiter}a"] + [
        f"{code}{delimiter}{'' if value is None else str(value).replace('.', mark)}" for code, value in values.items()
    ]
    assert figures("\r\n".join(lines)) == {(code, "a"): value for code, value in values.items()}
