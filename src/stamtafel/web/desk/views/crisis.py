"""The crisis stop: one button holds everything that goes out; what left already; and the message on the site."""

from typing import Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from stamtafel.channels import standing_still
from stamtafel.channels.names import name_of
from stamtafel.people.actions.municipality import change_crisis_message
from stamtafel.people.rules import Permission
from stamtafel.places.queries import municipality
from stamtafel.web.desk.access import staff_of, staff_page
from stamtafel.web.desk.words import ACCOUNTS, PURPOSES

STOP: Final = Permission.STOP_EVERYTHING
LONGEST_MESSAGE: Final = 500


class MessageForm(forms.Form):
    """What stands on top of every page of the site."""

    crisis_nl = forms.CharField(
        label=gettext_lazy("Crisis message in Dutch"), max_length=LONGEST_MESSAGE, required=False,
        widget=forms.Textarea(attrs={"rows": 3, "lang": "nl"}),
        help_text=gettext_lazy("Stands on top of every page of the site as long as it is filled."),
    )  # fmt: skip
    crisis_en = forms.CharField(
        label=gettext_lazy("Crisis message in English"), max_length=LONGEST_MESSAGE, required=False,
        widget=forms.Textarea(attrs={"rows": 3, "lang": "en"}),
    )  # fmt: skip


@require_safe
@staff_page(STOP)
def crisis(request: HttpRequest) -> HttpResponse:
    """How it stands now, and what can be done."""
    return _page(request, _form_now())


@require_POST
@staff_page(STOP)
def crisis_stop(request: HttpRequest) -> HttpResponse:
    """Hold everything, or let everything go on."""
    staff, now = staff_of(request), timezone.now()
    do = request.POST.get("do")
    try:
        if do == "stop":
            standing_still.stop_everything(actor=staff, reason=request.POST.get("reason", ""), now=now)
            messages.success(request, _("Everything stands still. Nothing leaves until you let it go on."))
        elif do == "resume":
            standing_still.resume_everything(actor=staff, now=now)
            messages.success(request, _("Everything goes on. What waited leaves now."))
        else:
            raise Http404
    except standing_still.NotStopped as refused:
        return _page(request, _form_now(), error=str(refused), status=422)
    return redirect("desk:crisis")


@require_POST
@staff_page(STOP)
def crisis_let_through(request: HttpRequest, pk: int) -> HttpResponse:
    """Let one thing leave while the rest stands still."""
    standing_still.let_through(actor=staff_of(request), delivery_id=pk, now=timezone.now())
    messages.success(request, _("This one leaves now. The rest stays."))
    return redirect("desk:crisis")


@require_POST
@staff_page(STOP)
def crisis_message(request: HttpRequest) -> HttpResponse:
    """Pin a message on the site, or take it off."""
    form = MessageForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    change_crisis_message(actor=staff_of(request), now=timezone.now(), **form.cleaned_data)
    pinned = any(form.cleaned_data.values())
    messages.success(request, _("The message stands on the site.") if pinned else _("The message is off the site."))
    return redirect("desk:crisis")


def _form_now() -> MessageForm:
    now = municipality()
    return MessageForm(initial={"crisis_nl": now.crisis_nl, "crisis_en": now.crisis_en})


def _page(request: HttpRequest, form: MessageForm, *, error: str = "", status: int = 200) -> HttpResponse:
    stop = standing_still.overview(viewer=staff_of(request), now=timezone.now())
    context = {
        "stop": stop, "form": form, "error": error, "purposes": PURPOSES, "account_words": ACCOUNTS,
        "name_of": name_of, "hours": int(standing_still.LOOK_BACK.total_seconds() // 3600),
        "reason": request.POST.get("reason", ""),
    }  # fmt: skip
    return render(request, "desk/crisis/crisis.html", context, status=status)


urlpatterns = [
    path("crisis/", crisis, name="crisis"),
    path("crisis/stop/", crisis_stop, name="crisis_stop"),
    path("crisis/bericht/", crisis_message, name="crisis_message"),
    path("crisis/<int:pk>/doorlaten/", crisis_let_through, name="crisis_let_through"),
]
