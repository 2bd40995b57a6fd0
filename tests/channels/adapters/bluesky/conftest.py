"""A pretended Bluesky, held to the lexicons, and our account there."""

from collections.abc import Iterator
from typing import Any

import pytest

from stamtafel.channels.adapters.bluesky.channel import Bluesky
from tests.contracts.bluesky import hold
from tests.fakes.base import running
from tests.fakes.bluesky import Bluesky as Fake


@pytest.fixture
def fake(settings: Any) -> Iterator[Fake]:
    network = Fake()
    hold(network)
    settings.OUTBOUND_ALLOW = [network.host]
    with running(network):
        yield network


@pytest.fixture
def channel(fake: Fake) -> Bluesky:
    return Bluesky({"api_url": fake.address, "identifier": "gemeente.test", "site_url": "https://voorbeeld.nl"})


@pytest.fixture
def credentials(fake: Fake) -> dict[str, str]:
    """As kept after the first exchange."""
    session = fake.session(fake.us)
    return {
        "password": "abcd-efgh-ijkl-mnop", "access": session["accessJwt"], "refresh": session["refreshJwt"],
        "did": fake.us.did,
    }  # fmt: skip
