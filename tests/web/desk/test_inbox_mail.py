"""A conversation by e-mail on the desk: who wrote, what came along, and where an answer goes."""

import pytest
from django.test import Client

from stamtafel.channels import hearing
from stamtafel.channels.actions import account
from stamtafel.channels.models import Delivery
from stamtafel.inbox.actions import attached
from stamtafel.inbox.actions.take_in import take_in
from stamtafel.inbox.models import Conversation, Message
from stamtafel.people.rules import Role
from tests import builders
from tests.builders import NOW
from tests.channels.adapters.email.mails import update, written
from tests.people.builders import signed_in

pytestmark = pytest.mark.django_db
JPEG = b"\xff\xd8\xff\xe0" + b"x" * 5_000


@pytest.fixture
def browser(client: Client) -> Client:
    builders.municipality()
    return signed_in(client, builders.staff(Role.CONVERSATIONALIST, name="Noor"))


@pytest.fixture
def talk(settings, tmp_path) -> Conversation:
    settings.DATA, settings.EMAIL_REPLY_TO = tmp_path, "reacties@lindewaard.example"
    made = written("Zie de foto.")
    made.add_attachment(JPEG, maintype="image", subtype="jpeg", filename="plas é.jpg")
    made.add_attachment(b"MZ", maintype="application", subtype="x-msdownload", filename="kijk.exe")
    made.add_attachment(b"<script>alert(1)</script>", maintype="text", subtype="plain", filename="tekst.txt")
    hearing.keep_updates(account=account("email"), updates=[update(made.as_bytes())], now=NOW)
    take_in(NOW)
    return Conversation.objects.get()


def page(browser: Client, talk: Conversation) -> str:
    return browser.get(f"/desk/inbox/{talk.pk}/").content.decode()


def file(talk: Conversation, number: int) -> str:
    return f"/desk/inbox/{talk.pk}/files/{Message.objects.get(conversation=talk).pk}/{number}/"


def test_the_page_says_who_wrote_what_came_along_and_where_an_answer_goes(browser: Client, talk: Conversation) -> None:
    shown = page(browser, talk)
    for words in ("Fatima fatima@voorbeeld.example", "Zie de foto.", "plas é.jpg", "kijk.exe", "Wij bewaarden dit bestand niet",
                  "Uw antwoord gaat alleen naar deze persoon, per e-mail."):  # fmt: skip
        assert words in shown
    assert "@fatima" not in shown.replace("fatima@", "")
    assert file(talk, 0) in shown
    assert file(talk, 1) not in shown


def test_an_answer_goes_by_mail(browser: Client, talk: Conversation) -> None:
    browser.post(f"/desk/inbox/{talk.pk}/claim/")
    browser.post(f"/desk/inbox/{talk.pk}/answer/", {"text": "Wij komen kijken."})
    sent = Delivery.objects.get()
    assert (sent.purpose, sent.target["author_id"]) == ("reply", "fatima@voorbeeld.example")
    assert sent.draft["subject"] == "Re: Water op het fietspad"


def test_a_file_is_kept_on_ones_own_machine_and_never_a_page_of_ours(browser: Client, talk: Conversation) -> None:
    answer = browser.get(file(talk, 0))
    assert answer.content == JPEG
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    other = browser.get(file(talk, 2))
    assert other.headers["Content-Type"] == "application/octet-stream"


def test_what_is_not_there_is_not_found(browser: Client, talk: Conversation) -> None:
    said = Message.objects.get(conversation=talk)
    other = Conversation.objects.create(subject="x", opened_at=NOW, last_message_at=NOW)
    for address in (
        file(talk, 1),
        file(talk, 9),
        f"/desk/inbox/{other.pk}/files/{said.pk}/0/",
        f"/desk/inbox/{talk.pk}/files/0/0/",
    ):
        assert browser.get(address).status_code == 404
    Message.objects.filter(pk=said.pk).update(attachments=[{"file": "../stamtafel.sqlite3", "name": "x"}])
    assert browser.get(file(talk, 0)).status_code == 404
    Message.objects.filter(pk=said.pk).update(attachments=said.attachments, deleted_at=NOW)
    assert browser.get(file(talk, 0)).status_code == 404
    Message.objects.filter(pk=said.pk).update(deleted_at=None)
    attached.forget(said.attachments)
    assert browser.get(file(talk, 0)).status_code == 404


def test_only_who_may_see_the_inbox_gets_a_file(talk: Conversation) -> None:
    builders.municipality()
    assert Client().get(file(talk, 0)).status_code == 302
    assert signed_in(Client(), builders.staff(Role.FIELD_WORKER)).get(file(talk, 0)).status_code == 403
