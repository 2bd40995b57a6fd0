"""Who is typing an answer this moment, so that two do not write the same."""

from datetime import datetime, timedelta
from typing import Final

from stamtafel.inbox.models import Conversation
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import require
from stamtafel.people.rules import Permission

SHOWN: Final = timedelta(seconds=12)


def types(*, conversation_id: int, actor: StaffMember, now: datetime) -> None:
    """Say that I am typing; the last one who says so is shown. Raises Forbidden."""
    require(actor, Permission.REPLY)
    Conversation.objects.filter(pk=conversation_id).update(typing_by=actor, typing_until=now + SHOWN)


def who_types(*, conversation_id: int, viewer: StaffMember, now: datetime) -> str:
    """The name of the colleague who is typing, not the viewer; empty for nobody. Raises Forbidden."""
    require(viewer, Permission.SEE_INBOX)
    rows = Conversation.objects.filter(pk=conversation_id, typing_until__gt=now).exclude(typing_by=viewer)
    return rows.values_list("typing_by__name", flat=True).first() or ""
