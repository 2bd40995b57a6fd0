"""Where mail goes and where it is fetched: ``smtp://user:password@host:587?tls=starttls``, ``imap://…?tls=implicit``."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from django.utils.translation import gettext_lazy as _

from stamtafel.channels.adapters.setup import Field, Setup


class Tls(StrEnum):
    """How the connection is secured."""

    STARTTLS = "starttls"
    IMPLICIT = "implicit"
    NONE = "none"


PORTS: Final = {
    "smtp": {Tls.STARTTLS: 587, Tls.IMPLICIT: 465, Tls.NONE: 25},
    "imap": {Tls.STARTTLS: 143, Tls.IMPLICIT: 993, Tls.NONE: 143},
}
USUAL: Final = {"smtp": Tls.STARTTLS, "imap": Tls.IMPLICIT}  # RFC 8314 section 3 for reading mail
EXAMPLES: Final = {"smtp": "smtp://host:587", "imap": "imap://user:password@host:993"}


class BadAddress(ValueError):
    """The address of the mail server cannot be read; the sentence names the part, never a password."""


@dataclass(frozen=True, slots=True)
class Server:
    """One mail server and how to get in."""

    host: str
    port: int
    tls: Tls
    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        """Without the password: this ends up in logs."""
        return f"Server({self.host}:{self.port}, {self.tls})"


def server(url: str, scheme: str = "smtp") -> Server:
    """Read ``smtp://user:password@host:port?tls=starttls|implicit|none``, or ``imap://…``; raises BadAddress.

    Without ``tls`` it is starttls for sending and implicit for reading.
    """
    parts = _split(url)
    if parts is None or parts.scheme != scheme or not parts.hostname:
        raise BadAddress(f"the mail address must look like {EXAMPLES[scheme]}")
    wanted = parse_qs(parts.query).get("tls", [USUAL[scheme]])[-1]
    if wanted not in set(Tls):
        raise BadAddress(f"tls={wanted} is not starttls, implicit or none")
    tls = Tls(wanted)
    try:
        port = parts.port or PORTS[scheme][tls]
    except ValueError as error:
        raise BadAddress("the port of the mail server is no number") from error
    return Server(parts.hostname, port, tls, unquote(parts.username or ""), unquote(parts.password or ""))


def _split(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:  # its message repeats a part of the address, which may be the password
        return None


SETUP: Final = Setup(
    needs=(
        _("A mailbox of its own for answers, such as reacties@lindewaard.nl, that nobody reads in another program."),
        _("Mail to reacties+something@lindewaard.nl has to arrive in that mailbox too (“plus addressing”)."),
        _("The name and password of that mailbox, and the name of the server it is on (IMAP)."),
        _("SPF, DKIM and DMARC set for the domain of the sender. Your mail administrator can do that."),
    ),
    fields=(
        Field(
            "imap",
            _("Mailbox for answers"),
            _("As imap://name:password@server:993. Write special signs in the password as in a web address."),
            secret=True,
            required=False,
        ),
        Field("mailbox_folder", _("Folder in that mailbox"), required=False, default="INBOX"),
        Field(
            "bounces_to",
            _("Address that hears of mail that can't be delivered"),
            _("The address of the mailbox above. Left empty, mail servers tell the sender, where nobody may read it."),
            required=False,
        ),
        Field(
            "webhook_secret",
            _("Secret for mail that your server hands over itself"),
            _("Only where your mail server sends each mail to our address. 32 random characters or more."),
            secret=True,
            required=False,
        ),
    ),
)
