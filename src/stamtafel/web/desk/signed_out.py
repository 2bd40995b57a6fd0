"""What who is signed out gets: the door, or what they sent kept in the page until they are back."""

from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

NEVER_SHOWN: Final = frozenset({"csrfmiddlewaretoken", "code", "password", "secret", "token"})
SAFE: Final = frozenset({"GET", "HEAD"})


def to_the_door(request: HttpRequest, door: str = "desk:sign_in") -> HttpResponse:
    """To the page where one comes in (``door``), and from there back to the page that was asked for."""
    query = urlencode({"next": request.get_full_path()}) if request.method in SAFE else ""
    address = f"{reverse(door)}?{query}" if query else reverse(door)
    if request.headers.get("HX-Request"):  # a part of a page can't show the form: let the whole page go there
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"HX-Redirect": address})
    return redirect(address)


def answer(request: HttpRequest, door: str = "desk:sign_in") -> HttpResponse:
    """401 to what was sent, so that no script takes it for done: JSON, a box for HTMX, or a page to send it again from.

    Who only wanted to look goes to the door.
    """
    if request.method in SAFE:
        return to_the_door(request, door)
    status = HTTPStatus.UNAUTHORIZED
    if request.headers.get("Accept", "").startswith("application/json"):
        said = {"sentence": sentence(), "link": _("Sign in in a new tab"), "address": reverse("desk:sign_in")}
        return JsonResponse(said, status=status)
    if request.headers.get("HX-Request"):
        box = render(request, "desk/sign_in/signed_out_box.html", {"sentence": sentence()}, status=status)
        box.headers["HX-Retarget"], box.headers["HX-Reswap"] = "#melding", "innerHTML"
        return box
    return render(request, "desk/sign_in/held.html", _held(request), status=status)


def sentence() -> str:
    """What a page says that stays open."""
    return _("You are signed out. Your text is still here. Sign in in another tab, then save again.")


def _held(request: HttpRequest) -> dict[str, object]:
    """The fields of the form: words in view, all else as it was. Never what opens something."""
    fields = [(name, value) for name, values in request.POST.lists() if name not in NEVER_SHOWN for value in values]
    return {
        "address": request.get_full_path(),
        "words": [field for field in fields if _is_typed(field[1])],
        "rest": [field for field in fields if not _is_typed(field[1])],
        "has_files": bool(request.FILES),
    }


def _is_typed(value: str) -> bool:
    """Whether somebody wrote it: more than one word. Numbers, keys and choices have no spaces."""
    return len(value.split()) > 1
