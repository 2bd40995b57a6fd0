"""Response times in working days, and canned replies. Pure."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Final

SATURDAY: Final = 5
DEFAULT_WORKING_DAYS: Final = 5
CLOSING_TIME: Final = time(17, 0)
VARIABLE: Final = re.compile(r"\{([a-z_]{1,30})\}")

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


def fill(text: str, values: Mapping[str, str]) -> tuple[str, list[str]]:
    """Fill ``{naam}``-like variables; returns the text and the names that nothing was known for (left as they are)."""
    unknown = [name for name in VARIABLE.findall(text) if not values.get(name)]
    filled = VARIABLE.sub(lambda match: values.get(match.group(1)) or match.group(0), text)
    return filled, list(dict.fromkeys(unknown))
