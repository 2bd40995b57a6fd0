"""How X counts: the weighted length of twitter-text, configuration version 3. Pure.

Most signs of the Latin, Greek, Cyrillic and Arabic scripts weigh 1, all others 2; an emoji weighs 2 however it is put
together, an address 23 however long it is, with ``https://`` or without. Rules and test cases: the repository
twitter/twitter-text (``config/v3.json``, ``conformance``), and "Counting characters" on docs.x.com.
"""

import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Final, NamedTuple

import regex

LONGEST: Final = 280
URL_WEIGHT: Final = 23
EMOJI_WEIGHT: Final = 2
LIGHT: Final = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))  # code points that weigh 1
UNSENDABLE: Final = regex.compile("[\ufffe\uffff\ufeff]")  # X refuses a text with one of these in it
LONGEST_URL: Final = 4096
LONGEST_LABEL: Final = 63
LONGEST_SLUG: Final = 40

# Keycaps, flags, and pictures with their skin colour, their tags and all that is joined to them. ©, ®, ™ and ♟ are
# emoji only with the sign that says so, and no picture is one with the sign that says "as text".
PICTURE: Final = r"(?:[©®™♟]\uFE0F|(?![©®™♟])\p{Extended_Pictographic}(?!\uFE0E)\uFE0F?\p{Emoji_Modifier}?)"
EMOJI: Final = regex.compile(
    rf"[#*0-9]\uFE0F?\u20E3|\p{{Regional_Indicator}}{{2}}|{PICTURE}[\U000E0020-\U000E007F]*(?:\u200D{PICTURE}|\u200D[♀♂⚕]\uFE0F?)*"
)


class Found(NamedTuple):
    """Where an address stands in a text."""

    start: int
    end: int


def length(text: str) -> int:
    """The weighted length, of the text in normal form C."""
    text = unicodedata.normalize("NFC", text)
    total, at = 0, 0
    for found in urls(text):
        total += _plain_length(text[at : found.start]) + URL_WEIGHT
        at = found.end
    return total + _plain_length(text[at:])


def is_valid(text: str) -> bool:
    """Whether X takes a text of this length with these signs."""
    return bool(text.strip()) and length(text) <= LONGEST and not UNSENDABLE.search(text)


def _plain_length(text: str) -> int:
    total, at = 0, 0
    for found in EMOJI.finditer(text):
        total += _signs(text[at : found.start()]) + EMOJI_WEIGHT
        at = found.end()
    return total + _signs(text[at:])


def _signs(text: str) -> int:
    return sum(1 if any(low <= ord(sign) <= high for low, high in LIGHT) else 2 for sign in text)


# ── addresses ────────────────────────────────────────────────────────────────────────────────────
LATIN: Final = (
    r"\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u024F\u0253\u0254\u0256\u0257\u0259\u025B\u0263\u0268\u026F\u0272\u0289\u028B"
    r"\u02BB\u0300-\u036F\u1E00-\u1EFF"
)
CYRILLIC: Final = r"\u0400-\u04FF"
SPACES: Final = r"\x09-\x0D\x20\x85\xA0\u1680\u180E\u2000-\u200A\u2028\u2029\u202F\u205F\u3000"
DIRECTIONS: Final = r"\u202A-\u202E\u061C\u200E\u200F\u2066-\u2069"
INVALID: Final = r"\uFFFE\uFEFF\uFFFF"
NOT_IN_DOMAIN: Final = rf"\!'\#%&'()*+,\\./:;<=>?@\[\]\^{{|}}~${SPACES}{INVALID}{DIRECTIONS}"
IN_DOMAIN: Final = rf"[^\-_{NOT_IN_DOMAIN}]"
IN_PATH: Final = rf"[a-z{CYRILLIC}0-9!*';:=+,.$/%\#\[\]\-\u2013_~@|&{LATIN}]"
BRACKETS: Final = rf"\((?:{IN_PATH}+|{IN_PATH}*\({IN_PATH}+\){IN_PATH}*)\)"
END_OF_PATH: Final = rf"(?:[+\-a-z{CYRILLIC}0-9=_\#/{LATIN}]|{BRACKETS})"
PATH: Final = rf"(?:{IN_PATH}*(?:{BRACKETS}{IN_PATH}*)*{END_OF_PATH}|@{IN_PATH}+/)"
QUERY: Final = r"[a-z0-9!?*'@();:&=+$/%\#\[\]\-_.,~|]*[a-z0-9\-_&=\#/]"
TOP: Final = r"(?:\L<tops>(?=[^0-9a-zA-Z@+\-]|$)|xn--[\-0-9a-z]+)"
# each part is taken as a whole (``*+``): what follows it is a dot or it is none, and a long text is read in time
SUBDOMAIN: Final = rf"(?:{IN_DOMAIN}[^{NOT_IN_DOMAIN}]*+(?<![\-_])\.)"
NAME: Final = rf"(?:{IN_DOMAIN}[^_{NOT_IN_DOMAIN}]*+(?<!-)\.)"
# a name has at most 127 parts (RFC 1035), and no part of it is this long
ENDLESS: Final = rf"[^{NOT_IN_DOMAIN}]{{300}}"
BEFORE: Final = rf"(?:[^A-Za-z0-9@＠$\#＃{INVALID}]|^)"
NOT_BARE_AFTER: Final = tuple("-_./")  # ``mail-example.nl`` and ``x/y.nl`` are no addresses


