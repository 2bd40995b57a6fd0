"""What staff do with conversations: take, hand over, put away, note. Each can be undone."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from stamtafel.dossier.actions.life import mark_read
from stamtafel.inbox.models import Conversation, Message, SavedFilter
from stamtafel.inbox.rules import LONGEST_SNOOZE
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import require
from stamtafel.people.rules import Permission

CLAIM: Final = timedelta(minutes=20)
MOST_AT_ONCE: Final = 200


class ConversationRefused(ValueError):
    """It can't be done; the sentence says why and what to do."""


def tell_read(conversation: Conversation, actor: StaffMember, now: datetime) -> None:
    """Who begins an answer, or says that none is needed, has read it: the resident may know."""
    if conversation.contribution is not None:
        mark_read(contribution=conversation.contribution, actor=actor, now=now)


@transaction.atomic
def claim(*, conversation: Conversation, actor: StaffMember, now: datetime) -> bool:
    """Say "I am on it" for twenty minutes, by compare-and-swap; False when a colleague was first."""
    require(actor, Permission.REPLY)
    free = Q(claimed_by=None) | Q(claimed_by=actor) | Q(claimed_until__lt=now)
    mine = Conversation.objects.filter(free, pk=conversation.pk).update(claimed_by=actor, claimed_until=now + CLAIM)
    if mine:
        tell_read(conversation, actor, now)
    return bool(mine)


def release(*, conversation: Conversation, actor: StaffMember) -> None:
    """Let go of a claim of one's own."""
    require(actor, Permission.REPLY)
    Conversation.objects.filter(pk=conversation.pk, claimed_by=actor).update(claimed_by=None, claimed_until=None)


def assign(*, conversation: Conversation, to: StaffMember | None, actor: StaffMember) -> None:
    """Hand it to a colleague who can answer, or to nobody. Raises ConversationRefused.

    Handing over is not reading: the resident hears nothing of it.
    """
    require(actor, Permission.REPLY)
    if to is not None and not to.can(Permission.REPLY):
        raise ConversationRefused(_("%(name)s may not answer residents. Choose somebody else.") % {"name": to.name})
    Conversation.objects.filter(pk=conversation.pk).update(assignee=to)


def snooze(*, conversation: Conversation, until: datetime, actor: StaffMember, now: datetime) -> None:
    """Put it away until a moment within a year; it comes back by itself, or at once when the resident writes.

    Raises Forbidden, ConversationRefused.
    """
    require(actor, Permission.REPLY)
    if until <= now:
        raise ConversationRefused(_("Choose a moment that is still to come."))
    if until > now + LONGEST_SNOOZE:
        raise ConversationRefused(_("This is more than a year away. Choose a day within a year."))
    Conversation.objects.filter(pk=conversation.pk).update(state=Conversation.State.SNOOZED, snoozed_until=until)


@transaction.atomic
def close(*, conversation: Conversation, actor: StaffMember, now: datetime) -> None:
    """Nothing more to do; the clock stops. It opens again when the resident writes."""
    require(actor, Permission.REPLY)
    tell_read(conversation, actor, now)
    Conversation.objects.filter(pk=conversation.pk).update(
        state=Conversation.State.CLOSED,
        snoozed_until=None,
        waits_since=None,
        claimed_by=None,
        claimed_until=None,
    )


def reopen(*, conversation: Conversation, actor: StaffMember) -> None:
    """Undo closing or putting away. When nobody answered yet, the resident still waits."""
    require(actor, Permission.REPLY)
    last = conversation.messages.exclude(direction=Message.Direction.NOTE).order_by("-at", "-id").first()
    waits = last.at if last is not None and last.direction == Message.Direction.IN else None
    Conversation.objects.filter(pk=conversation.pk).update(
        state=Conversation.State.OPEN, snoozed_until=None, waits_since=waits
    )


def wake_snoozed(now: datetime) -> int:
    """Bring back what was put away until now (job)."""
    due = Conversation.objects.filter(state=Conversation.State.SNOOZED, snoozed_until__lte=now)
    return due.update(state=Conversation.State.OPEN, snoozed_until=None)


@transaction.atomic
def note(
    *, conversation: Conversation, text: str, actor: StaffMember, now: datetime, key: str | None = None
) -> Message:
    """A note among staff; no resident ever sees it."""
    require(actor, Permission.SEE_INBOX)
    if not text.strip():
        raise ConversationRefused(_("The note is empty. Write something first."))
    fields = {
        "conversation": conversation, "direction": Message.Direction.NOTE, "text": text.strip(), "at": now, "by": actor,
    }  # fmt: skip
    if key is None:
        return Message.objects.create(**fields)
    return Message.objects.get_or_create(key=key, defaults=fields)[0]


@transaction.atomic
def in_bulk(*, conversations: Iterable[Conversation], action: Callable[[Conversation], object]) -> int:
    """Do one thing with many (at most 200) or, where it is refused for one, with none; says with how many."""
    chosen = list(islice(conversations, MOST_AT_ONCE))
    for conversation in chosen:
        action(conversation)
    return len(chosen)


def save_filter(*, name: str, query: str, actor: StaffMember) -> SavedFilter:
    """Keep a view of the inbox under a name; the same name again replaces it."""
    require(actor, Permission.SEE_INBOX)
    if not name.strip():
        raise ConversationRefused(_("Give this view a name."))
    return SavedFilter.objects.update_or_create(staff=actor, name=name.strip()[:60], defaults={"query": query[:300]})[0]


def drop_filter(*, pk: int, actor: StaffMember) -> None:
    """Throw a view of one's own away."""
    require(actor, Permission.SEE_INBOX)
    SavedFilter.objects.filter(pk=pk, staff=actor).delete()


def count_message(conversation: Conversation, *, now: datetime) -> None:
    """Keep the counters of the list right after one of us spoke: the resident no longer waits."""
    Conversation.objects.filter(pk=conversation.pk).update(
        message_count=F("message_count") + 1, last_message_at=now, waits_since=None, state=Conversation.State.OPEN,
        claimed_by=None, claimed_until=None,
    )  # fmt: skip
    Conversation.objects.filter(pk=conversation.pk, first_answered_at=None).update(first_answered_at=now)
