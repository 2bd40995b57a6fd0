"""A pretended Telegram, held to the description of its Bot API, and our channel at it."""

from collections.abc import Iterator
from typing import Any

import pytest

from stamtafel.channels.adapters.telegram import channel as module
from stamtafel.channels.adapters.telegram.channel import Telegram
from stamtafel.channels.contract import Draft, Picture
from tests.contracts.telegram import hold
from tests.fakes.base import running
from tests.fakes.telegram import Telegram as Network

PICTURE = Picture(
    url="https://praat.example/m/1.jpg",
    alt="Kinderen planten een boom é 🌳",
    data=b"\xff\xd8jpeg",
    media_type="image/jpeg",
)


class Kept(dict[str, str]):
    """Progress that a test can look into."""

    def get(self, step: str, default: str = "") -> str:  # type: ignore[override]
        return super().get(step, default)

    def keep(self, step: str, value: str) -> None:
        self[step] = value


@pytest.fixture
def network(settings: Any) -> Iterator[Network]:
    fake = Network()
    hold(fake)
    module._homes.clear()
    settings.OUTBOUND_ALLOW = [fake.host]
    with running(fake):
        yield fake


@pytest.fixture
def town(network: Network) -> Telegram:
    return at(network)


def at(network: Network, **options: Any) -> Telegram:
    return Telegram({"api_url": network.address, "chat": "@lindewaard", **options})


@pytest.fixture
def credentials(network: Network) -> dict[str, str]:
    return {"token": network.token}


def draft(body: str = "Wij planten **24 bomen**.", **fields: Any) -> Draft:
    return Draft(**{"subject": "Het plein wordt groen", "body": body, **fields})
