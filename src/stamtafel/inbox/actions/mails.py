"""Taking back and emptying mails about contributions."""

from collections.abc import Iterable

from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat

from stamtafel.channels.models import Delivery
from stamtafel.inbox.models import Message, Notice
from stamtafel.work.models import DueState


def stop(mails: Iterable[int]) -> list[int]:
    """Send these no more, as far as they wait; gives which. Their key is free again: nobody saw them."""
    waiting = Delivery.objects.filter(pk__in=list(mails), state__in=[DueState.WAITING, DueState.HELD])
    stopped = list(waiting.select_for_update().values_list("pk", flat=True))
    free = Concat(F("key"), Value(":stopped:"), Cast("pk", CharField()))
    Delivery.objects.filter(pk__in=stopped).update(state=DueState.CANCELLED, key=free)
    return stopped


def empty(mails: Iterable[int]) -> None:
    """Keep neither words nor address of these. What is being sent this moment keeps both until it is out."""
    rows = Delivery.objects.filter(pk__in=list(mails)).exclude(state=DueState.SENDING)
    rows.update(recipient="", draft={"subject": "", "body": ""}, last_error="")


def forget_mails(contribution_id: int) -> None:
    """Stop and empty every mail about one contribution.

    A mail that tells of others too is told anew without this one; the question whose an address is stays where
    others wait for the answer.
    """
    told = Notice.objects.filter(step__contribution=contribution_id, delivery__isnull=False)
    said = Message.objects.filter(conversation__contribution=contribution_id, delivery__isnull=False)
    mails = {*told.values_list("delivery", flat=True), *said.values_list("delivery", flat=True)}
    others = Notice.objects.filter(delivery__in=mails).exclude(step__contribution=contribution_id)
    mails -= set(others.filter(waits=True).values_list("delivery", flat=True))
    stopped = stop(mails)
    others.filter(delivery__in=stopped, delivery__purpose="notice").update(waits=True, delivery=None)
    Message.objects.filter(delivery__in=stopped).exclude(conversation__contribution=contribution_id).update(
        delivery=None
    )
    empty(mails)
