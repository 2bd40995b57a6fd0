"""Taking back what was just done with conversations: put away, closed, handed over."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from stamtafel.inbox.models import Conversation
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import require
from stamtafel.people.rules import Permission

FIELDS: Final = ("state", "assignee_id", "snoozed_until", "waits_since", "claimed_by_id", "claimed_until")
MOMENTS: Final = frozenset({"snoozed_until", "waits_since", "claimed_until", "last_message_at"})
SEEN: Final = (*FIELDS, "last_message_at")  # somebody wrote since: then there is nothing to take back

Snapshot = dict[str, dict[str, Any]]  # by the number of the conversation; JSON


def snapshot(pks: Iterable[int]) -> Snapshot:
    """How conversations stand now, as JSON."""
    rows = Conversation.objects.filter(pk__in=list(pks)).values("pk", *SEEN)
    return {str(row["pk"]): {name: _as_json(row[name]) for name in SEEN} for row in rows}


@transaction.atomic
def remembering(*, pks: Iterable[int], act: Callable[[], object]) -> tuple[Snapshot, Snapshot]:
    """Do something with conversations; gives how they stood before and after, for ``restore``."""
    known = list(pks)
    before = snapshot(known)
    act()
    return before, snapshot(known)


@transaction.atomic
def restore(*, before: Snapshot, after: Snapshot, actor: StaffMember) -> int:
    """Put conversations back as they were, each only where it still stands as we left it; says how many."""
    require(actor, Permission.REPLY)
    back = 0
    for pk, left in after.items():
        if pk not in before:
            continue
        still = {name: _as_value(name, left[name]) for name in SEEN}
        wanted = {name: _as_value(name, before[pk][name]) for name in FIELDS}
        back += Conversation.objects.filter(pk=int(pk), **still).update(**wanted)
    return back


def _as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _as_value(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if name in MOMENTS and value else value