@cache
def tops() -> frozenset[str]:
    """All top-level domains there are; ``tlds.txt`` says of when."""
    lines = resources.files(__package__).joinpath("tlds.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(name for line in lines if not line.startswith("#") for name in line.split())


@cache
def _url() -> "regex.Pattern[str]":
    return regex.compile(
        rf"(?P<before>{BEFORE})(?P<url>(?P<protocol>https?://)?(?P<domain>(?!{ENDLESS}){SUBDOMAIN}{{0,125}}{NAME}{TOP})"
        rf"(?P<rest>(?::[0-9]+)?(?P<path>/{PATH}*)?(?P<query>\?{QUERY})?))",
        regex.IGNORECASE,
        tops=tops(),
    )


@cache
def _ascii_domain() -> "regex.Pattern[str]":
    return regex.compile(rf"(?:[\-a-z0-9{LATIN}]++\.){{1,126}}{TOP}", regex.IGNORECASE, tops=tops())


SHORTENED: Final = regex.compile(r"https?://t\.co/(?P<slug>[a-z0-9]+)(?:\?[a-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*[a-z0-9\-_&=#/])?",
                                 regex.IGNORECASE)  # fmt: skip


def urls(text: str) -> Iterator[Found]:
    """The addresses that X would make links of, in the order they stand in."""
    if "." not in text:
        return
    for match in _url().finditer(text):
        if not _fits(match["url"], match["protocol"] or "https://", match["domain"]):
            continue
        if match["protocol"]:
            yield from _with_protocol(match)
        elif not match["before"].endswith(NOT_BARE_AFTER):
            yield from _bare(match)


def _fits(url: str, protocol: str, domain: str) -> bool:
    """Whether the name can be one (RFC 1035: 63 signs between dots, in punycode) and the whole is not too long."""
    labels = [_encoded(label) for label in domain.split(".")]
    if not all(0 < len(label) <= LONGEST_LABEL for label in labels):
        return False
    return len(protocol) + len(url) - len(domain) + len(".".join(labels)) <= LONGEST_URL


def _encoded(label: str) -> str:
    """One part of a name in ASCII (RFC 3492); empty where it says that it is encoded already and is not."""
    if label.isascii():
        return label
    return "" if label.lower().startswith("xn--") else "xn--" + label.lower().encode("punycode").decode()


def _with_protocol(match: "regex.Match[str]") -> Iterator[Found]:
    short = SHORTENED.match(match["url"])
    if short is None:
        yield Found(*match.span("url"))
    elif len(short["slug"]) <= LONGEST_SLUG:
        yield Found(match.start("url"), match.start("url") + short.end())


def _bare(match: "regex.Match[str]") -> Iterator[Found]:
    """Without a protocol only the Latin part of a name counts: text may follow it without a space."""
    found = [
        Found(*(match.start("domain") + at for at in part.span())) for part in _ascii_domain().finditer(match["domain"])
    ]
    if found and match["path"]:
        found[-1] = Found(found[-1].start, match.end("url"))
    yield from found
