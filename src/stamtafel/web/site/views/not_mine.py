"""Was this not you? Whose address somebody else filled in takes it off a contribution, from the mail about it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone

from stamtafel.dossier.actions.follow import contribution_of_code
from stamtafel.dossier.actions.keys import follow_code
from stamtafel.inbox.actions.not_mine import take_address_off
from stamtafel.web.site.views.follow import private


@private
def not_mine(request: HttpRequest, code: str) -> HttpResponse:
    """A button first, because mail programs open links by themselves; it works as often as it is pressed."""
    mine = contribution_of_code(code)
    if request.method == "POST":
        take_address_off(contribution=mine, now=timezone.now())
    done = request.method == "POST" or mine.author_id is None
    context = {"done": done, "code": follow_code(mine)}
    return render(request, "site/contributions/not_mine.html", context)


urlpatterns = [path("volg/<str:code>/niet-van-mij/", not_mine, name="follow_not_mine")]
