"""What residents said: the list, the map, and a page for each."""

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from stamtafel.dossier.actions.keys import new_form_key, read_form_key
from stamtafel.dossier.actions.proof import challenge
from stamtafel.dossier.actions.react import (
    EnoughFromHere,
    NotOpen,
    proof_of_reaction,
    react,
    support,
    take_support_back,
)
from stamtafel.dossier.models import Contribution, Kind, State
from stamtafel.dossier.queries import public
from stamtafel.dossier.queries.public import ContributionPage, Filters, TopicName
from stamtafel.people.flood import Limit, TooMany, allow
from stamtafel.places.queries import DrawnMap, drawn_map, neighbourhood_names
from stamtafel.web.design.address import client_address
from stamtafel.web.design.caching import public_page
from stamtafel.web.site.forms.follow import Reacting
from stamtafel.web.site.forms.pointed_out import pointed_out
from stamtafel.web.site.views.media import site_patterns
from stamtafel.web.site.views.tell_us import device

REACTING = Limit(burst=15, per_seconds=3600)
SUPPORTING = Limit(burst=120, per_seconds=3600)  # a whole school behind one address
LONGEST_QUERY: Final = 200
SEARCH: Final = "q"
NAMES: Final = ("soort", "onderwerp", "buurt", "stand", "volgorde")
STATE_KINDS: Final = {State.ANSWERED: "good", State.DONE: "good", State.IN_CONVERSATION: "attention"}
STATES: Final[tuple[tuple[str, str | Promise], ...]] = (
    (public.WITH_ANSWER, gettext_lazy("With an answer")),
    (State.RECEIVED, gettext_lazy("Received")),
    (State.READ, gettext_lazy("Read")),
    (State.IN_CONVERSATION, gettext_lazy("In conversation")),
    (State.ANSWERED, gettext_lazy("Answered")),
    (State.DONE, gettext_lazy("Something was done with it")),
)
STEPS_ON_MAP: Final = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """The list as somebody asked for it, with what there is to choose."""

    chosen: dict[str, str]
    filters: Filters
    topics: list[TopicName]
    areas: list[tuple[int, str, str]]

    def link(self, view: str, **changes: str) -> str:
        """Address of a view with the same choice, but for ``changes`` ("" takes one out)."""
        kept = {name: value for name, value in {**self.chosen, **changes}.items() if value}
        return reverse(view) + (f"?{urlencode(kept)}" if kept else "")


def _asked(request: HttpRequest) -> Asked:
    chosen = {name: request.GET.get(name, "")[:100] for name in NAMES}
    chosen[SEARCH] = " ".join(request.GET.get(SEARCH, "").replace("\x00", " ").split())[:LONGEST_QUERY]
    topics = public.topic_names()
    areas = neighbourhood_names()
    filters = Filters(
        query=chosen[SEARCH], kind=chosen["soort"], state=chosen["stand"], sort=chosen["volgorde"],
        topic_id=next((t.id for t in topics if t.slug == chosen["onderwerp"]), None),
        area_id=next((pk for pk, code, _name in areas if code == chosen["buurt"]), None),
    )  # fmt: skip
    return Asked(chosen, filters, topics, areas)


def topic_name(topic: Any) -> str:
    """A topic's name in the language of the page."""
    return str((get_language() == "en" and topic.name_en) or topic.name)


@public_page
def contributions(request: HttpRequest) -> HttpResponse:
    """The list."""
    asked = _asked(request)
    after = request.GET.get("na", "")[:80]
    page = public.contributions(asked.filters, after=after)
    names = {topic.id: topic_name(topic) for topic in asked.topics}
    context = {
        "asked": asked, "chosen": asked.chosen, "chips": _chips(asked), "names": names, **_choices(asked),
        "rows": page.rows, "kind_names": _kind_names(), "state_names": _state_names(), "state_kinds": STATE_KINDS,
        "older": asked.link("site:contributions", na=page.next) if page.next else "",
        "newest": asked.link("site:contributions") if after else "",
        "map_link": asked.link("site:contributions_map"),
    }  # fmt: skip
    return render(request, "site/contributions/list.html", context)


