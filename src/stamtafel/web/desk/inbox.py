"""How conversations read on the desk: the clock, the channel and who is on it, in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from babel.dates import format_date
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from stamtafel.dossier.models import Kind, State
from stamtafel.inbox import rules
from stamtafel.inbox.deadline import holiday
from stamtafel.inbox.models import Conversation, Message
from stamtafel.inbox.queries import Filters
from stamtafel.people.models import Resident, StaffMember
from stamtafel.web.design.environment import locale

CHANNELS: Final[dict[str, tuple[Promise | str, str]]] = {
    "website": (gettext_lazy("Website"), "globe"),
    "email": (gettext_lazy("E-mail"), "mail"),
    "street": (gettext_lazy("On the street"), "map-pin"),
    "cafe": (gettext_lazy("Café table"), "coffee"),
    "paper": (gettext_lazy("Paper"), "file-text"),
    "phone": (gettext_lazy("Phone"), "phone"),
    "facebook": ("Facebook", "share-2"),
    "instagram": ("Instagram", "camera"),
    "x": ("X", "at-sign"),
    "mastodon": ("Mastodon", "at-sign"),
    "bluesky": ("Bluesky", "at-sign"),
    "telegram": ("Telegram", "send"),
    "whatsapp": ("WhatsApp", "message-square"),
}
BOXES: Final[dict[str, Promise]] = {
    "open": gettext_lazy("Waits for us"),
    "mine": gettext_lazy("Mine"),
    "free": gettext_lazy("Nobody's"),
    "late": gettext_lazy("Too late"),
    "answered": gettext_lazy("Answered"),
    "later": gettext_lazy("Later"),
    "closed": gettext_lazy("Closed"),
    "all": gettext_lazy("All"),
}
MAILS: Final[dict[str, Promise]] = {
    "waiting": gettext_lazy("the mail goes out now"),
    "sending": gettext_lazy("the mail is on its way"),
    "done": gettext_lazy("mailed"),
    "failed": gettext_lazy("the mail failed: see “Sent and failed”"),
    "unsure": gettext_lazy("we do not know whether the mail arrived"),
    "held": gettext_lazy("the mail is on hold"),
    "cancelled": gettext_lazy("the mail was not sent"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """A short text with its meaning: good, attention, wrong or neutral."""

    text: str
    kind: str = "neutral"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list."""

    pk: int
    title: str
    address: str
    meta: list[str]
    excerpt: str
    icon: str
    when: str
    clock: Said
    is_new: bool
    busy: str


def rows_of(found: Iterable[Conversation], query: Mapping[str, str], viewer: StaffMember, now: datetime) -> list[Row]:
    """The list in words; ``query`` keeps the view in the address of each conversation."""
    return [_row(one, query, viewer, now) for one in found]


def _row(one: Conversation, query: Mapping[str, str], viewer: StaffMember, now: datetime) -> Row:
    contribution = one.contribution
    area = contribution.area.name if contribution and contribution.area else ""
    channel, icon = channel_of(one)
    busy = _("You are answering this") if is_mine(one, viewer, now) else claimed(one, now)
    who = one.assignee.name if one.assignee and not busy else ""
    return Row(
        pk=one.pk,
        title=one.subject or _("Erased by the resident"),
        address=address(one.pk, query),
        meta=[channel, area, who],
        excerpt=one.excerpt if one.excerpt.rstrip("….") not in one.subject else "",
        icon=icon,
        when=short_moment(one.last_message_at, now),
        clock=clock(one, now),
        is_new=contribution is not None and contribution.state == State.RECEIVED,
        busy=busy,
    )


def address(pk: int, query: Mapping[str, str]) -> str:
    """The page of a conversation, with the view that it was opened from."""
    return reverse("desk:conversation", kwargs={"pk": pk}) + (f"?{urlencode(query)}" if query else "")


def clock(one: Conversation, now: datetime) -> Said:
    """How long the resident may still wait, in working days and in words."""
    if one.state == Conversation.State.CLOSED:
        return Said(_("Closed"))
    if one.state == Conversation.State.SNOOZED and one.snoozed_until:
        return Said(_("Back on %(when)s") % {"when": day(one.snoozed_until)})
    if one.waits_since is None or one.answer_due_at is None:
        return Said(_("Answered"), "good")
    due = timezone.localtime(one.answer_due_at)
    left = rules.clock(due, timezone.localtime(now), holiday)
    if left.late:
        return Said(_late(left.days), "wrong")
    if left.days == 0:
        return Said(_("today before %(time)s") % {"time": f"{due:%H:%M}"}, "attention")
    text = ngettext("%(days)d more working day", "%(days)d more working days", left.days) % {"days": left.days}
    return Said(text, "attention" if left.days == 1 else "neutral")


def _late(days: int) -> str:
    if days == 0:
        return _("just too late")
    return ngettext("%(days)d working day too late", "%(days)d working days too late", days) % {"days": days}


