"""What staff see of contributions, topics and decisions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Final, Self

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from stamtafel.dossier.models import Answer, Contribution, Decision, ImportedDetails, Moderation, Reaction, State, Topic
from stamtafel.dossier.queries.public import LARGEST_ID, visible
from stamtafel.dossier.queries.search import matching
from stamtafel.dossier.rules.doubles import alike
from stamtafel.dossier.rules.moments import moment_of
from stamtafel.dossier.rules.similarity import nearest
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import require
from stamtafel.people.rules import Permission

PAGE: Final = 40
CANDIDATES: Final = 10_000
MOST_DOUBLES: Final = 5
LONGEST_ID: Final = 20  # digits
MOST_COUNTED: Final = 99  # beyond that a tab says "99+": counting all has no use
HEAVY: Final = ("terms", "signature", "text", "public_text", "area__geometry", "area__path")
OPEN_STATES: Final = (State.RECEIVED, State.READ, State.IN_CONVERSATION)
BOXES: Final = ("to_read", "objections", "reactions", "unanswered", "hidden", "joined")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list shows; empty = no limit. The names are those in the address line."""

    box: str = ""
    kind: str = ""
    topic: str = ""
    area: str = ""
    state: str = ""
    text: str = ""

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Self:
        """From an address line; unknown names are left out."""
        return cls(**{each.name: given.get(each.name, "")[:200].strip().replace("\0", "") for each in fields(cls)})

    def as_query(self) -> dict[str, str]:
        """Only what is set, to make an address of."""
        return {each.name: value for each in fields(self) if (value := getattr(self, each.name))}


def narrowed(found: QuerySet[Contribution], filters: Filters) -> QuerySet[Contribution]:
    """What fits; a value that nothing has gives an empty list."""
    for lookup, value in (("kind", filters.kind), ("topic__slug", filters.topic), ("area__code", filters.area),
                          ("state", filters.state)):  # fmt: skip
        found = found.filter(**{lookup: value}) if value else found
    return matching(found, filters.text) if filters.text else found


def contributions(viewer: StaffMember, filters: Filters) -> QuerySet[Contribution]:
    """Contributions for the desk's list, without their heavy columns. Raises Forbidden.

    What waits to be shown has its public text: it is read before anything is done with it.
    """
    require(viewer, Permission.SEE_CONTRIBUTIONS)
    found = Contribution.objects.filter(in_box(filters.box))
    left_out = [name for name in HEAVY if name != "public_text" or filters.box != "to_read"]
    return narrowed(found, filters).select_related("topic", "area").defer(*left_out)


def in_box(box: str) -> Q:
    """The condition of one box; an unknown name is everything."""
    mine = Moderation.objects.filter(contribution=OuterRef("pk"), objected_at__isnull=False, settled_at=None)
    held = Reaction.objects.filter(contribution=OuterRef("pk"), published_at=None, hidden_reason="")
    boxes = {
        "to_read": Q(published_at=None, state__in=Contribution.PUBLIC_STATES, erased_at=None),
        "objections": Q(Exists(mine)),
        "reactions": Q(Exists(held)),
        "unanswered": Q(state__in=OPEN_STATES),
        "hidden": Q(state=State.HIDDEN),
        "joined": Q(state=State.MERGED),
    }
    return boxes.get(box, Q())


def counts(viewer: StaffMember) -> dict[str, int]:
    """How many wait in the boxes that ask for something, up to one more than MOST_COUNTED: three queries."""
    require(viewer, Permission.SEE_CONTRIBUTIONS)
    asked = BOXES[:3]
    return {
        box: len(Contribution.objects.filter(in_box(box)).order_by().values_list("pk")[: MOST_COUNTED + 1])
        for box in asked
    }


def page_of(found: QuerySet[Contribution], *, after: str = "") -> tuple[list[Contribution], str]:
    """One page, the newest first, and the key to go on after ("" at the end)."""
    moment, _sep, number = after.partition("_")
    at = moment_of(moment)
    if at is not None and _is_id(number):
        found = found.filter(Q(created_at__lt=at) | Q(created_at=at, pk__lt=int(number)))
    rows = list(found.order_by("-created_at", "-pk")[: PAGE + 1])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return rows[:PAGE], f"{last.created_at.isoformat()}_{last.pk}" if last else ""


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < LONGEST_ID and int(text) <= LARGEST_ID


def contribution(viewer: StaffMember, pk: int) -> Contribution:
    """One contribution with all that staff may see. Raises Forbidden, Contribution.DoesNotExist."""
    require(viewer, Permission.SEE_CONTRIBUTIONS)
    whole = Contribution.objects.select_related("topic", "area", "author", "merged_into")
    return whole.defer("area__geometry", "area__path", "merged_into__text", "merged_into__terms").get(pk=pk)


def imported_details(viewer: StaffMember, found: Contribution) -> dict[str, str]:
    """What an import kept about who wrote it, by the name of its column; for who talks with residents."""
    require(viewer, Permission.SEE_INBOX)
    details = ImportedDetails.objects.filter(contribution=found).first() if found.source else None
    return details.columns if details else {}


def joined(viewer: StaffMember, found: Contribution) -> list[Contribution]:
    """What was joined with it."""
    require(viewer, Permission.SEE_CONTRIBUTIONS)
    return list(found.merged.only("title", "created_at", "state", "merged_into").order_by("-created_at", "-pk"))


