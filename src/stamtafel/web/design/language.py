"""Which language a page is in: the address says it, so that a copy of a page is right for everybody."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation


class Language:
    """Dutch at ``/…``, English at ``/en/…``. The desk switches to the staff member's own afterwards."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Set the language for this request."""
        language = "en" if request.path_info == "/en" or request.path_info.startswith("/en/") else "nl"
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", translation.get_language() or language)
        return response
