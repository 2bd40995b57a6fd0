"""Forms are taken from our own pages only.

The browser's own word on where a form came from is checked (Sec-Fetch-Site, Origin). No page of another site can
change it, and it does not grow old: who signs in again in another tab can still send the form that was open.
The desk has cookies that give rights, so a browser that says nothing needs Django's token there. The public site
has none: there such a browser is let in, as OWASP's cheat sheet on CSRF allows where nothing gives any right.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponseForbidden
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class CrossSite(CsrfViewMiddleware):
    """The browser's word, or a token on the desk; a view marked ``csrf_exempt`` (one-click unsubscribe) is let in."""

    def process_view(
        self,
        request: HttpRequest,
        callback: Callable[..., Any],
        callback_args: tuple[Any, ...],
        callback_kwargs: dict[str, Any],
    ) -> HttpResponseForbidden | None:
        """Refuse a form that another site sent."""
        if request.path_info.startswith("/desk"):
            if _says_it_is_ours(request):
                return None
            return super().process_view(request, callback, callback_args, callback_kwargs)
        if request.method in SAFE or getattr(callback, "csrf_exempt", False) or ours(request):
            return None
        return self._reject(request, "cross-site form")  # type: ignore[attr-defined, no-any-return]

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Set the cookie on the desk only."""
        if not request.path_info.startswith("/desk"):
            return response
        return super().process_response(request, response)


def _says_it_is_ours(request: HttpRequest) -> bool:
    """Whether the browser says for certain that a page of this very address sent it."""
    return request.headers.get("Sec-Fetch-Site") == "same-origin" and _origin_fits(request)


def ours(request: HttpRequest) -> bool:
    """Whether the browser says that this form came from a page of ours."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in {"same-origin", "none"}
    return _origin_fits(request)  # no browser that people use sends a form without both; nothing hangs on a cookie


def _origin_fits(request: HttpRequest) -> bool:
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc in {request.get_host(), urlsplit(settings.SITE_URL).netloc}
