"""Reads on conversations, always told who is looking."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Final, Self

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone, translation

from stamtafel.dossier.models import Contribution
from stamtafel.dossier.rules.moments import moment_of
from stamtafel.inbox import mail, rules
from stamtafel.inbox.deadline import due_at
from stamtafel.inbox.models import CannedReply, Conversation, Message, SavedFilter
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import require
from stamtafel.people.rules import Permission

PAGE: Final = 40
LONGEST: Final = 100  # of one filter
LONGEST_NUMBER: Final = 19  # digits of a row's number
BY_DUE: Final = frozenset({"open", "mine", "free", "late"})  # boxes of what waits: what is due first stands first
BOXES: Final = ("open", "mine", "free", "late", "answered", "later", "closed", "all")
HEAVY: Final = ("contribution__area__geometry", "contribution__area__path", "contribution__terms")


@dataclass(frozen=True)
class Filters:
    """What the list shows; every field from the address line, empty = no limit."""

    box: str = "open"  # one of BOXES
    kind: str = ""
    channel: str = ""
    topic: str = ""
    area: str = ""
    text: str = ""

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Self:
        """The filters in an address line; what is unknown or far too long is passed over."""
        known = {item.name: given.get(item.name, "").strip()[:LONGEST] for item in fields(cls)}
        known["box"] = known["box"] if known["box"] in BOXES else "open"
        return cls(**known)

    def as_query(self) -> dict[str, str]:
        """Only what narrows the list, for an address line."""
        return {name: value for name, value in asdict(self).items() if value and value != type(self).box}


@dataclass(frozen=True)
class Waiting:
    """How much of the inbox waits."""

    mine: int
    free: int
    late: int


def conversations(viewer: StaffMember, filters: Filters, *, now: datetime) -> QuerySet[Conversation]:
    """Conversations of one box, narrowed; see ``page_of`` for their order."""
    require(viewer, Permission.SEE_INBOX)
    found = Conversation.objects.filter(in_box(filters.box, viewer, now))
    for name, value in (("kind", filters.kind), ("channel", filters.channel)):
        found = found.filter(**{name: value}) if value else found
    if filters.topic:
        found = found.filter(contribution__topic__slug=filters.topic)
    if filters.area:
        found = found.filter(contribution__area__code=filters.area)
    if filters.text:
        said = Message.objects.filter(conversation=OuterRef("pk"), text__icontains=filters.text)
        found = found.filter(Q(subject__icontains=filters.text) | Exists(said))
    return found.select_related("assignee", "claimed_by", "contribution__topic", "contribution__area").defer(*HEAVY)


def conversation(viewer: StaffMember, pk: int) -> Conversation:
    """One conversation with what its page shows. Raises Conversation.DoesNotExist."""
    require(viewer, Permission.SEE_INBOX)
    whole = ("assignee", "claimed_by", "resident", "contribution__topic", "contribution__area", "contribution__author")
    return Conversation.objects.select_related(*whole).defer(*HEAVY).get(pk=pk)


def in_box(box: str, viewer: StaffMember, now: datetime) -> Q:
    """The condition of one box. "open" and its parts hold where a resident waits for us."""
    is_open = Q(state=Conversation.State.OPEN)
    waits = is_open & Q(waits_since__isnull=False)
    boxes = {
        "mine": waits & Q(assignee=viewer),
        "free": waits & Q(assignee=None),
        "late": waits & Q(answer_due_at__lt=now),
        "answered": is_open & Q(waits_since=None),
        "later": Q(state=Conversation.State.SNOOZED),
        "closed": Q(state=Conversation.State.CLOSED),
        "all": Q(),
    }
    return boxes.get(box, waits)


def page_of(found: QuerySet[Conversation], *, box: str = "open", after: str = "") -> tuple[list[Conversation], str]:
    """One page by keyset and the mark of the next ("" = no more).

    What waits comes with the first due on top, the other boxes with the newest message on top.
    """
    rows = list(_after(found, box, after)[: PAGE + 1])
    return rows[:PAGE], mark_of(rows[PAGE - 1], box) if len(rows) > PAGE else ""


def following(found: QuerySet[Conversation], box: str, mark: str) -> Conversation | None:
    """The conversation that comes after a mark: where to go on once this one is done."""
    return _after(found, box, mark).first()


def mark_of(row: Conversation, box: str) -> str:
    """Where a conversation stands in the order of a box."""
    moment = row.answer_due_at if box in BY_DUE else row.last_message_at
    return f"{moment.isoformat()}_{row.pk}" if moment else ""


def _after(found: QuerySet[Conversation], box: str, mark: str) -> QuerySet[Conversation]:
    """What comes after a mark, in the order of the box; nothing after a mark that we did not make."""
    by_due = box in BY_DUE
    field, step = ("answer_due_at", "gt") if by_due else ("last_message_at", "lt")
    ordered = found.order_by(field, "pk") if by_due else found.order_by("-last_message_at", "-pk")
    if not mark:
        return ordered
    moment, _, pk = mark.partition("_")
    at, number = moment_of(moment), int(pk) if pk.isascii() and pk.isdecimal() and len(pk) < LONGEST_NUMBER else None
    if at is None or number is None:
        return ordered.none()
    return ordered.filter(Q(**{f"{field}__{step}": at}) | Q(**{field: at, f"pk__{step}": number}))


def thread(viewer: StaffMember, conversation: Conversation) -> list[Message]:
    """Everything that was said, with the notes, oldest first."""
    require(viewer, Permission.SEE_INBOX)
    return list(conversation.messages.select_related("by", "delivery").order_by("at", "id"))


def thread_for(contribution: Contribution) -> list[Message]:
    """What the resident may read of the conversation about their contribution: never a note."""
    said = Message.objects.filter(conversation__contribution=contribution).exclude(direction=Message.Direction.NOTE)
    return list(said.select_related("by").order_by("at", "id"))


def earlier(viewer: StaffMember, conversation: Conversation) -> list[Conversation]:
    """Other conversations with the same resident, only where they left a confirmed address themselves."""
    require(viewer, Permission.SEE_INBOX)
    resident = conversation.resident
    if resident is None or resident.confirmed_at is None:
        return []
    return list(resident.conversations.exclude(pk=conversation.pk).order_by("-last_message_at")[:5])


def answerers(viewer: StaffMember) -> list[StaffMember]:
    """Colleagues who may answer residents, by name."""
    require(viewer, Permission.SEE_INBOX)
    return [one for one in StaffMember.objects.filter(is_active=True).order_by("name") if one.can(Permission.REPLY)]


def canned_replies(viewer: StaffMember) -> QuerySet[CannedReply]:
    """The canned replies by title."""
    require(viewer, Permission.SEE_INBOX)
    return CannedReply.objects.order_by("title")


def filled(viewer: StaffMember, *, slug: str, conversation: Conversation, now: datetime) -> str:
    """A canned reply with what is known filled in; empty when there is none of that name.

    We know nobody's name, so ``{naam}`` goes. ``{datum}`` is the day on which an answer is due.
    """
    found = canned_replies(viewer).filter(slug=slug).first()
    contribution = conversation.contribution
    if found is None or contribution is None:
        return found.text if found else ""
    due = conversation.answer_due_at
    if conversation.waits_since is None or due is None or due < now:
        due = due_at(conversation.kind, now)
    with translation.override(contribution.language):
        values = {
            "naam": "",
            "onderwerp": contribution.topic.name if contribution.topic else f"“{mail.plain(conversation.subject)}”",
            "datum": mail.day(timezone.localtime(due).date()),
            "volglink": mail.follow_link(contribution),
        }
    return rules.fill(found.text, values)[0]


def saved_filters(viewer: StaffMember) -> QuerySet[SavedFilter]:
    """The views that this member keeps."""
    require(viewer, Permission.SEE_INBOX)
    return SavedFilter.objects.filter(staff=viewer).order_by("name")


def counts(viewer: StaffMember, *, now: datetime) -> dict[str, int]:
    """How many are in each box but the closed ones: one pass over what is open, however much is closed."""
    require(viewer, Permission.SEE_INBOX)
    boxes = ("open", "mine", "free", "late", "answered", "later")
    not_closed = Conversation.objects.filter(state__in=[Conversation.State.OPEN, Conversation.State.SNOOZED])
    return not_closed.aggregate(**{box: Count("pk", filter=in_box(box, viewer, now)) for box in boxes})


def waiting_to_be_answered(viewer: StaffMember) -> QuerySet[Conversation]:
    """Conversations in which a resident waits for this member, or for anybody. Raises Forbidden."""
    require(viewer, Permission.SEE_INBOX)
    mine_or_free = Q(assignee=viewer) | Q(assignee=None)
    return Conversation.objects.filter(mine_or_free, state=Conversation.State.OPEN, waits_since__isnull=False)


def waiting_for(viewer: StaffMember, *, now: datetime) -> Waiting:
    """How much waits for me, for anybody, and too long: one query."""
    found = counts(viewer, now=now)
    return Waiting(mine=found["mine"], free=found["free"], late=found["late"])
