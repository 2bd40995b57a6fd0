"""Copies of public pages, at most a second old, handed out before Django starts.

Only what a view marked ``public`` is kept (``web.design.caching``), only for a visitor who sends no cookie
and no right of any kind, and never an address with a follow code (those are ``no-store``).
"""

import gzip
import hashlib
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

MOST_BYTES = 24_000_000  # of copies in one process
SMALLEST_GZIP = 600
GZIP_LEVEL = 5


@dataclass(frozen=True, slots=True)
class Copy:
    """A whole answer."""

    until: float
    status: str
    headers: list[tuple[str, str]]
    body: bytes
    etag: str

    @property
    def size(self) -> int:
        """Bytes that it takes, about: a small page has its address and headers too."""
        return len(self.body) + 2000


class PageCopies:
    """WSGI middleware; one per process. ``clock`` counts seconds, monotonically."""

    def __init__(
        self, application: Application, *, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.application = application
        self.seconds = seconds
        self.clock = clock
        self.copies: dict[tuple[str, str, str, bool], Copy] = {}
        self.bytes = 0
        self.locks: dict[tuple[str, str, str, bool], threading.Lock] = {}

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer from a copy, or from Django."""
        known = "HTTP_COOKIE" in environ or "HTTP_AUTHORIZATION" in environ
        if known or environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            return self.application(environ, start_response)
        key = (
            environ.get("HTTP_HOST", ""), environ["PATH_INFO"], environ.get("QUERY_STRING", ""),
            takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")),
        )  # fmt: skip
        copy = self.copies.get(key)
        if copy is None or copy.until <= self.clock():
            return self.renew(key, environ, start_response)
        return answer(copy, environ, start_response)

    def renew(
        self, key: tuple[str, str, str, bool], environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Ask Django once, however many wait for the same page."""
        with self.locks.setdefault(key, threading.Lock()):
            copy = self.copies.get(key)
            if copy is not None and copy.until > self.clock():
                return answer(copy, environ, start_response)
            asked_at = self.clock()
            status, headers, result = call(self.application, {**environ, "REQUEST_METHOD": "GET"})
            if not may_be_shared(status, headers):
                self.locks.pop(key, None)
                if environ["REQUEST_METHOD"] == "HEAD":
                    result = without_body(result)
                start_response(status, headers)
                return result
            copy = make_copy(status, headers, result, zipped=key[3], until=asked_at + self.seconds)
            self.keep(key, copy)
        return answer(copy, environ, start_response)

    def keep(self, key: tuple[str, str, str, bool], copy: Copy) -> None:
        """Remember it, in bounded room."""
        before = self.copies.get(key)
        self.bytes += copy.size - (before.size if before else 0)
        if self.bytes > MOST_BYTES:
            self.copies.clear()
            self.locks.clear()
            self.bytes = copy.size
        self.copies[key] = copy


def call(application: Application, environ: Environ) -> tuple[str, list[tuple[str, str]], Iterable[bytes]]:
    """Run the application and hold its start of response."""
    started: list[Any] = []

    def start(status: str, headers: list[tuple[str, str]], _error: Any = None) -> None:
        started[:] = [status, headers]

    result = application(environ, start)
    return started[0], started[1], result


def may_be_shared(status: str, headers: list[tuple[str, str]]) -> bool:
    """Only a good answer that says it is public and sets no cookie."""
    names = {name.lower(): value for name, value in headers}
    return (
        status.startswith("200")
        and "set-cookie" not in names
        and names.get("cache-control", "").startswith("public, max-age=1,")
    )


def make_copy(
    status: str, headers: list[tuple[str, str]], result: Iterable[bytes], *, zipped: bool, until: float
) -> Copy:
    """Read the whole answer, close it (Django ends its request then), name it by its content."""
    try:
        body = b"".join(result)
    finally:
        close = getattr(result, "close", None)
        if close is not None:
            close()
    etag = f'"{hashlib.sha256(body).hexdigest()[:20]}{"-z" if zipped else ""}"'
    kept = [(name, value) for name, value in headers if name.lower() not in {"content-length", "etag"}]
    if zipped and len(body) >= SMALLEST_GZIP:
        body = gzip.compress(body, GZIP_LEVEL, mtime=0)
        kept.append(("Content-Encoding", "gzip"))
    kept += [("Content-Length", str(len(body))), ("ETag", etag)]
    return Copy(until=until, status=status, headers=kept, body=body, etag=etag)


def answer(copy: Copy, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """The copy, or 304 for a browser that has it."""
    if names(environ.get("HTTP_IF_NONE_MATCH", ""), copy.etag):
        start_response(
            "304 Not Modified",
            [(n, v) for n, v in copy.headers if n not in {"Content-Length", "Content-Encoding"}],
        )
        return []
    start_response(copy.status, copy.headers)
    return [copy.body] if environ["REQUEST_METHOD"] == "GET" else []


def names(asked: str, etag: str) -> bool:
    """Whether ``If-None-Match`` names this copy: one of a list, weak or not (RFC 9110 section 13.1.2)."""
    return bool(asked) and (asked == etag or etag in {one.strip().removeprefix("W/") for one in asked.split(",")})


def takes_gzip(accepted: str) -> bool:
    """Whether ``Accept-Encoding`` takes gzip; ``gzip;q=0`` refuses it (RFC 9110 section 12.5.3)."""
    if "gzip" not in accepted.lower():
        return False
    asked = (one.strip().replace(" ", "").partition(";q=") for one in accepted.lower().split(","))
    return any(name == "gzip" and (not weight or weight.strip("0.") != "") for name, _q, weight in asked)


def without_body(result: Iterable[bytes]) -> list[bytes]:
    """End the answer of Django, and give nothing of it."""
    close = getattr(result, "close", None)
    if close is not None:
        close()
    return []
