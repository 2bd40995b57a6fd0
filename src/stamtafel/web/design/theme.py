"""A municipality's own theme: name/value pairs for tokens of the NL Design System, checked, written as CSS.

Pure. Which tokens may be set, and what each is without a theme, stands in ``tokens.json``; the front-end
build reads the same file. Contrast is that of WCAG 2.2: 4.5 : 1 for text (1.4.3), 3 : 1 for lines and
controls (1.4.11).
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

Kind = Literal["colour", "length", "fonts"]
Reason = Literal["unknown_name", "bad_value", "low_contrast"]

_TOKENS: Final[dict[str, dict[str, str]]] = json.loads((Path(__file__).parent / "tokens.json").read_text("utf-8"))
DEFAULTS: Final[dict[str, str]] = {name: token["value"] for name, token in _TOKENS.items()}
"""Every token that may be set, with the value it has without a theme."""

_SHAPES: Final[dict[str, re.Pattern[str]]] = {
    "colour": re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE),
    "length": re.compile(r"0|(?:\d{1,2}(?:\.\d{1,2})?)(?:px|rem)"),
    "fonts": re.compile(r"""(?:(?:"[A-Za-z0-9 \-]{1,60}"|[A-Za-z][A-Za-z0-9 \-]{0,59})(?:, ?(?!$)|$)){1,8}"""),
}
TEXT: Final = 4.5
LINE: Final = 3.0
LINEAR_UP_TO: Final = 0.04045  # sRGB, as WCAG 2.2 words it since 2021
SHORT: Final = 3  # digits of #rgb


def _colour(name: str) -> str:
    return f"--basis-color-{name}"


_PAPERS: Final = ("default-bg-document", "default-bg-subtle", "default-bg-default")
_MEANINGS: Final = ("positive", "warning", "negative", "info")
PAIRS: Final[tuple[tuple[str, str, float], ...]] = tuple(
    (_colour(front), _colour(back), least)
    for front, back, least in (
        *((ink, paper, TEXT) for ink in ("default-color-document", "default-color-default") for paper in _PAPERS),
        *(("default-color-subtle", paper, TEXT) for paper in _PAPERS),
        *(("accent-1-color-default", paper, TEXT) for paper in _PAPERS),
        ("accent-1-color-default", "accent-1-bg-default", TEXT),
        ("accent-1-color-hover", "default-bg-document", TEXT),
        ("accent-1-color-hover", "accent-1-bg-hover", TEXT),
        ("accent-1-color-active", "default-bg-document", TEXT),
        ("default-color-document", "accent-1-bg-default", TEXT),
        ("default-color-subtle", "accent-1-bg-default", TEXT),
        ("default-color-document", "accent-1-bg-subtle", TEXT),
        ("default-color-subtle", "accent-1-bg-subtle", TEXT),
        *(
            ("accent-1-inverse-color-default", f"accent-1-inverse-bg-{state}", TEXT)
            for state in ("default", "hover", "active")
        ),
        *(
            (f"{meaning}-color-{part}", f"{meaning}-bg-default", TEXT)
            for meaning in _MEANINGS
            for part in ("default", "document")
        ),
        *((f"{meaning}-color-default", "default-bg-document", TEXT) for meaning in _MEANINGS),
        *(("default-border-default", paper, LINE) for paper in _PAPERS[:2]),
        *(("accent-1-inverse-bg-default", paper, LINE) for paper in _PAPERS),
        ("accent-1-border-default", "default-bg-document", LINE),
        ("negative-border-default", "default-bg-document", LINE),
    )
) + tuple(("--basis-focus-outline-color", _colour(paper), LINE) for paper in _PAPERS)
"""What stands on what: (front, back, least contrast)."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a theme is refused.

    ``name`` is the token, ``other`` what it stands on, ``contrast`` and ``needed`` as in "2.9 where 4.5 is
    needed" (both 0 unless ``reason`` is ``low_contrast``).
    """

    reason: Reason
    name: str
    other: str = ""
    contrast: float = 0.0
    needed: float = 0.0


def check_theme(pairs: Mapping[str, str]) -> list[Problem]:
    """Everything that is wrong with a theme; empty means that it may be used.

    Contrast is only counted once all names and values are right, on the theme as it will be shown: with
    what is derived from the accent and with the defaults of what is not set.
    """
    wrong: list[Problem] = []
    for name, value in pairs.items():
        if name not in _TOKENS:
            wrong.append(Problem("unknown_name", name))
        elif not isinstance(value, str) or not _SHAPES[_TOKENS[name]["kind"]].fullmatch(value):
            wrong.append(Problem("bad_value", name))
    return wrong or list(_low_contrasts({**DEFAULTS, **derive(pairs)}))


def render_theme(pairs: Mapping[str, str]) -> str:
    """The theme as a style sheet; empty without pairs. Raises ValueError for a theme with problems."""
    problems = check_theme(pairs)
    if problems:
        raise ValueError(f"theme refused: {problems[0].reason} {problems[0].name}")
    declared = [f"{name}:{value}" for name, value in sorted(derive(pairs).items())]
    return f".gemeente-theme{{{';'.join(declared)}}}\n" if declared else ""


def derive(pairs: Mapping[str, str]) -> dict[str, str]:
    """The pairs, completed: shades and tints follow from the accent where they are not set themselves."""
    whole = dict(pairs)
    accent = whole.get(_colour("accent-1-inverse-bg-default")) or whole.get(_colour("accent-1-color-default"))
    if accent is None:
        return whole
    black, white = "#000000", "#ffffff"
    darker, darkest = mix(accent, black, 0.20), mix(accent, black, 0.40)
    follow = {
        "inverse-bg-default": accent,
        "inverse-bg-hover": darker,
        "inverse-bg-active": darkest,
        "color-default": accent,
        "color-hover": darker,
        "color-active": darkest,
        "border-default": accent,
        "border-subtle": mix(accent, white, 0.70),
        "bg-subtle": mix(accent, white, 0.94),
        "bg-default": mix(accent, white, 0.88),
        "bg-hover": mix(accent, white, 0.82),
    }
    for name, value in follow.items():
        whole.setdefault(_colour(f"accent-1-{name}"), value)
    return whole


def contrast(one: str, other: str) -> float:
    """Contrast of two colours (#rgb or #rrggbb) after WCAG 2.2, from 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance after WCAG 2.2, from 0 (black) to 1 (white)."""
    red, green, blue = (_linear(part / 255) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def mix(colour: str, other: str, share: float) -> str:
    """A colour with ``share`` (0 to 1) of another in it."""
    return "#" + "".join(
        f"{round(a + (b - a) * share):02x}" for a, b in zip(_parts(colour), _parts(other), strict=True)
    )


def _low_contrasts(values: Mapping[str, str]) -> Iterable[Problem]:
    for front, back, needed in PAIRS:
        found = contrast(values[front], values[back])
        if found < needed:
            yield Problem("low_contrast", front, back, round(found, 2), needed)


def _linear(part: float) -> float:
    return float(part / 12.92 if part <= LINEAR_UP_TO else ((part + 0.055) / 1.055) ** 2.4)


def _parts(colour: str) -> tuple[int, int, int]:
    digits = colour.removeprefix("#")
    if len(digits) == SHORT:
        digits = "".join(digit * 2 for digit in digits)
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)
