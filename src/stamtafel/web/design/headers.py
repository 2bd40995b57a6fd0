"""The headers that internet.nl looks at, on every answer."""

from collections.abc import Callable

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(self), browsing-topics=()",
}


class SecurityHeaders:
    """Adds what is missing; a view that set its own keeps it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.headers = dict(FIXED)
        if settings.SECURE_HSTS_SECONDS:
            sub = "; includeSubDomains" if settings.SECURE_HSTS_INCLUDE_SUBDOMAINS else ""
            self.headers["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}{sub}"

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, then add the headers."""
        response = self.get_response(request)
        for name, value in self.headers.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class ContentPolicy(CSPMiddleware):
    """The content security policy; a page that asked for no nonce gets the same words each time, made once."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        super().__init__(get_response)
        self.plain = ""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Add the header unless a view set its own."""
        if getattr(request, "_csp_nonce", None) is not None or HEADER in response:
            return super().process_response(request, response)
        if not self.plain:
            super().process_response(request, response)
            self.plain = response.headers.get(HEADER, "")
            return response
        response.headers[HEADER] = self.plain
        return response
