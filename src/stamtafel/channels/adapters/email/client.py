"""Speaking SMTP, and keeping mail in a folder where there is no server yet."""

import contextlib
import hashlib
import os
import smtplib
import ssl
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

from stamtafel.channels.adapters.email.options import Server, Tls
from stamtafel.channels.contract import ChannelError, NeedsSignIn, OutcomeUnknown, Permanent, Temporary

SECONDS: Final = 20.0
REFUSED: Final = 400
PERMANENT: Final = 500
CLOSING: Final = 421
SIGN_IN: Final = frozenset({530, 535})
NO_SUCH_ADDRESS: Final = frozenset({550, 551, 553})
GREYLISTED: Final = timedelta(minutes=5)  # servers that greylist want us back after some minutes
BROKEN: Final = (OSError, smtplib.SMTPException)


def _said(code: int, answer: bytes | str) -> str:
    words = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return f"{code} {words}".strip()[:500]


def meaning(code: int, answer: bytes, *, about_recipient: bool = False) -> ChannelError:
    """What a refusal means for us (RFC 5321 section 4.2.1): 4xx come back later, 5xx never like this."""
    said = _said(code, answer)
    if code in SIGN_IN:
        return NeedsSignIn(said)
    if code < PERMANENT:
        return Temporary(said, retry_after=GREYLISTED if about_recipient else None)
    # 5.7.x is a policy of the server (RFC 3463 section 3.8): the address itself may be fine
    return Permanent(said, bounced=about_recipient and code in NO_SUCH_ADDRESS and b"5.7." not in answer)


class Connection:
    """An open connection that sends one mail after the other."""

    def __init__(self, smtp: smtplib.SMTP) -> None:
        """Takes over an open and greeted connection. ``whole``: the next mail can go over it."""
        self._smtp = smtp
        self.whole = True

    def send(self, sender: str, recipient: str, content: bytes) -> str:
        """Hand over one mail; returns the server's answer. Raises Temporary, Permanent or OutcomeUnknown."""
        try:
            self._judge(*self._smtp.mail(sender))
            self._judge(*self._smtp.rcpt(recipient), about_recipient=True)
        except BROKEN as error:
            self.whole = False
            raise Temporary(f"The connection to the mail server broke: {error}") from error
        try:
            code, answer = self._smtp.data(content)
        except smtplib.SMTPDataError as error:  # refused before the content was sent
            code, answer = error.smtp_code, _bytes(error.smtp_error)
        except BROKEN as error:
            self.whole = False
            raise OutcomeUnknown(f"No answer came after the mail was handed over: {error}") from error
        self._judge(code, answer)
        return _said(code, answer)

    def _judge(self, code: int, answer: bytes, *, about_recipient: bool = False) -> None:
        """Pass 2xx; for a refusal make the connection ready for the next mail and raise what it means."""
        if code < REFUSED:
            return
        self.whole = code != CLOSING and self._ready_again()
        raise meaning(code, answer, about_recipient=about_recipient)

    def _ready_again(self) -> bool:
        try:
            return self._smtp.rset()[0] < REFUSED
        except BROKEN:
            return False


def _bytes(words: bytes | str) -> bytes:
    return words if isinstance(words, bytes) else words.encode()


def _open(server: Server) -> smtplib.SMTP:
    context = ssl.create_default_context()  # checks the certificate and the name in it
    if server.tls is Tls.IMPLICIT:
        return smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=context)
    smtp = smtplib.SMTP(server.host, server.port, timeout=SECONDS)
    if server.tls is Tls.STARTTLS:
        smtp.starttls(context=context)  # raises when it is not offered: never in the clear by surprise
    return smtp


@contextlib.contextmanager
def connected(server: Server) -> Iterator[Connection]:
    """Connect, sign in, and part politely. Raises Temporary (not reachable) or NeedsSignIn."""
    try:
        smtp = _open(server)
    except BROKEN as error:
        raise Temporary(f"The mail server {server.host} cannot be reached: {error}") from error
    try:
        try:
            smtp.ehlo_or_helo_if_needed()
            if server.user:
                smtp.login(server.user, server.password)
        except smtplib.SMTPAuthenticationError as error:
            raise NeedsSignIn(_said(error.smtp_code, error.smtp_error)) from error
        except BROKEN as error:
            raise Temporary(f"The mail server {server.host} does not let us in: {error}") from error
        yield Connection(smtp)
    finally:
        with contextlib.suppress(*BROKEN):  # what counted is already answered
            smtp.quit()
        smtp.close()


def keep(folder: Path, message_id: str, content: bytes) -> Path:
    """Write a mail into the folder, whole or not at all; the same Message-ID always gives the same file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{hashlib.sha256(message_id.encode()).hexdigest()[:24]}.eml"
    half = path.with_suffix(f".{os.getpid()}")
    half.write_bytes(content)
    half.replace(path)
    return path
