"""Search in everything: what one line of text finds, in groups, for what this member may open."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamtafel.announce.models import Announcement
from stamtafel.announce.queries.desk import announcements_with
from stamtafel.dossier.actions.keys import code_digest
from stamtafel.dossier.models import Contribution, Decision, Topic
from stamtafel.dossier.queries import desk_search as dossier
from stamtafel.dossier.rules.codes import normalise
from stamtafel.dossier.rules.search import excerpt
from stamtafel.inbox.models import Conversation
from stamtafel.inbox.queries import Filters, conversations
from stamtafel.people.models import StaffMember
from stamtafel.people.rules import Permission
from stamtafel.places.queries import municipality
from stamtafel.web.desk import dossier as dossier_words
from stamtafel.web.desk import inbox as inbox_words

SHOWN: Final = 5
LONGEST: Final = 200
STATES: Final = {"draft": "neutral", "waiting": "attention", "scheduled": "attention", "published": "good",
                 "withdrawn": "wrong"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of what was found."""

    title: str
    address: str
    meta: tuple[str, ...] = ()
    excerpt: str = ""
    state: str = ""
    state_kind: str = "neutral"
    when: datetime | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind; ``more`` says that there is more, ``everything`` where all of it is listed."""

    name: str
    title: Promise
    icon: str
    hits: list[Hit]
    more: bool
    everything: str


@dataclass(frozen=True, slots=True)
class Found:
    """The groups that hold something; ``only``: where to go at once, because a follow code names just this one.

    ``unknown_code``: what was typed looks like a follow code, and is none of ours.
    """

    groups: list[Group]
    only: str = ""
    unknown_code: bool = False


def search(viewer: StaffMember, text: str, *, now: datetime) -> Found:
    """Everything with these words that this member may open: one query a group, however much there is."""
    if not text:
        return Found([])
    sees = viewer.can(Permission.SEE_CONTRIBUTIONS)
    by_code = dossier.by_code(viewer, code_digest(text)) if sees else None
    if by_code is not None:
        return Found([], only=reverse("desk:contribution", kwargs={"pk": by_code.pk}))
    groups = [make(viewer, text, now) for right, make in MAKERS if viewer.can(right)]
    return Found([group for group in groups if group.hits], unknown_code=sees and looks_like_a_code(text))


def may_search(viewer: StaffMember) -> bool:
    """Whether there is anything that this member could find."""
    return any(viewer.can(right) for right, _make in MAKERS)


def looks_like_a_code(text: str) -> bool:
    """Whether somebody means a follow code, not a word of the same length."""
    if normalise(text) is None or text.isdecimal():
        return False
    return any(sign.isdecimal() for sign in text) or text.strip().upper().startswith(municipality().code_prefix + "-")


def _contributions(viewer: StaffMember, text: str, _now: datetime) -> Group:
    numbered = dossier.by_number(viewer, text)
    rows, more = _some(dossier.contributions_with(viewer, text))
    found = [numbered, *(row for row in rows if row.pk != numbered.pk)][:SHOWN] if numbered else rows
    return Group("contributions", gettext_lazy("Contributions"), "lightbulb", _said(found), more,
                 _list("desk:contributions", text=text))  # fmt: skip


def _said(found: list[Contribution]) -> list[Hit]:
    return [
        Hit(row.title, row.address, (_("no. %(number)d") % {"number": row.pk}, *row.meta), row.excerpt, row.state,
            row.state_kind, one.created_at)
        for row, one in zip(dossier_words.rows_of(found), found, strict=True)
    ]  # fmt: skip


def _conversations(viewer: StaffMember, text: str, now: datetime) -> Group:
    filters = Filters(box="all", text=text)
    rows, more = _some(conversations(viewer, filters, now=now).order_by("-last_message_at", "-pk"))
    return Group("conversations", gettext_lazy("Conversations"), "inbox", [_talk(row, now) for row in rows], more,
                 _list("desk:inbox", **filters.as_query()))  # fmt: skip


def _talk(one: Conversation, now: datetime) -> Hit:
    clock = inbox_words.clock(one, now)
    return Hit(
        one.subject or _("Erased by the resident"), inbox_words.address(one.pk, {}),
        (str(inbox_words.channel_of(one)[0]), one.assignee.name if one.assignee else ""),
        one.excerpt if one.excerpt.rstrip("….") not in one.subject else "", clock.text, clock.kind, one.last_message_at,
    )  # fmt: skip


def _announcements(viewer: StaffMember, text: str, _now: datetime) -> Group:
    rows, more = _some(announcements_with(viewer=viewer, text=text))
    return Group("announcements", gettext_lazy("Announcements"), "megaphone", [_told(row) for row in rows], more, "")


def _told(one: Announcement) -> Hit:
    at = reverse("desk:compose", kwargs={"pk": one.pk})
    state = str(Announcement.State(one.state).label)
    return Hit(one.title, at, (one.author.name if one.author else "",), excerpt(one.lead), state, STATES[one.state],
               one.published_at or one.changed_at)  # fmt: skip


def _topics(viewer: StaffMember, text: str, _now: datetime) -> Group:
    rows, more = _some(dossier.topics_with(viewer, text))
    return Group("topics", gettext_lazy("Topics"), "folder", [_about(row) for row in rows], more, "")


def _about(one: Topic) -> Hit:
    state = _("finished") if one.archived else ""
    return Hit(one.name, reverse("desk:topic", kwargs={"slug": one.slug}), (), excerpt(one.summary), state)


def _decisions(viewer: StaffMember, text: str, _now: datetime) -> Group:
    rows, more = _some(dossier.decisions_with(viewer, text))
    return Group("decisions", gettext_lazy("Decisions"), "gavel", [_decided(row) for row in rows], more, "")


def _decided(one: Decision) -> Hit:
    state, kind = (_("Published"), "good") if one.published_at else (_("Draft"), "neutral")
    return Hit(one.title, reverse("desk:decision", kwargs={"pk": one.pk}), (one.topic.name,), excerpt(one.decided),
               state, kind, one.published_at)  # fmt: skip


def _some(found: QuerySet[Any]) -> tuple[list[Any], bool]:
    rows = list(found[: SHOWN + 1])
    return rows[:SHOWN], len(rows) > SHOWN


def _list(view: str, **query: str) -> str:
    return f"{reverse(view)}?{urlencode(query)}"


MAKERS: Final[tuple[tuple[Permission, Callable[[StaffMember, str, datetime], Group]], ...]] = (
    (Permission.SEE_CONTRIBUTIONS, _contributions),
    (Permission.SEE_INBOX, _conversations),
    (Permission.WRITE_ANNOUNCEMENTS, _announcements),
    (Permission.EDIT_TOPICS, _topics),
    (Permission.DECIDE, _decisions),
)
