# ruff: noqa: SIM905 - a list of words reads best as words
"""Spans of e-mail addresses, IBANs, BSNs and Dutch licence plates in a text."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from stdnum import iban, numdb
from stdnum.nl import bsn

# ── e-mail ───────────────────────────────────────────────────────────────────
_LOCAL_LENGTH = 64  # RFC 5321, 4.5.3.1.1
_LOCAL = re.compile(r"[\w\u0300-\u036f.+%&'’-]")
_LABEL = r"[\w\u0300-\u036f-]{1,63}"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.){{1,8}}(?:xn--[a-z0-9-]{{1,59}}|[^\W\d_]{{2,24}})", re.IGNORECASE)


def emails(text: str) -> Iterator[tuple[int, int]]:
    """Yield the span of every e-mail address, without the punctuation around it.

    Leaves alone ``@name@host``: a fediverse name is there to be read.
    """
    taken = 0
    at = text.find("@")
    while at >= 0:
        start = _local_start(text, at, taken)
        domain = _DOMAIN.match(text, at + 1)
        if start < at and domain and text[start - 1 : start] != "@":
            taken = domain.end()
            yield start, taken
        at = text.find("@", at + 1)


def _local_start(text: str, at: int, taken: int) -> int:
    start = at
    while start > max(taken, at - _LOCAL_LENGTH) and _LOCAL.match(text, start - 1):
        start -= 1
    while start < at and not text[start].isalnum() and text[start] != "_":
        start += 1
    return start


# ── IBAN ─────────────────────────────────────────────────────────────────────
_IBAN_HEAD = re.compile(r"(?<![^\W\d_])[A-Za-z]{2}[0-9]{2}")
_IBAN_BETWEEN = " \u00a0.-"


def ibans(text: str) -> Iterator[tuple[int, int]]:
    """Yield the span of every valid IBAN (ISO 13616) of any country, spaces allowed."""
    taken = 0
    for head in _IBAN_HEAD.finditer(text):
        length = _iban_length(head[0][:2].upper())
        end = _walk_alphanumerics(text, head.start(), length) if head.start() >= taken else None
        if end is None or text[end : end + 1].isalnum():
            continue
        number = text[head.start() : end].replace("\u00a0", " ")
        if iban.is_valid(number, check_country=False):
            taken = end
            yield head.start(), end


@cache
def _iban_length(country: str) -> int:
    """Number of characters of this country's IBANs; 0 where no country has the code."""
    known = numdb.get("iban").info(country)[0][1].get("bban", "")
    parts = re.findall(r"([0-9]+)!", known)
    return 4 + sum(map(int, parts)) if parts else 0


def _walk_alphanumerics(text: str, start: int, count: int) -> int | None:
    """End of ``count`` ASCII letters or digits with at most one separator between; None if fewer."""
    at = start
    while count:
        if at > start and text[at : at + 1] in _IBAN_BETWEEN:
            at += 1
        char = text[at : at + 1]
        if not (char.isascii() and char.isalnum()):
            return None
        at += 1
        count -= 1
    return at if at > start else None


# ── BSN ──────────────────────────────────────────────────────────────────────
_BSN_LENGTH = 9
_SHORTEST_GROUP = 2
_THOUSAND = 3
_DIGITS = re.compile(r"[0-9]+")
_BSN_BETWEEN = (" ", "\u00a0", ".")
_MONEY_BEFORE = re.compile(r"(?:€|\beuro?)[ \u00a0]{0,2}\Z", re.IGNORECASE)
_MONEY_AFTER = re.compile(r",-|,[0-9]|[ \u00a0]?(?:€|euro?\b)", re.IGNORECASE)


def bsns(text: str) -> Iterator[tuple[int, int]]:
    """Yield the span of every citizen service number: 9 digits that pass the 11-proof.

    Written as one, or in groups of two or more with spaces or dots between. Leaves alone
    amounts of money, decimals, and nine digits that are a part of a longer number.
    """
    for run in _digit_runs(text):
        index = 0
        while index < len(run):
            size = _bsn_size(text, run, index)
            if size:
                yield run[index][0], run[index + size - 1][1]
            index += max(size, 1)


def _digit_runs(text: str) -> Iterator[list[tuple[int, int]]]:
    """Groups of digits with one space or dot between them, gathered to runs."""
    run: list[tuple[int, int]] = []
    for match in _DIGITS.finditer(text):
        if run and text[run[-1][1] : match.start()] not in _BSN_BETWEEN:
            yield run
            run = []
        run.append(match.span())
    if run:
        yield run


