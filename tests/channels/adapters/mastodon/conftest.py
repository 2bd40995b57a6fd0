"""A pretended Mastodon server, held to Mastodon's own description, and our channel at it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from stamtafel.channels.adapters.mastodon import channel as module
from stamtafel.channels.adapters.mastodon.channel import Mastodon
from stamtafel.channels.contract import Draft, Picture
from tests.contracts.mastodon import hold
from tests.fakes.base import running
from tests.fakes.mastodon import Mastodon as Server

PICTURE = Picture(
    url="https://praat.example/m/1.jpg",
    alt="Kinderen planten een boom é 🌳",
    data=b"\xff\xd8jpeg",
    media_type="image/jpeg",
)


class Kept(dict[str, str]):
    """Progress that a test can look into, and that can break off as a killed worker does."""

    def get(self, step: str, default: str = "") -> str:  # type: ignore[override]
        return super().get(step, default)

    def keep(self, step: str, value: str) -> None:
        self[step] = value


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    fake = Server()
    hold(fake)
    settings.OUTBOUND_ALLOW = [fake.host]
    with running(fake):
        yield fake


@pytest.fixture
def town(server: Server) -> Mastodon:
    module._known.clear()
    return at(server)


def at(server: Server, **options: Any) -> Mastodon:
    made = Mastodon({"api_url": server.address, **options})
    made.pause = lambda _seconds: None
    return made


@pytest.fixture
def credentials(server: Server) -> dict[str, str]:
    return {"access_token": server.token}


def draft(body: str = "Wij planten **24 bomen**.", **fields: Any) -> Draft:
    return Draft(**{"subject": "Het plein wordt groen", "body": body, **fields})


def later(server: Server, by: timedelta) -> None:
    """The server's clock goes on."""
    now = server.now
    server.now = lambda: now() + by
