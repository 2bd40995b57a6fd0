"""What is set per account at Telegram, and what the page that connects an account asks."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from django.utils.translation import gettext_lazy as _

from stamtafel.channels.adapters.setup import Field, Setup
from stamtafel.channels.contract import Limits

API: Final = "https://api.telegram.org"
TEXT: Final = 4096  # Bot API, sendMessage: "1-4096 characters after entities parsing"
CAPTION: Final = 1024  # Bot API, sendPhoto: "0-1024 characters after entities parsing"
PICTURES: Final = 10  # Bot API, sendMediaGroup: "must include 2-10 items"
RIGHTS: Final = ("can_post_messages", "can_edit_messages", "can_delete_messages")

# Bot API, sendPhoto: at most 10 MB, width and height together at most 10000, their ratio at most 20
LIMITS: Final = Limits(
    text=TEXT,
    pictures=PICTURES,
    counted_in="UTF-16",
    picture_bytes=10_000_000,
    picture_side=5000,
    picture_shape=(1 / 20, 20.0),
    threads=True,
    reply=TEXT,
    private=TEXT,
)


@dataclass(frozen=True, slots=True)
class Options:
    """The account's options. ``chat`` is the channel: ``@name``, or its number (``-100…``) when it is not public."""

    api_url: str
    chat: str

    @classmethod
    def read(cls, options: Mapping[str, Any]) -> Self:
        """From the account."""
        url = str(options.get("api_url") or API).strip().rstrip("/")
        return cls(api_url=url, chat=_chat(str(options.get("chat", ""))))


def _chat(given: str) -> str:
    """``@name`` or a number; people paste the address of the channel, or leave the @ out."""
    bare = re.sub(r"^(https?://)?(t\.me|telegram\.me)/", "", given.strip()).rstrip("/")
    named = bare and not bare.startswith("@") and not bare.lstrip("-").isdecimal()
    return f"@{bare}" if named else bare


SETUP: Final = Setup(
    needs=(
        _("A Telegram channel of the municipality of which you are the owner."),
        _("A bot: write to @BotFather in Telegram, choose /newbot, and keep the token that you get."),
        _("The bot is an administrator of the channel, with the rights to post, edit and delete messages."),
        _("For comments: link a discussion group to the channel, and make the bot an administrator there too."),
    ),
    fields=(
        Field("chat", _("Name of the channel"), _("For example @lindewaard. Not public? Then its number: -100…")),
        Field("token", _("Token of the bot"), _("Two parts with a colon between them, from @BotFather."), secret=True),
        Field("api_url", _("Address of the API"), "", required=False, default=API),
    ),
    scopes=RIGHTS,
    help_url="https://core.telegram.org/bots/features#botfather",
)
