"""Do what is due to posts that are out: take them back, give them other words. Doing it again harms nobody."""

import random
from datetime import datetime, timedelta
from typing import Final

from stamtafel.channels import amending, pictures, queries, standing_still
from stamtafel.channels.contract import ByHand, Channel, ChannelError, Draft, Edits, OutcomeUnknown, Retracts, Temporary
from stamtafel.channels.models import Amendment, Delivery
from stamtafel.channels.registry import UnknownKind
from stamtafel.channels.renewing import fresh_credentials
from stamtafel.work import actions as work
from stamtafel.work.models import DueState

LEASE: Final = timedelta(minutes=3)
BATCH: Final = 20
AFTER_SENDING: Final = timedelta(minutes=1)
_chance = random.SystemRandom().random


def amend_due(now: datetime) -> int:
    """One batch; returns how many were tried. While everything stands still taking away goes on, editing does not."""
    work.take_back(Amendment.objects.all(), now=now, repeatable=True)
    rows = Amendment.objects.filter(delivery__account__enabled=True, delivery__account__held=False)
    if standing_still.stands_still():
        rows = rows.filter(sort=Amendment.Sort.RETRACT)
    claimed = work.claim(rows, now=now, lease=LEASE, limit=BATCH)
    for row in claimed:
        _amend(row, now)
    return len(claimed)


def _amend(row: Amendment, now: datetime) -> None:
    delivery = Delivery.objects.select_related("account").get(pk=row.delivery_id)
    if delivery.state in {DueState.SENDING, DueState.WAITING, DueState.HELD}:  # first it has to be out
        work.postpone(row, now=now, error="", chance=_chance(), retry_after=AFTER_SENDING)
        return
    if delivery.state in {DueState.FAILED, DueState.CANCELLED}:
        work.complete(row, done_at=now)  # it never was there
        return
    if not delivery.remote_id:
        _by_hand(row, amending.NO_PROGRAM, delivery.remote_url)
        return
    try:
        _call(row, delivery, now)
    except ByHand as error:
        _by_hand(row, str(error), error.url or delivery.remote_url)
    except Temporary as error:
        work.postpone(row, now=now, error=str(error), chance=_chance(), retry_after=error.retry_after)
    except OutcomeUnknown as error:  # made again: it is harmless
        work.postpone(row, now=now, error=str(error), chance=_chance())
    except (ChannelError, UnknownKind) as error:
        _by_hand(row, str(error), delivery.remote_url)
    else:
        _written(row, delivery, now)


def _call(row: Amendment, delivery: Delivery, now: datetime) -> None:
    channel = queries.channel_of(delivery.account)
    credentials = fresh_credentials(delivery.account, channel, now)
    if row.sort == Amendment.Sort.RETRACT and isinstance(channel, Retracts):
        channel.retract(delivery.remote_id, credentials)
    elif row.sort == Amendment.Sort.EDIT and isinstance(channel, Channel) and isinstance(channel, Edits):
        rendered = pictures.filled_in(channel.render(Draft.from_data(row.draft)), channel.limits)
        channel.edit(delivery.remote_id, rendered, credentials)
    else:
        raise ByHand(amending.NO_PROGRAM, url=delivery.remote_url)


def _written(row: Amendment, delivery: Delivery, now: datetime) -> None:
    if not work.complete(row, done_at=now):
        return
    if row.sort == Amendment.Sort.RETRACT:
        Delivery.objects.filter(pk=delivery.pk).update(retracted_at=now)
    else:
        Delivery.objects.filter(pk=delivery.pk).update(draft=row.draft)


def _by_hand(row: Amendment, error: str, url: str) -> None:
    Amendment.objects.filter(pk=row.pk).update(by_hand_url=url)
    work.fail(row, error=error)
