"""Persons, machines and mail servers are told apart; machines are never taken for persons."""

import base64

import pytest

from stamtafel.channels.adapters.email.arrive import mail_of
from stamtafel.channels.adapters.email.mime import Mail, read
from stamtafel.channels.adapters.email.nature import Failure, Nature, failures, nature
from tests.channels.adapters.email.mails import email, raw, report, said, update

OURS = "<0a1b@lindewaard.example>"


def of(content: bytes) -> Mail:
    return mail_of(update(content).payload)


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; type=vacation"},
        {"X_Auto_Response_Suppress": "All"},
        {"X_Autoreply": "yes"},
        {"X_Autorespond": "1"},
        {"Precedence": "bulk"},
        {"Precedence": "auto_reply"},
        {"Return_Path": "<>"},
        {"List_Id": "<nieuws.voorbeeld.example>"},
        {"List_Unsubscribe": "<https://voorbeeld.example/stop>"},
        {"Subject": "Automatisch antwoord: Water op het fietspad"},
        {"Subject": "Re: Automatic reply: Water"},
        {"Subject": "Out of Office: Water"},
        {"Subject": "Out of the office"},
        {"Subject": "Afwezigheidsbericht"},
        {"Subject": "Afwezig: Fatima"},
        {"From": "no-reply@voorbeeld.example"},
        {"From": "Winkel <noreply+12@winkel.example>"},
    ],
)
def test_what_a_machine_sends_is_automatic_and_nobody_said_it(headers: dict[str, str]) -> None:
    content = raw(**headers)
    assert nature(of(content)) is Nature.AUTOMATIC
    assert email().read(update(content)) == ()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Auto_Submitted": "no"},
        {"X_Auto_Response_Suppress": "None"},
        {"Precedence": "normal"},
        {"Return_Path": "<fatima@voorbeeld.example>"},
        {"Subject": "Afwezig tijdens de bijeenkomst, kan ik anders meepraten?"},
        {"Subject": "Kantoor gesloten, wat nu?"},
    ],
)
def test_what_a_person_sends_is_a_persons(headers: dict[str, str]) -> None:
    assert nature(of(raw(**headers))) is Nature.PERSON
    assert said(raw(**headers)).text == "Er staat water op het fietspad."


@pytest.mark.parametrize("copy", ["message/rfc822", "text/rfc822-headers"])
def test_a_report_names_the_mail_and_the_address_that_does_not_exist(copy: str) -> None:
    content = report(message_id=OURS, copy=copy)
    assert nature(of(content)) is Nature.BOUNCE
    assert email().read(update(content)) == ()
    assert failures(of(content)) == (
        Failure(OURS, "weg@voorbeeld.example", "550 5.1.1 <weg@voorbeeld.example>: No such user", no_such_address=True),
    )


@pytest.mark.parametrize(
    ("status", "diagnostic", "said_by_server", "gone"),
    [
        ("5.1.1", "", "550 5.1.1", True),
        ("5.0.0", "smtp; 550 User unknown", "550 5.0.0 User unknown", True),
        ("5.2.2", "smtp; 552 5.2.2 Mailbox full", "552 5.2.2 Mailbox full", False),
        ("5.7.1", "smtp; 550 5.7.1 Policy", "550 5.7.1 Policy", False),
        ("5.4.4", "X-Notes; host not found", "550 5.4.4 host not found", True),
        ("4.4.7", "smtp; 421 4.4.7 expired", "421 4.4.7 expired", False),
        ("", "", "554 5.0.0", False),
    ],
)
def test_why_it_came_back(status: str, diagnostic: str, said_by_server: str, gone: bool) -> None:
    [failure] = failures(of(report(message_id=OURS, status=status, diagnostic=diagnostic)))
    assert (failure.said, failure.no_such_address) == (said_by_server, gone)


def test_a_delay_is_no_failure() -> None:
    content = report(message_id=OURS, action="delayed", status="4.4.1")
    assert (nature(of(content)), failures(of(content))) == (Nature.BOUNCE, ())


def test_a_report_about_no_mail_that_it_names_marks_nobody() -> None:
    assert failures(of(report(message_id="onzin"))) == ()


def test_servers_that_follow_no_rule_are_understood_too() -> None:
    exim = raw(
        "This message was created automatically by mail delivery software.\n\n550 5.1.1 unknown user\n",
        From="Mail Delivery System <Mailer-Daemon@mx.voorbeeld.example>", Subject="Mail delivery failed",
        X_Failed_Recipients="weg@voorbeeld.example", In_Reply_To=OURS,
    )  # fmt: skip
    assert nature(of(exim)) is Nature.BOUNCE
    [failure] = failures(of(exim))
    assert (failure.message_id, failure.recipient, failure.no_such_address) == (OURS, "weg@voorbeeld.example", True)
    silent = raw("Geen code.", X_Failed_Recipients="weg@voorbeeld.example", In_Reply_To=OURS)
    assert failures(of(silent)) == ()
    postfix = raw(From="MAILER-DAEMON", Subject="Undelivered Mail Returned to Sender")
    assert nature(of(postfix)) is Nature.BOUNCE


def test_a_report_that_is_encoded_is_read_all_the_same() -> None:
    """Some servers do so, though RFC 3464 section 2.1 allows 7 bits only; the parser does not expect it."""
    plain = report(message_id=OURS)
    fields = plain[plain.index(b"Reporting-MTA") : plain.index(b"--b1\r\nContent-Type: message/rfc822")]
    encoded = plain.replace(b"delivery-status\r\n", b"delivery-status\r\nContent-Transfer-Encoding: base64\r\n")
    assert [one.recipient for one in failures(of(encoded.replace(fields, base64.encodebytes(fields))))] == [
        "weg@voorbeeld.example"
    ]


@pytest.mark.parametrize(
    "sender", ["Gemeente <post@lindewaard.example>", "Reacties+12.abcdefghijklmnopqrstuvwx@Lindewaard.example"]
)
def test_our_own_mail_that_comes_back_is_nothing_said(sender: str) -> None:
    assert email(sender="Gemeente <post@lindewaard.example>").read(update(raw(From=sender))) == ()


def test_an_empty_mail_says_nothing() -> None:
    assert email().read(update(raw(" \n"))) == ()
    assert read(b"").headers == {}
