"""Spans of e-mail addresses in a text, also as people write them to hide them from machines."""

import re
from collections.abc import Iterator

_LOCAL_LENGTH = 64  # RFC 5321, 4.5.3.1.1
_LOCAL = re.compile(r"[\w\u0300-\u036f.+%&'’-]")
_LABEL = r"[\w\u0300-\u036f-]{1,63}"
_DOT = r"(?:\.| ?[(\[{] ?(?:punt|dot|\.) ?[)\]}] ?)"
_DOT_IN_WORDS = rf"(?:{_DOT}| (?:punt|dot) )"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.){{1,8}}(?:xn--[a-z0-9-]{{1,59}}|[^\W\d_]{{2,24}})", re.IGNORECASE)
_IN_WORDS = re.compile(rf"(?!www\.)(?:{_LABEL}{_DOT_IN_WORDS}){{1,8}}[^\W\d_]{{2,24}}(?!\w)", re.IGNORECASE)

# "jan (at) voorbeeld.nl", "jan @ voorbeeld.nl", "jan apenstaartje voorbeeld punt nl".
_AT_IN_WORDS = re.compile(
    r" ?[(\[{<] ?(?:at|@|apenstaart(?:je)?) ?[)\]}>] ?| @ ?|(?<=\w)@ | apenstaart(?:je)? ?", re.IGNORECASE
)
# " at " by itself is also a word; with one of these behind it is an address.
_PROVIDERS = (
    "gmail|googlemail|hotmail|outlook|live|msn|icloud|me|yahoo|proton|protonmail|pm|ziggo|kpnmail|planet|home|hetnet|"
    "xs4all|upcmail|chello|casema|quicknet|tele2|telfort|solcon|online|freedom|zeelandnet|onsbrabantnet|kabelfoon"
)
# Without one of these there is no need to look further.
_HINTS = ("@", "(at", "[at", "{at", "<at", "( at", "[ at", "apenstaart", " at ", " bij ")
_AT_PROVIDER = re.compile(
    rf" (?:at|bij) (?=(?:{_PROVIDERS}){_DOT_IN_WORDS}(?:nl|com|net|be|eu|me|ch)(?!\w))", re.IGNORECASE
)
_LOCAL_IN_WORDS = re.compile(
    rf"(?<![\w.+%-])[\w.+%&'’-]{{1,64}}(?:(?:{_DOT})[\w.+%&'’-]{{1,64}}){{0,3}}\Z", re.IGNORECASE
)
_LOOK_BACK = 100


def emails(text: str) -> Iterator[tuple[int, int]]:
    """Yield the span of every e-mail address, without the punctuation around it.

    Leaves alone ``@name@host``: a fediverse name is there to be read.
    """
    lower = text.lower()
    if not any(hint in lower for hint in _HINTS):
        return
    spans = sorted([*_written(text), *_in_words(text)])
    taken = 0
    for start, end in spans:
        if start >= taken:
            taken = end
            yield start, end


def _written(text: str) -> Iterator[tuple[int, int]]:
    taken = 0
    at = text.find("@")
    while at >= 0:
        start = _local_start(text, at, taken)
        domain = _DOMAIN.match(text, at + 1)
        if start < at and domain and text[start - 1 : start] != "@":
            taken = domain.end()
            yield start, taken
        at = text.find("@", at + 1)


def _in_words(text: str) -> Iterator[tuple[int, int]]:
    taken = 0
    for pattern in (_AT_IN_WORDS, _AT_PROVIDER):
        for at in pattern.finditer(text):
            domain = _IN_WORDS.match(text, at.end())
            local = _LOCAL_IN_WORDS.search(text, max(taken, at.start() - _LOOK_BACK), at.start()) if domain else None
            start = _first_sign(text, local.start(), at.start()) if local else at.start()
            if domain and start < at.start():
                taken = domain.end()
                yield start, taken


def _local_start(text: str, at: int, taken: int) -> int:
    start = at
    while start > max(taken, at - _LOCAL_LENGTH) and _LOCAL.match(text, start - 1):
        start -= 1
    return _first_sign(text, start, at)


def _first_sign(text: str, start: int, at: int) -> int:
    """The first letter or digit from ``start`` on; ``at`` where there is none."""
    while start < at and not text[start].isalnum() and text[start] != "_":
        start += 1
    return start
