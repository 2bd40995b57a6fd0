"""What comes in is made safe, and stays what was written."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamtafel.dossier.rules.limits import MOST_BLANK_LINES, MOST_MARKS, TextRefused, clean_line, clean_text


def clean(raw: str, max_length: int = 1000) -> str:
    return clean_text(raw, max_length=max_length)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("  Een idee \n", "Een idee"),
        ("een\r\ntwee\rdrie\u2028vier\x85vijf\x0bzes", "een\ntwee\ndrie\nvier\nvijf\nzes"),
        ("een  \n\t\ntwee", "een\n\ntwee"),
        ("een\n\n\n\ntwee", "een\n\n\n\ntwee"),
        ("een\n\n\n\n\ntwee", "een\n\n\n\ntwee"),
        ("een" + "\n \u00a0\t" * 50 + "\ntwee", "een\n\n\n\ntwee"),
        ("a\x00b\x1b[31mc\x7f\x9f", "ab[31mc"),
        ("tab\tblijft", "tab\tblijft"),
        ("\u202egnirts\u202c \u2066x\u2069", "gnirts x"),
        ("zacht\u00adkoppel\u200bteken\ufeff", "zachtkoppelteken"),
        ("e\u0301e\u0301n", "één"),
        ("e\x00\u0301", "é"),
        ("<b>vet</b> & 'zo'", "<b>vet</b> & 'zo'"),
        ("👩‍👩‍👧 en 🏳️‍🌈 en 🏴󠁧󠁢󠁥󠁮󠁧󠁿", "👩‍👩‍👧 en 🏳️‍🌈 en 🏴󠁧󠁢󠁥󠁮󠁧󠁿"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("שלום מרחבא", "שלום מרחבא"),
        ("!!!", "!!!"),
        ("🙂", "🙂"),
        ("\U0001fadc", "\U0001fadc"),  # an emoji newer than the tables of Python 3.11
    ],
)
def test_what_remains(raw: str, expected: str) -> None:
    assert clean(raw) == expected


@pytest.mark.parametrize(
    "raw",
    [
        "",
        " \n\t ",
        "\x00",
        "\u200d",
        "\u202e\u202c",
        "\u200e",
        "\u0301",
        "\u3164",
        "\u2800",
        "\ufe0f",
        "\u00a0",
    ],
)
@pytest.mark.parametrize("rule", [clean_text, clean_line])
def test_nothing_to_see_is_empty(raw: str, rule) -> None:
    with pytest.raises(TextRefused) as refused:
        rule(raw, max_length=10)
    assert refused.value.reason == "empty"
    assert str(refused.value) == "empty"


@pytest.mark.parametrize("rule", [clean_text, clean_line])
def test_too_long_says_by_how_much(rule) -> None:
    assert rule("x" * 10, max_length=10) == "x" * 10
    for length in (11, 25, 100_000):
        with pytest.raises(TextRefused) as refused:
            rule("x" * length, max_length=10)
        assert (refused.value.reason, refused.value.too_many) == ("too_long", length - 10)
    assert "90 too many" in str(TextRefused("too_long", too_many=90))


def test_length_counts_what_remains() -> None:
    assert clean(" " * 50 + "e\u0301" * 10 + "\x00" * 50, max_length=10) == "é" * 10
    assert clean("👩‍👩‍👧", max_length=5) == "👩‍👩‍👧"


@pytest.mark.parametrize("raw", ["a\ud83d", "\udc00a", "\ud83d\ude00"])
@pytest.mark.parametrize("rule", [clean_text, clean_line])
def test_half_a_character_is_refused(raw: str, rule) -> None:
    with pytest.raises(TextRefused) as refused:
        rule(raw, max_length=10)
    assert refused.value.reason == "broken"


def test_a_tower_of_accents_is_cut() -> None:
    tower = clean("H" + "\u0335\u0301" * 200 + "oi")
    assert len(tower) == 1 + MOST_MARKS + 2
    assert clean("Việt Nam, שָׁלוֹם, ये") == unicodedata.normalize("NFC", "Việt Nam, שָׁלוֹם, ये")


def test_a_line_is_one_line() -> None:
    assert (
        clean_line(" Onderwerp\r\nBcc: iedereen@voorbeeld.nl ", max_length=99) == "Onderwerp Bcc: iedereen@voorbeeld.nl"
    )
    assert clean_line("een\u2028twee\x85drie\tvier\u00a0vijf", max_length=99) == "een twee drie vier vijf"


TYPED = st.text(
    st.characters(exclude_categories=[])
    | st.sampled_from("\r\n \t\x00\u202e\u2066\u0301\u0335\u0958\u200d👩e\u1100\u1161\u11a8")
)


@given(TYPED)
def test_cleaning_twice_is_cleaning_once(raw: str) -> None:
    try:
        text = clean(raw)
    except TextRefused:
        return
    assert clean(text) == text
    line = clean_line(raw, max_length=1000)
    assert clean_line(line, max_length=1000) == line == clean_line(text, max_length=1000)


@given(TYPED)
def test_what_remains_is_safe_to_store_and_send(raw: str) -> None:
    try:
        text, line = clean(raw), clean_line(raw, max_length=1000)
    except TextRefused:
        return
    assert text.encode()
    assert unicodedata.is_normalized("NFC", text)
    assert not set("\r\x00\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069") & set(text)
    assert all(char in "\n\t" or unicodedata.category(char) != "Cc" for char in text)
    assert "\n" * (MOST_BLANK_LINES + 2) not in text
    assert line == " ".join(line.splitlines()) == line.strip()


@given(
    st.text(
        st.characters(categories=["L", "N", "P", "S"], exclude_characters="\u115f\u1160\u3164\uffa0\u2800"),
        min_size=1,
    )
)
def test_readable_text_is_not_touched(text: str) -> None:
    assert clean(text) == unicodedata.normalize("NFC", text)
