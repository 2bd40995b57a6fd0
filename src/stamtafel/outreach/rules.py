"""Sessions as a calendar file (iCalendar, RFC 5545). Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

LINE: Final = 75
"""Octets that a line may have (RFC 5545 section 3.1), without its end."""


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a calendar; moments carry a time zone, ``changed`` is when the entry was last written."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    title: str
    place: str
    description: str
    link: str
    changed: datetime
    cancelled: bool = False
    point: tuple[float, float] | None = None
    """Longitude and latitude."""


def calendar(events: Iterable[Event], *, name: str, product: str) -> str:
    """The calendar as text with CRLF ends, folded at 75 octets; moments in UTC."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{escape(product)}", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    lines.append(f"X-WR-CALNAME:{escape(name)}")
    for event in events:
        lines += _event(event)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in fold(line))


def _event(event: Event) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{escape(event.uid)}"
    yield f"DTSTAMP:{moment(event.changed)}"
    yield f"DTSTART:{moment(event.starts_at)}"
    yield f"DTEND:{moment(event.ends_at)}"
    yield f"SUMMARY:{escape(event.title)}"
    if event.place:
        yield f"LOCATION:{escape(event.place)}"
    if event.point is not None:
        yield f"GEO:{event.point[1]:.6f};{event.point[0]:.6f}"
    if event.description:
        yield f"DESCRIPTION:{escape(event.description)}"
    yield f"URL:{event.link}"
    yield f"STATUS:{'CANCELLED' if event.cancelled else 'CONFIRMED'}"
    yield "END:VEVENT"


def escape(text: str) -> str:
    """Text as a value (RFC 5545 section 3.3.11): backslash, semicolon, comma and newline; other controls go."""
    marked = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    marked = marked.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")
    return "".join(sign for sign in marked if sign >= " " and sign != "\x7f")


def moment(when: datetime) -> str:
    """A moment in UTC: 20261122T130500Z. Raises ValueError for one without a time zone."""
    if when.tzinfo is None:
        raise ValueError("A moment needs a time zone.")
    return when.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def fold(line: str) -> Iterator[str]:
    """The line in pieces of at most 75 octets, each after the first begun by a space; no character is cut."""
    piece, size = "", 0
    for sign in line:
        octets = len(sign.encode("utf-8", "replace"))
        if size + octets > LINE:
            yield piece
            piece, size = " ", 1
        piece += sign
        size += octets
    yield piece
