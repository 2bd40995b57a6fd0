"""Letting staff in: by a link to their mailbox, or by the municipality's own identity provider."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from stamtafel.ledger.actions import append
from stamtafel.people.models import SignInLink, StaffMember
from stamtafel.people.rules import Identity, Role, known_roles

LINK_VALID: Final = timedelta(minutes=15)
INVITATION_VALID: Final = timedelta(days=3)
LINK_AT_MOST_EVERY: Final = timedelta(minutes=1)


class LinkRefused(ValueError):
    """The link is unknown, used or too old."""

    def __init__(self) -> None:
        super().__init__(_("This link does not work any more. It works once, and for a short time. Ask for a new one."))


class UnknownIdentity(ValueError):
    """The identity provider knows this person, the desk does not."""

    def __init__(self) -> None:
        super().__init__(_("You have no account at this desk yet. Ask an administrator to invite you."))


def make_sign_in_link(*, staff: StaffMember, now: datetime, valid: timedelta = LINK_VALID) -> str:
    """A new token (43 characters) for ``desk:sign_in_link``; only its digest is stored."""
    token = secrets.token_urlsafe(32)
    SignInLink.objects.create(staff=staff, digest=_digest(token), expires_at=now + valid)
    return token


@transaction.atomic
def ask_for_link(*, email: str, now: datetime) -> tuple[StaffMember, str] | None:
    """The member with this address and a new token; None for who is unknown, left, or asked a minute ago.

    Callers answer the same in all cases, so that nobody learns who works here.
    """
    staff = StaffMember.objects.select_for_update().filter(email__iexact=email.strip(), is_active=True).first()
    if staff is None:
        return None
    fresh = now + LINK_VALID - LINK_AT_MOST_EVERY
    if SignInLink.objects.filter(
        staff=staff, used_at=None, expires_at__gt=fresh, expires_at__lte=now + LINK_VALID
    ).exists():
        return None
    return staff, make_sign_in_link(staff=staff, now=now)


@transaction.atomic
def use_sign_in_link(*, token: str, now: datetime) -> StaffMember:
    """Use the link up and say whose it is. Raises LinkRefused for a link that is unknown, used or too old."""
    links = SignInLink.objects.filter(digest=_digest(token), used_at=None, expires_at__gt=now, staff__is_active=True)
    if not links.update(used_at=now):  # one statement: of two clicks at once only one comes in
        raise LinkRefused
    return StaffMember.objects.get(sign_in_links__digest=_digest(token))


@transaction.atomic
def sign_in_by_identity(*, identity: Identity, now: datetime) -> StaffMember:
    """The member that the provider named: by subject, the first time by verified mail address.

    Roles follow the provider when it says something about them; only the last administrator stays one.
    Raises UnknownIdentity for who is not in the list or left.
    """
    staff = StaffMember.objects.select_for_update().filter(oidc_subject=identity.subject).first()
    if staff is None and identity.email_verified and identity.email:
        staff = StaffMember.objects.select_for_update().filter(email__iexact=identity.email, oidc_subject="").first()
    if staff is None or not staff.is_active or not identity.subject:
        raise UnknownIdentity
    if staff.oidc_subject != identity.subject:
        staff.oidc_subject = identity.subject
        staff.save(update_fields=["oidc_subject"])
        append(kind="staff_linked", subject=f"staff:{staff.pk}", data={}, now=now)
    if identity.roles is not None:
        _follow_roles(staff, known_roles(identity.roles), now)
    return staff


def _follow_roles(staff: StaffMember, roles: list[str], now: datetime) -> None:
    if Role.ADMINISTRATOR in staff.roles and Role.ADMINISTRATOR not in roles and not other_administrators(staff):
        roles = known_roles([*roles, Role.ADMINISTRATOR])
    if set(roles) != set(staff.roles):
        staff.roles = roles
        staff.save(update_fields=["roles"])
        append(kind="staff_roles", subject=f"staff:{staff.pk}", data={"roles": roles, "by": "provider"}, now=now)


def other_administrators(staff: StaffMember) -> bool:
    """Whether somebody else who still works here is administrator. Locks them until the transaction ends."""
    # a handful of rows; JSON containment differs between databases
    active = StaffMember.objects.select_for_update().filter(is_active=True).exclude(pk=staff.pk).order_by("pk")
    return any(Role.ADMINISTRATOR in member.roles for member in active)


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
