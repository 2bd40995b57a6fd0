"""``stamtafel announce``: tell something from a file, the same way as on the desk."""

import argparse
import hashlib
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils import timezone, translation

from stamtafel.announce import actions
from stamtafel.announce.actions.problems import Outdated, TextRefused, WrongState
from stamtafel.announce.actions.telling import address_of, networks
from stamtafel.announce.actions.write import begin_draft, save_tellings
from stamtafel.announce.models import Announcement
from stamtafel.announce.rules.content import Content
from stamtafel.announce.rules.telling import Telling
from stamtafel.channels.models import Account
from stamtafel.channels.rules import ONE_ACCOUNT
from stamtafel.dossier.models import Topic
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import Forbidden
from stamtafel.places.models import Area
from stamtafel.places.queries import municipality

HEAD = re.compile(r"\A---\n(.*?)\n---\n?(.*)\Z", re.DOTALL)
HEADING = re.compile(r"\A#\s+(.+?)\s*(?:\n|\Z)(.*)\Z", re.DOTALL)
KNOWN = frozenset({"title", "lead", "topics", "areas"})


class BadFile(ValueError):
    """The file or what goes with it is not right; the sentence says what."""


@dataclass(frozen=True)
class Told:
    """What the file says."""

    title: str
    lead: str
    body: str
    topics: tuple[str, ...]
    areas: tuple[str, ...]


def parser() -> argparse.ArgumentParser:
    """The options."""
    made = argparse.ArgumentParser(prog="stamtafel announce", description=run.__doc__)
    made.add_argument(
        "file", help="Markdown; between two lines --- before it: title, lead, topics, areas. - reads standard input"
    )
    made.add_argument("--to", default="", metavar="KIND[,KIND…]", help="the networks; website and mail always go along")
    made.add_argument(
        "--at", default="", metavar="TIME", help="when, as 2026-12-01T09:00 in our own time; without: now"
    )
    made.add_argument("--by", default="", metavar="EMAIL", help="the staff member in whose name it is")
    made.add_argument("--draft", action="store_true", help="keep it as a draft for a colleague")
    return made


def run(arguments: list[str]) -> int:
    """Publish an announcement from a file, or plan it; where four eyes are asked it waits for a colleague.

    The same file to the same channels is told once, however often the command runs.
    """
    options = parser().parse_args(arguments)
    with translation.override("en"):
        try:
            announcement, known = announce(options, timezone.now())
        except (BadFile, TextRefused, WrongState, Outdated, Forbidden) as refused:
            print(f"stamtafel: nothing was told. {refused}", file=sys.stderr)
            return 1
    state = "was here already, and is" if known else "is"
    print(f"{address_of(announcement)} {state} {announcement.state}.")
    return 0


@transaction.atomic
def announce(options: argparse.Namespace, now: datetime) -> tuple[Announcement, bool]:
    """The announcement, and whether it was here already. All of it or nothing."""
    text = _text(options.file)
    told, actor, chosen = read(text), _staff(options.by), _chosen(options.to)
    asked = "\n".join([text, options.to, options.at, str(options.draft)])
    key = hashlib.sha256(asked.encode()).hexdigest()[:32]
    before = Announcement.objects.filter(form_key=key, author=actor).first()
    if before is not None:
        return before, True
    made = begin_draft(content=_content(told), form_key=key, actor=actor, now=now)
    at = _moment(options.at, now)
    tellings = [Telling(account=account.pk, wanted=True) for account in chosen]
    made = save_tellings(announcement=made, tellings=tellings, version=made.version, actor=actor, now=now)
    return (made if options.draft else _on_its_way(made, at, actor, now)), False


def read(text: str) -> Told:
    """A file as a title, a text and what it is about. Raises BadFile."""
    head, body = HEAD.match(text), text
    values: dict[str, str] = {}
    if head:
        values, body = _values(head[1]), head[2]
    title = values.get("title", "")
    heading = HEADING.match(body.lstrip())
    if not title and heading:
        title, body = heading[1], heading[2]
    if not title:
        raise BadFile("The file has no title: write 'title: …' above the text, or begin with '# …'.")
    return Told(title, values.get("lead", ""), body.strip(), _list(values, "topics"), _list(values, "areas"))


def _values(head: str) -> dict[str, str]:
    values = {}
    for line in filter(str.strip, head.splitlines()):
        name, sign, value = line.partition(":")
        if not sign or name.strip() not in KNOWN:
            raise BadFile(f"“{line.strip()[:60]}” is not one of: {', '.join(sorted(KNOWN))}.")
        values[name.strip()] = value.strip().strip("\"'")
    return values


def _list(values: Mapping[str, str], name: str) -> tuple[str, ...]:
    listed = values.get(name, "").strip("[]")
    return tuple(part for part in (each.strip().strip("\"'") for each in listed.split(",")) if part)


def _content(told: Told) -> Content:
    topics = dict(Topic.objects.filter(slug__in=told.topics).values_list("slug", "pk"))
    areas = dict(Area.objects.filter(code__in=told.areas).values_list("code", "pk"))
    unknown = [name for name in (*told.topics, *told.areas) if name not in topics and name not in areas]
    if unknown:
        raise BadFile(
            f"Not known here: {', '.join(unknown)}. Topics go by the last part of their address, areas by code."
        )
    return Content(
        title=told.title, lead=told.lead, body=told.body, topics=tuple(topics.values()), areas=tuple(areas.values())
    )  # fmt: skip


def _chosen(kinds: str) -> list[Account]:
    """Every account of these networks. Raises BadFile for one that is not connected."""
    wanted = {kind.strip() for kind in kinds.split(",") if kind.strip()} - ONE_ACCOUNT
    found = [account for account in networks() if account.kind in wanted]
    missing = sorted(wanted - {account.kind for account in found})
    if missing:
        raise BadFile(f"Not connected: {', '.join(missing)}. See: stamtafel account list.")
    return found


def _on_its_way(made: Announcement, at: datetime | None, actor: StaffMember | None, now: datetime) -> Announcement:
    if at is not None:
        made = actions.schedule(announcement=made, publish_at=at, version=made.version, actor=actor, now=now)
    if municipality().four_eyes:
        return actions.submit_for_approval(announcement=made, version=made.version, actor=actor)
    if at is not None:
        return made
    return actions.publish(announcement=made, version=made.version, actor=actor, now=now)


def _text(file: str) -> str:
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile(f"The file can't be read: {error}") from None


def _staff(email: str) -> StaffMember | None:
    if not email:
        return None
    found = StaffMember.objects.filter(email__iexact=email, is_active=True).first()
    if found is None:
        raise BadFile(f"Nobody here has the address {email}.")
    return found


def _moment(given: str, now: datetime) -> datetime | None:
    if not given:
        return None
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        raise BadFile(f"“{given[:40]}” is no moment. Write it as 2026-12-01T09:00.") from None
    aware = moment if moment.tzinfo else timezone.make_aware(moment)
    if aware <= now:
        raise BadFile("That moment has passed.")
    return aware
