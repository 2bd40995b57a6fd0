"""From the webhook to the desk and back to who wrote."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from stamtafel.channels.hearing import open_hook
from stamtafel.channels.jobs.send import send_due
from stamtafel.channels.models import Account, InboundItem
from stamtafel.channels.vault import keep_secrets
from stamtafel.inbox.actions.reply import reply
from stamtafel.inbox.actions.take_in import take_in
from stamtafel.inbox.models import Conversation
from stamtafel.people.rules import Role
from tests import builders
from tests.fakes.whatsapp import BUSINESS, NUMBER
from tests.fakes.whatsapp import WhatsApp as Fake


@pytest.mark.django_db
def test_what_somebody_writes_is_answered_under_it(
    fake: Fake, credentials: dict[str, str], settings: Any, tmp_path: Any
) -> None:
    settings.DATA = tmp_path
    builders.municipality()
    options = {"api_url": fake.address, "phone_number_id": NUMBER, "business_account_id": BUSINESS}
    account = Account.objects.create(kind="whatsapp", name="real", options=options)
    keep_secrets(account, credentials)
    hook = "/" + open_hook(account=account).split("/", 3)[3]
    asked = Client().get(hook, {"hub.mode": "subscribe", "hub.verify_token": fake.verify, "hub.challenge": "115é"})
    assert (asked.status_code, asked.content.decode()) == (200, "115é")

    anna = fake.join("31687654321", "Anna é 🌳")
    headers, body = fake.call(fake.says(anna, "Waar komt de boom? 🌳"), fake.photo(anna, b"\xff\xd8 kuil", "Hier"))
    for signature, status in [
        ("sha256=00", 403),
        (headers["x-hub-signature-256"], 200),
        (headers["x-hub-signature-256"], 200),
    ]:
        told = Client().post(hook, body, content_type="application/json", headers={"x-hub-signature-256": signature})
        assert told.status_code == status
    assert InboundItem.objects.count() == 2
    take_in(timezone.now())
    talk = Conversation.objects.get(account=account)
    assert (talk.private, talk.person["name"], talk.thread) == (True, "Anna é 🌳", anna.number)
    said = list(talk.messages.order_by("pk"))
    assert sorted(message.text for message in said) == ["Hier", "Waar komt de boom? 🌳"]
    assert [one["size"] for message in said for one in message.attachments] == [7]

    first = next(message for message in said if message.text != "Hier")
    reply(
        conversation=talk,
        text="Op het plein.",
        actor=builders.staff(Role.CONVERSATIONALIST),
        now=timezone.now(),
        to=first.pk,
    )
    send_due(timezone.now())
    (sent,) = fake.sent
    assert (sent.to, sent.message["text"]["body"]) == (anna.number, "Op het plein.")
    assert sent.message["context"] == {"message_id": first.remote_id}
