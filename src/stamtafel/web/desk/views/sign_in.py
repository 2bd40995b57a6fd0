"""The way in: a link by mail or the municipality's own provider, then the second factor."""

from http import HTTPStatus
from typing import Any, Final

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stamtafel.people import actions, flood
from stamtafel.people.actions.second_factor import (
    WrongCode,
    check_second_factor,
    confirm_second_factor,
    has_second_factor,
    start_second_factor,
)
from stamtafel.people.models import StaffMember
from stamtafel.web.design.address import client_address
from stamtafel.web.desk.access import (
    SECOND_FACTOR,
    SEEN_AT,
    SIGNED_IN_AT,
    checked_next,
    may_postpone,
    public_desk_page,
    refusal,
    second_factor_given,
    signed_in_page,
    staff_of,
)
from stamtafel.web.desk.attempts import LINK
from stamtafel.web.desk.code import CodeForm, count_wrong, drawn, may_try
from stamtafel.web.desk.mail import send_sign_in_link

ASKING: Final = flood.Limit(burst=10, per_seconds=600)


class AddressForm(forms.Form):
    """Who wants to come in."""

    email = forms.EmailField(
        label=gettext_lazy("Your work e-mail address"),
        max_length=254,
        error_messages={"required": gettext_lazy("Fill in your work e-mail address.")},
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@public_desk_page
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask the address; the answer is the same whether we know it or not."""
    go_to = checked_next(request)
    if request.user.is_authenticated:
        return redirect(go_to)
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        flood.allow("sign in", client_address(request), ASKING, now=now)
        with transaction.atomic():
            found = actions.ask_for_link(email=form.cleaned_data["email"], now=now)
            if found is not None:
                send_sign_in_link(staff=found[0], token=found[1], go_to=go_to, now=now)
        return redirect(f"{reverse('desk:sign_in')}?{urlencode({'sent': '1', 'next': go_to})}")
    context = {"form": form, "next": go_to, "sent": "sent" in request.GET, "provider": has_provider()}
    return render(request, "desk/sign_in/sign_in.html", context, status=_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
@public_desk_page
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    """A button first: programs that open links in mail to look at them must not use it up."""
    go_to = checked_next(request)
    if request.method != "POST":
        return render(request, "desk/sign_in/link.html", {"next": go_to})
    try:
        staff = actions.use_sign_in_link(token=token, now=timezone.now())
    except actions.LinkRefused as error:
        authenticate(request, username=LINK, staff=None)  # counted: django-axes slows down who guesses
        context = {"form": AddressForm(), "next": go_to, "sent": False, "provider": has_provider()}
        context["refused"] = str(error)
        return render(request, "desk/sign_in/sign_in.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _come_in(request, staff, second_factor="", go_to=go_to)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_page
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask the code; who has no app yet sets one up first."""
    go_to, staff = checked_next(request), staff_of(request)
    if second_factor_given(request):
        return redirect(go_to)
    if not has_second_factor(staff):
        return redirect(f"{reverse('desk:second_factor_setup')}?{urlencode({'next': go_to})}")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not may_try(request):
            return locked_out(request)
        try:
            given = check_second_factor(staff=staff, code=form.cleaned_data["code"], now=timezone.now())
        except WrongCode as error:
            count_wrong(request, form, error)
        else:
            _prove(request, given)
            return redirect(go_to)
    context = {"form": form, "next": go_to}
    return render(request, "desk/sign_in/second_factor.html", context, status=_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_page
def second_factor_setup(request: HttpRequest) -> HttpResponse:
    """Show the secret to the app, and have it confirmed by a code."""
    go_to, staff = checked_next(request), staff_of(request)
    if has_second_factor(staff):
        return redirect(f"{reverse('desk:second_factor')}?{urlencode({'next': go_to})}")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            codes = confirm_second_factor(staff=staff, code=form.cleaned_data["code"], now=timezone.now())
        except WrongCode as error:
            count_wrong(request, form, error)
        else:
            _prove(request, "code")
            return render(request, "desk/sign_in/recovery_codes.html", {"codes": codes, "next": go_to})
    context = {
        "form": form,
        "next": go_to,
        "later": may_postpone(),
        **drawn(start_second_factor(staff=staff)),
    }
    return render(request, "desk/sign_in/setup.html", context, status=_status(form))


@require_POST
@signed_in_page
def second_factor_later(request: HttpRequest) -> HttpResponse:
    """In the demo a visitor may look around first."""
    if not may_postpone() or has_second_factor(staff_of(request)):
        raise Http404
    _prove(request, "later")
    return redirect(checked_next(request))


@require_GET
@public_desk_page
def oidc_start(request: HttpRequest) -> HttpResponse:
    """To the provider. A link and no form: the content security policy keeps forms at home."""
    if not has_provider():
        raise Http404
    from stamtafel.web.desk.views import provider  # noqa: PLC0415 - 12 MB, for installations with a provider

    return provider.start(request, go_to=checked_next(request))


@require_GET
@public_desk_page
def oidc_return(request: HttpRequest) -> HttpResponse:
    """Back from the provider."""
    if not has_provider():
        raise Http404
    from stamtafel.web.desk.views import provider  # noqa: PLC0415

    return provider.come_back(request, come_in=_come_in)


@require_POST
@public_desk_page
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("desk:sign_in")


def has_provider() -> bool:
    """Whether this installation has an identity provider."""
    return bool(settings.OIDC["issuer"] and settings.OIDC["client_id"])


def locked_out(request: HttpRequest, *_rest: Any) -> HttpResponse:
    """What django-axes answers after too many wrong tries."""
    return refusal(
        request,
        _("There were too many wrong tries. Wait a quarter of an hour and try again."),
        HTTPStatus.TOO_MANY_REQUESTS,
    )


def _come_in(request: HttpRequest, staff: StaffMember, *, second_factor: str, go_to: str) -> HttpResponse:
    """Start a fresh session (Django gives it a new key)."""
    if authenticate(request, username=staff.email, staff=staff) is None:
        return locked_out(request)
    login(request, staff, backend="stamtafel.people.backends.SignInLinkBackend")
    request.session[SIGNED_IN_AT] = request.session[SEEN_AT] = timezone.now().timestamp()
    if second_factor:
        request.session[SECOND_FACTOR] = second_factor
    return redirect(go_to)


def _prove(request: HttpRequest, given: str) -> None:
    """More rights, so a new session key."""
    request.session.cycle_key()
    request.session[SECOND_FACTOR] = given


def _status(form: forms.Form) -> int:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


urlpatterns = [
    path("sign-in/", sign_in, name="sign_in"),
    path("sign-in/link/<str:token>/", sign_in_link, name="sign_in_link"),
    path("sign-in/code/", second_factor, name="second_factor"),
    path("sign-in/app/", second_factor_setup, name="second_factor_setup"),
    path("sign-in/later/", second_factor_later, name="second_factor_later"),
    path("sign-in/provider/", oidc_start, name="oidc_start"),
    path("sign-in/provider/return/", oidc_return, name="oidc_return"),
    path("sign-out/", sign_out, name="sign_out"),
]
