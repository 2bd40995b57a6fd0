"""Mail both ways over a real SMTP server and a real IMAP server, with a resident's mail program of somebody else's."""

import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from imap_tools import MailBox, MailMessage

from stamtafel.channels import vault
from stamtafel.channels.actions import account
from stamtafel.channels.jobs import send_due
from stamtafel.channels.jobs.listen import listen_due
from stamtafel.channels.models import Account, Delivery, InboundItem
from stamtafel.channels.queries import channel_of, credentials_of
from stamtafel.dossier.models import Step, StepKind
from stamtafel.inbox.actions import intake
from stamtafel.inbox.actions.notices import tell_step
from stamtafel.inbox.actions.reply import reply
from stamtafel.inbox.actions.take_in import take_in
from stamtafel.inbox.models import Conversation, Message
from stamtafel.people.models import Resident
from stamtafel.people.rules import Role
from tests import builders
from tests.builders import NOW
from tests.channels.adapters import test_email_client as sending
from tests.channels.adapters.email.mails import report
from tests.channels_real.dovecot import ImapServer, running

pytestmark = [pytest.mark.real, pytest.mark.django_db]
OURS = "reacties@lindewaard.example"
FATIMA = "fatima@voorbeeld.example"
JPEG = b"\xff\xd8\xff\xe0" + b"x" * 6_000
pem = sending.certificate


class PostOffice:
    """A mail server that delivers into the mailboxes: by part before the plus, as most servers do.

    ``onbekend@`` it refuses at once; ``verhuisd@`` it takes and gives back later, as a server behind a relay does.
    """

    def __init__(self, imap: ImapServer) -> None:
        self.imap = imap

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("onbekend@"):
            return "550 5.1.1 No such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.original_content or b""
        sender = envelope.mail_from or ""
        for recipient in envelope.rcpt_tos:
            if recipient.startswith("verhuisd@"):
                number = str(message_from_bytes(content)["Message-ID"])
                self.deliver(sender, report(message_id=number, recipient=recipient), "")
            else:
                self.deliver(recipient, content, sender)
        return "250 OK"

    def deliver(self, recipient: str, content: bytes, sender: str) -> None:
        head = f"Return-Path: <{sender}>\r\nDelivered-To: {recipient}\r\n".encode()
        with mailbox(self.imap, recipient) as box:
            box.append(head + content, "INBOX")


@contextlib.contextmanager
def mailbox(imap: ImapServer, address: str) -> Iterator[MailBox]:
    user = address.partition("@")[0].partition("+")[0].lower()
    context = ssl.create_default_context(cafile=str(imap.pem))
    with MailBox("localhost", imap.port, ssl_context=context).login(user, imap.password) as box:
        yield box


@dataclass
class Town:
    """The municipality with its mailbox, and the residents' side of it."""

    imap: ImapServer
    smtp_port: int
    now: datetime = NOW

    def hears(self) -> None:
        """A minute later the mailbox is asked, and what came is taken in."""
        self.now += timedelta(minutes=2)
        listen_due(self.now)
        ours = Account.objects.get(kind="email")
        assert ours.problem == ""
        while take_in(self.now):
            pass
        assert not InboundItem.objects.exclude(state="done").exists()

    def sends(self) -> None:
        send_due(self.now)

    def mails_of(self, address: str) -> list[MailMessage]:
        with mailbox(self.imap, address) as box:
            return list(box.fetch(mark_seen=False))

    def writes(self, sender: str, to: str, text: str, *, answers: MailMessage | None = None, **headers: str) -> None:
        """A resident sends a mail with a program of their own; an answer quotes what it answers."""
        made = EmailMessage(policy=policy.SMTP)
        made["From"], made["To"], made["Date"] = sender, to, formatdate(localtime=True)
        made["Message-ID"] = make_msgid(domain="voorbeeld.example")
        made["Subject"] = headers.pop("Subject", f"Re: {answers.subject}" if answers else "Een losse stoeptegel")
        for name, value in headers.items():
            made[name.replace("_", "-")] = value
        if answers is not None:
            number = str(answers.obj["Message-ID"])
            made["In-Reply-To"] = made["References"] = number
            quoted = "\n".join(f"> {line}" for line in answers.text.splitlines())
            text += f"\n\nOp ma 23 nov. 2026 om 10:00 schreef Gemeente Lindewaard <noreply@lindewaard.example>:\n\n{quoted}\n"
        made.set_content(text)
        made.add_attachment(JPEG, maintype="image", subtype="jpeg", filename="tegel é.jpg")
        with smtplib.SMTP("localhost", self.smtp_port) as smtp:
            smtp.send_message(made)


@pytest.fixture(scope="module")
def imap(pem: Path) -> Iterator[ImapServer]:
    with running(pem) as server:
        yield server


