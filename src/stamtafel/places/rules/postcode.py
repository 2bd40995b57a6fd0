"""Dutch postcodes: four digits, and two letters for a street or a part of it."""

from __future__ import annotations

import re
from typing import Final

REASONS: Final = {
    "empty": "Fill in a postcode.",
    "format": "A postcode has four digits and two letters, such as 1234 AB. Four digits will do.",
}

# The letters SA, SD and SS are never given out.
_POSTCODE: Final = re.compile(r"([1-9][0-9]{3})(?:\s*((?!SA|SD|SS)[A-Z]{2}))?")
_LONGEST = 20


class PostcodeError(ValueError):
    """The text is not a Dutch postcode; `reason` is a key of REASONS."""

    def __init__(self, reason: str) -> None:
        super().__init__(REASONS[reason])
        self.reason = reason


def normalise_postcode(text: str) -> str:
    """Return the postcode as "3811 AB", or as "3811" where only the digits were given.

    Raises PostcodeError for anything else.
    """
    bare = text.strip()
    if not bare:
        raise PostcodeError("empty")
    # isascii first: upper() turns some foreign letters, such as ß, into two plain ones.
    found = _POSTCODE.fullmatch(bare.upper()) if bare.isascii() and len(bare) <= _LONGEST else None
    if found is None:
        raise PostcodeError("format")
    digits, letters = found.groups()
    return f"{digits} {letters}" if letters else digits
