"""A crawler over the public addresses: it follows what it finds, in pages, feeds, the sitemap and files of data."""

import gzip
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.test import Client

BEGIN = (
    "/", "/en/", "/sitemap.xml", "/robots.txt", "/thema.css", "/.well-known/security.txt", "/favicon.ico",
    "/feeds/berichten.rss", "/feeds/berichten.atom", "/feeds/berichten.json",
)  # fmt: skip
ADDRESS = re.compile(r"""(?:href|src|srcset|action|data-block|hx-get)\s*=\s*["']([^"']+)["']|<loc>([^<]+)</loc>"""
                     r"""|<(?:link|guid|id)[^>]*>([^<]+)<|"(https?://[^"\s]+|/[a-z][^"\s<>]*/?)\"""")  # fmt: skip
NOT_PUBLIC = re.compile(r"^/(?:desk|static)/")
MOST = 1500
MOST_OF_ONE_PAGE = 8  # a list with filters has more addresses than anybody looks at


@dataclass(frozen=True, slots=True)
class Seen:
    """One answer: everything of it that goes over the line, readable."""

    address: str
    status: int
    headers: dict[str, str]
    words: str
    cookies: tuple[str, ...]

    @property
    def everything(self) -> str:
        """Headers and body, as they are and without HTML's escapes."""
        heads = "\n".join(f"{name}: {value}" for name, value in self.headers.items())
        return f"{heads}\n{self.words}\n{unescape(self.words)}"


def readable(body: bytes, kind: str) -> str:
    """The words in an answer; a workbook is a zip with its words in parts."""
    if body[:2] == b"\x1f\x8b":
        body = gzip.decompress(body)
    if "spreadsheet" in kind or body[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(body)) as parts:
            return "\n".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
    return body.decode("utf-8", "replace")


def look(client: Client, address: str) -> Seen:
    """Ask for one address as a visitor without anything."""
    response = client.get(address)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    kind = response.headers.get("Content-Type", "")
    return Seen(
        address, response.status_code, dict(response.headers.items()), readable(body, kind), tuple(response.cookies)
    )


def links(seen: Seen) -> Iterable[str]:
    """Every address of our own in an answer, also one that it redirects to."""
    found = [next(filter(None, groups)) for groups in ADDRESS.findall(seen.words)]
    found.append(seen.headers.get("Location", ""))
    for raw in found:
        parts = urlsplit(urljoin(settings.SITE_URL + seen.address, unescape(raw.split(" ")[0])))
        if f"{parts.scheme}://{parts.netloc}" == settings.SITE_URL and not NOT_PUBLIC.match(parts.path):
            yield parts.path + (f"?{parts.query}" if parts.query else "")


def crawl(*begin: str) -> dict[str, Seen]:
    """Everything public that can be reached from the beginnings, by address."""
    client = Client()
    seen: dict[str, Seen] = {}
    waiting = list(begin or BEGIN)
    pages: Counter[str] = Counter()
    while waiting:
        address = waiting.pop(0)
        page = address.partition("?")[0]
        if address in seen or "{" in address or pages[page] == MOST_OF_ONE_PAGE:
            continue
        pages[page] += 1
        assert len(seen) < MOST, "the crawl finds no end"
        seen[address] = look(client, address)
        waiting += links(seen[address])
    return seen
