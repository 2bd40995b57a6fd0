"""A first text for an announcement about something that is there already; the editor goes on from it."""

import re
from collections.abc import Iterable
from typing import Final

from stamtafel.announce.rules.content import clean_text
from stamtafel.dossier.rules.search import excerpt

LONGEST_LEAD: Final = 280
_LINE_MARKS: Final = re.compile(r"^\s*(?:#+|>|[-*+]|\d+[.)])\s+", re.MULTILINE)
_MARKS: Final = re.compile(r"[*_`]+")
_LINK: Final = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_MEANS_SOMETHING: Final = re.compile(r"([\\`*_\[\]<>#])")


def short(text: str, longest: int = LONGEST_LEAD) -> str:
    """The beginning of a Markdown text as one plain line of at most ``longest`` characters."""
    plain = _MARKS.sub("", _LINK.sub(r"\1", _LINE_MARKS.sub("", text)))
    return excerpt(plain, longest)


def beyond(lead: str, text: str) -> str:
    """The text, or nothing of it where the lead says all of it already."""
    return "" if short(text, len(text) + 1) == lead and "\n" not in text.strip() else text


def quoted(text: str) -> str:
    """What a resident wrote, as a quotation in Markdown that shows exactly that: nothing of theirs becomes a link."""
    lines = _MEANS_SOMETHING.sub(r"\\\1", clean_text(text)).split("\n")
    return "\n".join(f"> {line.strip()}".rstrip() for line in lines)


def body(parts: Iterable[tuple[str, str]], link: tuple[str, str]) -> str:
    """Markdown of (heading, text), and the link (words, address) below it. "" is no heading; no text, no part."""
    written = [
        f"## {heading}\n\n{text.strip()}" if heading else text.strip() for heading, text in parts if text.strip()
    ]
    return "\n\n".join([*written, f"[{link[0]}]({link[1]})"])
