"""What of dossiers waits for somebody, for the desk's page of today."""

from django.db.models import QuerySet

from stamtafel.dossier.models import Contribution, Decision, Moderation, Topic
from stamtafel.dossier.queries.desk import in_box
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import require
from stamtafel.people.rules import Permission


def to_read(*, viewer: StaffMember) -> QuerySet[Contribution]:
    """Contributions that nobody can see until somebody read them, oldest first. Raises Forbidden."""
    require(viewer, Permission.MODERATE)
    waiting = Contribution.objects.filter(
        topic__moderation=Topic.Moderation.BEFORE,
        published_at=None,
        erased_at=None,
        state__in=Contribution.PUBLIC_STATES,
    )
    return waiting.only("title", "created_at").order_by("created_at", "pk")


def waiting_to_be_shown(viewer: StaffMember) -> QuerySet[Contribution]:
    """Contributions that nobody can read until a moderator shows them. Raises Forbidden."""
    require(viewer, Permission.MODERATE)
    return Contribution.objects.filter(in_box("to_read"))


def objections(*, viewer: StaffMember) -> QuerySet[Moderation]:
    """Objections against hiding that nobody settled yet, oldest first. Raises Forbidden."""
    require(viewer, Permission.MODERATE)
    open_ones = Moderation.objects.filter(objected_at__isnull=False, settled_at=None)
    return open_ones.select_related("contribution", "reaction__contribution").order_by("objected_at", "pk")


def draft_decisions(*, viewer: StaffMember) -> QuerySet[Decision]:
    """Decisions that are not published yet, oldest first. Raises Forbidden."""
    require(viewer, Permission.DECIDE)
    return Decision.objects.filter(published_at=None).only("title", "created_at").order_by("created_at", "pk")
