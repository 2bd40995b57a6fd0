# ruff: noqa: SIM905 - a list of words reads best as words
"""Words of municipal life are found by their parts and other forms; words that only look alike are not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stamtafel.dossier.rules.search import fold, query_terms, terms
from tests.dossier.rules.test_search import finds

# What a text says | what somebody looks for.
FOUND = (
    "leden|lid e-bikes|e-bike zwembad|bad buurthuis|huis gemeentehuis|gemeente gemeentehuis|huis wijkagent|agent wijkagent|wijk "
    "bloembakken|bloem bloembakken|bak boompje|boom boompjes|boom bankjes|bank bankje|bank fietst|fietsen fietsen|fietst "
    "verkeersdrempels|drempel verkeersdrempels|verkeer glasbak|bak glasbak|glas hondenpoep|poep hondenpoep|hond "
    "straatverlichting|verlichting straatverlichting|straat speeltuinen|speeltuin speeltuin|tuin speeltuinen|tuin afvalbakken|afval "
    "afvalbakken|bak vuilnisbak|bak vuilnisbakken|vuilnis rioolputten|put rioolputten|riool putdeksel|deksel putdeksels|put "
    "raadsleden|raadslid raadsleden|lid ledenvergadering|leden kinderboerderij|kind kinderopvang|opvang kinderdagverblijf|kind "
    "basisscholen|school schoolplein|plein schoolpleinen|school buurtfeest|feest buurtfeest|buurt straatfeest|straat wijkcentrum|wijk "
    "wijkcentrum|centrum buurtcentrum|buurt dorpshuis|dorp dorpshuis|huis stadhuis|huis raadhuis|huis verpleeghuis|huis ziekenhuis|huis "
    "bejaardenhuis|huis moestuin|tuin geveltuinen|tuin geveltuin|gevel volkstuinen|volkstuin dierenweide|dier dierenweide|weide "
    "speelveld|veld trapveldje|veld trapveldje|trapveld sporthal|hal sporthal|sport sportpark|sport sporthallen|sporthal gymzaal|zaal "
    "zwembaden|bad skatebaan|baan skatebanen|skatebaan ijsbaan|baan ijsbaan|ijs fietspad|pad voetpad|pad wandelpaden|pad "
    "wandelpad|wandelen zebrapaden|zebra hondenlosloopveld|hond hondenlosloopgebied|hond parkeerplaatsen|plaats parkeervakken|vak "
    "parkeervergunning|vergunning parkeervergunningen|parkeren parkeerdruk|druk parkeerautomaat|automaat parkeerbeleid|beleid "
    "laadpalen|paal laadpaal|laden laadpalen|laadpaal deelauto's|auto deelauto|deelauto's deelfietsen|fiets bakfietsen|fiets bakfiets|bak "
    "snorfietsen|fiets fietsenrek|fiets fietsenrekken|rek fietsenstallingen|stalling fietsbrug|brug fietstunnel|tunnel "
    "voetgangersbrug|brug voetganger|voetgangers verkeerslichten|licht stoplichten|licht verkeersborden|bord snelheidscontrole|controle "
    "vrachtverkeer|verkeer vrachtwagens|vrachtwagen vrachtwagens|wagen sluipverkeer|verkeer eenrichtingsverkeer|verkeer woonerf|erf "
    "woonwijk|wijk woonwijken|woonwijk nieuwbouwwijk|wijk nieuwbouw|bouw woningbouw|bouw huurwoning|huur huurhuizen|huis sociale|sociaal "
    "koopwoningen|koop starterswoningen|starter seniorenwoning|senior ouderenwoningen|ouderen mantelzorgwoning|mantelzorg tuinhuisjes|huis "
    "schuurtje|schuur hekje|hek paadje|pad laantje|laan pleintje|plein struikjes|struik plantjes|plant bloemetjes|bloem bloempotten|bloem "
    "bloemperk|perk bloemenzee|bloem boomspiegels|boom boomwortels|wortel boomwortels|boom bomenkap|boom bomenkap|kap "
    "kapvergunning|vergunning kastanjebomen|boom eikenbomen|eik eikenprocessierups|rups grasmaaien|gras grasveld|gras grasveldje|grasveld "
    "onkruidbestrijding|onkruid bladblazers|blad zwerfafval|afval zwerfvuil|vuil huisvuil|vuil grofvuil|vuil afvalcontainers|container "
    "ondergrondse|ondergronds restafval|afval glascontainer|glas papierbak|papier papierbakken|bak prullenbakken|prullenbak prullenbak|bak "
    "prullenmand|mand hondenpoepbak|hond hondenbelasting|belasting hondenuitlaatveld|uitlaatveld muizenplaag|muis rattenoverlast|rat "
    "rattenplaag|plaag duivenoverlast|duif meeuwenoverlast|meeuw katten|kat kattenpoep|kat geluidsoverlast|geluid geluidshinder|geluid "
    "geluidsscherm|scherm geluidswal|geluid stankoverlast|stank lichthinder|licht jongerenoverlast|jongeren drugsoverlast|drugs "
    "vuurwerkoverlast|vuurwerk vuurwerkverbod|verbod wateroverlast|water regentonnen|regenton regenton|ton hemelwater|water "
    "grondwater|water grondwaterstand|grondwater rioolwater|riool rioolstank|riool wegwerkzaamheden|weg wegdek|weg asfaltweg|weg "
    "zandweg|zand stoeprand|stoep stoepranden|rand stoeptegel|tegel tegelwippen|tegel klinkerweg|klinker lantarenpaal|paal "
    "lantaarns|lantaarn straatlantaarn|lantaarn straatnaambord|bord straatnaambordje|straatnaam buslijnen|bus buslijn|lijn bushaltes|halte "
    "buurtbus|bus buurtbussen|buurtbus treinstation|station stationsplein|station stationsplein|plein marktplein|markt weekmarkt|markt "
    "marktkramen|kraam winkelstraat|winkel winkelstraten|straat supermarkten|supermarkt supermarkt|markt buurtsuper|buurt "
    "horecaoverlast|horeca terrassen|terras terrasjes|terras evenementen|evenement evenemententerrein|evenement muziekfestival|muziek "
    "energietransitie|energie zonnepanelen|paneel zonnepanelen|zon windmolens|wind windmolenpark|windmolen warmtepompen|warmtepomp "
    "warmtenet|warmte klimaatadaptatie|klimaat klimaatverandering|klimaat hittestress|hitte groenstroken|groen groenonderhoud|onderhoud "
    "groenonderhoud|groen stadsbomen|boom stadspark|park stadsdeel|deel deelgemeente|gemeente gemeenteraad|raad gemeenteraad|gemeente "
    "raadsvergadering|vergadering raadsvergadering|raad wethouders|wethouder burgemeesters|burgemeester inspraakavond|inspraak "
    "inspraakavond|avond bewonersavond|bewoner bewonersinitiatief|initiatief bewonersgroep|bewoner buurtbewoners|bewoner "
    "buurtpreventie|preventie buurtwacht|buurt buurtkamer|kamer wijkraad|raad wijkverpleegkundige|wijk bijstandsuitkering|uitkering "
    "schuldhulp|schuld voedselbank|bank voedselbank|voedsel kledingbank|kleding speelgoed|spelen speelgoedbank|speelgoed "
    "bibliotheken|bibliotheek bieb|bibliotheek jeugdzorg|jeugd jeugdhonk|jeugd jongerenwerk|jongeren jongerenwerker|werker "
    "schooltuinen|schooltuin schooltuin|tuin leerlingenvervoer|leerling leerlingenvervoer|vervoer openbaar|openbare ov-chipkaart|chipkaart"
).split()

# What somebody looks for | a word that only looks like it.
NOT_FOUND = (
    "staat|bestaat staat|ontstaat bos|boss eren|parkeren stuur|bestuur uur|bestuur ring|vergadering egel|stoeptegels lijk|gemeentelijk "
    "auto|autoriteit bank|banket kat|kater hond|honderd poes|poesie school|scholing ei|einde bad|badge kind|kinds veld|verveeld huis|thuis "
    "paal|bepalen dag|vandaag park|parkeren park|parkeerplaats weg|weggaan bal|ballast arm|alarm ring|verkering rat|raten ras|terras "
    "as|terras eis|reis vis|provisie licht|verplicht ster|zuster recht|terecht ei|zeil ton|beton oor|voor pen|open lid|geluid lid|beleid "
    "lid|solide bak|bakker bak|bakkerij rand|brand rand|restaurant wal|afwal wal|kwaliteit haar|schaar ijs|prijs ijs|wijs sport|transport "
    "trap|strap put|computer put|deputatie dorp|verdorpen goed|vergoeding zaal|bezaal weide|uitweiden hal|halen hal|halte hek|heksen "
    "tuin|fortuin eik|bereik eik|gelijk das|dashboard pot|potloden pot|spot vak|vakantie vak|zwak rek|gesprek rek|directeur rek|rekening "
    "mand|iemand mand|maand kap|kapot kap|kapitaal bel|belasting bel|tabel wagen|opwagen kruid|kruidenier lamp|lampion steen|tsteen "
    "plein|pleister poort|transport beleid|bel lood|loods stand|tegenstand meer|burgemeester gang|toegang gang|ingang voort|voortuin "
    "kans|kansel lijn|rijlijn zon|zone zon|seizoen zon|bijzonder maat|maatregel maat|klimaat deur|directeur keur|kleur bouw|vertrouw "
    "raad|graad graf|fotograaf tak|taken taak|tak mast|mest stoep|stoer kade|academie tram|trampoline gas|gast oog|hoog ouder|houder "
    "boom|boomer fiets|fitness bewoner|wonen raad|draad"
).split()


def test_words_are_found_by_their_parts_and_forms() -> None:
    missed = [pair for pair in FOUND if not finds(pair.split("|")[1], f"Er is iets met {pair.split('|')[0]} hier.")]
    assert not missed


def test_words_that_only_look_alike_are_not_found() -> None:
    wrong = [pair for pair in NOT_FOUND if finds(pair.split("|")[0], f"Er is {pair.split('|')[1]} bij ons")]
    assert len(NOT_FOUND) >= 100
    assert not wrong


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("30km", "30"),
        ("30km", "30 km"),
        ("30 km", "30km"),
        ("30km-zone", "30km"),
        ("30-zone", "30 zone"),
        ("30 zone", "30-zone"),
        ("30km-zone", "30 km"),
        ("50km/u", "50"),
        ("30 kilometer", "30km"),
        ("30km", "30 kilometer"),
        ("5G-mast", "mast"),
        ("5G-mast", "5g"),
        ("A2-tunnel", "A2"),
        ("de N279", "N279"),
        ("100m", "100"),
        ("5611AB", "5611 AB"),
        ("5611 AB", "5611AB"),
        ("café's", "cafe"),
        ("cafés", "café"),
        ("vóórtuin", "voortuin"),
        ("e-bike", "ebike"),
        ("e-steps", "e-step"),
        ("e-scooters", "e-scooter"),
        ("OV-fietsen", "fiets"),
        ("wifi-punten", "punt"),
        ("MBO-school", "school"),
        ("zwembad-discussie", "zwembad"),
        ("co-ouders", "ouder"),
    ],
)
def test_numbers_hyphens_and_accents_make_no_difference(text: str, query: str) -> None:
    assert finds(query, f"Wij willen {text} in de wijk")


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("30 bomen", "30km"),
        ("50 km", "30km"),
        ("A12", "A2"),
        ("12 bomen", "A12"),
        ("de 12de straat", "2"),
        ("N34", "34"),
        ("30 km", "zone"),
    ],
)
def test_other_numbers_are_not_found(text: str, query: str) -> None:
    assert not finds(query, text)


def test_a_number_with_a_word_is_two_things_to_look_for() -> None:
    assert query_terms("30km") == [["30"], ["km", "kilometer"]]
    assert query_terms("30km-zone") == [["30"], ["km", "kilometer"], ["zone"]]
    assert query_terms("A12 N279 5g") == [["a12"], ["n279"], ["5g"]]
    assert terms("30km") == ["30km", "30", "km", "kilometer"]
    assert terms("12de") == ["12de"]


UNITS = st.sampled_from(["km", "cm", "meter", "jaar", "euro", "graden", "kmh", "bomen", "AB", "m2"])


@settings(deadline=None)
@given(
    st.integers(0, 99_999).map(str),
    UNITS.filter(lambda unit: unit != "m2"),
    st.sampled_from(["", " ", "-"]),
    st.sampled_from(["", " ", "-"]),
)
def test_a_number_and_its_unit_are_found_joined_and_apart(number: str, unit: str, text: str, query: str) -> None:
    assert finds(f"{number}{query}{unit}", f"Zo'n {number}{text}{unit} is genoeg")


ACCENTED = st.sampled_from(
    [
        "café",
        "crèche",
        "coördinatie",
        "enquête",
        "privé",
        "één-op-één",
        "röntgen",
        "façade",
        "ideeën",
        "vóórtuin",
        "reünie",
    ]
)


@settings(deadline=None)
@given(ACCENTED, st.booleans(), st.booleans())
def test_a_word_with_accents_is_found_without(word: str, plain_text: bool, shout: bool) -> None:
    plain = "-".join(fold(part) for part in word.split("-"))
    text, query = (plain, word) if plain_text else (word, plain)
    assert finds(query.upper() if shout else query, f"Over {text} gesproken")
