"""Within how many working days residents get a first answer."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from stamtafel.dossier.models import Kind
from stamtafel.inbox.models import ResponseTerm
from stamtafel.inbox.rules import DEFAULT_WORKING_DAYS
from stamtafel.ledger.actions import append
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import require
from stamtafel.people.rules import Permission


def response_terms() -> dict[str, int]:
    """Working days per kind of contribution, the default where nothing was set."""
    known = dict(ResponseTerm.objects.values_list("kind", "working_days"))
    return {str(kind): known.get(kind, DEFAULT_WORKING_DAYS) for kind in Kind}


@transaction.atomic
def set_response_terms(*, actor: StaffMember | None, days: Mapping[str, int], now: datetime) -> None:
    """Set the terms, for what comes in from now on; what waits keeps the day that was promised.

    Public, so it is in the log. Raises Forbidden.
    """
    require(actor, Permission.MANAGE_SETTINGS)
    before = response_terms()
    changed = {kind: number for kind, number in days.items() if kind in before and before[kind] != number}
    for kind, number in changed.items():
        ResponseTerm.objects.update_or_create(kind=kind, defaults={"working_days": number})
    if changed:
        append(kind="response_terms", subject="municipality", data={"working_days": changed}, now=now)
