"""Signing in at the municipality's own identity provider: there and back. Loaded only where there is one."""

import logging
from collections.abc import Callable
from dataclasses import asdict
from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from stamtafel.people import actions
from stamtafel.web.desk import oidc
from stamtafel.web.desk.access import refusal

logger = logging.getLogger(__name__)
ATTEMPT: Final = "oidc_attempt"


def start(request: HttpRequest, *, go_to: str) -> HttpResponse:
    """To the provider."""
    attempt = oidc.new_attempt(go_to)
    try:
        address = oidc.authorization_address(attempt)
    except oidc.ProviderRefused as error:
        return _refused(request, error)
    request.session[ATTEMPT] = asdict(attempt)
    return redirect(address)


def come_back(request: HttpRequest, *, come_in: Callable[..., HttpResponse]) -> HttpResponse:
    """Back from the provider; what we sent along counts once. ``come_in`` starts the session."""
    attempt = request.session.pop(ATTEMPT, None)
    try:
        if attempt is None:
            raise oidc.ProviderRefused("no attempt in this session")  # noqa: TRY301 - answered like the others
        now = timezone.now()
        found = oidc.identity(attempt=oidc.Attempt(**attempt), answer=request.GET.dict(), now=now)
        staff = actions.sign_in_by_identity(identity=found, now=now)
    except oidc.ProviderRefused as error:
        return _refused(request, error)
    except actions.UnknownIdentity as error:
        return refusal(request, str(error), HTTPStatus.FORBIDDEN)
    return come_in(request, staff, second_factor="identity provider", go_to=attempt["go_to"])


def _refused(request: HttpRequest, error: oidc.ProviderRefused) -> HttpResponse:
    logger.warning("sign-in at the provider refused: %s", error.why)
    return refusal(request, str(error), HTTPStatus.BAD_REQUEST)
