"""Feeds of announcements: RSS 2.0, Atom (RFC 4287) and JSON Feed 1.1; and the picture for shared links."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from io import StringIO
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path, register_converter, reverse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed, Enclosure, Rss201rev2Feed, SyndicationFeed
from django.utils.http import http_date, quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from stamtafel.announce.models import Announcement, Picture
from stamtafel.announce.queries import public
from stamtafel.announce.rules.content import clean_text
from stamtafel.announce.rules.share_image import share_card
from stamtafel.dossier.models import Topic
from stamtafel.places.models import Area
from stamtafel.places.queries import municipality
from stamtafel.web.design.prose import prose

CACHE: Final = "public, max-age=60"
NEVER: Final = datetime(2026, 1, 1, tzinfo=UTC)  # "changed" of a feed in which nothing was ever told


class FeedKind:
    """rss, atom or json in an address."""

    regex = "rss|atom|json"

    def to_python(self, value: str) -> str:
        """As it is."""
        return value

    def to_url(self, value: str) -> str:
        """As it is."""
        return value


register_converter(FeedKind, "feed")


@dataclass(frozen=True)
class Source:
    """What a feed is about."""

    title: str
    home: str  # full address of the page with the same content
    address: str  # full address of the feed itself
    changed: datetime
    items: Sequence[Announcement]


@require_safe
def everything(request: HttpRequest, kind: str) -> HttpResponseBase:
    """All announcements of the municipality."""
    return _answer(request, kind, "", public.feed())


@require_safe
def of_topic(request: HttpRequest, slug: str, kind: str) -> HttpResponseBase:
    """The announcements of one topic."""
    topic = Topic.objects.only("slug", "name").filter(slug=slug).first()
    if topic is None:
        raise Http404
    return _answer(request, kind, topic.name, public.feed(topic=topic), f"?onderwerp={topic.slug}")


@require_safe
def of_area(request: HttpRequest, code: str, kind: str) -> HttpResponseBase:
    """The announcements of one neighbourhood."""
    area = Area.objects.only("code", "name", "parent").filter(code=code).first()
    if area is None:
        raise Http404
    return _answer(request, kind, area.name, public.feed(area=area), f"?buurt={area.code}")


@require_safe
def card(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The picture of a shared link, where the announcement has none of its own: its title."""
    try:
        found = public.announcement(slug)
    except Announcement.DoesNotExist as missing:
        raise Http404 from missing
    etag = quote_etag(sha256(f"{found.title}|{municipality().name}".encode()).hexdigest()[:32])
    known = get_conditional_response(request, etag=etag)
    answer = known or HttpResponse(share_card(found.title, municipality().name), content_type="image/png")
    answer.headers["ETag"], answer.headers["Cache-Control"] = etag, "public, max-age=86400"
    return answer


def _answer(
    request: HttpRequest, kind: str, about: str, items: Sequence[Announcement], query: str = ""
) -> HttpResponseBase:
    """The feed, or 304 when the reader has it already. Feeds are in Dutch, as the announcements are."""
    name = municipality().name
    with translation.override("nl"):
        source = Source(
            title=_("News from %(name)s") % {"name": name} if not about else f"{name}: {about}",
            home=settings.SITE_URL + reverse("site:announcements") + query,
            address=settings.SITE_URL + request.path,
            changed=public.last_change() or NEVER,
            items=items,
        )
        media, write = WRITERS[kind]
        body = write(source)
    etag = quote_etag(sha256(body.encode()).hexdigest()[:32])
    changed = int(source.changed.timestamp())
    known = get_conditional_response(request, etag=etag, last_modified=changed)
    answer = known or HttpResponse(body, content_type=f"{media}; charset=utf-8")
    answer.headers["ETag"], answer.headers["Cache-Control"] = etag, CACHE
    answer.headers["Last-Modified"] = http_date(changed)
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


