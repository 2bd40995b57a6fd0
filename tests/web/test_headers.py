"""What every answer says about itself: to browsers, to proxies, and to internet.nl."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from typing import Any

import pytest
import sectxt
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client, RequestFactory
from django.test.utils import override_settings
from django.urls import reverse
from django.utils import timezone

from stamtafel.dossier.actions.submit import Submitted, submit_contribution
from stamtafel.dossier.models import Kind
from stamtafel.people.rules import Role
from stamtafel.web.design.copies import PageCopies
from tests import builders
from tests.announce import builders as telling
from tests.people.builders import signed_in
from tests.web.crawl import Seen, crawl

pytestmark = pytest.mark.django_db

FIXED = {
    "X-Content-Type-Options": {"nosniff"},
    "X-Frame-Options": {"DENY"},
    "Referrer-Policy": {"strict-origin-when-cross-origin", "no-referrer", "same-origin"},
    "Cross-Origin-Opener-Policy": {"same-origin"},
}
HOST = re.compile(r"https?://|\*|[a-z0-9-]+\.[a-z]{2,}")
PERSONAL = ("/zeg-het-ons/", "/volg/", "/aanmelden/ja/", "/aanmelden/wijzig/", "/aanmelden/stop/", "/bevestig/")
LONGEST_COPY = 3600
MANY = 40  # pages and files that a crawl finds; were there none, every test below would be content
PICTURES = ("/media/", "/deel/")  # never change under the same address, or hardly


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """The test's own connection outlives the requests that are made here without the test client."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def said() -> Submitted:
    """A municipality with something of everything that is public."""
    builders.municipality()
    area, topic = builders.area("Molenwijk"), builders.topic("Stationsplein")
    telling.published("De brug is open", topics=(topic,), areas=(area,), now=timezone.now())
    return submit_contribution(
        kind=Kind.IDEA, text="Meer bomen op het plein.", topic=topic, area=area, email="inwoner@voorbeeld.example",
        now=timezone.now(),
    )  # fmt: skip


@pytest.fixture
def public(said: Submitted) -> dict[str, Seen]:
    """All that a crawl finds."""
    assert said.is_new
    found = crawl()
    assert len(found) > MANY
    return found


def directives(policy: str) -> dict[str, list[str]]:
    """A content security policy, word for word."""
    parts = [part.split() for part in policy.split(";") if part.strip()]
    return {name: words for name, *words in parts}


def test_every_answer_has_the_headers_that_internet_nl_looks_at(public: dict[str, Seen]) -> None:
    for address, seen in public.items():
        for name, allowed in FIXED.items():
            assert seen.headers.get(name) in allowed, (address, name)
        assert "Permissions-Policy" in seen.headers, address
        assert "Server" not in seen.headers, address


def test_every_policy_is_strict_and_names_no_other_host(public: dict[str, Seen]) -> None:
    for address, seen in public.items():
        policy = directives(seen.headers["Content-Security-Policy"])
        assert "unsafe" not in seen.headers["Content-Security-Policy"], address
        assert policy["default-src"] == ["'none'"], address
        for name in ("frame-ancestors", "base-uri", "object-src"):
            assert policy[name] == ["'none'"], address
        for name, words in policy.items():
            assert not [word for word in words if HOST.search(word)], (address, name)
        assert policy["form-action"] == ["'self'"], address


def test_no_page_holds_what_the_policy_forbids(public: dict[str, Seen]) -> None:
    for address, seen in public.items():
        if "html" not in seen.headers.get("Content-Type", ""):
            continue
        assert not re.search(r"<[^>]+\s(?:style|on[a-z]+)\s*=", seen.words), address
        assert not re.search(r"<script(?![^>]*\ssrc=)(?![^>]*type=\"application/)[^>]*>", seen.words), address
        assert not re.search(r"<style\b", seen.words), address
        assert not re.findall(
            r"<(?:script|img|link rel=\"stylesheet\"|iframe)[^>]+(?:src|href)=\"https?://(?!127)", seen.words
        )


def test_no_public_page_gives_a_cookie(public: dict[str, Seen]) -> None:
    assert [address for address, seen in public.items() if seen.cookies] == []


def test_a_policy_of_the_desk_is_as_strict(client: Client) -> None:
    builders.municipality()
    signed_in(client, builders.staff(*Role))
    answer = client.get(reverse("desk:today"))
    policy = directives(answer.headers["Content-Security-Policy"])
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert policy["default-src"] == ["'none'"]
    assert answer.headers["Cache-Control"] == "no-store"
    nonces = {client.get(reverse("desk:today")).headers["Content-Security-Policy"] for _ in range(2)}
    assert len(nonces) == 2  # a nonce is used once


