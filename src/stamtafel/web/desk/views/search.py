"""Search in everything that this member may open."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from stamtafel.people.rules import Permission
from stamtafel.web.desk import search as find
from stamtafel.web.desk.access import staff_of, staff_page


@require_safe
@staff_page(Permission.SEE_DESK)
def search(request: HttpRequest) -> HttpResponse:
    """What the words find; a follow code leads straight to its contribution."""
    viewer, text = staff_of(request), request.GET.get("q", "").replace("\0", "")[: find.LONGEST].strip()
    found = find.search(viewer, text, now=timezone.now())
    if found.only:
        return redirect(found.only)
    context = {"text": text, "found": found, "may_search": find.may_search(viewer)}
    return render(request, "desk/search/search.html", context)


urlpatterns = [path("search/", search, name="search")]
