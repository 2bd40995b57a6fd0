"""A pretended WhatsApp, held to Meta's document, and our number there."""

from collections.abc import Iterator
from typing import Any

import pytest

from stamtafel.channels.adapters.whatsapp.channel import WhatsApp
from tests.contracts.whatsapp import hold
from tests.fakes.base import running
from tests.fakes.whatsapp import BUSINESS, NUMBER
from tests.fakes.whatsapp import WhatsApp as Fake


@pytest.fixture
def fake(settings: Any) -> Iterator[Fake]:
    network = Fake()
    hold(network)
    settings.OUTBOUND_ALLOW = [network.host]
    with running(network):
        yield network


@pytest.fixture
def channel(fake: Fake) -> WhatsApp:
    return WhatsApp({"api_url": fake.address, "phone_number_id": NUMBER, "business_account_id": BUSINESS})


@pytest.fixture
def credentials(fake: Fake) -> dict[str, str]:
    return {"token": fake.token, "app_secret": fake.secret, "verify_token": fake.verify}
