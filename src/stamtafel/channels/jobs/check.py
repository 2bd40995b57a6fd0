"""Look every hour how each account is doing, and see to it that its network still tells us what people say."""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Q

from stamtafel.channels import hearing, queries, registry
from stamtafel.channels.checking import check_account, note
from stamtafel.channels.contract import Channel, ChannelError, KeepsSubscribed
from stamtafel.channels.models import Account
from stamtafel.channels.renewing import fresh_credentials

EVERY: Final = timedelta(hours=1)  # a network that got no answer for an hour stops calling (Meta, webhooks)
NOTE: Final = "unsubscribed"  # in ``Account.health``: what the network said when we asked it to call us


def check_due(now: datetime) -> int:
    """Check every account that was not looked at for an hour; returns how many. One account never stops another.

    An error that nobody foresaw goes up at the end.
    """
    due = Account.objects.filter(Q(checked_at=None) | Q(checked_at__lte=now - EVERY), enabled=True)
    checked, errors = 0, list[Exception]()
    for account in due.filter(kind__in=list(registry.kinds())).order_by("pk"):
        try:
            checked += _checked(account, now)
        except Exception as error:  # noqa: BLE001 - raised below
            Account.objects.filter(pk=account.pk).update(checked_at=now)
            errors.append(error)
    if errors:
        raise errors[0]
    return checked


def _checked(account: Account, now: datetime) -> bool:
    if not isinstance(queries.channel_of(account), Channel):
        return False
    if check_account(account, now).good:
        subscribe(account, now)
    return True


def subscribe(account: Account, now: datetime) -> None:
    """Ask the network to call us, where it does so and our address can be called from outside."""
    channel = queries.channel_of(account)
    if not isinstance(channel, KeepsSubscribed) or not settings.SITE_URL.startswith("https://"):
        return
    said = ""
    try:
        channel.subscribe(fresh_credentials(account, channel, now), hearing.open_hook(account=account))
    except ChannelError as error:
        said = str(error)
    note(account, NOTE, said)
