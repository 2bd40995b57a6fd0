"""What the webhook brings: signed bytes, all kinds of messages, and nothing twice."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from stamtafel.channels.adapters.whatsapp.channel import WhatsApp
from stamtafel.channels.contract import Draft, Incoming, Sort, Target, Temporary
from tests.contracts.whatsapp import examples, webhook
from tests.fakes.whatsapp import NUMBER
from tests.fakes.whatsapp import WhatsApp as Fake

AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def heard(channel: WhatsApp, body: bytes) -> list[Incoming]:
    return [one for update in channel.split(body) for one in channel.read(update)]


def test_a_message_comes_in_with_who_and_when(fake: Fake, channel: WhatsApp) -> None:
    anna = fake.join("31687654321", "Anna é 🌳")
    _, body = fake.call(fake.says(anna, "Waar komt de boom? é 🌳", context="wamid.ons", at=AT))
    assert webhook(body) == []
    assert body.isascii()
    (update,) = channel.split(body)
    (one,) = channel.read(update)
    assert update.remote_id == f"message:{one.remote_id}"
    assert (one.sort, one.text, one.at, one.private, one.echo) == (
        Sort.MESSAGE,
        "Waar komt de boom? é 🌳",
        AT,
        True,
        False,
    )
    assert (one.thread, one.in_reply_to) == (anna.number, "wamid.ons")
    assert (one.author.id, one.author.handle, one.author.name, one.author.url) == (
        "31687654321", "+31687654321", "Anna é 🌳", "https://wa.me/31687654321",
    )  # fmt: skip
    assert channel.listen("here", {}, ()) == ((), "here")


def test_the_signature_is_over_the_very_bytes(fake: Fake, channel: WhatsApp, credentials: Mapping[str, str]) -> None:
    headers, body = fake.call(fake.says(fake.join("31687654321", "Zoë"), "Hé 🌳 a/b"))
    assert channel.is_genuine(headers, body, credentials)
    again = json.dumps(json.loads(body), ensure_ascii=False).encode()
    assert json.loads(again) == json.loads(body)
    assert not channel.is_genuine(headers, again, credentials)
    assert not channel.is_genuine({}, body, credentials)
    assert not channel.is_genuine(headers, body, {})
    assert not channel.is_genuine({"x-hub-signature-256": "sha256=é"}, body, credentials)


def test_the_handshake_answers_only_who_knows_our_word(channel: WhatsApp, credentials: Mapping[str, str]) -> None:
    query = {"hub.mode": "subscribe", "hub.verify_token": "verify-word", "hub.challenge": "1158201444"}
    assert channel.challenge(query, credentials) == "1158201444"
    assert channel.challenge({**query, "hub.verify_token": "x"}, credentials) is None
    assert channel.challenge(query, {}) is None


def test_the_same_call_twice_has_the_same_keys_and_others_numbers_are_passed_over(
    fake: Fake, channel: WhatsApp
) -> None:
    anna = fake.join("31687654321", "Anna")
    change = fake.says(anna, "Een")
    other = fake.change({"contacts": change["value"]["contacts"], "messages": change["value"]["messages"]}, number="1")
    _, body = fake.call(change, other, fake.says(anna, "Twee"))
    assert [one.remote_id for one in channel.split(body)] == [one.remote_id for one in channel.split(body)]
    assert [one.text for one in heard(channel, body)] == ["Een", "Twee"]


def test_what_did_not_arrive_is_kept_and_says_nothing(
    fake: Fake, channel: WhatsApp, credentials: Mapping[str, str]
) -> None:
    anna = fake.join("31687654321", "Anna")
    fake.says(anna, "Een")
    channel.reply(
        Target(remote_id="", author_id=anna.number), channel.render(Draft(subject="", body="x")), credentials, "r"
    )
    sent = fake.sent[0]
    _, body = fake.call(
        fake.failed(sent, 131026, "Message undeliverable"),
        *(fake.arrived(sent, one) for one in ("sent", "delivered", "read")),
    )
    assert webhook(body) == []
    (update,) = channel.split(body)
    assert update.remote_id == f"status:{sent.id}:failed"
    assert update.payload["status"]["errors"][0]["code"] == 131026
    assert channel.read(update) == []


# ── files ────────────────────────────────────────────────────────────────────────────────────────
def test_a_photo_is_fetched_once_and_comes_along(fake: Fake, channel: WhatsApp, credentials: Mapping[str, str]) -> None:
    anna = fake.join("31687654321", "Anna")
    (update,) = channel.split(fake.call(fake.photo(anna, b"\xff\xd8 kuil", "Een kuil"))[1])
    whole = channel.complete(update, credentials)
    calls = len(fake.calls)
    (one,) = channel.read(whole)
    assert (one.text, one.attachments[0].data, one.attachments[0].media_type) == (
        "Een kuil",
        b"\xff\xd8 kuil",
        "image/jpeg",
    )
    assert channel.complete(whole, credentials) is whole
    assert len(fake.calls) == calls == 2
    json.dumps(whole.payload)
    assert channel.read(update)[0].attachments[0].data == b""


def test_what_has_no_file_is_not_asked_about(fake: Fake, channel: WhatsApp, credentials: Mapping[str, str]) -> None:
    anna = fake.join("31687654321", "Anna")
    odd = fake.message(anna, "image", {"mime_type": "image/jpeg", "id": "../1"})
    for update in channel.split(fake.call(fake.says(anna, "Een"), odd)[1]):
        assert channel.complete(update, credentials) is update
    assert fake.calls == []


def test_a_file_that_is_gone_too_large_or_elsewhere_is_only_named(
    fake: Fake, channel: WhatsApp, credentials: Mapping[str, str]
) -> None:
    anna = fake.join("31687654321", "Anna")
    large = fake.photo(anna, b"x", size=5_000_001)
    gone, elsewhere = fake.photo(anna, b"x"), fake.photo(anna, b"x")
    for number, change in enumerate((large, gone, elsewhere)):
        fake.files_at = "https://fbsbx.com.example" if number == 2 else ""
        if number == 1:
            del fake.media[change["value"]["messages"][0]["image"]["id"]]
        (update,) = channel.split(fake.call(change)[1])
        whole = channel.complete(update, credentials)
        assert channel.read(whole)[0].attachments[0].data == b""
        assert channel.complete(whole, credentials) is whole
    assert not any(call.path.startswith("/files/") for call in fake.calls)


@pytest.mark.parametrize("fault", [("status", {"status": 500}), ("lost", {}), ("garbled", {})])
def test_a_file_that_can_not_be_fetched_now_is_fetched_later(
    fake: Fake, channel: WhatsApp, credentials: Mapping[str, str], fault: tuple[str, dict[str, Any]]
) -> None:
    (update,) = channel.split(fake.call(fake.photo(fake.join("31687654321", "Anna"), b"x"))[1])
    where = r"GET /files/\d+" if fault[0] == "garbled" else r"GET /v26\.0/\d+"
    fake.fail(fault[0], on=where, **fault[1])
    with pytest.raises(Temporary):
        channel.complete(update, credentials)
    assert channel.read(channel.complete(update, credentials))[0].attachments[0].data == b"x"


# ── Meta's own examples ──────────────────────────────────────────────────────────────────────────
SAID = {
    "Text Message": "Does it come in another color?",
    "Text Message with Context (Product Inquiry)": "Is this still available?",
    "Text Message from Click to WhatsApp Ad": "Hello! Can I get more info on this?",
    "Image Message": "Taj Mahal",
    "Location Message": "Philz Coffee, 101 Forest Ave, Palo Alto, CA 94301\nhttps://www.openstreetmap.org/?mlat=37.44221496582&mlon=-122.16165924072",
}


@pytest.mark.parametrize("name", SAID)
def test_the_examples_of_meta_are_read(channel: WhatsApp, name: str) -> None:
    assert [one.text for one in heard(channel, json.dumps(examples()[name]).encode())] == [SAID[name]]


def test_every_example_of_meta_can_be_taken_in(channel: WhatsApp) -> None:
    found = {name: heard(channel, json.dumps(call).encode()) for name, call in examples().items()}
    silent = {name for name, said in found.items() if not said}
    assert silent == {
        "Reaction Message",
        "System Message",
        "Group Create Message",
        "Group Settings Update",
        "Group Remove Participants",
    }
    assert all(one.text or one.attachments for said in found.values() for one in said)
    assert all(one.author.id and one.at.year == 2025 for said in found.values() for one in said)
    (card,) = found["Contact Sharing Message"]
    assert card.text == "Lucía Gómez, +1 (983) 555-2319"
    assert found["Interactive List Reply Message"][0].text
    assert found["Button Message"][0].text
    assert found["Image Message"][0].attachments[0].media_type == "image/jpeg"


def test_what_whatsapp_keeps_from_us_is_said_in_words(fake: Fake, channel: WhatsApp) -> None:
    anna = fake.join("31687654321", "Anna")
    odd = fake.message(anna, "unknown", {})
    thing = fake.message(anna, "document", {"filename": "brief.pdf", "mime_type": "application/pdf", "id": "1"})
    plain = {
        **odd,
        "value": {
            **odd["value"],
            "messages": [
                {
                    "from": "1",
                    "id": "x",
                    "timestamp": "1",
                    "type": "location",
                    "location": {"latitude": 1, "longitude": 2},
                }
            ],
        },
    }
    _, body = fake.call(odd, thing, plain)
    first, second, third = heard(channel, body)
    assert first.text
    assert (second.text, second.attachments[0].name) == ("", "brief.pdf")
    assert (third.text, third.author.name) == ("https://www.openstreetmap.org/?mlat=1&mlon=2", "")


def test_a_contact_card_without_cards_is_empty(fake: Fake, channel: WhatsApp) -> None:
    change = fake.message(fake.join("31687654321", "Anna"), "contacts", {})
    assert heard(channel, fake.call(change)[1])[0].text == ""


BROKEN: list[Any] = [
    [], {"object": "page", "entry": []}, {"object": "whatsapp_business_account", "entry": 1},
    {"object": "whatsapp_business_account", "entry": [1]},
    {"object": "whatsapp_business_account", "entry": [{"changes": [{"field": "messages", "value": 1}]}]},
]  # fmt: skip


@pytest.mark.parametrize("said", BROKEN)
def test_another_form_is_told(channel: WhatsApp, said: Any) -> None:
    with pytest.raises(ValueError, match="form"):
        channel.split(json.dumps(said).encode())


def test_no_json_is_told_and_nothing_is_nothing(channel: WhatsApp) -> None:
    with pytest.raises(ValueError):
        channel.split(b"\xff")
    other = {"object": "whatsapp_business_account", "entry": [{"changes": [{"field": "calls"}]}]}
    assert channel.split(json.dumps(other).encode()) == []
    mine = {"metadata": {"phone_number_id": NUMBER}}
    empty = {"object": "whatsapp_business_account", "entry": [{"changes": [{"field": "messages", "value": mine}]}]}
    assert channel.split(json.dumps(empty).encode()) == []
