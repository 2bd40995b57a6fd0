"""In mijn buurt: choose by map, list or postcode; what goes on there; and the block for the home page."""

from decimal import Decimal
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from stamtafel.announce.queries import public as news
from stamtafel.dossier.queries import topics as topic_queries
from stamtafel.dossier.queries.public import Filters, contributions
from stamtafel.outreach import queries as outreach
from stamtafel.places.models import Area, KeyFigure
from stamtafel.places.queries import by_postcode, drawn_map, key_figures, neighbourhoods
from stamtafel.places.rules.postcode import PostcodeError, normalise_postcode
from stamtafel.web.design.caching import public_page
from stamtafel.web.site.views.announcements import feed_addresses, topic_name
from stamtafel.web.site.views.find_us import clock, session_title

CONTRIBUTIONS: Final = 6
SESSIONS: Final = 4
BLOCK: Final = 3


@public_page
def choose(request: HttpRequest) -> HttpResponse:
    """Map, list, or a postcode: one neighbourhood goes there at once, several are offered."""
    asked = request.GET.get("postcode", "")
    problem, offered = "", []
    if "postcode" in request.GET:
        try:
            code = normalise_postcode(asked)
        except PostcodeError:
            problem = _("We do not know this postcode. Fill in four digits, for example 3951, or choose from the list.")
        else:
            offered = list(by_postcode(code[:4]))
            problem = (
                "" if offered else _("We found no neighbourhood with this postcode. Choose from the map or the list.")
            )
    if len(offered) == 1:
        return redirect("site:neighbourhood", code=offered[0].code)
    areas = list(neighbourhoods())
    context = {
        "areas": areas,
        "offered": offered,
        "asked": asked[:20],
        "problem": problem,
        "drawn": drawn_map(),
        "links": {area.code: reverse("site:neighbourhood", kwargs={"code": area.code}) for area in areas},
    }
    return render(request, "site/neighbourhoods/choose.html", context, status=422 if problem else 200)


@public_page
def neighbourhood(request: HttpRequest, code: str) -> HttpResponse:
    """All that goes on in one neighbourhood."""
    area = _area(code)
    now = timezone.now()
    figures = key_figures(area)
    context = {
        "area": area,
        "news": news.page(area=area).items[:BLOCK],
        "contributions": contributions(Filters(area_id=area.pk), size=CONTRIBUTIONS).rows,
        "topics": list(topic_queries.of_area(area)),
        "sessions": list(outreach.coming(now=now, area=area)[:SESSIONS]),
        "figures": shown_figures(figures),
        "year": figures[0].year if figures else None,
        "drawn": drawn_map(),
        "feeds": feed_addresses(None, area),
        "topic_name": topic_name,
        "session_title": session_title,
        "clock": clock,
    }
    return render(request, "site/neighbourhoods/neighbourhood.html", context)


@public_page
def block(request: HttpRequest, code: str) -> HttpResponse:
    """The part of the home page on the neighbourhood that a device remembers: no page of its own."""
    area = _area(code)
    context = {
        "area": area,
        "news": news.page(area=area).items[:BLOCK],
        "contributions": contributions(Filters(area_id=area.pk), size=BLOCK).rows,
        "sessions": list(outreach.coming(now=timezone.now(), area=area).filter(cancelled_reason="")[:1]),
        "session_title": session_title,
        "clock": clock,
    }
    response = render(request, "site/neighbourhoods/block.html", context)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _area(code: str) -> Area:
    found = neighbourhoods().filter(code=code).first()
    if found is None:
        raise Http404
    return found


def shown_figures(rows: list[KeyFigure]) -> list[tuple[str, Decimal | None]]:
    """(words, value or None) of the figures that residents know; None is withheld or unknown, never 0."""
    words = {
        "inwoners": _("Residents"),
        "inwoners_0_14": _("Children up to 14"),
        "inwoners_65plus": _("People aged 65 and over"),
        "huishoudens": _("Households"),
        "gem_huishoudensgrootte": _("People per household"),
        "inwoners_per_km2": _("Residents per square kilometre"),
        "pct_koopwoningen": _("Owner-occupied homes, per cent"),
        "afstand_huisarts_km": _("Kilometres to a doctor"),
        "afstand_supermarkt_km": _("Kilometres to a supermarket"),
        "afstand_basisschool_km": _("Kilometres to a primary school"),
    }
    known = {row.name: row.value for row in rows}
    return [(word, known[name]) for name, word in words.items() if name in known]


urlpatterns = [
    path("buurten/", choose, name="neighbourhoods"),
    path("buurten/<slug:code>/", neighbourhood, name="neighbourhood"),
    path("buurten/<slug:code>/blok/", block, name="neighbourhood_block"),
]
