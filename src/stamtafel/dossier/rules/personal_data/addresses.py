"""Spans of Dutch addresses in a text: street with house number, postcode with house number."""

import re
from collections.abc import Iterator

from stamtafel.dossier.rules.personal_data.houses import house_end
from stamtafel.dossier.rules.personal_data.streets import street_start

_NUMBER = re.compile(r"(?<![\w.,/+€-])[1-9][0-9]{0,4}(?![0-9])")
_YEARS = range(1900, 2100)
_POSTCODE_AFTER = re.compile(r",?[ \n]{1,2}[1-9][0-9]{3} ?[A-Z]{2}(?!\w)")
_POSTCODE_SOON = re.compile(rf"(?:[ -]?[A-Za-z0-9]{{1,4}})?{_POSTCODE_AFTER.pattern}")
_POSTCODE_NUMBER = re.compile(
    r"(?<![\w.,])[1-9][0-9]{3}(?P<space> ?)(?P<letters>[A-Za-z]{2})"
    r"(?:[ ,-]{1,3}(?:nr\.?|no\.?|nummer|huisnummer|huisnr\.?)? ?)?(?P<number>[1-9][0-9]{0,4})(?![0-9])",
)
# Never issued, and words that stand between two numbers.
_NO_POSTCODE = frozenset({"SA", "SD", "SS", "EN", "OF", "IN", "OP", "TE", "IS"})


def addresses(text: str) -> Iterator[tuple[int, int]]:
    """Yield the span of every street with house number and postcode with house number.

    Leaves alone years ("Kerkstraat 2024"), measures ("weg 30 km"), what is counted ("Bergweg 2
    lantaarnpalen") and streets without number.
    """
    taken = 0
    spans = sorted({*_street_spans(text), *_postcode_spans(text)}, key=lambda span: (span[0], -span[1]))
    for start, end in spans:
        if start >= taken:
            taken = end
            yield start, end


def _postcode_spans(text: str) -> Iterator[tuple[int, int]]:
    for match in _POSTCODE_NUMBER.finditer(text):
        end = house_end(text, match.start("number"), match.end()) if _is_postcode(match) else None
        if end:
            yield match.start(), end


def _is_postcode(match: re.Match[str]) -> bool:
    """Whether these are a postcode and a number, not "2024 en 12" or a code of a product."""
    letters = match["letters"]
    if letters.upper() in _NO_POSTCODE:
        return False
    apart = match.end("letters") < match.start("number")
    return letters.isupper() or (letters.islower() and not match["space"] and apart)


def _street_spans(text: str) -> Iterator[tuple[int, int]]:
    for number in _NUMBER.finditer(text):
        if int(number[0]) in _YEARS:
            continue
        sure = _POSTCODE_SOON.match(text, number.end()) is not None
        start = street_start(text, number.start(), sure=sure)
        end = house_end(text, number.start(), number.end()) if start is not None else None
        if start is None or end is None:
            continue
        after = _POSTCODE_AFTER.match(text, end)
        yield start, after.end() if after else end
