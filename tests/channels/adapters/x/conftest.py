"""X, pretended and held to X's own document, and our channel connected to it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from stamtafel.channels.adapters.x.channel import X
from stamtafel.channels.contract import Draft, Picture, Rendered
from tests.contracts.x import hold
from tests.fakes.base import running
from tests.fakes.x import X as FakeX


@pytest.fixture
def network(settings: Any) -> Iterator[FakeX]:
    fake = FakeX()
    hold(fake)
    settings.OUTBOUND_ALLOW = [fake.host]
    with running(fake):
        yield fake


@pytest.fixture
def channel(network: FakeX) -> X:
    return made(network)


@pytest.fixture
def access(network: FakeX) -> dict[str, str]:
    return network.credentials()


def made(network: FakeX, **options: Any) -> X:
    channel = X({"api_url": network.address, "client_id": network.client_id, "messages_seconds": 0, **options})
    channel.clock = lambda: network.clock()  # noqa: PLW0108 - a test may give the network another clock
    return channel


def later(network: FakeX, **by: float) -> None:
    """Time goes by, for X and for us; what we come in with lasts."""
    before = network.clock
    network.clock = lambda: before() + timedelta(**by)
    network.tokens = {token: until + timedelta(**by) for token, until in network.tokens.items()}


def jpeg(colour: str = "green") -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "JPEG")
    return out.getvalue()


def picture(alt: str = "Een boom op het plein", colour: str = "green") -> Picture:
    return Picture(url="https://gemeente.nl/boom.jpg", alt=alt, data=jpeg(colour), media_type="image/jpeg")


def rendered(channel: X, text: str = "Het plein wordt groen.", *, pictures: int = 0, form: str = "single") -> Rendered:
    draft = Draft(subject="", body=text, form=form)
    return replace(channel.render(draft), pictures=tuple(picture(f"Foto {n}") for n in range(pictures)))
