"""Answering a resident: on the follow page, and by mail where they left an address."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from stamtafel.channels.actions import deliver
from stamtafel.channels.models import Delivery
from stamtafel.dossier.actions.life import mark_replied
from stamtafel.inbox import mail
from stamtafel.inbox.actions.handle import ConversationRefused, count_message
from stamtafel.inbox.models import Conversation, Message
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import require
from stamtafel.people.rules import Permission

LONGEST: Final = 10_000


@transaction.atomic
def reply(
    *, conversation: Conversation, text: str, actor: StaffMember, now: datetime, key: str | None = None
) -> Message:
    """Say something to the resident; one form sent twice is one reply. Raises ConversationRefused.

    ``key`` is the form's own: the second time, the first message comes back and nothing is sent again.
    """
    require(actor, Permission.REPLY)
    clean = text.strip()
    if not clean:
        raise ConversationRefused(_("The reply is empty. Write something first."))
    if len(clean) > LONGEST:
        too_many = len(clean) - LONGEST
        raise ConversationRefused(
            _("The reply is %(count)s characters too long. Your text is still here.") % {"count": too_many}
        )
    fields = {
        "conversation": conversation, "direction": Message.Direction.OUT, "text": clean, "at": now, "by": actor,
    }  # fmt: skip
    message, made = (
        Message.objects.get_or_create(key=key, defaults=fields)
        if key
        else (Message.objects.create(**fields), True)
    )
    if made:
        send(conversation, message, actor=actor, now=now)
    return message


def send(conversation: Conversation, message: Message, *, actor: StaffMember, now: datetime) -> None:
    """Count it, move the contribution on, and mail it where that is possible."""
    count_message(conversation, now=now)
    contribution = conversation.contribution
    if contribution is None:
        return
    mark_replied(contribution=contribution, actor=actor, now=now)
    message.delivery = delivery_for(conversation, message, now)
    message.save(update_fields=["delivery"])


def delivery_for(conversation: Conversation, message: Message, now: datetime) -> Delivery | None:
    """The mail with this reply; None when the resident reads it with the follow code only."""
    resident = conversation.resident
    contribution = conversation.contribution
    if (
        contribution is None
        or resident is None
        or resident.confirmed_at is None
        or resident.bounced_at is not None
    ):
        return None
    by = message.by.name if message.by else ""
    return deliver(
        kind="email", key=f"reply:{message.pk}", purpose="reply", recipient=resident.email, due_at=now,
        draft=mail.reply_to(contribution, text=message.text, by=by),
    )  # fmt: skip
