"""News by e-mail: sign up, say yes, change, stop. No account; a secret link in the mail does it all."""

from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from stamtafel.announce import actions
from stamtafel.announce.actions.links import Purpose
from stamtafel.announce.actions.problems import LinkUnknown, TextRefused
from stamtafel.announce.models import Subscription
from stamtafel.announce.queries import public
from stamtafel.people.flood import Limit, TooMany, allow
from stamtafel.web.design.address import client_address
from stamtafel.web.site.views.announcements import topic_name

Rhythm = Subscription.Rhythm
SIGN_UPS: Final = Limit(burst=6, per_seconds=600)
both = require_http_methods(["GET", "HEAD", "POST"])


class ChoiceForm(forms.Form):
    """What somebody wants to hear of, and how often."""

    rhythm = forms.ChoiceField(
        label=_("How often do you want an e-mail?"),
        choices=[
            (Rhythm.DIRECT.value, _("Right away, as soon as there is news")),
            (Rhythm.DAILY.value, _("At most once a day, at 8 in the morning")),
            (Rhythm.WEEKLY.value, _("At most once a week, on Monday morning")),
        ],
        widget=forms.RadioSelect,
        initial=Rhythm.WEEKLY.value,
        error_messages={"required": _("Choose how often you want an e-mail.")},
    )
    topics = forms.TypedMultipleChoiceField(
        label=_("Which topics?"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    areas = forms.TypedMultipleChoiceField(
        label=_("Which neighbourhoods?"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Fill the choices: one query for the topics, one for the neighbourhoods."""
        super().__init__(*args, **kwargs)
        self.fields["topics"].choices = [(topic.pk, topic_name(topic)) for topic in public.topics()]  # type: ignore[attr-defined]
        self.fields["areas"].choices = [(area.pk, area.name) for area in public.areas()]  # type: ignore[attr-defined]

    def choice(self) -> actions.Choice:
        """The choice as the action wants it."""
        return actions.Choice(self.cleaned_data["rhythm"], self.cleaned_data["topics"], self.cleaned_data["areas"])


class SignUpForm(ChoiceForm):
    """The same with an address in front."""

    email = forms.CharField(
        label=_("Your e-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        max_length=254,
        error_messages={
            "required": _("Fill in your e-mail address."),
            "max_length": _("We can't use this e-mail address. Please check it."),
        },
    )
    field_order = ("email", "rhythm", "topics", "areas")


@both
def subscribe(request: HttpRequest) -> HttpResponse:
    """The form; after it the same page for everybody, whether we knew the address or not."""
    now = timezone.now()
    form = SignUpForm(request.POST or None, initial=_asked_for(request))
    if request.method != "POST" or not form.is_valid():
        return _form(request, form, 422 if form.is_bound else 200)
    try:
        allow("subscribe", client_address(request), SIGN_UPS, now=now)
        email, language = form.cleaned_data["email"], get_language() or "nl"
        actions.ask_subscription(email=email, choice=form.choice(), language=language, now=now)
    except TooMany as often:
        form.add_error(None, str(often))
        return _form(request, form, 429)
    except TextRefused as refused:
        form.add_error(refused.field, str(refused))
        return _form(request, form, 422)
    return redirect("site:subscribe_asked")


@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    """Look in your mail."""
    return render(request, "site/announce/asked.html", {})


@both
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """A GET shows a button, as mail scanners open links; the button says yes."""
    try:
        if request.method == "POST":
            found = actions.confirm_subscription(token=token, now=timezone.now())
            return _secret(
                render(request, "site/announce/confirmed.html", {"subscription": found, "manage": _manage(found)})
            )
        found = actions.subscription_of(token=token, purpose=Purpose.CONFIRM)
    except LinkUnknown as unknown:
        return _unknown(request, unknown)
    return _secret(render(request, "site/announce/confirm.html", {"subscription": found}))


@both
def manage(request: HttpRequest, token: str) -> HttpResponse:
    """Change what and how often, or stop."""
    try:
        found = actions.subscription_of(token=token, purpose=Purpose.MANAGE)
        if request.method == "POST" and "end" in request.POST:
            actions.end_subscription(token=token, purpose=Purpose.MANAGE, now=timezone.now())
            return _secret(render(request, "site/announce/ended.html", {"manage": token}))
        form = ChoiceForm(request.POST or None, initial=_chosen(found))
        saved = request.method == "POST" and form.is_valid()
        if saved:
            actions.change_subscription(token=token, choice=form.choice(), now=timezone.now())
            found.refresh_from_db()
    except LinkUnknown as unknown:
        return _unknown(request, unknown)
    context = {"form": form, "saved": saved, "active": actions.is_active(found), "email": found.resident.email}
    return _secret(
        render(request, "site/announce/manage.html", context, status=200 if saved or not form.is_bound else 422)
    )


@csrf_exempt
@both
def end(request: HttpRequest, token: str) -> HttpResponse:
    """One click (RFC 8058): a POST ends it, from a mail program too; a GET shows a button. Ended twice is fine."""
    try:
        found = actions.subscription_of(token=token, purpose=Purpose.END)
        if request.method == "POST":
            actions.end_subscription(token=token, now=timezone.now())
    except LinkUnknown as unknown:
        return _unknown(request, unknown)
    if request.method == "POST" or found.ended_at is not None:
        return _secret(render(request, "site/announce/ended.html", {"manage": _manage(found)}))
    return _secret(render(request, "site/announce/end.html", {}))


def _form(request: HttpRequest, form: SignUpForm, status: int) -> HttpResponse:
    return render(request, "site/announce/subscribe.html", {"form": form}, status=status)


def _asked_for(request: HttpRequest) -> dict[str, Any]:
    """What the page that the visitor came from was about: ``?onderwerp=`` and ``?buurt=`` are ticked already."""
    initial: dict[str, Any] = {}
    if slug := request.GET.get("onderwerp"):
        initial["topics"] = [each.pk for each in public.topics() if each.slug == slug]
    if code := request.GET.get("buurt"):
        initial["areas"] = [each.pk for each in public.areas() if each.code == code]
    return initial


def _chosen(found: Subscription) -> dict[str, Any]:
    return {
        "rhythm": found.rhythm,
        "topics": list(found.topics.values_list("pk", flat=True)),
        "areas": list(found.areas.values_list("pk", flat=True)),
    }


def _manage(found: Subscription) -> str:
    return actions.token(Purpose.MANAGE, found.resident)


def _unknown(request: HttpRequest, unknown: LinkUnknown) -> HttpResponse:
    return _secret(render(request, "site/announce/unknown.html", {"sentence": str(unknown)}, status=404))


def _secret(response: HttpResponse) -> HttpResponse:
    """Pages behind a secret link stay out of search engines and their address out of other sites' logs."""
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


urlpatterns = [
    path("aanmelden/", subscribe, name="subscribe"),
    path("aanmelden/kijk-in-uw-mail/", asked, name="subscribe_asked"),
    path("aanmelden/ja/<str:token>/", confirm, name="subscribe_confirm"),
    path("aanmelden/wijzig/<str:token>/", manage, name="subscribe_manage"),
    path("aanmelden/stop/<str:token>/", end, name="subscribe_end"),
]
