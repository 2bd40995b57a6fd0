"""Search finds a word by its other forms and by its parts."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stamtafel.dossier.rules.search import STOP_WORDS, excerpt, fold, query_terms, terms


def finds(query: str, text: str) -> bool:
    index = set(terms(text))
    groups = query_terms(query)
    return bool(groups) and all(index.intersection(group) for group in groups)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("huis", "Er komen twintig huizen bij."),
        ("huizen", "Mijn huis lekt"),
        ("idee", "Ideeën genoeg!"),
        ("ideeen", "Een idee voor de wijk"),
        ("ideeën", "IDEE"),
        ("speelplaats", "De kinderspeelplaats is stuk"),
        ("speelplaatsen", "kinderspeelplaats"),
        ("speelplaats", "kinderspeelplaatsen"),
        ("fietspad", "fietspaden"),
        ("fietspaden", "het fietspad"),
        ("pad", "fietspaden"),
        ("cafe", "Bij Café de Linde"),
        ("café", "cafe"),
        ("foto", "foto's van de straat"),
        ("fotos", "een foto"),
        ("foto’s", "foto's"),
        ("coordinatie", "coördinatie"),
        ("bank", "bankjes in het park"),
        ("bankjes", "een bank"),
        ("loop", "wij lopen"),
        ("loopt", "er is gelopen"),
        ("bord", "verkeersborden"),
        ("veiligheid", "verkeersveiligheid"),
        ("paneel", "zonnepanelen"),
        ("bijeenkomst", "bewonersbijeenkomsten"),
        ("bewonersbijeenkomst", "bewonersbijeenkomsten"),
        ("overlast", "rattenoverlast"),
        ("park", "Theresiapark"),
        ("straatstenen", "een straatsteen"),
        ("tegel", "stoeptegels"),
        ("water", "regenwateropvang"),
        ("email", "e-mail"),
        ("e-mail", "email"),
        ("zone", "30km-zone"),
        ("A2", "de A2-tunnel"),
        ("isik", "Işık"),
        ("speeltuin kapot", "Kapotte speeltuinen en een kapotte bank"),
        ("de speeltuin van de buurt", "buurtspeeltuin"),
    ],
)
def test_what_search_finds(query: str, text: str) -> None:
    assert finds(query, text)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("boom", "huizen"),
        ("kinderspeelplaats", "een plaats om te spelen"),
        ("fietspad bomen", "fietspaden"),
        ("de het een", "de het een"),
        ("", "huis"),
        ("!?", "huis!?"),
        ("eren", "parkeren"),
        ("keren", "parkeren"),
        ("stuur", "bestuur"),
        ("uur", "bestuur"),
        ("ring", "vergadering"),
        ("egel", "stoeptegels"),
        ("lijk", "gemeentelijk"),
    ],
)
def test_what_search_does_not_find(query: str, text: str) -> None:
    assert not finds(query, text)


def test_terms_come_once_and_in_order() -> None:
    assert terms("Huizen, huis en HUIZEN: bomen") == ["huizen", "huis", "bomen", "boom"]
    assert terms("kinderspeelplaats")[:6] == [
        "kinderspeelplaats",
        "kinder",
        "speelplaats",
        "kind",
        "speel",
        "plaats",
    ]


def test_each_word_of_a_query_is_a_group_once() -> None:
    assert query_terms("Huizen en huizen zonder bomen") == [["huizen", "huis"], ["zonder"], ["bomen", "boom"]]
    assert query_terms("wijk-bus") == [["wijkbus"]]


def test_a_query_of_stop_words_is_empty() -> None:
    assert query_terms("de en het of een") == []
    assert not STOP_WORDS.intersection(terms("de en het of een bent waren huis"))


DUTCH = st.lists(
    st.sampled_from(
        ["huizen", "Ideeën", "kinderspeelplaats", "foto's", "e-mail", "verkeersborden", "bankjes", "één", "Café’s", "was", "½", "Straße",
         "hondenuitlaatplaatsen", "3e", "ÀÉÎ", "raadsleden", "straatstenen", "zonnepanelen", "financiën", "financien", "geïnd"]
    )
    | st.text(alphabet="abdeghijklmnoprstuvwzëïéöü'-", max_size=14)
).map(" ".join)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(DUTCH | st.text())
def test_terms_of_terms_bring_nothing_new(text: str) -> None:
    once = terms(text)
    assert set(terms(" ".join(once))) == set(once)
    assert len(set(once)) == len(once)
    assert all(term == fold(term) and term.isalnum() for term in once)


@settings(deadline=None)  # the first word opens the dictionary
@given(DUTCH | st.text())
def test_a_text_is_found_by_each_of_its_own_words(text: str) -> None:
    index = set(terms(text))
    for group in query_terms(text):
        assert index.intersection(group)


def test_accents_and_case_make_no_difference() -> None:
    assert terms("CAFÉ CAFÉ café") == ["cafe"]
    assert query_terms("Coördinatie") == query_terms("coordinatie")


def test_hostile_words_stay_few_terms() -> None:
    chance = random.Random(1)
    parts = "straat fiets speel water licht school groen buurt plaats weg pad huis".split()  # noqa: SIM905
    long = " ".join("".join(chance.choices(parts, k=9)) for _ in range(200))
    assert len(terms(long)) <= 6 * 200
    assert [len(term) for term in terms("x" * 10_000)] == [64]


@pytest.mark.parametrize(
    ("text", "length", "expected"),
    [
        ("Kort", 200, "Kort"),
        ("", 200, ""),
        ("een twee drie", 13, "een twee drie"),
        ("een twee drie", 12, "een twee…"),
        ("een twee drie", 9, "een twee…"),
        ("een twee drie", 8, "een…"),
        ("een, twee", 5, "een…"),
        (" een\n\n twee\tdrie ", 20, "een twee drie"),
        ("reuzenwoord", 6, "reuze…"),
        ("abcde\u0301fg", 6, "abcd…"),
    ],
)
def test_an_excerpt_is_one_line_of_whole_words(text: str, length: int, expected: str) -> None:
    assert excerpt(text, length) == expected


@given(st.text(), st.integers(2, 300))
def test_an_excerpt_never_is_too_long(text: str, length: int) -> None:
    short = excerpt(text, length)
    assert len(short) <= length
    assert short == " ".join(short.split())
    assert short == excerpt(text, length)
