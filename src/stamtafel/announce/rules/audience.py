"""Who wants to hear of what, and when a digest is due. No clock: moments are arguments."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

DIGEST_TIME: Final = time(8, 0)
MONDAY: Final = 0


@dataclass(frozen=True)
class Wish:
    """What a subscriber chose; both empty = everything."""

    topics: frozenset[int] = frozenset()
    areas: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Reach:
    """What an announcement is about; ``areas`` empty = the whole municipality."""

    topics: frozenset[int] = frozenset()
    areas: frozenset[int] = frozenset()


def wants(wish: Wish, reach: Reach) -> bool:
    """Whether somebody with this wish is told.

    Topics and areas are added, not crossed: who chose a topic and a street misses neither.
    What is for the whole municipality is for every neighbourhood.
    """
    if not wish.topics and not wish.areas:
        return True
    if wish.topics & reach.topics:
        return True
    return bool(wish.areas) and (not reach.areas or bool(wish.areas & reach.areas))


def widened(areas: AbstractSet[int], parents: Mapping[int, int | None]) -> frozenset[int]:
    """The areas, all that contain them, and all within them (``parents``: every area → the one around it).

    A notice for a district is for its neighbourhoods; who follows the district hears of its neighbourhoods.
    """
    above = set(areas)
    for area in areas:
        around = parents.get(area)
        while around is not None and around not in above:
            above.add(around)
            around = parents.get(around)
    within = set(areas)
    while more := {area for area, around in parents.items() if around in within} - within:
        within |= more
    return frozenset(above | within)


def _at_eight(day: datetime, zone: ZoneInfo) -> datetime:
    return datetime.combine(day.date(), DIGEST_TIME, tzinfo=zone).astimezone(UTC)


def last_daily(now: datetime, zone: ZoneInfo) -> datetime:
    """The latest 08:00 on the clock of ``zone`` that is not after ``now``, whatever the clock change."""
    local = now.astimezone(zone)
    today = _at_eight(local, zone)
    return today if today <= now else _at_eight(local - timedelta(days=1), zone)


def last_weekly(now: datetime, zone: ZoneInfo) -> datetime:
    """The latest Monday 08:00 on the clock of ``zone`` that is not after ``now``."""
    local = now.astimezone(zone)
    monday = local - timedelta(days=(local.weekday() - MONDAY) % 7)
    this_week = _at_eight(monday, zone)
    return this_week if this_week <= now else _at_eight(monday - timedelta(days=7), zone)
