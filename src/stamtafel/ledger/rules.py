"""The tree that proves that nothing was taken out of the log: RFC 9162 section 2 (as in RFC 6962), SHA-256.

Pure. Anybody can count it again from the open data, in any language. Hashes are 32 bytes, leaves
count from 0, and the root over the first n leaves never changes once it is published.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

EMPTY_ROOT: Final = hashlib.sha256(b"").digest()
HASH_LENGTH: Final = 32
LARGEST_EXACT: Final = 2**53 - 1
"""Beyond it, JSON numbers are not the same in every language (RFC 7493 section 2.2)."""


class NotCanonicalError(TypeError):
    """The value cannot be written as JSON that is the same everywhere."""


def canonical_json(value: Any) -> bytes:
    """Return the one way to write a value (RFC 8785): text, whole numbers, yes/no, None, lists, mappings.

    Raises NotCanonicalError for fractions (databases write them differently), numbers beyond
    2^53 - 1, keys that are no text, half characters and everything else.
    """
    try:
        return _written(value).encode()
    except (UnicodeEncodeError, RecursionError) as error:
        raise NotCanonicalError("Half a character, or nested too deeply.") from error


def _written(value: Any) -> str:
    if value is None or isinstance(value, bool | str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int) and abs(value) <= LARGEST_EXACT:
        return str(int(value))
    if isinstance(value, list | tuple):
        return f"[{','.join(map(_written, value))}]"
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        # RFC 8785 sorts by UTF-16, as JavaScript does.
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return f"{{{','.join(f'{_written(key)}:{_written(value[key])}' for key in keys)}}}"
    raise NotCanonicalError(f"This cannot stand in the log: {type(value).__name__}")


def leaf_hash(content: bytes) -> bytes:
    """Return the hash of an entry: SHA-256 over 0x00 and its bytes."""
    return hashlib.sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of two neighbours: SHA-256 over 0x01 and both."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Return the root over leaf hashes; EMPTY_ROOT for none."""
    return Frontier().extended(leaves).root()


@dataclass(frozen=True, slots=True)
class Frontier:
    """What is enough of a tree to go on appending: the roots of its full parts, the largest first.

    A tree of n leaves has as many as n has ones in binary, so 20 for a million.
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what cannot be a frontier. Raises ValueError."""
        if self.size < 0 or len(self.peaks) != self.size.bit_count():
            raise ValueError("The number of parts does not fit the size.")
        if any(len(peak) != HASH_LENGTH for peak in self.peaks):
            raise ValueError("A part is not a hash of 32 bytes.")

    @classmethod
    def from_hex(cls, size: int, peaks: Iterable[str]) -> Frontier:
        """Return a frontier as `as_hex` wrote it. Raises ValueError."""
        return cls(size, tuple(bytes.fromhex(peak) for peak in peaks))

    def as_hex(self) -> list[str]:
        """Return the parts for keeping in JSON."""
        return [peak.hex() for peak in self.peaks]

    def extended(self, leaves: Iterable[bytes]) -> Frontier:
        """Return the frontier after more leaf hashes."""
        size, peaks = self.size, list(self.peaks)
        for leaf in leaves:
            peaks.append(leaf)
            # Each trailing one of the size is a full part of the same size as the new one.
            full = size
            while full & 1:
                right = peaks.pop()
                peaks.append(node_hash(peaks.pop(), right))
                full >>= 1
            size += 1
        return Frontier(size, tuple(peaks))

    def root(self) -> bytes:
        """Return the root over all leaves so far."""
        if not self.peaks:
            return EMPTY_ROOT
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node_hash(peak, root)
        return root


