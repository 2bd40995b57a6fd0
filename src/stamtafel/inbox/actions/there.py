"""Answering on the network where somebody spoke; the answer to what was taken up from there goes back there too."""

from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from stamtafel.channels.actions import deliver
from stamtafel.channels.contract import Draft
from stamtafel.channels.models import Delivery
from stamtafel.dossier.models import Contribution, Step, StepKind
from stamtafel.inbox import mail
from stamtafel.inbox.actions.handle import ConversationRefused, count_message
from stamtafel.inbox.models import Message, Notice
from stamtafel.inbox.ways import Way, length, way_of

BATCH: Final = 200
TOLD: Final = frozenset({StepKind.ANSWERED, StepKind.DONE})  # the other steps are on the site


def refuse_closed(way: Way, text: str, *, in_private: bool) -> None:
    """What can't be sent is said before it is kept. Raises ConversationRefused."""
    if way.closed:
        raise ConversationRefused(way.closed)
    if in_private and not way.may_go_private:
        raise ConversationRefused(_("On this channel we can't go on in private from here."))
    count = length(way.account, text)
    if way.longest is not None and count > way.longest:
        raise ConversationRefused(
            _("Your answer is %(count)s too long for this channel (%(longest)s fit). Your text is still here.")
            % {"count": count - way.longest, "longest": way.longest}
        )


def answer_there(message: Message, way: Way, *, now: datetime, in_private: bool = False) -> Delivery:
    """Put an answer on its way to where it was asked."""
    return deliver(
        kind=way.account.kind, to=way.account, key=f"answer:{message.pk}", purpose="reply", due_at=now,
        draft=Draft(subject="", body=message.text), target=way.to, in_private=in_private,
    )  # fmt: skip


def tell_where_said(now: datetime) -> int:
    """Tell each answer to what was taken up from a network there, once (job)."""
    there = Step.objects.filter(kind__in=TOLD, notice=None, contribution__conversation__isnull=False)
    there = there.exclude(contribution__conversation__thread="").select_related("contribution__conversation__account")
    batch = list(there.order_by("id")[:BATCH])
    for step in batch:
        try:
            with transaction.atomic():
                Notice.objects.create(step=step, delivery=_tell_there(step, now), at=now)
        except IntegrityError:  # another worker told it
            continue
    return len(batch)


def _tell_there(step: Step, now: datetime) -> Delivery | None:
    """None where it can't be told there (any more)."""
    conversation = step.contribution.conversation
    way = way_of(conversation, now=now)
    if way is None or way.closed or step.contribution.erased_at is not None:
        return None
    text = _sentence(step.contribution, way)
    if way.longest is not None and length(way.account, text) > way.longest:
        return None
    said = Message.objects.create(
        conversation=conversation, direction=Message.Direction.OUT, text=text, at=now, key=f"told:{step.pk}"
    )
    said.delivery = answer_there(said, way, now=now, in_private=way.may_go_private)
    said.save(update_fields=["delivery"])
    count_message(conversation, now=now)
    return said.delivery


def _sentence(contribution: Contribution, way: Way) -> str:
    """With the follow link in private only: who has it may erase."""
    with translation.override(contribution.language):
        private = way.private or way.may_go_private
        link = mail.follow_link(contribution) if private else mail.absolute("site:contribution", pk=contribution.pk)
        return _("There is an answer to what you said. Read what we do with it: %(link)s") % {"link": link}