@pytest.fixture
def town(imap: ImapServer, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    monkeypatch.setenv("SSL_CERT_FILE", str(imap.pem))
    for address in (OURS, FATIMA, "buurman@voorbeeld.example"):  # each test begins with empty boxes
        with mailbox(imap, address) as box:
            box.delete([mail.uid for mail in box.fetch(mark_seen=False) if mail.uid])
    for port in sending.running(PostOffice(imap)):  # type: ignore[arg-type]  # it has the same methods
        settings.EMAIL_URL = f"smtp://localhost:{port}?tls=none"
        settings.EMAIL_FROM, settings.EMAIL_REPLY_TO = "Gemeente <noreply@lindewaard.example>", OURS
        settings.OUTBOUND_ALLOW, settings.DATA = [f"localhost:{imap.port}"], tmp_path
        builders.municipality()
        ours = account("email")
        ours.options = {"bounces_to": OURS}
        ours.save()
        vault.keep_secrets(ours, {"imap": imap.url("reacties")})
        made = Town(imap, port)
        made.hears()
        yield made


def told(town: Town, address: str) -> Conversation:
    """Somebody told us something on the site, and gets a mail that we read it."""
    resident = builders.resident(email=address)
    one = intake.open_conversation(builders.contribution("Er ligt een tegel los.", author=resident))
    tell_step(step=Step.objects.create(contribution=one.contribution, kind=StepKind.READ, at=NOW), now=NOW)
    town.sends()
    return one


def said(one: Conversation) -> list[tuple[str, str]]:
    return list(one.messages.order_by("id").values_list("direction", "text"))


def test_mail_out_answer_in_reply_out_and_all_of_it_in_one_conversation(town: Town) -> None:
    one = told(town, FATIMA)
    [notice] = town.mails_of(FATIMA)
    assert notice.subject == "Wij lazen wat u ons vertelde"
    [back] = notice.reply_to
    town.writes(f"Fatima <{FATIMA}>", back, "Hij ligt er nog.", answers=notice)
    town.hears()
    assert said(one)[1:] == [("in", "Hij ligt er nog.")]
    [photo] = one.messages.get(direction="in", text="Hij ligt er nog.").attachments
    assert (photo["name"], photo["media_type"], photo["size"]) == ("tegel é.jpg", "image/jpeg", len(JPEG))

    noor = builders.staff(Role.CONVERSATIONALIST, name="Noor")
    reply(conversation=Conversation.objects.get(pk=one.pk), text="Morgen komt Bas.", actor=noor, now=town.now)
    town.sends()
    answer = town.mails_of(FATIMA)[-1]
    assert answer.text.startswith("Morgen komt Bas.\r\n\r\nNoor, Lindewaard")
    town.writes(FATIMA, answer.reply_to[0], "Fijn, dank u!", answers=answer)
    town.hears()
    assert [text for _direction, text in said(one)] == [
        "Er ligt een tegel los.", "Hij ligt er nog.", "Morgen komt Bas.", "Fijn, dank u!",
    ]  # fmt: skip
    assert Conversation.objects.count() == 1


def test_who_mails_us_first_is_answered_by_mail_in_the_same_talk(town: Town) -> None:
    town.writes("Buurman <buurman@voorbeeld.example>", OURS, "Er ligt een tegel los.")
    town.hears()
    one = Conversation.objects.get()
    assert (one.channel, one.subject, one.person["name"]) == ("email", "Een losse stoeptegel", "Buurman")
    noor = builders.staff(Role.CONVERSATIONALIST, name="Noor")
    reply(conversation=one, text="Waar is dat?", actor=noor, now=town.now)
    town.sends()
    [answer] = town.mails_of("buurman@voorbeeld.example")
    [theirs] = [mail for mail in town.mails_of(OURS) if mail.from_ == "buurman@voorbeeld.example"]
    assert answer.subject == "Re: Een losse stoeptegel"
    assert answer.obj["In-Reply-To"] == theirs.obj["Message-ID"]
    assert answer.from_ == "noreply@lindewaard.example"
    town.writes("buurman@voorbeeld.example", answer.reply_to[0], "Bij nummer 12.", answers=answer)
    town.hears()
    assert [text for _direction, text in said(one)] == ["Er ligt een tegel los.", "Waar is dat?", "Bij nummer 12."]


def test_who_pretends_to_be_the_resident_does_not_get_into_the_conversation(town: Town) -> None:
    one = told(town, FATIMA)
    [notice] = town.mails_of(FATIMA)
    town.writes(FATIMA, OURS, "Laat maar zitten.", answers=notice)
    town.hears()
    assert said(one)[1:] == []
    assert Message.objects.get(text="Laat maar zitten.").conversation.contribution is None


def test_an_address_that_is_refused_at_once_is_marked(town: Town) -> None:
    told(town, "onbekend@voorbeeld.example")
    assert Resident.objects.get(email="onbekend@voorbeeld.example").bounced_at is not None
    assert Delivery.objects.get().last_error.startswith("550 5.1.1")


def test_mail_that_comes_back_later_marks_its_delivery_and_tells_colleagues(town: Town) -> None:
    one = told(town, "verhuisd@voorbeeld.example")
    assert Delivery.objects.get().state == "done"
    town.hears()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.last_error[:9]) == ("failed", "550 5.1.1")
    assert Resident.objects.get(email="verhuisd@voorbeeld.example").bounced_at == town.now
    assert [direction for direction, _text in said(one)] == ["in", "note"]


def test_an_answer_of_a_machine_is_a_note_and_is_not_answered(town: Town) -> None:
    one = told(town, FATIMA)
    [notice] = town.mails_of(FATIMA)
    town.writes(FATIMA, notice.reply_to[0], "Ik ben er niet.", answers=notice, Auto_Submitted="auto-replied")
    town.hears()
    town.sends()
    assert [direction for direction, _text in said(one)] == ["in", "note"]
    assert len(town.mails_of(FATIMA)) == 1


def test_our_mailbox_stays_as_it_is(town: Town) -> None:
    town.writes(FATIMA, OURS, "Eerste.")
    town.hears()
    town.hears()
    [kept] = town.mails_of(OURS)
    assert kept.flags in {(), ("\\Recent",)}
    assert Message.objects.count() == 1


def test_the_account_is_tried_with_its_mailbox_and_its_server(town: Town) -> None:
    ours = Account.objects.get(kind="email")
    health = channel_of(ours).check(credentials_of(ours))
    assert health.name == "noreply@lindewaard.example"
