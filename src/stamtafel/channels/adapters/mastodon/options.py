"""What is set per account at Mastodon, what a server takes, and what the page that connects an account asks."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from math import isqrt
from typing import Any, Final, Self

from django.utils.translation import gettext_lazy as _

from stamtafel.channels.adapters.setup import Field, Setup
from stamtafel.channels.contract import Limits

SCOPES: Final = ("read", "write:statuses", "write:media")


class Visibility(StrEnum):
    """Who sees a post (docs.joinmastodon.org, Status, ``visibility``)."""

    PUBLIC = "public"
    UNLISTED = "unlisted"  # everybody, but in no list of newest posts
    PRIVATE = "private"  # followers
    DIRECT = "direct"  # who is mentioned


@dataclass(frozen=True, slots=True)
class Server:
    """What a server takes; the defaults are those of Mastodon itself (docs.joinmastodon.org, Instance)."""

    characters: int = 500
    url_characters: int = 23
    pictures: int = 4
    alt: int = 1500
    picture_bytes: int = 16_777_216
    picture_pixels: int = 33_177_600

    @classmethod
    def from_instance(cls, data: Any) -> Self:
        """From the answer of ``GET /api/v2/instance``; what it does not say stays as by default."""
        posts, media = _part(data, "statuses"), _part(data, "media_attachments")
        said = {
            "characters": posts.get("max_characters"),
            "url_characters": posts.get("characters_reserved_per_url"),
            "pictures": posts.get("max_media_attachments"),
            "alt": media.get("description_limit"),
            "picture_bytes": media.get("image_size_limit"),
            "picture_pixels": media.get("image_matrix_limit"),
        }
        return cls(**{name: value for name, value in said.items() if isinstance(value, int) and value > 0})

    def limits(self) -> Limits:
        """As limits of the channel. A picture whose sides are within the root of the pixels always fits."""
        return Limits(
            text=self.characters,
            pictures=self.pictures,
            counted_in="characters",
            alt=self.alt,
            picture_bytes=self.picture_bytes,
            picture_side=isqrt(self.picture_pixels),
            threads=True,
            reply=self.characters,
            private=self.characters,
        )


def _part(data: Any, name: str) -> Mapping[str, Any]:
    configuration = data.get("configuration") if isinstance(data, Mapping) else None
    found = configuration.get(name) if isinstance(configuration, Mapping) else None
    return found if isinstance(found, Mapping) else {}


@dataclass(frozen=True, slots=True)
class Options:
    """The account's options. ``fixed`` are limits that were set by hand: they win from what the server says."""

    api_url: str
    visibility: Visibility
    reply_visibility: Visibility
    fixed: Mapping[str, int]

    @classmethod
    def read(cls, options: Mapping[str, Any]) -> Self:
        """From the account. Raises ValueError, with a sentence for staff, for a value that can't be used."""
        names = [field.name for field in fields(Server)]
        return cls(
            api_url=_address(str(options.get("api_url", ""))),
            visibility=_visibility(options.get("visibility") or Visibility.PUBLIC),
            reply_visibility=_visibility(options.get("reply_visibility") or Visibility.UNLISTED),
            fixed={name: _number(name, given) for name in names if (given := str(options.get(name, "")).strip())},
        )

    def over(self, server: Server) -> Server:
        """The server's limits with ours over them."""
        return replace(server, **self.fixed)


def _address(given: str) -> str:
    """The address of a server; people often leave the https:// out."""
    bare = given.strip().rstrip("/")
    return bare if not bare or "://" in bare else f"https://{bare}"


def _visibility(given: Any) -> Visibility:
    if given not in set(Visibility):
        raise ValueError(f"{given}: choose one of {', '.join(Visibility)}.")
    return Visibility(given)


def _number(name: str, given: str) -> int:
    if not given.isdecimal() or int(given) < 1:
        raise ValueError(f"{name}: {given} is no number.")
    return int(given)


SETUP: Final = Setup(
    needs=(
        _("An account of the municipality on a Mastodon server, for example social.overheid.nl."),
        _("You can sign in to that account in a browser."),
    ),
    fields=(
        Field("api_url", _("Address of the server"), _("For example https://social.overheid.nl")),
        Field(
            "access_token",
            _("Access token"),
            _("On Mastodon: Preferences, Development, New application. Tick the rights below, then copy the token."),
            secret=True,
        ),
        Field(
            "visibility",
            _("Who sees what we post"),
            _("public: everybody. unlisted: everybody, but not in the lists of newest posts."),
            required=False,
            default=Visibility.PUBLIC,
        ),
        Field(
            "characters",
            _("Longest post, in characters"),
            _("Leave this empty: we ask the server itself."),
            required=False,
        ),
    ),
    scopes=SCOPES,
    help_url="https://docs.joinmastodon.org/client/token/",
)
