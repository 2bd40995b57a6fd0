"""What is coming, and where."""

from datetime import timedelta

import pytest

from stamtafel.outreach import queries
from tests.builders import NOW, area
from tests.outreach.builders import session, venue

pytestmark = pytest.mark.django_db


def test_what_is_over_is_not_coming_and_what_goes_on_now_is() -> None:
    session("voorbij", starts_at=NOW - timedelta(days=1))
    session("later", starts_at=NOW + timedelta(days=3))
    session("nu", starts_at=NOW - timedelta(hours=1))
    assert [row.title_nl for row in queries.coming(now=NOW)] == ["nu", "later"]


def test_a_cancelled_session_is_listed_but_not_recommended() -> None:
    session("gaat niet door", cancelled_reason="De kroeg is dicht.")
    assert queries.coming(now=NOW).count() == 1
    assert queries.next_sessions(3, now=NOW) == []


def test_other_places_come_before_the_same_place_again() -> None:
    cafe, market = venue("Café"), venue("Markt")
    for day in (1, 2, 3):
        session(f"café {day}", venue=cafe, starts_at=NOW + timedelta(days=day))
    session("markt", venue=market, starts_at=NOW + timedelta(days=9))
    assert [row.title_nl for row in queries.next_sessions(2, now=NOW)] == ["café 1", "markt"]
    assert [row.title_nl for row in queries.next_sessions(3, now=NOW)] == ["café 1", "café 2", "markt"]


def test_sessions_of_a_neighbourhood() -> None:
    here = area("Molenwijk")
    session("hier", venue=venue(area=here))
    session("elders", venue=venue(area=area("Lindehof")))
    assert [row.title_nl for row in queries.coming(now=NOW, area=here)] == ["hier"]
