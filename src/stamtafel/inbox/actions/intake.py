"""What residents sent becomes conversations: rows that the dossier wrote and nobody took up yet."""

from datetime import date, datetime
from functools import lru_cache
from typing import Final

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from stamtafel.dossier.models import Contribution, State, Step, StepKind
from stamtafel.inbox import rules
from stamtafel.inbox.models import Conversation, Message, ResponseTerm

BATCH: Final = 200
QUIET_STATES: Final = (State.WITHDRAWN, State.MERGED)
SPEAKING_STEPS: Final = (StepKind.ADDED, StepKind.CORRECTED)


@lru_cache(maxsize=8)
def holidays_of(year: int) -> frozenset[date]:
    """Dutch public holidays of one year."""
    import holidays  # noqa: PLC0415 - heavy, and only the worker and the desk need it

    return frozenset(holidays.country_holidays("NL", years=year))


def holiday(day: date) -> bool:
    """Whether the municipality is closed that day."""
    return day in holidays_of(day.year)


def due_at(kind: str, received: datetime) -> datetime:
    """When a first answer to this kind is due."""
    days = ResponseTerm.objects.filter(kind=kind).values_list("working_days", flat=True).first()
    return rules.answer_due(timezone.localtime(received), days or rules.DEFAULT_WORKING_DAYS, holiday)


def open_conversations(now: datetime) -> int:
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
            conversation=conversation, direction=Message.Direction.IN, text=contribution.text, at=contribution.created_at,
            key=f"contribution:{contribution.pk}",
        )  # fmt: skip
    return conversation


def take_additions(now: datetime) -> int:
    """What a resident added on the follow page becomes a message in the conversation (job)."""
    steps = Step.objects.filter(
        kind__in=SPEAKING_STEPS, contribution__conversation__isnull=False, message=None
    )
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
    _message, made = Message.objects.get_or_create(
        key=unique, defaults={"conversation": conversation, **wanted}
    )
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
