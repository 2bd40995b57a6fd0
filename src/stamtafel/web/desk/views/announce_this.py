"""The button "Announce this": a decision, a subject or a contribution becomes a first draft of an announcement."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from stamtafel.announce import actions
from stamtafel.announce.models import Announcement
from stamtafel.dossier.actions.keys import read_form_key
from stamtafel.dossier.models import Decision, Topic
from stamtafel.dossier.queries import desk
from stamtafel.people.rules import Permission
from stamtafel.web.desk.access import staff_of, staff_page

WRITE = Permission.WRITE_ANNOUNCEMENTS


@require_POST
@staff_page(WRITE)
def announce_decision(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell others of a decision."""
    found = get_object_or_404(Decision.objects.select_related("topic"), pk=pk)
    key, actor = _key(request), staff_of(request)
    return _to(request, actions.announce_decision(decision=found, form_key=key, actor=actor, now=timezone.now()))


@require_POST
@staff_page(WRITE)
def announce_topic(request: HttpRequest, slug: str) -> HttpResponse:
    """Tell others of a subject."""
    found = get_object_or_404(Topic, slug=slug)
    key, actor = _key(request), staff_of(request)
    return _to(request, actions.announce_topic(topic=found, form_key=key, actor=actor, now=timezone.now()))


@require_POST
@staff_page(WRITE)
def announce_contribution(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell others what somebody said."""
    key, actor = _key(request), staff_of(request)
    found = desk.contribution(actor, pk)
    return _to(
        request, actions.announce_contribution(contribution=found, form_key=key, actor=actor, now=timezone.now())
    )


def _key(request: HttpRequest) -> str | None:
    return read_form_key(request.POST.get("form_key", ""))


def _to(request: HttpRequest, made: Announcement) -> HttpResponse:
    """On to the page where it is written."""
    messages.success(request, _("A first draft is ready. Make it your own: nobody sees it until it is published."))
    return redirect("desk:compose", pk=made.pk)


urlpatterns = [
    path("berichten/over/besluit/<int:pk>/", announce_decision, name="announce_decision"),
    path("berichten/over/onderwerp/<slug:slug>/", announce_topic, name="announce_topic"),
    path("berichten/over/bijdrage/<int:pk>/", announce_contribution, name="announce_contribution"),
]
