"""Markdown as the text of a post, and a long text as a chain."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamtafel.channels.adapters.plain import as_plain
from stamtafel.channels.adapters.posts import chain, told
from stamtafel.channels.contract import Draft


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("Wij planten **24** *bomen*.", "Wij planten 24 bomen."),
        ("# Kop\n\nTekst\nverder", "Kop\n\nTekst\nverder"),
        ("Zie [de site](https://a.nl/x).", "Zie de site: https://a.nl/x."),
        ("Zie [onze pagina](/x).", "Zie onze pagina: https://g.nl/x."),
        ("<https://a.nl> en <info@a.nl>", "https://a.nl en info@a.nl"),
        ("Wat:\n\n- een\n- twee\n  - twee a\n\nEinde", "Wat:\n\n- een\n- twee\n  - twee a\n\nEinde"),
        ("3. drie\n4. vier", "3. drie\n4. vier"),
        ("- een\n\n\ntekst\n\n- ander", "- een\n\ntekst\n\n- ander"),
        ("> Een uitspraak\n\n    code", "Een uitspraak\n\ncode"),
        ("[kwaad](javascript:x)", "[kwaad](javascript:x)"),
        ("a < b & c", "a < b & c"),
        ("", ""),
    ],
)
def test_marks_go_and_words_stay(markdown: str, text: str) -> None:
    assert as_plain(markdown, "https://g.nl") == text


def test_without_a_site_an_address_stays_as_it_is() -> None:
    assert as_plain("[x](/y)") == "x: /y"


def test_the_parts_stand_under_each_other_and_what_is_empty_is_left_out() -> None:
    draft = Draft(subject="Kop", body="Een **brief**", invitation="Laat het ons weten")
    assert told(draft, link="https://g.nl") == "Kop\n\nEen brief\n\nhttps://g.nl\n\nLaat het ons weten"
    assert told(Draft(subject="", body="b")) == "b"


def at_most(size: int):
    return lambda text: len(text) <= size


def test_a_chain_breaks_between_paragraphs_then_sentences_then_words_then_signs() -> None:
    assert chain("een twee\n\ndrie vier", at_most(20)) == ("een twee\n\ndrie vier",)
    assert chain("een twee\n\ndrie vier", at_most(15)) == ("een twee", "drie vier")
    assert chain("Een twee. Drie vier. Vijf.", at_most(18)) == ("Een twee.", "Drie vier. Vijf.")
    assert chain("een twee drie vier", at_most(9)) == ("een twee", "drie vier")
    assert chain("abcdefghij kl", at_most(4)) == ("abcd", "efgh", "ij", "kl")
    assert chain("", at_most(4)) == ()


@given(st.text(alphabet="ab. \n", max_size=200), st.integers(min_value=1, max_value=30))
def test_a_chain_fits_and_loses_no_word(text: str, size: int) -> None:
    parts = chain(text, at_most(size))
    assert all(part and len(part) <= size for part in parts)
    assert re.sub(r"\s", "", "".join(parts)) == re.sub(r"\s", "", text)
