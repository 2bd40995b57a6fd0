"""Markdown as text and as HTML for mail."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamtafel.channels.adapters.email.prose import WIDTH, as_html, as_text

SITE = "https://lindewaard.example"
LETTER = """# Het plein wordt groen

Beste lezer, wij planten **24 bomen**. [Bekijk het plan](/berichten/plein/) of mail
<plein@lindewaard.example>.

## Wat betekent dit?

- De markt staat op de *Kerkstraat*.
- Uw fiets kan bij de bieb:
  - links
  - rechts

3. Eerst
4. Dan

> Eindelijk schaduw!

***

    vast
"""
AS_TEXT = """Het plein wordt groen
=====================

Beste lezer, wij planten 24 bomen. Bekijk het plan:
https://lindewaard.example/berichten/plein/ of mail
plein@lindewaard.example.

Wat betekent dit?
=================

- De markt staat op de Kerkstraat.
- Uw fiets kan bij de bieb:
  - links
  - rechts

3. Eerst
4. Dan

> Eindelijk schaduw!

--------------------

    vast"""


def test_a_letter_reads_well_as_text() -> None:
    assert as_text(LETTER, SITE) == AS_TEXT


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("[https://a.nl/b](https://a.nl/b)", "https://a.nl/b"),
        ("[bel ons](tel:14055)", "bel ons: 14055"),
        ("[mail](mailto:a@b.nl)", "mail: a@b.nl"),
        ("[x](javascript:alert)", "[x](javascript:alert)"),
        ("een  \ntwee", "een\ntwee"),
        ("- een\n- twee\n\ndrie", "- een\n- twee\n\ndrie"),
        ("- een\n\n  nog een\n- twee", "- een\n  nog een\n- twee"),
        ("### Kop\n\ntekst", "Kop\n\ntekst"),
        ("", ""),
    ],
)
def test_small_things_as_text(markdown: str, text: str) -> None:
    assert as_text(markdown, SITE) == text


class Checker(HTMLParser):
    """Tags that are open and every address."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in {"href", "src"}]
        assert not any(name.startswith("on") for name, _ in attrs)


PLAIN = {"p", "h2", "h3", "ul", "ol", "li", "a", "strong", "em", "code", "pre", "blockquote", "br", "hr"}


@given(st.text(max_size=200) | st.text(alphabet="<>&[]()*#-> \n:/javascripthtp'\"", max_size=60))
def test_html_holds_only_plain_tags_and_safe_addresses(markdown: str) -> None:
    checker = Checker()
    checker.feed(as_html(markdown, SITE))
    assert checker.tags <= PLAIN
    assert all(re.match(r"(https?|mailto|tel):", address) for address in checker.addresses)


@given(st.text(alphabet="abc é-*#>1. \n[](/)`", max_size=300))
def test_text_is_folded_and_never_fails(markdown: str) -> None:
    lines = as_text(markdown, SITE).split("\n")
    assert all(
        len(line) <= WIDTH + 8 or " " not in line.strip(" >-.0123456789")[:WIDTH] or "    " in line for line in lines
    )


def test_html_carries_its_style_and_whole_addresses() -> None:
    html = as_html(LETTER, SITE)
    assert '<a href="https://lindewaard.example/berichten/plein/" style="color:#0b5d3b' in html
    assert "<h1" not in html
    assert "&lt;b&gt;" in as_html("<b>", SITE)
