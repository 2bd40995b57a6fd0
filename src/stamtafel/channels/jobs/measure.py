"""Keep once a day how many people saw what we told: of each post of the last month, and of each account."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from stamtafel.channels import queries, registry
from stamtafel.channels.checking import note
from stamtafel.channels.contract import (
    ChannelError,
    Credentials,
    Kind,
    Measures,
    MeasuresAccount,
    Metric,
    Permanent,
)
from stamtafel.channels.models import Account, Delivery, Snapshot
from stamtafel.channels.renewing import fresh_credentials
from stamtafel.work.models import DueState

KEPT_UP: Final = timedelta(days=30)  # how long a post is measured; X tells its own figures for as long
MEASURED: Final = ("announcement",)
AGAIN: Final = timedelta(minutes=30)  # until a network that broke off is asked once more
NOT_BEFORE: Final = "measure_after"  # in ``Account.health``


def measure_due(now: datetime) -> int:
    """Take today's figures of every account that has none yet; returns how many posts and accounts were measured.

    What was measured today is not asked again, so that a network that breaks off is gone on with later. An error that
    nobody foresaw goes up at the end.
    """
    today = timezone.localdate(now)
    due = Account.objects.filter(Q(measured_on=None) | Q(measured_on__lt=today), enabled=True)
    done, errors = 0, list[Exception]()
    for account in due.filter(kind__in=list(registry.kinds())).order_by("pk"):
        if account.health.get(NOT_BEFORE, "") > now.isoformat():
            continue
        try:
            done += _measured(account, today, now)
        except ChannelError:  # it can't be asked now; the hourly check says so on the page
            note(account, NOT_BEFORE, (now + AGAIN).isoformat())
        except Exception as error:  # noqa: BLE001 - raised below
            errors.append(error)
    if errors:
        raise errors[0]
    return done


def _measured(account: Account, today: date, now: datetime) -> int:
    channel = queries.channel_of(account)
    done = 0
    if isinstance(channel, Measures | MeasuresAccount):
        credentials = fresh_credentials(account, channel, now)
        done = _posts(account, channel, credentials, today, now)
        if isinstance(channel, MeasuresAccount):
            _keep(channel.measure_account(credentials), today, account=account)
            done += 1
    Account.objects.filter(pk=account.pk).update(measured_on=today)
    return done


def _posts(account: Account, channel: Kind, credentials: Credentials, today: date, now: datetime) -> int:
    if not isinstance(channel, Measures):
        return 0
    posts = list(posts_to_measure(account, today, now))
    for post in posts:
        try:
            _keep(channel.measure(post.remote_id, credentials), today, account=account, delivery=post)
        except Permanent:  # of this one there is nothing to know: it is gone there
            continue
    return len(posts)


def posts_to_measure(account: Account, today: date, now: datetime) -> QuerySet[Delivery]:
    """What went out in the last month, is still there, and has no figures of today."""
    out = account.deliveries.filter(state=DueState.DONE, purpose__in=MEASURED, done_at__gte=now - KEPT_UP)
    taken = Snapshot.objects.filter(delivery=OuterRef("pk"), day=today)
    return out.filter(~Exists(taken), retracted_at=None).exclude(remote_id="").order_by("pk")


def _keep(metrics: Iterable[Metric], day: date, *, account: Account, delivery: Delivery | None = None) -> None:
    """Today's figures, once each: a second time on one day puts the newer in its place."""
    latest = {metric.name: metric.value for metric in metrics}
    for name, value in latest.items():
        Snapshot.objects.update_or_create(
            account=account, delivery=delivery, day=day, name=name[:60], defaults={"value": value}
        )
