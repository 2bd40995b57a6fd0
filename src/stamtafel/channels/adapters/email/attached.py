"""What is attached to a mail, as far as it is safe to keep. Pure.

Listed types only, and only when the first bytes say the same as the name of the type: pictures, PDF, plain text and
documents without macros. Of everything else the name is kept, so that a colleague sees that there was something.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext

from stamtafel.channels.adapters.email.mime import Part
from stamtafel.channels.contract import Attachment, one_line

MOST: Final = 20
LARGEST: Final = 5_000_000
LARGEST_TOGETHER: Final = 10_000_000
SMALL_INLINE: Final = 4_000  # logos and counting pictures in signatures
LONGEST_NAME: Final = 80
NOT_KEPT: Final = "application/octet-stream"
# bidi marks make "fdp.exe" look like "exe.pdf" (CVE-2021-42574 is the same trick in source code)
UNSEEN: Final = re.compile("[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
RESERVED: Final = re.compile(r'[<>:"/\\|?*%]+')


@dataclass(frozen=True, slots=True)
class Type:
    """One type that we keep: how its files begin and end."""

    ending: str
    begins: tuple[bytes, ...] = ()


ZIP: Final = (b"PK\x03\x04",)
OFFICE: Final = "application/vnd.openxmlformats-officedocument."
KEPT: Final[dict[str, Type]] = {
    "image/jpeg": Type("jpg", (b"\xff\xd8\xff",)),
    "image/png": Type("png", (b"\x89PNG\r\n\x1a\n",)),
    "image/gif": Type("gif", (b"GIF87a", b"GIF89a")),
    "image/webp": Type("webp", (b"RIFF",)),
    "application/pdf": Type("pdf", (b"%PDF-",)),
    "application/vnd.oasis.opendocument.text": Type("odt", ZIP),
    "application/vnd.oasis.opendocument.spreadsheet": Type("ods", ZIP),
    f"{OFFICE}wordprocessingml.document": Type("docx", ZIP),
    f"{OFFICE}spreadsheetml.sheet": Type("xlsx", ZIP),
    "text/plain": Type("txt"),
}
SAME: Final = {"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "image/x-png": "image/png"}
BY_ENDING: Final = {kept.ending: name for name, kept in KEPT.items()} | {"jpeg": "image/jpeg"}
VAGUE: Final = frozenset({"application/octet-stream", "application/x-unknown", "binary/octet-stream"})


def safe_name(name: str) -> str:
    """A name that is one file in any folder and looks like what it is; "" where nothing is left."""
    plain = UNSEEN.sub("", unicodedata.normalize("NFC", name))
    plain = RESERVED.sub("_", one_line(plain.replace("\\", "/").rpartition("/")[2])).strip(" ._")
    stem, dot, ending = plain.rpartition(".")
    if dot and len(ending) <= 8:  # noqa: PLR2004 - an ending; anything longer is a part of the name
        return f"{stem[: LONGEST_NAME - len(ending) - 1].rstrip(' .')}.{ending}"
    return plain[:LONGEST_NAME].rstrip(" .")


def kept_type(part: Part) -> str:
    """The type to keep it under; "" when it is none of those listed, or does not begin as that type begins."""
    kind = SAME.get(part.media_type, part.media_type)
    if kind in VAGUE:  # some programs say nothing better
        kind = BY_ENDING.get(safe_name(part.name).rpartition(".")[2].lower(), "")
    known = KEPT.get(kind)
    if known is None or (known.begins and not part.data.startswith(known.begins)):
        return ""
    if kind == "image/webp" and part.data[8:12] != b"WEBP":
        return ""
    return "" if kind == "text/plain" and b"\x00" in part.data else kind


def _named(part: Part, kind: str, number: int) -> str:
    """Its name, ending as its type does: "foto.jpg.exe" that is a picture becomes "foto.jpg.exe.jpg"."""
    name = safe_name(part.name) or f"bijlage-{number}"
    known = KEPT.get(kind)
    _stem, dot, ending = name.rpartition(".")
    if known is None or (dot and BY_ENDING.get(ending.lower()) == kind):
        return name
    return f"{name[: LONGEST_NAME - 5]}.{known.ending}"


def attachments(parts: Iterable[Part]) -> tuple[Attachment, ...]:
    """At most 20, with their bytes as far as they are kept."""
    found: list[Attachment] = []
    size = 0
    for part in parts:
        kind = kept_type(part)
        if (part.inline and len(part.data) < SMALL_INLINE and kind.startswith("image/")) or len(found) == MOST:
            continue
        fits = bool(kind) and len(part.data) <= LARGEST and size + len(part.data) <= LARGEST_TOGETHER
        data = part.data if fits else b""
        size += len(data)
        alt = "" if fits else gettext("We did not keep this file. Ask for a picture or a PDF of at most 5 MB.")
        found.append(
            Attachment(
                media_type=kind if fits else NOT_KEPT, name=_named(part, kind, len(found) + 1), data=data, alt=alt
            )
        )
    return tuple(found)
