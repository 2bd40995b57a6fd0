"""Subscriptions: ask, confirm, change, end. Nobody gets mail who did not say yes themselves."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from stamtafel.announce.actions import letters
from stamtafel.announce.actions.links import Purpose, resident_of
from stamtafel.announce.actions.problems import LinkUnknown, TextRefused
from stamtafel.announce.models import Announcement, Subscription
from stamtafel.channels.actions import deliver
from stamtafel.channels.models import Delivery
from stamtafel.dossier.models import Topic
from stamtafel.people.addresses import is_mail_address
from stamtafel.people.models import Resident
from stamtafel.places.models import Area
from stamtafel.work.models import DueState

KEPT = timedelta(days=30)
BATCH = 500
PURPOSES = ("confirmation", "announcement", "digest")


@dataclass(frozen=True)
class Choice:
    """What somebody wants to hear of (row numbers; both empty = everything) and how often."""

    rhythm: str
    topics: Iterable[int] = ()
    areas: Iterable[int] = ()


def ask_subscription(*, email: str, choice: Choice, language: str, now: datetime) -> None:
    """Send a mail with a link to say yes; nothing tells whether the address was known.

    Of one sign-up there is one mail a day at most; who said yes and stopped begins another. Somebody who is
    subscribed keeps their choice: they get a link to change it. Raises TextRefused.
    """
    address = _address(email)
    with transaction.atomic():
        resident = _resident(address, language)
        found = Subscription.objects.select_for_update().filter(resident=resident).first()
        if found is not None and is_active(found):
            draft, state = letters.already(resident), "active"
        else:
            found = _pend(resident, choice, now)
            draft, state = letters.confirmation(resident), "asked"
        key = f"subscribe:{resident.pk}:{found.asked}:{state}:{now:%Y-%m-%d}"
        deliver(kind="email", key=key, purpose="confirmation", draft=draft, recipient=resident.email, due_at=now)


def confirm_subscription(*, token: str, now: datetime) -> Subscription:
    """The yes. A second yes changes nothing. Raises LinkUnknown, also after it was ended."""
    resident = resident_of(Purpose.CONFIRM, token)
    with transaction.atomic():
        found = Subscription.objects.select_for_update().filter(resident=resident).first()
        if found is None or (found.confirmed_at is not None and found.ended_at is not None):
            raise LinkUnknown
        if found.confirmed_at is None:
            found.confirmed_at, found.ended_at, found.sent_until = now, None, now
            found.told = _newest_issue()
            found.save()
        if resident.confirmed_at is None:
            Resident.objects.filter(pk=resident.pk, confirmed_at=None).update(confirmed_at=now)
    return found


def change_subscription(*, token: str, choice: Choice, now: datetime) -> Subscription:
    """Change what and how often; also begins again what was ended. Raises LinkUnknown, TextRefused."""
    resident = resident_of(Purpose.MANAGE, token)
    with transaction.atomic():
        found = Subscription.objects.select_for_update().filter(resident=resident, confirmed_at__isnull=False).first()
        if found is None:
            raise LinkUnknown
        if found.ended_at is not None:
            found.ended_at, found.told = None, _newest_issue()
        if found.rhythm != choice.rhythm:
            found.sent_until = now  # a digest begins to count now; what was not told yet stays to be told
        _choose(found, choice)
    return found


def end_subscription(*, token: str, now: datetime, purpose: Purpose = Purpose.END) -> None:
    """Stop. Already stopped is fine. Raises LinkUnknown for a link that is not ours."""
    resident = resident_of(purpose, token)
    Subscription.objects.filter(resident=resident, ended_at=None).update(ended_at=now)


def subscription_of(*, token: str, purpose: Purpose) -> Subscription:
    """The subscription behind a link. Raises LinkUnknown."""
    resident = resident_of(purpose, token)
    found = Subscription.objects.filter(resident=resident).select_related("resident").first()
    if found is None:
        raise LinkUnknown
    return found


@transaction.atomic
def forget_old(*, now: datetime) -> int:
    """Drop what nobody said yes to, or what was stopped, 30 days ago, and the mails about it; gives how many."""
    before = now - KEPT
    asked = Q(confirmed_at=None, ended_at=None, asked_at__lt=before)
    old = Subscription.objects.select_for_update().filter(asked | Q(ended_at__lt=before))
    emails = dict(old.values_list("pk", "resident__email")[:BATCH])
    mails = Delivery.objects.filter(recipient__in=emails.values(), purpose__in=PURPOSES)
    mails.exclude(state__in=[DueState.WAITING, DueState.SENDING]).update(
        recipient="", draft={"subject": "", "body": ""}, last_error=""
    )
    Subscription.objects.filter(pk__in=emails).delete()
    return len(emails)


def is_active(subscription: Subscription) -> bool:
    """Whether mail goes there."""
    return subscription.confirmed_at is not None and subscription.ended_at is None


def _address(email: str) -> str:
    address = email.strip().lower()
    if not is_mail_address(address):
        sentence = _("We can't use this e-mail address. Please check it: it should look like name@example.nl.")
        raise TextRefused("email", sentence)
    return address


def _resident(address: str, language: str) -> Resident:
    return Resident.objects.get_or_create(email=address, defaults={"language": language})[0]


def _pend(resident: Resident, choice: Choice, now: datetime) -> Subscription:
    """Keep the choice until the yes; a later choice takes the place of an earlier one."""
    found, made = Subscription.objects.get_or_create(resident=resident)
    if made or found.confirmed_at is not None or found.ended_at is not None:
        found.asked += 1
    found.asked_at, found.confirmed_at, found.ended_at = now, None, None
    _choose(found, choice)
    return found


def _choose(found: Subscription, choice: Choice) -> None:
    if choice.rhythm not in Subscription.Rhythm.values:
        raise TextRefused("rhythm", _("Choose how often you want an e-mail."))
    found.rhythm = choice.rhythm
    found.save()
    found.topics.set(Topic.objects.filter(pk__in=choice.topics))
    found.areas.set(Area.objects.filter(pk__in=choice.areas))


def _newest_issue() -> int:
    return Announcement.objects.aggregate(newest=Max("issue"))["newest"] or 0