def claimed(one: Conversation, now: datetime) -> str:
    """Who is answering it this moment, and until when; empty when nobody is."""
    if one.claimed_by is None or one.claimed_until is None or one.claimed_until <= now:
        return ""
    until = f"{timezone.localtime(one.claimed_until):%H:%M}"
    return _("%(name)s is on this until %(time)s") % {"name": one.claimed_by.name, "time": until}


def is_mine(one: Conversation, viewer: StaffMember, now: datetime) -> bool:
    """Whether the viewer is the one who is answering."""
    return one.claimed_by_id == viewer.pk and one.claimed_until is not None and one.claimed_until > now


def channel_of(one: Conversation) -> tuple[str, str]:
    """The channel it came by, in a word and an icon."""
    word, icon = CHANNELS.get(one.channel, (one.channel.capitalize(), "message-square"))
    return str(word), icon


def kind_of(one: Conversation) -> str:
    """Idea, question, criticism …"""
    return str(Kind(one.kind).label) if one.kind in Kind.values else one.kind


def reached(resident: Resident | None) -> str:
    """Where a reply will be read: said before somebody begins to type."""
    if resident is None:
        return _("The resident reads your answer on the follow page. There is no e-mail address.")
    if resident.bounced_at is not None:
        return _("The resident reads your answer on the follow page only: mail to their address came back.")
    if resident.confirmed_at is None:
        return _(
            "The resident reads your answer on the follow page. Once they confirm their address, they get it by mail."
        )
    return _("The resident gets your answer by mail and reads it on the follow page.")


def who(resident: Resident | None) -> str:
    """What we may know about who wrote: no more than whether an answer reaches them."""
    if resident is None:
        return _("No name, no e-mail address")
    return _("E-mail address confirmed") if resident.confirmed_at else _("E-mail address not confirmed")


def went(message: Message) -> str:
    """What became of one of our answers."""
    return str(MAILS.get(message.delivery.state, "")) if message.delivery else _("on the follow page")


def day(moment: datetime) -> str:
    """A day as people write it, without the year: 23 november."""
    return format_date(timezone.localtime(moment).date(), format="d MMMM", locale=locale())


def moments(now: datetime) -> list[tuple[str, str]]:
    """Until when something can be put away: value and words."""
    found = rules.snooze_moments(timezone.localtime(now), holiday)
    named = {"tomorrow": _("tomorrow"), "monday": _("next week"), "two_weeks": _("in two weeks")}
    return [(name, f"{named[name]} ({day(moment)})") for name, moment in found.items()]


def days(now: datetime) -> list[date]:
    """The first and the last day until which something can be put away."""
    return [timezone.localdate(now) + timedelta(days=1), timezone.localdate(now + rules.LONGEST_SNOOZE)]


def short_moment(moment: datetime, now: datetime) -> str:
    """14:05 for today, else the day; with the year when it is not this one."""
    local, today = timezone.localtime(moment), timezone.localtime(now)
    if local.date() == today.date():
        return f"{local:%H:%M}"
    return format_date(local.date(), format="d MMM" if local.year == today.year else "d MMM y", locale=locale())


def contribution_address(one: Conversation) -> str:
    """The page of the contribution, where an installation has it."""
    try:
        return reverse("desk:contribution", kwargs={"pk": one.contribution_id}) if one.contribution_id else ""
    except NoReverseMatch:
        return ""


def chosen(filters: Filters, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """What narrows the list, each with the address that switches it off."""
    query = filters.as_query()
    narrowing = [name for name in query if name != "box"]
    return [
        (names.get(name, query[name]), f"?{urlencode({key: value for key, value in query.items() if key != name})}")
        for name in narrowing
    ]


# ── what was just done ───────────────────────────────────────────────────────────────────────────
def assigned(to: StaffMember | None, n: int) -> str:
    """Who has it now."""
    if to is None:
        one, many = _("Now nobody's."), ngettext("%(n)d is now nobody's.", "%(n)d are now nobody's.", n)
        return one if n == 1 else many % {"n": n}
    text = ngettext("Now with %(name)s.", "%(n)d conversations are now with %(name)s.", n)
    return text % {"name": to.name, "n": n}


def put_away(until: datetime, n: int) -> str:
    """Until when it is away."""
    text = ngettext("Put away until %(when)s.", "%(n)d conversations are put away until %(when)s.", n)
    return text % {"when": day(until), "n": n}


def closed(n: int) -> str:
    """How many are closed."""
    return ngettext("Closed.", "%(n)d conversations are closed.", n) % {"n": n}


def opened(n: int) -> str:
    """How many are open again."""
    return ngettext("Open again.", "%(n)d conversations are open again.", n) % {"n": n}


def sent_and_closed(_n: int) -> str:
    """Answered and done."""
    return _("Your answer is on its way, and the conversation is closed.")
