"""The calendar of what is told: its days, what comes twice, and when people look. Pure: today is an argument."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Final

from stamtafel.dossier.rules.similarity import signature, similarity

WEEK: Final = 7
NEAR: Final = timedelta(days=7)
FEWEST_POSTS: Final = 30  # below it a best time is chance
FEWEST_IN_SLOT: Final = 5
CLEARLY_MORE: Final = 1.2
ALIKE: Final = 0.8  # of the pieces of two texts are the same
PARTS: Final = ((6, "morning"), (12, "afternoon"), (18, "evening"))  # from which hour; before the first: night


def week_of(day: date) -> list[date]:
    """Monday to Sunday."""
    monday = day - timedelta(days=day.weekday())
    return [monday + timedelta(days=number) for number in range(WEEK)]


def month_of(day: date) -> list[list[date]]:
    """The weeks that a month touches, whole, Mondays first."""
    first = day.replace(day=1)
    weeks = [week_of(first)]
    while (following := weeks[-1][-1] + timedelta(days=1)).month == day.month:
        weeks.append(week_of(following))
    return weeks


def months_on(day: date, by: int) -> date:
    """The first day of the month ``by`` months further."""
    months = day.year * 12 + day.month - 1 + by
    return date(months // 12, months % 12 + 1, 1)


def holidays_between(first: date, last: date, *, language: str) -> dict[date, str]:
    """Dutch holidays by day, as the ``holidays`` library knows them, in Dutch or English."""
    import holidays  # noqa: PLC0415 - heavy, and only for this page

    years = range(first.year, last.year + 1)
    known = holidays.country_holidays("NL", years=years, language="nl" if language == "nl" else "en_US")
    return {day: name for day, name in sorted(known.items()) if first <= day <= last}


@dataclass(frozen=True, slots=True)
class Item:
    """One announcement as far as it may be double."""

    pk: int
    at: datetime
    topics: frozenset[int]
    text: str


def doubles(items: Sequence[Item]) -> dict[int, list[tuple[int, str]]]:
    """Announcement → those within a week with the same text ("text"), else about the same ("topic"). Only a hint."""
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    ordered = sorted(items, key=lambda item: (item.at, item.pk))
    marks = {item.pk: signature(item.text) for item in ordered}
    for place, one in enumerate(ordered):
        for other in ordered[place + 1 :]:
            if other.at - one.at > NEAR:
                break
            alike = similarity(marks[one.pk], marks[other.pk]) >= ALIKE
            why = "text" if alike else "topic" if one.topics & other.topics else ""
            if why:
                found[one.pk].append((other.pk, why))
                found[other.pk].append((one.pk, why))
    return dict(found)


@dataclass(frozen=True, slots=True)
class Seen:
    """How often one post was seen, on the clock of the municipality."""

    account: int
    at: datetime
    value: int


@dataclass(frozen=True, slots=True)
class BestTime:
    """What our own figures say. ``weekday`` is None while there are too few posts, or where no moment stands out."""

    posts: int
    needed: int
    weekday: int | None = None
    part: str = ""
    posts_then: int = 0
    times: float = 1.0

    @property
    def enough(self) -> bool:
        """Whether there are figures enough to say anything."""
        return self.posts >= self.needed


def part_of(hour: int) -> str:
    """Morning, afternoon, evening or night."""
    return next((name for begins, name in reversed(PARTS) if hour >= begins), "night")


def best_time(seen: Iterable[Seen]) -> BestTime:
    """The weekday and part of the day on which posts were seen most, against what is normal for their account.

    Each post counts as its figure divided by the median of its account, so that a large account says no more than a
    small one. A moment counts from 5 posts on, and only when its median is a fifth above normal.
    """
    posts = list(seen)
    normal = _normal(posts)
    usable = [post for post in posts if normal[post.account] > 0]
    if len(usable) < FEWEST_POSTS:
        return BestTime(len(usable), FEWEST_POSTS)
    slots: dict[tuple[int, str], list[float]] = defaultdict(list)
    for post in usable:
        slots[post.at.weekday(), part_of(post.at.hour)].append(post.value / normal[post.account])
    judged = {slot: median(values) for slot, values in slots.items() if len(values) >= FEWEST_IN_SLOT}
    if not judged or max(judged.values()) < CLEARLY_MORE:
        return BestTime(len(usable), FEWEST_POSTS)
    weekday, part = max(judged, key=lambda slot: (judged[slot], -slot[0]))
    times = judged[weekday, part]
    return BestTime(len(usable), FEWEST_POSTS, weekday, part, len(slots[weekday, part]), times)


def _normal(posts: Sequence[Seen]) -> Mapping[int, float]:
    by_account: dict[int, list[int]] = defaultdict(list)
    for post in posts:
        by_account[post.account].append(post.value)
    return {account: median(values) for account, values in by_account.items()}
