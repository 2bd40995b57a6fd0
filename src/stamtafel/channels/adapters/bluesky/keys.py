"""Names of records that follow from our own key, so that trying again can't make a second one. Pure.

A record key of a post is a TID (AT Protocol, "Timestamp Identifiers"): 53 bits of microseconds since 1970 and 10 bits
that tell clocks apart, in a base 32 that sorts. Ours has a true second, which stays the same over every attempt; the
microseconds and the last bits come from our key.
"""

import hashlib
import re
from datetime import UTC, datetime, timedelta
from typing import Final

LETTERS: Final = "234567abcdefghijklmnopqrstuvwxyz"
TID: Final = re.compile(r"[234567abcdefghij][234567a-z]{12}")
LENGTH: Final = 13
CLOCK_BITS: Final = 10
SECOND: Final = 1_000_000  # microseconds
ROOM: Final = 900_000  # the rest of a second is for the posts of a chain
BIRTH: Final = datetime(2023, 1, 1, tzinfo=UTC)  # of times that stand for a key alone
POSTS: Final = "app.bsky.feed.post"
LONGEST_CHAIN: Final = 100


def record_key(key: str, moment: datetime, place: int = 0) -> str:
    """The record key of post number ``place`` of our delivery ``key``, first tried at ``moment``."""
    spread = _digest(key)
    micros = int(moment.timestamp()) * SECOND + spread % ROOM + place
    return _letters(micros << CLOCK_BITS | spread >> 40 & 0x3FF)


def following(record: str, steps: int = 1) -> str:
    """The record key of the post that follows in a chain."""
    return _letters(_number(record) + (steps << CLOCK_BITS))


def in_chain(first: str, record: str) -> bool:
    """Whether a post follows the first of a chain that we made."""
    if not (TID.fullmatch(first) and TID.fullmatch(record)):
        return False
    steps, rest = divmod(_number(record) - _number(first), 1 << CLOCK_BITS)
    return rest == 0 and 0 < steps < LONGEST_CHAIN


def moment_of_key(key: str) -> datetime:
    """A moment that follows from the key alone, for who has no other that stays: it says nothing about time."""
    return BIRTH + timedelta(seconds=_digest(f"moment:{key}") % (365 * 86_400))


def moment_after(uri: str) -> datetime | None:
    """A second after the post at ``uri``, by its record key; None where that is no time."""
    record = record_of(uri)
    if not TID.fullmatch(record):
        return None
    return datetime.fromtimestamp((_number(record) >> CLOCK_BITS) // SECOND + 1, UTC)


def uri(did: str, record: str, collection: str = POSTS) -> str:
    """The address of a record in the network."""
    return f"at://{did}/{collection}/{record}"


def record_of(address: str) -> str:
    """The record key in an address."""
    return address.rpartition("/")[2]


def owner(address: str) -> str:
    """The DID in an address."""
    return address.removeprefix("at://").partition("/")[0]


def _digest(key: str) -> int:
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big")


def _letters(number: int) -> str:
    return "".join(LETTERS[number >> 5 * (LENGTH - 1 - place) & 31] for place in range(LENGTH))


def _number(record: str) -> int:
    found = 0
    for letter in record:
        found = found << 5 | LETTERS.index(letter)
    return found
