"""Which kinds of channel there are: one literal table, and an entry point for those of others."""

from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from typing import Any, Final

from django.utils.module_loading import import_string

from stamtafel.channels.contract import Kind

CHANNELS: Final[dict[str, str]] = {
    "website": "stamtafel.channels.adapters.website.channel.Website",
    "feed": "stamtafel.channels.adapters.feed.channel.Feed",
    "email": "stamtafel.channels.adapters.email.channel.Email",
    "street": "stamtafel.channels.adapters.street.channel.Street",
    "cafe": "stamtafel.channels.adapters.cafe.channel.Cafe",
    "paper": "stamtafel.channels.adapters.paper.channel.Paper",
    "mastodon": "stamtafel.channels.adapters.mastodon.channel.Mastodon",
    "telegram": "stamtafel.channels.adapters.telegram.channel.Telegram",
    "x": "stamtafel.channels.adapters.x.channel.X",
    "bluesky": "stamtafel.channels.adapters.bluesky.channel.Bluesky",
    "facebook": "stamtafel.channels.adapters.facebook.channel.Facebook",
    "instagram": "stamtafel.channels.adapters.instagram.channel.Instagram",
    "whatsapp": "stamtafel.channels.adapters.whatsapp.channel.WhatsApp",
    "demo": "stamtafel.channels.adapters.demo.channel.Demo",
}


class UnknownKind(LookupError):
    """No channel of this kind is installed."""


@cache
def kinds() -> Mapping[str, str]:
    """Kind → dotted path. Ours win: an installed package cannot replace a built-in kind."""
    others = {point.name: point.value.replace(":", ".") for point in entry_points(group="stamtafel.channels")}
    return {**others, **CHANNELS}


@cache
def _adapter(kind: str) -> type[Any]:
    if kind not in kinds():
        raise UnknownKind(kind)
    adapter: type[Any] = import_string(kinds()[kind])
    return adapter


def channel(kind: str, options: Mapping[str, Any] | None = None) -> Kind:
    """The channel of a kind with its account's options; UnknownKind when it is not installed."""
    made: Kind = _adapter(kind)(options or {})
    return made
