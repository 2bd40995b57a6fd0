"""Addresses and desk forms without NUL: no browser sends one, and PostgreSQL refuses it in any text.

The forms of the site say what is wrong with a text (``web.site.forms``); staff get theirs cleaned.
"""

import re
from collections.abc import Callable
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase

NUL_ESCAPED: Final = "%00"
CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")  # all but tab and line ends


class CleanAddress:
    """Takes NUL out of the path and the query before anything looks at them, control characters out of desk forms."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Clean, then answer."""
        while NUL_ESCAPED in request.META.get("QUERY_STRING", ""):  # taking one out may make another: %0%000
            request.META["QUERY_STRING"] = request.META["QUERY_STRING"].replace(NUL_ESCAPED, "")
        if "\x00" in request.path_info:
            request.path_info = request.path_info.replace("\x00", "")
        if request.method == "POST" and request.path_info.startswith("/desk/"):
            clean_form(request)
        return self.get_response(request)


def clean_form(request: HttpRequest) -> None:
    """Put a form without control characters in the place of one that has them."""
    given = list(request.POST.lists())
    if not any(CONTROLS.search(value) for _name, values in given for value in values if isinstance(value, str)):
        return
    cleaned = request.POST.copy()
    for name, values in given:
        cleaned.setlist(name, [CONTROLS.sub("", str(value)) for value in values])
    request.POST = cleaned  # type: ignore[assignment]
