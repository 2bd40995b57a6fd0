"""The one account of mail is connected to its mailbox like any other account to its network."""

from datetime import timedelta

import pytest

from stamtafel.channels import accounts, hearing, vault
from stamtafel.channels.accounts import Answers
from stamtafel.channels.adapters.email import webhook
from stamtafel.channels.jobs.listen import listen_due
from stamtafel.channels.models import Account, InboundItem
from stamtafel.channels.queries import mail_listens
from stamtafel.commands import account as command
from tests.builders import NOW
from tests.channels.adapters.email.mails import raw
from tests.fakes.imap import FakeMailbox, serving

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def box(settings, tmp_path):
    settings.EMAIL_URL, settings.DATA, settings.EMAIL_REPLY_TO = "", tmp_path, "reacties@lindewaard.example"
    with serving(FakeMailbox()) as made:
        settings.OUTBOUND_ALLOW = [f"127.0.0.1:{made.port}"]
        yield made


def address(box: FakeMailbox, password: str = "geheim") -> str:
    return f"imap://reacties:{password}@127.0.0.1:{box.port}?tls=none"


def connected(box: FakeMailbox, **secrets: str) -> Account:
    answers = Answers(name="wat dan ook", secrets={"imap": address(box), **secrets})
    return accounts.connect_account(actor=None, kind="email", answers=answers, now=NOW)


def test_the_one_account_begins_to_listen(box: FakeMailbox) -> None:
    assert not mail_listens()
    made = connected(box)
    assert (made.name, Account.objects.filter(kind="email").count()) == ("email", 1)
    assert mail_listens()
    listen_due(NOW)
    box.deliver(raw())
    listen_due(NOW + timedelta(minutes=2))
    listen_due(NOW + timedelta(minutes=4))
    assert InboundItem.objects.filter(account=made).count() == 1
    made.refresh_from_db()
    assert made.problem == ""


def test_a_wrong_password_keeps_nothing(box: FakeMailbox) -> None:
    with pytest.raises(accounts.NotLetIn):
        connected(box, imap=address(box, "fout"))
    assert not mail_listens()


def test_a_mailbox_that_breaks_is_told_and_asked_again(box: FakeMailbox) -> None:
    made = connected(box)
    listen_due(NOW)
    box.password = "veranderd"
    listen_due(NOW + timedelta(minutes=2))
    made.refresh_from_db()
    assert "does not know this name and password" in made.problem
    assert "geheim" not in made.problem
    box.password = "geheim"
    listen_due(NOW + timedelta(hours=2))
    made.refresh_from_db()
    assert made.problem == ""


def test_it_is_connected_from_the_command_line_too(box: FakeMailbox, capsys) -> None:
    assert command.run(["add", "email", "--name", "email", "--secret", f"imap={address(box)}"]) == 0
    assert capsys.readouterr().out == "Connected: email email.\n"
    assert vault.secrets_of(Account.objects.get(kind="email"))["imap"] == address(box)


def test_a_mail_server_hands_a_mail_over_at_the_address_of_the_account(box: FakeMailbox, client) -> None:
    secret = "een-geheim-van-genoeg-tekens-voor-ons"
    made = connected(box, webhook_secret=secret)
    where = hearing.open_hook(account=made).partition("8000")[2]
    body = raw("Café 🌳")

    def handed_over(signature: str) -> int:
        headers = {"X-Stamtafel-Signature": signature}
        return int(client.post(where, body, content_type="message/rfc822", headers=headers).status_code)

    assert handed_over("sha256=" + "0" * 64) == 403
    assert InboundItem.objects.count() == 0
    assert {handed_over(webhook.signature(body, secret)) for _ in range(3)} == {200}
    assert InboundItem.objects.count() == 1
