"""What every change of an announcement goes by, of its text as of its pictures."""

from datetime import datetime

from django.utils.translation import gettext as _

from stamtafel.announce.actions.problems import Outdated, WrongState
from stamtafel.announce.models import Announcement
from stamtafel.ledger.actions import append
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import require
from stamtafel.people.rules import Permission
from stamtafel.places.queries import municipality

State = Announcement.State


def locked(pk: int) -> Announcement:
    """The row as it is now, held until the transaction ends."""
    return Announcement.objects.select_for_update(of=("self",)).select_related("changed_by").get(pk=pk)


def opened(announcement: Announcement, version: int) -> Announcement:
    """The row as it is now, locked; Outdated when the editor looked at an older one."""
    current = locked(announcement.pk)
    if current.version != version:
        who = current.changed_by.name if current.changed_by else ""
        raise Outdated(who=who, at=current.changed_at, version=current.version)
    return current


def may_change(current: Announcement, actor: StaffMember | None) -> None:
    """Raises WrongState where nothing changes any more, Forbidden where only an approver changes what is public."""
    if current.state == State.SCHEDULED:
        raise WrongState(_("This announcement is scheduled. Take it out of the schedule first, then change it."))
    if current.state == State.WITHDRAWN:
        raise WrongState(_("This announcement is withdrawn. Its text stays as it was."))
    if current.state == State.PUBLISHED and municipality().four_eyes:
        require(actor, Permission.APPROVE_ANNOUNCEMENTS)


def step_on(current: Announcement, actor: StaffMember | None) -> None:
    """Save the row one number higher, and remember whose hand it was: that one does not approve it."""
    current.version += 1
    current.changed_by = actor
    current.save()
    if actor is not None:
        current.hands.add(actor)


def corrected(announcement: Announcement, now: datetime) -> None:
    """Say on the page and in the log that something changed after it was published."""
    announcement.corrected_at = now
    announcement.save(update_fields=["corrected_at"])
    append(
        kind="announcement.corrected",
        subject=f"announcement:{announcement.pk}",
        data={"version": announcement.version},
        now=now,
    )