@dataclass(frozen=True, slots=True)
class Double:
    """What may say the same: ``words`` are shared and rare; none where nearly the whole text is the same."""

    contribution: Contribution
    words: tuple[str, ...]


def doubles(viewer: StaffMember, found: Contribution) -> list[Double]:
    """Public contributions that say nearly the same, most alike first: a hint, never a verdict. Three queries.

    Nearly the same letters anywhere, or the same rare words under the same subject.
    """
    require(viewer, Permission.SEE_CONTRIBUTIONS)
    others = visible().exclude(pk=found.pk).order_by("-pk")
    signed = others.exclude(signature="").values_list("pk", "signature")[:CANDIDATES]
    near = [(item.id, ()) for item in nearest(found.public_text, signed.iterator(chunk_size=2000))]
    about = others.filter(topic=found.topic_id).exclude(terms="").values_list("pk", "terms")[:CANDIDATES]
    same_words = [(item.id, item.shared) for item in alike(found.terms, about.iterator(chunk_size=2000))]
    hints: dict[int, tuple[str, ...]] = dict((*same_words, *near))
    order = list(dict.fromkeys(pk for pk, _shared in (*near, *same_words)))[:MOST_DOUBLES]
    known = Contribution.objects.only("title", "created_at").in_bulk(order)
    return [Double(known[pk], hints[pk]) for pk in order if pk in known]


def moderations(viewer: StaffMember, found: Contribution) -> list[Moderation]:
    """Every time it was hidden or shown, newest first."""
    require(viewer, Permission.SEE_CONTRIBUTIONS)
    return list(found.moderations.select_related("by", "settled_by").order_by("-at", "-pk"))


def reactions(viewer: StaffMember, found: Contribution) -> list[Reaction]:
    """What others said under it, hidden and waiting ones too, oldest first (at most 200)."""
    require(viewer, Permission.SEE_CONTRIBUTIONS)
    return list(found.reactions.order_by("created_at", "pk")[:200])


def topics(viewer: StaffMember, *, archived: bool = False) -> QuerySet[Topic]:
    """Subjects by name with how many contributions each has. Raises Forbidden."""
    require(viewer, Permission.SEE_CONTRIBUTIONS)
    shown = Topic.objects.filter(archived=archived).annotate(contribution_count=Count("contributions"))
    return shown.only("slug", "name", "question", "open_until", "moderation", "attacked", "archived").order_by("name")


def decisions(viewer: StaffMember, *, published: bool) -> QuerySet[Decision]:
    """Drafts or published decisions, newest first, with how many answers each has. Raises Forbidden."""
    require(viewer, Permission.SEE_CONTRIBUTIONS)
    rows = Decision.objects.filter(published_at__isnull=not published).select_related("topic", "created_by")
    return rows.annotate(answer_count=Count("answers")).order_by("-published_at", "-pk")


def decisions_page(found: QuerySet[Decision], *, before: str = "") -> tuple[list[Decision], str]:
    """One page of decisions and the number to go on before ("" at the end): newest made first."""
    if _is_id(before):
        found = found.filter(pk__lt=int(before))
    rows = list(found.order_by("-pk")[: PAGE + 1])
    return rows[:PAGE], str(rows[PAGE - 1].pk) if len(rows) > PAGE else ""


def outcome_counts(viewer: StaffMember, decision: Decision) -> dict[str, int]:
    """How many answers of each outcome: one query."""
    require(viewer, Permission.SEE_CONTRIBUTIONS)
    found = decision.answers.order_by().values_list("outcome").annotate(number=Count("pk"))
    return dict(found)


def answers(viewer: StaffMember, decision: Decision, *, before: str = "") -> tuple[list[Answer], str]:
    """One page of the answers of a decision with their contributions, newest first, and where the next begins."""
    require(viewer, Permission.SEE_CONTRIBUTIONS)
    found = decision.answers.select_related("contribution", "contribution__area", "contribution__author")
    found = found.defer(*(f"contribution__{name}" for name in HEAVY))
    if _is_id(before):
        found = found.filter(pk__lt=int(before))
    rows = list(found.order_by("-pk")[: PAGE + 1])
    return rows[:PAGE], str(rows[PAGE - 1].pk) if len(rows) > PAGE else ""


def answerable(viewer: StaffMember, decision: Decision, filters: Filters) -> QuerySet[Contribution]:
    """Public contributions that this decision does not answer yet, narrowed by ``filters``. Raises Forbidden."""
    require(viewer, Permission.DECIDE)
    taken = Answer.objects.filter(decision=decision, contribution=OuterRef("pk"))
    found = narrowed(visible().filter(~Exists(taken)), filters)
    if filters.box == "unanswered":
        found = found.filter(in_box("unanswered"))
    return found.select_related("topic", "area").defer(*HEAVY)


def waiting_among(viewer: StaffMember, numbers: Iterable[str]) -> list[Contribution]:
    """Of the contributions with these numbers those that wait to be shown, by number. Raises Forbidden."""
    require(viewer, Permission.MODERATE)
    wanted = [int(number) for number in numbers if _is_id(number)][:PAGE]
    return list(Contribution.objects.filter(in_box("to_read"), pk__in=wanted).only("state").order_by("pk"))


def picked(viewer: StaffMember, numbers: Iterable[str]) -> list[Contribution]:
    """The contributions with these numbers that can be answered; others are left out."""
    require(viewer, Permission.DECIDE)
    wanted = [int(number) for number in numbers if _is_id(number)]
    return list(visible().filter(pk__in=wanted).only("pk", "title"))
