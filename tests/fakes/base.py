"""A small HTTP server with routes, state and faults. A platform's fake is a subclass with methods marked ``@route``."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass
class Request:
    """What came in. ``form`` holds the fields of a urlencoded or multipart body, ``files`` its files as (name, type, bytes)."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    form: dict[str, str] = field(default_factory=dict)
    files: dict[str, tuple[str, str, bytes]] = field(default_factory=dict)
    every: dict[str, list[str]] = field(default_factory=dict)  # all values of each name in the query

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body or b"null")

    @property
    def bearer(self) -> str:
        """The token of the Authorization header."""
        return self.headers.get("authorization", "").removeprefix("Bearer ")


@dataclass
class Response:
    """What goes back; a dict or list as ``body`` becomes JSON."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    def packed(self) -> tuple[bytes, str]:
        """Bytes and media type."""
        if isinstance(self.body, bytes):
            return self.body, "application/octet-stream"
        if isinstance(self.body, str):
            return self.body.encode(), "text/plain; charset=utf-8"
        return json.dumps(self.body).encode(), "application/json"


@dataclass
class Fault:
    """What goes wrong with the next ``times`` calls whose "METHOD /path" matches ``on``.

    ``before`` it is done: ``status`` (429, 500 …), ``hang``, ``drop`` (the connection breaks). After it was done:
    ``lost`` (the connection breaks without an answer), ``late`` (the answer comes after ``seconds``), ``garbled`` (an
    answer that is no JSON), ``error`` (it says ``status`` although it did it).
    """

    kind: str
    on: str = ".*"
    status: int = 500
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 30.0
    times: int = 1


Handler = Callable[[Any, Request], Response | Any]


def route(method: str, pattern: str) -> Callable[[Handler], Handler]:
    """Mark a method of a fake; ``pattern`` is a regular expression for the whole path, named groups become arguments."""

    def mark(handler: Handler) -> Handler:
        handler.route = (method, re.compile(pattern))  # type: ignore[attr-defined]
        return handler

    return mark


class Refuse(Exception):
    """A handler says no with this response."""

    def __init__(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        super().__init__(str(body))
        self.response = Response(body, status, headers or {})


class HangUp(Exception):
    """End the call without an answer."""


class Fake:
    """The server. ``calls`` are all requests so far, for assertions; ``latency`` is waited before each answer."""

    name: ClassVar[str] = "fake"

    def __init__(self, port: int = 0) -> None:
        self.lock = threading.RLock()
        self.calls: list[Request] = []
        self.faults: list[Fault] = []
        self.latency = 0.0
        self.released = threading.Event()
        self.by_hand = False  # lets ``/_do/<method>`` call any method, for who plays a resident with curl
        self.check: Callable[[Request, Response], None] | None = None  # holds it to the platform's document
        self.complaints: list[str] = []  # what ``check`` found
        routes = [getattr(type(self), name) for name in dir(type(self)) if hasattr(getattr(type(self), name), "route")]
        self.routes = [(*handler.route, handler) for handler in routes]
        self.server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def host(self) -> str:
        """host:port, for STAMTAFEL_OUTBOUND_ALLOW."""
        return f"127.0.0.1:{self.server.server_port}"

    @property
    def address(self) -> str:
        """Where its API is."""
        return f"http://{self.host}"

    def start(self) -> None:
        """Begin to answer."""
        self.thread.start()

    def stop(self) -> None:
        """End; what hangs is let go."""
        self.released.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def fail(self, kind: str, **how: Any) -> Fault:
        """Let something go wrong; see ``Fault``."""
        fault = Fault(kind, **how)
        with self.lock:
            self.faults.append(fault)
        return fault

    def answer(self, request: Request) -> Response:
        """Route one request."""
        for method, pattern, handler in self.routes:
            match = pattern.fullmatch(request.path)
            if match and method in {request.method, "*"}:
                try:
                    with self.lock:
                        found = handler(self, request, **{k: unquote(v or "") for k, v in match.groupdict().items()})
                except Refuse as refused:
                    return refused.response
                return found if isinstance(found, Response) else Response(found)
        return self.not_found(request)

    def not_found(self, request: Request) -> Response:
        """What this platform says to an unknown address."""
        return Response({"error": f"no {request.method} {request.path} here"}, 404)

    def take_fault(self, request: Request) -> Fault | None:
        """The first fault that is meant for this request, once less."""
        with self.lock:
            for fault in self.faults:
                if fault.times and re.fullmatch(fault.on, f"{request.method} {request.path}"):
                    fault.times -= 1
                    return fault
        return None


@contextmanager
def running(fake: Fake) -> Iterator[Fake]:
    """The fake while the block lasts; at the end it must have had nothing to complain of."""
    fake.start()
    try:
        yield fake
    finally:
        fake.stop()
    assert not fake.complaints, "\n".join(fake.complaints)


def by_hand(fake: Fake, request: Request) -> Response:
    """``POST /_do/comment {"post": "1", "text": "Hoi"}`` calls ``fake.comment(post="1", text="Hoi")``; so does a list."""
    name, given = request.path.removeprefix("/_do/"), request.json or {}
    with fake.lock:
        found = getattr(fake, name)
        found = (found(**given) if isinstance(given, dict) else found(*given)) if callable(found) else found
    return Response(json.loads(json.dumps(found, default=str)))


def _handler(fake: Fake) -> type[BaseHTTPRequestHandler]:
    class Serve(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            request = _read(self)
            with fake.lock:
                fake.calls.append(request)
            fault = fake.take_fault(request)
            if fault and fault.kind in {"status", "hang", "drop"}:
                self.before(fault)
                return
            if fake.by_hand and request.path.startswith("/_do/"):
                self.send(by_hand(fake, request))
                return
            try:
                response: Response | None = fake.answer(request)
            except HangUp:
                self.close_connection = True
                return
            if fake.check is not None and response is not None:
                fake.check(request, response)
            time.sleep(fake.latency)
            if fault and response is not None:
                response = self.after(fault, response)
            if response is not None:
                self.send(response)

        def before(self, fault: Fault) -> None:
            if fault.kind == "status":
                self.send(
                    Response(fault.body if fault.body is not None else {"error": "fault"}, fault.status, fault.headers)
                )
                return
            if fault.kind == "hang":
                fake.released.wait(fault.seconds)
            self.close_connection = True

        def after(self, fault: Fault, response: Response) -> Response | None:
            if fault.kind == "lost":
                self.close_connection = True
                return None
            if fault.kind == "late":
                fake.released.wait(fault.seconds)
                return response
            if fault.kind == "garbled":
                return Response(b"<html>\xff not what you asked", 200)
            return Response(fault.body if fault.body is not None else {"error": "fault"}, fault.status, fault.headers)

        def send(self, response: Response) -> None:
            body, media_type = response.packed()
            try:
                self.send_response(response.status)
                for name, value in {"Content-Type": media_type, **response.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:  # the caller has gone
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    for method in ("GET", "POST", "PUT", "DELETE", "PATCH"):
        setattr(Serve, f"do_{method}", Serve.handle_any)

    return Serve


def _read(handler: BaseHTTPRequestHandler) -> Request:
    parts = urlsplit(handler.path)
    headers = {name.lower(): value for name, value in handler.headers.items()}
    body = handler.rfile.read(int(headers.get("content-length") or 0))
    every = parse_qs(parts.query, keep_blank_values=True)
    query = {name: values[-1] for name, values in every.items()}
    request = Request(handler.command, parts.path, query, headers, body, every=every)
    kind = headers.get("content-type", "")
    if kind.startswith("application/x-www-form-urlencoded"):
        fields = parse_qs(body.decode(), keep_blank_values=True)
        request.form = {name: values[-1] for name, values in fields.items()}
    elif kind.startswith("multipart/form-data"):
        _read_parts(request, kind)
    return request


def _read_parts(request: Request, kind: str) -> None:
    message = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + request.body)
    for part in message.iter_parts():  # type: ignore[attr-defined]
        name = str(part.get_param("name", header="content-disposition"))
        payload = bytes(part.get_payload(decode=True) or b"")
        if part.get_filename():
            request.files[name] = (str(part.get_filename()), part.get_content_type(), payload)
        else:
            request.form[name] = payload.decode()
