"""``stamtafel staff``: let the first people in, from the machine itself."""

import argparse
import sys

from django.db import transaction
from django.utils import timezone

from stamtafel.people.actions.sign_in import make_sign_in_link
from stamtafel.people.actions.staff import AlreadyStaff, IncompleteStaff, invite_staff
from stamtafel.people.models import StaffMember
from stamtafel.people.rules import Role
from stamtafel.web.desk.mail import link_address


def run(arguments: list[str]) -> int:
    """Add a staff member, or make a new sign-in link for one; prints the link and sends no mail."""
    options = _parser().parse_args(arguments)
    try:
        address = _add(options) if options.action == "add" else sign_in_address(options.email)
    except (AlreadyStaff, IncompleteStaff) as error:
        print(f"stamtafel: {error}", file=sys.stderr)
        return 1
    except StaffMember.DoesNotExist:
        print(f"stamtafel: nobody here has the address {options.email}.", file=sys.stderr)
        return 1
    print(address)
    return 0


def sign_in_address(email: str) -> str:
    """A new link that signs this member in, once, within 15 minutes. Raises StaffMember.DoesNotExist."""
    staff = StaffMember.objects.get(email__iexact=email, is_active=True)
    return link_address(make_sign_in_link(staff=staff, now=timezone.now()))


@transaction.atomic
def _add(options: argparse.Namespace) -> str:
    _staff, token = invite_staff(
        actor=None,
        email=options.email,
        name=options.name,
        roles=options.role,
        department=options.department,
        language=options.language,
        now=timezone.now(),
    )
    return link_address(token)


def _parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="stamtafel staff", description=run.__doc__)
    actions = made.add_subparsers(dest="action", required=True)
    add = actions.add_parser("add", help="add a staff member; the link works once, for 3 days")
    add.add_argument("email")
    add.add_argument("--name", required=True)
    add.add_argument("--role", action="append", required=True, choices=list(Role), metavar="ROLE")
    add.add_argument("--department", default="")
    add.add_argument("--language", default="nl", choices=["nl", "en"])
    link = actions.add_parser("link", help="make a sign-in link; it works once, for 15 minutes")
    link.add_argument("email")
    return made
