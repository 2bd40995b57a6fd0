"""The side bar of the desk: only what this person may open."""

from typing import Final

from stamtafel.people.models import StaffMember
from stamtafel.people.rules import Permission
from stamtafel.web.design.navigation import Entry, desk_menu

OPENS: Final[dict[str, Permission]] = {
    "desk:inbox": Permission.SEE_INBOX,
    "desk:contributions": Permission.SEE_CONTRIBUTIONS,
    "desk:topics": Permission.EDIT_TOPICS,
    "desk:decisions": Permission.DECIDE,
    "desk:announcements": Permission.WRITE_ANNOUNCEMENTS,
    "desk:calendar": Permission.WRITE_ANNOUNCEMENTS,
    "desk:sessions": Permission.RECORD_FIELDWORK,
    "desk:reach": Permission.SEE_REACH,
    "desk:deliveries": Permission.SEE_DELIVERIES,
    "desk:crisis": Permission.STOP_EVERYTHING,
    "desk:accounts": Permission.MANAGE_ACCOUNTS,
    "desk:figures": Permission.SEE_REACH,
    "desk:people": Permission.MANAGE_STAFF,
    "desk:settings": Permission.MANAGE_SETTINGS,
}


def menu_for(staff: StaffMember) -> tuple[Entry, ...]:
    """The entries that open for this person, in the order of the menu."""
    return tuple(entry for entry in desk_menu() if staff.can(OPENS.get(entry.view, Permission.SEE_DESK)))
