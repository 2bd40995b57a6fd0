"""A draft as messages of Telegram, counted as it counts: UTF-16 units (Bot API, MessageEntity). Pure."""

from collections.abc import Sequence
from typing import Any, Final

from stamtafel.channels.adapters.posts import chain, told
from stamtafel.channels.adapters.telegram.options import CAPTION, TEXT
from stamtafel.channels.contract import Draft, Form, Picture, Rendered

MARK: Final = len("\n\n99/99")
PICTURE: Final = "🖼 "  # Telegram has no alt text: the words of a picture stand under the text, after this sign


def count(text: str) -> int:
    """UTF-16 units: an emoji counts as two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def render(draft: Draft) -> Rendered:
    """Plain text; with pictures it is a caption, which may be shorter, and holds the words of the pictures."""
    text = "\n\n".join(part for part in (told(draft, link=draft.link), words(draft.pictures)) if part)
    first = CAPTION if draft.pictures else TEXT
    parts = _parts(text, first) if draft.form == Form.THREAD else ()
    size = count(parts[0] if parts else text)
    return Rendered(
        subject=draft.subject,
        text=text,
        link=draft.link,
        language=draft.language,
        pictures=draft.pictures,
        count=size,
        over=max(0, size - first),
        parts=parts,
    )


def words(pictures: Sequence[Picture]) -> str:
    """The words that stand in for the pictures, a line each."""
    return "\n".join(PICTURE + picture.alt for picture in pictures if picture.alt)


def _parts(text: str, first: int) -> tuple[str, ...]:
    """In messages: the first may have to be a caption. Telegram shows no chain, so each says which it is."""
    if count(text) <= first:
        return ()
    beginning = chain(text, lambda part: count(part) + MARK <= first)
    rest = text[len(beginning[0]) :].strip() if text.startswith(beginning[0]) else ""
    parts = (beginning[0], *chain(rest, lambda part: count(part) + MARK <= TEXT)) if rest else beginning
    return tuple(f"{part}\n\n{number}/{len(parts)}" for number, part in enumerate(parts, 1))


def entities(text: str, subject: str) -> list[dict[str, Any]]:
    """The subject in bold, where the text begins with it."""
    if not subject or not text.startswith(subject):
        return []
    return [{"type": "bold", "offset": 0, "length": count(subject)}]
