"""Telling residents what happened with their contribution: each step once, to a confirmed address only.

What happens before somebody confirmed their address waits, and is told once they did.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction

from stamtafel.channels.actions import deliver
from stamtafel.channels.models import Delivery
from stamtafel.dossier.actions.keys import device_digest
from stamtafel.dossier.actions.submit import confirmation_token
from stamtafel.dossier.models import Contribution, State, Step, StepKind
from stamtafel.inbox import mail
from stamtafel.inbox.actions.mails import empty, stop
from stamtafel.inbox.models import Conversation, Message, Notice
from stamtafel.people.models import Resident
from stamtafel.work.models import DueState

BATCH: Final = 200
IN_ONE_MAIL: Final = 20  # contributions
ASK_AGAIN_AFTER: Final = 7  # days


# ── as it happens ────────────────────────────────────────────────────────────────────────────────
def tell_steps(now: datetime) -> int:
    """Make the notices of steps that ask for it (job)."""
    batch = list(Step.objects.filter(tell=True).order_by("id")[:BATCH])
    for step in batch:
        tell_step(step=step, now=now)
    return len(batch)


def tell_step(*, step: Step, now: datetime) -> Notice | None:
    """Tell one step: a notice and, where there is somebody to tell, a delivery, in one transaction."""
    try:
        with transaction.atomic():
            delivery, waits = way_to_tell(step, now)
            made = Notice.objects.create(step=step, delivery=delivery, waits=waits, at=now)
            Step.objects.filter(pk=step.pk).update(tell=False)
    except IntegrityError:  # another worker told it
        Step.objects.filter(pk=step.pk, notice__isnull=False).update(tell=False)
        return None
    return made


def way_to_tell(step: Step, now: datetime) -> tuple[Delivery | None, bool]:
    """The mail that belongs to a step, and whether the step waits for a yes; (None, False) without an address.

    Holds the contribution and the resident, as they are now, until the end: nobody confirms, erases or takes the
    address away in between.
    """
    step.contribution = held(step.contribution_id)
    resident = held_resident(step.contribution.author_id)
    if resident is None or resident.bounced_at is not None:
        return None, False
    if step.kind == StepKind.RECEIVED:  # the address may have come after the conversation was opened
        Conversation.objects.filter(contribution=step.contribution, resident=None).update(resident=resident)
    if resident.confirmed_at is None:
        return ask_whose(step.contribution, resident, now) if step.kind == StepKind.RECEIVED else None, True
    if Notice.objects.filter(waits=True, step__contribution=step.contribution).exists():
        return None, True  # what came before is about to be told: this goes with it
    return _notice(step, resident, now), False


def held(contribution_id: int) -> Contribution:
    """A contribution, locked."""
    rows = Contribution.objects.select_related("topic").select_for_update(of=("self",))
    return rows.get(pk=contribution_id)


def held_resident(resident_id: int | None) -> Resident | None:
    """A resident, locked; None when there is none (any more)."""
    if resident_id is None:
        return None
    return Resident.objects.select_for_update(no_key=True).filter(pk=resident_id).first()


def _notice(step: Step, resident: Resident, now: datetime) -> Delivery:
    draft = mail.about_step(step, now=now)
    return deliver(
        kind="email", key=f"step:{step.pk}", purpose="notice", draft=draft, recipient=resident.email, due_at=now
    )


def ask_whose(contribution: Contribution, resident: Resident, now: datetime) -> Delivery:
    """The one question whether this address is theirs: at most one a week, whatever is sent with that address.

    The key holds a keyed digest of the address, not the number of a row: who erases and begins anew asks no more.
    """
    owner = device_digest("confirm", resident.email)[:32]
    days = [f"confirm:{owner}:{now - timedelta(days=ago):%Y-%m-%d}" for ago in range(ASK_AGAIN_AFTER)]
    asked = Delivery.objects.filter(key__in=days).order_by("-id").first()
    if asked is not None:
        return asked
    link = mail.absolute("site:confirm", token=confirmation_token(resident))
    return deliver(
        kind="email", key=days[0], purpose="confirmation", draft=mail.confirmation(contribution, link=link),
        recipient=resident.email, due_at=now,
    )  # fmt: skip


# ── what waited for a yes ────────────────────────────────────────────────────────────────────────
def tell_what_waited(now: datetime) -> int:
    """Tell who confirmed an address what happened before (job); gives how many residents."""
    waiting = Notice.objects.filter(waits=True)
    nobodys = list(waiting.filter(step__contribution__author=None).values_list("pk", flat=True)[:BATCH])
    if nobodys:
        Notice.objects.filter(pk__in=nobodys).update(waits=False)
    said_yes = waiting.filter(step__contribution__author__confirmed_at__isnull=False)
    residents = said_yes.values_list("step__contribution__author", flat=True).distinct()
    return sum(tell_resident(resident_id=pk, now=now) for pk in list(residents[:BATCH]))


@transaction.atomic
def tell_resident(*, resident_id: int, now: datetime) -> bool:
    """One mail with all that waited for this resident; one step alone is told as itself. Whether anything waited."""
    waiting = Notice.objects.filter(waits=True, step__contribution__author=resident_id)
    rows = Contribution.objects.filter(pk__in=waiting.values("step__contribution")).order_by("pk")
    mine = {one.pk: one for one in rows.select_related("topic").select_for_update(of=("self",))[:IN_ONE_MAIL]}
    resident = held_resident(resident_id)
    found = waiting.filter(step__contribution__in=mine).select_related("step", "delivery").order_by("step_id")
    notices = list(found)
    questions = [notice.delivery for notice in notices if notice.delivery is not None]
    if resident is None or resident.confirmed_at is None or not notices:
        return False
    if any(question.state == DueState.SENDING for question in questions):
        return False  # a moment later it is out
    told = Notice.objects.filter(pk__in=[notice.pk for notice in notices])
    told.update(waits=False, delivery=_mail_what_waited(mine, notices, resident, now), at=now)
    mails = [question.pk for question in questions]
    stop(mails)
    empty(mails)
    return True


def _mail_what_waited(
    mine: dict[int, Contribution], notices: Sequence[Notice], resident: Resident, now: datetime
) -> Delivery | None:
    """The mail; None where it can't arrive, or where all was withdrawn: who took it back hears no more of it."""
    stories = [story for one in mine.values() if (story := _story(one, notices)) is not None]
    if resident.bounced_at is not None or not stories:
        return None
    if len(stories) == len(stories[0].steps) == 1 and not stories[0].replies:
        return _notice(stories[0].steps[0], resident, now)
    made = deliver(
        kind="email", key=f"waited:{resident.pk}:{notices[-1].pk}:{len(notices)}", purpose="notice",
        draft=mail.what_waited(stories, now=now), recipient=resident.email, due_at=now,
    )  # fmt: skip
    replies = [reply.pk for story in stories for reply in story.replies]
    Message.objects.filter(pk__in=replies).update(delivery=made)
    return made


def _story(contribution: Contribution, notices: Sequence[Notice]) -> mail.Story | None:
    if contribution.state == State.WITHDRAWN:
        return None
    steps = [notice.step for notice in notices if notice.step.contribution_id == contribution.pk]
    for step in steps:
        step.contribution = contribution
    said = Message.objects.filter(conversation__contribution=contribution, direction=Message.Direction.OUT)
    unread = said.filter(delivery=None).select_related("by").order_by("id")
    return mail.Story(contribution, steps, list(unread))
