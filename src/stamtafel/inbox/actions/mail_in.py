"""What only mail needs when it comes in: which conversation it belongs to, and what no person wrote.

A From line proves nothing (RFC 5321 section 7.1), nor does a Message-ID that somebody passed on. So a mail belongs to a
conversation on the site only where it came to the signed reply address of that conversation, which we wrote to its
resident alone. What machines write is never answered and opens nothing: at most it is a note for colleagues.
"""

from datetime import datetime
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _

from stamtafel.channels.actions import CameBack, came_back
from stamtafel.channels.adapters.email import arrive
from stamtafel.channels.adapters.email.mime import Mail
from stamtafel.channels.adapters.email.nature import Failure, Nature, failures, nature
from stamtafel.channels.models import Delivery, InboundItem
from stamtafel.dossier.models import State
from stamtafel.inbox import mail as outgoing
from stamtafel.inbox.models import Conversation, Message, Notice

LONGEST_NOTE: Final = 2_000
KIND: Final = "email"


def conversation_of(item: InboundItem) -> int | None:
    """The conversation whose signed reply address the mail came to; None where there is none that still goes on."""
    return _addressed(item, arrive.mail_of(item.payload)) if item.account.kind == KIND else None


def note_what_no_person_wrote(item: InboundItem, now: datetime) -> None:
    """Mail that came back, and automatic answers: told to colleagues where it belongs to a conversation.

    In the transaction of the caller; the same item again changes nothing.
    """
    if item.account.kind != KIND:
        return
    mail = arrive.mail_of(item.payload)
    kind = nature(mail)
    if kind is Nature.BOUNCE:
        for failure in failures(mail):
            _give_back(item, failure, now)
    elif kind is Nature.AUTOMATIC and (pk := _addressed(item, mail)) is not None:
        words = arrive.words_of(mail)[:LONGEST_NOTE]
        _note(pk, item, _("An automatic answer came by e-mail:") + f"\n\n{words}", now)


def _addressed(item: InboundItem, mail: Mail) -> int | None:
    made = [
        tag.conversation for tag in arrive.tags(item.payload, mail, settings.EMAIL_REPLY_TO) if outgoing.is_ours(tag)
    ]
    rows = Conversation.objects.filter(pk__in=made[:1]).exclude(contribution__erased_at__isnull=False)
    return rows.exclude(contribution__state=State.WITHDRAWN).values_list("pk", flat=True).first()


# ── mail that came back ──────────────────────────────────────────────────────────────────────────
def _give_back(item: InboundItem, failure: Failure, now: datetime) -> None:
    told = CameBack(failure.message_id, failure.recipient, failure.said, failure.no_such_address)
    delivery = came_back(account=item.account, mail=told, now=now)
    pk = _told_in(delivery) if delivery is not None else None
    if pk is not None:
        reason = _("Our mail did not arrive. The mail server of the resident says: %(said)s") % {"said": failure.said}
        _note(pk, item, reason, now)


def _told_in(delivery: Delivery) -> int | None:
    """The conversation that one of our mails belonged to."""
    said = Message.objects.filter(delivery=delivery).values_list("conversation_id", flat=True).first()
    if said is not None:
        return said
    told = Notice.objects.filter(delivery=delivery, step__contribution__conversation__isnull=False)
    return told.values_list("step__contribution__conversation", flat=True).first()


def _note(conversation_id: int, item: InboundItem, text: str, now: datetime) -> None:
    """A line for colleagues; nothing opens, nobody waits."""
    fields = {
        "conversation_id": conversation_id, "direction": Message.Direction.NOTE, "text": text, "at": now,
        "inbound": item,
    }  # fmt: skip
    Message.objects.get_or_create(key=f"mail:{item.pk}", defaults=fields)
