"""What residents sent becomes conversations: rows that the dossier wrote and nobody took up yet."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.utils.translation import gettext as _

from stamtafel.channels.models import InboundItem
from stamtafel.dossier.models import Contribution, State, Step, StepKind
from stamtafel.inbox.actions import attached
from stamtafel.inbox.actions.mails import forget_mails
from stamtafel.inbox.deadline import due_at
from stamtafel.inbox.models import Conversation, Message

BATCH: Final = 200
QUIET_STATES: Final = (State.WITHDRAWN, State.MERGED)


def open_conversations(_now: datetime) -> int:
    """Give every contribution that has none its conversation (job). Imports of old platforms stay out."""
    waiting = Contribution.objects.filter(conversation__isnull=True, source="", erased_at__isnull=True)
    batch = list(waiting.exclude(state__in=QUIET_STATES).order_by("id")[:BATCH])
    for contribution in batch:
        open_conversation(contribution)
    return len(batch)


@transaction.atomic
def open_conversation(contribution: Contribution) -> Conversation:
    """The conversation about one contribution; made once, however many workers try."""
    fields = {
        "resident_id": contribution.author_id, "subject": contribution.title, "kind": contribution.kind,
        "channel": contribution.channel, "opened_at": contribution.created_at,
        "last_message_at": contribution.created_at, "waits_since": contribution.created_at,
        "answer_due_at": due_at(contribution.kind, contribution.created_at), "message_count": 1,
        "excerpt": contribution.excerpt,
    }  # fmt: skip
    conversation, made = Conversation.objects.get_or_create(contribution=contribution, defaults=fields)
    if made:
        Message.objects.create(
            conversation=conversation, direction=Message.Direction.IN, text=contribution.text,
            at=contribution.created_at, key=f"contribution:{contribution.pk}",
        )  # fmt: skip
    return conversation


def take_additions(_now: datetime) -> int:
    """What a resident added on the follow page becomes a message in the conversation (job)."""
    steps = Step.objects.filter(kind=StepKind.ADDED, contribution__conversation__isnull=False, message=None)
    batch = list(steps.exclude(text="").select_related("contribution__conversation").order_by("id")[:BATCH])
    for step in batch:
        hear(conversation=step.contribution.conversation, text=step.text, at=step.at, step=step)
    return len(batch)


@transaction.atomic
def hear(
    *, conversation: Conversation, text: str, at: datetime, step: Step | None = None, key: str | None = None
) -> bool:
    """One more thing that the resident said: kept once, and the clock runs again. False when it was here already."""
    wanted = {"direction": Message.Direction.IN, "text": text, "at": at, "step": step}
    unique = key or (f"step:{step.pk}" if step else None)
    _message, made = Message.objects.get_or_create(key=unique, defaults={"conversation": conversation, **wanted})
    if not made:
        return False
    Conversation.objects.filter(pk=conversation.pk).update(
        state=Conversation.State.OPEN, snoozed_until=None, last_message_at=at, message_count=F("message_count") + 1,
        excerpt=text[:240],
    )  # fmt: skip
    Conversation.objects.filter(pk=conversation.pk, waits_since__isnull=True).update(
        waits_since=at, answer_due_at=due_at(conversation.kind, at)
    )
    return True


def take_corrections(_now: datetime) -> int:
    """Where a resident put other words in place of their own, the conversation shows the new ones (job)."""
    steps = Step.objects.filter(kind=StepKind.CORRECTED, contribution__conversation__isnull=False, message=None)
    batch = list(steps.select_related("contribution__conversation").order_by("id")[:BATCH])
    for step in batch:
        correct(step)
    return len(batch)


@transaction.atomic
def correct(step: Step) -> None:
    """The words of one contribution as they are now, and a line for colleagues who read the old ones."""
    contribution = step.contribution
    conversation = contribution.conversation
    note = {
        "conversation": conversation, "direction": Message.Direction.NOTE, "at": step.at, "step": step,
        "text": _("The resident changed the text. Above are the new words; the old ones are not kept."),
    }  # fmt: skip
    Message.objects.get_or_create(key=f"step:{step.pk}", defaults=note)
    Message.objects.filter(key=f"contribution:{contribution.pk}").update(text=contribution.text)
    Conversation.objects.filter(pk=conversation.pk).update(subject=contribution.title)
    Conversation.objects.filter(pk=conversation.pk, message_count=1).update(excerpt=contribution.excerpt)


def stop_answered_clocks(_now: datetime) -> int:
    """An answer to the contribution itself is an answer too: who got one no longer waits (job)."""
    answered = Conversation.objects.filter(waits_since__isnull=False, contribution__answered_at__gte=F("waits_since"))
    batch = list(answered.values_list("pk", "contribution__answered_at")[:BATCH])
    for pk, at in batch:
        Conversation.objects.filter(pk=pk, waits_since__lte=at).update(waits_since=None)
        Conversation.objects.filter(pk=pk, first_answered_at=None).update(first_answered_at=at)
    return len(batch)


def let_go_of_withdrawn(_now: datetime) -> int:
    """Nobody waits for an answer to what they took back (job). What they say on a network after that is heard."""
    steps = Step.objects.filter(contribution=OuterRef("contribution"), kind=StepKind.WITHDRAWN).order_by("-at")
    open_ones = Conversation.objects.exclude(state=Conversation.State.CLOSED)
    taken_back = open_ones.filter(contribution__state=State.WITHDRAWN)
    return taken_back.exclude(last_heard_at__gt=Subquery(steps.values("at")[:1])).update(
        state=Conversation.State.CLOSED, waits_since=None, snoozed_until=None, claimed_by=None, claimed_until=None
    )


def forget_erased(_now: datetime) -> int:
    """What a resident erased goes here too: every word of theirs and to them (job). The empty thread stays, closed."""
    erased = Conversation.objects.filter(contribution__erased_at__isnull=False)
    batch = list(erased.exclude(subject="", message_count=0).values_list("pk", flat=True)[:BATCH])
    for pk in batch:
        forget(pk)
    return len(batch)


@transaction.atomic
def forget(pk: int) -> None:
    """Empty one conversation, and the mails about it; those that still wait are not sent."""
    contribution = Conversation.objects.values_list("contribution_id", flat=True).get(pk=pk)
    if contribution is not None:
        forget_mails(contribution)
    messages = Message.objects.filter(conversation_id=pk)
    attached.forget(one for message in messages.exclude(attachments=[]) for one in message.attachments)
    InboundItem.objects.filter(message__in=messages).update(payload={})  # the words as they came
    messages.delete()
    Conversation.objects.filter(pk=pk).update(
        subject="", excerpt="", person={}, message_count=0, resident=None, state=Conversation.State.CLOSED,
        waits_since=None, snoozed_until=None, claimed_by=None, claimed_until=None,
    )  # fmt: skip
