"""States of a contribution, and the line that shows them."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamtafel.dossier.rules.lifecycle import (
    ENDS,
    LINE,
    TRANSITIONS,
    LifecycleError,
    State,
    can_move,
    check_graph,
    steps_for_line,
)

DAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("received", "read"), ("received", "answered"), ("read", "in_conversation"), ("read", "answered"),
        ("in_conversation", "answered"), ("answered", "done"), ("answered", "in_conversation"), ("done", "in_conversation"),
        ("received", "withdrawn"), ("done", "withdrawn"), ("read", "hidden"), ("hidden", "read"), ("hidden", "answered"),
        ("hidden", "withdrawn"), ("read", "merged"), ("merged", "read"),
    ],
)  # fmt: skip
def test_moves_that_are_allowed(a: str, b: str) -> None:
    assert can_move(a, b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("read", "received"), ("received", "done"), ("read", "done"), ("answered", "read"), ("done", "received"),
        ("received", "received"), ("hidden", "merged"), ("nothing", "read"), ("read", "nothing"), ("", ""),
    ],
)  # fmt: skip
def test_moves_that_are_not(a: str, b: str) -> None:
    assert not can_move(a, b)


def test_nothing_follows_a_withdrawal() -> None:
    assert not any(can_move(State.WITHDRAWN, state) for state in State)


def test_every_contribution_can_be_withdrawn_and_none_moves_to_itself() -> None:
    for state in State:
        assert can_move(state, State.WITHDRAWN) is (state is not State.WITHDRAWN)
        assert not can_move(state, state)


def test_states_are_those_of_the_table() -> None:
    models = pytest.importorskip("stamtafel.dossier.models.contribution")
    assert set(State) == set(models.State.values)


def test_a_table_with_a_missing_state_is_refused() -> None:
    with pytest.raises(LifecycleError, match="not in the table: hidden"):
        check_graph({state: targets for state, targets in TRANSITIONS.items() if state is not State.HIDDEN})


def test_a_table_with_an_unreachable_state_is_refused() -> None:
    with pytest.raises(LifecycleError, match="unreachable: merged"):
        check_graph({state: targets - {State.MERGED} for state, targets in TRANSITIONS.items()})


def test_a_table_with_a_dead_state_is_refused() -> None:
    with pytest.raises(LifecycleError, match="without an end: hidden"):
        check_graph({**TRANSITIONS, State.HIDDEN: frozenset()})


def test_the_line_of_an_ordinary_life() -> None:
    line = steps_for_line([("received", DAY), ("read", DAY + timedelta(1)), ("replied", DAY + timedelta(2))])
    assert [(step.key.value, step.date, step.current) for step in line] == [
        ("received", DAY, False),
        ("read", DAY + timedelta(1), False),
        ("in_conversation", DAY + timedelta(2), True),
        ("answered", None, False),
        ("done", None, False),
    ]


def test_a_skipped_point_has_no_date() -> None:
    line = steps_for_line([("received", DAY), ("answered", DAY)])
    assert [step.date for step in line] == [DAY, None, None, DAY, None]
    assert [step.current for step in line] == [False, False, False, True, False]


def test_a_point_keeps_its_first_date_and_a_reopened_conversation_is_current() -> None:
    events = [("received", 0), ("in_conversation", 1), ("answered", 2), ("in_conversation", 3)]
    line = steps_for_line((name, DAY + timedelta(days)) for name, days in reversed(events))
    assert line[2].date == DAY + timedelta(1)
    assert [step.key for step in line if step.current] == [State.IN_CONVERSATION]


@pytest.mark.parametrize("ending", ["withdrawn", "merged", "done"])
def test_each_ending_is_what_was_done_with_it(ending: str) -> None:
    line = steps_for_line([("received", DAY), (ending, DAY + timedelta(5))])
    assert (line[-1].date, line[-1].current) == (DAY + timedelta(5), True)


def test_what_is_not_on_the_line_changes_nothing() -> None:
    events = [("received", DAY)]
    beside = [(name, DAY + timedelta(1)) for name in ("hidden", "shown", "corrected", "added", "moved")]
    assert steps_for_line(events + beside) == steps_for_line(events)


def test_before_the_first_event_nothing_is_current() -> None:
    nothing: list[tuple[str, date]] = []
    assert [(step.date, step.current) for step in steps_for_line(nothing)] == [(None, False)] * 5


def test_moments_work_as_days_do() -> None:
    moment = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert steps_for_line([("received", moment)])[0].date == moment


NAMES = st.sampled_from([*State, "replied", "added", "shown"])


@given(st.lists(st.tuples(NAMES, st.integers(0, 9).map(lambda days: DAY + timedelta(days)))))
def test_the_line_always_has_five_points_and_at_most_one_current(events: list[tuple[str, date]]) -> None:
    line = steps_for_line(events)
    assert tuple(step.key for step in line) == LINE
    current = [step for step in line if step.current]
    assert len(current) == any(step.date for step in line)
    assert all(step.date for step in current)
    assert steps_for_line(reversed(events)) == line


@given(st.lists(st.sampled_from(list(State)), min_size=1, max_size=20))
def test_whoever_walks_the_table_can_still_reach_an_end(path: list[State]) -> None:
    here = State.RECEIVED
    for wish in path:
        here = wish if can_move(here, wish) else here
    one_or_two = [(here,), *((here, next_) for next_ in State if can_move(here, next_))]
    assert any(end in ENDS for walked in one_or_two for end in walked)


def test_the_table_names_states_only() -> None:
    for state, target in product(State, State):
        assert (target in TRANSITIONS[state]) is can_move(state.value, target.value)


def test_parting_takes_a_merge_back_and_a_later_merge_counts_again() -> None:
    events = [("received", DAY), ("merged", DAY + timedelta(1)), ("parted", DAY + timedelta(2))]
    assert steps_for_line(events) == steps_for_line(events[:1])
    again = steps_for_line([*events, ("merged", DAY + timedelta(3))])
    assert again[-1].date == DAY + timedelta(3)
