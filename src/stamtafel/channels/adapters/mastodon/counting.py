"""Counting as Mastodon counts: signs as people see them, an address always as long, a mention without its server. Pure.

Sources: docs.joinmastodon.org (User manual, Posting: "All links are counted as 23 characters"; "the domain part of a
mention is not counted") and the server's own status length check, which counts grapheme clusters.
"""

import re
from typing import Final

import regex

SIGN: Final = regex.compile(r"\X")
# an address needs its https:// and a name with a dot; signs that end a sentence are no part of it
ADDRESS: Final = re.compile(
    r"https?://(?:[^\s/?#<>\"'@.]+\.)+[^\W\d_]{2,}(?::\d+)?(?:[/?#][^\s<>\"]*[^\s<>\"'.,;:!?)\]}…])?/?", re.IGNORECASE
)
MENTION: Final = re.compile(r"(?<![=/\w])@(\w+(?:[\w.-]*\w)?)@\w+(?:[.-]+\w+)*", re.IGNORECASE)


def shown(text: str) -> str:
    """The text as the server shows it to readers: ``@name@server`` without the server, addresses as they are."""
    pieces, at = [], 0
    for found in ADDRESS.finditer(text):
        pieces += [MENTION.sub(r"@\1", text[at : found.start()]), found[0]]
        at = found.end()
    return "".join([*pieces, MENTION.sub(r"@\1", text[at:])])


def count(text: str, url_characters: int = 23) -> int:
    """How long it is for the server."""
    without = ADDRESS.sub("\x00", text)
    signs = len(SIGN.findall(MENTION.sub(r"@\1", without).replace("\x00", "")))
    return signs + url_characters * without.count("\x00")
