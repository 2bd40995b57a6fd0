"""Personal data is found and masked; ordinary numbers and words are left alone."""

import re
import sys
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import iban
from stdnum.nl import bsn

from stamtafel.dossier.rules import personal_data
from stamtafel.dossier.rules.personal_data import (
    DEFAULT_LABELS,
    Finding,
    Kind,
    addresses,
    emails,
    find,
    houses,
    mask,
    numbers,
    phones,
    plates,
    streets,
)


def found(text: str, kind: Kind) -> list[str]:
    return [finding.text for finding in find(text) if finding.kind is kind]


BSNS = ["123456782", "1234.56.782", "1234 56 782", "123 456 782", "123.456.782", "12 34 56 782", "012345672", "1234\u00a056\u00a0782"]  # fmt: skip


@pytest.mark.parametrize("written", BSNS)
@pytest.mark.parametrize("around", ["{}", "bsn {}.", "Mijn BSN:{},", "({})", "BSN{}!", "{}\n123"])
def test_a_bsn_is_found_however_it_is_written(written: str, around: str) -> None:
    assert found(around.format(written), Kind.BSN) == [written]


@pytest.mark.parametrize(
    "text",
    [
        "123456789",  # fails the 11-proof
        "000000000",
        "0123456782",
        "1234567821",
        "1.123456782",
        "0,123456782",
        "€ 123456782",
        "123456782,50",
        "123.456.782 euro",
        "+123456782",
        "9 123 456 782",
        "123 456 782 000",
        "123.456.782.000",
        "1234.56 782",
        "01.02.2024",
        "31-12-2024 12:00",
        "1 2 3 4 5 6 7 8 2",
    ],
)
def test_what_is_no_bsn(text: str) -> None:
    assert found(text, Kind.BSN) == []


def test_a_bsn_beside_another_number_is_found() -> None:
    assert found("123456782 123 456 782 en 5 ja", Kind.BSN) == ["123456782", "123 456 782"]
    assert found("nummer 5 123456782 2024", Kind.BSN) == ["123456782"]


@given(st.integers(10_000_000, 999_999_999).map(lambda number: f"{number:09d}"))
def test_nine_digits_are_a_bsn_when_the_eleven_proof_says_so(digits: str) -> None:
    assert bool(found(f"nr {digits}", Kind.BSN)) is bsn.is_valid(digits)


IBANS = [
    "NL91ABNA0417164300",
    "NL91 ABNA 0417 1643 00",
    "nl91abna0417164300",
    "NL91-ABNA-0417-1643-00",
    "BE68 5390 0754 7034",
    "DE89370400440532013000",
    "GB29 NWBK 6016 1331 9268 19",
    "MT84MALT011000012345MTLCAST001S",
    "NO9386011117947",
]


@pytest.mark.parametrize("written", IBANS)
@pytest.mark.parametrize("around", ["{}", "{} is mijn rekening", "Rekening:{}.", "op {}, graag", "{} 5 euro"])
def test_an_iban_of_any_country_is_found(written: str, around: str) -> None:
    assert found(around.format(written), Kind.IBAN) == [written]


@pytest.mark.parametrize(
    "text",
    [
        "NL92ABNA0417164300",
        "NL91ABNA04171643001",
        "XNL91ABNA0417164300",
        "ZZ91ABNA0417164300",
        "NL91",
        "NL91ABNA",
    ],
)
def test_what_is_no_iban(text: str) -> None:
    assert found(text, Kind.IBAN) == []


@given(st.text("0123456789", min_size=10, max_size=10))
def test_every_dutch_account_with_right_check_digits_is_found(account: str) -> None:
    number = f"NL{iban.calc_check_digits(f'NLxxABNA{account}')}ABNA{account}"
    assert found(f"Op {number} graag", Kind.IBAN) == [number]


