"""Near doubles: hints for whoever reads, never a verdict.

A text becomes its set of four-letter pieces. Of that set a fixed sample is kept (one
permutation hashing, Li, Owen & Zhang 2012): each piece falls in one of 128 boxes, a box keeps
the mark of its smallest piece. The share of equal boxes estimates how much the sets overlap
(Jaccard), give or take 0.04 for a text of 300 characters, and exactly 1 for equal texts.
"""

import heapq
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Generic, TypeVar

from stamtafel.dossier.rules.search import fold

_BOXES = 128
_PIECE = 4
_LONGEST = 20_000
_KEPT = 16_384
_HIGHEST = 1 << 64
_WORD = re.compile(r"\w+")
_HIGH_BITS = int.from_bytes(b"\x80" * _BOXES, "big")
_LOW_BITS = int.from_bytes(b"\x7f" * _BOXES, "big")

Id = TypeVar("Id")


@dataclass(frozen=True, slots=True)
class Near(Generic[Id]):
    """A text that looks like the one asked about: ``similarity`` 0 to 1."""

    id: Id
    similarity: float


def signature(text: str) -> str:
    """The sample of a text to store: 256 hexadecimal digits, "" for a text without words."""
    smallest: dict[int, int] = {}
    for box, number in map(_placed, _pieces(text)):
        if number < smallest.get(box, _HIGHEST):
            smallest[box] = number
    marks = bytes(1 + smallest[box] % 255 if box in smallest else 0 for box in range(_BOXES))
    return marks.hex() if smallest else ""


@lru_cache(maxsize=_KEPT)
def _placed(piece: str) -> tuple[int, int]:
    """Box and mark of a piece. Kept: one language has few pieces of four letters, and they come back in every text."""
    number = int.from_bytes(blake2b(piece.encode(), digest_size=8).digest(), "big")
    return number % _BOXES, number // _BOXES


def similarity(a: str, b: str) -> float:
    """Overlap of two signatures, 0 to 1; 0 where one is empty. Raises ValueError if one is broken."""
    return _overlap(_boxes(a), _boxes(b)) if a and b else 0.0


def nearest(
    text: str, candidates: Iterable[tuple[Id, str]], *, threshold: float = 0.6, limit: int = 5
) -> list[Near[Id]]:
    """The candidates (id, signature) most like ``text``, nearest first, at most ``limit``."""
    own = signature(text)
    if not own:
        return []
    boxes = _boxes(own)
    near = ((_overlap(boxes, _boxes(other)), id_) for id_, other in candidates if other)
    best = heapq.nlargest(limit, (found for found in near if found[0] >= threshold), key=lambda found: found[0])
    return [Near(id_, overlap) for overlap, id_ in best]


def _pieces(text: str) -> Iterator[str]:
    line = " ".join(filter(None, map(fold, _WORD.findall(text[:_LONGEST]))))
    if line:
        padded = f" {line} "
        yield from {padded[at : at + _PIECE] for at in range(max(1, len(padded) - _PIECE + 1))}


def _boxes(stored: str) -> int:
    if len(stored) != 2 * _BOXES:
        raise ValueError(f"A signature has {2 * _BOXES} digits, not {len(stored)}")
    return int(stored, 16)


def _overlap(a: int, b: int) -> float:
    """Equal boxes of the boxes that are filled in at least one, all 128 at once in two integers."""
    filled = _count_filled(a | b)
    return (filled - _count_filled(a ^ b)) / filled if filled else 0.0


def _count_filled(boxes: int) -> int:
    """Number of bytes that are not zero."""
    return (((boxes & _LOW_BITS) + _LOW_BITS | boxes) & _HIGH_BITS).bit_count()
