"""The life of a contribution: received → read → in conversation → answered → done.

Beside that line it can be withdrawn by its writer, hidden by a moderator, or merged with an
equal one. Transitions are data; a table that cannot work fails when this module is loaded.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, Generic, TypeVar


class State(StrEnum):
    """Where a contribution is in its life."""

    RECEIVED = "received"
    READ = "read"
    IN_CONVERSATION = "in_conversation"
    ANSWERED = "answered"
    DONE = "done"
    WITHDRAWN = "withdrawn"
    HIDDEN = "hidden"
    MERGED = "merged"


START: Final = State.RECEIVED
ENDS: Final = frozenset({State.DONE, State.WITHDRAWN, State.MERGED})
LINE: Final = (State.RECEIVED, State.READ, State.IN_CONVERSATION, State.ANSWERED, State.DONE)

_ASIDE = frozenset({State.WITHDRAWN, State.HIDDEN, State.MERGED})
TRANSITIONS: Final[Mapping[State, frozenset[State]]] = {
    # Talking about it or answering it is reading it.
    State.RECEIVED: _ASIDE | {State.READ, State.IN_CONVERSATION, State.ANSWERED},
    State.READ: _ASIDE | {State.IN_CONVERSATION, State.ANSWERED},
    State.IN_CONVERSATION: _ASIDE | {State.ANSWERED},
    # An answer need not be the last word, and neither need what was done.
    State.ANSWERED: _ASIDE | {State.IN_CONVERSATION, State.DONE},
    State.DONE: _ASIDE | {State.IN_CONVERSATION, State.ANSWERED},
    # Shown again, or merged by mistake: back to where it was on the line.
    State.HIDDEN: frozenset({*LINE, State.WITHDRAWN}),
    State.MERGED: frozenset({*LINE, State.WITHDRAWN, State.HIDDEN}),
    State.WITHDRAWN: frozenset(),
}


class LifecycleError(ValueError):
    """The table of transitions cannot work."""


def check_graph(
    transitions: Mapping[State, frozenset[State]], *, start: State = START, ends: frozenset[State] = ENDS
) -> None:
    """Raise LifecycleError where a state is missing, cannot be reached, or leads to no end."""
    missing = set(State) - transitions.keys()
    unreachable = set(State) - _reached(transitions, {start})
    backwards = {
        state: frozenset(origin for origin, targets in transitions.items() if state in targets) for state in State
    }
    dead = set(State) - _reached(backwards, set(ends))
    for problem, states in (
        ("not in the table", missing),
        ("unreachable", unreachable),
        ("without an end", dead),
    ):
        if states:
            raise LifecycleError(f"{problem}: {', '.join(sorted(states))}")


def _reached(transitions: Mapping[State, frozenset[State]], seen: set[State]) -> set[State]:
    todo = list(seen)
    while todo:
        new = transitions.get(todo.pop(), frozenset()) - seen
        seen |= new
        todo += new
    return seen


check_graph(TRANSITIONS)


def can_move(a: str, b: str) -> bool:
    """Whether a contribution in state ``a`` may come into state ``b``; False for unknown states."""
    return a in TRANSITIONS and b in TRANSITIONS[State(a)]


Day = TypeVar("Day", bound=date)

# Which point of the line an event lights. Being withdrawn or merged is what was done with it.
_POINTS: Final[Mapping[str, State]] = {
    **{state.value: state for state in LINE},
    "replied": State.IN_CONVERSATION,
    State.WITHDRAWN.value: State.DONE,
    State.MERGED.value: State.DONE,
}
_PARTED: Final = "parted"  # takes back that it was merged


@dataclass(frozen=True, slots=True)
class LineStep(Generic[Day]):
    """One of the five points: ``date`` is when it was first reached, None if it was not."""

    key: State
    date: Day | None
    current: bool


def steps_for_line(events: Iterable[tuple[str, Day]]) -> list[LineStep[Day]]:
    """The line "Ontvangen · Gelezen · In gesprek · Antwoord · Wat ermee gebeurde".

    ``events`` are (state or kind of step, moment) in any order; what is not on the line, such
    as being hidden or corrected, changes nothing; being parted undoes a merge. Current is the point of
    the last event, of events at one moment the furthest; before the first event there is none.
    """
    first: dict[State, Day] = {}
    last: tuple[Day, int] | None = None
    found = list(events)
    parted = max((moment for name, moment in found if name == _PARTED), default=None)
    for name, moment in found:
        point = _POINTS.get(name)
        undone = name == State.MERGED and parted is not None and moment <= parted
        if point is None or undone:
            continue
        first[point] = min(moment, first.get(point, moment))
        here = (moment, LINE.index(point))
        last = here if last is None else max(last, here)
    current = LINE[last[1]] if last else None
    return [LineStep(point, first.get(point), current=point is current) for point in LINE]
