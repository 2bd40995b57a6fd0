"""Answers within a day, pictures, and what WhatsApp refuses."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from stamtafel import outbound
from stamtafel.channels import registry
from stamtafel.channels.adapters.whatsapp.channel import WhatsApp
from stamtafel.channels.adapters.whatsapp.options import SETUP, Options
from stamtafel.channels.contract import (
    Channel,
    Completes,
    Draft,
    FindsByKey,
    KeepsSubscribed,
    Listens,
    NeedsSignIn,
    OutcomeUnknown,
    Permanent,
    Picture,
    Replies,
    Target,
    Temporary,
    Webhooks,
)
from tests.fakes.whatsapp import BUSINESS, NUMBER, Contact
from tests.fakes.whatsapp import WhatsApp as Fake

NOW = datetime.now(UTC)
PICTURE = Picture(url="https://voorbeeld.nl/p.jpg", alt="Een boom", data=b"\xff\xd8 picture")
SEND, UPLOAD = r"POST /v26\.0/\d+/messages", r"POST /v26\.0/\d+/media"


@pytest.fixture
def anna(fake: Fake) -> Contact:
    person = fake.join("31687654321", "Anna")
    fake.says(person, "Wanneer dan?")
    return person


def to(person: Contact, remote_id: str = "wamid.vraag") -> Target:
    return Target(
        remote_id=remote_id, thread=person.number, author_id=person.number, private=True, last_heard_at=person.wrote_at
    )


def text(channel: WhatsApp, words: str = "Morgen, om 10 uur. 🌳", **more: Any) -> Any:
    return channel.render(Draft(subject="", body=words, **more))


def test_it_can_what_whatsapp_can_and_no_more() -> None:
    made = registry.channel("whatsapp")
    assert all(
        isinstance(made, ability) for ability in (Channel, Completes, KeepsSubscribed, Listens, Replies, Webhooks)
    )
    assert not isinstance(made, FindsByKey)
    assert made.repeatable is False
    secret = {field.name for field in SETUP.fields if field.secret}
    assert secret == {"token", "app_secret", "verify_token"}
    assert Options.of({"phone_number_id": " 12 ", "api_url": "https://x.nl/", "version": "v25.0"}) == Options(
        phone_number_id="12", api_url="https://x.nl", version="v25.0"
    )


def test_an_answer_gets_there_under_what_was_asked(
    fake: Fake, channel: WhatsApp, credentials: Mapping[str, str], anna: Contact
) -> None:
    receipt = channel.reply(to(anna), text(channel, link="https://voorbeeld.nl"), credentials, "r")
    (sent,) = fake.sent
    assert receipt.remote_id == sent.id
    assert sent.message["text"] == {"body": "Morgen, om 10 uur. 🌳\n\nhttps://voorbeeld.nl", "preview_url": True}
    assert sent.message["context"] == {"message_id": "wamid.vraag"}


def test_who_is_written_to_without_a_question_gets_it_without_one(
    fake: Fake, channel: WhatsApp, credentials: Mapping[str, str], anna: Contact
) -> None:
    channel.publish(replace(text(channel), recipient=anna.number), credentials, "k")
    channel.reply(to(anna, ""), text(channel), credentials, "r")
    assert ["context" in sent.message for sent in fake.sent] == [False, False]
    with pytest.raises(Permanent, match="no public posts"):
        channel.publish(text(channel), credentials, "k")


def test_a_picture_goes_with_the_words_under_it(
    fake: Fake, channel: WhatsApp, credentials: Mapping[str, str], anna: Contact
) -> None:
    channel.reply(to(anna), text(channel, pictures=(PICTURE,)), credentials, "r")
    image = fake.sent[0].message["image"]
    assert image["caption"] == "Morgen, om 10 uur. 🌳"
    assert fake.media[image["id"]] == ("image/jpeg", PICTURE.data)


def test_what_does_not_fit_is_counted_and_refused(
    fake: Fake, channel: WhatsApp, credentials: Mapping[str, str], anna: Contact
) -> None:
    assert (text(channel, "é" * 4096).over, text(channel, "é" * 4097).over) == (0, 1)
    assert text(channel, "a" * 1030, pictures=(PICTURE,)).over == 6
    assert text(channel, "🌳").count == 1
    with pytest.raises(Permanent, match="1 characters too long"):
        channel.reply(to(anna), text(channel, "a" * 4097), credentials, "r")
    with pytest.raises(Permanent, match="at most one picture"):
        channel.reply(to(anna), text(channel, pictures=(PICTURE, PICTURE)), credentials, "r")
    with pytest.raises(Permanent, match="not known who"):
        channel.reply(Target(remote_id="wamid.x"), text(channel), credentials, "r")
    assert fake.calls == []


# ── the day ──────────────────────────────────────────────────────────────────────────────────────
def test_the_window_is_a_day_from_what_they_last_wrote(channel: WhatsApp, anna: Contact) -> None:
    heard = anna.wrote_at or NOW
    before, after = heard + timedelta(hours=24, seconds=-1), heard + timedelta(hours=24)
    assert channel.window(to(anna), before).closed == ""
    assert channel.window(to(anna), before).until == after
    assert channel.window(to(anna), before).text == 4096
    assert channel.window(to(anna), after).closed
    assert channel.window(Target(remote_id="x"), before).closed


def test_after_a_day_it_is_refused_in_words_here_and_there(
    fake: Fake, channel: WhatsApp, credentials: Mapping[str, str], anna: Contact
) -> None:
    channel.clock = lambda: datetime.now(UTC) + timedelta(hours=25)
    with pytest.raises(Permanent, match="approved templates"):
        channel.reply(to(anna), text(channel), credentials, "r")
    assert fake.calls == []
    channel.clock = lambda: datetime.now(UTC)
    known = to(anna)
    anna.wrote_at = datetime.now(UTC) - timedelta(hours=25)
    with pytest.raises(Permanent, match=r"approved templates.*131047"):
        channel.reply(known, text(channel), credentials, "r")


# ── what goes wrong ──────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (400, 131026, Permanent), (400, 131053, Permanent), (400, 100, Permanent), (429, 130429, Temporary),
        (400, 131056, Temporary), (400, 131048, Temporary), (400, 80007, Temporary), (400, 4, Temporary),
        (401, 190, NeedsSignIn), (403, 10, NeedsSignIn), (400, 368, NeedsSignIn), (400, 131042, NeedsSignIn),
        (401, 0, NeedsSignIn), (500, 131000, OutcomeUnknown), (503, 131016, OutcomeUnknown), (500, 1, OutcomeUnknown),
    ],
)  # fmt: skip
def test_each_code_means_what_it_says(
    fake: Fake,
    channel: WhatsApp,
    credentials: Mapping[str, str],
    anna: Contact,
    status: int,
    code: int,
    error: type[Exception],
) -> None:
    fake.fail("status", on=SEND, status=status, body={"error": {"message": "Reden", "code": code}})
    with pytest.raises(error, match="Reden"):
        channel.reply(to(anna), text(channel), credentials, "r")
    assert fake.sent == []


def test_who_asks_too_fast_waits(fake: Fake, channel: WhatsApp, credentials: Mapping[str, str], anna: Contact) -> None:
    fake.fail("status", on=SEND, status=400, body={"error": {"message": "x", "code": 131056}})
    with pytest.raises(Temporary) as later:
        channel.reply(to(anna), text(channel), credentials, "r")
    assert later.value.retry_after == timedelta(minutes=1)


def test_an_error_of_another_form_follows_its_status(
    fake: Fake, channel: WhatsApp, credentials: Mapping[str, str], anna: Contact
) -> None:
    fake.fail("status", on=SEND, status=404, body={"nothing": 1})
    with pytest.raises(Permanent, match="HTTP 404"):
        channel.reply(to(anna), text(channel), credentials, "r")
    fake.fail("status", on=SEND, status=404, body=[])
    with pytest.raises(Permanent, match="HTTP 404"):
        channel.reply(to(anna), text(channel), credentials, "r")


@pytest.mark.parametrize(
    ("kind", "how", "error", "there"),
    [
        ("status", {"status": 502}, OutcomeUnknown, 0), ("drop", {}, OutcomeUnknown, 0), ("hang", {"seconds": 0.6}, OutcomeUnknown, 0),
        ("lost", {}, OutcomeUnknown, 1), ("garbled", {}, OutcomeUnknown, 1), ("late", {"seconds": 0.6}, OutcomeUnknown, 1),
        ("error", {"status": 500}, OutcomeUnknown, 1), ("error", {"status": 200, "body": {"messages": []}}, OutcomeUnknown, 1),
        ("error", {"status": 200, "body": {"messages": [{"id": ""}]}}, OutcomeUnknown, 1),
    ],
)  # fmt: skip
def test_an_answer_that_nobody_saw_is_never_called_failed(
    fake: Fake, channel: WhatsApp, credentials: Mapping[str, str], anna: Contact, monkeypatch: Any,
    kind: str, how: dict[str, Any], error: type[Exception], there: int,
) -> None:  # fmt: skip
    monkeypatch.setattr(outbound.call, "__kwdefaults__", {**(outbound.call.__kwdefaults__ or {}), "seconds": 0.3})
    fake.fail(kind, on=SEND, **how)
    with pytest.raises(error):
        channel.reply(to(anna), text(channel), credentials, "r")
    assert len(fake.sent) == there


@pytest.mark.parametrize(
    ("kind", "how"),
    [
        ("status", {"status": 500}), ("drop", {}), ("lost", {}), ("garbled", {}),
        ("error", {"status": 200, "body": {}}), ("status", {"status": 500, "body": {"error": {"message": "x", "code": 131000}}}),
    ],
)  # fmt: skip
def test_a_picture_that_did_not_get_there_sends_nothing(
    fake: Fake, channel: WhatsApp, credentials: Mapping[str, str], anna: Contact, kind: str, how: dict[str, Any]
) -> None:
    fake.fail(kind, on=UPLOAD, **how)
    with pytest.raises(Temporary):
        channel.reply(to(anna), text(channel, pictures=(PICTURE,)), credentials, "r")
    assert fake.sent == []
    channel.reply(to(anna), text(channel, pictures=(PICTURE,)), credentials, "r")
    assert len(fake.sent) == 1


# ── the account ──────────────────────────────────────────────────────────────────────────────────
def test_the_test_says_whose_number_it_is(fake: Fake, channel: WhatsApp, credentials: Mapping[str, str]) -> None:
    health = channel.check(credentials)
    assert (health.name, health.url, health.notes) == (
        "Gemeente Voorbeeld (+31 6 12345678)",
        "https://wa.me/31612345678",
        (),
    )
    fake.quality = "RED"
    assert len(channel.check(credentials).notes) == 1


def test_a_dead_token_or_half_a_setting_needs_a_person(
    fake: Fake, channel: WhatsApp, credentials: Mapping[str, str]
) -> None:
    for wrong, given in [
        (channel, {"token": "dood"}),
        (channel, {}),
        (WhatsApp({"api_url": fake.address}), credentials),
    ]:
        with pytest.raises(NeedsSignIn):
            wrong.check(given)


def test_whatsapp_is_asked_to_call_us(fake: Fake, channel: WhatsApp, credentials: Mapping[str, str]) -> None:
    channel.subscribe(credentials, "https://voorbeeld.nl/hooks/whatsapp/1/x/")
    assert fake.callback == "https://voorbeeld.nl/hooks/whatsapp/1/x/"
    assert fake.calls[-1].json["verify_token"] == fake.verify
    channel.subscribe({"token": fake.token}, "https://elders.nl")  # without a word Meta could not check the address
    assert fake.callback == "https://voorbeeld.nl/hooks/whatsapp/1/x/"
    before = len(fake.calls)
    WhatsApp({"api_url": fake.address, "phone_number_id": NUMBER}).subscribe(credentials, "https://elders.nl")
    assert (len(fake.calls), BUSINESS in fake.calls[-1].path) == (before, True)
