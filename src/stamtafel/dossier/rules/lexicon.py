# ruff: noqa: SIM905 - a list of words reads best as words
"""Dutch words: the base form of a word, and the words that a compound is made of.

The dictionary is simplemma's (370,000 Dutch forms), read from its front-coded file: 10 MB of
memory and 0.25 s at first use. Its marisa trie would save 2.4 MB and 0.2 s, but asks for a
folder to keep it in and takes 116 MB while it is made; as a plain dict it takes 41 MB.
"""

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Final

_LANGUAGE: Final = "nl"
_MOST_WORDS = 8192  # remembered per process; 9 of 10 words in a text are among these
_LONGEST = 40  # a longer word is not taken apart
_SHORTEST = 6  # nor is a shorter
_SHORTEST_PART = 4
_SHORTEST_PLACE = 3

# Ends that are words by themselves, but in a compound nearly always only an ending.
_ENDINGS = frozenset(
    "heid heden schap schappen chap lijk lijke lijken baar bare baren loos loze ster sters ende eind isch "
    "ische atie achtig achtige zaam zame ling elen eren teren eert eerd eerde matig matige volle rende "
    "rijk rijke rijker rijkste ring king ging ding ping sing ping ming telling sten ters tige nis ment "
    "menten abel abele chen tieve meren teerde erover eruit ages maal omen dere tenen oven eten gel gels "
    "ellen".split()
)
# Beginnings that say nothing, or only look like a word.
_PREFIXES = frozenset(
    "voor voors door over overs onder achter acht tegen tegens binnen buiten naar open mede meeg vers "
    "vert verg verge verhou verschil toek toezeg vols gesp hoofd best deze dien daar hier waar meer veel "
    "goed eigen ander zoge alle bijzon sprei luis consul accept even manke docu amen gereed opstop betrok "
    "weder beha verst".split()
)
# Tails of three letters that people search for.
_SHORT_TAILS = frozenset(
    "pad weg bos bus hof bad bak zak dak dam erf hal rek put pot ton dek kap wal zee net lid".split()
)
_SHORT_HEADS = frozenset("zon bus bos zee ijs gym kap bak put weg".split())
# Tails that the dictionary takes for a form of a verb or of another noun: "tuin" for one of "tuinen".
_NOUN_TAILS = frozenset(
    "bad bak tuin boot wagen fiets agent bond maker loop stal vlek put perk plaag erf dek rek wacht genoot stel vest "
    "kleed teelt knoop wijzer wortel sloot vloer buis kolk goot kruid vlieg duif kikker veer wissel kaart boete pot "
    "huur koop sloop kap douche schommel bunker rommel emmer verf sneeuw geur rook hobbel scheur plas bagger steiger "
    "sluis stuw pomp lift paaltje huisje huisjes heide strand toerist werker".split()
)
# Tails that begin with the end of the word before them: "buurt-huis", "gemeente-huis".
_FALSE_TAILS = frozenset("thuis tehuis".split())
# Tails that are split off whatever stands before them: street and place names.
_PLACE_TAILS = tuple("straat laan plein park gracht kade buurt wijk steeg singel markt polder overlast".split())
# Words of municipal life that the dictionary lacks.
_MORE_WORDS = frozenset(
    "overlast doorstroming omgevingswet inbreng leefbaarheid bereikbaarheid inspraak problematiek asfalt kleding "
    "bijstand vuilnis hitte creche mantelzorg thuiszorg armoede nieuwbouw vandalisme handhaving horeca eenzaamheid "
    "beton asbest schade monitoring fitness criminaliteit racisme eenrichting".split()
)
# Base forms that the dictionary lacks or takes for another word ("leden" for a form of "lijden").
_MORE_BASES = {
    "leden": "lid",
    "katten": "kat",
    "putten": "put",
    "eiken": "eik",
    "bieb": "bibliotheek",
    "km": "kilometer",
    "dorps": "dorp",
    "kat": "kat",
    "kater": "kater",
}
# Not made of the words that they seem to be made of.
_NO_COMPOUNDS = frozenset("maatregel maatregelen kruidenier kruideniers kilometer kilometers".split())
# A verb with "weg" is no way: weggaan, wegrijden.
_VERB_ENDS = ("en", "gaan", "staan", "doen", "zien")
# Second vowels that carry a trema when one is left out: ideeen, bacterien, geinteresseerd.
_TREMA = str.maketrans("eiou", "ëïöü")


