"""Who works here and what they may do. Everything is in the log, by number and never by name."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext as _

from stamtafel.ledger.actions import append
from stamtafel.people.actions.sign_in import INVITATION_VALID, make_sign_in_link, other_administrators
from stamtafel.people.addresses import is_mail_address
from stamtafel.people.models import SignInLink, StaffMember
from stamtafel.people.queries import require
from stamtafel.people.rules import Permission, Role, known_roles

LANGUAGES: Final = ("nl", "en")
LONGEST_NAME: Final = 120


class LastAdministrator(ValueError):
    """Without an administrator nobody could let people in any more."""

    def __init__(self) -> None:
        super().__init__(_("This is the last administrator. Make somebody else administrator first."))


class AlreadyStaff(ValueError):
    """There is a member with this address."""

    def __init__(self) -> None:
        super().__init__(_("Somebody with this e-mail address is already here. Look in the list below."))


class IncompleteStaff(ValueError):
    """A name, address or role is missing or wrong; the sentence says which."""


@transaction.atomic
def invite_staff(
    *,
    actor: StaffMember | None,
    email: str,
    name: str,
    roles: Iterable[str],
    department: str = "",
    language: str = "nl",
    now: datetime,
) -> tuple[StaffMember, str]:
    """Add a member and make their first link (valid 3 days), which the caller sends.

    Raises Forbidden, AlreadyStaff, and IncompleteStaff for a wrong address, no name or no known role.
    """
    require(actor, Permission.MANAGE_STAFF)
    address, granted = _checked(email, name, roles)
    if StaffMember.objects.filter(email__iexact=address).exists():
        raise AlreadyStaff
    staff = StaffMember(
        email=address, name=name.strip(), roles=granted, department=department.strip(), language=language
    )
    staff.set_unusable_password()
    staff.save()
    _log("staff_added", staff, actor, now, roles=granted)
    return staff, make_sign_in_link(staff=staff, now=now, valid=INVITATION_VALID)


@transaction.atomic
def invite_again(*, actor: StaffMember | None, staff: StaffMember, now: datetime) -> str:
    """A new first link for who did not come in yet; earlier ones end."""
    require(actor, Permission.MANAGE_STAFF)
    SignInLink.objects.filter(staff=staff, used_at=None).delete()
    return make_sign_in_link(staff=staff, now=now, valid=INVITATION_VALID)


@transaction.atomic
def change_roles(*, actor: StaffMember | None, staff: StaffMember, roles: Iterable[str], now: datetime) -> None:
    """Give a member these roles instead.

    Raises Forbidden, LastAdministrator, and IncompleteStaff for no known role.
    """
    require(actor, Permission.MANAGE_STAFF)
    staff = StaffMember.objects.select_for_update().get(pk=staff.pk)
    granted = known_roles(roles)
    if not granted:
        raise IncompleteStaff(_("Choose at least one role, or close the account."))
    if Role.ADMINISTRATOR not in granted:
        _keep_an_administrator(staff)
    if granted != known_roles(staff.roles):
        staff.roles = granted
        staff.save(update_fields=["roles"])
        _log("staff_roles", staff, actor, now, roles=granted)


@transaction.atomic
def close_account(*, actor: StaffMember | None, staff: StaffMember, now: datetime) -> None:
    """Let a member who left in no more; their sessions and links end at once. What they wrote stays.

    Raises Forbidden and LastAdministrator.
    """
    require(actor, Permission.MANAGE_STAFF)
    staff = StaffMember.objects.select_for_update().get(pk=staff.pk)
    _keep_an_administrator(staff)
    staff.is_active = False
    staff.save(update_fields=["is_active"])
    end_sessions(staff)
    SignInLink.objects.filter(staff=staff).delete()
    _log("staff_closed", staff, actor, now)


@transaction.atomic
def reopen_account(*, actor: StaffMember | None, staff: StaffMember, now: datetime) -> None:
    """Let a member in again, with the roles they had."""
    require(actor, Permission.MANAGE_STAFF)
    if StaffMember.objects.filter(pk=staff.pk, is_active=False).update(is_active=True):
        _log("staff_reopened", staff, actor, now)


def change_own_account(*, staff: StaffMember, name: str, language: str) -> None:
    """A member's own name and the language of the desk for them ("nl" or "en").

    Raises IncompleteStaff without a name, or for a language that the desk does not speak.
    """
    if not name.strip() or len(name.strip()) > LONGEST_NAME:
        raise IncompleteStaff(_("Fill in a name."))
    if language not in LANGUAGES:
        raise IncompleteStaff(_("Choose Dutch or English."))
    staff.name, staff.language = name.strip(), language
    staff.save(update_fields=["name", "language"])


@transaction.atomic
def sign_out_everywhere(*, staff: StaffMember, now: datetime) -> None:
    """End all sessions of a member and the sign-in links that wait in their mailbox. The caller keeps its own."""
    end_sessions(staff)
    SignInLink.objects.filter(staff=staff, used_at=None).delete()
    _log("staff_signed_out", staff, staff, now)


def end_sessions(staff: StaffMember) -> None:
    """Every session carries the old mark, so it ends at its next page."""
    staff.set_unusable_password()
    staff.save(update_fields=["password"])


def forget_old_sign_ins(now: datetime) -> int:
    """Delete links and sessions that ended; gives how many."""
    links, _kinds = SignInLink.objects.filter(expires_at__lt=now).delete()
    sessions, _kinds = Session.objects.filter(expire_date__lt=now).delete()
    return links + sessions


def _checked(email: str, name: str, roles: Iterable[str]) -> tuple[str, list[str]]:
    address, granted = email.strip().lower(), known_roles(roles)
    if not is_mail_address(address):
        raise IncompleteStaff(_("This e-mail address is not complete."))
    if not name.strip():
        raise IncompleteStaff(_("Fill in a name."))
    if not granted:
        raise IncompleteStaff(_("Choose at least one role."))
    return address, granted


def _keep_an_administrator(staff: StaffMember) -> None:
    if Role.ADMINISTRATOR in staff.roles and staff.is_active and not other_administrators(staff):
        raise LastAdministrator


def _log(kind: str, staff: StaffMember, actor: StaffMember | None, now: datetime, **data: object) -> None:
    append(kind=kind, subject=f"staff:{staff.pk}", data={**data, "by": actor.pk if actor else None}, now=now)
