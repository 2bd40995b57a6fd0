"""About us and this site: for people (contact, privacy …) and for machines (security.txt, sitemap, robots, theme)."""

from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from itertools import chain
from typing import Final
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from stamtafel.announce.queries.public import public as news
from stamtafel.dossier.models import Topic
from stamtafel.dossier.queries.decisions import published
from stamtafel.dossier.queries.public import visible
from stamtafel.places.queries import municipality, neighbourhoods
from stamtafel.web.design.caching import public_page
from stamtafel.web.design.environment import asset
from stamtafel.web.design.theme import render_theme

VALID: Final = timedelta(days=180)  # RFC 9116 section 2.5.5 recommends less than a year
MOST_ADDRESSES: Final = 20_000  # a sitemap may hold 50,000; each of ours stands there in two languages
PAGES: Final = (
    "home", "announcements", "tell_us", "contributions", "topics", "decisions", "find_us", "neighbourhoods",
    "subscribe", "contact", "accessibility", "privacy", "logbook", "open_data",
)  # fmt: skip


@public_page
def accessibility(request: HttpRequest) -> HttpResponse:
    """The statement, after the Dutch model."""
    return render(request, "site/about/accessibility.html")


@public_page
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept, where, and for how long."""
    return render(request, "site/about/privacy.html")


@public_page
def contact(request: HttpRequest) -> HttpResponse:
    """Address, phone, hours, and how to complain."""
    return render(request, "site/about/contact.html")


@require_safe
def security_txt(_request: HttpRequest) -> HttpResponse:
    """Where to report a hole (RFC 9116): the setting, else the municipality's own address."""
    contact = settings.SECURITY_CONTACT or municipality().email
    if not contact:
        raise Http404
    until = (timezone.now() + VALID).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = (
        f"Contact: {contact if ':' in contact else 'mailto:' + contact}",
        f"Expires: {until:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: nl, en",
        f"Canonical: {settings.SITE_URL}/.well-known/security.txt",
    )
    return _text("\r\n".join(lines) + "\r\n", "text/plain")


@require_safe
def robots_txt(_request: HttpRequest) -> HttpResponse:
    """What search engines leave alone: the desk, and what only one person should see."""
    closed = ("/desk/", "/volg/", "/bevestig/", "/aanmelden/ja/", "/aanmelden/wijzig/", "/aanmelden/stop/")
    paths = (f"{prefix}{address}" for prefix in ("", "/en") for address in closed)
    lines = (
        "User-agent: *",
        *(f"Disallow: {address}" for address in paths),
        "",
        f"Sitemap: {settings.SITE_URL}/sitemap.xml",
    )
    return _text("\n".join(lines) + "\n", "text/plain")


@require_safe
def sitemap(_request: HttpRequest) -> HttpResponse:
    """Every public page, in both languages (sitemaps.org, with hreflang)."""
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        ' xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
    )
    return _text(head + "".join(_entries()) + "</urlset>\n", "application/xml")


def _entries() -> Iterator[str]:
    with translation.override("nl"):
        announcements = news().values_list("slug", "published_at")[:MOST_ADDRESSES]
        addresses = chain(
            ((reverse(f"site:{name}"), None) for name in PAGES),
            ((_at("announcement", slug=slug), at) for slug, at in announcements),
            ((_at("topic", slug=slug), at) for slug, at in Topic.objects.values_list("slug", "changed_at")),
            ((_at("decision", slug=slug), at) for slug, at in published().values_list("slug", "published_at")),
            ((_at("neighbourhood", code=code), None) for code in neighbourhoods().values_list("code", flat=True)),
            (
                (_at("contribution", pk=pk), None)
                for pk in visible().order_by("-pk").values_list("pk", flat=True)[:MOST_ADDRESSES]
            ),
        )
        for address, at in addresses:
            changed = f"<lastmod>{at:%Y-%m-%d}</lastmod>" if at is not None else ""
            yield f"<url><loc>{escape(settings.SITE_URL + address)}</loc>{changed}{_languages(address)}</url>\n"


def _at(name: str, **parts: object) -> str:
    return reverse(f"site:{name}", kwargs=parts)


def _languages(address: str) -> str:
    return "".join(
        f'<xhtml:link rel="alternate" hreflang="{language}" href="{escape(settings.SITE_URL + prefix + address)}"/>'
        for language, prefix in (("nl", ""), ("en", "/en"))
    )


@require_safe
def theme(request: HttpRequest) -> HttpResponseBase:
    """The municipality's own colours and shapes. A theme that cannot be read is left out: the page stays readable."""
    try:
        style = render_theme(municipality().theme)
    except ValueError:
        style = ""
    etag = quote_etag(sha256(style.encode()).hexdigest()[:20])
    answer = get_conditional_response(request, etag=etag) or HttpResponse(style, content_type="text/css; charset=utf-8")
    answer.headers["ETag"] = etag
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer


@require_safe
def favicon(_request: HttpRequest) -> HttpResponse:
    """Old browsers ask here without looking at the page."""
    return redirect(asset("icon.svg"), permanent=False)


def _text(text: str, media: str) -> HttpResponse:
    response = HttpResponse(text, content_type=f"{media}; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


urlpatterns = [
    path("toegankelijkheid/", accessibility, name="accessibility"),
    path("privacy/", privacy, name="privacy"),
    path("contact/", contact, name="contact"),
]
machine_patterns = [
    path(".well-known/security.txt", security_txt, name="security_txt"),
    path("robots.txt", robots_txt, name="robots_txt"),
    path("sitemap.xml", sitemap, name="sitemap"),
    path("thema.css", theme, name="theme"),
    path("favicon.ico", favicon, name="favicon"),
]
