"""Meta as we pretend it, held to Meta's own node files, with a page and an account of ours that know one clock."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from stamtafel.channels.adapters.facebook.channel import Facebook
from stamtafel.channels.adapters.instagram.channel import Instagram
from stamtafel.channels.adapters.meta import figures
from stamtafel.channels.contract import Draft, Picture, Rendered
from tests.contracts.meta import hold
from tests.fakes.base import running
from tests.fakes.meta import Meta, Site

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
A_MINUTE = timedelta(minutes=1)


class World:
    """The fake, our site, the time, and who we are."""

    def __init__(self, meta: Meta, site: Site) -> None:
        self.meta, self.site, self.now = meta, site, NOW
        meta.clock = lambda: self.now
        meta.ig_token_made = NOW - timedelta(days=2)
        self.credentials = {"token": meta.token, "app_secret": meta.secret, "verify_token": meta.verify}

    def later(self, **how: Any) -> None:
        """Time goes by."""
        self.now += timedelta(**how)

    def facebook(self, **options: Any) -> Facebook:
        """Our page."""
        made = Facebook({"page_id": self.meta.page, "app_id": self.meta.app, "api_url": self.meta.address,
                         "site_url": "https://voorbeeld.example", **options})  # fmt: skip
        made.clock = lambda: self.now
        return made

    def instagram(self, **options: Any) -> Instagram:
        """Our account."""
        made = Instagram({"ig_id": self.meta.ig, "page_id": self.meta.page, "app_id": self.meta.app,
                          "api_url": self.meta.address, **options})  # fmt: skip
        made.clock = lambda: self.now
        return made

    def picture(self, name: str = "plein", **more: Any) -> Picture:
        """A picture on our site."""
        return Picture(**{"url": f"{self.site.address}/pictures/{name}.jpg", "alt": f"Het {name} é 🌳", **more})

    def calls(self, method: str, end: str) -> int:
        """How often something was called."""
        return len([one for one in self.meta.calls if one.method == method and one.path.endswith(end)])


class Kept(dict[str, str]):
    """Progress that a test can look into."""

    def get(self, step: str, default: str = "") -> str:  # type: ignore[override]
        return super().get(step, default)

    def keep(self, step: str, value: str) -> None:
        self[step] = value


@pytest.fixture
def world(settings: Any) -> Iterator[World]:
    """Everything running; at the end the fake must have had nothing to complain of."""
    figures.UNKNOWN.clear()
    meta, site = Meta(), Site()
    hold(meta)
    settings.OUTBOUND_ALLOW = [meta.host, site.host]
    with running(meta), running(site):
        yield World(meta, site)


def draft(**fields: Any) -> Draft:
    return Draft(**{"subject": "Het plein wordt groen", "body": "Wij planten **24 bomen**.", **fields})


def words(text: str) -> Rendered:
    return Rendered(subject="", text=text)
