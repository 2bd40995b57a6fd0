"""Find and mask personal data in what residents write.

A finding is a hint to the writer before sending, and is kept from public
pages. So a missed number is worse than one too many, but a page full of false
alarms teaches people to click on: each kind says in its own file what it
leaves alone.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from stamtafel.dossier.rules.personal_data import addresses, emails, numbers, phones, plates


class Kind(StrEnum):
    """What kind of personal data a finding is."""

    BSN = "bsn"
    IBAN = "iban"
    PHONE = "phone"
    EMAIL = "email"
    LICENCE_PLATE = "licence_plate"
    ADDRESS = "address"


DEFAULT_LABELS: Mapping[Kind, str] = {
    Kind.BSN: "[burgerservicenummer]",
    Kind.IBAN: "[rekeningnummer]",
    Kind.PHONE: "[telefoonnummer]",
    Kind.EMAIL: "[e-mailadres]",
    Kind.LICENCE_PLATE: "[kenteken]",
    Kind.ADDRESS: "[adres]",
}


# What is masked can bring another to light: in "Kerkstraat 9 123 456 782" the last nine digits
# look like the end of a longer number, until the address is gone. Three rounds is the longest
# that was ever seen; the limit keeps hostile text linear.
_MOST_ROUNDS = 6


# Spaces and dashes of typesetting, digits of other scripts, full-width signs: each one character for one.
_SPACES = "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58\ufe63"
_DIGITS = (0x0660, 0x06F0, 0x0966, 0x09E6)  # Arabic, Persian, Hindi, Bengali: each one's zero
_PLAIN: Mapping[int, str] = {
    **dict.fromkeys(map(ord, _SPACES), " "),
    **dict.fromkeys(map(ord, _DASHES), "-"),
    **{zero + digit: str(digit) for zero in _DIGITS for digit in range(10)},
    **{0xFEE0 + sign: chr(sign) for sign in range(0x21, 0x7F)},
}
_TYPESET = re.compile(f"[{''.join(map(chr, _PLAIN))}]")


@dataclass(frozen=True, slots=True)
class Finding:
    """Personal data at ``text[start:end]`` (offsets in characters)."""

    kind: Kind
    start: int
    end: int
    text: str


_Finder = Callable[[str], Iterator[tuple[int, int]]]

# The surest first: what one finder takes, a later one does not see.
_FINDERS: tuple[tuple[Kind, _Finder], ...] = (
    (Kind.EMAIL, emails.emails),
    (Kind.IBAN, numbers.ibans),
    (Kind.PHONE, phones.phones),
    (Kind.BSN, numbers.bsns),
    (Kind.LICENCE_PLATE, plates.licence_plates),
    (Kind.ADDRESS, addresses.addresses),
)


def find(text: str) -> list[Finding]:
    """Return the personal data in ``text``, sorted, without overlap.

    Takes time linear in the length of the text, whatever is in it.
    """
    found, rest = _search(text, _plain(text))
    new, rounds = found, 1
    while new and rounds < _MOST_ROUNDS:
        new, rest = _search(text, rest)
        found = found + new
        rounds += 1
    return sorted(found, key=lambda finding: finding.start)


def _plain(text: str) -> str:
    """The text of the same length with every space, dash, digit and full-width sign as a keyboard has it."""
    return text.translate(_PLAIN) if _TYPESET.search(text) else text


def mask(text: str, findings: Iterable[Finding], labels: Mapping[Kind, str] = DEFAULT_LABELS) -> str:
    """Replace each finding of ``find(text)`` by the word for its kind."""
    parts: list[str] = []
    at = 0
    for finding in sorted(findings, key=lambda finding: finding.start):
        parts += (text[at : finding.start], labels[finding.kind])
        at = finding.end
    parts.append(text[at:])
    return "".join(parts)


def _search(text: str, rest: str) -> tuple[list[Finding], str]:
    """Findings of all kinds in ``rest``, which is ``text`` with blanks, and ``rest`` with these blanked."""
    found: list[Finding] = []
    for kind, finder in _FINDERS:
        spans = list(finder(rest))
        found += [Finding(kind, start, end, text[start:end]) for start, end in spans]
        rest = _blank(rest, spans)
    return found, rest


def _blank(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Put ``[xxx]`` of the same length over each span: to the next finder the text looks masked."""
    parts: list[str] = []
    at = 0
    for start, end in spans:
        parts += (text[at:start], "[", "x" * (end - start - 2), "]")
        at = end
    parts.append(text[at:])
    return "".join(parts)
