"""Mail that comes in gets into the right conversation, and only there; machines are told apart."""

import base64
from datetime import timedelta
from typing import Any

import pytest

from stamtafel.channels import hearing, vault
from stamtafel.channels.actions import account
from stamtafel.channels.jobs import send_due
from stamtafel.channels.models import Account, Delivery, InboundItem
from stamtafel.channels.queries import deliveries
from stamtafel.dossier.models import State, Step, StepKind
from stamtafel.inbox import mail
from stamtafel.inbox.actions import intake
from stamtafel.inbox.actions.notices import tell_step
from stamtafel.inbox.actions.reply import reply
from stamtafel.inbox.actions.take_in import take_in
from stamtafel.inbox.models import Conversation, Message
from stamtafel.people.models import Resident
from stamtafel.people.rules import Role
from tests import builders
from tests.builders import NOW
from tests.channels.adapters.email.mails import REPLY_TO, email, raw, report, update, written

pytestmark = pytest.mark.django_db
FATIMA = "fatima@voorbeeld.example"


@pytest.fixture(autouse=True)
def ours(settings, tmp_path) -> Account:
    """A municipality whose mailbox is read."""
    settings.EMAIL_REPLY_TO, settings.EMAIL_FROM = REPLY_TO, "Gemeente Lindewaard <noreply@lindewaard.example>"
    settings.EMAIL_URL, settings.DATA = "", tmp_path
    builders.municipality()
    made = account("email")
    vault.keep_secrets(made, {"imap": "imap://u:p@mail.example"})
    return made


def conversation(**fields: Any) -> Conversation:
    author = builders.resident(email=FATIMA)
    return intake.open_conversation(builders.contribution("Er staat water op het pad.", author=author, **fields))


def arrives(content: bytes, *, at=NOW, to: str = "") -> InboundItem:
    """A mail comes in and is taken in."""
    ours = account("email")
    one = update(content, to)
    hearing.keep_updates(account=ours, updates=[one], now=at)
    take_in(at)
    item = InboundItem.objects.get(account=ours, remote_id=one.remote_id)
    assert (item.state, item.last_error) == ("done", "")
    return item


def said_in(one: Conversation) -> list[tuple[str, str]]:
    return list(one.messages.order_by("id").values_list("direction", "text")[1:])


# ── the signed address ───────────────────────────────────────────────────────────────────────────
def test_a_mail_about_a_step_and_a_reply_can_be_answered_and_nothing_else() -> None:
    one = conversation()
    step = Step.objects.create(contribution=one.contribution, kind=StepKind.READ, at=NOW)
    address = mail.reply_address(one.pk)
    assert address.startswith(f"reacties+{one.pk}.")
    assert address.endswith("@lindewaard.example")
    assert mail.about_step(step).reply_to == address
    assert mail.reply_to(one.contribution, Message(text="Dag")).reply_to == address
    assert mail.confirmation(one.contribution, link="https://x.example").reply_to == ""


def test_where_nobody_listens_the_plain_address_is_given(settings) -> None:
    one = conversation()
    account("email").secrets.all().delete()
    assert mail.reply_address(one.pk) == ""
    vault.keep_secrets(account("email"), {"webhook_secret": "x" * 32})
    assert mail.reply_address(one.pk)
    assert mail.reply_address(None) == ""
    settings.EMAIL_REPLY_TO = ""
    assert mail.reply_address(one.pk) == ""
    assert mail.reply_to(one.contribution, Message(text="Dag")).reply_to == ""


def test_the_address_holds_when_the_secret_key_changes(settings) -> None:
    one = conversation()
    before = mail.reply_address(one.pk)
    settings.SECRET_KEY = "another-key-of-this-installation-that-is-long-enough"
    assert mail.reply_address(one.pk) == before
    settings.FOLLOW_KEY = "another"
    assert mail.reply_address(one.pk) != before


