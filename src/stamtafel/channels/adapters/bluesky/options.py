"""What is set per account, and what the page that connects it asks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from django.utils.translation import gettext_lazy as _

from stamtafel.channels.adapters.setup import Field, Setup

API: Final = "https://bsky.social"  # lets in the accounts of Bluesky's own servers; others have an address of their own
WEB: Final = "https://bsky.app"

# app.bsky.feed.post, app.bsky.embed.images and app.bsky.embed.external in the lexicons of the AT Protocol
TEXT: Final = 300  # graphemes
TEXT_BYTES: Final = 3000
PICTURES: Final = 4
PICTURE_BYTES: Final = 2_000_000
THUMB_BYTES: Final = 1_000_000
HIDDEN: Final = 300  # answers that one thread can hide (app.bsky.feed.threadgate)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """``picture_in_card``: the first picture goes in the card of the link instead of under the text. A card has no
    alternative text, so this is off unless somebody wants it.
    """

    identifier: str = ""
    api_url: str = API
    web_url: str = WEB
    site_url: str = ""
    picture_in_card: bool = False

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Self:
        """From what is stored with the account; empty is the default."""
        return cls(
            identifier=str(options.get("identifier") or "").strip().removeprefix("@"),
            api_url=str(options.get("api_url") or API).rstrip("/"),
            web_url=str(options.get("web_url") or WEB).rstrip("/"),
            site_url=str(options.get("site_url") or ""),
            picture_in_card=str(options.get("picture_in_card", "")).lower() in {"true", "yes", "1"},
        )


SETUP: Final = Setup(
    needs=(
        _("A Bluesky account of the municipality."),
        _("An app password. You make it on Bluesky under Settings, Privacy and security, App passwords."),
    ),
    fields=(
        Field("identifier", _("Account name"), _("For example gemeente.bsky.social.")),
        Field("password", _("App password"), _("Not the password of the account itself."), secret=True),
        Field(
            "api_url",
            _("Address of the server"),
            _("Leave this as it is, unless your account is on a server of your own."),
            required=False,
            default=API,
        ),
    ),
    help_url="https://bsky.app/settings/app-passwords",
)
