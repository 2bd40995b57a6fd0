"""Reads on conversations, always told who is looking."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet

from stamtafel.dossier.models import Contribution
from stamtafel.inbox.models import CannedReply, Conversation, Message, SavedFilter
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import require
from stamtafel.people.rules import Permission

PAGE: Final = 40


@dataclass(frozen=True)
class Filters:
    """What the list shows; every field from the address line, empty = no limit."""

    box: str = "open"  # open, mine, free, late, later, closed, all
    kind: str = ""
    channel: str = ""
    topic: str = ""
    area: str = ""
    text: str = ""


@dataclass(frozen=True)
class Waiting:
    """How much of the inbox waits."""

    mine: int
    free: int
    late: int


def conversations(viewer: StaffMember, filters: Filters, *, now: datetime) -> QuerySet[Conversation]:
    """Conversations for the list, those that wait longest first, closed ones newest first."""
    require(viewer, Permission.SEE_INBOX)
    found = Conversation.objects.select_related(
        "assignee", "claimed_by", "contribution__topic", "contribution__area"
    )
    found = found.filter(in_box(filters.box, viewer, now))
    for name, value in (("kind", filters.kind), ("channel", filters.channel)):
        found = found.filter(**{name: value}) if value else found
    if filters.topic:
        found = found.filter(contribution__topic__slug=filters.topic)
    if filters.area:
        found = found.filter(contribution__area__code=filters.area)
    if filters.text:
        found = found.filter(
            Q(subject__icontains=filters.text) | Q(messages__text__icontains=filters.text)
        ).distinct()
    return found.defer("contribution__area__geometry", "contribution__area__path", "contribution__terms")


def in_box(box: str, viewer: StaffMember, now: datetime) -> Q:
    """The condition of one box."""
    is_open = Q(state=Conversation.State.OPEN)
    boxes = {
        "mine": is_open & Q(assignee=viewer),
        "free": is_open & Q(assignee=None, waits_since__isnull=False),
        "late": is_open & Q(waits_since__isnull=False, answer_due_at__lt=now),
        "later": Q(state=Conversation.State.SNOOZED),
        "closed": Q(state=Conversation.State.CLOSED),
        "all": Q(),
    }
    return boxes.get(box, is_open)


def page_of(found: QuerySet[Conversation], *, after: str = "") -> tuple[list[Conversation], str]:
    """One page by keyset on the last message, newest first, and the mark of the next ("" = no more)."""
    moment, _, pk = after.partition("_")
    if moment and pk.isdigit():
        try:
            at = datetime.fromisoformat(moment)
        except ValueError:
            return [], ""
        found = found.filter(Q(last_message_at__lt=at) | Q(last_message_at=at, pk__lt=int(pk)))
    rows = list(found.order_by("-last_message_at", "-pk")[: PAGE + 1])
    more = f"{rows[PAGE - 1].last_message_at.isoformat()}_{rows[PAGE - 1].pk}" if len(rows) > PAGE else ""
    return rows[:PAGE], more


def thread(viewer: StaffMember, conversation: Conversation) -> list[Message]:
    """Everything that was said, with the notes, oldest first."""
    require(viewer, Permission.SEE_INBOX)
    return list(conversation.messages.select_related("by", "delivery").order_by("at", "id"))


def thread_for(contribution: Contribution) -> list[Message]:
    """What the resident may read of the conversation about their contribution: never a note."""
    said = Message.objects.filter(conversation__contribution=contribution).exclude(
        direction=Message.Direction.NOTE
    )
    return list(said.select_related("by").order_by("at", "id"))


def earlier(viewer: StaffMember, conversation: Conversation) -> list[Conversation]:
    """Other conversations with the same resident, only where they left a confirmed address themselves."""
    require(viewer, Permission.SEE_INBOX)
    resident = conversation.resident
    if resident is None or resident.confirmed_at is None:
        return []
    return list(resident.conversations.exclude(pk=conversation.pk).order_by("-last_message_at")[:5])


def canned_replies(viewer: StaffMember) -> QuerySet[CannedReply]:
    """The canned replies by title."""
    require(viewer, Permission.SEE_INBOX)
    return CannedReply.objects.order_by("title")


def saved_filters(viewer: StaffMember) -> QuerySet[SavedFilter]:
    """The views that this member keeps."""
    require(viewer, Permission.SEE_INBOX)
    return SavedFilter.objects.filter(staff=viewer).order_by("name")


def waiting_for(viewer: StaffMember, *, now: datetime) -> Waiting:
    """How much waits for me, for anybody, and too long: three counts."""
    require(viewer, Permission.SEE_INBOX)
    counts = (
        Conversation.objects.filter(in_box(box, viewer, now)).count() for box in ("mine", "free", "late")
    )
    return Waiting(*counts)
