"""Bring in what people said on another platform: all of a file or nothing, and never twice."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from stamtafel.dossier.actions.keys import code_digest, follow_code
from stamtafel.dossier.actions.topics import free_slug
from stamtafel.dossier.imports.contract import ImportRefused, ImportRow
from stamtafel.dossier.models import Contribution, ImportedDetails, State, Step, StepKind, Topic
from stamtafel.dossier.rules.limits import TextRefused, clean_line
from stamtafel.dossier.rules.texts import LONGEST_CONTRIBUTION, masked, texts_of
from stamtafel.ledger.actions import append
from stamtafel.people.models import Resident, StaffMember
from stamtafel.people.queries import require
from stamtafel.people.rules import Permission
from stamtafel.places.models import Area, Level
from stamtafel.places.queries import locate
from stamtafel.places.rules.problems import MOST_PROBLEMS, Problem

BATCH: Final = 500
CHANNEL: Final = "import"
LONGEST_TITLE: Final = 140
LONGEST_TOPIC: Final = 120
IMPLIED: Final = {
    State.READ: (StepKind.READ,),
    State.HIDDEN: (StepKind.HIDDEN,),  # perhaps its writer withdrew it there: nobody need have read it
}
CLOCKS_DIFFER: Final = timedelta(days=1)
REFUSED: Final = {"empty": "no_text", "too_long": "too_long", "broken": "broken_row"}


@dataclass(frozen=True)
class Brought:
    """What an import did, or would do: contributions that are new, that were here, and areas nobody knows."""

    new: int
    known: int
    unknown_areas: tuple[str, ...]
    new_topics: tuple[str, ...]


@dataclass
class _Ground:
    """What rows are laid against."""

    topics: dict[str, Topic]
    areas: dict[str, Area]
    by_code: dict[str, Area]
    topic: Topic | None

    def area_of(self, row: ImportRow) -> Area | None:
        """By the point where there is one, else by name."""
        if row.lon is not None and row.lat is not None:
            code = locate(row.lon, row.lat)
            if code is not None:
                return self.by_code.get(code)
        return self.areas.get(row.area_name.casefold().strip())


def import_contributions(
    *, rows: Iterable[ImportRow], topic: Topic | None, actor: StaffMember | None, now: datetime, dry_run: bool = False
) -> Brought:
    """Keep the rows that are not here yet; with ``dry_run`` everything is tried and nothing kept.

    A category of the source becomes a topic of that name, unless ``topic`` takes all. A mail address becomes the
    contact, unconfirmed unless it was confirmed here before; no step asks to be told, so nothing is mailed. Other
    personal cells are kept for staff. Raises Forbidden, and ImportRefused with every row that can't be kept.
    """
    require(actor, Permission.MANAGE_SETTINGS)
    with transaction.atomic():
        brought = _bring_in(list(rows), topic, now)
        if dry_run:
            transaction.set_rollback(True)
    return brought


def _bring_in(rows: list[ImportRow], topic: Topic | None, now: datetime) -> Brought:
    areas = list(Area.objects.filter(level=Level.NEIGHBOURHOOD).defer("geometry", "path"))
    topics = {found.name.casefold(): found for found in Topic.objects.all()}
    before = set(topics)
    ground = _Ground(topics, {a.name.casefold(): a for a in areas}, {a.code: a for a in areas}, topic)
    source = rows[0].source if rows else ""
    known = set(Contribution.objects.filter(source=source).values_list("source_id", flat=True)) if rows else set()
    fresh = [row for row in rows if row.source_id not in known]
    _check(fresh, now)
    for start in range(0, len(fresh), BATCH):
        _keep(fresh[start : start + BATCH], ground, now)
    if fresh:
        append(kind="import.contributions", subject=f"import:{source}", data={"new": len(fresh)}, now=now)
    lost = {row.area_name for row in fresh if row.area_name and ground.area_of(row) is None}
    made = tuple(found.name for name, found in ground.topics.items() if name not in before)
    return Brought(len(fresh), len(rows) - len(fresh), tuple(sorted(lost)), made)


def _keep(rows: list[ImportRow], ground: _Ground, now: datetime) -> None:
    contacts = _contacts({row.author_email for row in rows if row.author_email})
    made = [_made(row, ground, now) for row in rows]
    for one, row in zip(made, rows, strict=True):
        one.author = contacts.get(row.author_email)
    kept = Contribution.objects.bulk_create(made)
    details = zip(kept, rows, strict=True)
    ImportedDetails.objects.bulk_create(
        [ImportedDetails(contribution=one, columns=dict(row.personal)) for one, row in details if row.personal]
    )
    Step.objects.bulk_create([step for one in kept for step in _steps(one, now)])


def _steps(kept: Contribution, now: datetime) -> list[Step]:
    """The life that its state speaks of. When it was read there we don't know: at the latest now."""
    received = Step(contribution=kept, kind=StepKind.RECEIVED, at=kept.created_at)
    return [received, *(Step(contribution=kept, kind=kind, at=now) for kind in IMPLIED[State(kept.state)])]


def _check(rows: list[ImportRow], now: datetime) -> None:
    """Refuse what only shows here: a text of signs that nobody sees, a day that did not come yet."""
    problems: list[Problem] = []
    for row in rows:
        if row.created is not None and row.created > now + CLOCKS_DIFFER:
            problems.append(Problem(row.row, "created", "in_future", f"{row.created:%Y-%m-%d}"))
        try:
            clean_line(row.text, max_length=_room(row.text))
        except TextRefused as problem:
            problems.append(Problem(row.row, "text", REFUSED[problem.reason]))
        if len(problems) >= MOST_PROBLEMS:
            break
    if problems:
        raise ImportRefused(problems)


def _room(text: str) -> int:
    """How long a text may be: as long as it is, also where accents become signs of their own."""
    return max(LONGEST_CONTRIBUTION, 4 * len(text))


def _contacts(addresses: set[str]) -> dict[str, Resident]:
    """Who has these addresses; who is new here did not confirm anything."""
    Resident.objects.bulk_create([Resident(email=address) for address in sorted(addresses)], ignore_conflicts=True)
    return {resident.email: resident for resident in Resident.objects.filter(email__in=addresses)}


def _made(row: ImportRow, ground: _Ground, now: datetime) -> Contribution:
    texts = texts_of(row.text, max_length=_room(row.text))
    at = min(row.created or now, now)
    made = Contribution(
        kind=row.kind, title=_line(row.title, LONGEST_TITLE) or texts.title, text=texts.text,
        public_text=texts.public_text, excerpt=texts.excerpt, terms=texts.terms, signature=texts.signature,
        topic=_topic_of(row, ground),
        area=ground.area_of(row), lon=row.lon, lat=row.lat, channel=CHANNEL, source=row.source,
        source_id=row.source_id, support_count=row.support or 0, created_at=at,
        published_at=None if row.hidden else at, state=State.HIDDEN if row.hidden else State.READ,
    )  # fmt: skip
    made.code_digest = code_digest(follow_code(made))
    return made


def _topic_of(row: ImportRow, ground: _Ground) -> Topic | None:
    name = "" if ground.topic is not None else _line(row.category, LONGEST_TOPIC)
    if not name:
        return ground.topic
    found = ground.topics.get(name.casefold())
    if found is None:
        found = ground.topics[name.casefold()] = Topic.objects.create(name=name, slug=free_slug(name))
    return found


def _line(raw: str, longest: int) -> str:
    """A line for everybody to read, without personal data; empty where there is nothing to see."""
    try:
        return masked(clean_line(raw, max_length=_room(raw)))[:longest]
    except TextRefused:
        return ""