def _choices(asked: Asked) -> dict[str, Any]:
    return {
        "kinds": Kind.choices, "states": STATES,
        "topic_choices": [(topic.slug, topic_name(topic)) for topic in asked.topics],
        "area_choices": [(code, name) for _pk, code, name in asked.areas],
    }  # fmt: skip


def _kind_names() -> dict[str, str]:
    return {str(value): str(label) for value, label in Kind.choices}


def _state_names() -> dict[str, str]:
    return {str(value): str(label) for value, label in STATES}


def _chips(asked: Asked) -> list[tuple[str, str]]:
    """What is switched on, each with the address that switches it off."""
    words = {
        "soort": _kind_names(), "onderwerp": {t.slug: topic_name(t) for t in asked.topics},
        "buurt": {code: name for _pk, code, name in asked.areas}, "stand": {str(k): str(v) for k, v in STATES},
    }  # fmt: skip
    chips = [(f"“{asked.chosen[SEARCH]}”", asked.link("site:contributions", q=""))] if asked.chosen[SEARCH] else []
    return chips + [
        (by_value[asked.chosen[name]], asked.link("site:contributions", **{name: ""}))
        for name, by_value in words.items()
        if asked.chosen[name] in by_value
    ]


@public_page
def contributions_map(request: HttpRequest) -> HttpResponse:
    """The same choice on the map; the list stays the way for everybody."""
    asked = _asked(request)
    drawn = drawn_map()
    context = {
        "asked": asked, "chosen": asked.chosen, "chips": _chips(asked), **_choices(asked), "drawn": drawn,
        "list_link": asked.link("site:contributions"), **(_on_map(drawn, asked) if drawn else {}),
    }  # fmt: skip
    return render(request, "site/contributions/map.html", context)