@override_settings(SECURE_HSTS_SECONDS=31_536_000, SECURE_HSTS_INCLUDE_SUBDOMAINS=True)
def test_an_installation_on_https_asks_browsers_to_stay_there() -> None:
    builders.municipality()
    answer = Client().get("/", secure=True)
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_public_pages_may_be_kept_for_a_second_and_personal_ones_never(
    said: Submitted, public: dict[str, Seen]
) -> None:
    for address, seen in public.items():
        kept = seen.headers["Cache-Control"]
        if any(address.removeprefix("/en").startswith(start) for start in PERSONAL):
            assert kept == "no-store", address
        elif kept.startswith("public") and "html" in seen.headers.get("Content-Type", ""):
            assert "max-age=1," in kept, address
            assert re.search(r"s-maxage=1(?!\d)", kept), address
            assert "Cookie" in seen.headers["Vary"], address
        elif kept.startswith("public"):
            assert int(re.findall(r"max-age=(\d+)", kept)[0]) <= LONGEST_COPY or address.startswith(PICTURES), address
    mine = Client().get(reverse("site:follow", kwargs={"code": said.code}))
    assert mine.headers["Cache-Control"] == "no-store"
    assert mine.headers["Referrer-Policy"] == "no-referrer"
    assert mine.headers["X-Robots-Tag"] == "noindex"


class Visitor:
    """Asks the program as the server does: through the copies."""

    def __init__(self, seconds: float = 60.0) -> None:
        self.at = 0.0
        self.application = PageCopies(get_wsgi_application(), seconds=seconds, clock=lambda: self.at)

    def get(self, path: str, method: str = "GET", **more: str) -> tuple[int, dict[str, str], bytes]:
        """(status, headers, body) of one GET."""
        environ = RequestFactory().generic(method, path, **more).environ  # type: ignore[arg-type]
        environ["HTTP_HOST"] = "127.0.0.1"
        if "HTTP_COOKIE" not in more:
            environ.pop("HTTP_COOKIE", None)
        started: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], *_rest: object) -> None:
            started[:] = [int(status.split(" ", maxsplit=1)[0]), dict(headers)]

        result = self.application(environ, start)
        body = b"".join(result)
        close = getattr(result, "close", None)
        if close is not None:
            close()
        return started[0], started[1], body


def test_a_copy_has_a_name_and_whoever_has_it_gets_nothing_twice(said: Submitted) -> None:
    assert said.is_new
    visitor = Visitor()
    status, headers, body = visitor.get("/bijdragen/")
    assert (status, bool(body)) == (200, True)
    again, kept, nothing = visitor.get("/bijdragen/", HTTP_IF_NONE_MATCH=headers["ETag"])
    assert (again, nothing) == (304, b"")
    assert kept["ETag"] == headers["ETag"]
    assert "Content-Length" not in kept
    zipped = visitor.get("/bijdragen/", HTTP_ACCEPT_ENCODING="gzip")[1]
    assert zipped["Content-Encoding"] == "gzip"
    assert zipped["ETag"] != headers["ETag"]  # other bytes, another name


@pytest.mark.parametrize("wrap", ["W/{}", '"other", {}', 'W/"other",W/{}'])
def test_a_name_may_be_weak_or_one_of_many(said: Submitted, wrap: str) -> None:
    visitor = Visitor()
    etag = visitor.get("/bijdragen/")[1]["ETag"]
    assert visitor.get("/bijdragen/", HTTP_IF_NONE_MATCH=wrap.format(etag))[0] == 304
    assert visitor.get("/bijdragen/", HTTP_IF_NONE_MATCH=wrap.format('"x"'))[0] == 200


@pytest.mark.parametrize("path", ["/bijdragen/", "/zeg-het-ons/", "/bestaat-niet/"])
def test_head_is_what_get_says_without_a_body(said: Submitted, path: str) -> None:
    for visitor in (Visitor(), Visitor()):
        head = visitor.get(path, method="HEAD")
        whole = visitor.get(path)
        assert (head[0], head[2]) == (whole[0], b"")
        assert {**head[1], "ETag": ""} == {**whole[1], "ETag": ""}


