"""News: the list, and a page for each announcement with a place to respond right under it."""

from functools import lru_cache
from typing import Final

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import get_language

from stamtafel.announce.models import Announcement, Picture
from stamtafel.announce.queries import public
from stamtafel.dossier.actions.keys import new_form_key
from stamtafel.dossier.models import Kind, Topic
from stamtafel.places.models import Area
from stamtafel.places.queries import drawn_map
from stamtafel.web.design.caching import public_page


@public_page
def announcements(request: HttpRequest) -> HttpResponse:
    """The list, narrowed by topic and neighbourhood, page by page."""
    topics, areas = public.topics(), public.areas()
    topic = next((each for each in topics if each.slug == request.GET.get("onderwerp")), None)
    area = next((each for each in areas if each.code == request.GET.get("buurt")), None)
    after = public.Cursor.parse(request.GET.get("na", ""))
    listed = public.page(topic=topic, area=area, after=after)
    chosen = {"onderwerp": topic.slug if topic else "", "buurt": area.code if area else ""}
    return render(
        request,
        "site/announce/list.html",
        {
            "announcements": listed.items,
            "older": _page_address(chosen, str(listed.older)) if listed.older else "",
            "newer": _page_address(chosen, "") if after else "",
            "topics": topics,
            "areas": areas,
            "topic": topic,
            "area": area,
            "topic_name": topic_name,
            "picture_address": default_storage.url,
            "drawn": drawn_map(),
            "feeds": feed_addresses(topic, area),
        },
    )


def announcement(request: HttpRequest, slug: str) -> HttpResponse:
    """One announcement; what was withdrawn keeps its page, with the reason. Its form has a key, so it is not shared."""
    try:
        found = public.announcement(slug)
    except Announcement.DoesNotExist as missing:
        raise Http404 from missing
    pictures = list(found.pictures.all())
    return render(
        request,
        "site/announce/page.html",
        {
            "announcement": found,
            "withdrawn": found.state == Announcement.State.WITHDRAWN,
            "pictures": pictures,
            "topics": list(found.topics.all()),
            "areas": list(found.areas.all()),
            "topic_name": topic_name,
            "picture_address": default_storage.url,
            "share": share_picture(found, pictures),
            "address": settings.SITE_URL + reverse("site:announcement", kwargs={"slug": slug}),
            "feeds": feed_addresses(None, None),
            "form_key": new_form_key(),
            "kinds": Kind.choices,
        },
    )


def topic_name(topic: Topic | public.TopicChoice | public.CardTopic) -> str:
    """The topic's name in the language in use."""
    return topic.name_en if get_language() == "en" and topic.name_en else topic.name


def share_picture(found: Announcement, pictures: list[Picture]) -> tuple[str, str]:
    """Full address and words of the 1200 x 630 picture for shared links; without a picture a card with the title."""
    for picture in pictures[:1]:
        if picture.share:
            return settings.SITE_URL + default_storage.url(picture.share), picture.alt
    return settings.SITE_URL + reverse("share_card", kwargs={"slug": found.slug}), found.title


FEEDS: Final = (
    ("rss", "application/rss+xml", "RSS"),
    ("atom", "application/atom+xml", "Atom"),
    ("json", "application/feed+json", "JSON"),
)


def feed_addresses(
    topic: Topic | public.TopicChoice | None, area: Area | public.AreaChoice | None
) -> list[tuple[str, str, str]]:
    """(media type, name, address) of the feeds of this topic, of this area, or of everything."""
    if topic is not None:
        return _feeds("feed_topic", topic.slug)
    return _feeds("feed", None) if area is None else _feeds("feed_area", area.code)


@lru_cache(maxsize=1000)  # addresses of feeds are the same in every language
def _feeds(view: str, of: str | None) -> list[tuple[str, str, str]]:
    before = [] if of is None else [of]
    return [(media, name, reverse(view, args=[*before, kind])) for kind, media, name in FEEDS]


def _page_address(chosen: dict[str, str], cursor: str) -> str:
    query = {name: value for name, value in {**chosen, "na": cursor}.items() if value}
    return reverse("site:announcements") + (f"?{urlencode(query)}" if query else "")


urlpatterns = [
    path("berichten/", announcements, name="announcements"),
    path("berichten/<slug:slug>/", announcement, name="announcement"),
]
