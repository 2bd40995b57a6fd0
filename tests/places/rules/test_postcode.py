from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamtafel.places.rules.postcode import PostcodeError, normalise_postcode


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("3811ab", "3811 AB"),
        (" 3811  AB ", "3811 AB"),
        ("3811\u00a0ab".replace("\u00a0", "\t"), "3811 AB"),
        ("5611", "5611"),
        ("9999 zz", "9999 ZZ"),
    ],
)
def test_normalised(given_text, expected):
    assert normalise_postcode(given_text) == expected


@pytest.mark.parametrize(
    "wrong",
    ["0811 AB", "381 AB", "38111", "3811 A", "3811 ABC", "3811 SS", "3811sa", "3811 SD", "AB 3811",
     "３８１１ AB", "3811 ß", "3811-AB", "3811" + " " * 30 + "AB", "3811\x00AB"],
)  # fmt: skip
def test_refused(wrong):
    with pytest.raises(PostcodeError, match="four digits") as caught:
        normalise_postcode(wrong)
    assert caught.value.reason == "format"


@pytest.mark.parametrize("nothing", ["", "   ", "\n"])
def test_empty(nothing):
    with pytest.raises(PostcodeError) as caught:
        normalise_postcode(nothing)
    assert caught.value.reason == "empty"


@given(st.text() | st.from_regex(r"\s*[1-9][0-9]{3}\s?[A-Za-z]{0,2}\s*", fullmatch=True))
def test_the_result_is_stable(text):
    try:
        once = normalise_postcode(text)
    except PostcodeError:
        return
    assert normalise_postcode(once) == once
    assert len(once) in {4, 7}
