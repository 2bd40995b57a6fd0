"""What every page knows."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from stamtafel.places.queries import municipality


def everywhere(request: HttpRequest) -> dict[str, Any]:
    """The municipality, and the nonce that the content security policy asks of scripts."""
    return {
        "municipality": municipality(),
        "csp_nonce": SimpleLazyObject(lambda: str(getattr(request, "csp_nonce", ""))),
    }
