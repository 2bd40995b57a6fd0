"""Calendar files that every program reads."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamtafel.outreach.rules import Event, calendar, escape, fold, moment

AT = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
TEXT = st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=300)


def event(**fields: object) -> Event:
    whole = {
        "uid": "session-1@lindewaard.example", "starts_at": AT, "ends_at": AT + timedelta(hours=2), "title": "Koffie", "place": "Café",
        "description": "", "link": "https://lindewaard.example/vind-ons/", "changed": AT, **fields,
    }  # fmt: skip
    return Event(**whole)  # type: ignore[arg-type]


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


def test_one_event_is_complete() -> None:
    lines = unfolded(calendar([event(point=(5.35, 51.98))], name="Lindewaard", product="-//Stamtafel//NL"))
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    for wanted in ("VERSION:2.0", "UID:session-1@lindewaard.example", "DTSTART:20261125T090000Z", "DTEND:20261125T110000Z",
                   "DTSTAMP:20261125T090000Z", "SUMMARY:Koffie", "LOCATION:Café", "GEO:51.980000;5.350000", "STATUS:CONFIRMED"):  # fmt: skip
        assert wanted in lines


def test_what_is_cancelled_says_so() -> None:
    assert "STATUS:CANCELLED" in unfolded(calendar([event(cancelled=True)], name="x", product="y"))


def test_a_moment_is_told_in_utc() -> None:
    assert moment(datetime(2026, 7, 1, 19, 30, tzinfo=timezone(timedelta(hours=2)))) == "20260701T173000Z"
    with pytest.raises(ValueError, match="time zone"):
        moment(datetime(2026, 7, 1))


def test_signs_that_mean_something_are_escaped() -> None:
    assert escape("a, b; c\\d\r\ne\x07") == "a\\, b\\; c\\\\d\\ne"


@given(TEXT)
def test_no_text_can_begin_a_line_of_its_own(text: str) -> None:
    lines = unfolded(calendar([event(title=text, description=text, place=text)], name=text, product="p"))
    assert sum(line.startswith("BEGIN:") for line in lines) == 2
    assert not any(line.startswith("ATTENDEE") for line in lines)


@given(TEXT)
def test_lines_are_at_most_75_octets_and_come_back_whole(text: str) -> None:
    pieces = list(fold(text))
    assert all(len(piece.encode()) <= 75 for piece in pieces)
    assert pieces[0] + "".join(piece[1:] for piece in pieces[1:]) == text
