"""Spans of IBANs and BSNs in a text."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from stdnum import iban, numdb
from stdnum.nl import bsn

# ── IBAN ─────────────────────────────────────────────────────────────────────
_IBAN_HEAD = re.compile(r"(?<![^\W\d_])[A-Za-z]{2} {0,2}[0-9]{2}")
_IBAN_BETWEEN = " .-"
_MOST_BETWEEN = 3  # " - "


def ibans(text: str) -> Iterator[tuple[int, int]]:
    """Yield the span of every valid IBAN (ISO 13616) of any country, spaces allowed."""
    taken = 0
    for head in _IBAN_HEAD.finditer(text):
        length = _iban_length(head[0][:2].upper())
        end = _walk_alphanumerics(text, head.start(), length) if head.start() >= taken else None
        if end is None or text[end : end + 1].isalnum():
            continue
        if iban.is_valid(text[head.start() : end], check_country=False):
            taken = end
            yield head.start(), end


@cache
def _iban_length(country: str) -> int:
    """Number of characters of this country's IBANs; 0 where no country has the code."""
    known = numdb.get("iban").info(country)[0][1].get("bban", "")
    parts = re.findall(r"([0-9]+)!", known)
    return 4 + sum(map(int, parts)) if parts else 0


def _walk_alphanumerics(text: str, start: int, count: int) -> int | None:
    """End of ``count`` ASCII letters or digits with at most three separators between; None if fewer."""
    at = start
    while count:
        most = at + _MOST_BETWEEN
        while start < at < most and text[at : at + 1] in _IBAN_BETWEEN:
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
_BSN_BETWEEN = frozenset({" ", ".", "-", "  ", " - "})
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_MONEY_BEFORE = re.compile(r"(?:€|\beuro?) {0,2}\Z", re.IGNORECASE)
_MONEY_AFTER = re.compile(r",-|,[0-9]| ?(?:€|euro?\b)", re.IGNORECASE)


def bsns(text: str) -> Iterator[tuple[int, int]]:
    """Yield the span of every citizen service number: 9 digits that pass the 11-proof.

    Written as one, or in groups of two or more with spaces, dots or dashes between. Leaves alone amounts
    of money, decimals, "2019-12-345", and nine digits that are a part of a longer number.
    """
    for run in _digit_runs(text):
        index = 0
        while index < len(run):
            size = _bsn_size(text, run, index)
            if size:
                yield run[index][0], run[index + size - 1][1]
            index += max(size, 1)


def _digit_runs(text: str) -> Iterator[list[tuple[int, int]]]:
    """Groups of digits with a space, dot or dash between them, gathered to runs."""
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
    beside = {
        text[one[1] : other[0]] for one, other in [*pairwise([*left, groups[0]]), *pairwise([groups[-1], *right])]
    }
    dated = "-" in between and _YEAR.fullmatch(text[slice(*groups[0])])
    if len(between) > 1 or dated or beside & {".", "-"}:
        return True
    if size == 1 or any(end - start != _THOUSAND for start, end in groups):
        return False
    return any(end - start <= _THOUSAND for start, end in left) or any(end - start == _THOUSAND for start, end in right)