def _bsn_size(text: str, run: list[tuple[int, int]], index: int) -> int:
    """Number of groups from ``index`` on that form a BSN together; 0 if they do not."""
    digits, size = "", 0
    for start, end in run[index : index + 4]:
        if end - start < _SHORTEST_GROUP or len(digits) + end - start > _BSN_LENGTH:
            break
        digits += text[start:end]
        size += 1
    if len(digits) != _BSN_LENGTH or not bsn.is_valid(digits):
        return 0
    groups = run[index : index + size]
    if _is_other_number(text, groups[0][0], groups[-1][1]) or _goes_on(text, run, index, size):
        return 0
    return size


def _is_other_number(text: str, start: int, end: int) -> bool:
    """Whether this is money, a decimal, or a foreign telephone number."""
    before = text[max(0, start - 8) : start]
    return bool(re.search(r"[0-9],\Z|\+\Z", before) or _MONEY_BEFORE.search(before) or _MONEY_AFTER.match(text, end))


def _goes_on(text: str, run: list[tuple[int, int]], index: int, size: int) -> bool:
    """Whether the groups ``index … index + size`` of the run are part of a longer number."""
    groups = run[index : index + size]
    left, right = run[max(0, index - 1) : index], run[index + size : index + size + 1]
    between = {text[one[1] : other[0]] for one, other in pairwise(groups)}
    beside = {text[end] for _, end in [*left, *(groups[-1:] if right else [])]}
    if len(between) > 1 or "." in beside:
        return True
    if size == 1 or any(end - start != _THOUSAND for start, end in groups):
        return False
    return any(end - start <= _THOUSAND for start, end in left) or any(end - start == _THOUSAND for start, end in right)


# ── licence plates ───────────────────────────────────────────────────────────
# RDW side codes 1 to 14: L a letter, D a digit.
_SIDE_CODES = frozenset(
    "LL-DD-DD DD-DD-LL DD-LL-DD LL-DD-LL LL-LL-DD DD-LL-LL DD-LLL-D "
    "D-LLL-DD LL-DDD-L L-DDD-LL LLL-DD-L L-DD-LLL D-LL-DDD DDD-LL-D".split()
)
_JOINED_CODES = frozenset(code.replace("-", "") for code in _SIDE_CODES)
_DASH = "‐‑–\\-"
_DASHED = re.compile(
    rf"(?<![\w{_DASH}])([A-Za-z0-9]{{1,3}})[{_DASH}]([A-Za-z0-9]{{1,3}})[{_DASH}]([A-Za-z0-9]{{1,3}})"
    rf"(?![\w{_DASH}])"
)
_JOINED = re.compile(r"(?<!\w)[A-Z0-9]{6}(?!\w)")
_SHAPE = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", "L" * 26 + "D" * 10)
_NEVER_ISSUED = re.compile(r"S[ADS]")
_MONTHS = frozenset("jan feb mrt maa apr mei jun jul aug sep okt nov dec".split())
_POSTCODE = re.compile(r"[1-9][0-9]{3}[A-Z]{2}")
_YEAR_AT_END = re.compile(r"[A-Z]{2}(?:19|20)[0-9]{2}")


def licence_plates(text: str) -> Iterator[tuple[int, int]]:
    """Yield the span of every Dutch licence plate, side codes 1 to 14 of the RDW.

    With dashes in upper or lower case; without dashes only in upper case, and not where it
    may as well be a postcode (1234AB) or a year (EK2024). Leaves dates like 5-mei-24 alone.
    """
    spans = [match.span() for match in _DASHED.finditer(text) if _is_plate(match.groups())]
    spans += [match.span() for match in _JOINED.finditer(text) if _is_joined_plate(match[0])]
    yield from sorted(spans)


def _is_plate(groups: tuple[str, ...]) -> bool:
    shape = "-".join(groups).upper().translate(_SHAPE)
    letters = [group for group in groups if group.isalpha()]
    if shape not in _SIDE_CODES or any(_NEVER_ISSUED.search(group.upper()) for group in letters):
        return False
    if any(group.lower() in _MONTHS for group in letters):
        return False
    written = "".join(letters)
    # Lower case with a vowel is Dutch ("1-op-100"): since side code 4 plates have no vowels.
    return written.isupper() or (written.islower() and not re.search(r"[aeiou]", written))


def _is_joined_plate(plate: str) -> bool:
    if plate.translate(_SHAPE) not in _JOINED_CODES or _NEVER_ISSUED.search(plate):
        return False
    return not (_POSTCODE.fullmatch(plate) or _YEAR_AT_END.fullmatch(plate))
