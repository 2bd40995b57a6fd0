"""Answering a resident: on the follow page, and by mail where they left an address."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from stamtafel.channels.actions import deliver
from stamtafel.channels.models import Delivery
from stamtafel.dossier.actions.life import mark_replied
from stamtafel.dossier.models import State
from stamtafel.inbox import mail, rules
from stamtafel.inbox.actions.handle import ConversationRefused, count_message
from stamtafel.inbox.actions.notices import held, held_resident
from stamtafel.inbox.actions.there import answer_there, refuse_closed
from stamtafel.inbox.models import Conversation, Message
from stamtafel.inbox.ways import Way, way_of
from stamtafel.people.models import Resident, StaffMember
from stamtafel.people.queries import require
from stamtafel.people.rules import Permission

LONGEST: Final = 10_000


@transaction.atomic
def reply(
    *, conversation: Conversation, text: str, actor: StaffMember, now: datetime, key: str | None = None,
    seen: int | None = None, to: int | None = None, in_private: bool = False,
) -> Message:  # fmt: skip
    """Say something to the resident; one form sent twice is one reply. Raises ConversationRefused.

    On a network it goes to what was said last, or to the message ``to``; ``in_private`` to its author alone.

    ``key`` is the form's own: the second time, the first message comes back and nothing is sent again.
    ``seen`` is the last message that the writer saw: what was said since is for them to read first.
    """
    require(actor, Permission.REPLY)
    clean = _checked(text)
    current = Conversation.objects.select_for_update(of=("self",)).select_related("claimed_by").get(pk=conversation.pk)
    sent = Message.objects.filter(key=key, conversation=current).first() if key else None
    if sent is not None:
        return sent
    if not can_reply(conversation):
        raise ConversationRefused(_("The resident took this back and no longer reads along. Close the conversation."))
    _stand_aside(current, actor, now)
    _refuse_unseen(current, seen)
    way = way_of(conversation, now=now, pk=to)
    if way is not None:
        refuse_closed(way, clean, in_private=in_private)
    message = Message.objects.create(
        conversation=conversation, direction=Message.Direction.OUT, text=clean, at=now, by=actor, key=key
    )
    send(conversation, message, actor=actor, now=now, way=way, in_private=in_private)
    return message


def _checked(text: str) -> str:
    """The text as it can be sent. Raises ConversationRefused."""
    clean = text.replace("\r\n", "\n").strip()
    if not clean:
        raise ConversationRefused(_("The reply is empty. Write something first."))
    if len(clean) > LONGEST:
        too_many = len(clean) - LONGEST
        raise ConversationRefused(
            _("The reply is %(count)s characters too long. Your text is still here.") % {"count": too_many}
        )
    left = rules.unfilled(clean)
    if left:
        raise ConversationRefused(
            _("Your text still says %(names)s. Fill it in, or take it out.") % {"names": ", ".join(left)}
        )
    return clean


def _stand_aside(current: Conversation, actor: StaffMember, now: datetime) -> None:
    """Nobody answers while a colleague is at it. Raises ConversationRefused."""
    colleague, until = current.claimed_by, current.claimed_until
    if colleague is not None and colleague != actor and until is not None and until > now:
        raise ConversationRefused(
            _("%(name)s is answering this until %(time)s. Your text is still here.")
            % {"name": colleague.name, "time": f"{timezone.localtime(until):%H:%M}"}
        )


def _refuse_unseen(current: Conversation, seen: int | None) -> None:
    """What was said since the form was opened is read first. Raises ConversationRefused."""
    said = current.messages.exclude(direction=Message.Direction.NOTE)
    if seen is not None and said.filter(pk__gt=seen).exists():
        raise ConversationRefused(
            _("Something was said while you wrote. Read it above. Your text is still here; you can send it now.")
        )


def send(
    conversation: Conversation, message: Message, *, actor: StaffMember | None, now: datetime, way: Way | None = None,
    in_private: bool = False,
) -> None:  # fmt: skip
    """Count it, move the contribution on, and send it: on the network where they spoke, else by mail where we can."""
    count_message(conversation, now=now)
    contribution = conversation.contribution
    if contribution is not None:
        mark_replied(contribution=contribution, actor=actor, now=now)
    if way is not None:
        message.delivery = answer_there(message, way, now=now, in_private=in_private)
    elif contribution is not None:
        message.delivery = delivery_for(conversation, message, now)
    message.save(update_fields=["delivery"])


def gets_mail(resident: Resident) -> bool:
    """Whether a reply goes by mail too: to an address that its owner confirmed and that still works."""
    return resident.confirmed_at is not None and resident.bounced_at is None


def delivery_for(conversation: Conversation, message: Message, now: datetime) -> Delivery | None:
    """The mail with this reply; None when the resident reads it with the follow code only.

    Looks at contribution and resident as they are now and holds them until the end: an address that is confirmed
    this moment gets the reply either from here or with all that waited, and never both.
    """
    if conversation.contribution_id is None:
        return None
    contribution = held(conversation.contribution_id)
    resident = held_resident(contribution.author_id)
    if resident is None or not gets_mail(resident):
        return None
    return deliver(
        kind="email", key=f"reply:{message.pk}", purpose="reply", recipient=resident.email, due_at=now,
        draft=mail.reply_to(contribution, message),
    )  # fmt: skip


def can_reply(conversation: Conversation, *, now: datetime | None = None) -> bool:
    """Whether there is anybody left to read it: not after the resident withdrew or erased what they said, and on a
    network only as long as it lets us (asked with ``now``).
    """
    contribution = conversation.contribution
    way = way_of(conversation, now=now) if now is not None else None
    if way is not None and way.closed:
        return False
    return contribution is None or (contribution.erased_at is None and contribution.state != State.WITHDRAWN)
