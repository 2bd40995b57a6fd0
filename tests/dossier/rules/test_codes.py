"""Follow codes survive paper, telephone and small keyboards."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamtafel.dossier.rules.codes import ALPHABET, digest, make, normalise

KEY = b"a key for tests"
SEEDS = st.binary(min_size=1, max_size=32)


@given(SEEDS)
def test_a_code_looks_like_one(seed: bytes) -> None:
    assert re.fullmatch(rf"LIND-[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}", make("LIND", seed, KEY))
    assert not set("ILOU") & set(ALPHABET)


def test_a_code_never_changes() -> None:
    """Printed codes must stay good: these are what the first release made."""
    assert make("LIND", b"one", KEY) == "LIND-BS7G-EAS8"
    assert digest("LIND-BS7G-EAS8", KEY) == "cfd809f2066ca5536f366d80e476012308098f979df7c7f0326b25634793e4c0"


def test_codes_differ_by_seed_and_key_and_not_by_prefix() -> None:
    codes = {normalise(make("LIND", bytes([number]), KEY)) for number in range(256)}
    assert len(codes) == 256
    assert normalise(make("LIND", b"one", b"other")) != normalise(make("LIND", b"one", KEY))
    assert normalise(make("AB", b"one", KEY)) == normalise(make("LIND", b"one", KEY))


MISREADINGS = {"0": "0Oo", "1": "1IilL"}


@given(SEEDS, st.data())
def test_a_code_is_known_in_every_misreading(seed: bytes, data: st.DataObject) -> None:
    code = make("LIND", seed, KEY)
    prefix, *body = code.split("-")
    kept = data.draw(st.sampled_from([prefix, prefix.lower(), "L1ND", ""]))
    misread = "".join(data.draw(st.sampled_from(MISREADINGS.get(char, char + char.lower()))) for char in "".join(body))
    separators = st.sampled_from(["", " ", "-", " - ", "–", "\u00a0", ".", "\n"])
    pieces = [kept, misread[:2], misread[2:4], misread[4:6], misread[6:]]
    typed = "".join(piece + data.draw(separators) for piece in pieces)
    assert normalise(typed) == "-".join(body)
    assert digest(typed, KEY) == digest(code, KEY)


@pytest.mark.parametrize(
    "typed",
    ["", "LIND", "7K4M-92Q", "7K4U-92QX", "LIND-7K4M-92Q!", "7K4M_92QX'", "é7K4M-92QX", "ABCDEFGHJ-7K4M-92QX", "7K4M-92QX" * 10, "٧K4M-92QX"],
)  # fmt: skip
def test_what_cannot_be_a_code(typed: str) -> None:
    assert normalise(typed) is None
    with pytest.raises(ValueError, match="not a follow code"):
        digest(typed, KEY)


@given(st.text())
def test_any_typing_is_a_code_or_none(typed: str) -> None:
    meant = normalise(typed)
    assert meant is None or normalise(meant) == meant


def test_full_width_letters_are_letters() -> None:
    assert normalise("ＬＩＮＤ－７Ｋ４Ｍ－９２ＱＸ") == "7K4M-92QX"


@given(SEEDS)
def test_a_digest_tells_nothing_without_the_key(seed: bytes) -> None:
    code = make("LIND", seed, KEY)
    assert re.fullmatch("[0-9a-f]{64}", digest(code, KEY))
    assert digest(code, KEY) != digest(code, b"other")


@pytest.mark.parametrize("prefix", ["", "L", "lind", "LIND1", "LINDEWAARD", "LI-ND", "LÎND"])
def test_a_strange_prefix_is_refused(prefix: str) -> None:
    with pytest.raises(ValueError, match="prefix"):
        make(prefix, b"one", KEY)


def test_there_are_no_codes_without_a_key() -> None:
    with pytest.raises(ValueError, match="key"):
        make("LIND", b"one", b"")
    with pytest.raises(ValueError, match="key"):
        digest("7K4M-92QX", b"")
