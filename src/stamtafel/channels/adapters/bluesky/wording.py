"""How Bluesky counts a text, and which words in it lead somewhere. Pure."""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final
from urllib.parse import urlsplit

import regex

from stamtafel.channels.adapters.bluesky.options import TEXT, TEXT_BYTES

LINK: Final = regex.compile(r"(?<![\p{L}\p{N}@/])https?://[^\s<>\"]+")
CLOSING: Final = ".,;:!?'\"»”’"  # ends a sentence, not an address
# a handle is a domain name (AT Protocol, "Handle"): at least two labels, the last not beginning with a digit
HANDLE: Final = re.compile(
    r"(?<![\w@/.])@((?:[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)+[a-zA-Z](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)"
    r"(?![\w-])"
)
TAG: Final = regex.compile(r"(?<![^\s(\[{\p{Pi}\"'])[#＃]((?!\p{N}+(?:\s|$))[\p{L}\p{M}\p{N}_]{1,64})")
SHOWN_PATH: Final = 15  # signs of a path that Bluesky's own apps show
Resolve = Callable[[str], str]


def graphemes(text: str) -> int:
    """How long a text is for Bluesky: what a reader takes for one sign counts as one (Unicode UAX #29)."""
    return len(regex.findall(r"\X", text))


def fits(text: str) -> bool:
    """Whether it is short enough for one post."""
    return excess(text) == 0


def excess(text: str) -> int:
    """By how many graphemes it is too long; also when only its bytes are too many, as with rows of flags."""
    signs = regex.findall(r"\X", text)
    left = TEXT_BYTES
    for number, sign in enumerate(signs[:TEXT]):
        left -= len(sign.encode())
        if left < 0:
            return len(signs) - number
    return max(0, len(signs) - TEXT)


def short_link(link: str) -> str:
    """An address as Bluesky's own apps show it: the host and the beginning of the path. The whole is behind it."""
    parts = urlsplit(link)
    rest = parts.path.rstrip("/") + (f"?{parts.query}" if parts.query else "")
    shown = rest if len(rest) <= SHOWN_PATH else rest[: SHOWN_PATH - 3] + "..."
    return parts.netloc.removeprefix("www.") + shown


def facets(text: str, link: str, resolve: Resolve) -> list[dict[str, Any]]:
    """Links, mentions and hashtags, each with its place in bytes of UTF-8 (app.bsky.richtext.facet).

    ``link`` is where the shortened link in the text leads; ``resolve`` gives the DID of a handle, "" for nobody's.
    """
    taken: list[tuple[int, int]] = []
    found = []
    for start, end, feature in _features(text, link, resolve):
        if all(end <= before or start >= after for before, after in taken):
            taken.append((start, end))
            place = {"byteStart": _bytes(text[:start]), "byteEnd": _bytes(text[:end])}
            found.append({"index": place, "features": [feature]})
    return sorted(found, key=lambda facet: facet["index"]["byteStart"])


def _bytes(text: str) -> int:
    return len(text.encode())


def _features(text: str, link: str, resolve: Resolve) -> Iterator[tuple[int, int, dict[str, str]]]:
    if link:
        yield from _shortened(text, link)
    for match in LINK.finditer(text):
        address = _without_closing(match[0])
        yield match.start(), match.start() + len(address), _feature("link", uri=address)
    for match in HANDLE.finditer(text):
        did = resolve(match[1].lower())
        if did:
            yield match.start(), match.end(), _feature("mention", did=did)
    for match in TAG.finditer(text):
        yield match.start(), match.end(), _feature("tag", tag=match[1])


def _shortened(text: str, link: str) -> Iterator[tuple[int, int, dict[str, str]]]:
    alone = re.search(rf"(?<!\S){re.escape(short_link(link))}(?!\S)", text)
    if alone:
        yield alone.start(), alone.end(), _feature("link", uri=link)


def _feature(name: str, **values: str) -> dict[str, str]:
    return {"$type": f"app.bsky.richtext.facet#{name}", **values}


def _without_closing(address: str) -> str:
    """Without the signs that close the sentence, and without a bracket that was opened before the address."""
    while address and (address[-1] in CLOSING or (address[-1] == ")" and address.count(")") > address.count("("))):
        address = address[:-1]
    return address


def whole_links(text: str, found: Any) -> str:
    """A text that came in, with shortened links written out, so that nothing of what was said is missing."""
    content = text.encode()
    for facet in sorted(_links(found), key=lambda one: -one[0]):
        start, end, address = facet
        if content[start:end].rstrip(b".").endswith(b"\xe2\x80\xa6") or content[start:end].endswith(b"..."):
            content = content[:start] + address.encode() + content[end:]
    return content.decode(errors="replace")


def _links(found: Any) -> Iterator[tuple[int, int, str]]:
    for facet in found if isinstance(found, list) else ():
        try:
            start, end = int(facet["index"]["byteStart"]), int(facet["index"]["byteEnd"])
            addresses = [str(one["uri"]) for one in facet["features"] if one.get("uri")]
        except (KeyError, TypeError, ValueError, AttributeError):
            continue  # what others write is theirs: a broken facet takes nothing from the words
        if addresses and 0 <= start < end:
            yield start, end, addresses[0]
