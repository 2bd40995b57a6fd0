"""Somebody says that a contribution with their address is not theirs."""

from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from stamtafel.dossier.models import Contribution
from stamtafel.inbox.actions.mails import forget_mails
from stamtafel.inbox.actions.notices import held
from stamtafel.inbox.models import Conversation, Message, Notice
from stamtafel.ledger.actions import append


@transaction.atomic
def take_address_off(*, contribution: Contribution, now: datetime) -> bool:
    """Take the mail address off a contribution: nothing about it is mailed any more. Whether there was one.

    The contribution stays, and whoever has the follow code goes on as before. The form that it came with can't
    bring the address back: sent again it is a contribution of its own.
    """
    kept = held(contribution.pk)
    if kept.author_id is None:
        return False
    kept.author, kept.form_key = None, None
    kept.save(update_fields=["author", "form_key"])
    Notice.objects.filter(step__contribution=kept).update(waits=False)
    forget_mails(kept.pk)
    Conversation.objects.filter(contribution=kept).update(resident=None)
    _tell_colleagues(kept, now)
    append(kind="contribution.address_off", subject=f"contribution:{kept.pk}", data={}, now=now)
    return True


def _tell_colleagues(contribution: Contribution, now: datetime) -> None:
    conversation = Conversation.objects.filter(contribution=contribution).first()
    if conversation is None:
        return
    with translation.override("nl"):
        text = _(
            "The owner of the e-mail address says: I did not write this. We removed the address. We send no more "
            "e-mails about this."
        )
    note = {"conversation": conversation, "direction": Message.Direction.NOTE, "at": now, "text": text}
    Message.objects.get_or_create(key=f"not-mine:{contribution.pk}", defaults=note)
