"""What is done to a post that is out already: taken back, or given other words.

Both go by rows of their own that a job does, in the transaction of whoever asks. Where no program may, the row fails
at once with the address where a person can, and stays on the desk until somebody says that it was done.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from stamtafel.channels import queries
from stamtafel.channels.contract import Draft, Edits, Kind, Retracts
from stamtafel.channels.models import Account, Amendment, Delivery
from stamtafel.channels.registry import UnknownKind
from stamtafel.channels.rules import ONE_ACCOUNT
from stamtafel.ledger.actions import append
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import require
from stamtafel.people.rules import Permission
from stamtafel.work.models import DueState

NOT_YET = (DueState.WAITING, DueState.HELD)
NO_PROGRAM = "Only a person can do this here."  # words the desk in its own language, see rules.SAID


class NotByHand(ValueError):
    """Nobody has to do this by hand any more; the sentence is for them."""


def take_back(*, deliveries: QuerySet[Delivery], now: datetime) -> None:
    """Never send what waits, and take away what is out or on its way, in the caller's transaction."""
    deliveries.filter(state__in=NOT_YET).update(state=DueState.CANCELLED, done_at=now)
    for row in deliveries.filter(_reached(), retracted_at=None).select_related("account"):
        if row.account.kind not in ONE_ACCOUNT:
            _amend(row, Amendment.Sort.RETRACT, 0, {}, now)


def put_other_words(*, delivery: Delivery, draft: Draft, number: int, now: datetime) -> None:
    """Make it say what the draft says, in the caller's transaction: before it leaves, or by an edit on the network.

    ``number`` is that of the text: one edit for each. An edit that was not made yet gives way to the newer one.
    """
    data = draft.as_data()
    if Delivery.objects.filter(pk=delivery.pk, state__in=NOT_YET).update(draft=data):
        return
    row = Delivery.objects.select_related("account").filter(_reached(), pk=delivery.pk).first()
    if row is None or row.account.kind in ONE_ACCOUNT or row.draft == data:
        return
    older = Amendment.objects.filter(delivery=row, sort=Amendment.Sort.EDIT, number__lt=number)
    older.filter(state__in=[*NOT_YET, DueState.FAILED]).update(state=DueState.CANCELLED)
    _amend(row, Amendment.Sort.EDIT, number, data, now)


def _reached() -> Q:
    """Out, or nobody knows yet: looked at again when it is settled."""
    return Q(state__in=[DueState.DONE, DueState.SENDING, DueState.UNSURE])


def _amend(row: Delivery, sort: Amendment.Sort, number: int, draft: dict[str, object], now: datetime) -> None:
    able = can(row.account, sort)
    Amendment.objects.get_or_create(
        delivery=row, sort=sort, number=number,
        defaults={
            "draft": draft, "due_at": now, "state": DueState.WAITING if able else DueState.FAILED,
            "last_error": "" if able else NO_PROGRAM, "by_hand_url": "" if able else row.remote_url,
        },
    )  # fmt: skip


def can(account: Account, sort: str) -> bool:
    """Whether the network of an account lets a program do this."""
    try:
        channel: Kind = queries.channel_of(account)
    except UnknownKind:
        return False
    return isinstance(channel, Retracts if sort == Amendment.Sort.RETRACT else Edits)


@transaction.atomic
def done_by_hand(*, actor: StaffMember | None, amendment_id: int, now: datetime) -> None:
    """A person did it on the network itself. Raises Forbidden, NotByHand."""
    require(actor, Permission.WRITE_ANNOUNCEMENTS)
    found = Amendment.objects.select_for_update(of=("self",)).filter(pk=amendment_id, state=DueState.FAILED).first()
    if found is None:
        raise NotByHand(_("This does not wait for anybody any more. Load the page again to see how it is now."))
    found.state, found.done_at, found.handled_by = DueState.DONE, now, actor
    found.save(update_fields=["state", "done_at", "handled_by"])
    if found.sort == Amendment.Sort.RETRACT:
        Delivery.objects.filter(pk=found.delivery_id).update(retracted_at=now)
    else:
        Delivery.objects.filter(pk=found.delivery_id).update(draft=found.draft)  # what is there now
    append(kind=f"delivery.{found.sort}_by_hand", subject=f"delivery:{found.delivery_id}", data={}, now=now)
