"""What waits for one member: blocks in the order in which they matter, each with one button."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stamtafel.announce.queries.desk import waiting_for_approval
from stamtafel.channels.overview import ending_soon
from stamtafel.channels.queries import deliveries
from stamtafel.dossier.queries.today import draft_decisions, objections, to_read
from stamtafel.inbox.queries import Filters, conversations, waiting_for
from stamtafel.people.models import StaffMember
from stamtafel.people.rules import Permission
from stamtafel.web.desk.accounts import kind_name, said

SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that waits."""

    text: str
    address: str
    since: datetime | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """Some of one kind: a heading that says how many, the first few, and the button."""

    title: str
    icon: str
    button: str
    address: str
    urgent: bool = False
    lines: list[Line] = field(default_factory=list)


def blocks(viewer: StaffMember, *, now: datetime) -> list[Block]:
    """Everything that waits for this member and that they may do something about; urgent things first."""
    makers = (
        (Permission.SEE_INBOX, _inbox),
        (Permission.APPROVE_ANNOUNCEMENTS, _approvals),
        (Permission.MODERATE, _reading),
        (Permission.MODERATE, _objections),
        (Permission.SEE_DELIVERIES, _deliveries),
        (Permission.MANAGE_ACCOUNTS, _accounts),
        (Permission.DECIDE, _decisions),
    )
    found = [block for right, make in makers if viewer.can(right) for block in make(viewer, now)]
    return sorted(found, key=lambda block: not block.urgent)


def _inbox(viewer: StaffMember, now: datetime) -> Iterator[Block]:
    waiting = waiting_for(viewer, now=now)
    if waiting.late:
        title = ngettext("%(n)d resident waits too long for us", "%(n)d residents wait too long for us", waiting.late)
        yield Block(
            title % {"n": waiting.late}, "alarm-clock", _("Answer these first"), _at("desk:inbox", "box=late"),
            urgent=True,
        )  # fmt: skip
    if waiting.mine:
        mine = conversations(viewer, Filters(box="mine"), now=now).order_by("answer_due_at", "pk")[:SHOWN]
        title = ngettext("%(n)d conversation is yours", "%(n)d conversations are yours", waiting.mine)
        lines = [
            Line(
                row.subject, _at("desk:conversation", pk=row.pk), row.answer_due_at,
                late=row.waits_since is not None and row.answer_due_at is not None and row.answer_due_at < now,
            )
            for row in mine
        ]  # fmt: skip
        address = _at("desk:inbox", "box=mine")
        yield Block(title % {"n": waiting.mine}, "messages-square", _("Go on with these"), address, lines=lines)
    if waiting.free:
        title = ngettext("%(n)d conversation is nobody's yet", "%(n)d conversations are nobody's yet", waiting.free)
        yield Block(title % {"n": waiting.free}, "inbox", _("Take one"), _at("desk:inbox", "box=free"))


def _approvals(viewer: StaffMember, _now: datetime) -> Iterator[Block]:
    rows = list(waiting_for_approval(viewer=viewer)[: SHOWN + 1])
    if rows:
        lines = [Line(row.title, _at("desk:compose", pk=row.pk), row.changed_at) for row in rows[:SHOWN]]
        title = _some(_("1 announcement waits for your approval"), _("%s announcements wait for your approval"), rows)
        yield Block(title, "megaphone", _("Read and approve"), lines[0].address, lines=lines)


def _reading(viewer: StaffMember, _now: datetime) -> Iterator[Block]:
    rows = list(to_read(viewer=viewer)[: SHOWN + 1])
    if rows:
        lines = [Line(row.title, _at("desk:contribution", pk=row.pk), row.created_at) for row in rows[:SHOWN]]
        title = _some(_("1 contribution is not shown until you read it"),
                      _("%s contributions are not shown until you read them"), rows)  # fmt: skip
        yield Block(title, "eye", _("Start reading"), lines[0].address, lines=lines)


def _objections(viewer: StaffMember, _now: datetime) -> Iterator[Block]:
    rows = list(objections(viewer=viewer)[: SHOWN + 1])
    found = [(row, row.contribution or (row.reaction.contribution if row.reaction else None)) for row in rows]
    lines = [Line(about.title, _at("desk:contribution", pk=about.pk), row.objected_at) for row, about in found if about]
    if lines:
        title = _some(_("1 resident objects to something that we hid"),
                      _("%s residents object to something that we hid"), rows)  # fmt: skip
        yield Block(title, "flag", _("Read the objection"), lines[0].address, urgent=True, lines=lines[:SHOWN])


def _deliveries(viewer: StaffMember, _now: datetime) -> Iterator[Block]:
    for state, one, many in (
        ("failed", _("1 thing was not sent"), _("%s things were not sent")),
        ("unsure", _("We do not know whether 1 thing was sent"), _("We do not know whether %s things were sent")),
    ):
        page = deliveries(viewer=viewer, filters={"state": state}, limit=SHOWN + 1)
        if page.lines:
            address = _at("desk:deliveries", f"state={state}")
            lines = [Line(line.subject, address, line.due_at) for line in page.lines[:SHOWN]]
            title = _some(one, many, page.lines)
            yield Block(title, "triangle-alert", _("See why and what to do"), address, urgent=True, lines=lines)


def _accounts(viewer: StaffMember, now: datetime) -> Iterator[Block]:
    for line in ending_soon(viewer=viewer, now=now):
        first = said(line)[0]
        lines = [Line(first.sentence, _at("desk:account_one", pk=line.pk))]
        title = _("%(account)s: %(what)s") % {"account": f"{kind_name(line.kind)}, {line.name}", "what": first.short}
        yield Block(
            title, "radio", _("Look at the account"), lines[0].address, urgent=line.tone == "wrong", lines=lines
        )


def _decisions(viewer: StaffMember, _now: datetime) -> Iterator[Block]:
    rows = list(draft_decisions(viewer=viewer)[: SHOWN + 1])
    if rows:
        lines = [Line(row.title, _at("desk:decision", pk=row.pk), row.created_at) for row in rows[:SHOWN]]
        title = _some(_("1 decision is not published yet"), _("%s decisions are not published yet"), rows)
        yield Block(title, "gavel", _("Go on with the decision"), lines[0].address, lines=lines)


def _some(one: str, many: str, rows: list[Any]) -> str:
    """The heading; beyond what is shown it says "more than": counting all of them has no use here."""
    if len(rows) == 1:
        return one
    return many % (len(rows) if len(rows) <= SHOWN else _("More than %d") % SHOWN)


def _at(view: str, query: str = "", **parts: Any) -> str:
    """An address, or today's page itself where an installation leaves that part out."""
    try:
        return reverse(view, kwargs=parts or None) + (f"?{query}" if query else "")
    except NoReverseMatch:
        return reverse("desk:today")
