"""From draft to public: ask, approve, schedule, publish; and withdraw."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from stamtafel.announce.actions.change import not_own
from stamtafel.announce.actions.problems import Outdated, TextRefused, WrongState
from stamtafel.announce.actions.telling import (
    address_of,
    media_address,
    put_on_networks,
    refuse_what_does_not_fit,
    take_back_from_networks,
)
from stamtafel.announce.models import Announcement, Placement, Press
from stamtafel.announce.rules.content import clean_text
from stamtafel.channels.actions import account, deliver
from stamtafel.channels.contract import Draft
from stamtafel.channels.contract import Picture as DraftPicture
from stamtafel.channels.models import Account, Delivery
from stamtafel.channels.standing_still import stands_still
from stamtafel.ledger.actions import append
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import require
from stamtafel.people.rules import Permission
from stamtafel.places.queries import municipality
from stamtafel.work.models import DueState

State = Announcement.State
ALWAYS = ("website", "feed")
BATCH = 20


def submit_for_approval(*, announcement: Announcement, version: int, actor: StaffMember | None) -> Announcement:
    """Ask a colleague to look. Raises Forbidden, Outdated, TextRefused, WrongState."""
    require(actor, Permission.WRITE_ANNOUNCEMENTS)
    with transaction.atomic():
        current = _locked(announcement, version, {State.DRAFT})
        _complete(current)
        return _to(current, State.WAITING)


def send_back(*, announcement: Announcement, version: int, actor: StaffMember | None) -> Announcement:
    """Make a waiting or scheduled announcement a draft again. Raises Forbidden, Outdated, WrongState."""
    require(actor, Permission.WRITE_ANNOUNCEMENTS)
    with transaction.atomic():
        current = _locked(announcement, version, {State.WAITING, State.SCHEDULED})
        current.approved_by = None
        return _to(current, State.DRAFT)


def schedule(
    *,
    announcement: Announcement,
    publish_at: datetime | None,
    version: int,
    actor: StaffMember | None,
    now: datetime,
) -> Announcement:
    """Set or clear the moment of publication; it is published then once it is approved.

    Without four eyes a draft with a moment is scheduled at once.
    Raises Forbidden, Outdated, TextRefused, WrongState.
    """
    require(actor, Permission.WRITE_ANNOUNCEMENTS)
    if publish_at is not None and publish_at <= now:
        raise TextRefused("publish_at", _("This moment has passed. Choose a later one, or publish now."))
    with transaction.atomic():
        current = _locked(announcement, version, {State.DRAFT, State.WAITING})
        current.publish_at = publish_at
        if publish_at is None or municipality().four_eyes:
            return _to(current, State(current.state))
        _complete(current)
        current.approved_by = actor
        return _to(current, State.SCHEDULED)


def move(
    *, announcement: Announcement, publish_at: datetime, version: int, actor: StaffMember | None, now: datetime
) -> Announcement:
    """Plan it at another moment. Nothing else changes: what was approved stays approved, a draft stays a draft.

    Raises Forbidden, Outdated, TextRefused (a moment that has passed), WrongState.
    """
    require(actor, Permission.WRITE_ANNOUNCEMENTS)
    if publish_at <= now:
        raise TextRefused("publish_at", _("This moment has passed. Choose a later one, or publish now."))
    with transaction.atomic():
        current = _locked(announcement, version, {State.DRAFT, State.WAITING, State.SCHEDULED})
        current.publish_at = publish_at
        return _to(current, State(current.state))


def approve(*, announcement: Announcement, version: int, actor: StaffMember | None, now: datetime) -> Announcement:
    """Approve exactly the version that was looked at; it is public now, or at its moment.

    Raises Forbidden, FourEyes (where four eyes are asked: not one's own text), Outdated, WrongState.
    """
    require(actor, Permission.APPROVE_ANNOUNCEMENTS)
    with transaction.atomic():
        current = _locked(announcement, version, {State.WAITING})
        not_own(current, actor)
        current.approved_by = actor
        if current.publish_at is not None and current.publish_at > now:
            return _to(current, State.SCHEDULED)
        refuse_what_does_not_fit(current)  # once more: what a network takes may have changed since it was asked
        return _publish(current, now)


def publish(*, announcement: Announcement, version: int, actor: StaffMember | None, now: datetime) -> Announcement:
    """Make a draft public at once, where four eyes are not asked.

    Raises Forbidden, Outdated, TextRefused, WrongState.
    """
    require(actor, Permission.WRITE_ANNOUNCEMENTS)
    with transaction.atomic():
        current = _locked(announcement, version, {State.DRAFT, State.WAITING, State.SCHEDULED})
        if municipality().four_eyes and current.state != State.SCHEDULED and actor is not None:
            raise WrongState(_("A colleague has to approve this first."))
        _complete(current)
        if current.approved_by is None:
            current.approved_by = actor
        return _publish(current, now)


def publish_due(*, now: datetime) -> int:
    """Publish each scheduled announcement whose moment has come, exactly once; gives the number published.

    While everything stands still nothing is published by itself: it follows when the standstill ends.
    """
    if stands_still():
        return 0
    due = Announcement.objects.filter(state=State.SCHEDULED, publish_at__lte=now).order_by("publish_at", "pk")
    published = 0
    for pk in due.values_list("pk", flat=True)[:BATCH]:
        with transaction.atomic():
            still = Announcement.objects.select_for_update(of=("self",)).filter(pk=pk, state=State.SCHEDULED).first()
            if still is not None:
                _publish(still, now)
                published += 1
    return published


def withdraw(
    *, announcement: Announcement, reason: str, actor: StaffMember | None, now: datetime, version: int
) -> Announcement:
    """Take a public announcement back. Its page stays, with the reason; mail that waits stays here.

    Raises Forbidden, Outdated, TextRefused (without a reason), WrongState.
    """
    require(actor, Permission.WRITE_ANNOUNCEMENTS)
    why = clean_text(reason)
    if not why:
        raise TextRefused("withdrawn_reason", _("Write why you withdraw it. Everybody can read this."))
    with transaction.atomic():
        current = _locked(announcement, version, {State.PUBLISHED})
        current.withdrawn_reason, current.withdrawn_at = why, now
        Delivery.objects.filter(
            key__startswith=f"announcement:{current.pk}:", state__in=(DueState.WAITING, DueState.HELD)
        ).update(state=DueState.CANCELLED)
        take_back_from_networks(current, now)
        _log("withdrawn", current, now)
        return _to(current, State.WITHDRAWN)


def draft_of(announcement: Announcement) -> Draft:
    """The announcement as every channel gets it."""
    pictures = announcement.pictures.all()
    heading = _("What does this mean for you?")
    meaning = f"## {heading}\n\n{announcement.meaning}" if announcement.meaning else ""
    return Draft(
        subject=announcement.title,
        body="\n\n".join(part for part in (announcement.lead, announcement.body, meaning) if part),
        link=address_of(announcement),
        link_text=_("Read it on the website and respond"),
        pictures=tuple(DraftPicture(media_address(picture.file), picture.alt) for picture in pictures),
    )


def _locked(announcement: Announcement, version: int, states: set[Announcement.State]) -> Announcement:
    current = Announcement.objects.select_for_update(of=("self",)).select_related("changed_by").get(pk=announcement.pk)
    if current.state not in states:
        sentence = _("That is not possible any more: this announcement is now “%(state)s”.")
        raise WrongState(sentence % {"state": current.get_state_display()})
    if current.version != version:
        who = current.changed_by.name if current.changed_by else ""
        raise Outdated(who=who, at=current.changed_at, version=current.version)
    return current


def _to(current: Announcement, state: Announcement.State) -> Announcement:
    """One step further; the number goes up, so that a second click on an old page does nothing."""
    current.state = state
    current.version += 1
    current.save()
    return current


def _complete(current: Announcement) -> None:
    if not (current.lead or current.body):
        raise TextRefused("body", _("The announcement has no text yet."))
    refuse_what_does_not_fit(current)


def _next_issue() -> int:
    Press.objects.get_or_create(pk=1)
    Press.objects.filter(pk=1).update(last=F("last") + 1)  # locks the row until this transaction ends
    return Press.objects.get(pk=1).last


def _publish(current: Announcement, now: datetime) -> Announcement:
    """Row, placements and log entry, in the caller's transaction; mail follows by a job, from ``issue``."""
    current.published_at, current.publish_at = now, current.publish_at or now
    current.issue = _next_issue()
    _to(current, State.PUBLISHED)
    with translation.override("nl"):
        draft = draft_of(current)
    for target in _accounts():
        key = f"announcement:{current.pk}:{target.kind}:{target.pk}"
        delivery = deliver(kind=target.kind, key=key, purpose="announcement", draft=draft, due_at=now, to=target)
        Placement.objects.get_or_create(announcement=current, delivery=delivery)
    put_on_networks(current, now)
    _log("published", current, now)
    return current


def _log(what: str, current: Announcement, now: datetime) -> None:
    subject = f"announcement:{current.pk}"
    append(kind=f"announcement.{what}", subject=subject, data={"version": current.version}, now=now)


def _accounts() -> list[Account]:
    return [target for target in map(account, ALWAYS) if target.enabled]
