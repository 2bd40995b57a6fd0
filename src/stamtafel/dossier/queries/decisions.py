"""What everybody may read of decisions: "you said, we did"."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from stamtafel.dossier.models import Answer, Contribution, Decision
from stamtafel.dossier.queries.figures import days_to_answer
from stamtafel.dossier.rules.figures import OutcomeCounts, count_outcomes
from stamtafel.dossier.rules.moments import moment_of
from stamtafel.prepared import NUMBER, Prepared

PAGE: Final = 10
ANSWERS: Final = 20
VOICES: Final = 3
_SHOWN = Q(
    contribution__published_at__isnull=False,
    contribution__state__in=Contribution.PUBLIC_STATES,
    contribution__erased_at__isnull=True,
)


@dataclass(frozen=True, slots=True)
class Key:
    """After which row a page begins (keyset): a moment or a number, and the row's own number."""

    first: str
    pk: int

    def __str__(self) -> str:
        return f"{self.first}_{self.pk}"

    @classmethod
    def parse(cls, text: str) -> "Key | None":
        """Read one from an address; None for anything that is not one of ours."""
        first, _line, number = text[:60].rpartition("_")
        if not first or not (number.isascii() and number.isdigit() and len(number) < 18):  # noqa: PLR2004 - fits a bigint
            return None
        return cls(first, int(number))

    @property
    def moment(self) -> datetime | None:
        """The first part as a moment with a time zone, or None."""
        return moment_of(self.first)

    @property
    def number(self) -> int | None:
        """The first part as a number, or None."""
        return int(self.first) if self.first.isascii() and self.first.isdigit() and len(self.first) < 10 else None  # noqa: PLR2004


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of decisions with what they did with contributions, and where the next begins."""

    items: Sequence[tuple[Decision, OutcomeCounts]]
    older: Key | None


@dataclass(frozen=True, slots=True)
class Rests:
    """What one decision rests on, counted from its answers."""

    contributions: int
    people: int
    outcomes: OutcomeCounts
    only_answered: int
    median_days: int | None
    not_shown: int


@dataclass(frozen=True, slots=True)
class Answered:
    """One answered contribution: what somebody said, and what was done with it."""

    pk: int
    title: str
    excerpt: str
    kind: str
    supports: int
    voices: int
    outcome: str
    text: str


def published() -> QuerySet[Decision]:
    """The decisions that everybody may read, the newest first."""
    return Decision.objects.filter(published_at__isnull=False).order_by("-published_at", "-id")


def _listed() -> QuerySet[Decision]:
    return published().select_related("topic").only(
        "slug", "title", "decided_by", "decided_on", "heard", "decided", "done", "published_at",
        "topic__slug", "topic__name", "topic__name_en",
    )  # fmt: skip


_FIRST_PAGE: Final = Prepared(lambda: _listed()[: PAGE + 1])


def page(*, after: Key | None = None) -> Listed:
    """One page of decisions: two queries, however many there are."""
    found = _listed()
    if after is not None and after.moment is not None:
        earlier = Q(published_at__lt=after.moment) | Q(published_at=after.moment, pk__lt=after.pk)
        found = found.filter(earlier, published_at__lte=after.moment)
    rows = _FIRST_PAGE() if after is None else list(found[: PAGE + 1])
    counts = outcomes_of([row.pk for row in rows[:PAGE]])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    older = Key(last.published_at.isoformat(), last.pk) if last is not None and last.published_at else None
    return Listed([(row, counts.get(row.pk, OutcomeCounts(0, 0, 0))) for row in rows[:PAGE]], older)


def _outcome_rows(**pks: int) -> QuerySet[Any, Any]:
    rows = Answer.objects.filter(decision_id__in=list(pks.values()), published_at__isnull=False).order_by()
    return rows.values_list("decision_id", "outcome").annotate(number=Count("id"))


_OUTCOMES: Final = Prepared(_outcome_rows, **{f"decision{number}": NUMBER + number for number in range(PAGE)})


def outcomes_of(pks: Iterable[int]) -> dict[int, OutcomeCounts]:
    """Used, partly and not used, for each of at most ten decisions: one query."""
    asked = [*pks, *[0] * PAGE][:PAGE]  # number 0 does not exist
    numbers: dict[int, dict[str, int]] = {}
    for pk, outcome, number in _OUTCOMES(**{f"decision{at}": pk for at, pk in enumerate(asked)}):
        numbers.setdefault(pk, {})[outcome] = number
    return {
        pk: OutcomeCounts(found.get("used", 0), found.get("partly", 0), found.get("not_used", 0))
        for pk, found in numbers.items()
    }


def decision(slug: str) -> Decision:
    """One published decision with its topic. Raises Decision.DoesNotExist."""
    return published().select_related("topic").defer("created_by", "published_by").get(slug=slug)


def rests_on(found: Decision) -> Rests:
    """What the decision rests on, from its rows: one query. Hidden and withdrawn contributions count as well."""
    names = ("outcome", "published_at", "contribution__created_at", "contribution__voices")
    answers = Answer.objects.filter(decision=found, published_at__isnull=False).order_by()
    shown = answers.filter(_SHOWN)
    rows = list(
        answers.annotate(shown=Subquery(shown.filter(pk=OuterRef("pk")).values("pk")[:1])).values_list(*names, "shown")
    )
    counts = count_outcomes(outcome for outcome, *_rest in rows)
    return Rests(
        contributions=len(rows),
        people=sum(voices for _outcome, _at, _created, voices, _shown in rows),
        outcomes=counts,
        only_answered=len(rows) - counts.total,
        median_days=days_to_answer(
            [(created, at) for _outcome, at, created, _voices, _shown in rows if at is not None]
        ),
        not_shown=sum(shown is None for *_rest, shown in rows),
    )


def answered(found: Decision, *, after: Key | None = None) -> tuple[list[Answered], Key | None]:
    """The public contributions that the decision answers, the best supported first, page by page: one query."""
    rows = Answer.objects.filter(_SHOWN, decision=found, published_at__isnull=False)
    if after is not None and after.number is not None:
        rows = rows.filter(
            Q(contribution__support_count__lt=after.number)
            | Q(contribution__support_count=after.number, contribution_id__lt=after.pk)
        )
    fields = rows.order_by("-contribution__support_count", "-contribution_id").values_list(
        "contribution_id", "contribution__title", "contribution__excerpt", "contribution__kind",
        "contribution__support_count", "contribution__voices", "outcome", "text",
    )  # fmt: skip
    items = [Answered(*row) for row in fields[: ANSWERS + 1]]
    last = items[ANSWERS - 1] if len(items) > ANSWERS else None
    return items[:ANSWERS], Key(str(last.supports), last.pk) if last is not None else None


def best_answers(limit: int) -> list[Answer]:
    """Of each of the newest decisions the answer to its best supported public contribution: one query."""
    return _BEST() if limit == BEST else list(_best(limit))


def _best(limit: int) -> QuerySet[Answer]:
    answers = Answer.objects.filter(_SHOWN, decision=OuterRef("pk"), published_at__isnull=False)
    best = answers.order_by("-contribution__support_count", "-contribution_id").values("pk")[:1]
    newest = published().filter(Exists(answers)).annotate(best=Subquery(best)).values("best")[:limit]
    found = Answer.objects.filter(pk__in=newest).select_related("decision", "contribution")
    fields = (
        "outcome", "text", "decision__slug", "decision__title", "decision__published_at", "contribution__title",
        "contribution__support_count", "contribution__excerpt",
    )  # fmt: skip
    return found.only(*fields).order_by("-decision__published_at", "-decision_id")


BEST: Final = 3
_BEST: Final = Prepared(lambda: _best(BEST))
