"""What staff read of announcements."""

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from stamtafel.announce.models import Announcement, Version
from stamtafel.dossier.queries.desk_search import containing
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import require
from stamtafel.people.rules import Permission

State = Announcement.State
SHOWN = 50


@dataclass(frozen=True)
class Shelf:
    """The announcements in one state (None: all), and how many there are in each."""

    items: list[Announcement]
    counts: dict[str, int]


def shelf(*, viewer: StaffMember | None, state: str | None) -> Shelf:
    """The list of the desk: what changed last comes first. Raises Forbidden."""
    require(viewer, Permission.WRITE_ANNOUNCEMENTS)
    found = Announcement.objects.select_related("author", "changed_by").order_by("-changed_at", "-pk")
    if state:
        found = found.filter(state=state)
    fields = ("title", "state", "publish_at", "published_at", "withdrawn_at", "changed_at")
    rows = found.only(*fields, "author__name", "changed_by__name")[:SHOWN]
    counted = Announcement.objects.order_by().values_list("state").annotate(n=Count("pk"))
    return Shelf(list(rows), dict(counted))


def to_write(*, viewer: StaffMember | None, pk: int) -> Announcement:
    """One announcement as an editor needs it. Raises Forbidden, Announcement.DoesNotExist."""
    require(viewer, Permission.WRITE_ANNOUNCEMENTS)
    related = Announcement.objects.select_related("author", "changed_by", "approved_by")
    return related.prefetch_related("pictures", "topics", "areas").get(pk=pk)


def versions(*, viewer: StaffMember | None, announcement: Announcement) -> QuerySet[Version]:
    """The versions, the newest first. Raises Forbidden."""
    require(viewer, Permission.WRITE_ANNOUNCEMENTS)
    return Version.objects.filter(announcement=announcement).select_related("by").order_by("-number")


def announcements_with(*, viewer: StaffMember | None, text: str) -> QuerySet[Announcement]:
    """Announcements in any state with these words, what changed last first. Raises Forbidden."""
    require(viewer, Permission.WRITE_ANNOUNCEMENTS)
    found = containing(Announcement.objects.all(), text, "title", "lead", "body", "meaning")
    fields = ("title", "lead", "state", "published_at", "changed_at", "author__name")
    return found.select_related("author").only(*fields).order_by("-changed_at", "-pk")


def waiting_for_approval(*, viewer: StaffMember) -> QuerySet[Announcement]:
    """What waits for this member's approval (for the page "Today"); nothing for who may not approve."""
    if not viewer.can(Permission.APPROVE_ANNOUNCEMENTS):
        return Announcement.objects.none()
    waiting = Announcement.objects.filter(state=State.WAITING).exclude(author=viewer)
    return waiting.order_by("changed_at")
