# ruff: noqa: SIM905 - a list of words reads best as words
"""Search terms of Dutch texts: *huizen* is found by *huis*, *kinderspeelplaats* by *speelplaats*.

A text is found when it has, for each group of ``query_terms``, at least one of its terms.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from stamtafel.dossier.rules.lexicon import Lexicon, open_lexicon

_LONGEST_TERM = 64
_MOST_WORDS = 20_000
_WORD = re.compile(r"[^\W_][\w\u0300-\u036f]*(?:['’‑‐-][^\W_][\w\u0300-\u036f]*)*")
_NUMBER_AND_WORD = re.compile(r"([0-9]{1,18})(?!(?:de|ste)$)([mx]|[^\W\d_]{2,64})")
_HYPHENS = re.compile("[‑‐-]")
_NOT_DECOMPOSED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"})

# Words that nobody searches for: they would stand in the index of nearly every text.
STOP_WORDS = frozenset(
    "aan al alle alleen als bij ben bent daar dan dat de deze die dit doen door een en er ergens geen "
    "haar had hadden heb hebben hebt heeft hem hen het hier hij hoe hun iets ik in is ja je jij jou jouw "
    "jullie kan kon konden kunnen kunt maar me meer men met mij mijn moet moeten mogen naar na niet niets "
    "nog nu of om omdat ons onze ook op over te tegen toch toen tot u uit uw van veel via voor waar "
    "waarom wat we wel werd worden wordt wie wij wil willen wilt zal ze zelf zich zij zijn zo zodat zou "
    "zouden zullen was waren ten ter a b c d e f g h i j k l m n o p q r s t v w x y z".split()
)


def fold(word: str) -> str:
    """Lower case, without accents, letters and digits only: ``Café's`` → ``cafes``."""
    for _ in range(2):  # case folding and decomposition each make work for the other
        word = unicodedata.normalize("NFKD", word.casefold().translate(_NOT_DECOMPOSED))
    return "".join(char for char in word if char.isalnum())[:_LONGEST_TERM]


def terms(text: str) -> list[str]:
    """Index terms of a text, each once, in order of appearance, as plain lower-case words.

    A word gives itself, its base form, and where it is a compound also its parts; "30km" also "30" and "km".
    """
    lexicon = open_lexicon()
    found: dict[str, None] = {}
    for written in _words(text):
        for word in written:
            found.update(dict.fromkeys(_closure(lexicon, word, with_parts=True)))
    return list(found)


def query_terms(text: str) -> list[list[str]]:
    """What to look for: one of each group (AND of ORs). Empty: there is nothing to search for.

    "30km-zone" is three groups, so that it finds "30 km zone" too.
    """
    lexicon = open_lexicon()
    groups: dict[tuple[str, ...], None] = {}
    for whole, *parts in _words(text):
        for word in _loose(whole, parts):
            group = _closure(lexicon, word, with_parts=False)
            if group:
                groups[group] = None
    return [list(group) for group in groups]


def excerpt(text: str, length: int = 200) -> str:
    """The beginning of a text on one line, at most ``length`` characters, cut between words."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    end = length - 1  # the last place is for "…"
    if line[end] != " ":
        end = line.rfind(" ", 0, end) if " " in line[:end] else _whole_sign(line, end)
    return f"{line[:end].rstrip(' ,;:.-–')}…"


def _words(text: str) -> Iterator[tuple[str, ...]]:
    """Words in lower case; one with a hyphen comes whole first, then its parts."""
    for match in _WORD.finditer(unicodedata.normalize("NFC", text)):
        word = _HYPHENS.sub("-", match[0].lower().replace("’", "'"))
        yield (word, *word.split("-")) if "-" in word else (word,)


def _loose(whole: str, parts: list[str]) -> Iterator[str]:
    """The words that a query means with one: "30km" is "30" and "km", "e-bike" and "A2" are one."""
    if not any(map(str.isdigit, whole)):
        yield whole
        return
    for part in parts or [whole]:
        yield from _measured(fold(part)) or [part]


def _measured(term: str) -> tuple[str, ...]:
    """The number and the word of "30km" or "3811ab"; empty for "A2", "5g" and what is no number and word."""
    match = _NUMBER_AND_WORD.fullmatch(term)
    return match.groups() if match else ()


@lru_cache(_MOST_WORDS)  # people use the same words
def _closure(lexicon: Lexicon, word: str, *, with_parts: bool) -> tuple[str, ...]:
    """Terms of one word, and of those terms in turn: terms of terms bring nothing new."""
    found: dict[str, None] = {}
    seen: set[str] = set()
    todo = [word]
    while todo:
        form = todo.pop(0)
        term = fold(form)
        if form in seen or not term or term in STOP_WORDS:
            continue
        seen.add(form)
        found[term] = None
        if not term.isalpha():
            todo += _measured(term)
            continue
        todo += _bases(lexicon, form)
        if with_parts:
            todo += lexicon.parts(form)
        todo.append(term)
    return tuple(found)


def _bases(lexicon: Lexicon, form: str) -> tuple[str, ...]:
    """Base forms; of "e-scooters", which no dictionary has, with the base form of its last part."""
    head, hyphen, last = form.rpartition("-")
    inflected = (f"{head}-{base}" for base in lexicon.bases(last)) if hyphen else ()
    return (*lexicon.bases(form), *inflected)


def _whole_sign(line: str, end: int) -> int:
    """``end``, or before it where the next character belongs to the last: an accent, a joined emoji."""
    while end and (unicodedata.combining(line[end]) or "\u200d" in line[end - 1 : end + 1] or line[end] == "\ufe0f"):
        end -= 1
    return end
