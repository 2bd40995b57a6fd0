"""Writing: create, save by itself and by hand, go back to an earlier version."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from stamtafel.announce.actions.change import corrected, may_change, opened, step_on
from stamtafel.announce.actions.problems import TextRefused, WrongState
from stamtafel.announce.actions.telling import correct_on_networks, keep_tellings
from stamtafel.announce.models import Announcement, Version
from stamtafel.announce.rules.content import Content, free_slug, slug_of
from stamtafel.announce.rules.telling import Telling
from stamtafel.dossier.models import Topic
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import require
from stamtafel.people.rules import Permission
from stamtafel.places.models import Area

State = Announcement.State
OPEN = (State.DRAFT, State.WAITING)
TRIES = 5


def create_draft(*, title: str, actor: StaffMember | None, now: datetime) -> Announcement:
    """Begin an announcement with its first version. Raises Forbidden, TextRefused."""
    return begin_draft(content=Content(title=title), form_key=None, actor=actor, now=now)


def begin_draft(*, content: Content, form_key: str | None, actor: StaffMember | None, now: datetime) -> Announcement:
    """Begin an announcement that has some text already; the same form sent twice gives the same draft.

    Raises Forbidden, TextRefused.
    """
    require(actor, Permission.WRITE_ANNOUNCEMENTS)
    wanted = _acceptable(content)
    for _try in range(TRIES):
        made = Announcement.objects.filter(form_key=form_key, author=actor).first() if form_key else None
        if made is not None:
            return made
        try:
            with transaction.atomic():
                return _begun(wanted, form_key or None, actor, now)
        except IntegrityError:  # somebody took the slug, or the form came twice, between looking and writing
            continue
    raise TextRefused("title", _("There are many announcements with this title. Choose another one."))


def _begun(content: Content, form_key: str | None, actor: StaffMember | None, now: datetime) -> Announcement:
    announcement = Announcement.objects.create(
        title=content.title, lead=content.lead, body=content.body, meaning=content.meaning,
        slug=_slug(content.title), form_key=form_key, author=actor, changed_by=actor,
    )  # fmt: skip
    announcement.topics.set(Topic.objects.filter(pk__in=content.topics))
    announcement.areas.set(Area.objects.filter(pk__in=content.areas))
    _remember(announcement, content, actor, now)
    return announcement


def autosave(
    *,
    announcement: Announcement,
    content: Content,
    version: int,
    actor: StaffMember | None,
    tellings: Iterable[Telling] = (),
) -> Announcement:
    """Keep a draft as it is being typed; ``version`` is the number that the editor saw last.

    Raises Forbidden, Outdated (nothing is overwritten), TextRefused, WrongState (only drafts do).
    """
    require(actor, Permission.WRITE_ANNOUNCEMENTS)
    with transaction.atomic():
        current = opened(announcement, version)
        if current.state not in OPEN:
            raise WrongState(_("This announcement does not save by itself any more. Use the button “Save”."))
        keep_tellings(current, tellings)
        return _write(current, _acceptable(content), actor)


def save_version(
    *,
    announcement: Announcement,
    content: Content,
    version: int,
    actor: StaffMember | None,
    now: datetime,
    tellings: Iterable[Telling] = (),
) -> Announcement:
    """Save by hand: the text and a version to go back to. A published text is corrected this way, on the networks too.

    ``tellings``: how it is told on networks; accounts that are not named stay as they were.
    Raises Forbidden, Outdated, TextRefused (DoesNotFit: a correction that a network can't take), WrongState.
    """
    require(actor, Permission.WRITE_ANNOUNCEMENTS)
    with transaction.atomic():
        current = opened(announcement, version)
        may_change(current, actor)
        before = content_of(current)
        wanted = _acceptable(content)
        told_otherwise = keep_tellings(current, tellings)
        _remember(current, before, current.changed_by, now)
        written = _write(current, wanted, actor)
        _remember(written, wanted, actor, now)
        if current.state == State.PUBLISHED and before != wanted:
            corrected(written, now)
        if current.state == State.PUBLISHED and (told_otherwise or before != wanted):
            correct_on_networks(written, now)
        return written


def save_tellings(
    *,
    announcement: Announcement,
    tellings: Iterable[Telling],
    version: int,
    actor: StaffMember | None,
    now: datetime,
) -> Announcement:
    """Keep how it is told on networks, and nothing else. Like a change of the text: who made it does not approve it.

    Raises Forbidden, Outdated, TextRefused, WrongState.
    """
    require(actor, Permission.WRITE_ANNOUNCEMENTS)
    with transaction.atomic():
        current = opened(announcement, version)
        may_change(current, actor)
        if keep_tellings(current, tellings):
            step_on(current, actor)
            if current.state == State.PUBLISHED:
                correct_on_networks(current, now)
        return current


def restore_version(
    *, announcement: Announcement, number: int, version: int, actor: StaffMember | None, now: datetime
) -> Announcement:
    """Put an earlier version back; what was there stays one. Raises like ``save_version``."""
    require(actor, Permission.WRITE_ANNOUNCEMENTS)
    found = Version.objects.get(announcement=announcement, number=number)
    return save_version(
        announcement=announcement,
        content=Content.from_data(found.content),
        version=version,
        actor=actor,
        now=now,
    )


def content_of(announcement: Announcement) -> Content:
    """The content as it lies in the table."""
    return Content(
        title=announcement.title,
        lead=announcement.lead,
        body=announcement.body,
        meaning=announcement.meaning,
        topics=tuple(announcement.topics.order_by("pk").values_list("pk", flat=True)),
        areas=tuple(announcement.areas.order_by("pk").values_list("pk", flat=True)),
    )


def _acceptable(content: Content) -> Content:
    cleaned = content.cleaned()
    if not cleaned.title:
        raise TextRefused("title", _("Give the announcement a title."))
    if bound := cleaned.too_long():
        sentence = _(
            "This text is too long. At most %(bound)d characters fit here. Nothing is lost: shorten it and save again."
        )
        raise TextRefused(bound[0], sentence % {"bound": bound[1]})
    return cleaned


def _write(current: Announcement, content: Content, actor: StaffMember | None) -> Announcement:
    """Write the content over the row, one number higher; the address follows the title until it is public."""
    if current.published_at is None and content.title != current.title:
        current.slug = _slug(content.title, but=current)
    current.title, current.lead = content.title, content.lead
    current.body, current.meaning = content.body, content.meaning
    step_on(current, actor)
    current.topics.set(Topic.objects.filter(pk__in=content.topics))
    current.areas.set(Area.objects.filter(pk__in=content.areas))
    return current


def _slug(title: str, but: Announcement | None = None) -> str:
    wanted = slug_of(title)
    others = Announcement.objects.filter(slug__startswith=wanted)
    if but is not None:
        others = others.exclude(pk=but.pk)
    return free_slug(wanted, set(others.values_list("slug", flat=True)))


def _remember(announcement: Announcement, content: Content, by: StaffMember | None, now: datetime) -> None:
    """Keep the content as a version, unless the newest version says the same."""
    newest = Version.objects.filter(announcement=announcement).order_by("-number").first()
    if newest is not None and Content.from_data(newest.content) == content:
        return
    number = newest.number + 1 if newest else 1
    Version.objects.create(announcement=announcement, number=number, content=content.as_data(), by=by, at=now)
