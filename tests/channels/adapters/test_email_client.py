"""Speaking with a real mail server on this machine."""

import asyncio
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from stamtafel.channels import registry
from stamtafel.channels.adapters.email import client
from stamtafel.channels.adapters.email.channel import Email
from stamtafel.channels.adapters.email.options import BadAddress, Server, Tls, server
from stamtafel.channels.contract import (
    Draft,
    NeedsSignIn,
    OutcomeUnknown,
    Permanent,
    Rendered,
    Temporary,
)


def vanish(server: SMTP) -> None:
    """Cut the connection in the middle of a command."""
    assert isinstance(server.transport, asyncio.Transport)
    server.transport.abort()


class Office:
    """A mail server that answers as it is told and remembers what it got."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, bytes]] = []
        self.at_mail = self.at_rcpt = self.at_data = ""
        self.sessions: set[int] = set()

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.sessions.add(id(session))
        envelope.mail_from = address
        if self.at_mail == "vanish":
            vanish(server)
        return self.at_mail or "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not self.at_rcpt:
            envelope.rcpt_tos.append(address)
        return self.at_rcpt or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.at_data == "vanish":
            vanish(server)
        if not self.at_data:
            self.mails.append((envelope.rcpt_tos[0], envelope.original_content or b""))
        return self.at_data or "250 OK"


def running(office: Office, **options: Any) -> Iterator[int]:
    """Serve in a thread of its own; gives the port."""
    loop = asyncio.new_event_loop()
    listening = socket.create_server(("127.0.0.1", 0))

    async def make() -> asyncio.AbstractServer:
        encrypted = options.pop("implicit", None)
        return await loop.create_server(lambda: SMTP(office, **options), sock=listening, ssl=encrypted)

    made = loop.run_until_complete(make())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield listening.getsockname()[1]

    async def close() -> None:
        made.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    asyncio.run_coroutine_threadsafe(close(), loop).result(5)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def port(office: Office) -> Iterator[int]:
    yield from running(office)


def email(folder: Path | None = None) -> Email:
    made = registry.channel("email", {"sender": "Gemeente <noreply@a.example>", "site_url": "https://a.example",
                                      "folder": str(folder)})  # fmt: skip
    assert isinstance(made, Email)
    made.clock = lambda: datetime(2026, 11, 23, tzinfo=UTC)
    return made


def letter(recipient: str = "b@b.example", number: int = 1) -> Rendered:
    return replace(
        email().render(Draft(subject="Dag", body="Tekst")), recipient=recipient, message_id=f"<{number}@a.example>"
    )


def at(port: int, tls: str = "none", user: str = "") -> dict[str, str]:
    return {"url": f"smtp://{user}127.0.0.1:{port}?tls={tls}"}


def test_many_mails_go_over_one_connection(office: Office, port: int) -> None:
    with email().batch(at(port)) as publish:
        receipts = [publish(letter(number=number), "key") for number in range(3)]
    assert [receipt.remote_id for receipt in receipts] == [f"<{n}@a.example>" for n in range(3)]
    assert [recipient for recipient, _ in office.mails] == ["b@b.example"] * 3
    assert len(office.sessions) == 1


@pytest.mark.parametrize(
    ("place", "answer", "error"),
    [
        ("at_mail", "451 later", Temporary),
        ("at_mail", "550 no", Permanent),
        ("at_mail", "530 sign in first", NeedsSignIn),
        ("at_rcpt", "450 greylisted", Temporary),
        ("at_rcpt", "550 5.1.1 unknown", Permanent),
        ("at_data", "452 full", Temporary),
        ("at_data", "554 spam", Permanent),
    ],
)
def test_a_refusal_says_what_it_means_and_the_next_mail_goes(
    office: Office, port: int, place: str, answer: str, error: type[Exception]
) -> None:
    with email().batch(at(port)) as publish:
        setattr(office, place, answer)
        with pytest.raises(error, match=answer[:3]):
            publish(letter(), "key")
        setattr(office, place, "")
        publish(letter(number=2), "key")
    assert len(office.mails) == 1
    assert len(office.sessions) == 1


@pytest.mark.parametrize(
    ("answer", "bounced"),
    [("550 5.1.1 unknown", True), ("553 odd", True), ("550 5.7.1 blocked", False), ("552 full", False)],
)
def test_only_an_unknown_address_counts_as_bounced(office: Office, port: int, answer: str, bounced: bool) -> None:
    office.at_rcpt = answer
    with pytest.raises(Permanent) as caught:
        email().publish(letter(), at(port), "key")
    assert caught.value.bounced is bounced


def test_a_greylisting_server_wants_us_back_after_minutes() -> None:
    meant = client.meaning(450, b"later", about_recipient=True)
    assert isinstance(meant, Temporary)
    assert meant.retry_after == timedelta(minutes=5)


def test_a_connection_that_breaks_before_the_mail_is_safe_to_repeat(office: Office, port: int) -> None:
    with email().batch(at(port)) as publish:
        office.at_mail = "vanish"
        with pytest.raises(Temporary, match="broke"):
            publish(letter(), "key")
        office.at_mail = ""
        publish(letter(), "key")
    assert len(office.mails) == 1
    assert len(office.sessions) == 2


def test_a_connection_that_breaks_after_the_mail_leaves_the_outcome_unknown(office: Office, port: int) -> None:
    office.at_data = "vanish"
    with pytest.raises(OutcomeUnknown):
        email().publish(letter(), at(port), "key")


def test_a_closing_server_is_called_anew(office: Office, port: int) -> None:
    with email().batch(at(port)) as publish:
        office.at_rcpt = "421 closing"
        with pytest.raises(Temporary):
            publish(letter(), "key")
        office.at_rcpt = ""
        publish(letter(), "key")
    assert len(office.sessions) == 2


def test_data_may_be_refused_before_the_mail(office: Office, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_smtp: smtplib.SMTP, _content: bytes) -> None:
        raise smtplib.SMTPDataError(554, b"no")

    monkeypatch.setattr(smtplib.SMTP, "data", refuse)
    with pytest.raises(Permanent, match="554 no"):
        email().publish(letter(), at(port), "key")


def test_a_server_that_is_not_there_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(Temporary, match=r"127\.0\.0\.1 cannot be reached"):
        email().check(at(port))


def test_a_wrong_recipient_never_reaches_the_server(office: Office, port: int) -> None:
    with pytest.raises(Permanent, match="recipient"):
        email().publish(letter("a@b.nl\r\nBcc: c@d.nl"), at(port), "key")
    assert office.mails == []


# ── signing in and encryption ────────────────────────────────────────────────────────────────────
@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that nobody trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path


def context(certificate: Path) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate)
    return made


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
@pytest.mark.parametrize("trusted", [True, False])
def test_the_certificate_is_checked(
    office: Office, certificate: Path, tls: str, trusted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    options = {"implicit": context(certificate)} if tls == "implicit" else {"tls_context": context(certificate)}
    for port in running(office, **options):
        where = {"url": f"smtp://localhost:{port}?tls={tls}"}
        if trusted:
            email().publish(letter(), where, "key")
        else:
            with pytest.raises(Temporary, match="cannot be reached"):
                email().publish(letter(), where, "key")
    assert len(office.mails) == trusted


def test_nothing_goes_in_the_clear_when_starttls_is_not_offered(office: Office, port: int) -> None:
    with pytest.raises(Temporary, match="STARTTLS"):
        email().publish(letter(), at(port, "starttls"), "key")


@pytest.mark.parametrize(("password", "error"), [("good", None), ("bad", NeedsSignIn)])
def test_signing_in(office: Office, password: str, error: type[Exception] | None) -> None:
    def allow(_server: SMTP, _session: Session, _envelope: Envelope, _method: str, data: LoginPassword) -> AuthResult:
        return AuthResult(success=data.password == b"good", handled=False)

    for port in running(office, authenticator=allow, auth_require_tls=False):
        where = at(port, user=f"me:{password}@")
        if error is None:
            email().check(where)
        else:
            with pytest.raises(error, match="535"):
                email().check(where)


def test_a_server_without_sign_in_lets_nobody_in(office: Office, port: int) -> None:
    with pytest.raises(Temporary, match="does not let us in"):
        email().check(at(port, user="me:x@"))


def test_a_server_that_wants_no_content_now_is_asked_again_later(
    office: Office, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RFC 5321 section 4.5.3.1.10: a server may take the addresses and refuse at DATA, before anything was handed over."""

    def refuse(_smtp: smtplib.SMTP, _content: bytes) -> None:
        raise smtplib.SMTPDataError(452, "4.3.1 Insufficient system storage")

    monkeypatch.setattr(smtplib.SMTP, "data", refuse)
    with pytest.raises(Temporary, match=r"452 4\.3\.1"):
        email().publish(letter(), at(port), "key")
    assert office.mails == []