# ── answers of residents ─────────────────────────────────────────────────────────────────────────
def test_an_answer_to_a_notice_is_a_message_in_that_conversation() -> None:
    one = conversation()
    tell_step(step=Step.objects.create(contribution=one.contribution, kind=StepKind.READ, at=NOW), now=NOW)
    Conversation.objects.filter(pk=one.pk).update(state="closed", waits_since=None)
    sent = Delivery.objects.get(purpose="notice").draft["reply_to"]
    text = "Het is nu droog. Dank u!\n\nOp ma 23 nov. 2026 om 10:00 schreef Gemeente <noreply@lindewaard.example>:\n> Wij lazen het."
    arrives(raw(text, To=sent), at=NOW + timedelta(hours=1))
    one.refresh_from_db()
    assert said_in(one) == [("in", "Het is nu droog. Dank u!")]
    assert (one.state, one.waits_since is not None, Conversation.objects.count()) == ("open", True, 1)


@pytest.mark.parametrize("way", ["To", "Cc", "Delivered-To", "envelope"])
def test_it_gets_there_however_the_address_comes_along(way: str) -> None:
    one = conversation()
    address = mail.reply_address(one.pk).upper()  # some servers change the case
    if way == "envelope":
        arrives(raw(To="lijst@elders.example"), to=address)
    else:
        arrives(raw(**{"To": "iemand@elders.example", way.replace("-", "_"): address}))
    assert [direction for direction, _text in said_in(one)] == ["in"]


def test_the_answer_of_a_colleague_goes_to_the_resident_and_not_to_who_wrote_the_mail() -> None:
    """Who got the address passed on may speak along; what we say goes to the resident's own address."""
    one, who = conversation(), builders.staff(Role.CONVERSATIONALIST)
    arrives(raw(From="Buurman <buurman@voorbeeld.example>", To=mail.reply_address(one.pk)))
    assert one.messages.get(direction="in", author="Buurman").text == "Er staat water op het fietspad."
    reply(conversation=Conversation.objects.get(pk=one.pk), text="Dank u.", actor=who, now=NOW)
    assert Delivery.objects.get(purpose="reply").recipient == FATIMA


@pytest.mark.parametrize("forged", ["plain", "signature", "other", "reference"])
def test_who_only_pretends_to_be_the_resident_gets_a_conversation_of_their_own(forged: str) -> None:
    one, other = conversation(), intake.open_conversation(builders.contribution("Iets anders"))
    answer = Delivery.objects.create(account=account("email"), key="r:1", purpose="reply", draft={}, due_at=NOW,
                                     state="done", remote_id="<known@lindewaard.example>")  # fmt: skip
    Message.objects.create(conversation=one, direction="out", text="Dag", at=NOW, delivery=answer)
    signature = mail.reply_address(other.pk).partition(".")[2]
    to = {
        "plain": REPLY_TO,
        "signature": f"reacties+{one.pk}.{'a' * 24}@lindewaard.example",
        "other": f"reacties+{one.pk}.{signature}",
        "reference": REPLY_TO,
    }[forged]
    headers = {"In_Reply_To": answer.remote_id, "References": answer.remote_id} if forged == "reference" else {}
    arrives(raw(From=FATIMA, To=to, **headers))
    assert one.messages.filter(direction="in").count() == other.messages.filter(direction="in").count() == 1
    own = Conversation.objects.get(channel="email")
    assert (own.contribution, own.resident, own.person["id"]) == (None, None, FATIMA)


def test_the_address_of_what_was_withdrawn_leads_to_a_new_conversation() -> None:
    one = conversation()
    address = mail.reply_address(one.pk)
    one.contribution.state = State.WITHDRAWN
    one.contribution.save()
    arrives(raw(To=address))
    assert said_in(one) == []
    assert Conversation.objects.filter(channel="email").count() == 1


def test_the_same_mail_twice_is_one_message() -> None:
    one = conversation()
    content = raw(To=mail.reply_address(one.pk))
    arrives(content)
    arrives(content)
    arrives(b"Received: from x\r\n" + content)
    assert len(said_in(one)) == 1


