"""How easy a Dutch text reads, held against B1.

Flesch in Douma's version for Dutch (W.H. Douma, De leesbaarheid van landbouwbladen, 1960): 206.835 minus
0.93 x words per sentence minus 77 x syllables per word; 60 and higher reads easily. The government's own
writing guide asks for sentences of 10 words on average. These are hints to look at, never a reason to refuse.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from stamtafel.announce.rules.officialese import Stiff, stiff_words

EASY: Final = 60.0
HARD: Final = 45.0
MEAN_SENTENCE: Final = 12.0
LONG_SENTENCE: Final = 18
LONG_WORD: Final = 14
FEWEST_WORDS: Final = 8  # below, a figure says nothing
MOST_SHOWN: Final = 8

MARKDOWN: Final = re.compile(r"^\s{0,3}(?:#{1,6}|[-*+]|\d+[.)]|>)\s+", re.MULTILINE)
LINK: Final = re.compile(r"\[([^\]]*)\]\([^)]*\)")
SENTENCE: Final = re.compile(r"(?<=[.!?…])[\"'”’)]*\s+(?=[A-ZÀ-Ý0-9\"'“‘(])|\n+")
WORD: Final = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
ABBREVIATION: Final = re.compile(
    r"\b(?:bijv|nr|ca|dhr|mevr|mw|drs|ir|dr|prof|st|blz|art|tel|max|min|incl|excl|evt|resp)\.", re.IGNORECASE
)
_WERD: Final = r"(?:word|wordt|worden|werd|werden|geworden)"
_DONE: Final = r"(?:\w*ge\w{2,}(?:d|t|en)|(?:be|ver|ont)\w{3,}(?:d|t|en))"
PASSIVE: Final = re.compile(rf"\b{_WERD}\b(?:\s+\S+){{0,8}}?\s+{_DONE}\b|\b{_DONE}\s+{_WERD}\b", re.IGNORECASE)


class Verdict(StrEnum):
    """How the text reads as a whole."""

    TOO_SHORT = "too_short"
    EASY = "easy"
    ALMOST = "almost"
    HARD = "hard"


@dataclass(frozen=True)
class LookAt:
    """A sentence to look at, and why: ``long`` (with its words counted), ``passive``."""

    sentence: str
    words: int
    long: bool
    passive: bool


@dataclass(frozen=True)
class Readability:
    """The figures, and what to look at. ``ease`` is None when the text is too short to say."""

    verdict: Verdict
    words: int
    sentences: int
    mean_sentence: float
    ease: float | None
    look_at: tuple[LookAt, ...]
    long_words: tuple[str, ...]
    stiff: tuple[Stiff, ...]


def plain_text(markdown: str) -> str:
    """The text as it is read: without signs of Markdown, links as their words."""
    return MARKDOWN.sub("", LINK.sub(r"\1", markdown)).replace("**", "").replace("__", "")


def sentences_of(text: str) -> list[str]:
    """Sentences in order. A new line ends one too: headings and list items have no full stop."""
    guarded = ABBREVIATION.sub(lambda found: found.group()[:-1] + "\0", text)
    parts = (part.replace("\0", ".").strip() for part in SENTENCE.split(guarded))
    return [part for part in parts if WORD.search(part)]


def _looked_at(sentence: str) -> LookAt:
    words = len(WORD.findall(sentence))
    return LookAt(sentence, words, words > LONG_SENTENCE, bool(PASSIVE.search(sentence)))


def _ease(text: str, sentences: int, words: int) -> float:
    """Flesch-Douma from our own sentences, with textstat's Dutch syllables."""
    from textstat import textstat  # noqa: PLC0415 - heavy, and only for the meter

    textstat.set_lang("nl")
    syllables = textstat.syllable_count(text)
    return round(206.835 - 0.93 * words / sentences - 77 * syllables / words, 1)


def _verdict(ease: float, mean: float, stiff: int, words: int) -> Verdict:
    if ease < HARD or mean > LONG_SENTENCE:
        return Verdict.HARD
    if ease < EASY or mean > MEAN_SENTENCE or stiff * 50 > words:
        return Verdict.ALMOST
    return Verdict.EASY


def read(markdown: str) -> Readability:
    """Measure a Dutch text."""
    text = plain_text(markdown)
    sentences = sentences_of(text)
    words = WORD.findall(text)
    stiff = tuple(stiff_words(text))
    if len(words) < FEWEST_WORDS:
        return Readability(Verdict.TOO_SHORT, len(words), len(sentences), 0.0, None, (), (), stiff)
    mean = round(len(words) / len(sentences), 1)
    ease = _ease(" ".join(words), len(sentences), len(words))
    look_at = [found for found in map(_looked_at, sentences) if found.long or found.passive]
    look_at.sort(key=lambda found: (-found.long, -found.words))
    long_words = dict.fromkeys(word for word in words if len(word) >= LONG_WORD)
    return Readability(
        verdict=_verdict(ease, mean, len(stiff), len(words)),
        words=len(words),
        sentences=len(sentences),
        mean_sentence=mean,
        ease=ease,
        look_at=tuple(look_at[:MOST_SHOWN]),
        long_words=tuple(long_words)[:MOST_SHOWN],
        stiff=stiff[:MOST_SHOWN],
    )