# ── where there is no server yet ─────────────────────────────────────────────────────────────────
def test_without_a_server_mail_is_kept_once(tmp_path: Path) -> None:
    for _ in range(2):
        email(tmp_path / "mail").publish(letter(), {}, "key")
    [kept] = (tmp_path / "mail").iterdir()
    assert kept.suffix == ".eml"
    assert b"Message-ID: <1@a.example>" in kept.read_bytes()
    email(tmp_path).check({"url": ""})


# ── the address of the server ────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("smtp://mail.example", Server("mail.example", 587, Tls.STARTTLS)),
        ("smtp://mail.example?tls=implicit", Server("mail.example", 465, Tls.IMPLICIT)),
        ("smtp://u%40a:p%2F@mail.example:2525?tls=none", Server("mail.example", 2525, Tls.NONE, "u@a", "p/")),
    ],
)
def test_an_address_is_read(url: str, found: Server) -> None:
    assert server(url) == found
    assert "p/" not in repr(found)


@pytest.mark.parametrize("url", ["http://mail.example", "smtp://", "smtp://a?tls=maybe", "smtp://a:port", "mail"])
def test_a_wrong_address_says_so_as_a_sign_in_that_fails(url: str) -> None:
    with pytest.raises(BadAddress):
        server(url)
    with pytest.raises(NeedsSignIn):
        email().check({"url": url})
