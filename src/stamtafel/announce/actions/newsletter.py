"""Mail to subscribers.

Every subscription keeps up to which issue it was told (``told``). Issues are given out in the order in which
publications become visible (``models.Press``), so "everything above ``told``" is exact: there is no window of
time in which an announcement could fall between two runs, none is told twice, and a run that stops halfway
goes on where it stopped.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Max, QuerySet

from stamtafel.announce.actions import letters
from stamtafel.announce.models import Announcement, Subscription
from stamtafel.announce.rules.audience import Reach, Wish, last_daily, last_weekly, wants, widened
from stamtafel.channels.actions import Outgoing, account, deliver_many
from stamtafel.places.models import Area

CHUNK = 500
Rhythm = Subscription.Rhythm


@dataclass(frozen=True)
class News:
    """An announcement with what it is about."""

    announcement: Announcement
    reach: Reach


@dataclass(frozen=True)
class Mailing:
    """One way to mail: what the deliveries are called, how mails are made, and the digest's moment."""

    purpose: str
    compose: Callable[[Subscription, Sequence[Announcement]], list[Outgoing]]
    moment: datetime | None = None


def mail_direct(*, now: datetime) -> int:
    """One chunk of those who want to hear at once; gives how many subscriptions were dealt with."""
    newest = _newest_issue()
    due = _active(Rhythm.DIRECT).filter(told__lt=newest).order_by("told", "pk")
    return _mail(due, newest, Mailing("announcement", _singles), now)


def mail_daily(*, now: datetime) -> int:
    """One chunk of the daily digest (08:00 on the municipality's clock); gives how many were dealt with."""
    return _mail_digest(Rhythm.DAILY, last_daily(now, ZoneInfo(settings.TIME_ZONE)), now)


def mail_weekly(*, now: datetime) -> int:
    """One chunk of the weekly digest (Monday 08:00 on the municipality's clock); gives how many."""
    return _mail_digest(Rhythm.WEEKLY, last_weekly(now, ZoneInfo(settings.TIME_ZONE)), now)


def _active(rhythm: Subscription.Rhythm) -> QuerySet[Subscription]:
    return Subscription.objects.filter(rhythm=rhythm, confirmed_at__isnull=False, ended_at__isnull=True)


def _newest_issue() -> int:
    return Announcement.objects.aggregate(newest=Max("issue"))["newest"] or 0


def _mail_digest(rhythm: Subscription.Rhythm, moment: datetime, now: datetime) -> int:
    due = _active(rhythm).filter(sent_until__lt=moment).order_by("sent_until", "pk")
    return _mail(due, _newest_issue(), Mailing("digest", _digests, moment), now)


def _mail(due: QuerySet[Subscription], newest: int, mailing: Mailing, now: datetime) -> int:
    """Deliveries and the new ``told`` of one chunk, in one transaction: both or neither."""
    if not due.exists():
        return 0
    with transaction.atomic():
        chunk = list(due.select_for_update(skip_locked=True, of=("self",)).select_related("resident")[:CHUNK])
        wishes = _wishes([subscription.pk for subscription in chunk])
        news = _news(min((subscription.told for subscription in chunk), default=newest), newest)
        items: list[Outgoing] = []
        for subscription in chunk:
            items += mailing.compose(subscription, _for(subscription, wishes[subscription.pk], news))
        if items:
            deliver_many(to=account("email"), purpose=mailing.purpose, items=items, due_at=now)
        told = Subscription.objects.filter(pk__in=[subscription.pk for subscription in chunk])
        told.filter(told__lt=newest).update(told=newest)
        if mailing.moment is not None:
            told.update(sent_until=mailing.moment)
    return len(chunk)


def _for(subscription: Subscription, wish: Wish, news: Iterable[News]) -> list[Announcement]:
    if subscription.resident.bounced_at is not None:
        return []
    return [
        item.announcement for item in news
        if (item.announcement.issue or 0) > subscription.told and wants(wish, item.reach)
    ]  # fmt: skip


def _singles(subscription: Subscription, announcements: Sequence[Announcement]) -> list[Outgoing]:
    resident = subscription.resident
    return [
        Outgoing(f"announcement:{each.pk}:email:{subscription.pk}", letters.single(each, resident), resident.email)
        for each in announcements
    ]


def _digests(subscription: Subscription, announcements: Sequence[Announcement]) -> list[Outgoing]:
    if not announcements:
        return []
    resident = subscription.resident
    newest_first = list(reversed(announcements))
    key = f"digest:{subscription.pk}:{announcements[-1].issue}"
    return [Outgoing(key, letters.digest(newest_first, resident), resident.email)]


def _wishes(pks: Sequence[int]) -> Mapping[int, Wish]:
    """What each chose, in two queries for the whole chunk."""
    topics: dict[int, set[int]] = defaultdict(set)
    areas: dict[int, set[int]] = defaultdict(set)
    through = Subscription.topics.through.objects.filter(subscription_id__in=pks)
    for pk, topic in through.values_list("subscription_id", "topic_id"):
        topics[pk].add(topic)
    around = Subscription.areas.through.objects.filter(subscription_id__in=pks)
    for pk, area in around.values_list("subscription_id", "area_id"):
        areas[pk].add(area)
    return {pk: Wish(frozenset(topics[pk]), frozenset(areas[pk])) for pk in pks}


def _news(above: int, newest: int) -> list[News]:
    """What was published after issue ``above``, oldest first; what was withdrawn since is told to nobody."""
    found = Announcement.objects.filter(issue__gt=above, issue__lte=newest, state=Announcement.State.PUBLISHED)
    announcements = list(found.order_by("issue").prefetch_related("topics"))
    if not announcements:
        return []
    parents = dict(Area.objects.values_list("pk", "parent_id"))
    return [News(each, _reach(each, parents)) for each in announcements]


def _reach(announcement: Announcement, parents: Mapping[int, int | None]) -> Reach:
    topics = frozenset(topic.pk for topic in announcement.topics.all())
    areas = set(announcement.areas.values_list("pk", flat=True))
    return Reach(topics, widened(areas, parents))
