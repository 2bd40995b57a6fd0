"""Figures on answering, counted from the rows. What is not known is None, never 0."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class OutcomeCounts:
    """What was done with contributions that got an answer with a decision."""

    used: int
    partly: int
    not_used: int

    @property
    def total(self) -> int:
        return self.used + self.partly + self.not_used


def in_period(day: date, *, start: date | None, until: date | None) -> bool:
    """Whether ``start <= day < until``: a day belongs to one period only. None is open-ended."""
    return (start is None or start <= day) and (until is None or day < until)


def answered_share(*, answered: int, total: int) -> float | None:
    """Share 0 to 1 that got an answer; None where there was nothing to answer.

    Raises ValueError for numbers that cannot be.
    """
    if not 0 <= answered <= total:
        raise ValueError(f"{answered} answered of {total}")
    return answered / total if total else None


def median_days(pairs: Iterable[tuple[date, date | None]]) -> int | None:
    """Middle of the whole days from (received, answered); None where nothing was answered.

    Both are calendar days where the municipality is: the same day is 0, the next is 1, at
    whatever hour. Without an answer (None) a pair does not count. Between two middle values
    the mean is taken, half a day rounded up: we do not look faster than we were.
    Raises ValueError for an answer before receipt; TypeError for a moment instead of a day.
    """
    days = sorted(_days(received, answered) for received, answered in pairs if answered is not None)
    if not days:
        return None
    return -(-(days[(len(days) - 1) // 2] + days[len(days) // 2]) // 2)


def count_outcomes(outcomes: Iterable[str]) -> OutcomeCounts:
    """Numbers of "used", "partly" and "not_used"; other outcomes do not count."""
    counted = Counter(outcomes)
    return OutcomeCounts(counted["used"], counted["partly"], counted["not_used"])


def _days(received: date, answered: date) -> int:
    if isinstance(received, datetime) or isinstance(answered, datetime):
        raise TypeError("Days are asked, not moments: only the caller knows the time zone")
    days = (answered - received).days
    if days < 0:
        raise ValueError(f"Answered on {answered}, before it was received on {received}")
    return days
