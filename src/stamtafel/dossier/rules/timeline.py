"""One timeline out of several sources, in whole weeks, so that a page never cuts a week's contributions in two.

Pure. Moments carry the time zone of the municipality: a week begins on Monday, 0.00 there (ISO 8601).
"""

import heapq
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final, Generic, NamedTuple, TypeVar, overload

T = TypeVar("T")
MOST_NAMED: Final = 3


class Event(NamedTuple):
    """Something that happened; ``what`` is left to the page."""

    at: datetime
    kind: str
    what: Any


class Lazily(Sequence[Event]):
    """Rows that become events when they are looked at: a page shows a few of the many that are read to be sure."""

    def __init__(self, rows: Sequence[Any], make: Callable[[Any], Event]) -> None:
        self.rows = rows
        self.make = make

    def __len__(self) -> int:
        """How many there are."""
        return len(self.rows)

    @overload
    def __getitem__(self, at: int) -> Event: ...
    @overload
    def __getitem__(self, at: slice) -> "Lazily": ...
    def __getitem__(self, at: int | slice) -> "Event | Lazily":
        """One event, or a stretch of them, still unmade."""
        return Lazily(self.rows[at], self.make) if isinstance(at, slice) else self.make(self.rows[at])


@dataclass(frozen=True, slots=True)
class Source(Generic[T]):
    """Events of one kind, the newest first; ``cut`` says that there are older ones that were not read."""

    events: Sequence[T]
    cut: bool


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of the timeline, the newest first; ``older`` is where the next begins (a Monday), or None."""

    events: tuple[Event, ...]
    older: datetime | None


def week_of(moment: datetime) -> datetime:
    """Monday, 0.00, of the week of this moment (in the moment's own time zone)."""
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=moment.weekday())


def _week(event: Event) -> int:
    """The number of its week, counted from the year 1 (which began on a Monday): quicker to compare than moments."""
    return (event.at.toordinal() - 1) // 7


def read(source: Iterable[Event], most: int) -> Source[Event]:
    """Take at most ``most`` events of a source that was asked for one more."""
    events = source if isinstance(source, Lazily) else tuple(source)
    return Source(events[:most], len(events) > most)


def merge(sources: Iterable[Source[Event]], *, fewest: int) -> Page:
    """Whole weeks, the newest first, until there are at least ``fewest`` events.

    A week that one source could not be read to the end of is left for the next page, unless it is the first: then
    it is shown as far as it was read.
    """
    given = list(sources)
    events = heapq.merge(*(source.events for source in given), key=lambda event: event.at, reverse=True)
    unread = [_week(source.events[-1]) for source in given if source.cut]
    border = max(unread, default=0)
    shown: list[Event] = []
    for week, group in groupby(events, key=_week):
        if shown and (len(shown) >= fewest or week <= border):
            return Page(tuple(shown), week_of(shown[-1].at))
        shown += group
    return Page(tuple(shown), week_of(shown[-1].at) if unread else None)


def fold(
    events: Sequence[Event], *, kind: str, weight: Callable[[Any], tuple[int, ...]], least: int
) -> tuple[Event, ...]:
    """Make one event of all events of this kind in a week, where there are at least ``least`` of them.

    It stands where the newest of them stood, its ``what`` is (how many, the heaviest ones); fewer stay as they are.
    """
    folded: list[Event] = []
    for _number, group in groupby(events, key=_week):
        week = list(group)
        same = [event for event in week if event.kind == kind]
        if len(same) < least:
            folded += week
            continue
        heaviest = sorted((event.what for event in same), key=weight, reverse=True)[:MOST_NAMED]
        one = Event(same[0].at, f"{kind}s", (len(same), tuple(heaviest)))
        folded += sorted(
            [one, *(event for event in week if event.kind != kind)], key=lambda event: event.at, reverse=True
        )
    return tuple(folded)
