# ruff: noqa: SIM905 - a list of words reads best as words
"""Spans of Dutch licence plates in a text."""

import re
from collections.abc import Iterator, Sequence

from stamtafel.dossier.rules.lexicon import open_lexicon

# RDW side codes 1 to 14: L a letter, D a digit.
_SIDE_CODES = frozenset(
    "LL-DD-DD DD-DD-LL DD-LL-DD LL-DD-LL LL-LL-DD DD-LL-LL DD-LLL-D "
    "D-LLL-DD LL-DDD-L L-DDD-LL LLL-DD-L L-DD-LLL D-LL-DDD DDD-LL-D".split()
)
_JOINED_CODES = frozenset(code.replace("-", "") for code in _SIDE_CODES)
_DASHED = re.compile(r"(?<![\w-])([A-Za-z0-9]{1,3})-([A-Za-z0-9]{1,3})-([A-Za-z0-9]{1,3})(?![\w-])")
_BETWEEN = "(?: {1,2}| - |-)"
_SPACED = re.compile(  # looks ahead only: a group can be the first of one and the second of another
    r"(?<![\w€,-])(?:(?<![0-9][ .])(?=[0-9])|(?=[A-Za-z]))"
    rf"(?=([A-Za-z0-9]{{1,3}}){_BETWEEN}([A-Za-z0-9]{{1,3}}){_BETWEEN}([A-Za-z0-9]{{1,3}})"
    r"(?![\w'’%€]|[.,:-][0-9]|-[a-z]|(?<=[0-9]) [0-9]))"
)
_JOINED = re.compile(r"(?<!\w)(?:[A-Z0-9]{6}|[a-z0-9]{6})(?!\w)")
_DIGIT = re.compile("[0-9]")
_GROUPS = re.compile("[0-9]{1,6}|[A-Za-z]{1,6}")
_SHAPE = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", "L" * 26 + "D" * 10)
_NEVER_ISSUED = re.compile(r"S[ADS]")
_VOWEL = re.compile("[AEIOU]")
_MONTHS = frozenset("jan feb mrt maa apr mei jun jul aug sep okt nov dec".split())
_POSTCODE = re.compile(r"[1-9][0-9]{3}[A-Z]{2}")
_YEAR_AT_END = re.compile(r"[A-Z]{2}(?:19|20)[0-9]{2}")
# Without dashes these, though without a vowel, are measures or abbreviations: "30 km 50", "nr 123 b", "5 mln 20".
_NO_LETTERS = frozenset(
    "km cm mm dm kg mg ml dl cl kw db hz pk ct st nr bv nv vd tv wc pc hs zn zz nz nw zw mr dr jr sr ds nl tm wk mw "
    "dhr mln mld ltr mtr mnd wkn dgn hst prs str blz hfd tgv tbv thv tnv mbt zgn kmh sms gft pmd vvv ggd hts mts ns pm "
    "vvd pvv sgp cda sp eur min sec max ipv tov ivm oid ism evt enz vwo mbo hbo wmo vve app ict kwh iso nen eu".split()
)
_AFTER_A_NUMBER = frozenset("mx")  # "100 m", "3 x"


def licence_plates(text: str) -> Iterator[tuple[int, int]]:
    """Yield the span of every Dutch licence plate, side codes 1 to 14 of the RDW.

    With dashes, spaces or nothing between, in upper or lower case. Without dashes not where the letters are
    a word or a measure ("30 km 50", "1 op 100"), and not where it may as well be a postcode (1234AB) or a
    year (EK2024). Leaves dates like 5-mei-24 alone.
    """
    if not _DIGIT.search(text):
        return
    spans = [match.span() for match in _DASHED.finditer(text) if _is_plate(match.groups())]
    spans += [match.span() for match in _JOINED.finditer(text) if _is_joined_plate(match[0])]
    taken = 0
    for start, end in sorted([*spans, *_spaced(text)]):
        if start >= taken:
            taken = end
            yield start, end


def _spaced(text: str) -> Iterator[tuple[int, int]]:
    for match in _SPACED.finditer(text):
        if _is_plate(match.groups()) and _no_words(match.groups()):
            yield match.start(1), match.end(3)


def _is_plate(groups: Sequence[str]) -> bool:
    shape = "-".join(groups).upper().translate(_SHAPE)
    letters = [group for group in groups if group.isalpha()]
    if shape not in _SIDE_CODES or any(_NEVER_ISSUED.search(group.upper()) for group in letters):
        return False
    if any(group.lower() in _MONTHS for group in letters):
        return False
    written = "".join(letters)
    # Lower case with a vowel is Dutch ("1-op-100"): since side code 4 plates have no vowels.
    return written.isupper() or (written.islower() and not _VOWEL.search(written.upper()))


def _no_words(groups: Sequence[str]) -> bool:
    """Whether no group of letters is a word, a measure or an abbreviation."""
    for at, group in enumerate(groups):
        word = group.lower()
        if word in _NO_LETTERS or (at and group in _AFTER_A_NUMBER):
            return False
        if _VOWEL.search(group.upper()) and (len(group) == 1 or open_lexicon().knows(word)):
            return False
    return True


def _is_joined_plate(plate: str) -> bool:
    upper = plate.upper()
    if upper.translate(_SHAPE) not in _JOINED_CODES or _NEVER_ISSUED.search(upper):
        return False
    if _POSTCODE.fullmatch(upper) or _YEAR_AT_END.fullmatch(upper):
        return False
    groups = _GROUPS.findall(plate)
    return plate.isupper() or (not _VOWEL.search(upper) and _no_words(groups))
