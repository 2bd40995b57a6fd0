"""What staff see of contributions, topics and decisions."""

from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Q, QuerySet

from stamtafel.dossier.models import Answer, Contribution, Decision, Moderation, State, Topic
from stamtafel.dossier.queries.search import matching
from stamtafel.dossier.rules.similarity import nearest
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import require
from stamtafel.people.rules import Permission

PAGE: Final = 40
CANDIDATES: Final = 10_000


@dataclass(frozen=True)
class Filters:
    """What the list shows; empty = no limit."""

    box: str = ""  # to_read, hidden, objections, unanswered
    kind: str = ""
    topic: str = ""
    area: str = ""
    state: str = ""
    text: str = ""


def contributions(viewer: StaffMember, filters: Filters) -> QuerySet[Contribution]:
    """Contributions for the desk's list, without their heavy columns."""
    require(viewer, Permission.SEE_CONTRIBUTIONS)
    found = Contribution.objects.select_related("topic", "area").filter(in_box(filters.box))
    for lookup, value in (("kind", filters.kind), ("topic__slug", filters.topic), ("area__code", filters.area),
                          ("state", filters.state)):  # fmt: skip
        found = found.filter(**{lookup: value}) if value else found
    if filters.text:
        found = matching(found, filters.text)
    return found.defer("terms", "signature", "area__geometry", "area__path", "text", "public_text")


def in_box(box: str) -> Q:
    """The condition of one box."""
    open_states = [State.RECEIVED, State.READ, State.IN_CONVERSATION]
    boxes = {
        "to_read": Q(published_at=None, state=State.RECEIVED, erased_at=None),
        "hidden": Q(state=State.HIDDEN),
        "objections": Q(moderations__objected_at__isnull=False, moderations__settled_at=None),
        "unanswered": Q(state__in=open_states),
    }
    return boxes.get(box, Q())


def page_of(found: QuerySet[Contribution], *, before: int | None = None) -> tuple[list[Contribution], int | None]:
    """One page, newest first by number, and the number to go on before."""
    rows = list((found.filter(pk__lt=before) if before else found).order_by("-pk")[: PAGE + 1])
    return rows[:PAGE], rows[PAGE - 1].pk if len(rows) > PAGE else None


def doubles(viewer: StaffMember, contribution: Contribution) -> list[tuple[Contribution, float]]:
    """Contributions that say nearly the same, most alike first: a hint, never a verdict."""
    require(viewer, Permission.SEE_CONTRIBUTIONS)
    others = Contribution.objects.filter(state__in=Contribution.PUBLIC_STATES, erased_at=None).exclude(
        pk=contribution.pk
    )
    candidates = others.exclude(signature="").order_by("-pk").values_list("pk", "signature")[:CANDIDATES]
    near = nearest(contribution.public_text, candidates)
    found = Contribution.objects.in_bulk([item.id for item in near])
    return [(found[item.id], item.similarity) for item in near if item.id in found]


def moderations(viewer: StaffMember, contribution: Contribution) -> list[Moderation]:
    """Every time it was hidden or shown, newest first."""
    require(viewer, Permission.SEE_CONTRIBUTIONS)
    return list(contribution.moderations.select_related("by", "settled_by").order_by("-at", "-pk"))


def topics(viewer: StaffMember) -> QuerySet[Topic]:
    """All subjects with how many contributions each has, archived ones last."""
    require(viewer, Permission.SEE_CONTRIBUTIONS)
    return Topic.objects.annotate(contribution_count=Count("contributions")).order_by("archived", "name")


def decisions(viewer: StaffMember) -> QuerySet[Decision]:
    """All decisions, drafts first, with how many answers each has."""
    require(viewer, Permission.SEE_CONTRIBUTIONS)
    counted = Decision.objects.select_related("topic").annotate(answer_count=Count("answers"))
    return counted.order_by("published_at", "-pk")


def answers(viewer: StaffMember, decision: Decision) -> list[Answer]:
    """The answers of one decision with their contributions."""
    require(viewer, Permission.SEE_CONTRIBUTIONS)
    return list(decision.answers.select_related("contribution", "contribution__area").order_by("outcome", "pk"))


def answerable(viewer: StaffMember, decision: Decision) -> QuerySet[Contribution]:
    """Contributions under the same subject that this decision does not answer yet."""
    require(viewer, Permission.SEE_CONTRIBUTIONS)
    shown = [*Contribution.PUBLIC_STATES, State.MERGED]
    open_ones = Contribution.objects.filter(topic=decision.topic, state__in=shown, erased_at=None)
    return (
        open_ones.exclude(answers__decision=decision)
        .select_related("area")
        .defer("terms", "signature")
        .order_by("-support_count", "-pk")
    )
