"""Put something on its way out."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from stamtafel.channels import registry, rules
from stamtafel.channels.contract import Channel, Draft
from stamtafel.channels.models import Account, Delivery
from stamtafel.work.models import DueState


class CannotPublish(ValueError):  # noqa: N818 - says what it is
    """The kind only listens: nothing can be sent to it."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One of many for ``deliver_many``."""

    key: str
    draft: Draft
    recipient: str = ""


def account(kind: str) -> Account:
    """The account of a built-in kind, made when first needed; Account.DoesNotExist for a network of others."""
    if kind not in rules.ONE_ACCOUNT:
        return Account.objects.get(kind=kind)
    return Account.objects.get_or_create(kind=kind, name=kind)[0]


def _row(target: Account, item: Outgoing, purpose: str, due_at: datetime) -> Delivery:
    return Delivery(
        account=target,
        key=item.key,
        purpose=purpose,
        draft=item.draft.as_data(),
        recipient=rules.recipient(item.recipient),
        due_at=due_at,
        state=DueState.HELD if target.held else DueState.WAITING,
        message_id=rules.message_id(unique=uuid.uuid4().hex, sender=settings.EMAIL_FROM),
    )


def deliver(
    *,
    kind: str,
    key: str,
    purpose: str,
    draft: Draft,
    recipient: str = "",
    due_at: datetime,
    to: Account | None = None,
) -> Delivery:
    """Put one thing on its way, in the caller's transaction: a row that the loop sends. Idempotent by ``key``.

    ``to`` names the account where a kind has several. Raises CannotPublish for a kind that only listens and
    UnsafeHeader for a recipient that is not one plain address.
    """
    target = to or account(kind)
    deliver_many(to=target, purpose=purpose, items=[Outgoing(key, draft, recipient)], due_at=due_at)
    return Delivery.objects.get(key=key)


def deliver_many(*, to: Account, purpose: str, items: Iterable[Outgoing], due_at: datetime) -> None:
    """Put many things on their way to one account; a key that is already there stays as it is."""
    if not isinstance(registry.channel(to.kind, to.options), Channel):
        raise CannotPublish(to.kind)
    rows = [_row(to, item, purpose, due_at) for item in items]
    Delivery.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
