"""Figures on answering: unknown is not zero."""

from datetime import date, datetime, timedelta
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamtafel.dossier.rules.figures import (
    OutcomeCounts,
    answered_share,
    count_outcomes,
    in_period,
    median_days,
)

DAY = date(2026, 2, 27)


def pairs(*days: int | None) -> list[tuple[date, date | None]]:
    return [(DAY, None if number is None else DAY + timedelta(number)) for number in days]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([], None),
        ([None, None], None),
        ([0], 0),
        ([0, 1], 1),  # half a day is rounded up
        ([1, 2, 9], 2),
        ([9, 1, 2, 4], 3),
        ([1, 2, 3, 4], 3),
        ([None, 5, None, 7], 6),
        ([2, 2], 2),
    ],
)
def test_the_middle_of_the_days_to_an_answer(days: list[int | None], expected: int | None) -> None:
    assert median_days(pairs(*days)) == expected


def test_days_are_days_of_the_calendar() -> None:
    assert median_days([(date(2026, 2, 28), date(2026, 3, 1))]) == 1
    assert median_days([(date(2024, 2, 28), date(2024, 3, 1))]) == 2


def test_an_answer_before_receipt_is_an_error_in_the_rows() -> None:
    with pytest.raises(ValueError, match="before it was received"):
        median_days(pairs(3, -1))


@pytest.mark.parametrize(
    "pair", [(datetime(2026, 1, 1, 23, 59), date(2026, 1, 2)), (date(2026, 1, 1), datetime(2026, 1, 2, 0, 1))]
)
def test_moments_are_refused(pair: tuple[date, date]) -> None:
    with pytest.raises(TypeError, match="time zone"):
        median_days([pair])


@given(st.lists(st.integers(0, 400), min_size=1))
def test_the_middle_is_the_median_rounded_up_to_whole_days(days: list[int]) -> None:
    found = median_days(pairs(*days))
    assert found is not None
    assert 0 <= found - median(days) < 1


def test_the_share_answered() -> None:
    assert answered_share(answered=3, total=4) == 0.75
    assert answered_share(answered=0, total=4) == 0.0
    assert answered_share(answered=0, total=0) is None


@pytest.mark.parametrize(("answered", "total"), [(5, 4), (-1, 4), (1, 0)])
def test_a_share_that_cannot_be_is_refused(answered: int, total: int) -> None:
    with pytest.raises(ValueError, match="answered of"):
        answered_share(answered=answered, total=total)


def test_a_period_holds_its_first_day_and_not_its_last() -> None:
    first, next_ = date(2026, 1, 1), date(2026, 2, 1)
    assert in_period(first, start=first, until=next_)
    assert not in_period(next_, start=first, until=next_)
    assert in_period(next_, start=next_, until=None)
    assert in_period(first, start=None, until=next_)
    assert in_period(first, start=None, until=None)
    assert not in_period(first, start=first, until=first)


@given(st.dates(), st.dates())
def test_a_day_is_in_one_of_two_neighbouring_periods(day: date, border: date) -> None:
    assert in_period(day, start=None, until=border) != in_period(day, start=border, until=None)


def test_outcomes_are_counted() -> None:
    counts = count_outcomes(["used", "partly", "used", "not_used", "answered", "used"])
    assert counts == OutcomeCounts(used=3, partly=1, not_used=1)
    assert counts.total == 5
    assert count_outcomes([]) == OutcomeCounts(0, 0, 0)