class Lexicon:
    """Base forms and parts of Dutch words. Words are given in lower case, accents and all."""

    def __init__(self, lemma: Callable[[str], str], known: Callable[[str], bool]) -> None:
        self._lemma = lemma
        self._known = lru_cache(_MOST_WORDS)(lambda word: word in _MORE_WORDS or known(word))
        self._split_points = lru_cache(_MOST_WORDS)(self._find_split_points)
        self.bases = lru_cache(_MOST_WORDS)(self._bases)
        self.parts = lru_cache(_MOST_WORDS)(self._parts)

    def knows(self, word: str) -> bool:
        """Whether this is a word of the dictionary."""
        return self._known(word)

    def _bases(self, word: str) -> tuple[str, ...]:
        """Base forms of a word, the word itself left out: huizen → huis; ideeen → idee."""
        if word in _MORE_BASES:
            bases = [_MORE_BASES[word]]
        elif self._known(word):
            bases = [self._lemma(word)]
        else:
            bases = [self._lemma(word)] if len(word) <= _LONGEST else []
            bases += [self._lemma(meant) for meant in _respelled(word) if self._known(meant)][:1]
            bases += [head + _MORE_BASES.get(tail, self._lemma(tail)) for head, tail in self._splits(word)[:1]]
        return tuple(dict.fromkeys(base.lower() for base in bases if base.lower() != word))

    def _parts(self, word: str) -> tuple[str, ...]:
        """The words in a compound: verkeersbord → verkeer, bord.

        Linking letters are taken off; two readings of one linking -s- are both given. Of
        three words also the last two: kinderspeelplaats → kinder, speel, plaats, speelplaats.
        A word that is no compound gives nothing.
        """
        parts: list[str] = []
        for head, tail in self._splits(word):
            at = self._head_cut(head)
            if at:
                parts += (self._unlinked(head[:at]) or head[:at], self._unlinked(head[at:]) or head[at:])
                parts += (tail, head[at:] + tail)
            else:
                parts += (self._unlinked(head) or head, tail)
        parts += (head for head in map(self._unlinked, self._longer_heads(word)) if head)
        return tuple(dict.fromkeys(parts))

    def _longer_heads(self, word: str) -> list[str]:
        """Of "grondwater-stand", whose most even split is "grond-waterstand", the longer first word."""
        points = self._split_points(word)
        return [word[:at] for at in points if at > len(word) - at] if len(points) > 1 else []

    def _find_split_points(self, word: str) -> list[int]:
        if not _SHORTEST <= len(word) <= _LONGEST or word in _NO_COMPOUNDS:
            return []
        return [at for at in range(3, len(word) - 2) if self._is_split(word, at)]

    def _splits(self, word: str) -> list[tuple[str, str]]:
        """The most even split into two known words, and its neighbour one "s" further."""
        found = self._split_points(word)
        if not found:
            return self._place_name(word)
        best = max(found, key=lambda at: self._evenness(word, at))
        beside = [at for at in (best - 1, best + 1) if at in found and word[min(at, best)] == "s"]
        return [(word[:at], word[at:]) for at in (best, *beside)]

    def _evenness(self, word: str, at: int) -> tuple[bool, int, bool, int]:
        return word[at:] not in _FALSE_TAILS, min(at, len(word) - at), not self._head_cut(word[:at]), -at

    def _is_split(self, word: str, at: int) -> bool:
        head, tail = word[:at], word[at:]
        if len(tail) < _SHORTEST_PART and tail not in _SHORT_TAILS:
            return False
        if tail in _ENDINGS or not self._known(tail) or self._head_cut(head) is None:
            return False
        if not self._known(word):
            return True
        # "controlerende" is no "controle" + "rende": the base form must end as that of the tail.
        base = self._lemma(word).lower()
        if head == "weg" and base.endswith(_VERB_ENDS):
            return False
        return base.endswith(self._lemma(tail).lower()) or (tail in _NOUN_TAILS and base.endswith(tail))

    def _head_cut(self, head: str) -> int | None:
        """0 where the head is one word, else where its second word begins; None where it is neither."""
        if self._unlinked(head):
            return 0
        cuts = (
            at
            for at in range(_SHORTEST_PART, len(head) - _SHORTEST_PART + 1)
            if head[at:] not in _ENDINGS and self._unlinked(head[at:]) and self._unlinked(head[:at])
        )
        return next(cuts, None)

    def _unlinked(self, head: str) -> str | None:
        """The known word in ``head``, without a linking -s-, -e-, -n- or -en-."""
        endings = ("", "s", "e", "n", "en", "ne")
        for form in (head.removesuffix(ending) for ending in endings if head.endswith(ending)):
            if form in _SHORT_HEADS or (len(form) >= _SHORTEST_PART and self._may_lead(form)):
                return form
        return None

    def _may_lead(self, form: str) -> bool:
        if form in _PREFIXES or not self._known(form):
            return False
        # Compounds begin with "speel" or "buurt", never with a verb's "speelt".
        return not form.endswith("t") or self._lemma(form).lower() == form

    def _place_name(self, word: str) -> list[tuple[str, str]]:
        tail = next((tail for tail in _PLACE_TAILS if word.endswith(tail)), "")
        if not tail or len(word) - len(tail) < _SHORTEST_PLACE or self._known(word):
            return []
        return [(word.removesuffix(tail), tail)]


def _respelled(word: str) -> list[str]:
    """What may be meant by a word that is in no dictionary: with a trema, with an apostrophe."""
    with_trema = [
        word[:at] + word[at].translate(_TREMA) + word[at + 1 :]
        for at in range(1, min(len(word), _LONGEST))
        if word[at] in "eiou" and word[at - 1] in "aeiou"
    ]
    if word.endswith("'s"):
        return [*with_trema, word[:-2]]
    return [*with_trema, f"{word[:-1]}'s"] if word.endswith("s") else with_trema


@cache
def open_lexicon() -> Lexicon:
    """The lexicon, opened once per process."""
    from simplemma import Lemmatizer  # noqa: PLC0415 - 9 MB that only a search or a new text needs
    from simplemma.strategies import DefaultStrategy, StreamDictionaryFactory  # noqa: PLC0415

    factory = StreamDictionaryFactory(1)
    words = factory.get_dictionary(_LANGUAGE)
    lemmatizer = Lemmatizer(_MOST_WORDS, lemmatization_strategy=DefaultStrategy(dictionary_factory=factory))
    return Lexicon(
        lemma=lambda word: lemmatizer.lemmatize(word, _LANGUAGE),
        known=lambda word: words.get(word) is not None,
    )
