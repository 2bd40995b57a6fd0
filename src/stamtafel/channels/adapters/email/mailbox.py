"""Reading a mailbox by IMAP (RFC 9051): what is new since the cursor, and nothing is ever marked, moved or deleted.

The mailbox is opened with EXAMINE, so that the server itself refuses every change. Its address is looked at when the
socket opens: only public ones, and hosts that ``STAMTAFEL_OUTBOUND_ALLOW`` names; in the clear only to the latter.
"""

import contextlib
import imaplib
import json
import re
import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

from imap_tools import ImapToolsError, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.mailbox import BaseMailBox

from stamtafel import outbound
from stamtafel.channels.adapters.email.options import Server, Tls
from stamtafel.channels.contract import NeedsSignIn, Permanent, Temporary

SECONDS: Final = 20.0
LARGEST: Final = 10_000_000  # bytes of one mail that we keep; of a larger one the beginning
ENOUGH: Final = 120.0  # seconds after which a round takes no further mail
AT_ONCE: Final = 200  # mails per round
BYTES_AT_ONCE: Final = 25_000_000
BROKEN: Final = (OSError, imaplib.IMAP4.error, ImapToolsError)
SIZE: Final = re.compile(rb"RFC822\.SIZE ([0-9]+)")
DATE: Final = re.compile(rb'INTERNALDATE "([^"]{20,30})"')


@dataclass(frozen=True, slots=True)
class Cursor:
    """Up to where we read. UIDs count only while UIDVALIDITY stays the same (RFC 9051 section 2.3.1.1); ``day`` is
    from when on to look again after it changed.
    """

    validity: int
    uid: int
    day: str

    @classmethod
    def read(cls, text: str) -> "Cursor | None":
        """From what ``write`` made; None for "" and for what is no cursor of ours."""
        try:
            known = json.loads(text)
            return cls(int(known["validity"]), int(known["uid"]), str(known["day"]))
        except (ValueError, TypeError, KeyError):
            return None

    def write(self) -> str:
        """As text."""
        return json.dumps({"validity": self.validity, "uid": self.uid, "day": self.day})


@dataclass(frozen=True, slots=True)
class Found:
    """One mail as it lies there: its beginning, how large all of it is, and when the server got it."""

    raw: bytes
    size: int
    at: datetime | None


# ── the connection ───────────────────────────────────────────────────────────────────────────────
def _socket(host: str, port: int) -> socket.socket:
    """Look the name up once, look at each address, connect to what was looked at. Raises Temporary or Permanent."""
    free = bool({host, f"{host}:{port}"} & outbound.allowed_hosts())
    last: OSError | None = None
    for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        address = str(entry[4][0])
        if not (free or outbound.is_public(address)):
            raise Permanent(f"{host} is on a private network. STAMTAFEL_OUTBOUND_ALLOW names hosts that are allowed.")
        try:
            return socket.create_connection((address, port), timeout=SECONDS)
        except OSError as error:
            last = error
    raise last or OSError("the name has no address")


class _Bounded(imaplib.IMAP4):
    def read(self, size: int) -> bytes:
        """No more than was asked for, whatever the server announces."""
        if size > LARGEST:
            raise self.abort("the server sends more than it was asked for")
        return super().read(size)


class _Plain(_Bounded):
    def _create_socket(self, _timeout: float | None) -> socket.socket:
        return _socket(self.host, self.port)


class _Secure(_Bounded, imaplib.IMAP4_SSL):
    def _create_socket(self, _timeout: float | None) -> socket.socket:
        opened: socket.socket = self.ssl_context.wrap_socket(_socket(self.host, self.port), server_hostname=self.host)
        return opened


class _Clear(MailBoxUnencrypted):
    def _get_mailbox_client(self) -> imaplib.IMAP4:
        return _Plain(self._host, self._port)


class _Starting(MailBoxStartTls):
    def _get_mailbox_client(self) -> imaplib.IMAP4:
        client = _Plain(self._host, self._port)
        try:
            client.starttls(ssl.create_default_context())  # raises when it is not offered: never in the clear
        except BROKEN:
            with contextlib.suppress(OSError):
                client.shutdown()
            raise
        return client


class _Implicit(MailBox):
    def _get_mailbox_client(self) -> imaplib.IMAP4:
        return _Secure(self._host, self._port, ssl_context=ssl.create_default_context())


BOXES: Final[dict[Tls, Any]] = {Tls.NONE: _Clear, Tls.STARTTLS: _Starting, Tls.IMPLICIT: _Implicit}


