"""What somebody said on a network becomes a contribution, with the same standing as one from the site."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from stamtafel.dossier.actions.submit import submit_contribution
from stamtafel.dossier.models import Contribution, Kind, Topic
from stamtafel.dossier.rules.limits import TextRefused
from stamtafel.inbox.actions.handle import ConversationRefused
from stamtafel.inbox.actions.there import TAKEN, say_there, way_back
from stamtafel.inbox.models import Conversation, Message
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import require
from stamtafel.people.rules import Permission
from stamtafel.places.models import Area


@dataclass(frozen=True, slots=True)
class TakenUp:
    """The contribution, and whether its writer is told on the network; ``why_not`` says why they are not."""

    contribution: Contribution
    told: bool
    why_not: str = ""


@transaction.atomic
def take_up(
    *, conversation: Conversation, message: Message, kind: Kind, topic: Topic | None, area: Area | None,
    actor: StaffMember, now: datetime,
) -> TakenUp:  # fmt: skip
    """Make a contribution of what somebody said, once; its answer goes back where they said it.

    It keeps its origin (channel) and its words; no name or handle goes with it. Raises Forbidden, ConversationRefused.
    """
    require(actor, Permission.REPLY)
    current = Conversation.objects.select_for_update(of=("self",)).get(pk=conversation.pk)
    if current.contribution_id is not None:
        raise ConversationRefused(_("This was taken up as a contribution before."))
    if message.conversation_id != current.pk or message.direction != Message.Direction.IN or message.deleted_at:
        raise ConversationRefused(_("Choose something that the resident said and that is still there."))
    made = _contribution(message, channel=current.channel, kind=kind, topic=topic, area=area, now=now)
    Conversation.objects.filter(pk=current.pk).update(contribution=made, subject=made.title, kind=kind)
    conversation.refresh_from_db()
    return _tell(conversation, made, now)


def _contribution(message: Message, *, channel: str, now: datetime, **what: Any) -> Contribution:
    language = "en" if message.conversation.language == "en" else "nl"
    try:
        return submit_contribution(
            text=message.text, channel=channel, form_key=f"{TAKEN}{message.pk}", language=language, now=now, **what
        ).contribution
    except TextRefused as refused:
        raise ConversationRefused(str(refused)) from refused


def _tell(conversation: Conversation, made: Contribution, now: datetime) -> TakenUp:
    """Say it to who said it."""
    way = way_back(made, now=now)
    if way is None or way.closed:
        return TakenUp(made, told=False, why_not=way.closed if way else _("There is no way back to who said it."))
    with translation.override(made.language):
        text = _("Thank you. We took this up as a contribution. Follow what we do with it:")
    if say_there(conversation, text, way, now=now, key=f"taken-up:{made.pk}") is None:
        return TakenUp(made, told=False, why_not=_("Our thanks do not fit on this channel. Tell them yourself."))
    return TakenUp(made, told=True)
