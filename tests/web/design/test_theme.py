"""A theme is refused with the pair named, and what is written is safe CSS."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamtafel.web.design.theme import DEFAULTS, PAIRS, check_theme, contrast, derive, mix, render_theme

ACCENT = "--basis-color-accent-1-inverse-bg-default"
TEXT_ACCENT = "--basis-color-accent-1-color-default"
PAPER = "--basis-color-default-bg-document"
colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_our_own_colours_pass() -> None:
    assert check_theme({}) == []
    assert check_theme({name: value for name, value in DEFAULTS.items() if value.startswith("#")}) == []


def test_every_pair_names_tokens_that_exist() -> None:
    assert {name for front, back, _ in PAIRS for name in (front, back)} <= set(DEFAULTS)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("#000", "#fff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#777777", "#ffffff", 4.48),
        ("#767676", "#fff", 4.54),
        ("#0000ff", "#fff", 8.59),
    ],
)
def test_contrast_is_that_of_wcag(one: str, other: str, expected: float) -> None:
    assert contrast(one, other) == pytest.approx(expected, abs=0.01)
    assert contrast(other, one) == contrast(one, other)


def test_a_dark_accent_alone_is_enough() -> None:
    css = render_theme({ACCENT: "#1b3a6b"})
    assert f"{ACCENT}:#1b3a6b" in css
    assert f"{TEXT_ACCENT}:#1b3a6b" in css
    assert css.startswith(".gemeente-theme{")


def test_a_light_accent_is_refused_and_the_pair_is_named() -> None:
    problems = check_theme({ACCENT: "#ffcc00"})
    assert ("--basis-color-accent-1-inverse-color-default", ACCENT) in {(p.name, p.other) for p in problems}
    assert all(p.reason == "low_contrast" and p.contrast < p.needed for p in problems)
    with pytest.raises(ValueError, match="low_contrast"):
        render_theme({ACCENT: "#ffcc00"})


def test_a_light_accent_with_dark_words_fails_as_a_line_on_paper_until_it_is_darker() -> None:
    light = {
        ACCENT: "#d98a00", "--basis-color-accent-1-inverse-bg-hover": "#e09a20", "--basis-color-accent-1-inverse-bg-active": "#e8a835",
        "--basis-color-accent-1-inverse-color-default": "#000000", TEXT_ACCENT: "#6b4300",
        "--basis-color-accent-1-color-hover": "#553500", "--basis-color-accent-1-color-active": "#402800",
        "--basis-color-accent-1-border-default": "#6b4300",
    }  # fmt: skip
    papers = {f"--basis-color-default-bg-{paper}" for paper in ("document", "subtle", "default")}
    assert {(p.name, p.other) for p in check_theme(light)} == {(ACCENT, paper) for paper in papers}
    assert check_theme({**light, ACCENT: "#b87400"}) == []


def test_lines_need_three_to_one() -> None:
    (first, *_) = check_theme({"--basis-color-default-border-default": "#cccccc"})
    assert (first.name, first.other, first.needed) == ("--basis-color-default-border-default", PAPER, 3.0)


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("--basis-color-of-my-own", "#123456", "unknown_name"),
        ("color", "#123456", "unknown_name"),
        (ACCENT, "red", "bad_value"),
        (ACCENT, "#12345", "bad_value"),
        (ACCENT, "#123456;}body{display:none", "bad_value"),
        (ACCENT, "#123456\n", "bad_value"),
        (ACCENT, "url(https://elsewhere.example/)", "bad_value"),
        ("--basis-border-radius-md", "-4px", "bad_value"),
        ("--basis-border-radius-md", "4em", "bad_value"),
        ("--basis-heading-font-family", '"Noto Sans', "bad_value"),
        ("--basis-heading-font-family", "Noto Sans,", "bad_value"),
        ("--basis-heading-font-family", "x;}", "bad_value"),
    ],
)
def test_names_and_values_are_checked(name: str, value: str, reason: str) -> None:
    assert [(p.reason, p.name) for p in check_theme({name: value})] == [(reason, name)]


@pytest.mark.parametrize("value", ["0", "6px", "0.5rem", "12px"])
def test_lengths(value: str) -> None:
    assert check_theme({"--basis-border-radius-md": value}) == []


@pytest.mark.parametrize("value", ["Arial", '"Noto Sans", sans-serif', "Open Sans, system-ui, sans-serif"])
def test_fonts(value: str) -> None:
    assert f"--basis-text-font-family-default:{value}" in render_theme({"--basis-text-font-family-default": value})


def test_nothing_set_is_an_empty_sheet() -> None:
    assert render_theme({}) == ""


def test_what_is_set_wins_over_what_follows() -> None:
    hover = "--basis-color-accent-1-inverse-bg-hover"
    assert derive({ACCENT: "#1b3a6b", hover: "#000000"})[hover] == "#000000"


@given(colours, colours, st.floats(0, 1))
def test_a_mix_lies_between(one: str, other: str, share: float) -> None:
    mixed = mix(one, other, share)
    for at in (1, 3, 5):
        low, high = sorted((int(one[at : at + 2], 16), int(other[at : at + 2], 16)))
        assert low <= int(mixed[at : at + 2], 16) <= high


@given(st.dictionaries(st.sampled_from(sorted(DEFAULTS)), st.one_of(colours, st.text(max_size=30))))
def test_what_passes_is_one_rule_of_plain_declarations(pairs: dict[str, str]) -> None:
    if check_theme(pairs):
        return
    css = render_theme(pairs)
    declaration = r"--[a-z0-9-]+:[^;{}<>\\]+"
    assert css == "" or re.fullmatch(rf"\.gemeente-theme\{{{declaration}(?:;{declaration})*\}}\n", css)
