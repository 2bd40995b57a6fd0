"""The text of an announcement as staff write it."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

LONGEST_TITLE: Final = 160
LONGEST_LEAD: Final = 600
LONGEST_TEXT: Final = 20_000
LONGEST_ALT: Final = 300
LONGEST_SLUG: Final = 80  # leaves room for "-2" within the column's 100
UNPRINTABLE: Final = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff\ufffe\uffff]"
)


def clean_text(text: str) -> str:
    """Drop control signs and direction tricks, one kind of newline, composed letters (NFC)."""
    return UNPRINTABLE.sub("", unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))).strip()


def clean_line(text: str) -> str:
    """The same on one line, for titles and alternative texts."""
    return " ".join(clean_text(text).split())


@dataclass(frozen=True)
class Content:
    """Everything that a version keeps; ``topics`` and ``areas`` are row numbers, sorted."""

    title: str
    lead: str = ""
    body: str = ""
    meaning: str = ""
    topics: tuple[int, ...] = field(default=())
    areas: tuple[int, ...] = field(default=())

    def cleaned(self) -> "Content":
        """The same, fit to be kept."""
        return Content(
            title=clean_line(self.title),
            lead=clean_line(self.lead),
            body=clean_text(self.body),
            meaning=clean_text(self.meaning),
            topics=tuple(sorted(set(self.topics))),
            areas=tuple(sorted(set(self.areas))),
        )

    def too_long(self) -> tuple[str, int] | None:
        """The first field that is too long and its bound, or None."""
        bounds = (
            ("title", LONGEST_TITLE),
            ("lead", LONGEST_LEAD),
            ("body", LONGEST_TEXT),
            ("meaning", LONGEST_TEXT),
        )
        return next(((name, bound) for name, bound in bounds if len(getattr(self, name)) > bound), None)

    def as_data(self) -> dict[str, Any]:
        """Plain values for a JSON column."""
        return {
            "title": self.title,
            "lead": self.lead,
            "body": self.body,
            "meaning": self.meaning,
            "topics": list(self.topics),
            "areas": list(self.areas),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Content":
        """Read what ``as_data`` wrote; what is missing is empty."""
        return cls(
            title=str(data.get("title", "")),
            lead=str(data.get("lead", "")),
            body=str(data.get("body", "")),
            meaning=str(data.get("meaning", "")),
            topics=tuple(data.get("topics", ())),
            areas=tuple(data.get("areas", ())),
        )


def slug_of(title: str) -> str:
    """The address of a title: letters without accents, digits and dashes, cut at a word; never empty."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    slug = "-".join(words)
    if len(slug) > LONGEST_SLUG:
        slug = slug[: LONGEST_SLUG + 1].rpartition("-")[0] or slug[:LONGEST_SLUG]
    return slug or "bericht"


def free_slug(wanted: str, taken: set[str]) -> str:
    """``wanted``, or the first of ``wanted-2``, ``wanted-3`` … that is free."""
    if wanted not in taken:
        return wanted
    number = 2
    while f"{wanted}-{number}" in taken:
        number += 1
    return f"{wanted}-{number}"
