"""What is set per account, and what the page that connects one asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final, Self

from django.utils.translation import gettext_lazy as _

from stamtafel.channels.adapters.setup import Field, Setup

API: Final = "https://api.x.com"
AUTHORIZE: Final = "https://x.com/i/oauth2/authorize"
SCOPES: Final = (
    "tweet.read", "tweet.write", "users.read", "media.write", "tweet.moderate.write", "dm.read", "dm.write",
    "offline.access",
)  # fmt: skip
EVENTS: Final = ("post.mention.create", "post.reply.create", "post.quote.create", "dm.received")
EARLY: Final = timedelta(minutes=5)  # an access token lives two hours; it is exchanged a little before
# thousandths of a dollar, "Pricing" on docs.x.com of 2026-08-22: $0.015, and $0.20 with an address in the text
POST: Final = 15
POST_WITH_URL: Final = 200
MESSAGES: Final = 120  # seconds between two questions for private messages: X takes 15 in a quarter of an hour


class Names(StrEnum):
    """Which names we send: X renamed its fields on 7 August 2026 (API 2.167). Both are always read."""

    POST = "post"
    TWEET = "tweet"


class BadOption(ValueError):
    """An option of the account cannot be used; the sentence names it."""


@dataclass(frozen=True, slots=True)
class Options:
    """One account on X. Prices are in thousandths of a dollar."""

    client_id: str = ""
    api_url: str = API
    authorize_url: str = AUTHORIZE
    site_url: str = ""
    names: Names = Names.POST
    price: int = POST
    price_with_url: int = POST_WITH_URL
    messages_seconds: int = MESSAGES

    @classmethod
    def read(cls, options: Mapping[str, Any]) -> Self:
        """From what is stored with the account; raises BadOption."""
        names = str(options.get("names") or Names.POST)
        if names not in set(Names):
            raise BadOption(f"names={names} is not post or tweet")
        return cls(
            client_id=str(options.get("client_id") or ""),
            api_url=str(options.get("api_url") or API),
            authorize_url=str(options.get("authorize_url") or AUTHORIZE),
            site_url=str(options.get("site_url") or ""),
            names=Names(names),
            price=_amount(options, "price", POST),
            price_with_url=_amount(options, "price_with_url", POST_WITH_URL),
            messages_seconds=_amount(options, "messages_seconds", MESSAGES),
        )


def _amount(options: Mapping[str, Any], name: str, default: int) -> int:
    said = options.get(name)
    if said is None or said == "":
        return default
    try:
        amount = round(float(said))
    except (TypeError, ValueError, OverflowError):
        raise BadOption(f"{name} is not a number") from None
    if amount < 0:
        raise BadOption(f"{name} is below nothing")
    return amount


SETUP: Final = Setup(
    needs=(
        _("The account of the municipality on X, and who knows its password."),
        _(
            "An app of the municipality itself on developer.x.com. With an app of somebody else, X asks the full price "
            "for reading."
        ),
        _("A way to pay: X asks money for each post, and much more for a post with a link in it."),
    ),
    fields=(
        Field("client_id", _("Client ID"), _("Of OAuth 2.0, under “Keys and tokens” of the app.")),
        Field("client_secret", _("Client secret"), _("Of OAuth 2.0, on the same page."), secret=True),
        Field(
            "consumer_secret", _("API key secret"),
            _("Proves that a notice really comes from X. Without it we ask X every few minutes, which costs money."),
            secret=True, required=False,
        ),
        Field(
            "bearer_token", _("Bearer token"), _("With it we tell X where to send its notices."),
            secret=True, required=False,
        ),
        Field(
            "names", _("Names of fields"), _("Leave it at “post”. Only where X does not know our questions: “tweet”."),
            required=False, default=Names.POST,
        ),
    ),
    scopes=SCOPES,
    help_url="https://docs.x.com/x-api/getting-started/getting-access",
)  # fmt: skip
