"""Addresses of the desk that are none: who is signed in stays at the desk, with its menu and in their language."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path

from stamtafel.people.rules import Permission
from stamtafel.web.desk.access import staff_page


@staff_page(Permission.SEE_DESK)
def unknown(request: HttpRequest, rest: str) -> HttpResponse:  # noqa: ARG001 - Django names it
    """There is no such page."""
    raise Http404(rest)


# with a slash at the end: without one Django first looks whether the address with it is there
urlpatterns = [path("<path:rest>/", unknown, name="unknown")]