@contextlib.contextmanager
def opened(server: Server, folder: str) -> Iterator[BaseMailBox]:
    """Connect, sign in and open the folder for reading only. Raises Temporary, NeedsSignIn or Permanent."""
    if server.tls is Tls.NONE and not {server.host, f"{server.host}:{server.port}"} & outbound.allowed_hosts():
        raise Permanent("Mail is read in the clear only from hosts that STAMTAFEL_OUTBOUND_ALLOW names.")
    try:
        box: BaseMailBox = BOXES[server.tls](server.host, server.port)
    except BROKEN as error:
        raise Temporary(f"The mailbox at {server.host} cannot be reached: {_said(error)}") from error
    try:
        _sign_in(box, server)
        _open(box, folder)
        yield box
    except BROKEN as error:
        raise Temporary(f"Reading the mailbox at {server.host} broke off: {_said(error)}") from error
    finally:
        with contextlib.suppress(*BROKEN):  # what counted is already read
            box.logout()


def _sign_in(box: BaseMailBox, server: Server) -> None:
    try:
        if server.user.isascii() and server.password.isascii():
            box.login(server.user, server.password, initial_folder=None)
        else:
            box.login_utf8(server.user, server.password, initial_folder=None)
    except (imaplib.IMAP4.abort, OSError):
        raise
    except (ImapToolsError, imaplib.IMAP4.error):  # its words may repeat what was sent
        raise NeedsSignIn(f"The mailbox at {server.host} does not know this name and password.") from None


def _open(box: BaseMailBox, folder: str) -> None:
    try:
        box.folder.set(folder, readonly=True)
    except ImapToolsError:
        raise Permanent(f"There is no folder “{folder[:60]}” in the mailbox.") from None


def _said(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


# ── what is new ──────────────────────────────────────────────────────────────────────────────────
def new_mails(box: BaseMailBox, cursor: Cursor | None, now: datetime) -> tuple[list[Found], Cursor]:
    """The next mails after the cursor, oldest first, at most 200 and about 25 MB, and the cursor behind them."""
    validity, last = _standing(box)
    day = (now - timedelta(days=1)).date().isoformat()
    if cursor is None:
        return [], Cursor(validity, last, day)
    if cursor.validity != validity:
        uids = _uids(box, f"SINCE {_imap_day(cursor.day)}")
        start = Cursor(validity, 0, cursor.day)
    else:
        # "n:*" always gives the last one too, also when it is older (RFC 9051 section 9, seq-range)
        uids = [uid for uid in _uids(box, f"UID {cursor.uid + 1}:*") if uid > cursor.uid]
        start = cursor
    found, reached = _take(box, uids)
    if reached == len(uids):
        return found, Cursor(validity, max([last, start.uid, *uids]), day)
    return found, Cursor(validity, uids[reached - 1], start.day)


def _standing(box: BaseMailBox) -> tuple[int, int]:
    """UIDVALIDITY, and the highest UID that was given out."""
    named = [_number(box.client.response(name)[1]) for name in ("UIDVALIDITY", "UIDNEXT")]
    highest = named[1] - 1 if named[1] else max(_uids(box, "ALL"), default=0)
    return named[0], highest


def _number(said: Sequence[Any]) -> int:
    text = said[0] if said and isinstance(said[0], bytes) else b""
    return int(text) if text.isdigit() else 0


def _uids(box: BaseMailBox, criteria: str) -> list[int]:
    return sorted(int(uid) for uid in box.uids(criteria, charset=None))


def _imap_day(day: str) -> str:
    """2026-11-23 as 23-Nov-2026, whatever the language of the machine."""
    moment = datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC)
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return f"{moment.day}-{months[moment.month - 1]}-{moment.year}"


def _take(box: BaseMailBox, uids: Sequence[int]) -> tuple[list[Found], int]:
    """Fetch until it is enough for one round; gives the mails and how many UIDs were dealt with."""
    found: list[Found] = []
    size = 0
    until = time.monotonic() + ENOUGH
    for number, uid in enumerate(uids):
        if len(found) >= AT_ONCE or size >= BYTES_AT_ONCE or time.monotonic() > until:
            return found, number
        mail = _fetch(box, uid)
        if mail is not None:  # somebody else deleted it in between
            found.append(mail)
            size += len(mail.raw)
    return found, len(uids)


def _fetch(box: BaseMailBox, uid: int) -> Found | None:
    """One mail by PEEK: it stays unread. Of a large one only the beginning comes over the line."""
    status, data = box.client.uid("fetch", str(uid), f"(RFC822.SIZE INTERNALDATE BODY.PEEK[]<0.{LARGEST}>)")
    if status != "OK":
        raise imaplib.IMAP4.error("the server refused to give a mail")
    raw = next((bytes(part[1]) for part in data if isinstance(part, tuple)), None)
    if raw is None:
        return None
    told = b" ".join(part if isinstance(part, bytes) else part[0] for part in data)
    size = SIZE.search(told)
    return Found(raw, int(size[1]) if size else len(raw), _moment(DATE.search(told)))


def _moment(found: re.Match[bytes] | None) -> datetime | None:
    """``23-Nov-2026 10:00:00 +0100`` as a moment."""
    said = found[1].decode("ascii", "replace").replace("-", " ", 2) if found else ""
    try:
        return parsedate_to_datetime(said).astimezone(UTC)
    except (ValueError, TypeError):
        return None
