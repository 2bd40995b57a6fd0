"""Buckets of tokens, in a clock that the test holds."""

from datetime import timedelta
from typing import Any

import pytest

from stamtafel.people import flood
from stamtafel.people.flood import Limit, TooMany, allow, prefixes
from tests.builders import NOW

LIMIT = Limit(burst=3, per_seconds=60)


@pytest.fixture(autouse=True)
def _empty() -> None:
    flood.forget()


def granted(address: str, *, times: int, after: float = 0, what: str = "x") -> int:
    count = 0
    for _ in range(times):
        try:
            allow(what, address, LIMIT, now=NOW + timedelta(seconds=after))
        except TooMany:
            continue
        count += 1
    return count


def test_a_burst_and_then_slowly_again() -> None:
    assert granted("192.0.2.1", times=5) == 3
    assert granted("192.0.2.1", times=5, after=19) == 0
    assert granted("192.0.2.1", times=5, after=40) == 2
    assert granted("192.0.2.1", times=9, after=4000) == 3


def test_it_says_how_long_to_wait() -> None:
    granted("192.0.2.1", times=3)
    with pytest.raises(TooMany) as refused:
        allow("x", "192.0.2.1", LIMIT, now=NOW)
    assert refused.value.retry_after_seconds == 20
    assert "20 seconden" in str(refused.value)
    slow = Limit(burst=1, per_seconds=3600)
    allow("slow", "192.0.2.1", slow, now=NOW)
    with pytest.raises(TooMany, match="60 minuten"):
        allow("slow", "192.0.2.1", slow, now=NOW)


def test_others_and_other_things_have_their_own() -> None:
    assert (
        granted("192.0.2.1", times=3) == granted("192.0.2.2", times=3) == granted("192.0.2.1", times=3, what="y") == 3
    )


@pytest.mark.parametrize(("one", "other", "same"), [
    ("192.0.2.1", "192.0.2.2", False),
    ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
    ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
    ("::ffff:192.0.2.1", "192.0.2.1", True),
    ("fe80::1%eth0", "fe80::2", True),
    ("", "geen adres", True),
    ("192.0.2.1:4711", "192.0.2.1", True),
    ("[2001:db8:1:2::1]:443", "2001:db8:1:2::5", True),
])  # fmt: skip
def test_what_counts_as_one_connection(one: str, other: str, same: bool) -> None:
    assert (prefixes(one)[0] == prefixes(other)[0]) is same


def test_a_rented_network_counts_as_eight_households() -> None:
    """A /48 holds 65,536 networks of the size of a household: nobody gets to use them all."""
    got = 0
    for number in range(100):
        got += granted(f"2001:db8:1:{number:x}::1", times=3)
    assert got == 8 * 3
    assert granted("2001:db8:2:1::1", times=3) == 3


def test_memory_is_bounded_and_the_longest_unused_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flood, "MOST_BUCKETS", 10)
    granted("192.0.2.1", times=3)
    for n in range(9):
        granted(f"198.51.100.{n}", times=1)
    assert granted("192.0.2.1", times=1) == 0
    for n in range(10):
        granted(f"203.0.113.{n}", times=1)
    assert len(flood._buckets) == 10
    assert granted("192.0.2.1", times=1) == 1


def test_no_address_lies_in_memory() -> None:
    granted("192.0.2.1", times=1)
    assert "192.0.2.1" not in str(list(flood._buckets))


def test_a_clock_that_goes_back_gives_nothing_and_breaks_nothing() -> None:
    assert granted("192.0.2.1", times=2, after=100) == 2
    assert granted("192.0.2.1", times=3) == 1


def test_it_can_be_switched_off(settings: Any) -> None:
    settings.FLOOD_LIMITS = False
    assert granted("192.0.2.1", times=50) == 50
