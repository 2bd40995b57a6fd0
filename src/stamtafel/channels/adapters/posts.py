"""A long text as a chain of posts. Pure.

Nothing is ever cut: what does not fit is counted, or split where a reader would take breath.
"""

import re
from bisect import bisect
from collections.abc import Callable, Iterator
from typing import Final

from stamtafel.channels.adapters.plain import told

__all__ = ["chain", "told"]

SENTENCE: Final = re.compile(r"(?<=[.!?…:])\s+(?=\S)")
WORD: Final = re.compile(r"\s+")
Fits = Callable[[str], bool]


def chain(text: str, fits: Fits) -> tuple[str, ...]:
    """The text in posts that each fit, split between paragraphs, else sentences, else words, else signs."""
    posts: list[str] = []
    for piece, glue in _pieces(text, fits):
        longer = posts[-1] + glue + piece if posts else piece
        if posts and fits(longer):
            posts[-1] = longer
        else:
            posts.append(piece)
    return tuple(posts)


def _pieces(text: str, fits: Fits) -> Iterator[tuple[str, str]]:
    """Pieces that each fit, with what stood before them."""
    for paragraph in re.split(r"\n{2,}", text.strip()):
        glue = "\n\n"
        for word in _words(paragraph, fits):
            for part, signs in enumerate(_broken(word, fits)):
                yield signs, "" if part else glue
            glue = " "


def _words(paragraph: str, fits: Fits) -> Iterator[str]:
    """The paragraph when it fits, else its sentences; of a sentence that does not fit its words."""
    for sentence in _split(paragraph, SENTENCE, fits):
        yield from _split(sentence, WORD, fits)


def _split(text: str, where: re.Pattern[str], fits: Fits) -> list[str]:
    return [text] if fits(text) else [piece for piece in where.split(text) if piece]


def _broken(word: str, fits: Fits) -> Iterator[str]:
    """A word longer than a post (an address without end) in parts that fit."""
    while word and not fits(word):
        size = max(1, bisect(range(1, len(word)), 0, key=lambda size: not fits(word[:size])))
        yield word[:size]
        word = word[size:]
    if word:
        yield word
