"""The last part of the address of a subject or a decision."""

from collections.abc import Collection
from typing import Final

RESERVED: Final = frozenset({"nieuw", "new"})  # the desk has its empty forms at these


def free_slug(wanted: str, taken: Collection[str]) -> str:
    """``wanted``, or with the first number from 2 that makes it one that nobody has."""
    used = RESERVED | set(taken)
    return next(slug for n in range(1, len(used) + 2) if (slug := wanted if n == 1 else f"{wanted}-{n}") not in used)
