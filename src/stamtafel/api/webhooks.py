"""The addresses that networks call: ``/hooks/<kind>/<account>/<unguessable>/``.

No session, no cookie, no limit on how often: whether a call counts, its signature says. A network that gets no quick
answer stops calling, so that nothing is done here but keeping what came.
"""

import logging
from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from stamtafel.channels import hearing
from stamtafel.channels.contract import Webhooks
from stamtafel.channels.models import Account
from stamtafel.channels.queries import credentials_of
from stamtafel.channels.vault import CannotOpen

logger = logging.getLogger(__name__)
LARGEST: Final = 3 * 1024 * 1024  # bytes; WhatsApp's documentation names 3 MB as the most that it sends in one call


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def hook(request: HttpRequest, kind: str, account: int, token: str) -> HttpResponse:
    """GET: the proof that the address is ours. POST: what people said; 200 when it is kept."""
    found = hearing.account_behind(kind=kind, pk=account, key=token)
    if found is None:
        return _plain(HTTPStatus.NOT_FOUND)
    try:
        return _told(request, *found) if request.method == "POST" else _proof(request, *found)
    except CannotOpen as error:  # the network comes back later
        logger.error("A call of %s could not be taken: %s", kind, error)  # noqa: TRY400 - a setting, not a fault
        return _plain(HTTPStatus.SERVICE_UNAVAILABLE)


def _proof(request: HttpRequest, account: Account, channel: Webhooks) -> HttpResponse:
    answer = channel.challenge(request.GET.dict(), credentials_of(account))
    if answer is None:
        return _plain(HTTPStatus.FORBIDDEN)
    form = "application/json" if answer.startswith("{") else "text/plain; charset=utf-8"
    return HttpResponse(answer, content_type=form)


def _told(request: HttpRequest, account: Account, channel: Webhooks) -> HttpResponse:
    body = _body(request)
    if body is None:
        return _plain(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        hearing.be_told(account=account, channel=channel, headers=headers, body=body, now=timezone.now())
    except hearing.NotGenuine:
        return _plain(HTTPStatus.FORBIDDEN)
    except hearing.ForeignForm:
        return _plain(HTTPStatus.BAD_REQUEST)
    return _plain(HTTPStatus.OK)


def _body(request: HttpRequest) -> bytes | None:
    """The very bytes; None when there are too many, of which none more is read than tells so."""
    said = request.META.get("CONTENT_LENGTH") or "0"
    if not (said.isascii() and said.isdigit()) or int(said) > LARGEST:
        return None
    body: bytes = request.read(LARGEST + 1)
    return body if len(body) <= LARGEST else None


def _plain(status: HTTPStatus) -> HttpResponse:
    return HttpResponse(status=status, content_type="text/plain; charset=utf-8")


urlpatterns = [path("<str:kind>/<int:account>/<str:token>/", hook, name="hook")]
