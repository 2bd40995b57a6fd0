"""How django-axes counts wrong tries to come in: per internet address and account, and per account everywhere."""

from datetime import timedelta
from typing import Any, Final

from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username, get_cool_off
from axes.models import AccessAttempt
from django.db.models import Sum
from django.http import HttpRequest
from django.utils import timezone

from stamtafel.web.design.logs import without_secrets

LINK: Final = "link"  # counts as the account where we can't know whose it was: a link that we did not give
ADDRESSES: Final = 10  # so many addresses that are all but locked out lock the account everywhere


class Attempts(AxesDatabaseHandler):
    """Colleagues behind one address do not lock each other out; who guesses from many addresses is stopped too."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Wrong tries lately on this account from here, or a tenth of those from everywhere when that is more."""
        here: int = super().get_failures(request, credentials)
        account = get_client_username(request, credentials)
        if account in {None, "", LINK}:
            return here
        since = timezone.now() - (get_cool_off(request) or timedelta())
        tries = AccessAttempt.objects.filter(username=account, attempt_time__gte=since)
        everywhere = tries.aggregate(n=Sum("failures_since_start"))["n"] or 0
        return max(here, everywhere // ADDRESSES)

    def user_login_failed(
        self, sender: object, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
    ) -> None:
        """Count it. The address of a link that was refused may still open something one day: keep its token out."""
        if request is not None:
            request.axes_path_info = without_secrets(request.axes_path_info)  # type: ignore[attr-defined]
        super().user_login_failed(sender, credentials, request, **kwargs)