@pytest.mark.parametrize(
    "written",
    [
        "06-12345678", "06 12345678", "0612345678", "06 12 34 56 78", "06.12.34.56.78", "06/12345678", "06 - 12345678",
        "(06) 12345678", "+31612345678", "+31 6 12345678", "+31 (0)6 12345678", "0031612345678", "31612345678",
        "020-1234567", "020 123 45 67", "0497-123456", "088-1234567", "+32 475 12 34 56", "+49 30 1234567",
    ],
)  # fmt: skip
@pytest.mark.parametrize("around", ["{}", "Bel {}.", "tel:{},", "bel {} voor 3811 AB", "Op 01-02-2024 {}"])
def test_a_telephone_number_is_found_however_it_is_written(written: str, around: str) -> None:
    assert [one.strip("()") for one in found(around.format(written), Kind.PHONE)] == [written.strip("()")]


def test_numbers_in_a_row_are_all_found() -> None:
    assert found("06-12345678/06-87654321, 0612345678 0687654321", Kind.PHONE) == [
        "06-12345678",
        "06-87654321",
        "0612345678",
        "0687654321",
    ]
    assert found("tel0612345678 0687654321 3 keer", Kind.PHONE) == ["0612345678", "0687654321"]


@pytest.mark.parametrize(
    "text",
    [
        "2024-2025", "1 januari 2024 12:00", "01-02-2024 12:00 uur", "01-02-2024 1234", "2024-01-02 03:04", "€ 1.234.567,89",
        "EUR 204567890", "0,204567890", "0.204567890", "1012 AB 1234", "612345678", "06.30-12.30 13.30-17.00",
        "0800-1234", "0900-8844", "14 040", "112", "52.3702157, 4.8951679", "+31.612.345.678 euro", "06-123456789012345",
        "0000000000", "00 99 99 99 99",
    ],
)  # fmt: skip
def test_what_is_no_telephone_number_of_somebody(text: str) -> None:
    assert found(text, Kind.PHONE) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mail jan@voorbeeld.nl.", "jan@voorbeeld.nl"),
        ("(jan.de-vries+wijk@mail.voorbeeld.nl)", "jan.de-vries+wijk@mail.voorbeeld.nl"),
        ("<o'brien@voorbeeld.co.uk>", "o'brien@voorbeeld.co.uk"),
        ("'jan@voorbeeld.nl'", "jan@voorbeeld.nl"),
        ("mailto:jan@voorbeeld.nl?subject=x", "jan@voorbeeld.nl"),
        ("renée@café.nl, graag", "renée@café.nl"),
        ("rene\u0301e@cafe\u0301.nl", "rene\u0301e@cafe\u0301.nl"),
        ("ÖZGÜR@VOORBEELD.NL!", "ÖZGÜR@VOORBEELD.NL"),
        ("jan@xn--caf-dma.xn--p1ai", "jan@xn--caf-dma.xn--p1ai"),
        ("...jan@voorbeeld.nl...", "jan@voorbeeld.nl"),
        ("123456782@voorbeeld.nl", "123456782@voorbeeld.nl"),
        ("0612345678@voorbeeld.nl", "0612345678@voorbeeld.nl"),
    ],
)
def test_an_email_address_is_found_without_what_is_around_it(text: str, expected: str) -> None:
    assert [(finding.kind, finding.text) for finding in find(text)] == [(Kind.EMAIL, expected)]


@pytest.mark.parametrize("text", ["@gemeente@social.nl", "jan@", "@jan", "jan@localhost", "5@ 3.00", "@@x.nl"])
def test_what_is_no_email_address(text: str) -> None:
    assert found(text, Kind.EMAIL) == []


PLATES = [  # side codes 1 to 14
    "GB-12-34", "12-34-GB", "12-GB-34", "GB-12-HJ", "GB-HJ-12", "12-GB-HJ", "12-GBH-3",
    "1-GBH-23", "GB-123-H", "G-123-HJ", "GBH-12-J", "G-12-HJK", "1-GB-234", "123-GB-4",
]  # fmt: skip


def test_findings_come_in_order_and_say_where() -> None:
    text = "Kerkstraat 12, bel 06-12345678 of jan@voorbeeld.nl over GB-12-HJ, bsn 123456782, NL91ABNA0417164300"
    findings = find(text)
    assert [finding.kind for finding in findings] == [
        Kind.ADDRESS, Kind.PHONE, Kind.EMAIL, Kind.LICENCE_PLATE, Kind.BSN, Kind.IBAN,
    ]  # fmt: skip
    assert all(text[finding.start : finding.end] == finding.text for finding in findings)
    assert mask(text, findings) == (
        "[adres], bel [telefoonnummer] of [e-mailadres] over [kenteken], bsn [burgerservicenummer], [rekeningnummer]"
    )


