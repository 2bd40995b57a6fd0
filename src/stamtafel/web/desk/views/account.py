"""One's own account: name and language, another app for codes, new recovery codes, all other sessions ended."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from stamtafel.people.actions import second_factor, staff
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import recovery_codes_left
from stamtafel.people.rules import Permission
from stamtafel.web.desk.access import SECOND_FACTOR, staff_of, staff_page
from stamtafel.web.desk.code import CodeForm, count_wrong, drawn, may_try
from stamtafel.web.desk.views.sign_in import locked_out

PROVED_AT: Final = "proved_at"  # in the session: when a code was given to replace the app
PROOF_LASTS: Final = timedelta(minutes=10)


class AccountForm(forms.Form):
    """What colleagues and residents see, and the language of the desk."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=staff.LONGEST_NAME,
        help_text=gettext_lazy("Residents read it under your answers."),
        error_messages={"required": gettext_lazy("Fill in a name.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the desk"),
        choices=[("nl", "Nederlands"), ("en", "English")],
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose Dutch or English.")),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.SEE_DESK)
def account(request: HttpRequest) -> HttpResponse:
    """Name and language, and how safe the account is."""
    member = staff_of(request)
    form = AccountForm(request.POST or None, initial={"name": member.name, "language": member.language})
    if request.method == "POST" and form.is_valid():
        staff.change_own_account(staff=member, **form.cleaned_data)
        with translation.override(member.language):
            messages.success(request, _("Saved."))
        return redirect("desk:account")
    context = {
        "form": form,
        "member": member,
        "has_app": second_factor.has_second_factor(member),
        "provider": request.session.get(SECOND_FACTOR) == "identity provider",
        "codes_left": recovery_codes_left(member),
    }
    return render(request, "desk/account/account.html", context, status=_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.SEE_DESK)
def new_app(request: HttpRequest) -> HttpResponse:
    """Another app: first a code of the one in use (or a recovery code), then the square of the new one."""
    member = staff_of(request)
    if not second_factor.has_second_factor(member):
        return redirect(f"{reverse('desk:second_factor_setup')}?{urlencode({'next': reverse('desk:account')})}")
    form, now = CodeForm(request.POST or None), timezone.now()
    if request.method == "POST" and form.is_valid() and not may_try(request):
        return locked_out(request)
    return _confirm_app(request, form, now) if _proved(request, now) else _prove(request, form, now)


def _prove(request: HttpRequest, form: CodeForm, now: datetime) -> HttpResponse:
    if form.is_bound and form.is_valid():
        try:
            second_factor.prove_second_factor(staff=staff_of(request), code=form.cleaned_data["code"], now=now)
        except second_factor.WrongCode as error:
            count_wrong(request, form, error)
        else:
            request.session[PROVED_AT] = now.timestamp()
            return redirect("desk:account_app")
    return render(request, "desk/account/prove.html", {"form": form}, status=_status(form))


def _confirm_app(request: HttpRequest, form: CodeForm, now: datetime) -> HttpResponse:
    member = staff_of(request)
    if form.is_bound and form.is_valid():
        code = form.cleaned_data["code"]
        try:
            codes = second_factor.confirm_second_factor(staff=member, code=code, now=now, replace=True)
        except second_factor.WrongCode as error:
            count_wrong(request, form, error)
        else:
            del request.session[PROVED_AT]
            return _show_codes(request, member, codes, app=True)
    setup = second_factor.start_second_factor(staff=member, replace=True)
    return render(request, "desk/account/app.html", {"form": form, **drawn(setup)}, status=_status(form))


def _proved(request: HttpRequest, now: datetime) -> bool:
    """Whether a code was given in this session, a short time ago."""
    proved_at: float = request.session.get(PROVED_AT, 0)
    return now.timestamp() - proved_at < PROOF_LASTS.total_seconds()


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.SEE_DESK)
def new_codes(request: HttpRequest) -> HttpResponse:
    """Ten new recovery codes for a code of the app; they are shown this once."""
    member = staff_of(request)
    if not second_factor.has_second_factor(member):
        return redirect("desk:account_app")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not may_try(request):
            return locked_out(request)
        code = form.cleaned_data["code"]
        try:
            codes = second_factor.renew_recovery_codes(staff=member, code=code, now=timezone.now())
        except second_factor.WrongCode as error:
            count_wrong(request, form, error)
        else:
            return _show_codes(request, member, codes, app=False)
    return render(request, "desk/account/codes.html", {"form": form}, status=_status(form))


def _show_codes(request: HttpRequest, member: StaffMember, codes: list[str], *, app: bool) -> HttpResponse:
    """The codes, in the session that goes on: a new app ends all others."""
    update_session_auth_hash(request, member)
    request.session[SECOND_FACTOR] = "code"
    return render(request, "desk/account/new_codes.html", {"codes": codes, "app": app})


@require_POST
@staff_page(Permission.SEE_DESK)
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """End every session but this one."""
    member = staff_of(request)
    staff.sign_out_everywhere(staff=member, now=timezone.now())
    update_session_auth_hash(request, member)
    messages.success(request, _("You are signed out everywhere else."))
    return redirect("desk:account")


def _status(form: forms.Form) -> int:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


urlpatterns = [
    path("account/", account, name="account"),
    path("account/app/", new_app, name="account_app"),
    path("account/codes/", new_codes, name="account_codes"),
    path("account/sign-out/", sign_out_everywhere, name="account_sign_out"),
]
