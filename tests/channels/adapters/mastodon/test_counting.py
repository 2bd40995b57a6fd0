"""Counting as Mastodon counts, and its HTML as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamtafel.channels.adapters.mastodon.counting import count, shown
from stamtafel.channels.adapters.mastodon.html import as_text
from tests.channels.adapters.mastodon.conftest import draft
from tests.fakes.mastodon import Mastodon as Server

words = st.text(st.characters(blacklist_characters="@:/<>\x00", blacklist_categories=["Cs", "Cc"]), max_size=40)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("", 0),
        ("Café", 4),
        ("Cafe\u0301", 4),
        ("👩‍👩‍👧‍👦", 1),
        ("🇳🇱 dag", 5),
        ("https://lindewaard.example/een/heel/lang/adres?met=vragen&en#meer", 23),
        ("Zie https://a.nl.", 4 + 23 + 1),
        ("(https://a.nl/b)", 1 + 23 + 1),
        ("https://a.nl en https://b.nl/", 23 + 4 + 23),
        ("http://localhost/a", 18),
        ("a.nl/b", 6),
        ("@fatima@elders.example dag", 11),
        ("@fatima dag", 11),
        ("mail info@lindewaard.example", 28),
        ("https://elders.example/@fatima@weg.example/12", 23),
    ],
)
def test_examples(text, size):
    assert count(text) == size


@given(words, words, st.integers(min_value=3, max_value=300))
def test_a_link_always_counts_the_same(before, after, length):
    link = "https://voorbeeld.nl/" + "a" * length
    assert count(f"{before} {link} {after}") == count(f"{before} ") + 23 + count(f" {after}")


@given(words, words)
def test_two_texts_apart_count_together(one, other):
    assert count(f"{one}\n{other}") == count(one) + 1 + count(other)


@pytest.mark.parametrize("length", [10, 100, 1000])
def test_many_dots_do_not_take_for_ever(length):
    assert count("https://" + "a." * length + "!") > 0
    assert count("@a" + "." * length + "@" + "b-" * length + "!") > 0


@pytest.mark.parametrize(
    "text",
    [
        "Dag",
        "Een\nregel\n\nen meer",
        "5 < 6 & 7 > 2 “ja”",
        "Zie https://lindewaard.example/een/heel/lang/adres?met=vragen.",
        "@fatima@elders.example hoi",
    ],
)
def test_what_the_server_shows_is_what_was_written(text):
    fake = Server()
    fake.server.server_close()
    assert as_text(fake._html(text)) == shown(text)


def test_lists_and_quotes_stand_on_lines_of_their_own():
    assert as_text("<p>Ik vraag:</p><ul><li>een</li><li>twee</li></ul><blockquote>ja</blockquote>") == (
        "Ik vraag:\n\n- een\n- twee\n\nja"
    )


def test_an_emoji_in_a_post_counts_as_one(town):
    assert town.render(draft("👩‍👩‍👧‍👦")).count == len("Het plein wordt groen\n\n") + 1
