"""What an account comes in with, exchanged for new where it wears out: by one caller at a time.

Some networks take a refresh token once, and a second caller with the same one ends our access for good. So whoever
exchanges first marks the account as busy (compare-and-swap on ``busy_until``), then calls the network without any lock
in the database, and keeps what came back before anybody uses it. Whoever comes meanwhile comes back later.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q
from django.utils import timezone

from stamtafel.channels.contract import Credentials, Kind, NeedsSignIn, Renews, Temporary
from stamtafel.channels.models import Account
from stamtafel.channels.queries import credentials_of
from stamtafel.channels.vault import CannotOpen, keep_secrets

TURN: Final = timedelta(minutes=2)  # longer than any one exchange takes; after it, whoever had the turn is gone
AGAIN: Final = timedelta(seconds=5)


def fresh_credentials(account: Account, channel: Kind, now: datetime) -> Credentials:
    """What the account comes in with, fit to be used now. Not to be called in a transaction: it may call the network.

    Raises Temporary while another caller exchanges it or the network can't be reached, NeedsSignIn where the network
    takes it no more or our own keys do not open it.
    """
    found = _opened(account)
    if not isinstance(channel, Renews) or not channel.is_stale(found, now):
        return found
    until = _begin(account)
    try:
        return _exchanged(account, channel, now)
    finally:
        Account.objects.filter(pk=account.pk, busy_until=until).update(busy_until=None)


def _exchanged(account: Account, channel: Renews, now: datetime) -> Credentials:
    found = _opened(account)  # once more: whoever had the turn before us may have done it
    if channel.is_stale(found, now):
        keep_secrets(account, channel.renew(found, now))
        found = _opened(account)
    return found


def _begin(account: Account) -> datetime:
    """Take the turn by the clock on the wall: the moment of a round may lie a while back."""
    moment = timezone.now()
    until = moment + TURN
    free = Account.objects.filter(Q(busy_until=None) | Q(busy_until__lte=moment), pk=account.pk)
    if not free.update(busy_until=until):
        raise Temporary("Somebody else exchanges the access of this account this moment.", retry_after=AGAIN)
    return until


def _opened(account: Account) -> Credentials:
    try:
        return credentials_of(account)
    except CannotOpen as error:
        raise NeedsSignIn(str(error)) from None
