"""The mails that let staff in."""

import uuid
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from stamtafel.channels.actions import deliver
from stamtafel.channels.contract import Draft
from stamtafel.people.models import StaffMember
from stamtafel.places.queries import municipality


def link_address(token: str, *, go_to: str = "") -> str:
    """The whole address of a sign-in link."""
    query = f"?{urlencode({'next': go_to})}" if go_to and go_to != "/desk/" else ""
    return settings.SITE_URL + reverse("desk:sign_in_link", kwargs={"token": token}) + query


def send_sign_in_link(*, staff: StaffMember, token: str, go_to: str, now: datetime) -> None:
    """Mail the link that this person asked for."""
    with translation.override(staff.language):
        draft = Draft(
            subject=_("Your link to the desk of %(name)s") % {"name": municipality().name},
            body=_(
                "Hello %(name)s,\n\nOpen the link below to sign in. It works once, for 15 minutes.\n\n"
                "Did you not ask for this? Then you do not have to do anything. Do not share this link with anyone."
            )
            % {"name": staff.name},
            link=link_address(token, go_to=go_to),
            link_text=_("Sign in"),
            language=staff.language,
        )
    _send(staff, draft, now)


def send_invitation(*, staff: StaffMember, token: str, now: datetime) -> None:
    """Mail the first link to who was invited."""
    with translation.override(staff.language):
        draft = Draft(
            subject=_("You can work at the desk of %(name)s") % {"name": municipality().name},
            body=_(
                "Hello %(name)s,\n\nYou now have an account at the desk. Open the link below to sign in for the first "
                "time. It works once, for 3 days.\n\n"
                "After that you sign in at %(desk)s with your work e-mail address and a code from an app on your "
                "phone. The first time we help you to set that up."
            )
            % {"name": staff.name, "desk": f"<{settings.SITE_URL}{reverse('desk:today')}>"},
            link=link_address(token),
            link_text=_("Sign in for the first time"),
            language=staff.language,
        )
    _send(staff, draft, now)


def _send(staff: StaffMember, draft: Draft, now: datetime) -> None:
    key = f"sign-in:{staff.pk}:{uuid.uuid4().hex}"
    deliver(kind="email", key=key, purpose="sign-in", draft=draft, recipient=staff.email, due_at=now)
