"""Moments as they stand in an address: after which row a page begins."""

from datetime import UTC, datetime
from typing import Final

LONGEST: Final = 40


def moment_of(text: str) -> datetime | None:
    """A moment in UTC; None for anything that is not one with a time zone, or that no database can hold."""
    try:
        moment = datetime.fromisoformat(text[:LONGEST])
        return None if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