def item_id(item: Announcement) -> str:
    """A name that never changes (RFC 4151), whatever happens to title and address."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return f"tag:{host},{item.published_at or NEVER:%Y-%m-%d}:announcement/{item.pk}"


def item_html(item: Announcement) -> str:
    """The text as HTML with full addresses."""
    heading = _("What does this mean for you?")
    meaning = f"\n\n## {heading}\n\n{item.meaning}" if item.meaning else ""
    html = str(prose(clean_text(f"{item.lead}\n\n{item.body}{meaning}")))
    return html.replace('href="/', f'href="{settings.SITE_URL}/')


def _link(item: Announcement) -> str:
    return settings.SITE_URL + reverse("site:announcement", kwargs={"slug": item.slug})


def _picture(item: Announcement) -> Picture | None:
    return next(iter(item.pictures.all()), None)


def _moments(item: Announcement) -> tuple[datetime, datetime]:
    published = item.published_at or NEVER
    return published, item.corrected_at or published


class _Dated(SyndicationFeed):
    """Says when it changed by the rows, not by the clock: the same rows make the same bytes."""

    def latest_post_date(self) -> datetime:
        return self.feed["changed"]  # type: ignore[no-any-return]


class Rss(_Dated, Rss201rev2Feed):
    """RSS 2.0."""


class Atom(_Dated, Atom1Feed):
    """Atom."""


def _xml(kind: type[_Dated], source: Source) -> str:
    feed = kind(
        title=source.title, link=source.home, description=source.title, language="nl",
        feed_url=source.address, feed_guid=source.address, changed=source.changed,
    )  # fmt: skip
    for item in source.items:
        published, updated = _moments(item)
        picture = _picture(item)
        enclosures = [_enclosure(picture)] if picture is not None and kind is Rss else []
        feed.add_item(
            title=clean_text(item.title), link=_link(item), description=item_html(item), unique_id=item_id(item),
            unique_id_is_permalink=False, pubdate=published, updateddate=updated, enclosures=enclosures,
            categories=[topic.name for topic in item.topics.all()],
        )  # fmt: skip
    out = StringIO()
    feed.write(out, "utf-8")
    return out.getvalue()


def _enclosure(picture: Picture) -> Enclosure:
    size = default_storage.size(picture.file) if default_storage.exists(picture.file) else 0
    return Enclosure(settings.SITE_URL + default_storage.url(picture.file), str(size), "image/webp")


def _json(source: Source) -> str:
    feed: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": source.title,
        "home_page_url": source.home,
        "feed_url": source.address,
        "language": "nl",
        "items": [_json_item(item) for item in source.items],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1)


def _json_item(item: Announcement) -> dict[str, Any]:
    published, updated = _moments(item)
    found: dict[str, Any] = {
        "id": item_id(item),
        "url": _link(item),
        "title": item.title,
        "summary": item.lead,
        "content_html": item_html(item),
        "date_published": published.astimezone(UTC).isoformat(timespec="seconds"),
        "date_modified": updated.astimezone(UTC).isoformat(timespec="seconds"),
        "tags": [topic.name for topic in item.topics.all()],
    }
    if picture := _picture(item):
        found["image"] = settings.SITE_URL + default_storage.url(picture.file)
    return found


WRITERS: Final[dict[str, tuple[str, Callable[[Source], str]]]] = {
    "rss": ("application/rss+xml", lambda source: _xml(Rss, source)),
    "atom": ("application/atom+xml", lambda source: _xml(Atom, source)),
    "json": ("application/feed+json", _json),
}

urlpatterns = [
    path("feeds/berichten.<feed:kind>", everything, name="feed"),
    path("feeds/onderwerp/<slug:slug>.<feed:kind>", of_topic, name="feed_topic"),
    path("feeds/buurt/<slug:code>.<feed:kind>", of_area, name="feed_area"),
    path("deel/<slug:slug>.png", card, name="share_card"),
]
