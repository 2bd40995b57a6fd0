"""``stamtafel inbox``: read and answer from a script, the same way as on the desk."""

import argparse
import json
import sys
from typing import Any

from django.utils import timezone, translation

from stamtafel.inbox import queries
from stamtafel.inbox.actions.handle import ConversationRefused
from stamtafel.inbox.actions.reply import reply
from stamtafel.inbox.models import Conversation
from stamtafel.inbox.queries import BOXES, Filters
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import Forbidden
from stamtafel.people.rules import Permission, Role

MOST = 10_000


def parser() -> argparse.ArgumentParser:
    """The options."""
    made = argparse.ArgumentParser(prog="stamtafel inbox", description="Conversations with residents.")
    actions = made.add_subparsers(dest="action", required=True)
    listed = actions.add_parser("list", help="the conversations of one box")
    listed.add_argument("--box", choices=[box for box in BOXES if box != "mine"], default="open")
    listed.add_argument("--channel", default="", help="only of this channel")
    listed.add_argument("--limit", type=int, default=100)
    listed.add_argument("--json", action="store_true", help="one JSON document instead of lines")
    answer = actions.add_parser("reply", help="answer where the resident spoke")
    answer.add_argument("id", type=int)
    answer.add_argument("text", help="- reads standard input")
    answer.add_argument(
        "--by", default="", metavar="EMAIL", help="who answers; else who has it, or the first administrator"
    )
    answer.add_argument("--private", action="store_true", help="to the author alone, where the network can")
    return made


def run(arguments: list[str]) -> int:
    """Run one action; exit code 1 with the reason when it is refused."""
    options = parser().parse_args(arguments)
    with translation.override("en"):
        return show(options) if options.action == "list" else answer(options)


def show(options: argparse.Namespace) -> int:
    """Print the conversations, first due on top."""
    filters = Filters(box=options.box, channel=options.channel)
    # None is the machine itself: whoever may start commands here may read the database
    found = queries.conversations(None, filters, now=timezone.now())  # type: ignore[arg-type]
    order = "answer_due_at" if options.box in queries.BY_DUE else "-last_message_at"
    rows = [_row(each) for each in found.order_by(order, "pk")[: min(max(options.limit, 1), MOST)]]
    if options.json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return 0
    for row in rows:
        print(f"{row['id']:>7}  {row['channel']:<10} {row['answer_due_at'] or '':<25}  {row['subject'][:70]}")
    return 0


def answer(options: argparse.Namespace) -> int:
    """Say something to the resident."""
    text = sys.stdin.read() if options.text == "-" else options.text
    try:
        found = Conversation.objects.select_related("assignee").get(pk=options.id)
        message = reply(
            conversation=found, text=text, actor=_writer(options.by, found), now=timezone.now(),
            in_private=options.private,
        )  # fmt: skip
    except Conversation.DoesNotExist:
        print(f"stamtafel: there is no conversation {options.id}.", file=sys.stderr)
        return 1
    except (ConversationRefused, Forbidden, NobodyNamed) as refused:
        print(f"stamtafel: not sent. {refused}", file=sys.stderr)
        return 1
    print(
        f"Answered as {message.by.name if message.by else 'the municipality'}: message {message.pk}."
        + (" It is on its way." if message.delivery_id else "")
    )
    return 0


class NobodyNamed(ValueError):
    """It is not clear who answers."""


def _writer(email: str, conversation: Conversation) -> StaffMember:
    """Who answers, for an answer always has a name under it for colleagues: who is named, else who has the
    conversation, else the first administrator.
    """
    active = StaffMember.objects.filter(is_active=True)
    if email:
        found = active.filter(email__iexact=email).first()
        if found is None:
            raise NobodyNamed(f"Nobody here has the address {email}.")
        return found
    may = [member for member in active.order_by("id") if member.can(Permission.REPLY)]
    may.sort(key=lambda member: (member != conversation.assignee, Role.ADMINISTRATOR not in member.roles))
    if not may:
        raise NobodyNamed("Nobody here may answer residents. Invite somebody first, or name them: --by EMAIL.")
    return may[0]


def _row(one: Conversation) -> dict[str, Any]:
    moments = {name: getattr(one, name) for name in ("opened_at", "last_message_at", "waits_since", "answer_due_at")}
    return {
        "id": one.pk, "subject": one.subject, "kind": one.kind, "channel": one.channel, "state": one.state,
        "private": one.private, "person": one.person.get("handle", ""), "excerpt": one.excerpt,
        "messages": one.message_count, "contribution": one.contribution_id,
        "assignee": one.assignee.email if one.assignee else "",
        **{name: moment.isoformat() if moment else None for name, moment in moments.items()},
    }  # fmt: skip
