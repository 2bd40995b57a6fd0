"""The one way out: HTTP to other machines, guarded.

An address is resolved here and each IP is looked at when the socket opens, so that no name can lead into our own
network (SSRF, OWASP A10:2021); the check and the connection use the same IP, so that a second answer of the name server
changes nothing. Loopback and private hosts are allowed by name in ``STAMTAFEL_OUTBOUND_ALLOW``. Answers are bounded in
size and in time as a whole, and a redirect is an answer like any other: nobody follows it.
"""

import ipaddress
import json
import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Final
from urllib.parse import urlsplit

import httpcore
import httpx
from django.conf import settings

LARGEST: Final = 5_000_000  # bytes of an answer
SECONDS: Final = 20.0  # for a whole call
CONNECT_SECONDS: Final = 5.0


class OutboundError(Exception):
    """A call to another machine did not go as it should; ``str`` never holds an address with a secret in it."""


class Refused(OutboundError):
    """We do not call that address: it is private, or not HTTP. Nothing was sent."""


class NotReached(OutboundError):
    """No connection could be made: nothing was sent."""


class NoAnswer(OutboundError):
    """It was sent, and no answer came or it broke off: it may or may not have been done."""


class TooLarge(NoAnswer):
    """The answer is larger than we read."""


@dataclass(frozen=True)
class Answer:
    """What came back, whatever the status; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300  # noqa: PLR2004 - RFC 9110

    @cached_property
    def data(self) -> Any:
        """The body as JSON; None where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode(errors="replace")


def allowed_hosts() -> frozenset[str]:
    """Loopback and private hosts that may be called all the same, as ``host`` or ``host:port``."""
    return frozenset(settings.OUTBOUND_ALLOW)


def call(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
    content: bytes | None = None,
    data: Mapping[str, Any] | None = None,
    json: Any = None,
    files: Any = None,
    seconds: float = SECONDS,
    largest: int = LARGEST,
) -> Answer:
    """One call. Raises Refused, NotReached, NoAnswer or TooLarge; a status of any kind is an Answer."""
    deadline = time.monotonic() + seconds
    if urlsplit(url).scheme not in {"https", "http"}:
        raise Refused("Only http and https can be called.")
    sent = {
        "headers": {"User-Agent": "Stamtafel", **(headers or {})}, "params": params, "content": content, "data": data,
        "json": json, "files": files, "timeout": httpx.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds)),
    }  # fmt: skip
    try:
        with _client().stream(
            method, url, **{name: value for name, value in sent.items() if value is not None}
        ) as answer:
            return Answer(answer.status_code, _lower(answer.headers.items()), _body(answer, deadline, largest))
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
        raise NotReached(_without_address(error, url)) from None
    except httpx.HTTPError as error:
        raise NoAnswer(_without_address(error, url)) from None


def _body(answer: httpx.Response, deadline: float, largest: int) -> bytes:
    found = bytearray()
    for piece in answer.iter_bytes(65_536):
        found += piece
        if len(found) > largest:
            raise TooLarge(f"The answer is larger than {largest // 1000} kB.")
        if time.monotonic() > deadline:
            raise NoAnswer("The answer took too long.")
    return bytes(found)


def _lower(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers}


def _without_address(error: Exception, url: str) -> str:
    """What went wrong and at which host: a path or query may hold a token."""
    return f"{type(error).__name__} at {urlsplit(url).hostname or 'an unknown host'}"


# ── the socket ───────────────────────────────────────────────────────────────────────────────────
class _GuardedBackend(httpcore.SyncBackend):
    """Opens sockets to public addresses only, and to what the settings name."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Look the name up once, look at each address, and connect to what was looked at."""
        free = f"{host}:{port}" in allowed_hosts() or host in allowed_hosts()
        last: Exception | None = None
        for address in _addresses(host, port):
            if not (free or is_public(address)):
                raise Refused(f"{host} is on a private network. STAMTAFEL_OUTBOUND_ALLOW names hosts that are allowed.")
            try:
                return super().connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
        raise last or httpcore.ConnectError("the name has no address")


def _addresses(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise httpcore.ConnectError("the name is not known") from None
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: str) -> bool:
    """Whether an IP address lies on the open internet; an IPv4 address inside an IPv6 one counts as itself."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is not None:
            return inner.is_global and not inner.is_multicast
    return ip.is_global and not ip.is_multicast


@cache
def _client() -> httpx.Client:
    """One for the process. Each call opens a connection of its own: on one that was kept open a network may hang up
    just as we send, and then nobody knows whether a post went out.
    """
    trusted = ssl.create_default_context()
    transport = httpx.HTTPTransport(verify=trusted, trust_env=False)
    transport._pool = httpcore.ConnectionPool(  # noqa: SLF001 - httpx has no door of its own for a network backend
        ssl_context=trusted,
        network_backend=_GuardedBackend(),
        retries=0,
        max_connections=50,
        max_keepalive_connections=0,
    )
    return httpx.Client(transport=transport, follow_redirects=False, trust_env=False)
