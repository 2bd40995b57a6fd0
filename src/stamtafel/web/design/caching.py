"""Which pages are the same for everybody."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

PUBLIC = "public, max-age=1, s-maxage=1"


def public_page(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Say that anybody without a cookie may get a copy of this page that is one second old."""

    @wraps(view)
    def shared(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if request.method in {"GET", "HEAD"} and response.status_code == HTTPStatus.OK and not response.cookies:
            response.headers["Cache-Control"] = PUBLIC
            response.headers["Vary"] = "Cookie, Accept-Encoding"
        return response

    return shared
