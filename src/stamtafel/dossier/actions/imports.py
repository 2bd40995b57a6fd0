"""Bring in what people said on another platform: all of a file or nothing, and never twice."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.text import slugify

from stamtafel.dossier.actions.keys import code_digest, follow_code
from stamtafel.dossier.imports.contract import ImportRow
from stamtafel.dossier.models import Contribution, State, Step, StepKind, Topic
from stamtafel.dossier.rules.limits import TextRefused
from stamtafel.dossier.rules.texts import LONGEST_CONTRIBUTION, masked, texts_of
from stamtafel.ledger.actions import append
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import require
from stamtafel.people.rules import Permission
from stamtafel.places.models import Area, Level
from stamtafel.places.queries import locate

BATCH: Final = 500
CHANNEL: Final = "import"


class RowRefused(ValueError):
    """One row can't be kept, so nothing of the file is."""

    def __init__(self, row: int, reason: str) -> None:
        super().__init__(f"row {row}, column text: {reason}")


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

    A category of the source becomes a topic of that name, unless ``topic`` takes all. Raises Forbidden, RowRefused.
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
    for start in range(0, len(fresh), BATCH):
        _keep([_made(row, ground, now) for row in fresh[start : start + BATCH]], now)
    if fresh:
        append(kind="import.contributions", subject=f"import:{source}", data={"new": len(fresh)}, now=now)
    lost = {row.area_name for row in fresh if row.area_name and ground.area_of(row) is None}
    made = tuple(found.name for name, found in ground.topics.items() if name not in before)
    return Brought(len(fresh), len(rows) - len(fresh), tuple(sorted(lost)), made)


def _keep(made: list[Contribution], now: datetime) -> None:
    kept = Contribution.objects.bulk_create(made)
    Step.objects.bulk_create([Step(contribution=row, kind=StepKind.RECEIVED, at=row.created_at or now) for row in kept])


def _made(row: ImportRow, ground: _Ground, now: datetime) -> Contribution:
    try:
        texts = texts_of(row.text, max_length=max(LONGEST_CONTRIBUTION, len(row.text) + 1))
    except TextRefused as problem:
        raise RowRefused(row.row, str(problem.reason)) from problem
    at = row.created or now
    made = Contribution(
        kind=row.kind, title=masked(row.title)[:140], text=texts.text, public_text=texts.public_text,
        excerpt=texts.excerpt, terms=texts.terms, signature=texts.signature, topic=_topic_of(row, ground),
        area=ground.area_of(row), lon=row.lon, lat=row.lat, channel=CHANNEL, source=row.source,
        source_id=row.source_id, support_count=row.support or 0, created_at=at,
        published_at=None if row.hidden else at, state=State.HIDDEN if row.hidden else State.READ,
    )  # fmt: skip
    made.code_digest = code_digest(follow_code(made))
    return made


def _topic_of(row: ImportRow, ground: _Ground) -> Topic | None:
    if ground.topic is not None or not row.category:
        return ground.topic
    name = masked(row.category)[:120]
    found = ground.topics.get(name.casefold())
    if found is None:
        slug = slugify(name)[:70] or "onderwerp"
        taken = Topic.objects.filter(slug=slug).exists()
        found = Topic.objects.create(name=name, slug=f"{slug}-{len(ground.topics)}" if taken else slug)
        ground.topics[name.casefold()] = found
    return found
