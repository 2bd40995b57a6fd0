"""Put something on its way out, and what a person can do when it does not get there."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from stamtafel.channels import registry, rules
from stamtafel.channels.contract import Channel, Draft, Replies, Target
from stamtafel.channels.models import Account, Delivery
from stamtafel.ledger.actions import append
from stamtafel.people.models import Resident, StaffMember
from stamtafel.people.queries import require
from stamtafel.people.rules import Permission
from stamtafel.work.models import DueState
from stamtafel.work.rules import State


class CannotPublish(ValueError):
    """The kind only listens: nothing can be sent to it."""


class AlreadyMoved(ValueError):
    """The delivery is no longer where the person saw it; the sentence is for them."""

    def __init__(self) -> None:
        super().__init__(_("Something changed in the meantime. Load the page again to see how it is now."))


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One of many for ``deliver_many``."""

    key: str
    draft: Draft
    recipient: str = ""
    target: Target | None = None
    in_private: bool = False


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
        target=item.target.as_data() if item.target else {},
        in_private=item.in_private,
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
    target: Target | None = None,
    in_private: bool = False,
) -> Delivery:
    """Put one thing on its way, in the caller's transaction: a row that the loop sends. Idempotent by ``key``.

    ``to`` names the account where a kind has several; ``target`` is what it answers, ``in_private`` to its author
    alone. Raises CannotPublish for a kind that only listens and UnsafeHeader for a recipient that is not one address.
    """
    owner = to or account(kind)
    deliver_many(to=owner, purpose=purpose, items=[Outgoing(key, draft, recipient, target, in_private)], due_at=due_at)
    return Delivery.objects.get(key=key)


def deliver_many(*, to: Account, purpose: str, items: Iterable[Outgoing], due_at: datetime) -> None:
    """Put many things on their way to one account; a key that is already there stays as it is."""
    if not isinstance(registry.channel(to.kind, to.options), (Channel, Replies)):
        raise CannotPublish(to.kind)
    rows = [_row(to, item, purpose, due_at) for item in items]
    Delivery.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


# ── what a mail server gives back ────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class CameBack:
    """A mail that a server took and gave back: which one, to whom as the server says, and its reason."""

    message_id: str
    recipient: str
    said: str
    no_such_address: bool


@transaction.atomic
def came_back(*, account: Account, mail: CameBack, now: datetime) -> Delivery | None:
    """The mail did not arrive after all, and nothing more is sent to an address that does not exist.

    Anybody can write a report. One counts only where it names a mail of ours, whose number only we and the recipient's
    server know; the address is marked only where it is the one that we wrote to. None where it counts for nothing.
    """
    ours = Delivery.objects.select_for_update(of=("self",)).filter(account=account, remote_id=mail.message_id)
    found = ours.filter(state=DueState.DONE).exclude(purpose__in=rules.SECRET_PURPOSES).first()
    if found is None:
        return None
    Delivery.objects.filter(pk=found.pk).update(state=DueState.FAILED, last_error=mail.said)
    if mail.no_such_address and found.recipient and found.recipient.lower() == mail.recipient:
        Resident.objects.filter(email=found.recipient, bounced_at=None).update(bounced_at=now)
    return found


# ── what a person can do ─────────────────────────────────────────────────────────────────────────
def retry_delivery(*, actor: StaffMember | None, delivery_id: int, now: datetime) -> None:
    """Try again at once, under the same key and Message-ID. Raises Forbidden or AlreadyMoved."""
    _move(actor, delivery_id, State.WAITING, now, due_at=now, attempts=0, done_at=None)


def cancel_delivery(*, actor: StaffMember | None, delivery_id: int, now: datetime) -> None:
    """Never send it. Raises Forbidden, or AlreadyMoved once it is under way or out."""
    _move(actor, delivery_id, State.CANCELLED, now, done_at=now)


def mark_sent(*, actor: StaffMember | None, delivery_id: int, now: datetime) -> None:
    """A person saw that it is out, or told it another way. Raises Forbidden or AlreadyMoved."""
    _move(actor, delivery_id, State.DONE, now, done_at=now)


@transaction.atomic
def done_by_hand(*, actor: StaffMember | None, delivery_id: int, now: datetime) -> None:
    """Who answers residents did on the network itself what no program may. Raises Forbidden or AlreadyMoved."""
    require(actor, Permission.REPLY)
    rows = Delivery.objects.filter(pk=delivery_id, state__in=[State.FAILED, State.UNSURE]).exclude(by_hand_url="")
    if not rows.update(state=State.DONE, lease_until=None, handled_by=actor, done_at=now):
        raise AlreadyMoved
    append(kind="delivery.by_hand", subject=f"delivery:{delivery_id}", data={}, now=now)


BY_HAND = {
    State.WAITING: ("retried", (State.FAILED, State.UNSURE)),
    State.CANCELLED: ("cancelled", (State.WAITING, State.HELD, State.FAILED, State.UNSURE)),
    State.DONE: ("marked_sent", (State.FAILED, State.UNSURE)),
}


@transaction.atomic
def _move(actor: StaffMember | None, delivery_id: int, after: State, now: datetime, **values: object) -> None:
    require(actor, Permission.RETRY_DELIVERIES)
    word, before = BY_HAND[after]
    found = Delivery.objects.filter(pk=delivery_id, state__in=before)
    if not found.update(state=after, lease_until=None, handled_by=actor, **values):
        raise AlreadyMoved
    append(kind=f"delivery.{word}", subject=f"delivery:{delivery_id}", data={}, now=now)


@transaction.atomic
def hold_account(*, actor: StaffMember | None, account_id: int, now: datetime) -> None:
    """Let nothing leave for this account (a crisis, a mistake); a batch that is under way still ends.

    Raises Forbidden or AlreadyMoved (it was on hold).
    """
    require(actor, Permission.RETRY_DELIVERIES)
    if not Account.objects.filter(pk=account_id, held=False).update(held=True):
        raise AlreadyMoved
    Delivery.objects.filter(account_id=account_id, state=DueState.WAITING).update(state=DueState.HELD)
    append(kind="account.held", subject=f"account:{account_id}", data={}, now=now)


@transaction.atomic
def resume_account(*, actor: StaffMember | None, account_id: int, now: datetime) -> None:
    """Let what waited go on its way. Raises Forbidden or AlreadyMoved (it was not on hold)."""
    require(actor, Permission.RETRY_DELIVERIES)
    if not Account.objects.filter(pk=account_id, held=True).update(held=False, problem=""):
        raise AlreadyMoved
    Delivery.objects.filter(account_id=account_id, state=DueState.HELD).update(state=DueState.WAITING)
    append(kind="account.resumed", subject=f"account:{account_id}", data={}, now=now)


@transaction.atomic
def forget_recipient(*, recipient: str) -> int:
    """Erase an address from everything that went out, and cancel what has not yet. Returns how many rows.

    What is being sent this moment keeps its address until it is out: call it again after a minute.
    """
    rows = Delivery.objects.filter(recipient=recipient).exclude(state=DueState.SENDING)
    rows.filter(state__in=[DueState.WAITING, DueState.HELD]).update(state=DueState.CANCELLED)
    return rows.update(recipient="", draft={"subject": "", "body": ""}, last_error="")