class Tree:
    """All leaf hashes with every full part above them: any root or proof in O(log n)."""

    def __init__(self, leaves: Iterable[bytes]) -> None:
        self._levels = [list(leaves)]
        while len(self._levels[-1]) > 1:
            below = self._levels[-1]
            pairs = zip(below[::2], below[1::2], strict=False)
            self._levels.append([node_hash(left, right) for left, right in pairs])

    def __len__(self) -> int:
        """Return the number of leaves."""
        return len(self._levels[0])

    def root(self, size: int | None = None) -> bytes:
        """Return the root over the first `size` leaves (all of them). Raises ValueError."""
        return self._part(0, self._checked(size))

    def inclusion_proof(self, index: int, size: int | None = None) -> list[bytes]:
        """Return the proof that leaf `index` is in the tree of the first `size` leaves.

        RFC 9162 section 2.1.3.1, from the leaf up. Raises ValueError for a leaf beyond the tree.
        """
        end = self._checked(size)
        if not 0 <= index < end:
            raise ValueError("There is no such leaf in that tree.")
        proof: list[bytes] = []
        start = 0
        while end - start > 1:
            middle = start + _left_width(end - start)
            if index < middle:
                proof.append(self._part(middle, end))
                end = middle
            else:
                proof.append(self._part(start, middle))
                start = middle
        return proof[::-1]

    def consistency_proof(self, old: int, new: int | None = None) -> list[bytes]:
        """Return the proof that the tree of `new` leaves begins with that of `old` leaves.

        RFC 9162 section 2.1.4.1; empty from nothing and for equal sizes. Raises ValueError.
        """
        end = self._checked(new)
        if not 0 <= old <= end:
            raise ValueError("The older tree is the larger one.")
        if old in {0, end}:
            return []
        proof: list[bytes] = []
        start = 0
        while old != end:
            middle = start + _left_width(end - start)
            if old <= middle:
                proof.append(self._part(middle, end))
                end = middle
            else:
                proof.append(self._part(start, middle))
                start = middle
        # The old root itself is known, unless it became a part of something.
        return [*([self._part(start, end)] if start else []), *reversed(proof)]

    def _checked(self, size: int | None) -> int:
        if size is None:
            return len(self)
        if not 0 <= size <= len(self):
            raise ValueError("The tree does not have so many leaves.")
        return size

    def _part(self, start: int, end: int) -> bytes:
        """Return the root over leaves `start` to `end`, where `start` is where such a part can begin."""
        peaks = []
        while start < end:
            level = (end - start).bit_length() - 1
            peaks.append(self._levels[level][start >> level])
            start += 1 << level
        root = peaks.pop() if peaks else EMPTY_ROOT
        while peaks:
            root = node_hash(peaks.pop(), root)
        return root


def verify_inclusion(*, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Say whether the proof shows that the leaf hash stands at `index` under the root over `size` leaves.

    RFC 9162 section 2.1.3.2.
    """
    if not 0 <= index < size or not _are_hashes(leaf, root, *proof):
        return False
    place, last, computed = index, size - 1, leaf
    for part in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            computed = node_hash(part, computed)
            place, last = _up_to_a_right_one(place, last)
        else:
            computed = node_hash(computed, part)
        place, last = place >> 1, last >> 1
    return last == 0 and computed == root


def verify_consistency(
    *, old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Say whether the proof shows that nothing of the older tree was changed or taken out of the newer.

    RFC 9162 section 2.1.4.2; and everything begins with the empty tree.
    """
    if not 0 <= old_size <= new_size or not _are_hashes(old_root, new_root, *proof):
        return False
    if old_size == new_size:
        return not proof and old_root == new_root and (old_size > 0 or old_root == EMPTY_ROOT)
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT
    whole = old_size & (old_size - 1) == 0
    parts = iter([old_root, *proof] if whole else proof)
    first = next(parts, None)
    if first is None:
        return False
    return _joined(first, parts, old_size - 1, new_size - 1) == (old_root, new_root)


def _joined(first: bytes, parts: Iterator[bytes], place: int, last: int) -> tuple[bytes, bytes] | None:
    """Return the roots of both trees as the parts give them; None for parts too many or too few."""
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = first
    for part in parts:
        if last == 0:
            return None
        if place & 1 or place == last:
            old, new = node_hash(part, old), node_hash(part, new)
            place, last = _up_to_a_right_one(place, last)
        else:
            new = node_hash(new, part)
        place, last = place >> 1, last >> 1
    return (old, new) if last == 0 else None


def _up_to_a_right_one(place: int, last: int) -> tuple[int, int]:
    """Return the next place above that is a right child: a last leaf may hang several levels deep."""
    while place and not place & 1:
        place, last = place >> 1, last >> 1
    return place, last


def _left_width(size: int) -> int:
    """Return how many leaves lie left of the split: the largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def _are_hashes(*values: bytes) -> bool:
    return all(len(value) == HASH_LENGTH for value in values)
