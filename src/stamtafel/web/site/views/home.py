"""The home page answers five questions: what is new, what can I do, what came of it, my street, where are you."""

from typing import Final

from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone

from stamtafel.announce.queries import public as news
from stamtafel.dossier.queries import topics as topic_queries
from stamtafel.dossier.queries.decisions import best_answers
from stamtafel.dossier.queries.figures import year_figures
from stamtafel.outreach.queries import next_sessions
from stamtafel.places.queries import drawn_map
from stamtafel.web.design.caching import public_page
from stamtafel.web.site.views.announcements import topic_name
from stamtafel.web.site.views.find_us import clock, session_title
from stamtafel.web.site.views.topics import days_left

ANSWERS: Final = 3
SESSIONS: Final = 3


@public_page
def home(request: HttpRequest) -> HttpResponse:
    """Five queries: announcements, their pictures, open questions, answers, sessions."""
    now = timezone.now()
    context = {
        "news": news.three_newest(),
        "asked": [(row, days_left(row, now)) for row in topic_queries.asked_now(now=now)],
        "answers": best_answers(ANSWERS),
        "figures": year_figures(now=now),
        "sessions": next_sessions(SESSIONS, now=now),
        "drawn": drawn_map(),
        "picture_address": default_storage.url,
        "topic_name": topic_name,
        "session_title": session_title,
        "clock": clock,
    }
    return render(request, "site/home/home.html", context)


urlpatterns = [path("", home, name="home")]
