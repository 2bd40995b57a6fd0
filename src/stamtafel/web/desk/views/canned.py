"""Standard answers: the list, and one to write, change or throw away."""

from http import HTTPStatus
from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stamtafel.inbox import queries
from stamtafel.inbox.actions.canned import remove_canned_reply, save_canned_reply
from stamtafel.inbox.actions.handle import ConversationRefused
from stamtafel.inbox.actions.reply import LONGEST
from stamtafel.inbox.models import CannedReply
from stamtafel.people.rules import Permission
from stamtafel.web.desk.access import staff_of, staff_page

PLACEHOLDERS: Final[dict[str, Promise]] = {
    "onderwerp": gettext_lazy("the subject, or the title of what the resident wrote"),
    "datum": gettext_lazy("the day on which the resident has an answer at the latest"),
    "volglink": gettext_lazy("the address of the follow page"),
    "naam": gettext_lazy("nothing yet: we do not know names, so “Dag {naam},” becomes “Dag,”"),
}


class CannedForm(forms.Form):
    """Its name in the list, and the text."""

    title = forms.CharField(
        label=gettext_lazy("Name in the list"),
        max_length=120,
        error_messages={"required": gettext_lazy("Give this standard answer a name.")},
    )
    text = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 12}),
        error_messages={"required": gettext_lazy("Write the text of the answer.")},
    )


@require_safe
@staff_page(Permission.REPLY)
def canned_replies(request: HttpRequest) -> HttpResponse:
    """All of them, by name."""
    return render(request, "desk/inbox/canned.html", {"replies": list(queries.canned_replies(staff_of(request)))})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.REPLY)
def canned_reply_new(request: HttpRequest) -> HttpResponse:
    """Write one."""
    return _form(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.REPLY)
def canned_reply(request: HttpRequest, slug: str) -> HttpResponse:
    """Change one."""
    return _form(request, queries.canned_replies(staff_of(request)).get(slug=slug))


def _form(request: HttpRequest, found: CannedReply | None) -> HttpResponse:
    initial = {"title": found.title, "text": found.text} if found else {}
    form = CannedForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            save_canned_reply(slug=found.slug if found else "", actor=staff_of(request), **form.cleaned_data)
        except ConversationRefused as refused:
            form.add_error("text", str(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect("desk:canned_replies")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"form": form, "found": found, "placeholders": PLACEHOLDERS}
    return render(request, "desk/inbox/canned_reply.html", context, status=status)


@require_POST
@staff_page(Permission.REPLY)
def canned_reply_remove(request: HttpRequest, slug: str) -> HttpResponse:
    """Throw one away."""
    remove_canned_reply(slug=slug, actor=staff_of(request))
    messages.success(request, _("The standard answer is gone. What was sent with it stays."))
    return redirect("desk:canned_replies")


urlpatterns = [
    path("inbox/answers/", canned_replies, name="canned_replies"),
    path("inbox/answers/new/", canned_reply_new, name="canned_reply_new"),
    path("inbox/answers/<slug:slug>/", canned_reply, name="canned_reply"),
    path("inbox/answers/<slug:slug>/remove/", canned_reply_remove, name="canned_reply_remove"),
]
