"""Staff at the door, and signed in."""

from django.contrib.auth import BACKEND_SESSION_KEY
from django.test import Client
from django.utils import timezone

from stamtafel.people.models import StaffMember

BACKEND = "stamtafel.people.backends.SignInLinkBackend"


def signed_in(client: Client, staff: StaffMember, *, second_factor: str = "code") -> Client:
    """The client with a session of this member; ``second_factor=""`` stops before that step."""
    client.force_login(staff, backend=BACKEND)
    session = client.session
    assert session[BACKEND_SESSION_KEY] == BACKEND
    session["signed_in_at"] = session["seen_at"] = timezone.now().timestamp()
    if second_factor:
        session["second_factor"] = second_factor
    session.save()
    return client
