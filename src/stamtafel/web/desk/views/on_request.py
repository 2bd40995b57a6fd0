"""Withdrawing or erasing a contribution for who asks us: a page of its own, because it can't be taken back."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamtafel.dossier.actions.on_request import REASONS, erase_on_request, withdraw_on_request
from stamtafel.dossier.actions.refusals import DossierRefused
from stamtafel.dossier.models import Contribution, State
from stamtafel.dossier.queries import desk
from stamtafel.people.rules import Permission
from stamtafel.web.desk import dossier as words
from stamtafel.web.desk.access import staff_of, staff_page

DEEDS: Final[Mapping[str, tuple[Callable[..., bool], Promise]]] = {
    "withdraw": (withdraw_on_request, gettext_lazy("Withdrawn, as the writer asked.")),
    "erase": (erase_on_request, gettext_lazy("Erased, as the writer asked. The inbox follows within a minute.")),
}


@staff_page(Permission.ERASE_ON_REQUEST)
def on_request(request: HttpRequest, pk: int) -> HttpResponse:
    """What will go and what stays; only the second step does it."""
    found = desk.contribution(staff_of(request), pk)
    if found.erased_at is not None:
        return redirect("desk:contribution", pk=pk)
    if request.method != "POST":
        return _page(request, found)
    try:
        _do(request, found)
    except DossierRefused as refused:
        return _page(request, found, str(refused))
    return redirect("desk:contribution", pk=pk)


def _do(request: HttpRequest, found: Contribution) -> None:
    """What was chosen. Raises DossierRefused for a form that is not complete."""
    if request.POST.get("do") not in DEEDS:
        raise DossierRefused(_("Choose whether to withdraw or to erase it. Nothing was changed."))
    if request.POST.get("checked") != "1":
        raise DossierRefused(_("First check that it is theirs, and say so. Nothing was changed."))
    act, said = DEEDS[request.POST["do"]]
    if act(contribution=found, why=request.POST.get("why", ""), actor=staff_of(request), now=timezone.now()):
        words.say(request, str(said))


def _page(request: HttpRequest, found: Contribution, problem: str = "") -> HttpResponse:
    context = {
        "found": found, "title": words.title_of(found), "channel": words.channel_of(found)[0], "typed": request.POST,
        "reasons": list(REASONS.items()), "withdrawn": found.state == State.WITHDRAWN, "problem": problem,
    }  # fmt: skip
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK
    return render(request, "desk/contributions/on_request.html", context, status=status)


urlpatterns = [path("bijdragen/<int:pk>/op-verzoek/", on_request, name="contribution_on_request")]
