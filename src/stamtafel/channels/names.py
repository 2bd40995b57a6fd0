"""What networks are called: names of their own, the same in every language."""

from typing import Final

NAMES: Final[dict[str, str]] = {
    "facebook": "Facebook", "instagram": "Instagram", "x": "X", "mastodon": "Mastodon", "bluesky": "Bluesky",
    "telegram": "Telegram", "whatsapp": "WhatsApp", "demo": "Demo",
}  # fmt: skip


def name_of(kind: str) -> str:
    """The name of a network; of one that somebody else installed, its kind with a capital."""
    return NAMES.get(kind) or kind[:1].upper() + kind[1:]
