"""Addresses without NUL: no browser sends one, and PostgreSQL refuses it in any text."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

NUL_ESCAPED = "%00"


class CleanAddress:
    """Takes NUL out of the path and the query before anything looks at them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Clean the address, then answer."""
        if NUL_ESCAPED in request.META.get("QUERY_STRING", ""):
            request.META["QUERY_STRING"] = request.META["QUERY_STRING"].replace(NUL_ESCAPED, "")
        if "\x00" in request.path_info:
            request.path_info = request.path_info.replace("\x00", "")
        return self.get_response(request)
