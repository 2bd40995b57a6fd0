"""Counting as X counts, held to the cases of twitter-text."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from stamtafel.channels.adapters.posts import chain
from stamtafel.channels.adapters.x import weighted
from tests.contracts import folder

# Cases that say what an older configuration does, and not version 3 of 2018, which is X's today
OLD = {
    # version 1: 140 signs, each 1
    "Invalid Tweet: 141 characters": True,
    "Invalid Tweet: 141 characters (due to newline)": True,
    # version 2: no emoji that weigh 2 as a whole; the same texts stand with today's weights in the group "Discounted"
    ("WeightedTweetsCounterTest", "Count a mix of single byte single word, and double word unicode characters"): 7,
    (
        "WeightedTweetsCounterTest",
        "Count unicode emoji chars outside the basic multilingual plane with skin tone modifiers",
    ): 4,
}


def cases(file: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((folder("x") / "twitter-text" / "conformance" / file).read_text())["tests"]
    return found


@pytest.mark.parametrize("group", ["WeightedTweetsCounterTest", "WeightedTweetsWithDiscountedEmojiCounterTest", "UnicodeDirectionalMarkerCounterTest"])  # fmt: skip
def test_weights_are_those_of_twitter_text(group: str) -> None:
    counted = {
        case["description"]: (weighted.length(case["text"]), weighted.is_valid(case["text"]))
        for case in cases("validate.yml")[group]
    }
    wanted = {
        case["description"]: (
            OLD.get((group, case["description"]), case["expected"]["weightedLength"]),
            case["expected"]["valid"],
        )
        for case in cases("validate.yml")[group]
    }
    assert len(wanted) > 1
    assert counted == wanted


def test_texts_are_valid_or_not_as_twitter_text_says() -> None:
    found = {case["description"]: weighted.is_valid(case["text"]) for case in cases("validate.yml")["tweets"]}
    assert len(found) == 8
    assert found == {
        case["description"]: OLD.get(case["description"], case["expected"]) for case in cases("validate.yml")["tweets"]
    }


@pytest.mark.parametrize("group", ["urls", "tco_urls_with_params", "urls_with_directional_markers"])
def test_addresses_are_those_of_twitter_text(group: str) -> None:
    for case in cases("extract.yml")[group]:
        found = [case["text"][one.start : one.end] for one in weighted.urls(case["text"])]
        wanted = [one["url"] if isinstance(one, dict) else one for one in case["expected"]]
        assert found == wanted, case["description"]


def test_places_of_addresses_are_those_of_twitter_text() -> None:
    for case in cases("extract.yml")["urls_with_indices"]:
        if case["text"].isascii():  # the cases count in UTF-16
            assert [list(one) for one in weighted.urls(case["text"])] == [one["indices"] for one in case["expected"]]


def test_the_configuration_is_the_third() -> None:
    import json

    config = json.loads((folder("x") / "twitter-text" / "config" / "v3.json").read_text())
    assert config["maxWeightedTweetLength"] == weighted.LONGEST
    assert config["transformedURLLength"] == weighted.URL_WEIGHT
    assert tuple((one["start"], one["end"]) for one in config["ranges"]) == weighted.LIGHT
    assert {one["weight"] for one in config["ranges"]} == {100}
    assert config["defaultWeight"] == 200 == 100 * weighted.EMOJI_WEIGHT


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("gemeente.nl", 23),
        ("Kijk op www.lindewaard.nl/plein.", 8 + 23 + 1),
        ("iets.nietbestaand", 17),
        ("mail naar info@gemeente.nl", 26),
        ("e\u0301", 1),
        ("🇳🇱", 2),
        ("👩🏽‍🚒👨‍👩‍👧‍👦", 4),
        ("3️⃣", 2),
        ("©®", 2),
        ("©️", 2),
        ("☺︎", 4),
        ("€ 5 – “ja” …", 14),
        ("汉字", 4),
        ("", 0),
    ],
)
def test_a_text_weighs(text: str, length: int) -> None:
    assert weighted.length(text) == length


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs"]), max_size=120))
def test_a_text_never_weighs_more_than_twice_its_signs_or_23_for_each_dot(text: str) -> None:
    import unicodedata

    signs = unicodedata.normalize("NFC", text)
    assert 0 <= weighted.length(text) <= 2 * len(signs) + 23 * signs.count(".")
    assert weighted.length(text) == weighted.length(signs)


@given(st.text(alphabet=st.sampled_from("abc d.! \n汉😷é"), max_size=900), st.integers(min_value=0, max_value=3))
def test_every_post_of_a_chain_fits_and_nothing_is_lost(text: str, links: int) -> None:
    text += " https://gemeente.nl/een/heel/lang/adres/dat/23/telt/hoe/lang/het/ook/is" * links
    posts = chain(text, lambda part: weighted.length(part) <= weighted.LONGEST)
    assert all(weighted.length(post) <= weighted.LONGEST for post in posts)
    assert "".join("".join(posts).split()) == "".join(text.split())


def test_what_cannot_be_an_address_is_none() -> None:
    assert list(weighted.urls("http://" + "a" * 64 + ".nl")) == []
    assert list(weighted.urls("https://gemeente.nl/" + "a" * 4100)) == []
    assert [one.end for one in weighted.urls("https://t.co/abcdef/verder")] == [19]


@pytest.mark.parametrize(
    "text",
    [
        "汉" * 8_000 + ".nl",
        "-a_" * 3_000 + ".nl",
        "http://" + "a" * 20_000 + ".nl",
        "a." * 300,
        "http://a.nl/" + "(" * 20_000,
    ],
)
def test_no_text_takes_long(text: str) -> None:
    import time

    before = time.process_time()
    weighted.length(text)
    assert time.process_time() - before < 3
