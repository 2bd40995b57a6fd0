# ruff: noqa: SIM905 - a list of words reads best as words
"""House numbers: where one ends with its addition, and where a number counts or measures something instead.

"Kerkstraat 2" is an address; "Kerkstraat 2 lantaarnpalen", "Kerkstraat 2x per dag" and "Kerkstraat 30 km" are not.
"""

import re

from stamtafel.dossier.rules.lexicon import open_lexicon

_ADDITION = re.compile(
    r"(?:-?[A-Za-z](?:[0-9]{1,3})?|[ -]?(?:bis|hs|huis|I{1,3}|IV)"
    r"|[-/][0-9]{1,4}[A-Za-z]?| [a-hA-H])(?![\w'’])"
)
_MEASURE = (
    r"km|kilometers?|m|meters?|mtr|cm|mm|dm|m2|m²|m3|ha|hectare|liter|kg|kilo|ton|watt|kw|kwh|db|decibel|pk|"
    r"jaar|jaren|jarige?|maanden?|mnd|weken|dagen|nachten|uur|uren|minuut|minuten|min|"
    r"sec|seconden|kwartier|euro|eur|cent|ct|procent|graden|keer|maal|x|miljoen|mln|miljard|mld|duizend|honderd|"
    r"man|mensen|personen|stuks|bewoners|kinderen|huizen|woningen|bomen|auto['’]?s|fietsen|plekken|"
    r"plaatsen|parkeerplaatsen|parkeerplekken|ideeën|reacties|stemmen|rijden|gereden|zone|gebied|"
    r"januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december|"
    r"(?-i:jan|feb|mrt|apr|jun|jul|aug|sept?|okt|nov|dec)"
)
_NOT_A_HOUSE = re.compile(
    rf"\w|[.,:][0-9]|,-|\+| ?[%°€‰]"
    rf"| {{1,2}}(?:{_MEASURE})(?!\w)| i\.?p\.?v\.?(?!\w)| {{1,2}}(?:van|op) de [0-9]",
    re.IGNORECASE,
)
# Seen before an addition is: a date ("12-5-2024"), "30-zone".
_NOT_EVEN_A_NUMBER = re.compile(r"[-/][0-9]{1,2}[-/](?:19|20)?[0-9]{2}(?![0-9])|-(?!huis|bis)[a-z]{3}")
_TIMES = re.compile(r"(?:x|u(?:[0-5][0-9])?)(?!\w)")  # "2x per dag", "om 9u", "9u30"
_ORDINAL = re.compile(r"e {1,2}(?P<what>[^\W\d_]{2,40})")  # "4e paal"
_METRES = re.compile(r"m {1,2}(?:breed|lang|hoog|diep|ver|verder|verderop|van|vanaf|voor|na|links|rechts)(?!\w)")
_SINGLE = re.compile(
    r" {1,2}(?:boom|paal|lantaarnpaal|lamp|bank|tegel|kant|richting|rijbaan|rijstrook|plek|plaats|parkeerplaats|"
    r"parkeerplek|container|prullenbak|afvalbak|drempel|woning|auto|idee|dag|week|maand|nacht|[^\W\d_]{2,30}je)(?!\w)"
)
_OR_MORE = re.compile(r"(?P<about> [àáa] | ?(?:of|tot|t/m|-|/) ?)(?P<number>[0-9]{1,4})(?![0-9])")
_NEXT_WORDS = re.compile(r" {1,2}([^\W\d_](?:[^\W_]|['’-]){0,40})")
_MOST_ADJECTIVES = 2
_SHORTEST_PLURAL = 4

# After a house number these go on with the sentence: "Kerkstraat 4e is te koop".
_GOES_ON = frozenset(
    "aan achter af al alle als beneden bij binnen boven buiten daar dan dat de deze die dit door doe een en er "
    "geen graag heb hele het hier hij hoe ik in is je kan komt langs links los maar mag me mede mee met moet na "
    "naar naast net niet nog nu of om omdat onder ons onze ook op over rechts samen sinds staat stuk te tegen "
    "tegenover tegenwoordig ter toe toen tot tussen twee drie uit van vanaf via vlakbij vol voor waar wat we wie "
    "wil wij woon woont wordt was waren ze zie zij zijn zit zo zodat zou zonder ene beide".split()
)
# With an end that looks like a plural: "… 12 langs", "… 12 zitten jongeren".
_NO_PLURALS = frozenset(
    "langs soms eens steeds sinds reeds straks thuis links rechts anders altijd overdag volgens wegens tijdens "
    "iets niets alles plus gratis zitten hangen lopen spelen stoppen stonden lagen rijden werken slapen "
    "plassen bellen vragen roken stallen landen boven beneden binnen buiten tussen samen tegen vallen kijken".split()
)


def house_end(text: str, start: int, end: int) -> int | None:
    """End of the house number ``text[start:end]`` with its addition; None where it counts or measures something."""
    if any(pattern.match(text, end) for pattern in (_TIMES, _METRES, _NOT_EVEN_A_NUMBER)):
        return None
    single = text[start:end] == "1" and _SINGLE.match(text, end)
    if single or _is_ordinal(text, end) or _is_range_of_things(text, end):
        return None
    addition = _ADDITION.match(text, end)
    after = addition.end() if addition else end
    return None if _NOT_A_HOUSE.match(text, after) or _things_follow(text, after) else after


def _is_ordinal(text: str, at: int) -> bool:
    """Whether this is "4e paal", not the house 4e."""
    match = _ORDINAL.match(text, at)
    if not match or not match["what"].islower() or match["what"] in _GOES_ON:
        return False
    a_verb = match["what"].endswith("t") and any(base.endswith("en") for base in open_lexicon().bases(match["what"]))
    return not a_verb


def _is_range_of_things(text: str, at: int) -> bool:
    """Whether this is "2 of 3 keer", "2 à 3", "2-3 bomen"."""
    more = _OR_MORE.match(text, at)
    if not more:
        return False
    if more["about"] in {" à ", " á "} or _TIMES.match(text, more.end()):
        return True
    if text[more.end() : more.end() + 1].isalnum():
        return False
    return bool(_NOT_A_HOUSE.match(text, more.end())) or _things_follow(text, more.end())


def _things_follow(text: str, at: int) -> bool:
    """Whether a plural comes next: "lantaarnpalen", "kapotte lantaarnpalen"."""
    for _word in range(_MOST_ADJECTIVES + 1):
        match = _NEXT_WORDS.match(text, at)
        if not match or not match[1].islower() or match[1] in _GOES_ON:
            return False
        if _is_plural(match[1].replace("’", "'")):
            return True
        if not match[1].endswith("e") and match[1] not in {"extra", "meer", "jonge", "houten", "stenen"}:
            return False
        at = match.end()
    return False


def _is_plural(word: str) -> bool:
    if len(word) < _SHORTEST_PLURAL or word in _NO_PLURALS or not word.endswith(("n", "s")):
        return False
    if word.endswith(("jes", "'s")):
        return True
    bases = open_lexicon().bases(word)
    if word.endswith("s"):
        return word[:-1] in bases
    return any(not base.endswith(("en", "gaan", "staan", "doen", "zien", "slaan")) and base != "zijn" for base in bases)
