"""Looking how an account is doing: the same for the button, the hourly job and the command."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from stamtafel.channels.contract import (
    Channel,
    ChannelError,
    Credentials,
    HasQuota,
    Health,
    Kind,
    NeedsSignIn,
    Quota,
    Temporary,
)
from stamtafel.channels.models import Account
from stamtafel.channels.queries import channel_of
from stamtafel.channels.renewing import fresh_credentials

SIGN_IN, LATER, REFUSED = "sign_in", "later", "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What came of looking. ``problem`` is the network's own sentence, ``trouble`` what kind it is; "" = fine."""

    problem: str = ""
    trouble: str = ""
    health: Health = field(default_factory=Health)
    quota: Quota | None = None

    @property
    def good(self) -> bool:
        """Whether the network lets us in."""
        return not self.trouble


def look(channel: Kind, credentials: Credentials) -> Found:
    """Ask the network how we are doing, without writing anything down. Never raises a ChannelError."""
    if not isinstance(channel, Channel):
        return Found()
    try:
        health = channel.check(credentials) or Health()
        quota = channel.quota(credentials) if isinstance(channel, HasQuota) else None
    except ChannelError as error:
        return failed(error, credentials)
    return Found(health=health, quota=quota)


def failed(error: ChannelError, credentials: Credentials) -> Found:
    """What an error of the network comes down to; a secret that the network repeats is left out."""
    trouble = SIGN_IN if isinstance(error, NeedsSignIn) else LATER if isinstance(error, Temporary) else REFUSED
    return Found(problem=without_secrets(str(error), credentials) or trouble, trouble=trouble)


def check_account(account: Account, now: datetime) -> Found:
    """Ask the network, and write down what it says. Not to be called in a transaction."""
    channel = channel_of(account)
    try:
        found = look(channel, fresh_credentials(account, channel, now))
    except ChannelError as error:
        found = failed(error, {})
    write_down(account, found, now)
    return found


def write_down(account: Account, found: Found, now: datetime) -> None:
    """Keep what was found; where the network could not be asked, what it said before stays."""
    with transaction.atomic():
        held = Account.objects.select_for_update().get(pk=account.pk)
        held.problem, held.checked_at = found.problem, now
        held.health = {**held.health, "trouble": found.trouble}
        if found.good:
            held.health |= as_data(found.health, found.quota)
            held.expires_at = found.health.expires_at
        held.save(update_fields=["problem", "checked_at", "health", "expires_at"])
    account.refresh_from_db()


def note(account: Account, name: str, said: str) -> None:
    """Keep one more thing to know beside what the last look found."""
    with transaction.atomic():
        held = Account.objects.select_for_update().get(pk=account.pk)
        held.health = {**held.health, name: said}
        held.save(update_fields=["health"])


def as_data(health: Health, quota: Quota | None) -> dict[str, Any]:
    """As JSON for ``Account.health``; the moment of expiry has a column of its own."""
    resets = quota.resets_at.isoformat() if quota and quota.resets_at else ""
    return {
        "name": health.name,
        "url": health.url,
        "missing": list(health.missing),
        "notes": list(health.notes),
        "quota": {"used": quota.used, "total": quota.total, "resets_at": resets} if quota else {},
    }


def without_secrets(text: str, secrets: Mapping[str, str]) -> str:
    """The text without any of these values: what a network says may hold the token that it got."""
    for value in sorted(secrets.values(), key=len, reverse=True):
        if len(value) > 3:  # noqa: PLR2004 - shorter is no secret, and would tear words apart
            text = text.replace(value, "…")
    return text


def kept_secrets(account: Account) -> set[str]:
    """The names of what is filled in, never the values."""
    return set(account.secrets.values_list("name", flat=True))
