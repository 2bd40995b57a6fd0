"""Answering on the network where somebody spoke; the answer to what was taken up from there goes back there too."""

from dataclasses import replace
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
from stamtafel.inbox.models import Conversation, Message, Notice
from stamtafel.inbox.ways import Way, length, way_of

BATCH: Final = 200
TAKEN: Final = "message-"  # in the form key of a contribution that was taken up: from which message
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


def answer_there(
    message: Message, way: Way, *, now: datetime, in_private: bool = False, link: str = ""
) -> Delivery:  # fmt: skip
    """Put an answer on its way to where it was asked. A ``link`` goes along that colleagues need not see."""
    return deliver(
        kind=way.account.kind, to=way.account, key=f"answer:{message.pk}", purpose="reply", due_at=now,
        draft=_draft(message, way, link), target=way.to, in_private=in_private,
    )  # fmt: skip


def _draft(message: Message, way: Way, link: str) -> Draft:
    """A mail has a subject, a name under it and an address to answer to; a post has its words."""
    if way.account.kind == "email":
        made = mail.answer(message.conversation, message)
        return replace(made, body=f"{made.body}\n\n{link}".rstrip())
    return Draft(subject="", body=f"{message.text} {link}".rstrip())


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
    way = way_back(step.contribution, now=now)
    if way is None or way.closed or step.contribution.erased_at is not None:
        return None
    with translation.override(step.contribution.language):
        text = _("There is an answer to what you said. Read what we do with it:")
    return say_there(conversation, text, way, now=now, key=f"told:{step.pk}")


def way_back(contribution: Contribution, *, now: datetime) -> Way | None:
    """How to reach who said what was taken up: that very person, whoever spoke after them. None where we can't know."""
    _word, _dash, pk = (contribution.form_key or "").partition(TAKEN)
    return way_of(contribution.conversation, now=now, pk=int(pk)) if pk.isdecimal() else None


def say_there(conversation: Conversation, text: str, way: Way, *, now: datetime, key: str) -> Delivery | None:
    """Say something by ourselves, once, with a link: to the follow page in private, for who has its code may erase; in
    public to the page that everybody has. None where it does not fit.
    """
    contribution = conversation.contribution
    if contribution is None:
        return None
    with translation.override(contribution.language):
        private = way.private or way.may_go_private
        link = mail.follow_link(contribution) if private else mail.absolute("site:contribution", pk=contribution.pk)
    if way.longest is not None and length(way.account, f"{text} {link}") > way.longest:
        return None
    said = Message.objects.create(
        conversation=conversation, direction=Message.Direction.OUT, text=text, at=now, key=key
    )  # fmt: skip
    said.delivery = answer_there(said, way, now=now, in_private=way.may_go_private, link=link)
    said.save(update_fields=["delivery"])
    count_message(conversation, now=now)
    return said.delivery
