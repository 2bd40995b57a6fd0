"""Addresses are found however residents write them, also streets whose name says nothing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stamtafel.dossier.rules.personal_data import Kind, find, mask


def found(text: str) -> list[str]:
    return [finding.text for finding in find(text) if finding.kind is Kind.ADDRESS]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ik woon Burgemeester van den Bergstraat 12a.", "Burgemeester van den Bergstraat 12a"),
        ("In de Kerkstraat 12 is het druk", "Kerkstraat 12"),
        ("bij kerkstraat 12-14", "kerkstraat 12-14"),
        ("Kerkstraat 12 a, boven", "Kerkstraat 12 a"),
        ("Kerkstraat 12-hs", "Kerkstraat 12-hs"),
        ("Dorpsweg 3 bis", "Dorpsweg 3 bis"),
        ("Lindelaan nr. 5", "Lindelaan nr. 5"),
        ("Lindelaan, huisnummer 5", "Lindelaan, huisnummer 5"),
        ("1e Jacob van Campenstraat 5-III", "1e Jacob van Campenstraat 5-III"),
        ("Kerkstr. 12", "Kerkstr. 12"),
        ("de Burg. Jansenlaan 7", "Burg. Jansenlaan 7"),
        ("Ringbaan Oost 12", "Ringbaan Oost 12"),
        ("Prins Hendrikkade 33!", "Prins Hendrikkade 33"),
        ("Onze Nieuwe Weg 3", "Nieuwe Weg 3"),
        ("op de Markt 12", "Markt 12"),
        ("(Rozenhof 8)", "Rozenhof 8"),
        ("Lindepark 1000", "Lindepark 1000"),
        ("Kerkstraat 12, 3811 AB Amersfoort", "Kerkstraat 12, 3811 AB"),
        ("Kerkstraat 12, 3811 AB 5", "Kerkstraat 12, 3811 AB"),
        ("3811AB12", "3811AB12"),
        ("3811 AB 12", "3811 AB 12"),
        ("3811AB, 12-a", "3811AB, 12-a"),
        ("3811ab 12", "3811ab 12"),
        ("3811 AB nummer 12", "3811 AB nummer 12"),
    ],
)
def test_an_address_is_found_as_a_whole(text: str, expected: str) -> None:
    assert found(text) == [expected]


@pytest.mark.parametrize(
    "ending",
    ["straat", "laan", "weg", "plein", "dijk", "kade", "singel", "gracht", "steeg", "plantsoen", "dreef"],
)
def test_sure_endings_count_without_capital(ending: str) -> None:
    assert found(f"op linden{ending} 5") == [f"linden{ending} 5"]


@pytest.mark.parametrize("ending", ["hof", "pad", "markt", "park", "baan", "ring", "wal", "burg"])
def test_other_endings_count_with_a_capital(ending: str) -> None:
    assert found(f"op Linden{ending} 5") == [f"Linden{ending} 5"]
    assert found(f"op linden{ending} 5") == []


@pytest.mark.parametrize(
    "text",
    [
        "A2 weg 30 km", "straat 2024", "weg 30 kilometer", "Weg 30", "Straat 3", "Kerkstraat 2024 wordt mooi",
        "Kerkstraat 30 km/u", "Kerkstraat 12 meter", "Kerkstraat 12 mei", "Kerkstraat 12:00 uur", "Kerkstraat 9.30", "Kerkstraat 12%",
        "Kerkstraat 12 bomen", "Kerkstraat, 12 keer", "Kerkstraat. 12 gedaan", "de Kerkstraat", "Kerkstraat 0", "Kerkstraat 123456",
        "Vergadering 12", "Tilburg 13", "fietspad 3", "snelweg 3", "de 12de straat", "Kerkstraat 12de", "nummer 5",
        "2024 en 12", "In 2024 EN 12 mensen", "3811 AB", "3811 SS 12", "3811 ab 12", "3811ab12", "3811 AB 12 keer", "3811aB 12", "Ringbaan Oost 12-14 km",
        "Kerkstraat\n12", "Kerkstraat!! 12", "… 12", "Oost 12",
    ],
)  # fmt: skip
def test_what_is_no_address(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Laan van Meerdervoort 120", "Laan van Meerdervoort 120"),
        ("aan de laan van meerdervoort 120 woont hij", "laan van meerdervoort 120"),
        ("Hof van Holland 12", "Hof van Holland 12"),
        ("ik woon Hof ter Weijde 3a", "Hof ter Weijde 3a"),
        ("Park van de toekomst 3", "Park van de toekomst 3"),
        ("De Dreef 8", "Dreef 8"),
        ("in De Wieken 8 is het fijn", "De Wieken 8"),
        ("'t Hofje 3", "Hofje 3"),
        ("Wij wonen aan 't Zand 3.", "Zand 3"),
        ("Plein 1944 5", "Plein 1944 5"),
        ("het Plein 40-45 12", "Plein 40-45 12"),
        ("Lange Voorhout 8", "Lange Voorhout 8"),
        ("Korte Poten 7", "Korte Poten 7"),
        ("Damrak 1", "Damrak 1"),
        ("Rokin 5", "Rokin 5"),
        ("Markt 5", "Markt 5"),
        ("Het stinkt. Markt 5 is vies", "Markt 5"),
        ("Singel 100, achter", "Singel 100"),
        ("Hallo\nKade 3", "Kade 3"),
        ("Zonneweide 4", "Zonneweide 4"),
        ("Bij Merel 12 ligt een losse tegel", "Merel 12"),
        ("wij wonen op Esp 12", "Esp 12"),
        ("Ik woon zelf Heuvel 3", "Heuvel 3"),
        ("ter hoogte van Boterbloem 4", "Boterbloem 4"),
        ("adres: Gouden Leeuw 14", "Gouden Leeuw 14"),
        ("Merel 12, 3811 AB Amersfoort", "Merel 12, 3811 AB"),
        ("Merel 12a\n3811 AB Amersfoort", "Merel 12a\n3811 AB"),
        ("Merel huisnummer 12", "Merel huisnummer 12"),
        ("Kerkstraat\u202f12", "Kerkstraat\u202f12"),
        ("Kerkstraat 12–14", "Kerkstraat 12–14"),
        ("Kerkstraat 4e is te koop", "Kerkstraat 4e"),
        ("Kerkstraat 4e", "Kerkstraat 4e"),
        ("Kerkstraat 2 of 3", "Kerkstraat 2"),
        ("Kerkstraat 12 liggen tegels los", "Kerkstraat 12"),
        ("Kerkstraat 12 zitten jongeren", "Kerkstraat 12"),
        ("Kerkstraat 12 hebben ze last", "Kerkstraat 12"),
        ("Kerkstraat 12 Jan woont daar", "Kerkstraat 12"),
        ("Kerkstraat 1 is leeg", "Kerkstraat 1"),
        ("Kerkstraat 12 de bomen zijn ziek", "Kerkstraat 12"),
    ],
)
def test_a_street_is_known_by_more_than_its_end(text: str, expected: str) -> None:
    masked = mask(text, find(text))
    assert masked.count("[adres]") == 1
    assert masked.endswith(text.rpartition(expected)[2])
    assert found(text)[0].endswith(expected)


STREETS = st.sampled_from(
    ["Kerkstraat", "aan de Singel", "op de Markt", "Laan van Nieuw Zeeland", "De Dreef", "bergweg", "Lange Voorhout", "bij Merel",
     "Plein 1813", "Burg. van den Bergplein", "wij wonen op Esp"]
)  # fmt: skip
THINGS = st.sampled_from(
    ["lantaarnpalen", "bankjes", "bomen", "fietsers", "klachten", "auto's", "parkeervakken", "drempels", "huizen", "containers",
     "prullenbakken", "speeltoestellen", "paaltjes", "ratten", "borden", "weken"]
)  # fmt: skip
ADJECTIVES = st.sampled_from(["", "kapotte ", "nieuwe ", "extra ", "ondergrondse ", "mooie grote "])
GOES_ON = st.sampled_from(
    ["", ".", ", achter", " is leeg", " woont hij", " en verder", " staat te koop", "\n", " in Best", "?", ")"]
)
COUNTED = st.tuples(ADJECTIVES, THINGS).map("".join) | st.sampled_from(
    ["meter", "keer", "uur", "euro", "km/u", "personen", "mei"]
)
HOUSES = st.integers(1, 1499).map(str)


@settings(deadline=None)
@given(STREETS, HOUSES, st.sampled_from(["", "a", "-2", " bis", "-hs", " III"]), GOES_ON)
def test_a_street_and_a_number_are_an_address_whatever_comes_next(
    street: str, house: str, more: str, rest: str
) -> None:
    text = f"{street} {house}{more}{rest}"
    assert house not in mask(text, find(text)).replace("1813", "")


@settings(deadline=None)
@given(STREETS, HOUSES, COUNTED, GOES_ON)
def test_what_is_counted_in_a_street_is_no_address(street: str, number: str, counted: str, rest: str) -> None:
    assert found(f"{street} {number} {counted}{rest}") in ([], ["Plein 1813"])
