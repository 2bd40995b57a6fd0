"""What may happen to a due row, and when it is tried again. Pure: clock and chance are arguments."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

FIRST_WAIT: Final = timedelta(seconds=30)
LONGEST_WAIT: Final = timedelta(hours=6)
JITTER: Final = 0.25  # a quarter less or more, so that rows that failed together do not come back together
MOST_ATTEMPTS: Final = 14  # about two days with the waits above


class State(StrEnum):
    """Where a due row stands; the same words as ``models.DueState``."""

    WAITING = "waiting"
    SENDING = "sending"
    DONE = "done"
    FAILED = "failed"
    UNSURE = "unsure"
    HELD = "held"
    CANCELLED = "cancelled"


S = State
TRANSITIONS: Final[dict[State, frozenset[State]]] = {
    S.WAITING: frozenset({S.SENDING, S.HELD, S.CANCELLED, S.DONE}),  # done: a result that came after the lease
    S.SENDING: frozenset({S.DONE, S.WAITING, S.FAILED, S.UNSURE}),
    S.HELD: frozenset({S.WAITING, S.CANCELLED}),
    S.FAILED: frozenset({S.WAITING, S.CANCELLED, S.DONE}),  # only by a person
    S.UNSURE: frozenset({S.WAITING, S.CANCELLED, S.DONE}),  # by a person, or found on the network
    S.DONE: frozenset({S.FAILED}),  # a mail server gave back what it had taken
    S.CANCELLED: frozenset(),
}


class NotAllowed(ValueError):
    """A row may not go from its state to that one."""


def may(before: State, after: State) -> bool:
    """Whether a row may go from one state to the other."""
    return after in TRANSITIONS[before]


def wait(attempts: int, chance: float) -> timedelta:
    """How long to wait after so many attempts (1 or more): doubled each time, never over the longest.

    ``chance`` (0 ≤ chance < 1) moves it by up to a quarter either way.
    """
    times: int = 2 ** min(max(attempts, 1) - 1, 20)
    return min(FIRST_WAIT * times, LONGEST_WAIT) * (1 - JITTER + 2 * JITTER * chance)


def next_try(*, now: datetime, attempts: int, chance: float, retry_after: timedelta | None = None) -> datetime | None:
    """When to try again, or None when it was tried often enough. The network's own wish comes first."""
    if attempts >= MOST_ATTEMPTS:
        return None
    return now + max(wait(attempts, chance), retry_after or timedelta(0))


def after_lost_lease(*, repeatable: bool) -> State:
    """What becomes of a row whose lease ran out: whoever had it is gone and left no result.

    Only where the same thing may be published again without harm does it go back in the queue.
    """
    return State.WAITING if repeatable else State.UNSURE
