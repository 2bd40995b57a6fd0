"""U zei, wij deden: every decision with what it rests on, and what was done with each contribution."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import urlencode

from stamtafel.dossier.models import Decision
from stamtafel.dossier.queries import decisions as queries
from stamtafel.dossier.queries.figures import year_figures
from stamtafel.web.design.caching import public_page
from stamtafel.web.site.views.announcements import topic_name

VOICES = 3


@public_page
def decisions(request: HttpRequest) -> HttpResponse:
    """All decisions, the newest first, and how much of what was said got an answer."""
    after = queries.Key.parse(request.GET.get("na", ""))
    listed = queries.page(after=after)
    here = reverse("site:decisions")
    context = {
        "decisions": listed.items,
        "figures": year_figures(now=timezone.now()),
        "older": f"{here}?{urlencode({'na': str(listed.older)})}" if listed.older else "",
        "newer": here if after else "",
        "topic_name": topic_name,
    }
    return render(request, "site/decisions/list.html", context)


@public_page
def decision(request: HttpRequest, slug: str) -> HttpResponse:
    """One decision, side by side with what people said, and every contribution that it answers."""
    try:
        found = queries.decision(slug)
    except Decision.DoesNotExist as missing:
        raise Http404 from missing
    after = queries.Key.parse(request.GET.get("na", ""))
    rows, older = queries.answered(found, after=after)
    here = reverse("site:decision", kwargs={"slug": slug})
    context = {
        "decision": found,
        "rests": queries.rests_on(found),
        "voices": [] if after else [row for row in rows if row.excerpt][:VOICES],
        "answers": rows,
        "older": f"{here}?{urlencode({'na': str(older)})}#antwoorden" if older else "",
        "newer": f"{here}#antwoorden" if after else "",
        "topic_name": topic_name,
    }
    return render(request, "site/decisions/decision.html", context)


urlpatterns = [
    path("besluiten/", decisions, name="decisions"),
    path("besluiten/<slug:slug>/", decision, name="decision"),
]
