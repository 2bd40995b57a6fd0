"""What networks that charge cost us, and the most that may go out in a month.

Amounts are thousandths of a dollar, as ``contract.Costs`` gives them.
"""

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from django.db.models import Sum
from django.utils import timezone

from stamtafel.channels.contract import Costs, Kind, Permanent, Rendered
from stamtafel.channels.models import Account, Delivery
from stamtafel.work.models import DueState

CEILING: Final = "monthly_ceiling"
SPENT: Final = (DueState.SENDING, DueState.DONE, DueState.UNSURE)  # unsure: it may have been charged


def ceiling_of(account: Account) -> int | None:
    """The most that may go out in a month: the option ``monthly_ceiling``, in dollars. None = no ceiling."""
    said = account.options.get(CEILING)
    try:
        dollars = Decimal(str("" if said is None else said).replace(",", "."))
    except InvalidOperation:
        return None
    return int(dollars * 1000) if dollars.is_finite() else None


def spent(account: Account, now: datetime) -> int:
    """What went out to this account in the month of ``now``, with what is on its way this moment."""
    rows = Delivery.objects.filter(account_id=account.pk, state__in=SPENT, tried_at__gte=month(now))
    return int(rows.aggregate(sum=Sum("cost"))["sum"] or 0)


def month(now: datetime) -> datetime:
    """When the month of ``now`` began here."""
    return timezone.localtime(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def dollars(thousandths: int) -> str:
    """An amount as the network writes it: ``$0.015``, ``$12.40``."""
    whole = f"{thousandths / 1000:.3f}"
    return "$" + whole.removesuffix("0")


def reserve(row: Delivery, channel: Kind, rendered: Rendered, now: datetime) -> None:
    """Write down what sending this costs, before it is sent. Raises Permanent where it would pass the ceiling.

    Written first and counted after, so that of two at the same time neither is overlooked.
    """
    if not isinstance(channel, Costs):
        return
    row.cost = channel.cost(rendered)
    Delivery.objects.filter(pk=row.pk).update(cost=row.cost)
    most = ceiling_of(row.account)
    if most is None:
        return
    before = spent(row.account, now) - row.cost
    if before + row.cost > most:
        raise Permanent(
            f"The monthly ceiling of this account is {dollars(most)}: {dollars(before)} is used, "
            f"and this costs {dollars(row.cost)}."
        )
