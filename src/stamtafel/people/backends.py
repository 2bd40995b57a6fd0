"""How Django finds the staff member behind a session."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from stamtafel.people.models import StaffMember


class SignInLinkBackend(BaseBackend):
    """Staff sign in by a one-time link or by OIDC: ``people.actions`` checks it and hands over the member."""

    def authenticate(
        self,
        request: HttpRequest | None,  # noqa: ARG002 - Django's contract
        *,
        staff: StaffMember | None = None,
        **_rest: Any,
    ) -> StaffMember | None:
        """The member that an action found, when still active."""
        return staff if staff is not None and staff.is_active else None

    def get_user(self, user_id: int) -> StaffMember | None:
        """The member of a session; nobody once they left."""
        return StaffMember.objects.filter(pk=user_id, is_active=True).first()
