"""Spans of telephone numbers in a text."""

import re
from collections.abc import Iterator

from phonenumbers import (
    Leniency,
    NumberParseException,
    PhoneNumber,
    PhoneNumberMatcher,
    PhoneNumberType,
    is_valid_number,
    number_type,
    parse,
)

_REGION = "NL"

_DIGIT = re.compile(r"\d")
_FEWEST_DIGITS = 7

# Numbers that belong to nobody: 0800, 0900, 14 040.
_PUBLIC = frozenset(
    {
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
    }
)

# The matcher would read "01-02-2024 12" as a number in Rotterdam, opening hours as a mobile.
_NOT_PHONES = re.compile(
    r"(?<![0-9])(?:0?[1-9]|[12][0-9]|3[01])([-./ ])(?:0?[1-9]|1[0-2])\1(?:19|20)[0-9]{2}(?![0-9])"
    r"|(?<![0-9])(?:19|20)[0-9]{2}([-./])(?:0[1-9]|1[0-2])\2(?:0[1-9]|[12][0-9]|3[01])(?![0-9])"
    r"|(?<![0-9.])[0-2]?[0-9][.:][0-5][0-9] ?- ?[0-2]?[0-9][.:][0-5][0-9](?!\.?[0-9])"
    r"|(?:€|\bEUR|\beuro) ?[-+]?(?:[1-9][0-9.,]{0,20}|0[.,][0-9]{1,12})"
    r"|(?<![0-9.,])\+?[1-9][0-9.,]{0,20} ?(?:€|EUR\b|euro)"
    r"|(?<![0-9.,])0[.,][0-9]{1,20}(?![0-9]|[-. ][0-9])",
    re.IGNORECASE,
)

# The matcher gives up on "06 12345678 3811 AB", "tel0612345678" and "[06]12345678"; some type the letter o.
_DUTCH = re.compile(
    r"(?<![0-9+])(?<![0-9][.,])"
    r"(?:(?:\+|00)?31[ .-]{0,3}(?:[(\[] ?0 ?[)\]])?|[(\[]?0|(?<!\w)[oO](?=6))"
    r"(?:[ ./()\[\]_-]{0,4}[0-9]){9}(?![0-9])"
)


def phones(text: str) -> Iterator[tuple[int, int]]:
    """Yield the span of every valid telephone number, Dutch unless it says otherwise.

    Leaves alone dates, amounts, numbers without 0 or +, and the numbers of services
    (0800, 0900, 14 040): those are no personal data.
    """
    if len(_DIGIT.findall(text)) < _FEWEST_DIGITS:
        return
    clean = _NOT_PHONES.sub(lambda match: "#" * len(match[0]), text)
    spans = [
        (match.start, match.end)
        for match in PhoneNumberMatcher(clean, _REGION, leniency=Leniency.VALID)
        if match.raw_string[0] in "+0(" and _is_personal(match.number)
    ]
    yield from sorted(spans + list(_dutch(_cover(clean, spans))))


def _dutch(text: str) -> Iterator[tuple[int, int]]:
    for match in _DUTCH.finditer(text):
        digits = re.sub(r"[^0-9+]", "", match[0].lower().replace("o", "0"))
        written = f"+{digits}" if digits.startswith("31") else digits
        try:
            number = parse(written, _REGION)
        except NumberParseException:
            continue
        if is_valid_number(number) and _is_personal(number):
            yield match.span()


def _cover(text: str, spans: list[tuple[int, int]]) -> str:
    parts: list[str] = []
    at = 0
    for start, end in spans:
        parts += (text[at:start], "#" * (end - start))
        at = end
    parts.append(text[at:])
    return "".join(parts)


def _is_personal(number: PhoneNumber) -> bool:
    return number_type(number) not in _PUBLIC
