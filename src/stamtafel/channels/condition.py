"""How an account is doing, from what is known of it. Pure: no Django, no clock."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

WARNED_AHEAD: Final = timedelta(days=14)
NEARLY: Final = 0.9  # of a quota or a ceiling: from here on it is said


class Condition(StrEnum):
    """One thing to know about an account; the desk has a sentence for each."""

    OFF = "off"
    HELD = "held"
    SIGN_IN = "sign_in"
    PROBLEM = "problem"
    EXPIRED = "expired"
    EXPIRES = "expires"
    MISSING = "missing"
    QUOTA = "quota"
    CEILING = "ceiling"
    UNKNOWN = "unknown"  # nobody looked yet
    GOOD = "good"


WRONG: Final = frozenset({Condition.SIGN_IN, Condition.PROBLEM, Condition.EXPIRED})
ATTENTION: Final = frozenset({
    Condition.HELD, Condition.EXPIRES, Condition.MISSING, Condition.QUOTA, Condition.CEILING, Condition.UNKNOWN,
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of one account."""

    enabled: bool = True
    held: bool = False
    problem: str = ""
    must_sign_in: bool = False
    checked: bool = True
    expires_at: datetime | None = None
    missing: tuple[str, ...] = field(default=())
    quota_used: int = 0
    quota_total: int | None = None
    spent: int = 0
    ceiling: int | None = None


def conditions(known: Known, now: datetime) -> list[Condition]:
    """Everything there is to say, the worst first; only GOOD when there is nothing."""
    if not known.enabled:
        return [Condition.OFF]
    ends = known.expires_at
    found = {
        Condition.SIGN_IN: bool(known.problem) and known.must_sign_in,
        Condition.PROBLEM: bool(known.problem) and not known.must_sign_in,
        Condition.EXPIRED: ends is not None and ends <= now,
        Condition.HELD: known.held,
        Condition.EXPIRES: ends is not None and now < ends <= now + WARNED_AHEAD,
        Condition.MISSING: bool(known.missing),
        Condition.QUOTA: _nearly(known.quota_used, known.quota_total),
        Condition.CEILING: _nearly(known.spent, known.ceiling),
        Condition.UNKNOWN: not known.checked and not known.problem,
    }
    return [condition for condition, holds in found.items() if holds] or [Condition.GOOD]


def tone(found: list[Condition]) -> str:
    """The meaning of the worst: wrong, attention, good or neutral."""
    if WRONG.intersection(found):
        return "wrong"
    if ATTENTION.intersection(found):
        return "attention"
    return "neutral" if Condition.OFF in found else "good"


def _nearly(used: int, total: int | None) -> bool:
    return total is not None and used >= total * NEARLY
