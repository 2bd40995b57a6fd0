"""A timeline in whole weeks, without losing or doubling anything."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from stamtafel.dossier.rules.timeline import Event, Source, fold, merge, read, week_of

MONDAY = datetime(2026, 11, 16, tzinfo=UTC)
MOMENTS = st.lists(st.integers(0, 60 * 24 * 90), max_size=60, unique=True)


def events(minutes: list[int], kind: str = "contribution") -> list[Event]:
    return [Event(MONDAY - timedelta(minutes=minute), kind, minute) for minute in sorted(minutes)]


def pages(found: list[Event], *, most: int, fewest: int) -> list[Any]:
    """Walk through all pages as a reader does."""
    seen: list[Any] = []
    before: datetime | None = None
    for _page in range(200):
        earlier = (event for event in found if before is None or event.at < before)
        page = merge([read(earlier, most)], fewest=fewest)
        seen += [event.what for event in page.events]
        if page.older is None:
            return seen
        assert before is None or page.older < before
        before = page.older
    raise AssertionError("no end")


@given(MOMENTS, st.integers(1, 10))
def test_walking_through_all_pages_shows_everything_once(minutes: list[int], fewest: int) -> None:
    assert pages(events(minutes), most=100, fewest=fewest) == sorted(minutes)


@given(MOMENTS, st.integers(1, 5))
def test_a_source_that_is_cut_off_never_doubles_or_turns_in_circles(minutes: list[int], fewest: int) -> None:
    seen = pages(events(minutes), most=7, fewest=fewest)
    assert len(seen) == len(set(seen))
    weeks: dict[datetime, int] = {}
    for event in events(minutes):
        weeks[week_of(event.at)] = weeks.get(week_of(event.at), 0) + 1
    if all(number < 7 for number in weeks.values()):
        assert seen == sorted(minutes)


def test_a_page_ends_where_a_week_ends() -> None:
    found = events([60, 120, 60 * 24 * 8, 60 * 24 * 8 + 1])
    page = merge([Source(found, False)], fewest=1)
    assert [event.what for event in page.events] == [60, 120]
    assert page.older == week_of(found[1].at)


def test_a_busy_week_becomes_one_entry_with_the_heaviest_named() -> None:
    found = events([10, 20, 30, 40]) + events([60 * 24 * 8])
    folded = fold(found, kind="contribution", weight=lambda what: (what,), least=3)
    assert [event.kind for event in folded] == ["contributions", "contribution"]
    assert folded[0].what == (4, (40, 30, 20))
    assert folded[0].at == found[0].at


def test_other_kinds_stay_in_their_place() -> None:
    found = sorted(events([10, 30, 50]) + events([20], "decision"), key=lambda event: event.at, reverse=True)
    folded = fold(found, kind="contribution", weight=lambda what: (what,), least=3)
    assert [event.kind for event in folded] == ["contributions", "decision"]


def test_a_week_begins_on_monday_at_midnight() -> None:
    assert week_of(MONDAY + timedelta(days=6, hours=23)) == MONDAY
    assert week_of(MONDAY) == MONDAY
