"""The guarded way out, against a real server on loopback."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from stamtafel import outbound

release = threading.Event()


class Server(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/away":
            self.send_response(302)
            self.send_header("Location", "/json")
            self.end_headers()
        elif path == "/hang":
            release.wait(10)
        elif path == "/cut":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"half")
        else:
            self.send_response(418 if self.path == "/teapot" else 200)
            self.send_header("X-Rate", "7")
            self.end_headers()
            self.wfile.write(b'{"a": 1}' if self.path == "/json" else b"x" * 10_000)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(201)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    release.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def allowed(address, settings):
    settings.OUTBOUND_ALLOW = [address]
    return f"http://{address}"


def test_a_private_address_is_refused_when_the_socket_opens(address, settings):
    settings.OUTBOUND_ALLOW = []
    with pytest.raises(outbound.Refused, match="private"):
        outbound.call("GET", f"http://{address}/json")


def test_a_name_that_leads_into_our_network_is_refused(address, settings, monkeypatch):
    settings.OUTBOUND_ALLOW = ["other.example"]
    port = int(address.rsplit(":", 1)[1])
    inside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: inside)
    with pytest.raises(outbound.Refused):
        outbound.call("GET", f"http://evil.example:{port}/json")
    assert outbound.call("GET", f"http://other.example:{port}/json").ok


def test_an_allowed_host_gets_its_answer(allowed):
    answer = outbound.call("GET", f"{allowed}/json")
    assert (answer.status, answer.data, answer.headers["x-rate"]) == (200, {"a": 1}, "7")
    assert outbound.call("POST", f"{allowed}/", json={"b": "é"}).data == {"b": "é"}
    assert outbound.call("GET", f"{allowed}/teapot").status == 418


def test_a_redirect_is_not_followed(allowed):
    assert outbound.call("GET", f"{allowed}/away").status == 302


def test_an_answer_has_a_largest_size(allowed):
    with pytest.raises(outbound.TooLarge):
        outbound.call("GET", f"{allowed}/much", largest=9_999)
    assert len(outbound.call("GET", f"{allowed}/much", largest=10_000).body) == 10_000


@pytest.mark.parametrize("path", ["/hang", "/cut"])
def test_what_was_sent_and_not_answered_is_unknown(allowed, path):
    with pytest.raises(outbound.NoAnswer):
        outbound.call("GET", f"{allowed}{path}?token=geheim", seconds=0.5)


def test_no_address_of_a_call_comes_in_the_log(allowed, capfd, caplog):
    outbound.call("GET", f"{allowed}/json?token=geheim")
    assert "geheim" not in capfd.readouterr().err + caplog.text


def test_where_nobody_listens_nothing_was_sent(settings):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings.OUTBOUND_ALLOW = ["127.0.0.1"]
    with pytest.raises(outbound.NotReached) as found:
        outbound.call("GET", f"http://127.0.0.1:{port}/bot123:geheim/sendMessage")
    assert "geheim" not in str(found.value)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://example.nl/", "gopher://example.nl", "//example.nl"])
def test_only_http_is_called(url):
    with pytest.raises(outbound.Refused):
        outbound.call("GET", url)


@pytest.mark.parametrize(
    ("ip", "public"),
    [
        ("8.8.8.8", True), ("127.0.0.1", False), ("10.1.2.3", False), ("169.254.169.254", False), ("0.0.0.0", False),
        ("100.64.0.1", False), ("::1", False), ("::ffff:10.0.0.1", False), ("::ffff:8.8.8.8", True), ("fe80::1%eth0", False),
        ("2002:7f00:1::", False), ("2a00:1450:400e::200e", True), ("224.0.0.1", False), ("ff02::1", False),
    ],
)  # fmt: skip
def test_which_addresses_are_public(ip, public):
    assert outbound.is_public(ip) is public
