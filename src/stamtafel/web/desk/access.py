"""The door of the desk: who is let in, and how a refusal reads.

Every page of the desk has one of two decorators. ``staff_page`` asks for a session that is not too old, a
second factor and a right; ``public_desk_page`` is for signing in. Actions and queries check rights once more:
they are the ones that count, this one spares people a page that they can do nothing with.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial, wraps
from http import HTTPStatus
from typing import Any, Final, cast

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.messages import get_messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from stamtafel.people.flood import TooMany
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import Forbidden
from stamtafel.people.rules import Permission
from stamtafel.places.queries import municipality
from stamtafel.web.desk import signed_out
from stamtafel.web.desk.menu import menu_for
from stamtafel.web.desk.waiting import waiting

View = Callable[..., HttpResponseBase]

IDLE_LIMIT: Final = timedelta(hours=2)
SEEN_EVERY: Final = timedelta(minutes=5)  # the session is written this often at most, not at every page
SIGNED_IN_AT: Final = "signed_in_at"
SEEN_AT: Final = "seen_at"
SECOND_FACTOR: Final = "second_factor"  # "code", "recovery", "identity provider" or "later" (demo only)


def staff_page(permission: Permission) -> Callable[[View], View]:
    """Let signed-in staff with this right see the page, in their language; answer all others in words."""

    def decorate(view: View) -> View:
        @wraps(view)
        def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return _private(_admit(request, permission) or _answer(view, request, *args, **kwargs))

        return page

    return decorate


def public_desk_page(view: View) -> View:
    """A page of the desk for who is not signed in yet, in the browser's language."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = request.user
        translation.activate(user.language if user.is_authenticated else translation.get_language_from_request(request))
        return _private(_answer(view, request, *args, **kwargs))

    return page


def signed_in_page(view: View) -> View:
    """A page on the way in: signed in, the second factor may still be missing."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not _has_session(request, timezone.now()):
            return _private(signed_out.to_the_door(request))
        translation.activate(staff_of(request).language)
        return _private(_answer(view, request, *args, **kwargs))

    return page


def staff_of(request: HttpRequest) -> StaffMember:
    """Who is signed in; only behind one of the decorators."""
    return cast("StaffMember", request.user)


def checked_next(request: HttpRequest) -> str:
    """Where to go after signing in: an address of our own desk, else today's page."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    allowed = wanted.startswith("/desk/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if allowed else "/desk/"


def may_postpone() -> bool:
    """Only in the demo on somebody's own machine may the second factor wait."""
    return bool(settings.DEVELOPMENT) and municipality().fixture


def second_factor_given(request: HttpRequest) -> bool:
    """Whether this session proved more than a mailbox."""
    given = request.session.get(SECOND_FACTOR)
    return bool(given) and (given != "later" or may_postpone())


def _admit(request: HttpRequest, permission: Permission) -> HttpResponse | None:
    """The answer for who may not pass; None for who may."""
    user = request.user  # until now: their session may just be over
    translation.activate(user.language if user.is_authenticated else translation.get_language_from_request(request))
    if not _has_session(request, timezone.now()):
        return signed_out.answer(request)
    staff = staff_of(request)
    if not second_factor_given(request):
        return signed_out.answer(request, door="desk:second_factor")
    request.desk_menu = menu_for(staff)  # type: ignore[attr-defined]
    request.desk_waiting = partial(waiting, staff)  # type: ignore[attr-defined]  # counted when the page shows it
    request.desk_messages = get_messages(request)  # type: ignore[attr-defined]  # read when the page shows them
    if not staff.can(permission):
        return refusal(request, str(Forbidden(permission)), HTTPStatus.FORBIDDEN)
    return None


def _has_session(request: HttpRequest, now: datetime) -> bool:
    """Whether somebody is signed in, not too long ago and not idle too long; ends the session otherwise."""
    if not request.user.is_authenticated:
        return False
    since, seen = request.session.get(SIGNED_IN_AT, 0), request.session.get(SEEN_AT, 0)
    moment = now.timestamp()
    if moment - since > settings.SESSION_COOKIE_AGE or moment - seen > IDLE_LIMIT.total_seconds():
        logout(request)
        return False
    if moment - seen > SEEN_EVERY.total_seconds():
        request.session[SEEN_AT] = moment
    return True


def _answer(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
    """The view's answer, or its refusal as a page."""
    try:
        return view(request, *args, **kwargs)
    except Forbidden as error:
        return refusal(request, str(error), HTTPStatus.FORBIDDEN)
    except (Http404, ObjectDoesNotExist):
        return refusal(request, _("This page does not exist, or not any more."), HTTPStatus.NOT_FOUND)
    except ValueError as error:
        if not type(error).__module__.startswith("stamtafel."):  # a mistake of ours is not a refusal
            raise
        too_often = isinstance(error, TooMany)
        status = HTTPStatus.TOO_MANY_REQUESTS if too_often else HTTPStatus.UNPROCESSABLE_ENTITY
        return refusal(request, str(error), status)


def refusal(request: HttpRequest, sentence: str, status: HTTPStatus) -> HttpResponse:
    """A page (or, for HTMX, a box) that says why not, and the way back."""
    context = {"sentence": sentence, "status": status}
    if not request.headers.get("HX-Request"):
        return render(request, "desk/sign_in/refusal.html", context, status=status)
    box = render(request, "desk/sign_in/refusal_box.html", context, status=status)
    box.headers["HX-Retarget"], box.headers["HX-Reswap"] = "#melding", "innerHTML"
    return box


def _private(response: HttpResponseBase) -> HttpResponseBase:
    response.headers["Cache-Control"] = "no-store"
    return response
