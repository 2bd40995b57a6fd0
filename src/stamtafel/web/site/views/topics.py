"""Topics, and the dossier of each: where it stands, what can be done, and all that happened."""

from datetime import datetime
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from stamtafel.announce.queries import public as news
from stamtafel.dossier.models import Topic
from stamtafel.dossier.queries import topics as queries
from stamtafel.dossier.queries.figures import year_figures
from stamtafel.dossier.rules.moments import moment_of
from stamtafel.dossier.rules.timeline import Event, Page, Source, fold, merge, read
from stamtafel.web.design.caching import public_page
from stamtafel.web.site.views.announcements import feed_addresses, topic_name

FEWEST: Final = 12  # events on a page of the timeline, before it stops at the end of a week
MOST_NEWS: Final = 25
CHANNEL_WORDS: Final = {
    "website": _("on this site"), "email": _("by e-mail"), "cafe": _("in a café"), "street": _("on the street"),
    "paper": _("on paper"), "phone": _("by phone"), "facebook": "Facebook", "instagram": "Instagram", "x": "X",
    "mastodon": "Mastodon", "bluesky": "Bluesky",
}  # fmt: skip
FROM_THREE: Final = 3  # as many contributions in a week become one entry


@public_page
def topics(request: HttpRequest) -> HttpResponse:
    """All topics: those with a question that is open now on top."""
    now = timezone.now()
    rows = list(queries.topics())
    asked = sorted((row for row in rows if takes_part(row, now)), key=lambda row: row.open_until or now)
    context = {
        "asked": asked,
        "others": [row for row in rows if row not in asked],
        "closed": list(queries.archived()),
        "figures": year_figures(now=now),
        "days_left": lambda row: days_left(row, now),
        "topic_name": topic_name,
    }
    return render(request, "site/dossier/topics.html", context)


@public_page
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    """One dossier."""
    try:
        found = queries.topic(slug)
    except Topic.DoesNotExist as missing:
        raise Http404 from missing
    now = timezone.now()
    before = moment_of(request.GET.get("na", ""))
    documents = queries.documents(found)
    page = _timeline(found, documents, before)
    here = reverse("site:topic", kwargs={"slug": slug})
    context: dict[str, Any] = {
        "topic": found,
        "name": topic_name(found),
        "open_now": takes_part(found, now),
        "days_left": days_left(found, now),
        "areas": queries.areas_of(found),
        "documents": documents,
        "events": fold(
            page.events, kind="contribution", weight=lambda said: (said.supports, said.pk), least=FROM_THREE
        ),
        "older": f"{here}?{urlencode({'na': page.older.isoformat()})}" if page.older else "",
        "newer": here if before else "",
        "feeds": feed_addresses(found, None),
        "channel_words": CHANNEL_WORDS,
    }
    return render(request, "site/dossier/topic.html", context)


def takes_part(found: Topic, now: datetime) -> bool:
    """Whether there is a question that can be answered now."""
    return bool(found.question) and not found.archived and found.open_until is not None and found.open_until > now


def days_left(found: Topic, now: datetime) -> int | None:
    """Whole days until the question closes, by the calendar: 0 is today. None without an end."""
    if found.open_until is None:
        return None
    return (timezone.localdate(found.open_until) - timezone.localdate(now)).days


def _timeline(found: Topic, documents: list[Any], before: datetime | None) -> Page:
    sources = (
        _announcement_events(found, before),
        queries.contribution_events(found, before=before),
        queries.highlight_events(found, before=before),
        queries.decision_events(found, before=before),
        queries.document_events(documents, before=before),
    )
    return merge(sources, fewest=FEWEST)


def _announcement_events(found: Topic, before: datetime | None) -> Source[Event]:
    if before is None:
        rows = news.on_topic(found)
    else:
        earlier = news.public(topic=found).filter(published_at__lt=before)
        rows = list(earlier.only("slug", "title", "lead", "published_at")[: MOST_NEWS + 1])
    zone = timezone.get_current_timezone()
    events = (
        Event(row.published_at.astimezone(zone), "announcement", row) for row in rows if row.published_at is not None
    )
    return read(events, MOST_NEWS)


urlpatterns = [
    path("onderwerpen/", topics, name="topics"),
    path("onderwerpen/<slug:slug>/", topic, name="topic"),
]
