"""Telling residents what happened with their contribution: each step once, to a confirmed address only."""

from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from stamtafel.channels.actions import deliver
from stamtafel.channels.models import Delivery
from stamtafel.dossier.actions.submit import confirmation_token
from stamtafel.dossier.models import Step, StepKind
from stamtafel.inbox import mail
from stamtafel.inbox.models import Notice
from stamtafel.people.models import Resident

BATCH: Final = 200


def tell_steps(now: datetime) -> int:
    """Make the notices of steps that ask for it (job)."""
    steps = Step.objects.filter(tell=True).select_related("contribution__author").order_by("id")
    batch = list(steps[:BATCH])
    for step in batch:
        tell_step(step=step, now=now)
    return len(batch)


def tell_step(*, step: Step, now: datetime) -> Notice | None:
    """Tell one step: a notice and, where there is somebody to tell, a delivery, in one transaction."""
    try:
        with transaction.atomic():
            made = Notice.objects.create(step=step, delivery=delivery_for(step, now), at=now)
            Step.objects.filter(pk=step.pk).update(tell=False)
    except IntegrityError:  # another worker told it
        Step.objects.filter(pk=step.pk, notice__isnull=False).update(tell=False)
        return None
    return made


def delivery_for(step: Step, now: datetime) -> Delivery | None:
    """The mail that belongs to a step; None without an address that may be used."""
    contribution = step.contribution
    resident = contribution.author
    if resident is None or resident.bounced_at is not None or contribution.erased_at is not None:
        return None
    if resident.confirmed_at is None:
        return ask_for_confirmation(step, resident, now) if step.kind == StepKind.RECEIVED else None
    return deliver(
        kind="email", key=f"step:{step.pk}", purpose="notice", draft=mail.about_step(step), recipient=resident.email,
        due_at=now,
    )  # fmt: skip


def ask_for_confirmation(step: Step, resident: Resident, now: datetime) -> Delivery:
    """The one question whether this address is theirs."""
    contribution = step.contribution
    link = mail.absolute("site:confirm", token=confirmation_token(resident))
    return deliver(
        kind="email", key=f"confirm:{resident.pk}:{contribution.pk}", purpose="confirmation",
        draft=mail.confirmation(contribution, link=link), recipient=resident.email, due_at=now,
    )  # fmt: skip
