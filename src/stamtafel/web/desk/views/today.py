"""What waits for me."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from stamtafel.people.rules import Permission
from stamtafel.web.desk.access import staff_of, staff_page
from stamtafel.web.desk.today import blocks


@require_safe
@staff_page(Permission.SEE_DESK)
def today(request: HttpRequest) -> HttpResponse:
    """Everything that waits for this member, each with one button."""
    now = timezone.now()
    staff = staff_of(request)
    return render(request, "desk/today/today.html", {"blocks": blocks(staff, now=now), "now": now, "staff": staff})


urlpatterns = [path("", today, name="today")]
