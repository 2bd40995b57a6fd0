"""Whole mails: headers, both texts, how to stop."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamtafel.channels.adapters.email import letter
from stamtafel.channels.adapters.email.channel import Email
from stamtafel.channels.contract import Draft, UnsafeHeader, one_line

SITE = "https://lindewaard.example"
SENDER = "Gemeente <noreply@lindewaard.example>"
DATE = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
STOP = {
    "List-Unsubscribe": "<mailto:stop@lindewaard.example>, <https://lindewaard.example/afmelden/7/>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
}


def sent(draft: Draft, recipient: str = "fatima@voorbeeld.example") -> EmailMessage:
    """The mail as the receiver reads it."""
    rendered = replace(letter.render(draft, SITE), recipient=recipient, message_id="<1@lindewaard.example>")
    data = letter.message(rendered, sender=SENDER, date=DATE)
    assert all(len(line) <= 998 for line in data.split(b"\r\n"))
    assert data.count(b"\n") == data.count(b"\r") == data.count(b"\r\n")
    parsed = message_from_bytes(data, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def full() -> Draft:
    return Draft(
        subject="Antwoord op uw idee: bomen & bankjes", body="Dag,\n\nWij **lazen** uw idee.",
        link="https://lindewaard.example/volg/", footer="Stadhuisplein 1", headers=STOP,
        reply_to="gesprek@lindewaard.example", sender="Gemeente Lindewaard",
    )  # fmt: skip


def test_the_headers_of_a_mail() -> None:
    mail = sent(full())
    assert mail["From"] == "Gemeente Lindewaard <noreply@lindewaard.example>"
    assert mail["To"] == "fatima@voorbeeld.example"
    assert mail["Subject"] == "Antwoord op uw idee: bomen & bankjes"
    assert mail["Reply-To"] == "gesprek@lindewaard.example"
    assert mail["Date"] == "Mon, 23 Nov 2026 10:00:00 +0000"
    assert mail["Message-ID"] == "<1@lindewaard.example>"
    assert mail["Content-Language"] == "nl"
    assert mail["List-Unsubscribe"] == STOP["List-Unsubscribe"]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_mail_reads_well_as_text() -> None:
    body = sent(full()).get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == (
        "Dag,\n\nWij lazen uw idee.\n\n"
        "Lees dit op onze website: https://lindewaard.example/volg/\n\n"
        "-- \nGemeente Lindewaard\n\nStadhuisplein 1\n\n"
        "Stoppen met deze mails: https://lindewaard.example/afmelden/7/\n"
    )


def test_a_mail_as_html_says_its_language_and_who_sent_it() -> None:
    body = sent(replace(full(), language="en", link_text="See <it>")).get_body(("html",))
    assert body is not None
    html = body.get_content()
    assert '<html lang="en">' in html
    assert "Gemeente Lindewaard</p>" in html
    assert "bomen &amp; bankjes</h1>" in html
    assert "See &lt;it&gt;</a>" in html
    assert "Stop these e-mails</a>" in html
    assert "<table" not in html


def test_a_mail_has_the_colours_of_the_municipality() -> None:
    theme = {
        "--basis-color-accent-1-color-default": "#003366",
        "--basis-color-accent-1-inverse-bg-default": "#ffcc00",
        "--basis-color-accent-1-inverse-color-default": 'red"><script>',
    }
    html = Email({"theme": theme}).render(full()).html
    assert "color:#003366" in html
    assert "background:#ffcc00;color:#ffffff" in html
    assert "script" not in html
    assert "#003366" not in Email({}).render(full()).html


def test_a_bare_mail_has_no_empty_parts() -> None:
    mail = sent(Draft(subject="Dag", body="Tekst"))
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content() == "Tekst\r\n"
    assert "border-top" not in html.get_content()
    assert mail["Reply-To"] is None
    assert mail["From"] == "Gemeente <noreply@lindewaard.example>"


def test_only_a_mail_address_to_stop_gives_no_line() -> None:
    draft = Draft(subject="Dag", body="Tekst", headers={"List-Unsubscribe": "<mailto:stop@a.nl>"})
    assert letter.unsubscribe_address(draft) == ""


@pytest.mark.parametrize("name", ["Bcc", "From", "To", "Subject", "X-Anything", "Content-Type"])
def test_a_draft_cannot_set_other_headers(name: str) -> None:
    with pytest.raises(UnsafeHeader, match=name):
        letter.render(Draft(subject="s", body="b", headers={name: "x"}), SITE)


@pytest.mark.parametrize(
    "address", ["", "@a.nl", "a@b.nl, c@d.nl", "a b@c.nl", "a@b.nl\nBcc: c@d.nl", "é@a.nl", "a@" + "x" * 64]
)
def test_what_is_no_single_address_is_refused(address: str) -> None:
    with pytest.raises(UnsafeHeader):
        letter.ascii_address(address)


def test_a_domain_with_an_accent_is_written_as_servers_take_it() -> None:
    assert letter.ascii_address("info@café.example") == "info@xn--caf-dma.example"


@given(st.text(max_size=80), st.text(max_size=200), st.text(max_size=40))
def test_no_text_gets_out_of_its_place(subject: str, body: str, sender: str) -> None:
    mail = sent(Draft(subject=subject, body=body, sender=sender))
    assert mail["To"] == "fatima@voorbeeld.example"
    assert {name.lower() for name in mail} | {"subject"} == {
        "from", "to", "subject", "date", "message-id", "content-language", "mime-version", "content-type",
    }  # fmt: skip
    assert one_line(str(mail["Subject"] or "")).split() == one_line(subject).split()
