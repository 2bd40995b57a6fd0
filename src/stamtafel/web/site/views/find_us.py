"""Vind ons: address, hours, channels, and where we sit down in cafés and on markets."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from stamtafel.outreach import queries
from stamtafel.outreach.models import Session, Venue
from stamtafel.outreach.rules import Event, calendar
from stamtafel.places.queries import drawn_map, municipality
from stamtafel.web.design.caching import public_page

MOST = 60


@public_page
def find_us(request: HttpRequest) -> HttpResponse:
    """Every way to reach us."""
    rows = list(queries.coming(now=timezone.now())[:MOST])
    drawn = drawn_map()
    venues = list(queries.venues())
    points = [(venue, venue.lon, venue.lat) for venue in venues if venue.lon is not None and venue.lat is not None]
    context = {
        "days": [(day, list(group)) for day, group in groupby(rows, key=lambda row: timezone.localdate(row.starts_at))],
        "venues": venues,
        "drawn": drawn,
        "pins": [(*drawn.frame.to_xy(lon, lat), venue.name, f"#{venue.slug}") for venue, lon, lat in points]
        if drawn
        else [],
        "session_title": session_title,
        "venue_note": venue_note,
        "clock": clock,
    }
    return render(request, "site/find_us/find_us.html", context)


@require_safe
def all_sessions(_request: HttpRequest) -> HttpResponse:
    """Every coming session as a calendar that programs can follow."""
    return _calendar(list(queries.coming(now=timezone.now())[: MOST * 5]), "agenda.ics")


@require_safe
def one_session(_request: HttpRequest, pk: int) -> HttpResponse:
    """One session, to put in a calendar."""
    try:
        return _calendar([queries.session(pk)], f"stamtafel-{pk}.ics")
    except Session.DoesNotExist as missing:
        raise Http404 from missing


def _calendar(rows: Sequence[Session], name: str) -> HttpResponse:
    title = _("Meet %(name)s") % {"name": municipality().name}
    text = calendar([_event(row) for row in rows], name=title, product="-//Stamtafel//NL")
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


def _event(row: Session) -> Event:
    venue = row.venue
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    note = row.cancelled_reason or venue_note(venue)
    return Event(
        uid=f"session-{row.pk}@{host}",
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        title=_("Cancelled: %(title)s") % {"title": session_title(row)} if row.cancelled_reason else session_title(row),
        place=", ".join(part for part in (venue.name, venue.address) if part),
        description=note,
        link=settings.SITE_URL + reverse("site:find_us"),
        changed=timezone.now(),  # DTSTAMP is when the file was made (RFC 5545 section 3.8.7.2)
        cancelled=bool(row.cancelled_reason),
        point=(venue.lon, venue.lat) if venue.lon is not None and venue.lat is not None else None,
    )


def session_title(row: Session | queries.Next) -> str:
    """The title in the language in use."""
    return row.title_en if get_language() == "en" and row.title_en else row.title_nl


def venue_note(venue: Venue) -> str:
    """What somebody should know of the place, in the language in use."""
    return venue.note_en if get_language() == "en" and venue.note_en else venue.note_nl


def clock(moment: datetime) -> str:
    """The time here, as people write it: 19.30 in Dutch, 19:30 in English."""
    return timezone.localtime(moment).strftime("%H:%M" if get_language() == "en" else "%-H.%M")


urlpatterns = [
    path("vind-ons/", find_us, name="find_us"),
    path("vind-ons/agenda.ics", all_sessions, name="sessions_calendar"),
    path("vind-ons/<int:pk>.ics", one_session, name="session_calendar"),
]
