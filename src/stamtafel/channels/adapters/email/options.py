"""Where mail goes: ``smtp://user:password@host:587?tls=starttls``."""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qs, unquote, urlsplit


class Tls(StrEnum):
    """How the connection is secured."""

    STARTTLS = "starttls"
    IMPLICIT = "implicit"
    NONE = "none"


PORTS = {Tls.STARTTLS: 587, Tls.IMPLICIT: 465, Tls.NONE: 25}


class BadAddress(ValueError):
    """The address of the mail server cannot be read; the sentence names the part."""


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


def server(url: str) -> Server:
    """Read ``smtp://user:password@host:port?tls=starttls|implicit|none`` (default starttls); raises BadAddress."""
    parts = urlsplit(url)
    if parts.scheme != "smtp" or not parts.hostname:
        raise BadAddress("the mail address must look like smtp://host:587")
    wanted = parse_qs(parts.query).get("tls", ["starttls"])[-1]
    if wanted not in set(Tls):
        raise BadAddress(f"tls={wanted} is not starttls, implicit or none")
    tls = Tls(wanted)
    try:
        port = parts.port or PORTS[tls]
    except ValueError as error:
        raise BadAddress("the port of the mail server is no number") from error
    return Server(parts.hostname, port, tls, unquote(parts.username or ""), unquote(parts.password or ""))
