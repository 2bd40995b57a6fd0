"""Asking for a code of the second factor: at the door, and before something of it changes."""

from typing import Any

import segno
from axes.handlers.proxy import AxesProxyHandler
from django import forms
from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.utils.translation import gettext_lazy
from markupsafe import Markup

from stamtafel.people.actions.second_factor import Setup, WrongCode
from stamtafel.web.desk.access import staff_of


class CodeForm(forms.Form):
    """Six digits from the app, or a recovery code."""

    code = forms.CharField(
        label=gettext_lazy("Code from your app"),
        max_length=30,
        error_messages={"required": gettext_lazy("Fill in the six digits that the app shows now.")},
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "text",
                "autofocus": True,
                "spellcheck": "false",
            }
        ),
    )


def may_try(request: HttpRequest) -> bool:
    """Whether this member did not try too many wrong codes lately."""
    return bool(AxesProxyHandler.is_allowed(request, {"username": staff_of(request).email}))


def count_wrong(request: HttpRequest, form: CodeForm, error: WrongCode) -> None:
    """Say it at the field, and let django-axes count it."""
    authenticate(request, username=staff_of(request).email, staff=None)
    form.add_error("code", str(error))


def drawn(setup: Setup) -> dict[str, Any]:
    """The QR code as SVG, and the secret in groups of four for who types it."""
    svg = segno.make(setup.address, error="m").svg_inline(scale=5, dark="#1a1a1a", light="#ffffff", border=2)
    groups = " ".join(setup.secret[start : start + 4] for start in range(0, len(setup.secret), 4))
    return {"qr": Markup(svg), "secret": groups}  # noqa: S704 - drawn by segno from our own address
