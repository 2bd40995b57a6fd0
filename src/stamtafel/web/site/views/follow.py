"""The follow page: with the code alone somebody sees, adds to, corrects, withdraws and erases what they said.

Every page here is for one person: never kept by anybody (no-store), never told to another site (no-referrer).
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from stamtafel.dossier.actions import follow as actions
from stamtafel.dossier.actions.keys import follow_code
from stamtafel.dossier.models import Contribution, State
from stamtafel.dossier.queries.life import life_of
from stamtafel.inbox.deadline import promised
from stamtafel.inbox.queries import thread_for
from stamtafel.people.flood import Limit, TooMany, allow
from stamtafel.web.design.address import client_address
from stamtafel.web.design.files import photo_response
from stamtafel.web.site.forms.follow import Addition, Correction, FollowCode, Objection
from stamtafel.web.site.forms.pointed_out import PointedOut, pointed_out

LOOKING = Limit(burst=60, per_seconds=600)  # 2^40 codes: guessing at this rate finds nothing in a lifetime
OBJECTION_IDS = "id_bezwaar_%s"  # the form to add something stands on the same page
MORE = ParamSpec("MORE")


def private(
    view: Callable[Concatenate[HttpRequest, MORE], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, MORE], HttpResponseBase]:
    """Limit the tries, and keep the address with the code to ourselves.

    Forms here are let through without an Origin: no-referrer makes it "null", and the code is the right anyway.
    """

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: MORE.args, **kwargs: MORE.kwargs) -> HttpResponseBase:
        try:
            allow("follow", client_address(request), LOOKING, now=timezone.now())
            response = view(request, *args, **kwargs)
        except TooMany as refused:
            response = _start_page(request, FollowCode(), str(refused), 429)
            response.headers["Retry-After"] = str(refused.retry_after_seconds)
        except actions.UnknownCode as unknown:
            response = _start_page(request, FollowCode(initial={"code": kwargs.get("code", "")}), str(unknown), 404)
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    guarded.csrf_exempt = True  # type: ignore[attr-defined]
    return guarded


@private
def start(request: HttpRequest) -> HttpResponse:
    """Type the code."""
    if request.method != "POST":
        return _start_page(request, FollowCode(), "", 200)
    form = FollowCode(request.POST)
    if not form.is_valid():
        return _start_page(request, form, "", 422)
    try:
        found = actions.contribution_of_code(form.cleaned_data["code"])
    except actions.UnknownCode as unknown:
        form.add_error("code", str(unknown))
        return _start_page(request, form, "", 422)
    return redirect("site:follow", code=follow_code(found))


def _start_page(request: HttpRequest, form: FollowCode, problem: str, status: int) -> HttpResponse:
    return render(request, "site/contributions/follow_start.html", {"form": form, "problem": problem}, status=status)


@private
def follow(request: HttpRequest, code: str) -> HttpResponse:
    """Where it stands, and what can be done."""
    return _page(request, actions.contribution_of_code(code))


def _page(request: HttpRequest, mine: Contribution, *, status: int = 200, **more: Any) -> HttpResponse:
    life = life_of(mine)
    waits = not life.is_answered and mine.erased_at is None and mine.state not in {State.WITHDRAWN, State.HIDDEN}
    expected = promised(mine) if waits else None
    context = {
        "mine": mine, "code": follow_code(mine), "life": life, "expected": expected,
        "late": expected is not None and expected < timezone.now(),
        "messages": thread_for(mine)[1:] if mine.erased_at is None else [],  # the first is the contribution itself
        "is_new": request.GET.get("nieuw") == "1", "done": _done_sentence(request.GET.get("gedaan", ""), mine),
        "can_correct": mine.state in actions.CORRECTABLE, "addition": Addition(),
        "objection": Objection(auto_id=OBJECTION_IDS), "found": None, **more,
    }  # fmt: skip
    return render(request, "site/contributions/follow.html", context, status=status)


DONE: dict[str, Callable[[], str]] = {
    "aangevuld": lambda: _("Thank you. We read what you added."),
    "ingetrokken": lambda: _("You withdrew your contribution. It is no longer on the site."),
    "gewist": lambda: _("Everything is erased: your text, photo, place and e-mail address."),
    "bezwaar": lambda: _("Thank you. A colleague looks at it again and you read the outcome here."),
}


def _done_sentence(done: str, mine: Contribution) -> str:
    return _corrected_sentence(mine) if done == "verbeterd" else DONE.get(done, lambda: "")()


def _corrected_sentence(mine: Contribution) -> str:
    """Where the new words are, which depends on where the contribution is now."""
    if mine.state == State.HIDDEN:
        return _("We have your new text. It is not on the site: we took your contribution off.")
    if mine.state not in mine.PUBLIC_STATES:
        return ""
    if mine.published_at is None:
        return _("We have your new text. We read it first. Then it will be on the site.")
    return _("Your new text is on the site.")


def _back(mine: Contribution, done: str) -> HttpResponse:
    return redirect(reverse("site:follow", kwargs={"code": follow_code(mine)}) + f"?gedaan={done}")


@private
@require_POST
def add(request: HttpRequest, code: str) -> HttpResponse:
    """Add something."""
    mine = actions.contribution_of_code(code)
    form = Addition(request.POST)
    if found := _pointed_out(request, form):
        return _page(request, mine, status=422, addition=form, found=found)
    if not _done(form, lambda text: actions.add_to(contribution=mine, text=text, now=timezone.now())):
        return _page(request, mine, status=422, addition=form)
    return _back(mine, "aangevuld")


@private
@require_POST
def object_to_hiding(request: HttpRequest, code: str) -> HttpResponse:
    """Object to hiding."""
    mine = actions.contribution_of_code(code)
    form = Objection(request.POST, auto_id=OBJECTION_IDS)
    if not _done(form, lambda text: actions.object_to_hiding(contribution=mine, text=text, now=timezone.now())):
        return _page(request, mine, status=422, objection=form)
    return _back(mine, "bezwaar")


@private
def correct(request: HttpRequest, code: str) -> HttpResponse:
    """Write it anew."""
    mine = actions.contribution_of_code(code)
    can_correct = mine.state in actions.CORRECTABLE
    context = {"mine": mine, "code": follow_code(mine), "can_correct": can_correct, "found": None}
    if request.method != "POST":
        form = Correction(initial={"text": mine.text})
        return render(request, "site/contributions/follow_correct.html", {**context, "form": form})
    form = Correction(request.POST)
    found = _pointed_out(request, form) if can_correct else None
    if found is None and _done(form, lambda text: actions.correct(contribution=mine, text=text, now=timezone.now())):
        return _back(mine, "verbeterd")
    context.update(form=form, found=found)
    return render(request, "site/contributions/follow_correct.html", context, status=422)


def _pointed_out(request: HttpRequest, form: forms.Form) -> PointedOut | None:
    """Personal data in a right form, for its writer to see before it is kept."""
    return pointed_out(request.POST, form.cleaned_data["text"]) if form.is_valid() else None


def _done(form: forms.Form, act: Callable[[str], object]) -> bool:
    """Whether the form was right and the action went through; else the form says why not."""
    if not form.is_valid():
        return False
    try:
        act(form.cleaned_data["text"])
    except actions.NotPossible as problem:
        form.add_error("text", str(problem))
        return False
    return True


@private
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Take it off the site: a second step, because it can't be undone."""
    mine = actions.contribution_of_code(code)
    if request.method == "POST":
        actions.withdraw(contribution=mine, now=timezone.now())
        return _back(mine, "ingetrokken")
    return render(
        request, "site/contributions/follow_end.html", {"mine": mine, "code": follow_code(mine), "erase": False}
    )


@private
def erase(request: HttpRequest, code: str) -> HttpResponse:
    """Remove everything: a second step."""
    mine = actions.contribution_of_code(code)
    if request.method == "POST":
        actions.erase(contribution=mine, now=timezone.now())
        return _back(mine, "gewist")
    return render(
        request, "site/contributions/follow_end.html", {"mine": mine, "code": follow_code(mine), "erase": True}
    )


@private
def photo(_request: HttpRequest, code: str) -> HttpResponseBase:
    """One's own photo, also while it is not public."""
    return photo_response(actions.contribution_of_code(code).photo)


urlpatterns = [
    path("volg/", start, name="follow_start"),
    path("volg/<str:code>/", follow, name="follow"),
    path("volg/<str:code>/aanvullen/", add, name="follow_add"),
    path("volg/<str:code>/verbeteren/", correct, name="follow_correct"),
    path("volg/<str:code>/intrekken/", withdraw, name="follow_withdraw"),
    path("volg/<str:code>/wissen/", erase, name="follow_erase"),
    path("volg/<str:code>/bezwaar/", object_to_hiding, name="follow_object"),
    path("volg/<str:code>/foto/", photo, name="follow_photo"),
]
