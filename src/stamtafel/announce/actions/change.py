"""What every change of an announcement goes by, of its text as of its pictures."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from stamtafel.announce.actions.problems import FourEyes, Outdated, WrongState
from stamtafel.announce.models import Announcement, Version
from stamtafel.ledger.actions import append
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import Forbidden, require
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


def not_own(current: Announcement, actor: StaffMember | None) -> None:
    """Raises FourEyes where four eyes are asked and the actor wrote in this text or changed its pictures."""
    if municipality().four_eyes and actor is not None and actor.pk in _hands(current):
        raise FourEyes


def _hands(current: Announcement) -> set[int | None]:
    writers: Iterable[int | None] = Version.objects.filter(announcement=current).values_list("by_id", flat=True)
    return {current.author_id, current.changed_by_id, *writers, *current.hands.values_list("pk", flat=True)}


def why_not_change(announcement: Announcement, actor: StaffMember) -> str:
    """Why this member can't change the text as it is now, for the page; "" where they can."""
    try:
        may_change(announcement, actor)
    except WrongState as refused:
        return str(refused)
    except Forbidden:
        return _("This is public. Only a colleague who may approve announcements can change it. Ask one of them.")
    return ""


def why_not_approve(announcement: Announcement, actor: StaffMember) -> str:
    """Why this member can't approve the text as it is now, for the page; "" where they can."""
    if not actor.can(Permission.APPROVE_ANNOUNCEMENTS):
        return _("Somebody who may approve sees it on their page “Today”.")
    try:
        not_own(announcement, actor)
    except FourEyes as refused:
        return str(refused)
    return ""


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
