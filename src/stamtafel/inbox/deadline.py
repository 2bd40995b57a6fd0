"""When an answer is due: the rules, held against the terms of this municipality and the Dutch calendar."""

from datetime import date, datetime
from functools import lru_cache

from django.utils import timezone

from stamtafel.dossier.models import Contribution
from stamtafel.inbox import rules
from stamtafel.inbox.models import Conversation, ResponseTerm


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


def promised(contribution: Contribution) -> datetime:
    """The day that its writer was told, also after the terms changed; by the terms of now while no conversation is."""
    told = Conversation.objects.filter(contribution=contribution).values_list("answer_due_at", flat=True).first()
    return told or due_at(contribution.kind, contribution.created_at)
