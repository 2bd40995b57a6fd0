# ruff: noqa: SIM905 - a list of words reads best as words
"""Spans of Dutch addresses in a text: street with house number, postcode with house number.

A street name is known by its last part. Some of those parts are sure ("-straat"); others
are also the end of ordinary words ("-ring": vergadering) and count only with a capital.
A street whose name says nothing (Lange Voorhout 3) is not found.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SURE = tuple(
    "straat str str. straatje laan laantje weg wegje plein pleintje dijk kade singel gracht steeg "
    "plantsoen dreef boulevard allee passage".split()
)
_WITH_CAPITAL = tuple(
    "hof hofje pad markt park baan ring wal burg erf veld hoek tuin akker haven brink oord "
    "kamp weide gaarde zoom donk oever werf plaats poort brug dam straat".split()
)
# These may stand alone ("op de Markt 12"); "Straat 12" and "Weg 30" say nothing.
_ALONE = frozenset("markt singel plein brink dam kade dijk haven gracht wal hof boulevard".split())

# The sides of a long street: "Ringbaan Oost 12".
_SIDES = frozenset("noord noordzijde oost oostzijde zuid zuidzijde west westzijde noz ozz nz zz oz wz".split())

# Words with such an end that are not a street.
_GENERIC = frozenset(
    "snelweg autoweg autosnelweg spoorweg luchtweg onderweg halverwege halfweg uitweg omweg overweg "
    "fietsweg vaarweg zijweg busweg asfaltweg zandweg landweg rondweg middenweg toegangsweg winkelstraat "
    "zijstraat woonstraat fietsstraat speelstraat eenrichtingsstraat buurtstraat schoolplein speelplein "
    "dorpsplein stadsplein rekenplein leerplein parkeerplein buurtplein waterkade loskade speelplaats "
    "parkeerplaats werkplaats standplaats laadplaats woonplaats zitplaats vindplaats begraafplaats "
    "bouwplaats ligplaats marktplaats broedplaats stortplaats speeltuin moestuin voortuin achtertuin "
    "volkstuin geveltuin kleutertuin binnentuin buurttuin dierentuin supermarkt weekmarkt rommelmarkt "
    "kerstmarkt vrijmarkt arbeidsmarkt woningmarkt huizenmarkt huurmarkt fietspad voetpad wandelpad "
    "zebrapad ruiterpad bospad tegelpad olifantenpad rijbaan busbaan trambaan loopbaan autobaan ijsbaan "
    "renbaan startbaan skatebaan speelveld voetbalveld sportveld grasveld trapveld werkveld speelhoek "
    "kerkhof gerechtshof bedrijvenpark wagenpark pretpark attractiepark speelpark skatepark zonnepark "
    "windpark hondenpark stadspark wijkpark buurtpark landschapspark vakantiepark geluidswal grondwal "
    "voetgangersbrug fietsbrug spoorbrug loopbrug ophaalbrug jachthaven luchthaven binnenhaven tilburg "
    "middelburg voorburg limburg luxemburg hamburg doesburg culemborg valkenburg rozenburg domburg "
    "amsterdam rotterdam zaandam schiedam volendam edam monnickendam leerdam veendam appingedam".split()
)
_VOWEL_RING = re.compile(r"[aeiou]ring\Z")  # vergadering, ervaring, storing, besturing

_NAME_PARTS = frozenset("van den der de het 't ’t ter ten te in op aan en 's ’s a/d v.d. v/d d'".split())
_NO_NAME = frozenset(
    "aan achter als bij daar dan dat de die dit door een en er gaat graag heeft het hier hoe hoek ik in "
    "is kan komt langs maak maar met mijn na naar naast of om omdat onder ons onze ook op over rond sinds "
    "te tegen tegenover ter tot tussen uit vanaf via voor waar waarom wat we wie wij woon wordt zij".split()
)
_ORDINAL = re.compile(r"[0-9]{1,2}(?:e|de|ste)")
_MOST_NAME_PARTS = 6

_WORD = re.compile(r"[^\W_](?:[^\W_]|['’./-](?=[^\W_])){0,59}\.?")
_OPENING = "(\"'‘“[«"
_ABBREVIATION = re.compile(r"[^\W\d_a-z][^\W_]{0,3}\.|.{3,40}str\.")  # "Burg.", "St.", "Kerkstr."
_CUES = frozenset("nr nr. no. nummer huisnummer huisnr huisnr.".split())
_NUMBER = re.compile(r"(?<![\w.,/+€-])[1-9][0-9]{0,4}(?![0-9])")
_ADDITION = re.compile(
    r"(?:-?[A-Za-z](?:[0-9]{1,3})?|[ -]?(?:bis|hs|huis|I{1,3}|IV)"
    r"|[-/][0-9]{1,4}[A-Za-z]?| [a-hA-H])(?![\w'’])"
)
_NOT_A_HOUSE = re.compile(
    r"\w|[.,:][0-9]|[ \u00a0]?[%°€‰]|[ \u00a0]{1,2}(?:"
    r"km|kilometers?|m|meters?|cm|mm|m2|m²|ha|hectare|jaar|jaren|maanden?|weken|dagen|uur|uren|minuten|min|"
    r"seconden|euro|eur|procent|graden|keer|maal|x|miljoen|miljard|duizend|"
    r"mensen|bewoners|kinderen|huizen|woningen|bomen|auto['’]?s|fietsen|plekken|plaatsen|parkeerplaatsen|"
    r"parkeerplekken|ideeën|reacties|stemmen|"
    r"januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december"
    r")(?!\w)",
    re.IGNORECASE,
)
_YEARS = range(1900, 2100)
_POSTCODE_AFTER = re.compile(r",?[ \u00a0]{1,2}[1-9][0-9]{3}[ \u00a0]?[A-Z]{2}(?!\w)")
_POSTCODE_NUMBER = re.compile(
    r"(?<![\w.,])[1-9][0-9]{3}(?P<space>[ \u00a0]?)(?P<letters>[A-Za-z]{2})"
    r"(?:[ ,\u00a0-]{1,3}(?:nr\.?|no\.|nummer|huisnummer|huisnr\.?)?[ \u00a0]?)?(?P<number>[1-9][0-9]{0,4})(?![0-9])",
)
# Never issued, and words that stand between two numbers.
_NO_POSTCODE = frozenset({"SA", "SD", "SS", "EN", "OF", "IN", "OP", "TE", "IS"})
_LOOK_BACK = 120
_BEFORE_NUMBER = re.compile(r"[^\W\d_][.,]?[ \t\u00a0]{1,2}\Z")


@dataclass(frozen=True, slots=True)
class _Word:
    start: int  # of the word itself, without an opening bracket or quote
    text: str
    joined: bool  # whether a bare space follows: no comma, no full stop of a sentence


def addresses(text: str) -> Iterator[tuple[int, int]]:
    """Yield the span of every street with house number and postcode with house number.

    Leaves alone years ("Kerkstraat 2024"), measures ("weg 30 km") and streets without number.
    """
    taken = 0
    spans = sorted({*_street_spans(text), *_postcode_spans(text)}, key=lambda span: (span[0], -span[1]))
    for start, end in spans:
        if start >= taken:
            taken = end
            yield start, end


def _postcode_spans(text: str) -> Iterator[tuple[int, int]]:
    for match in _POSTCODE_NUMBER.finditer(text):
        end = _house_end(text, match.end()) if _is_postcode(match) else None
        if end:
            yield match.start(), end


def _is_postcode(match: re.Match[str]) -> bool:
    """Whether these are a postcode and a number, not "2024 en 12" or a code of a product."""
    letters = match["letters"]
    if letters.upper() in _NO_POSTCODE:
        return False
    apart = match.end("letters") < match.start("number")
    return letters.isupper() or (letters.islower() and not match["space"] and apart)


def _street_spans(text: str) -> Iterator[tuple[int, int]]:
    for number in _NUMBER.finditer(text):
        start = _street_start(text, number.start())
        if start is None or int(number[0]) in _YEARS:
            continue
        end = _house_end(text, number.end())
        if end:
            after = _POSTCODE_AFTER.match(text, end)
            yield start, after.end() if after else end


def _house_end(text: str, end: int) -> int | None:
    """End of the house number with its addition; None where this counts or measures something."""
    addition = _ADDITION.match(text, end)
    end = addition.end() if addition else end
    return None if _NOT_A_HOUSE.match(text, end) else end


def _street_start(text: str, number_start: int) -> int | None:
    """Start of the street name that ends right before this number; None where there is none."""
    if not _BEFORE_NUMBER.search(text, max(0, number_start - 4), number_start):
        return None
    words = _words_before(text, number_start)
    if words and words[-1].text.casefold() in _CUES:
        words.pop()
    elif words and not words[-1].joined:
        return None
    street = words[:-1] if len(words) > 1 and words[-1].text.casefold() in _SIDES else words
    if not street or not _ends_a_street(street):
        return None
    return _name_start(street)


def _words_before(text: str, end: int) -> list[_Word]:
    """Words of the line before ``end``, at most 120 characters back."""
    begin = max(0, end - _LOOK_BACK)
    begin = max(begin, text.rfind("\n", begin, end) + 1)
    words: list[_Word] = []
    for match in re.finditer(r"[^ \t\u00a0]+", text[begin:end]):
        token = match[0].lstrip(_OPENING)
        word = _WORD.match(token)
        lead = len(match[0]) - len(token)
        if word is None:
            words.append(_Word(begin + match.start(), token, joined=False))
            continue
        ends = word[0].endswith(".") and not _ABBREVIATION.fullmatch(word[0])
        joined = word.end() == len(token) and not ends
        words.append(_Word(begin + match.start() + lead, word[0], joined=joined))
    return words


def _ends_a_street(words: list[_Word]) -> bool:
    word = words[-1].text
    folded = word.casefold()
    capital = word[0].isupper()
    if folded in _GENERIC or _VOWEL_RING.search(folded):
        return False
    if folded in _SURE or folded in _WITH_CAPITAL:
        return capital and _may_stand_alone(words, folded)
    if folded.endswith(_SURE):
        return True
    return capital and folded.endswith(_WITH_CAPITAL)


def _may_stand_alone(words: list[_Word], folded: str) -> bool:
    """Whether this is like "Nieuwe Weg 3" or "op de Markt 12", not like "Weg 30"."""
    before = words[-2] if words[:-1] else None
    if before is None or not before.joined:
        return False
    named = before.text[0].isupper() and before.text.casefold() not in _NO_NAME
    return named or folded in _ALONE


def _name_start(words: list[_Word]) -> int:
    """Start of the whole name: "Burgemeester van den Bergstraat", "1e Van Goghlaan"."""
    start = words[-1].start
    for word in reversed(words[-1 - _MOST_NAME_PARTS : -1]):
        folded = word.text.casefold()
        if not word.joined:
            break
        name = word.text[0].isupper() and folded not in _NO_NAME
        if name or _ORDINAL.fullmatch(folded):
            start = word.start
        elif folded not in _NAME_PARTS:
            break
    return start
