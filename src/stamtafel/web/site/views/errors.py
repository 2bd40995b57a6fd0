"""Pages for what goes wrong: what happened, that nothing is lost, and what to do."""

import sys

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 for a form that is far too large."""
    if isinstance(exception, TOO_LARGE):
        return too_large(request)
    sentence = _("We could not read what your browser sent. Go back and try again: what you wrote is still there.")
    return _page(request, 400, _("This did not come through"), sentence)


def too_large(request: HttpRequest) -> HttpResponse:
    """413: more than we read."""
    sentence = _(
        "What you sent is too large. Go back: your text is still there. Make it shorter, or leave the photo out."
    )
    return _page(request, 413, _("This is too large"), sentence)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django names it
    """403."""
    return _page(
        request,
        403,
        _("You cannot see this page"),
        _("You are not allowed to see this page. Do you think you should be? Call or write to us."),
    )


def cross_site(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django names it
    """403: a form that did not come from our own page."""
    sentence = _(
        "This form did not come from our own page, so we did not take it. Go back, load it again, and try once more."
    )
    return _page(request, 403, _("We did not take this form"), sentence)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django names it
    """404."""
    sentence = _("There is no page at this address. Perhaps the link is old, or a letter is missing.")
    return _page(request, 404, _("We cannot find this page"), sentence)


def gone(request: HttpRequest, sentence: str) -> HttpResponse:
    """410: it was here; the sentence says what happened."""
    return _page(request, 410, _("This is no longer here"), sentence)


def too_many(request: HttpRequest, sentence: str, *, seconds: int) -> HttpResponse:
    """429: too often from one address; the sentence says when it can be done again."""
    response = _page(request, 429, _("Please wait a moment"), sentence)
    response.headers["Retry-After"] = str(seconds)
    return response


def broken(_request: HttpRequest) -> HttpResponse:
    """500: our own mistake; 503 when the database is away or busy, so that programs try again.

    The page asks nothing of the database, for that may be what is broken.
    """
    page = render_to_string("site/errors/broken.html", {})
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return HttpResponse(page, status=503, headers={"Retry-After": "30"})
    return HttpResponse(page, status=500)


def _page(request: HttpRequest, status: int, title: str, sentence: str) -> HttpResponse:
    return render(
        request, "site/errors/error.html", {"status": status, "heading": title, "sentence": sentence}, status=status
    )
