"""Mails as residents, machines and mail servers write them."""

from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

from stamtafel.channels import registry
from stamtafel.channels.adapters.email import arrive
from stamtafel.channels.adapters.email.channel import Email
from stamtafel.channels.contract import Incoming, Update

AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
REPLY_TO = "reacties@lindewaard.example"
SENDER = "Gemeente Lindewaard <noreply@lindewaard.example>"
FATIMA = "Fatima <fatima@voorbeeld.example>"


def email(**options: Any) -> Email:
    wanted = {"sender": SENDER, "site_url": "https://lindewaard.example", "reply_to": REPLY_TO, **options}
    made = registry.channel("email", wanted)
    assert isinstance(made, Email)
    made.clock = lambda: AT
    return made


def written(text: str = "Er staat water op het fietspad.", html: str = "", **headers: str) -> EmailMessage:
    """What a mail program makes; ``headers`` with underscores for hyphens, empty to leave one out."""
    made = EmailMessage()
    wanted = {
        "From": FATIMA, "To": REPLY_TO, "Subject": "Water op het fietspad", "Date": "Mon, 23 Nov 2026 10:58:00 +0100",
        "Message-ID": "<one@voorbeeld.example>", **{name.replace("_", "-"): value for name, value in headers.items()},
    }  # fmt: skip
    for name, value in wanted.items():
        if value:
            made[name] = value
    if text:
        made.set_content(text)
    if html:
        made.add_alternative(html, subtype="html")
    return made


def raw(text: str = "Er staat water op het fietspad.", html: str = "", **headers: str) -> bytes:
    return written(text, html, **headers).as_bytes().replace(b"\n", b"\r\n")


def update(content: bytes, to: str = "") -> Update:
    return arrive.update(content, size=len(content), at=AT, to=to)


def said(content: bytes) -> Incoming:
    """The one thing that a person said in it."""
    [found] = email().read(update(content))
    return found


def report(
    *, message_id: str, recipient: str = "weg@voorbeeld.example", action: str = "failed", status: str = "5.1.1",
    diagnostic: str = "smtp; 550 5.1.1 <weg@voorbeeld.example>: No such user", copy: str = "message/rfc822",
) -> bytes:  # fmt: skip
    """A delivery report as Postfix makes it (RFC 3464)."""
    said_by_server = f"Diagnostic-Code: {diagnostic}\r\n" if diagnostic else ""
    return (
        "Return-Path: <>\r\nFrom: Mail Delivery System <MAILER-DAEMON@mx.voorbeeld.example>\r\n"
        f"To: {REPLY_TO}\r\nSubject: Undelivered Mail Returned to Sender\r\nDate: Mon, 23 Nov 2026 10:59:00 +0100\r\n"
        "Auto-Submitted: auto-replied\r\nMessage-ID: <dsn@mx.voorbeeld.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b1"\r\n\r\n'
        "--b1\r\nContent-Type: text/plain\r\n\r\nI'm sorry to have to inform you.\r\n"
        "--b1\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.voorbeeld.example\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: {action}\r\nStatus: {status}\r\n{said_by_server}\r\n"
        f"--b1\r\nContent-Type: {copy}\r\n\r\nFrom: {SENDER}\r\nTo: {recipient}\r\nSubject: Dag\r\n"
        f"Message-ID: {message_id}\r\n\r\nTekst\r\n--b1--\r\n"
    ).encode()
