"""The work of the log."""

from datetime import datetime

from stamtafel.ledger.actions import place


def place_entries(now: datetime) -> int:
    """Give waiting entries their place, one batch; returns how many."""
    return place(now=now)
