"""What is kept of a text at the door: what everybody reads, what it is called, and how it is found."""

import re
from dataclasses import dataclass
from typing import Final

from stamtafel.dossier.rules import personal_data, search, similarity
from stamtafel.dossier.rules.limits import clean_text

LONGEST_CONTRIBUTION: Final = 5000
LONGEST_ADDITION: Final = 3000
LONGEST_REACTION: Final = 1500
LONGEST_TITLE: Final = 90
LONGEST_EXCERPT: Final = 220
_SENTENCE: Final = re.compile(rf"(.{{8,{LONGEST_TITLE}}}?[.!?…])(?:\s|$)")


@dataclass(frozen=True, slots=True)
class Texts:
    """The columns of a contribution that follow from its text alone."""

    text: str
    public_text: str
    title: str
    excerpt: str
    terms: str
    signature: str


def texts_of(raw: str, *, max_length: int = LONGEST_CONTRIBUTION) -> Texts:
    """Clean a text and work out all that is kept of it. Raises ``limits.TextRefused``.

    Personal data is masked in everything but ``text``: title, excerpt and search terms are public too.
    """
    text = clean_text(raw, max_length=max_length)
    public = masked(text)
    return Texts(
        text=text,
        public_text=public,
        title=title_of(public),
        excerpt=search.excerpt(public, LONGEST_EXCERPT),
        terms=" ".join(search.terms(public)),
        signature=similarity.signature(public),
    )


def masked(text: str) -> str:
    """The text with a word in place of each piece of personal data."""
    return personal_data.mask(text, personal_data.find(text))


def title_of(text: str) -> str:
    """The first sentence when it is short enough, without its full stop; else the beginning of the text."""
    line = " ".join(text.split("\n", 1)[0].split())
    sentence = _SENTENCE.match(line)
    if sentence:
        return sentence[1].removesuffix(".")
    return search.excerpt(line, LONGEST_TITLE).removesuffix(".")