# ── who writes to us first ───────────────────────────────────────────────────────────────────────
def test_a_mail_of_a_resident_begins_a_conversation_that_goes_on_by_mail(tmp_path) -> None:
    arrives(raw())
    one = Conversation.objects.get()
    assert (one.subject, one.channel, one.private, one.person["name"]) == (
        "Water op het fietspad", "email", True, "Fatima",
    )  # fmt: skip
    who = builders.staff(Role.CONVERSATIONALIST, name="Noor")
    reply(conversation=one, text="Wij komen kijken.", actor=who, now=NOW)
    assert send_due(NOW) == 1
    [sent] = (tmp_path / "mail").glob("*.eml")
    words = sent.read_text()
    address = mail.reply_address(one.pk)
    for line in (f"Reply-To: {address}", f"To: {FATIMA}", "Subject: Re: Water op het fietspad",
                 "In-Reply-To: <one@voorbeeld.example>"):  # fmt: skip
        assert line in words
    assert "Auto-Submitted" not in words
    assert "Noor, Lindewaard" in words
    arrives(raw("Fijn!", To=address, Message_ID="<two@x.example>", In_Reply_To="<x@lindewaard.example>"))
    assert [text for _direction, text in one.messages.order_by("id").values_list("direction", "text")] == [
        "Er staat water op het fietspad.", "Wij komen kijken.", "Fijn!",
    ]  # fmt: skip


def test_a_photo_comes_along() -> None:
    made = written("Zie de foto.")
    made.add_attachment(b"\xff\xd8\xff" + b"x" * 5_000, maintype="image", subtype="jpeg", filename="plas.jpg")
    arrives(made.as_bytes())
    [kept] = Message.objects.get().attachments
    assert (kept["name"], kept["media_type"], kept["size"]) == ("plas.jpg", "image/jpeg", 5_003)


def test_who_erases_what_they_said_erases_the_mail_too() -> None:
    one = conversation()
    address = mail.reply_address(one.pk)
    heard = arrives(raw(To=address))
    noted = arrives(raw("Ik ben er niet.", To=address, Auto_Submitted="auto-replied", Message_ID="<two@x.example>"))
    other = arrives(raw(Message_ID="<three@x.example>"))
    intake.forget(one.pk)
    for item in (heard, noted, other):
        item.refresh_from_db()
    assert (heard.payload, noted.payload) == ({}, {})
    assert other.payload["raw"]


# ── machines ─────────────────────────────────────────────────────────────────────────────────────
def test_an_automatic_answer_is_a_note_and_opens_nothing() -> None:
    one = conversation()
    Conversation.objects.filter(pk=one.pk).update(state="closed", waits_since=None)
    before = Conversation.objects.values().get(pk=one.pk)
    arrives(raw("Ik ben er niet.", To=mail.reply_address(one.pk), Subject="Automatisch antwoord: Water"))
    assert said_in(one) == [("note", "Er kwam een automatisch antwoord per e-mail:\n\nIk ben er niet.")]
    assert Conversation.objects.values().get(pk=one.pk) == before
    assert Delivery.objects.count() == 0


def test_an_automatic_answer_to_no_conversation_is_kept_and_nothing_more() -> None:
    item = arrives(raw(Auto_Submitted="auto-replied"))
    assert base64.b64decode(item.payload["raw"])
    assert (Conversation.objects.count(), Message.objects.count()) == (0, 0)


def test_two_machines_never_talk_with_each_other(tmp_path) -> None:
    """An answer goes out; a machine answers it; ours hears that and says nothing, however often."""
    one, who = conversation(), builders.staff(Role.CONVERSATIONALIST)
    reply(conversation=one, text="Dag", actor=who, now=NOW)
    send_due(NOW)
    for number in range(5):
        arrives(
            raw(f"Weg {number}", To=mail.reply_address(one.pk), Message_ID=f"<{number}@x.example>", Precedence="bulk")
        )
        arrives(raw("Eigen mail", From="noreply@lindewaard.example", To=mail.reply_address(one.pk)))
    intake.take_additions(NOW)
    assert Delivery.objects.count() == 1
    assert {direction for direction, _text in said_in(one)} == {"out", "note"}