@pytest.mark.parametrize(("accepted", "zipped"), [
    ("gzip, deflate, br", True), ("gzip;q=0.5", True), ("br, GZIP", True), ("gzip;q=0", False), ("gzip; q=0.0", False),
    ("br", False), ("", False), ("x-gzip-y", False),
])  # fmt: skip
def test_gzip_comes_to_whom_takes_it(said: Submitted, accepted: str, zipped: bool) -> None:
    headers = Visitor().get("/bijdragen/", HTTP_ACCEPT_ENCODING=accepted)[1]
    assert ("Content-Encoding" in headers) is zipped


def test_copies_take_bounded_room(said: Submitted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stamtafel.web.design.copies.MOST_BYTES", 200_000)
    visitor = Visitor()
    for number in range(60):
        assert visitor.get(f"/bijdragen/?x={number}")[0] == 200
        assert sum(copy.size for copy in visitor.application.copies.values()) <= 200_000
    assert visitor.application.copies


def test_a_copy_is_shown_until_its_second_is_over(said: Submitted) -> None:
    visitor = Visitor(seconds=1.0)
    assert b"Nieuwe bank" not in visitor.get("/bijdragen/")[2]
    submit_contribution(
        kind=Kind.IDEA, text="Nieuwe bank bij de vijver.", topic=said.contribution.topic, now=timezone.now()
    )
    visitor.at = 0.9
    assert b"Nieuwe bank" not in visitor.get("/bijdragen/")[2]
    visitor.at = 1.0
    assert b"Nieuwe bank" in visitor.get("/bijdragen/")[2]


def test_whoever_brings_a_cookie_gets_the_live_page(said: Submitted) -> None:
    visitor = Visitor()
    visitor.get("/bijdragen/")
    submit_contribution(
        kind=Kind.IDEA, text="Nieuwe bank bij de vijver.", topic=said.contribution.topic, now=timezone.now()
    )
    assert b"Nieuwe bank" not in visitor.get("/bijdragen/")[2]
    assert b"Nieuwe bank" in visitor.get("/bijdragen/", HTTP_COOKIE="stamtafel_desk=iets")[2]
    assert b"Nieuwe bank" in visitor.get("/bijdragen/", HTTP_AUTHORIZATION="Bearer iets")[2]
    assert b"Nieuwe bank" not in visitor.get("/bijdragen/")[2]  # and theirs is kept for nobody


def test_one_persons_page_is_never_anothers(said: Submitted) -> None:
    visitor = Visitor()
    mine = reverse("site:follow", kwargs={"code": said.code})
    assert b"Meer bomen" in visitor.get(mine)[2]
    other = submit_contribution(kind=Kind.WISH, text="Iets heel anders.", now=timezone.now())
    body = visitor.get(reverse("site:follow", kwargs={"code": other.code}))[2]
    assert b"Iets heel anders" in body
    assert b"Meer bomen" not in body
    assert mine not in {path for _host, path, _query, _zip in visitor.application.copies}
    assert visitor.get("/volg/LIND-0000-0000/")[0] == 404


def test_the_form_is_made_for_one_visitor(said: Submitted) -> None:
    assert said.is_new
    visitor = Visitor()
    keys = {re.findall(rb'name="form_key" value="([^"]+)"', visitor.get("/zeg-het-ons/")[2])[0] for _ in range(3)}
    assert len(keys) == 3


def test_both_languages_have_their_own_copy(said: Submitted) -> None:
    assert said.is_new
    visitor = Visitor()
    assert b'<html lang="nl"' in visitor.get("/bijdragen/")[2]
    assert b'<html lang="en"' in visitor.get("/en/bijdragen/")[2]
    assert b'<html lang="nl"' in visitor.get("/bijdragen/", HTTP_ACCEPT_LANGUAGE="en")[2]


def test_the_desk_is_never_kept(client: Client) -> None:
    builders.municipality()
    signed_in(client, builders.staff(Role.ADMINISTRATOR))
    cookies: SimpleCookie = client.cookies
    visitor = Visitor()
    brought = "; ".join(f"{name}={one.value}" for name, one in cookies.items())
    assert visitor.get("/desk/", HTTP_COOKIE=brought)[0] == 200
    assert visitor.get("/desk/")[0] == 302
    assert visitor.application.copies == {}


@override_settings(SITE_URL="https://lindewaard.example", SECURITY_CONTACT="mailto:veilig@lindewaard.example")
def test_security_txt_is_valid() -> None:
    builders.municipality()
    text = Client().get("/.well-known/security.txt").content.decode()
    read = sectxt.Parser(text.encode())
    assert [error for error in read._errors if error["code"] != "no_csaf"] == []
    expires = datetime.fromisoformat(re.findall(r"Expires: (\S+)", text)[0])
    assert timedelta(days=30) < expires - datetime.now(UTC) <= timedelta(days=366)
