"""What a person typed, made safe to keep at the door. Nothing readable is lost or changed."""

import re
import unicodedata
from typing import Final, Literal

Reason = Literal["empty", "too_long", "broken"]

MOST_BLANK_LINES: Final = 3
MOST_MARKS: Final = 8  # accents on one letter; more is a tower over other people's lines

_NEWLINE = re.compile("\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
_SURROGATE = re.compile("[\ud800-\udfff]")
# Control characters (tab and newline stay); bidi overrides, embeddings and isolates, which show text
# in another order than it is in (Unicode TR 36, 3.4); soft hyphen, zero width space, word joiner and
# byte order mark, which hide in words. U+200C and U+200D stay: emoji, Persian and Hindi need them.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u00ad\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb]"
)
_BLANK_LINES = re.compile(rf"\n{{{MOST_BLANK_LINES + 2},}}")
# Letters and signs by their category that show nothing: fillers of Hangul, an empty Braille cell.
_BLANK_SIGNS = frozenset("\u115f\u1160\u3164\uffa0\u2800")


class TextRefused(ValueError):
    """The text cannot be taken. ``reason`` is a code; ``too_many`` the characters over the limit."""

    def __init__(self, reason: Reason, *, too_many: int = 0) -> None:
        super().__init__(f"{reason} ({too_many} too many)" if too_many else reason)
        self.reason: Reason = reason
        self.too_many = too_many


def clean_text(raw: str, *, max_length: int) -> str:
    """The text with plain newlines, in NFC, without control characters and tricks with direction.

    More than three blank lines become three; spaces at ends of lines go. ``max_length`` is in
    characters after that. Raises TextRefused: "empty", "too_long" or "broken" (half a
    character, from damaged UTF-16).
    """
    return _checked(_BLANK_LINES.sub("\n" * (MOST_BLANK_LINES + 1), _cleaned(raw, max_length)), max_length)


def clean_line(raw: str, *, max_length: int) -> str:
    """As ``clean_text``, on one line: safe for a mail header or a title. Raises TextRefused."""
    return _checked(" ".join(_cleaned(raw, max_length).split()), max_length)


def _cleaned(raw: str, max_length: int) -> str:
    # Far too long is refused before it costs anything: normalising is not linear on towers of accents.
    if len(raw) > 4 * max_length + 1000:
        raise TextRefused("too_long", too_many=len(raw) - max_length)
    if _SURROGATE.search(raw):
        raise TextRefused("broken")
    text = _INVISIBLE.sub("", _NEWLINE.sub("\n", raw))
    text = _without_towers(unicodedata.normalize("NFC", _without_towers(text)))  # NFC can add a mark
    return "\n".join(line.rstrip() for line in text.split("\n")).strip()


def _without_towers(text: str) -> str:
    if text.isascii() or not any(map(unicodedata.combining, text)):
        return text
    kept: list[str] = []
    marks = 0
    for char in text:
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks <= MOST_MARKS:
            kept.append(char)
    return "".join(kept)


def _checked(text: str, max_length: int) -> str:
    if len(text) > max_length:
        raise TextRefused("too_long", too_many=len(text) - max_length)
    if not any(_shows(char) for char in text):
        raise TextRefused("empty")
    return text


def _shows(char: str) -> bool:
    """Whether there is something to see; a sign newer than our Unicode tables (Cn) may well be an emoji."""
    category = unicodedata.category(char)
    return (category[0] in "LNPS" or category == "Cn") and char not in _BLANK_SIGNS