def test_what_masking_brings_to_light_is_found_too() -> None:
    assert [finding.text for finding in find("Kerkstraat 9 123 456 782")] == ["Kerkstraat 9", "123 456 782"]
    chain = "123456782+31 6 12345678/NL91ABNA0417164300"
    assert mask(chain, find(chain)) == "[burgerservicenummer][telefoonnummer]/[rekeningnummer]"


def test_masking_takes_other_words_and_any_order() -> None:
    text = "jan@voorbeeld.nl 06-12345678"
    labels = dict.fromkeys(Kind, "…")
    assert mask(text, reversed(find(text)), labels) == "… …"
    assert mask(text, []) == text
    assert mask("", find("")) == ""


def test_every_kind_has_a_label() -> None:
    assert set(DEFAULT_LABELS) == set(Kind)


SNIPPETS = st.sampled_from(
    [*BSNS, *IBANS, *PLATES, "06-12345678", "+31 6 12345678", "jan@voorbeeld.nl", "Kerkstraat 12a", "3811 AB 12", "op de Markt 3",
     "01-02-2024", "€ 12,50", "2024", "12", "Burg. van den Bergstraat", "nr.", "@", "-", ".", "0", "31", "000"]
)  # fmt: skip
MIXED = st.lists(
    st.tuples(SNIPPETS | st.text(max_size=6), st.sampled_from(["", " ", ".", "\n", ", ", "-", "/", "\u00a0"]))
).map(lambda pairs: "".join(part for pair in pairs for part in pair))


@settings(max_examples=400, deadline=None)
@given(MIXED)
def test_findings_never_overlap_and_masking_leaves_none(text: str) -> None:
    findings = find(text)
    for one, other in pairwise(findings):
        assert one.end <= other.start
    assert all(
        finding == Finding(finding.kind, finding.start, finding.end, text[finding.start : finding.end])
        for finding in findings
    )
    assert find(mask(text, findings)) == []


@settings(deadline=None)
@given(st.text())
def test_any_text_can_be_masked(text: str) -> None:
    assert find(mask(text, find(text))) == []


HOSTILE = [
    "1", "0", "@", "a@", "a.", "x@a.", "NL91 ", "NL91ABNA", "Aweg 1 ", "Straat 1 ", "Van van Straat 1 ", "nr 1 ", "3811 AB ", "0 ", "1 ", "1/2/",
    "06-12345678 ", "06-1", "123 456 782 ", "AB-12-", "1-", "(", "+", "\u0301", "straat", "€1.", " ", "12.", "\n", "👩‍👩‍👧",
]  # fmt: skip


@pytest.mark.parametrize("unit", HOSTILE)
def test_twice_the_text_is_twice_the_work(unit: str) -> None:
    once, twice = _calls(unit * (3_000 // len(unit))), _calls(unit * (6_000 // len(unit)))
    assert twice <= 2.2 * once + 1000
    assert once <= 400 * 3_000


def test_a_hundred_thousand_hostile_characters_are_bounded_work() -> None:
    text = "\n".join(unit * (100_000 // len(HOSTILE) // len(unit)) for unit in HOSTILE)
    assert len(text) > 90_000
    assert _calls(text) <= 100 * len(text)


def _calls(text: str) -> int:
    """Calls of Python and C functions: the work that is not inside one regular expression."""
    count = 0

    def profile(frame: object, event: str, arg: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        find(text)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("module", [personal_data, addresses, emails, houses, numbers, phones, plates, streets])
def test_no_expression_repeats_without_bound(module: object) -> None:
    """So that the work of each match is bounded wherever it starts: no catastrophic backtracking."""
    patterns = [value for value in vars(module).values() if isinstance(value, re.Pattern)]
    assert patterns
    for pattern in patterns:
        # A digit run that is scanned once, without anything behind it to backtrack for, is fine.
        assert pattern.pattern == "[0-9]+" or not re.search(
            r"(?<!\\)(?<!\[)[*+](?![^\[]*\])|\{\d*,\}", pattern.pattern
        ), pattern.pattern
