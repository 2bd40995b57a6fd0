"""Who may do what."""

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from stamtafel.people.models import StaffMember
from stamtafel.people.rules import Permission


class Forbidden(Exception):
    """The actor lacks the right; the sentence is for them."""

    def __init__(self, permission: Permission) -> None:
        super().__init__(_("You do not have the right to do this. Ask an administrator if you need it."))
        self.permission = permission


def require(actor: StaffMember | None, permission: Permission) -> None:
    """Let the actor through or raise Forbidden. ``None`` is the system itself (jobs, imports)."""
    if actor is not None and not actor.can(permission):
        raise Forbidden(permission)


def staff_list(viewer: StaffMember) -> QuerySet[StaffMember]:
    """Everybody who works or worked here, with ``has_app``: whether their second factor is set up.

    Raises Forbidden.
    """
    require(viewer, Permission.MANAGE_STAFF)
    app = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
    return StaffMember.objects.annotate(has_app=Exists(app)).order_by("-is_active", "name", "pk")


def recovery_codes_left(staff: StaffMember) -> int:
    """How many recovery codes this member can still use."""
    return staff.recovery_codes.filter(used_at=None).count()
