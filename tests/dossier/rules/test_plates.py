"""Licence plates are found with dashes, spaces or nothing between; measures and words are left alone."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from stamtafel.dossier.rules.personal_data import Kind, find
from stamtafel.dossier.rules.personal_data import plates as plates_module
from tests.dossier.rules.test_personal_data import PLATES


def found(text: str) -> list[str]:
    return [finding.text for finding in find(text) if finding.kind is Kind.LICENCE_PLATE]


@pytest.mark.parametrize("plate", PLATES)
@pytest.mark.parametrize("between", ["-", " ", "  ", " - ", "–", "\u202f"])
@pytest.mark.parametrize("write", [str.upper, str.lower])
def test_a_plate_of_every_side_code_is_found(plate: str, between: str, write: type[str]) -> None:
    written = write(plate.replace("-", between))
    assert found(f"De auto ({written}), rood") == [written]
    assert found(f"kenteken {written}.") == [written]
    assert found(written) == [written]


@pytest.mark.parametrize("plate", PLATES)
def test_a_plate_without_anything_between_is_found(plate: str) -> None:
    joined = plate.replace("-", "")
    expected = [] if plate == "12-34-GB" else [joined]  # 1234GB is a postcode
    assert found(f"kenteken {joined}!") == expected
    assert found(f"kenteken {joined.lower()}!") == [one.lower() for one in expected]


@pytest.mark.parametrize("text", ["GB 123-P", "In 2024 GB 123 P gezien", "GB 123 P, 3 keer", "12 GB HJ en 1-GBH-23"])
def test_a_plate_among_other_numbers_is_found(text: str) -> None:
    assert len(found(text)) == 1 + (" en " in text)


@pytest.mark.parametrize(
    "text",
    [
        "A2-10-20", "SS-12-34", "12-SD-34", "SA-12-34", "GSD-12-J", "12-34-56", "GB-HJ-KL", "GB-12-34-5", "X-GB-12-34", "Gb-12-34",
        "5-mei-24", "12-DEC-5", "1-op-100", "3811AB", "EK2024", "XGB1234", "GB1234X", "SS1234", "ABCDEF", "123456",
        "30 km 50", "30km50", "nr123b", "nr 123 b", "5 mln 20", "1 op 100", "2 uur 30", "12 UUR 3", "IN 30 KM", "12 EN 13", "A 67 BIJ", "a 100 km",
        "10 x 20", "3811ab", "wk2026", "ek2024", "2 ipv 30", "30 I.P.V. 50", "12 CM 30", "1 str 12", "van 10 m", "VAN 10 M", "VVD 12 D", "12 abc 3", "bv1234",
    ],
)  # fmt: skip
def test_what_is_no_plate(text: str) -> None:
    assert found(text) == []


LETTERS = {1: "GHJKLPRTZ", 2: "BDFGHJKLPRTZ", 3: "BDFGHJKLPRTZ"}


@st.composite
def plates(draw: st.DrawFn) -> str:
    """Any plate of side code 4 or later, without the letter groups that are an abbreviation somewhere."""
    groups = []
    for group in draw(st.sampled_from(PLATES[3:])).split("-"):
        letters = LETTERS[len(group)] if group.isalpha() else "0123456789"
        groups.append(draw(st.text(letters, min_size=len(group), max_size=len(group))))
    assume(not plates_module._NO_LETTERS.intersection(group.lower() for group in groups))
    return "-".join(groups)


@settings(max_examples=300, deadline=None)
@given(plates(), st.sampled_from(["-", " ", ""]), st.booleans())
def test_any_plate_is_found_however_it_is_written(plate: str, between: str, small: bool) -> None:
    written = plate.replace("-", between)
    written = written.lower() if small else written
    assert found(f"de {written} stond fout") == [written]