# ── mail that came back ──────────────────────────────────────────────────────────────────────────
def sent_reply() -> tuple[Conversation, Delivery]:
    one, who = conversation(), builders.staff(Role.CONVERSATIONALIST)
    reply(conversation=one, text="Dag", actor=who, now=NOW)
    send_due(NOW)
    return one, Delivery.objects.get(purpose="reply")


def test_mail_that_comes_back_marks_delivery_and_address_and_tells_colleagues() -> None:
    one, delivery = sent_reply()
    assert delivery.state == "done"
    before = Conversation.objects.values().get(pk=one.pk)
    arrives(report(message_id=delivery.message_id, recipient=FATIMA), at=NOW + timedelta(hours=1))
    delivery.refresh_from_db()
    assert (delivery.state, delivery.last_error[:9]) == ("failed", "550 5.1.1")
    assert Resident.objects.get(email=FATIMA).bounced_at == NOW + timedelta(hours=1)
    assert said_in(one)[-1][0] == "note"
    assert "550 5.1.1" in said_in(one)[-1][1]
    assert Conversation.objects.values().get(pk=one.pk) == before
    [line] = deliveries(viewer=builders.staff(Role.APPROVER)).lines
    assert "retry" in line.actions


def test_a_notice_that_comes_back_is_told_in_its_conversation() -> None:
    one = conversation()
    tell_step(step=Step.objects.create(contribution=one.contribution, kind=StepKind.READ, at=NOW), now=NOW)
    send_due(NOW)
    arrives(report(message_id=Delivery.objects.get().message_id, recipient=FATIMA))
    assert [direction for direction, _text in said_in(one)] == ["note"]


@pytest.mark.parametrize(
    ("fields", "state", "marked"),
    [
        ({"diagnostic": "smtp; 552 5.2.2 Mailbox full", "status": "5.2.2"}, "failed", False),
        ({"diagnostic": "smtp; 550 5.7.1 Policy", "status": "5.7.1"}, "failed", False),
        ({"recipient": "iemand-anders@voorbeeld.example"}, "failed", False),
        ({"action": "delayed", "status": "4.4.1"}, "done", False),
        ({"message_id": "<geraden@lindewaard.example>"}, "done", False),
    ],
)
def test_what_only_passes_or_is_forged_marks_nobody(fields: dict[str, str], state: str, marked: bool) -> None:
    _one, delivery = sent_reply()
    arrives(report(**{"message_id": delivery.message_id, "recipient": FATIMA, **fields}))
    delivery.refresh_from_db()
    assert delivery.state == state
    assert (Resident.objects.get(email=FATIMA).bounced_at is not None) is marked


def test_a_report_about_a_mail_of_no_conversation_marks_the_address_all_the_same() -> None:
    builders.resident(email=FATIMA)
    sent = Delivery.objects.create(account=account("email"), key="n:1", purpose="announcement", draft={}, due_at=NOW,
                                   state="done", remote_id="<n@lindewaard.example>", recipient=FATIMA)  # fmt: skip
    arrives(report(message_id=sent.remote_id, recipient=FATIMA))
    assert Resident.objects.get(email=FATIMA).bounced_at is not None
    assert Message.objects.count() == 0


def test_other_channels_are_not_looked_at_as_mail() -> None:
    from stamtafel.inbox.actions import mail_in

    demo = Account.objects.create(kind="demo", name="demo")
    item = InboundItem.objects.create(account=demo, remote_id="x", payload={}, received_at=NOW, due_at=NOW)
    assert mail_in.conversation_of(item) is None
    mail_in.note_what_no_person_wrote(item, NOW)
    assert Message.objects.count() == 0
    assert email().kind == mail_in.KIND
