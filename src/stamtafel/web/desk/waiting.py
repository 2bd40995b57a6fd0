"""How much waits for one member, as the side bar says it."""

from collections.abc import Callable
from typing import Any, Final

from django.db.models import QuerySet

from stamtafel.announce.queries.desk import waiting_for_approval
from stamtafel.channels.queries import in_trouble
from stamtafel.dossier.queries.today import waiting_to_be_shown
from stamtafel.inbox.queries import waiting_to_be_answered
from stamtafel.people.models import StaffMember
from stamtafel.people.rules import Permission

MOST: Final = 99  # beyond that it says "99+": counting all has no use
Waiting = Callable[[StaffMember], QuerySet[Any]]

# entry of the menu → who can do something about it, and what waits there
COUNTED: Final[dict[str, tuple[Permission, Waiting]]] = {
    "desk:inbox": (Permission.SEE_INBOX, waiting_to_be_answered),
    "desk:contributions": (Permission.MODERATE, waiting_to_be_shown),
    "desk:announcements": (Permission.APPROVE_ANNOUNCEMENTS, lambda viewer: waiting_for_approval(viewer=viewer)),
    "desk:deliveries": (Permission.SEE_DELIVERIES, in_trouble),
}


def waiting(viewer: StaffMember) -> dict[str, int]:
    """Entry of the menu → how much waits there, up to one more than MOST: at most four queries of an index each."""
    return {
        view: found(viewer).order_by()[: MOST + 1].count()
        for view, (right, found) in COUNTED.items()
        if viewer.can(right)
    }
