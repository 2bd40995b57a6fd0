"""Numbers and addresses are found also as people type them: other spaces, other dashes, other groups, words for signs."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from stdnum import iban
from stdnum.nl import bsn

from stamtafel.dossier.rules.personal_data import Finding, Kind, find, mask

SPACES = "\u00a0\u2002\u2003\u2007\u2009\u200a\u202f\u205f\u3000\t"
DASHES = "\u2010\u2011\u2012\u2013\u2014\u2212"


def found(text: str, kind: Kind) -> list[str]:
    return [finding.text for finding in find(text) if finding.kind is kind]


@pytest.mark.parametrize(
    "written", ["123-456-782", "1234-56-782", "12-34-56-782", "123 - 456 - 782", "1234.56.782", "123  456  782"]
)
def test_a_bsn_in_groups_is_found(written: str) -> None:
    assert found(f"BSN {written}, graag", Kind.BSN) == [written]


@pytest.mark.parametrize("text", ["9-123-456-782", "123-456-782-1", "123-456 782", "2019-12-342", "978-90-1234-567-8"])
def test_groups_of_a_longer_number_are_no_bsn(text: str) -> None:
    assert found(text, Kind.BSN) == []


@given(
    st.integers(10_000_000, 99_999_999).map(str),
    st.sampled_from([(3, 3, 3), (4, 2, 3), (4, 3, 2), (2, 2, 2, 3), (3, 6), (9,)]),
    st.sampled_from([" ", ".", "-", " - ", *SPACES, *DASHES]),
)
def test_every_bsn_is_found_in_its_usual_groups(eight: str, groups: tuple[int, ...], between: str) -> None:
    last = bsn.checksum(f"{eight}0")
    assume(last < 10)
    digits = f"{eight}{last}"
    parts, at = [], 0
    for size in groups:
        parts.append(digits[at : at + size])
        at += size
    assume(not (len(parts[0]) == 4 and parts[0].startswith(("19", "20"))))
    assert found(f"bsn {between.join(parts)}!", Kind.BSN) == [between.join(parts)]


@pytest.mark.parametrize(
    "written",
    [
        "NL 91 ABNA 0417 1643 00",
        "NL91  ABNA  0417164300",
        "NL91 ABNA 04 17 16 43 00",
        "nl 91 abna 0417164300",
        "NL91 - ABNA - 0417 1643 00",
    ],
)
def test_an_iban_with_more_spaces_is_found(written: str) -> None:
    assert found(f"Rekening {written} graag", Kind.IBAN) == [written]


@given(
    st.text("0123456789", min_size=10, max_size=10),
    st.lists(st.sampled_from(["", " ", "  ", ".", "-", *SPACES]), min_size=4, max_size=4),
    st.sampled_from(["", " "]),
)
def test_every_dutch_account_is_found_with_anything_between(account: str, between: list[str], after_nl: str) -> None:
    check = iban.calc_check_digits(f"NLxxABNA{account}")
    parts = [f"NL{after_nl}{check}", "ABNA", account[:4], account[4:8], account[8:]]
    written = "".join(part + mark for part, mark in zip(parts, [*between, ""], strict=True))
    assert found(f"Op {written} graag", Kind.IBAN) == [written]


@pytest.mark.parametrize(
    "text", ["de 12 bomen aan de weg van de buurt", "NL 91", "in 12 jaar tijd is er niets gebeurd hier", "BE 68 5390"]
)
def test_words_with_a_number_are_no_iban(text: str) -> None:
    assert found(text, Kind.IBAN) == []


@pytest.mark.parametrize(
    "written",
    [
        "06\u202f12345678", "06\u202f12\u202f34\u202f56\u202f78", "[06]12345678", "[06] 12345678", "06 - 12 34 56 78", "06 – 12 34 56 78",
        "+31 (0)6 12345678", "+31 (0)6 – 12 34 56 78", "+31 [0]6 12345678", "+31 ( 0 )6 12345678", "(06) - 12345678", "06_12345678",
        "06—12345678", "06\t12345678", "o612345678", "０６１２３４５６７８", "٠٦١٢٣٤٥٦٧٨", "040 – 238 12 34",
    ],
)  # fmt: skip
def test_a_telephone_number_is_found_as_people_type_it(written: str) -> None:
    for around in ("{}", "Bel {} voor 5 uur", "tel: {}."):
        text = around.format(written)
        (finding,) = find(text)
        assert finding.kind is Kind.PHONE
        assert [one for one in text.replace(finding.text, "") if one.isdigit()] in ([], ["5"])


@pytest.mark.parametrize(
    "written",
    [
        "jan (at) example.nl", "jan(at)example.nl", "jan[at]example.nl", "jan @ example.nl", "jan@ example.nl", "jan @example.nl",
        "jan [at] example [punt] nl", "jan (at) example (dot) nl", "jan{at}sub.example.nl", "jan.de.vries (AT) example.nl",
        "jan apenstaartje gmail.com", "jan apenstaart gmail punt com", "jan at gmail.com", "jan at ziggo punt nl", "jan＠example.nl",
        "jan[punt]devries[at]example[punt]nl",
    ],
)  # fmt: skip
def test_an_email_address_in_words_is_found(written: str) -> None:
    for around in ("{}", "Mail {}, graag", "({})", "mail naar {}."):
        assert found(around.format(written), Kind.EMAIL) == [written]


@pytest.mark.parametrize(
    "text",
    [
        "zie @ www.gemeente.nl",
        "wij zijn @ home",
        "kom @ 5 uur",
        "look at gemeente.nl",
        "de raad (at) werk",
        "@jan @ piet",
        "(@) nl",
        "ik at gisteren",
    ],
)
def test_words_around_an_at_are_no_email_address(text: str) -> None:
    assert found(text, Kind.EMAIL) == []


SAMPLES = st.sampled_from(
    ["06 12 34 56 78", "06-12345678", "123 456 782", "123-456-782", "NL91 ABNA 0417 1643 00", "GB-123-P", "GB 123 P", "Kerkstraat 12",
     "Laan van Meerdervoort 120", "3811 AB 12", "jan @ voorbeeld.nl"]
)  # fmt: skip


@settings(deadline=None)
@given(SAMPLES, st.sampled_from(SPACES), st.sampled_from(DASHES), st.booleans())
def test_spaces_and_dashes_of_typesetting_make_no_difference(sample: str, space: str, dash: str, wide: bool) -> None:
    """Offsets are those of the text as it was written."""
    text = f"Zie: {sample.replace(' ', space).replace('-', dash)}."
    if wide:
        text = "".join(chr(0xFEE0 + ord(one)) if one.isdigit() else one for one in text)
    plain = f"Zie: {sample}."
    assert [(one.kind, one.start, one.end) for one in find(text)] == [
        (one.kind, one.start, one.end) for one in find(plain)
    ]
    assert [one.text for one in find(text)] == [text[one.start : one.end] for one in find(plain)]
    assert find(mask(text, find(text))) == []
    assert all(isinstance(one, Finding) for one in find(text))
