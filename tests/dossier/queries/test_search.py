"""Search finds what people mean, on both databases, and takes nobody's query as an order."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stamtafel.dossier.actions.follow import correct, erase, withdraw
from stamtafel.dossier.actions.submit import submit_contribution
from stamtafel.dossier.models import Contribution, Kind
from stamtafel.dossier.queries.public import visible
from stamtafel.dossier.queries.search import matching
from tests.builders import NOW, municipality

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _town() -> None:
    municipality()


def say(text: str) -> Contribution:
    return submit_contribution(kind=Kind.IDEA, text=text, now=NOW).contribution


def found(query: str) -> list[Any]:
    return list(matching(visible(), query).order_by("id").values_list("id", flat=True))


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Bouw hier huizen voor starters.", "huis"),
        ("Dit huis staat leeg.", "huizen"),
        ("Ik heb twee ideeën.", "idee"),
        ("Mijn idee is simpel.", "ideeen"),
        ("De kinderspeelplaats is kapot.", "speelplaats"),
        ("Het CAFÉ op de hoek", "cafe"),
        ("Lijn 12e5 rijdt niet", "12e5"),
        ("De naam is AND", "and"),
        ("near de boom", "NEAR"),
        ("Bus 4 komt te laat in 2026.", "2026"),
        ("日本語のテキスト", "日本語のテキスト"),
    ],
)
def test_other_forms_of_a_word_are_found(text: str, query: str) -> None:
    kept = say(text)
    say("Iets over geheel andere zaken.")
    assert found(query) == [kept.pk]


def test_every_word_must_be_there() -> None:
    both = say("Meer bomen bij de school.")
    say("Meer bomen.")
    assert found("boom scholen") == [both.pk]


def test_a_query_of_stop_words_shows_everything() -> None:
    kept = say("Meer bomen.")
    for query in ("", "de", "?", "  ", "' \" --"):
        assert found(query) == [kept.pk]


def test_the_index_follows_every_change() -> None:
    kept = say("Meer bomen.")
    correct(contribution=kept, text="Meer fietsenrekken.", now=NOW)
    assert (found("boom"), found("fietsenrek")) == ([], [kept.pk])
    Contribution.objects.filter(pk=kept.pk).update(support_count=3)
    assert found("fietsenrek") == [kept.pk]
    withdraw(contribution=kept, now=NOW)
    assert found("fietsenrek") == []
    erase(contribution=kept, now=NOW)
    assert list(matching(Contribution.objects.all(), "fietsenrek")) == []
    other = say("Meer bankjes.")
    Contribution.objects.filter(pk=other.pk).delete()
    assert found("bank") == []


def test_personal_data_is_not_found() -> None:
    say("Bel 0612345678 voor de sleutel.")
    assert found("0612345678") == []
    assert len(found("sleutel")) == 1


@pytest.mark.parametrize("query", [
    '"', "'", "a OR", "NEAR(", "* ^ {}", "terms:boom", "boom*", ") OR 1=1 --", "'; DROP TABLE dossier_contribution; --",
    "\x00", "\ud800", "<-> & | !", ":*", "boom & (", "%s %(x)s", "\\", "a" * 5000, "é" * 5000, "İstanbul ẞ ﬁ", "boom\x00boom",
])  # fmt: skip
def test_hostile_queries_are_only_words(query: str) -> None:
    say("Meer bomen.")
    found(query)
    assert Contribution.objects.count() == 1


@given(st.text(max_size=80))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_query_breaks(query: str) -> None:
    assert found(query) is not None
