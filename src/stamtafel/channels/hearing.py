"""What networks tell us: kept as it came, before anything is done with it, and forgotten when its time is over."""

import hashlib
import math
import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from stamtafel.channels import queries, registry
from stamtafel.channels.contract import Credentials, Update, Webhooks
from stamtafel.channels.models import Account, InboundItem
from stamtafel.ledger.actions import append
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import require
from stamtafel.people.rules import Permission
from stamtafel.work.models import DueState

LONGEST_ID: Final = 250
MANY: Final = 500
NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)  # when an item is due of which nothing is left to do or to forget
HOOK: Final = "hook"  # the option with the unguessable part of the address


class NotGenuine(ValueError):
    """The call does not bear the signature of the network."""


class ForeignForm(ValueError):
    """The call is signed, but it is not in the form of the network."""


# ── the address that a network calls ─────────────────────────────────────────────────────────────
@transaction.atomic
def open_hook(*, account: Account) -> str:
    """The address that the network may call, made once. Empty for a channel that is not told by its network."""
    held = Account.objects.select_for_update().get(pk=account.pk)
    if not held.options.get(HOOK):
        held.options = {**held.options, HOOK: secrets.token_urlsafe(24)}
        held.save(update_fields=["options"])
    account.options = held.options
    return hook_address(account)


def hook_address(account: Account) -> str:
    """The whole address, or "" while there is none."""
    key = account.options.get(HOOK, "")
    told = account.kind in registry.kinds() and isinstance(queries.channel_of(account), Webhooks)
    return f"{settings.SITE_URL}/hooks/{account.kind}/{account.pk}/{key}/" if key and told else ""


def account_behind(*, kind: str, pk: int, key: str) -> tuple[Account, Webhooks] | None:
    """The account whose address this is, with its channel; None for any other address."""
    account = Account.objects.filter(pk=pk, kind=kind, enabled=True).first()
    if account is None or kind not in registry.kinds():
        return None
    known = str(account.options.get(HOOK, ""))
    channel = queries.channel_of(account)
    fits = secrets.compare_digest(known.encode(), key.encode())
    return (account, channel) if known and fits and isinstance(channel, Webhooks) else None


def be_told(
    *, account: Account, channel: Webhooks, headers: Mapping[str, str], body: bytes, now: datetime
) -> None:  # fmt: skip
    """Keep what one call of a network holds. Nothing is looked at yet: the network gets its answer first.

    Raises NotGenuine, ForeignForm, and vault.CannotOpen. The same call again changes nothing.
    """
    credentials: Credentials = queries.credentials_of(account)
    if not channel.is_genuine(headers, body, credentials):
        raise NotGenuine
    try:
        updates = channel.split(body)
    except (ValueError, RecursionError) as error:
        raise ForeignForm from error
    keep_updates(account=account, updates=updates, now=now)


# ── keeping ──────────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def keep_updates(*, account: Account, updates: Iterable[Update], now: datetime) -> None:
    """Keep each thing once, by its id; one that is there already stays as it is."""
    rows = [
        InboundItem(
            account=account,
            remote_id=fitting(clean(one.remote_id)),
            payload=storable(one.payload),
            received_at=now,
            due_at=now,
        )
        for one in updates
    ]
    InboundItem.objects.bulk_create(rows, ignore_conflicts=True, batch_size=MANY)


def fitting(remote_id: str) -> str:
    """The id as it fits in its column: of a longer one (RFC 5322 allows 998) the beginning and a digest."""
    if len(remote_id) <= LONGEST_ID:
        return remote_id
    return f"{remote_id[:180]}:{hashlib.sha256(remote_id.encode()).hexdigest()}"


def storable(value: Any) -> Any:
    """JSON without what a database can't keep: NUL, half a surrogate pair, and numbers that are none."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {clean(str(name)): storable(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [storable(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def clean(text: str) -> str:
    """The text without NUL and half surrogate pairs."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "").encode("utf-8", "replace").decode()


# ── what can't be read ───────────────────────────────────────────────────────────────────────────
@transaction.atomic
def read_again(*, actor: StaffMember | None, item_id: int, now: datetime) -> bool:
    """Try once more to take in what could not be read. False when it is no longer there. Raises Forbidden."""
    require(actor, Permission.RETRY_DELIVERIES)
    failed = InboundItem.objects.filter(pk=item_id, state=DueState.FAILED)
    if not failed.update(state=DueState.WAITING, due_at=now, attempts=0):
        return False
    append(kind="inbound.read_again", subject=f"inbound:{item_id}", data={}, now=now)
    return True


def forget_payloads(now: datetime) -> int:
    """Empty what was taken in, or given up, so long ago (job).

    The row stays, so that the same thing is not taken in twice. It is never due again, so that the next round passes
    it over.
    """
    before = now - timedelta(days=settings.INBOUND_DAYS)
    old = InboundItem.objects.filter(state__in=[DueState.DONE, DueState.FAILED], due_at__lt=before)
    batch = list(old.values_list("pk", flat=True)[:MANY])
    emptied = InboundItem.objects.filter(pk__in=batch, state__in=[DueState.DONE, DueState.FAILED])
    return emptied.update(state=DueState.DONE, payload={}, last_error="", due_at=NEVER)