def _on_map(drawn: DrawnMap, asked: Asked) -> dict[str, Any]:
    counted = public.counts_by_area(asked.filters)
    by_code = {code: counted.get(pk, 0) for pk, code, _name in asked.areas}
    step = max(1, -(-max(by_code.values(), default=0) // STEPS_ON_MAP))
    most = max(by_code, key=by_code.__getitem__, default="")
    return {
        "values": {code: (min(STEPS_ON_MAP, n // step + 1), _counted(n)) for code, n in by_code.items()},
        "classes": _classes(step, max(by_code.values(), default=0)),
        "links": {code: asked.link("site:contributions", buurt=code) for code in by_code},
        "pins": [(*drawn.frame.to_xy(lon, lat), title, reverse("site:contribution", kwargs={"pk": pk}))
                 for pk, title, lon, lat in public.pins(asked.filters)],
        "finding": _finding(next((name for _pk, code, name in asked.areas if code == most), ""), by_code.get(most, 0)),
    }  # fmt: skip


def _counted(number: int) -> str:
    return ngettext("%(n)d contribution", "%(n)d contributions", number) % {"n": number}


def _classes(step: int, most: int) -> list[tuple[int, str]]:
    """The words of the legend, for the steps in use."""
    ranges = [(number, (number - 1) * step, number * step - 1) for number in range(1, STEPS_ON_MAP + 1)]
    used = [(number, low, high) for number, low, high in ranges if low <= most]
    words = [
        (n, str(low) if low == high else _("%(low)d to %(high)d") % {"low": low, "high": high}) for n, low, high in used
    ]
    if words and most > used[-1][2]:
        words[-1] = (used[-1][0], _("%(low)d or more") % {"low": used[-1][1]})
    return words


def _finding(name: str, number: int) -> str:
    """The title of the map says what it shows."""
    if not number:
        return _("Nobody has written about a neighbourhood yet")
    return ngettext("Most are about %(name)s: %(n)d contribution", "Most are about %(name)s: %(n)d contributions",
                    number) % {"name": name, "n": number}  # fmt: skip


def contribution(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One contribution, what others say, and what was done with it."""
    shown = public.contribution_page(pk)
    if shown is None:
        return _gone(request, pk)
    page = _page if shown.is_attacked else _page_for_everybody
    return page(request, shown, form=Reacting())


def _again(request: HttpRequest, pk: int, *, form: Reacting, status: int, **more: Any) -> HttpResponse:
    """The page with the form as it was filled in."""
    shown = public.contribution_page(pk)
    return _gone(request, pk) if shown is None else _page(request, shown, form=form, status=status, **more)


def _page(
    request: HttpRequest, shown: ContributionPage, *, form: Reacting, status: int = 200, **more: Any
) -> HttpResponse:
    one = shown.contribution
    context = {
        "page": shown, "one": one, "form": form, "problem": "", "found": None, "kind_name": one.get_kind_display(),
        "topic_name": topic_name(one.topic) if one.topic else "", "said": request.GET.get("gedaan", ""),
        **(_asked_for_proof(one, form) if shown.is_attacked else {"challenge": ""}), **more,
    }  # fmt: skip
    return render(request, "site/contributions/contribution.html", context, status=status)


_page_for_everybody = public_page(_page)


def _asked_for_proof(one: Contribution, form: Reacting) -> dict[str, str]:
    """A sum for this page alone; a form that comes back keeps its key, so that a resent reaction stays one."""
    signed = str(form["form_key"].value() or "")
    if read_form_key(signed) is None:
        signed = new_form_key()
    proves = proof_of_reaction(one, read_form_key(signed) or "")
    return {"form_key": signed, "challenge": json.dumps(challenge(proves, now=timezone.now()))}


def _gone(request: HttpRequest, pk: int) -> HttpResponse:
    """Nothing vanishes silently: a page that says what happened, or the one that it was joined with."""
    grave = public.tombstone(pk)
    if grave is None:
        raise Http404
    if grave.merged_into is not None:
        return redirect("site:contribution", pk=grave.merged_into)
    status = HTTPStatus.NOT_FOUND if grave.waits else HTTPStatus.GONE
    return render(request, "site/contributions/gone.html", {"grave": grave}, status=status)


@require_POST
def add_reaction(request: HttpRequest, pk: int) -> HttpResponse:
    """Say something under a contribution."""
    form = Reacting(request.POST)
    try:
        allow("react", client_address(request), REACTING, now=timezone.now())
    except TooMany as refused:
        return _again(request, pk, form=form, status=429, problem=str(refused))
    if not form.is_valid():
        return _again(request, pk, form=form, status=422)
    found = pointed_out(request.POST, form.cleaned_data["text"])
    if found is not None:
        return _again(request, pk, form=form, status=422, found=found)
    return _reacted(request, pk, **form.cleaned_data)


def _reacted(request: HttpRequest, pk: int, *, text: str, form_key: str, proof: str) -> HttpResponse:
    try:
        reacted = react(contribution=Contribution(pk=pk), text=text, device=device(request), proof=proof,
                        form_key=read_form_key(form_key), now=timezone.now())  # fmt: skip
    except NotOpen:
        return _gone(request, pk)
    if reacted.reaction.published_at is None:
        return _back(pk, "overspoeld" if reacted.unproven else "gelezen", "reageer")
    return _back(pk, "verborgen" if reacted.was_masked else "gereageerd", f"reactie-{reacted.reaction.pk}")


@require_POST
def add_support(request: HttpRequest, pk: int) -> HttpResponse:
    """Support it, or take that back."""
    away = "terug" in request.POST
    try:
        allow("support", client_address(request), SUPPORTING, now=timezone.now())
        if away:
            take_support_back(contribution=Contribution(pk=pk), device=device(request))
        else:
            support(contribution=Contribution(pk=pk), device=device(request), address=client_address(request),
                    now=timezone.now())  # fmt: skip
    except (TooMany, EnoughFromHere) as refused:
        return _again(request, pk, form=Reacting(), status=429, problem=str(refused))
    except NotOpen:
        return _gone(request, pk)
    return _back(pk, "terug" if away else "gesteund", "steun")


def _back(pk: int, said: str, anchor: str) -> HttpResponse:
    return redirect(f"{reverse('site:contribution', kwargs={'pk': pk})}?gedaan={said}#{anchor}")


urlpatterns = [
    path("bijdragen/", contributions, name="contributions"),
    path("bijdragen/kaart/", contributions_map, name="contributions_map"),
    path("bijdragen/<int:pk>/", contribution, name="contribution"),
    path("bijdragen/<int:pk>/reageer/", add_reaction, name="contribution_react"),
    path("bijdragen/<int:pk>/steun/", add_support, name="contribution_support"),
    *site_patterns,
]
