"""The channels of the municipality: how each account is doing, and connecting one."""

import secrets
from functools import partial
from http import HTTPStatus
from typing import Final

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stamtafel.channels import accounts as acting
from stamtafel.channels import overview, registry
from stamtafel.channels.actions import account as own_account
from stamtafel.channels.actions import hold_account, resume_account
from stamtafel.channels.adapters.setup import Setup
from stamtafel.channels.checking import Found
from stamtafel.channels.models import Account
from stamtafel.people.rules import Permission
from stamtafel.web.desk.access import staff_of, staff_page
from stamtafel.web.desk.accounts import found_words, kind_name, said
from stamtafel.web.desk.forms.account import AccountForm

mail: Final = partial(own_account, "email")
GOING: Final = "account_sign_in"  # in the session: which account somebody is signing in for, and the word to return
HOLDS: Final = {"hold": hold_account, "resume": resume_account}


@require_safe
@staff_page(Permission.MANAGE_ACCOUNTS)
def accounts(request: HttpRequest) -> HttpResponse:
    """Every account and how it is doing; below it, what else can be connected."""
    mail()  # made when first needed, and its mailbox is set here
    lines = overview.account_lines(viewer=staff_of(request), now=timezone.now())
    context = {
        "lines": lines,
        "said": said,
        "kind_name": kind_name,
        "kinds": sorted(((kind_name(kind), kind) for kind in acting.can_be_connected()), key=lambda pair: pair[0]),
    }
    return render(request, "desk/accounts/accounts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.MANAGE_ACCOUNTS)
def account_new(request: HttpRequest, kind: str) -> HttpResponse:
    """Connect an account of this kind."""
    if kind not in acting.can_be_connected():
        raise Http404
    setup = acting.setup_of(kind) or Setup(needs=(), fields=())
    form = AccountForm(request.POST if request.method == "POST" else None, setup=setup)
    if form.is_bound and form.is_valid():
        try:
            made = acting.connect_account(
                actor=staff_of(request), kind=kind, answers=form.answers(), now=timezone.now()
            )
        except (acting.AccountRefused, acting.NotLetIn) as refused:
            return _again(request, form, refused, {"setup": setup, "kind": kind, "kind_name": kind_name})
        return _after_saving(request, made)
    context = {"form": form, "setup": setup, "kind": kind, "kind_name": kind_name}
    return _form_page(request, context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.MANAGE_ACCOUNTS)
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: how it is doing, what is filled in, and what can be done with it."""
    viewer = staff_of(request)
    line = overview.account_line(viewer=viewer, account_id=pk, now=timezone.now())
    setup = acting.setup_of(line.kind)
    context = {"line": line, "said": said(line), "setup": setup, "kind": line.kind, "kind_name": kind_name}
    if setup is None:
        return _form_page(request, context)
    form = AccountForm(
        request.POST if request.method == "POST" else None, setup=setup, filled_in=line.filled_in, name=line.name,
        options=overview.account_options(viewer=viewer, account_id=pk), named=line.kind in acting.can_be_connected(),
    )  # fmt: skip
    if form.is_bound and form.is_valid():
        try:
            made = acting.change_account(actor=viewer, account_id=pk, answers=form.answers(), now=timezone.now())
        except (acting.AccountRefused, acting.NotLetIn) as refused:
            return _again(request, form, refused, context)
        return _after_saving(request, made)
    return _form_page(request, {**context, "form": form})


@require_POST
@staff_page(Permission.MANAGE_ACCOUNTS)
def account_test(request: HttpRequest, pk: int) -> HttpResponse:
    """Look now."""
    _say(request, acting.test_account(actor=staff_of(request), account_id=pk, now=timezone.now()))
    return redirect("desk:account_one", pk=pk)


@require_POST
@staff_page(Permission.MANAGE_ACCOUNTS)
def account_switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Off, or on again."""
    on = request.POST.get("move") == "on"
    acting.switch_account(actor=staff_of(request), account_id=pk, on=on, now=timezone.now())
    messages.success(request, _("Switched on.") if on else _("Switched off. Nothing goes out here any more."))
    return redirect("desk:account_one", pk=pk)


@require_POST
@staff_page(Permission.MANAGE_ACCOUNTS)
def account_hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Hold what goes out, or let it go on."""
    move = HOLDS.get(request.POST.get("move", ""))
    if move is None:
        raise Http404
    move(actor=staff_of(request), account_id=pk, now=timezone.now())
    on_hold = _("On hold. What has to go out waits until you go on.")
    messages.success(request, on_hold if move is hold_account else _("What waited goes out now."))
    return redirect("desk:account_one", pk=pk)


# ── signing in at the network ────────────────────────────────────────────────────────────────────
@require_safe
@staff_page(Permission.MANAGE_ACCOUNTS)
def account_sign_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Go to the network. What it has to give back is remembered in this session alone."""
    begun = acting.begin_sign_in(actor=staff_of(request), account_id=pk, callback=_callback())
    request.session[GOING] = {"account": pk, "state": begun.state, "verifier": begun.verifier}
    return redirect(begun.address)


@require_safe
@staff_page(Permission.MANAGE_ACCOUNTS)
def account_signed_in(request: HttpRequest) -> HttpResponse:
    """Back from the network, once: with a code, or with a no."""
    going = request.session.pop(GOING, None)
    if going is None or not secrets.compare_digest(going["state"].encode(), request.GET.get("state", "").encode()):
        messages.error(request, _("This did not begin here, or was used already. Begin again."))
        return redirect("desk:accounts")
    code = request.GET.get("code", "")
    if not code:
        messages.error(request, _("The network did not let us in: somebody said no there. Begin again when you like."))
        return redirect("desk:account_one", pk=going["account"])
    try:
        found = acting.finish_sign_in(
            actor=staff_of(request), account_id=going["account"], code=code, verifier=going["verifier"],
            callback=_callback(), now=timezone.now(),
        )  # fmt: skip
    except acting.NotLetIn as refused:
        found = refused.found
    _say(request, found)
    return redirect("desk:account_one", pk=going["account"])


def _callback() -> str:
    return settings.SITE_URL + reverse("desk:account_signed_in")


# ── what lies behind ─────────────────────────────────────────────────────────────────────────────
def _form_page(request: HttpRequest, context: dict[str, object]) -> HttpResponse:
    form = context.get("form")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if isinstance(form, AccountForm) and form.errors else HTTPStatus.OK
    always: dict[str, object] = {"line": None, "said": [], "form": None, "network_said": ""}
    found = {"callback": _callback(), "can_sign_in": _can_sign_in(str(context["kind"]))}
    return render(request, "desk/accounts/account.html", {**always, **found, **context}, status=status)


def _again(
    request: HttpRequest, form: AccountForm, refused: Exception, context: dict[str, object]
) -> HttpResponse:  # fmt: skip
    """The page once more with what is wrong; what was typed stays, but for the secrets."""
    if isinstance(refused, acting.NotLetIn):
        form.add_error(None, found_words(refused.found))
        context = {**context, "network_said": refused.found.problem}
    elif isinstance(refused, acting.AccountRefused):
        form.refuse(refused.field, str(refused))
    return _form_page(request, {**context, "form": form})


def _after_saving(request: HttpRequest, made: Account) -> HttpResponse:
    if made.enabled or not acting.signs_in(made):
        messages.success(request, _("Saved: the network lets us in."))
    else:
        messages.success(request, _("Saved. One step is left: sign in at the network."))
    return redirect("desk:account_one", pk=made.pk)


def _say(request: HttpRequest, found: Found) -> None:
    said_there = f" “{found.problem}”" if found.problem else ""
    (messages.success if found.good else messages.error)(request, found_words(found) + said_there)


def _can_sign_in(kind: str) -> bool:
    return kind in registry.kinds() and acting.signs_in(Account(kind=kind))


urlpatterns = [
    path("accounts/", accounts, name="accounts"),
    path("accounts/new/<str:kind>/", account_new, name="account_new"),
    path("accounts/signed-in/", account_signed_in, name="account_signed_in"),
    path("accounts/<int:pk>/", account, name="account_one"),
    path("accounts/<int:pk>/test/", account_test, name="account_test"),
    path("accounts/<int:pk>/switch/", account_switch, name="account_switch"),
    path("accounts/<int:pk>/hold/", account_hold, name="account_hold"),
    path("accounts/<int:pk>/sign-in/", account_sign_in, name="account_sign_in"),
]
