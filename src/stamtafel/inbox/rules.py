"""Response times in working days, moments to come back, and canned replies. Pure."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

SATURDAY: Final = 5
DEFAULT_WORKING_DAYS: Final = 5
OPENING_TIME: Final = time(9, 0)
CLOSING_TIME: Final = time(17, 0)
LONGEST_SNOOZE: Final = timedelta(days=366)  # a year, also a leap year
LONGEST_SUBJECT: Final = 80
LONGEST_EXCERPT: Final = 240
VARIABLE: Final = re.compile(r"\{([a-z_]{1,30})\}")
PLACEHOLDERS: Final = ("naam", "onderwerp", "datum", "volglink")
BRACES: Final = re.compile(r"\{[^{}\n]*\}")
DAY_FORMS: Final = (
    re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})"),
    re.compile(r"(?P<day>[0-9]{1,2})-(?P<month>[0-9]{1,2})-(?P<year>[0-9]{4})"),
)

Holiday = Callable[[date], bool]


def is_working_day(day: date, holiday: Holiday) -> bool:
    """Monday to Friday, but no holiday."""
    return day.weekday() < SATURDAY and not holiday(day)


def answer_due(received: datetime, working_days: int, holiday: Holiday) -> datetime:
    """Closing time of the n-th working day after the day of receipt, in the time zone of ``received``.

    What comes in on a Friday evening with one working day is due on Monday at 17:00.
    """
    day = received.date()
    left = working_days
    while left > 0:
        day += timedelta(days=1)
        left -= is_working_day(day, holiday)
    return datetime.combine(day, CLOSING_TIME, tzinfo=received.tzinfo)


def working_days_between(start: date, end: date, holiday: Holiday) -> int:
    """How many working days lie after ``start`` up to and with ``end``; negative when ``end`` is earlier."""
    if end < start:
        return -working_days_between(end, start, holiday)
    return sum(is_working_day(start + timedelta(days=n), holiday) for n in range(1, (end - start).days + 1))


@dataclass(frozen=True, slots=True)
class Clock:
    """How long until an answer is due: whole working days left, or late by."""

    days: int
    late: bool


def clock(due: datetime, now: datetime, holiday: Holiday) -> Clock:
    """Working days between now and ``due``; both in the municipality's own time zone. 0 days = today."""
    if now > due:
        return Clock(working_days_between(due.date(), now.date(), holiday), late=True)
    return Clock(working_days_between(now.date(), due.date(), holiday), late=False)


def snooze_moments(now: datetime, holiday: Holiday) -> dict[str, datetime]:
    """Moments to put something away until, at opening time: the next working day, after the weekend, in two weeks."""
    day = now.date()
    monday = day + timedelta(days=7 - day.weekday())
    wanted = {"tomorrow": day + timedelta(days=1), "monday": monday, "two_weeks": day + timedelta(days=14)}
    return {name: _opening(when, now, holiday) for name, when in wanted.items()}


def _opening(day: date, now: datetime, holiday: Holiday) -> datetime:
    """Opening time of the first working day from ``day`` on."""
    while not is_working_day(day, holiday):
        day += timedelta(days=1)
    return datetime.combine(day, OPENING_TIME, tzinfo=now.tzinfo)


def typed_day(typed: str) -> date | None:
    """The day that somebody typed as 2026-12-31 or 31-12-2026; None for anything else, also for 31-02-2027."""
    for form in DAY_FORMS:
        found = form.fullmatch(typed.strip())
        if found:
            with suppress(ValueError):
                return date(int(found["year"]), int(found["month"]), int(found["day"]))
    return None


def fill(text: str, values: Mapping[str, str]) -> tuple[str, list[str]]:
    """Fill ``{naam}``-like variables; returns the text and the names that are not in ``values`` (left as they are).

    A variable that is known to be empty goes, with the space before it: "Dag {naam}," becomes "Dag,".
    """
    names = VARIABLE.findall(text)
    for name in names:
        if values.get(name) == "":
            text = re.sub(rf" ?\{{{name}\}}", "", text)
    filled = VARIABLE.sub(lambda match: values.get(match.group(1)) or match.group(0), text)
    return filled, list(dict.fromkeys(name for name in names if name not in values))


def unfilled(text: str) -> list[str]:
    """All that still stands between braces, with its braces, in its order: nobody means to send that."""
    return list(dict.fromkeys(BRACES.findall(text)))


def excerpt(text: str) -> str:
    """The beginning of what was said, on one line, as the list shows it."""
    return " ".join(text.split())[:LONGEST_EXCERPT]


def subject_of(subject: str, text: str, author: str) -> str:
    """What a talk on a network is called: its subject, else its first words, else who began it."""
    words = " ".join((subject or text).split()) or author
    return words if len(words) <= LONGEST_SUBJECT else words[: LONGEST_SUBJECT - 1].rstrip() + "…"
