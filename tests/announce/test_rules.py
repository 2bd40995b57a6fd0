"""The pure rules: texts, addresses, moments, differences, readability."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stamtafel.announce.rules.audience import Reach, Wish, last_daily, last_weekly, wants, widened
from stamtafel.announce.rules.comparison import compare
from stamtafel.announce.rules.content import Content, clean_text, free_slug, slug_of
from stamtafel.announce.rules.officialese import PLAIN, stiff_words
from stamtafel.announce.rules.readability import Verdict, read, sentences_of

HERE = ZoneInfo("Europe/Amsterdam")
moments = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("now", "daily"),
    [
        ("2026-10-25T06:59:59+00:00", "2026-10-24T06:00:00+00:00"),  # the clock went back this night
        ("2026-10-25T07:00:00+00:00", "2026-10-25T07:00:00+00:00"),
        ("2026-03-29T05:59:59+00:00", "2026-03-28T07:00:00+00:00"),  # and forward
        ("2026-03-29T06:00:00+00:00", "2026-03-29T06:00:00+00:00"),
    ],
)
def test_a_digest_is_due_at_eight_on_the_clock_here(now: str, daily: str) -> None:
    assert last_daily(datetime.fromisoformat(now), HERE) == datetime.fromisoformat(daily)


@given(moments)
def test_the_last_moment_is_behind_us_at_eight_and_not_long_ago(now: datetime) -> None:
    for last, longest in ((last_daily(now, HERE), 25), (last_weekly(now, HERE), 7 * 24 + 1)):
        assert last <= now < last + timedelta(hours=longest)
        assert last.astimezone(HERE).hour == 8
    assert last_weekly(now, HERE).astimezone(HERE).weekday() == 0


def test_who_wants_what() -> None:
    both = Wish(frozenset({1}), frozenset({9}))
    assert wants(Wish(), Reach(frozenset({5}), frozenset({6})))
    assert wants(both, Reach(frozenset({1}), frozenset({6})))
    assert wants(both, Reach(frozenset(), frozenset({9})))
    assert wants(both, Reach())  # for the whole municipality
    assert not wants(both, Reach(frozenset({2}), frozenset({8})))
    assert not wants(Wish(topics=frozenset({1})), Reach())


def test_a_district_is_for_its_neighbourhoods_and_not_for_the_ones_beside_it() -> None:
    parents = {1: None, 10: 1, 11: 1, 100: 10, 101: 10, 110: 11}
    assert widened({10}, parents) == {1, 10, 100, 101}
    assert widened({100}, parents) == {1, 10, 100}


@given(st.text(), st.text())
def test_a_comparison_holds_both_texts(old: str, new: str) -> None:
    pieces = compare(old, new)
    assert "".join(piece.text for piece in pieces if piece.kind != "new") == old
    assert "".join(piece.text for piece in pieces if piece.kind != "gone") == new


@given(st.text())
def test_an_address_is_short_plain_and_never_empty(title: str) -> None:
    slug = slug_of(title)
    assert 1 <= len(slug) <= 80
    assert slug.isascii()
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert free_slug(slug, {slug, f"{slug}-2"}) == f"{slug}-3"


@given(st.text())
def test_clean_text_is_clean_and_stays_so(text: str) -> None:
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned
    assert not set(cleaned) & set("\x00\x0b\u202e\ufeff\r")


@given(st.builds(Content, title=st.text(), lead=st.text(), body=st.text(), topics=st.just((3, 1, 3))))
def test_content_survives_being_stored(content: Content) -> None:
    assert Content.from_data(content.as_data()) == content
    assert content.cleaned().topics == (1, 3)


def test_there_are_many_words_of_the_office_and_each_is_found() -> None:
    assert len(PLAIN) >= 120
    for stiff, plain in PLAIN.items():
        (found, *_rest) = stiff_words(f"Wij {stiff.removesuffix('*')} nu.")
        assert (found.plain, found.at) == (plain, 4)
        assert plain != stiff


def test_words_inside_other_words_are_left_alone() -> None:
    assert [each.found for each in stiff_words("De medewerker zei dat het alleen zo kan.")] == []


def test_plain_dutch_reads_easily_and_the_office_does_not() -> None:
    easy = read("Het plein wordt groen. U kunt zeggen waar u een bank wilt. Dat kan tot 3 maart. Wij lezen alles.")
    assert (easy.verdict, easy.stiff) == (Verdict.EASY, ())
    hard = read(
        "Naar aanleiding van de terinzagelegging van het bestemmingsplan worden belanghebbenden conform de vigerende "
        "inspraakverordening in de gelegenheid gesteld zienswijzen kenbaar te maken, mits deze tijdig worden ingediend."
    )
    assert hard.verdict == Verdict.HARD
    assert hard.look_at[0].long
    assert hard.look_at[0].passive
    assert "inspraakverordening" in hard.long_words
    assert read("Hallo.").verdict == Verdict.TOO_SHORT


def test_an_abbreviation_ends_no_sentence_and_a_list_item_does() -> None:
    assert sentences_of("Dat kost ca. 3 euro. Klaar?") == ["Dat kost ca. 3 euro.", "Klaar?"]
    assert len(sentences_of("Wanneer\nmaandag\ndinsdag")) == 3


@settings(deadline=None)
@given(st.text(max_size=400))
def test_any_text_can_be_read(text: str) -> None:
    assert read(text).words >= 0
