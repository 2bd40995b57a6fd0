"""The state table and the waits."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamtafel.work import rules
from stamtafel.work.models import DueState
from stamtafel.work.rules import State

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
attempts = st.integers(min_value=1, max_value=10_000)
chances = st.floats(min_value=0, max_value=1, exclude_max=True)


def test_the_table_knows_every_state_of_the_model() -> None:
    assert {str(state) for state in rules.TRANSITIONS} == set(DueState.values)


def test_every_state_can_be_reached_and_none_leads_to_itself() -> None:
    reached = {State.WAITING}
    while more := {after for state in reached for after in rules.TRANSITIONS[state]} - reached:
        reached |= more
    assert reached == set(State)
    assert not any(rules.may(state, state) for state in State)


def test_what_is_over_stays_over() -> None:
    assert rules.TRANSITIONS[State.DONE] == {State.FAILED}  # mail that a server gives back
    assert not rules.TRANSITIONS[State.CANCELLED]


def test_what_is_unsure_is_never_sent_without_going_through_the_queue() -> None:
    assert not rules.may(State.UNSURE, State.SENDING)
    assert not rules.may(State.FAILED, State.SENDING)
    assert [state for state in State if rules.may(state, State.SENDING)] == [State.WAITING]


@given(attempts, chances)
def test_a_wait_stays_within_its_bounds(tried: int, chance: float) -> None:
    waited = rules.wait(tried, chance)
    assert rules.FIRST_WAIT * (1 - rules.JITTER) <= waited <= rules.LONGEST_WAIT * (1 + rules.JITTER)


@given(attempts, chances)
def test_waits_grow(tried: int, chance: float) -> None:
    assert rules.wait(tried, chance) <= rules.wait(tried + 1, chance)


@given(attempts, chances, st.timedeltas(timedelta(0), timedelta(days=3)))
def test_the_wish_of_the_network_is_a_lower_bound(tried: int, chance: float, wish: timedelta) -> None:
    due = rules.next_try(now=NOW, attempts=tried, chance=chance, retry_after=wish)
    assert (due is None) == (tried >= rules.MOST_ATTEMPTS)
    assert due is None or due >= NOW + wish


def test_two_days_of_trying() -> None:
    waited = sum((rules.wait(n, 0.5) for n in range(1, rules.MOST_ATTEMPTS)), timedelta(0))
    assert timedelta(days=1) < waited < timedelta(days=3)


@pytest.mark.parametrize(("repeatable", "state"), [(True, State.WAITING), (False, State.UNSURE)])
def test_a_lost_lease_is_repeated_only_where_it_does_no_harm(repeatable: bool, state: State) -> None:
    assert rules.after_lost_lease(repeatable=repeatable) is state
    assert rules.may(State.SENDING, state)
