"""Cells of foreign exports as values: plain text, dates, counts, degrees."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from math import isfinite
from typing import Final
from zoneinfo import ZoneInfo

DUTCH_TIME: Final = ZoneInfo("Europe/Amsterdam")

LONGEST_MAIL_ADDRESS: Final = 254

_EARLIEST_YEAR, _LATEST_YEAR = 1990, 2100
_MOST_SUPPORT: Final = 2_000_000_000

# C0 and C1 controls, half characters, and signs that turn the direction of what follows.
_UNSEEN: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff]")
_TAGS: Final = "p|br|div|span|ul|ol|li|a|b|i|u|s|em|strong|h[1-6]|img|blockquote|figure|table|tbody|tr|td|th|hr"
_TAG: Final = re.compile(rf"</?(?:{_TAGS})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_LINE_END: Final = re.compile(r"<br\s*/?>|</(?:p|div|li|h[1-6]|tr|blockquote)>", re.IGNORECASE)
_HOST_PART: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_MAIL_ADDRESS: Final = re.compile(
    rf"[a-z0-9!#$%&'*+/=?^_`{{|}}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{{|}}~-]+)*@(?:{_HOST_PART}\.)+{_HOST_PART}"
)
_BLANK_LINES: Final = re.compile(r"\n[ \t]*(?:\n[ \t]*)+\n")

_MONTHS: Final = {
    name: number
    for names in (
        "januari februari maart april mei juni juli augustus september oktober november december",
        "january february march april may june july august september october november december",
    )
    for number, name in enumerate(names.split(), start=1)
}
_DAY_MONTH: Final = re.compile(r"(\d{1,2}) ([a-z]+),? (\d{4})(?:,? (\d{1,2}):(\d{2}))?")
_MONTH_DAY: Final = re.compile(r"([a-z]+) (\d{1,2}),? (\d{4})(?:,? (\d{1,2}):(\d{2}) ?([ap])m)?")
_PATTERNS: Final = (
    "%d-%m-%Y", "%d-%m-%Y %H:%M", "%d-%m-%Y %H:%M:%S", "%d/%m/%Y", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S",
    "%d.%m.%Y", "%Y",
)  # fmt: skip


def plain_text(cell: str) -> str:
    """Return the text of a cell: HTML taken off, control signs out, no more than one blank line."""
    text = cell.replace("\r\n", "\n").replace("\r", "\n")
    if _TAG.search(text):
        text = html.unescape(_TAG.sub("", _LINE_END.sub("\n", text)))
    text = unicodedata.normalize("NFC", _UNSEEN.sub("", text.replace("\xa0", " ")))
    return _BLANK_LINES.sub("\n\n", text).strip()


def one_line(cell: str, longest: int) -> str:
    """Return the text of a cell on one line, cut at `longest` signs."""
    return " ".join(plain_text(cell).split())[:longest]


def mail_address(cell: str) -> str:
    """Return the address in small letters when it is one that mail can go to, else nothing."""
    address = cell.strip().lower()
    return address if len(address) <= LONGEST_MAIL_ADDRESS and _MAIL_ADDRESS.fullmatch(address) else ""


def web_address(cell: str) -> str:
    """Return the address when it is one that a browser may safely open, else nothing."""
    address = cell.strip()
    safe = re.fullmatch(r"https?://[^\s<>\"']{1,490}", address, re.IGNORECASE)
    return address if safe and address.isprintable() else ""


def moment(cell: str, patterns: Sequence[str] = ()) -> datetime | None:
    """Return the aware time of a cell; None for an empty one. A bare year is its first moment.

    `patterns` (strptime) go before ISO 8601, day-month-year and months in words (nl, en).
    Raises ValueError for what is no date between 1990 and 2100.
    """
    text = " ".join(cell.split())
    if not text:
        return None
    found = _by_pattern(text, patterns) or _iso(text) or _in_words(text) or _by_pattern(text, _PATTERNS)
    if found is None or not _EARLIEST_YEAR <= found.year <= _LATEST_YEAR:
        raise ValueError("Not a date")
    return found if found.tzinfo else found.replace(tzinfo=DUTCH_TIME)


def _by_pattern(text: str, patterns: Sequence[str]) -> datetime | None:
    for pattern in patterns:
        try:
            return datetime.strptime(text, pattern)  # noqa: DTZ007 - the zone comes in `moment`
        except ValueError:
            continue
    return None


def _iso(text: str) -> datetime | None:
    # Ruby writes "2024-05-01 12:00:00 UTC" and "… +0200".
    compact = re.sub(r" UTC$", "Z", text)
    compact = re.sub(r" ([+-]\d{2}:?\d{2})$", r"\1", compact)
    try:
        return datetime.fromisoformat(compact)
    except ValueError:
        return None


def _in_words(text: str) -> datetime | None:
    lowered = text.lower()
    if found := _DAY_MONTH.fullmatch(lowered):
        day, month, year, hour, minute = found.groups()
        half = ""
    elif found := _MONTH_DAY.fullmatch(lowered):
        month, day, year, hour, minute, half = found.groups()
    else:
        return None
    hours = int(hour or 0)
    if half:
        hours = hours % 12 + (12 if half == "p" else 0)
    return datetime(  # noqa: DTZ001 - the zone comes in `moment`
        int(year), _MONTHS.get(month, 0), int(day), hours, int(minute or 0)
    )


def count(cell: str) -> int | None:
    """Return a whole number of zero or more; None for an empty cell. Raises ValueError."""
    text = cell.strip()
    if not text:
        return None
    found = re.fullmatch(r"([0-9]{1,12})(?:[.,]0+)?", text)
    if found is None or int(found[1]) > _MOST_SUPPORT:
        raise ValueError("Not a count")
    return int(found[1])


def degrees(cell: str, most: float) -> float | None:
    """Return degrees between `-most` and `most`; None for an empty cell. Raises ValueError."""
    text = cell.strip().replace(",", ".")
    if not text:
        return None
    value = float(text)
    if not isfinite(value) or abs(value) > most:
        raise ValueError("Not a coordinate")
    return value
