# ruff: noqa: SIM905 - a list of words reads best as words
"""Where the name of a street begins that ends right before a house number.

A street name is known by its last part ("Kerkstraat"), by its first ("Laan van Meerdervoort"), or by what
stands around it: "bij De Wieken 3", "ik woon op Merel 3". A last part can be sure ("-straat"); others are also
the end of ordinary words ("-ring": vergadering) and count only with a capital.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_SURE = tuple(
    "straat str str. straatje laan laantje weg wegje plein pleintje dijk dijkje kade singel gracht steeg steegje "
    "plantsoen dreef boulevard allee passage strjitte promenade".split()
)
_WITH_CAPITAL = tuple(
    "hof hofje pad paadje markt park baan ring wal burg erf veld hoek tuin akker haven brink oord "
    "kamp weide gaarde zoom donk oever werf plaats poort brug dam straat".split()
)
# With a capital and something before it: "Damrak", "Noordwal", "Zonneweide". By themselves these are things.
_IN_COMPOUND = tuple(
    "rak voorhout wei land strjitte gang bos hoeve horst dyk hout molen polder stein akkers slag broek paad waard "
    "eind einde vaart stede hove sloot gaard dal daal leane loane beemd state schans reed hage heuvel borg heide "
    "camp diep drift eiland bosch borch kreek sluis steen zand vlinder marke plaat kwartier meent enk esch dries "
    "kolk vest wetering bocht bogerd boogaard bongerd zijde erven hoven velden tuinen kant rode vliet graaf ruwe "
    "loop spoor stroom kruid bloem gras gilde".split()
)
_TYPES = frozenset(_SURE + _WITH_CAPITAL)
# Streets in many towns whose name says nothing.
_KNOWN = frozenset("rokin spui poten buitenhof heuvel esplanade galerij plantage".split())
# These may stand alone ("op de Markt 12"); "Straat 12" and "Weg 30" say nothing.
_ALONE = frozenset("markt singel plein brink dam kade dijk haven gracht wal hof boulevard dreef rokin spui".split())
_NEVER_ALONE = frozenset("straat weg str str.".split())

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
    "amsterdam rotterdam zaandam schiedam volendam edam monnickendam leerdam veendam appingedam "
    "hoofdweg nederland duitsland zeeland friesland flevoland engeland rusland ierland schotland finland "
    "griekenland zwitserland gelderland buitenland binnenland platteland grasland weiland toegang ingang uitgang "
    "doorgang overgang voortgang afgang omgang gang terugslag neerslag opslag aanslag omslag voorslag verslag "
    "uitslag eindhoven veldhoven kantoortuinen achterkant voorkant zijkant bovenkant onderkant buitenkant "
    "achterzijde voorzijde bovenzijde buitenzijde stroomgebied afvalstroom verkeersstroom waterstroom "
    "sportvelden voetbalvelden speelvelden volkstuinen moestuinen voortuinen achtertuinen verloop omloop "
    "inloop afloop koop verkoop aankoop vuurwerkverbod beton milieustraat wasstraat teststraat einde weekeinde "
    "wasland thuisland sportpark theehuis speeleiland verkeerseiland milieueiland afvaleiland overeind "
    "bijvoorbeeld deelgang badplaats rustplaats trefplaats telefoon zonnebloem paardenbloem onkruid".split()
)
_VOWEL_RING = re.compile(r"[aeiou]ring\Z")  # vergadering, ervaring, storing, besturing

_LINKS = frozenset("van der den de het 't ’t ter ten te op aan in bij naar tot over voor achter onder en 's ’s".split())
_NAME_PARTS = frozenset("van den der de het 't ’t ter ten te in op aan en 's ’s a/d v.d. v/d d'".split())
_NO_NAME = frozenset(
    "aan achter als bij daar dan dat de die dit door een en er gaat graag heeft het hier hoe hoek ik in "
    "is kan komt langs maak maar met mijn na naar naast of om omdat onder ons onze ook op over rond sinds "
    "te tegen tegenover ter tot tussen uit vanaf via voor waar waarom wat we wie wij woon wordt zij".split()
)
_ARTICLES = frozenset("de het 't ’t den it".split())
_BIG_AND_SMALL = frozenset(
    "lange korte oude nieuwe grote kleine hoge lage brede smalle kromme eerste tweede derde verlengde".split()
)
# What comes between people and the street where they live.
_PLACES = frozenset("aan op bij naast tegenover nabij t.h.v. thv hoogte vanaf hoek adres adres: woonadres".split())
_LIVING = frozenset("woon woont wonen woonde woonden woonachtig gewoond wonend adres adres: woonadres".split())
# With a capital and a number, but no street: these are numbered, or are names of something else.
_NUMBERED = frozenset(
    "groep klas lijn bus buslijn tram tramlijn trein metro halte bushalte spoor perron kamer zaal lokaal gebouw "
    "blok fase stap optie vraag punt idee foto plan variant bijlage pagina artikel art lid kavel perceel wijk "
    "zone buurt route ronde deel hoofdstuk categorie niveau type team versie top studio kanaal terminal gate "
    "windows boeing airbus formule npo radio euro level tempo max area postbus nummer huisnummer unit loods hal "
    "sporthal poort uitgang ingang etage verdieping laag kruispunt knooppunt afslag veld baan kerst pasen "
    "pinksteren covid corona iphone android psalm week maand dag jaar scenario model nota motie paragraaf tabel "
    "figuur tekening schema agendapunt project dossier zaak factuur rekening kenmerk melding bon nota klasse "
    "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag januari februari maart april mei juni juli "
    "augustus september oktober november december jan feb mrt apr jun jul aug sept sep okt nov dec ma di wo do "
    "vr za zo nederland eindhoven amsterdam rotterdam utrecht gemeente provincie raad college school mijn onze deze "
    "die dat straat weg een geen ruim circa ongeveer bijna minstens maximaal minimaal alle slechts tussen ook".split()
)
_ORDINAL = re.compile(r"[0-9]{1,2}(?:e|de|ste)")
_YEAR_IN_NAME = re.compile(r"1[5-9][0-9]{2}(?:-(?:1[5-9])?[0-9]{2})?|20[0-9]{2}|40-45")  # "Plein 1944", "Laan 40-45"
_NAME = re.compile(r"(?:[A-ZÀ-Þ]|IJ)(?=.{2})[^\W\d_A-ZÀ-Þ]{1,30}(?:['’-][^\W\d_]{1,30}){0,3}")
_MOST_NAME_PARTS = 6
_MOST_SAYING_NOTHING = 3  # "Korte Smalle Merel"

_WORD = re.compile(r"['’]?[^\W_](?:[^\W_]|['’./-](?=[^\W_])){0,59}\.?")
_OPENING = '("‘“[«'
_ABBREVIATION = re.compile(r"[^\W\d_a-z][^\W_]{0,3}\.|.{3,40}str\.|t\.h\.v\.")  # "Burg.", "St.", "Kerkstr."
_CUES = frozenset("nr nr. no. nummer huisnummer huisnr huisnr.".split())
_HOUSE_CUES = frozenset("huisnummer huisnr huisnr.".split())
_LOOK_BACK = 120
_BEFORE_NUMBER = re.compile(r"(?:[^\W\d_][.,]?|[0-9]{2})[ \t]{1,2}\Z")


@dataclass(frozen=True, slots=True)
class _Word:
    start: int  # of the word itself, without an opening bracket or quote
    text: str
    joined: bool  # whether a bare space follows: no comma, no full stop of a sentence

    @property
    def folded(self) -> str:
        return self.text.casefold()

    @property
    def capital(self) -> bool:
        return self.text.lstrip("'’")[:1].isupper()


def street_start(text: str, number_start: int, *, sure: bool) -> int | None:
    """Start of the street name that ends right before this number; None where there is none.

    ``sure``: something after the number says already that this is an address.
    """
    if not _BEFORE_NUMBER.search(text, max(0, number_start - 4), number_start):
        return None
    words = _words_before(text, number_start)
    if words and words[-1].folded in _CUES:
        sure = sure or words[-1].folded in _HOUSE_CUES
        words.pop()
    elif words and not words[-1].joined:
        return None
    return _street_at_end(words, sure=sure) if words else None


def _street_at_end(words: Sequence[_Word], *, sure: bool) -> int | None:
    if len(words) > 1 and _YEAR_IN_NAME.fullmatch(words[-1].text):
        return words[-2].start if words[-2].capital and words[-2].folded in _TYPES else None
    street = words[:-1] if len(words) > 1 and words[-1].folded in _SIDES else words
    if _ends_a_street(street):
        return _name_start(street)
    head = _headed(words)
    return _named(words, sure=sure) if head is None else head


def _words_before(text: str, end: int) -> list[_Word]:
    """Words of the line before ``end``, at most 120 characters back."""
    begin = max(0, end - _LOOK_BACK)
    begin = max(begin, text.rfind("\n", begin, end) + 1)
    words: list[_Word] = []
    for match in re.finditer(r"[^ \t]+", text[begin:end]):
        token = match[0].lstrip(_OPENING)
        token = token if token[:2].casefold() in {"'t", "'s", "’t", "’s"} else token.lstrip(_OPENING + "'’")
        word = _WORD.match(token)
        lead = len(match[0]) - len(token)
        if word is None:
            words.append(_Word(begin + match.start(), token or match[0], joined=False))
            continue
        ends = word[0].endswith(".") and not _ABBREVIATION.fullmatch(word[0])
        joined = word.end() == len(token) and not ends
        words.append(_Word(begin + match.start() + lead, word[0], joined=joined))
    return words


def _ends_a_street(words: Sequence[_Word]) -> bool:
    """Whether the last word is a street by itself: "Kerkstraat", "op de Markt"."""
    word = words[-1]
    folded = word.folded
    if folded in _GENERIC or _VOWEL_RING.search(folded):
        return False
    if folded in _TYPES or folded in _KNOWN:
        return word.capital and _may_stand_alone(words, folded)
    if folded.endswith(_SURE):
        return True
    return word.capital and folded.endswith(_WITH_CAPITAL + _IN_COMPOUND) and folded not in _IN_COMPOUND


def _may_stand_alone(words: Sequence[_Word], folded: str) -> bool:
    """Whether this is like "Nieuwe Weg 3", "De Dreef 8" or "op de Markt 12", not like "Weg 30"."""
    before = words[-2] if len(words) > 1 else None
    if before is None or not before.joined or folded in _ALONE:
        return folded in _ALONE or folded in _KNOWN
    if before.folded in _ARTICLES:
        return folded not in _NEVER_ALONE
    return folded in _KNOWN or (before.capital and before.folded not in _NO_NAME)


def _headed(words: Sequence[_Word]) -> int | None:
    """Start of a name that begins with what it is: "Laan van Meerdervoort", "Hof ter Weijde"."""
    last = words[-1]
    for at in range(len(words) - 3, max(-1, len(words) - 2 - _MOST_NAME_PARTS), -1):
        head, link = words[at], words[at + 1]
        if not all(word.joined for word in words[at:-1]):
            return None
        if head.folded in _TYPES and link.folded in _LINKS and (head.capital or head.folded == "laan"):
            rest = words[at + 1 : -1]
            named = last.text[0].isalpha() and last.folded not in _NUMBERED | _NO_NAME
            return head.start if named and all(word.capital or word.folded in _LINKS for word in rest) else None
    return None


def _named(words: Sequence[_Word], *, sure: bool) -> int | None:
    """Start of a name that says nothing, where what is around it tells that somebody lives there."""
    at = len(words)
    while (
        at
        and len(words) - at < _MOST_SAYING_NOTHING
        and _may_name(words[at - 1])
        and (at == len(words) or words[at - 1].joined)
    ):
        at -= 1
    if at == len(words):
        return None
    if words[at].folded in _NO_NAME and at + 1 < len(words):
        at += 1
    article = at and words[at - 1].joined and words[at - 1].folded in _ARTICLES
    begin = at - 1 if article else at
    before = words[begin - 1] if begin and words[begin - 1].joined else None
    if article and words[begin].capital:
        return words[begin].start
    place = before is not None and (before.folded in _PLACES or (article and before.folded == "in"))
    living = any(word.folded.rstrip(":") in _LIVING for word in words[max(0, begin - 3) : begin])
    old_or_new = len(words) - at > 1 and words[at].folded in _BIG_AND_SMALL
    return words[at].start if sure or place or living or old_or_new else None


def _may_name(word: _Word) -> bool:
    return bool(_NAME.fullmatch(word.text)) and word.folded not in _NUMBERED


def _name_start(words: Sequence[_Word]) -> int:
    """Start of the whole name: "Burgemeester van den Bergstraat", "1e Van Goghlaan"."""
    start = words[-1].start
    for word in reversed(words[-1 - _MOST_NAME_PARTS : -1]):
        folded = word.folded
        if not word.joined:
            break
        name = word.capital and folded not in _NO_NAME
        if name or _ORDINAL.fullmatch(folded):
            start = word.start
        elif folded not in _NAME_PARTS:
            break
    return start
