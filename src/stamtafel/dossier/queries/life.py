"""What happened with one contribution."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from stamtafel.dossier.models import Answer, Contribution, Moderation, State, Step, StepKind
from stamtafel.dossier.rules.lifecycle import steps_for_line
from stamtafel.prepared import NUMBER, Prepared


@dataclass(frozen=True, slots=True)
class Life:
    """All that its writer may read: steps oldest first, answers, why it is hidden, and the five points of the line."""

    steps: list[Step]
    answers: list[Answer]
    hidden: Moderation | None
    points: list[datetime | None]

    @property
    def is_answered(self) -> bool:
        """Whether there is an answer or it is done."""
        return any(self.points[3:])


def life_of(contribution: Contribution) -> Life:
    """The life of a contribution for who has its code: drafts of answers stay out. Two or three queries."""
    steps = list(Step.objects.filter(contribution=contribution).order_by("at", "id").only("kind", "at", "text"))
    hidden = None
    if contribution.state == State.HIDDEN:
        hidden = Moderation.objects.filter(contribution=contribution, hide=True).order_by("-at", "-id").first()
    return Life(
        steps,
        answers_of(contribution),
        hidden,
        points_of([(step.kind, step.at) for step in steps], contribution.created_at),
    )


def _answers(pk: int) -> QuerySet[Answer]:
    rows = Answer.objects.filter(contribution_id=pk, published_at__isnull=False).select_related("decision")
    return rows.order_by("-published_at", "-id").only(
        "outcome", "text", "published_at", "decision__slug", "decision__title", "decision__published_at"
    )


_ANSWERS = Prepared(_answers, pk=NUMBER)


def answers_of(contribution: Contribution) -> list[Answer]:
    """What was done with it, newest first, with the decision that it came from when that is public."""
    return _ANSWERS(pk=contribution.pk)


def points_of(events: list[tuple[str, datetime]], created_at: datetime) -> list[datetime | None]:
    """When each of the five points of the line was reached; what came in without steps (an import) was received."""
    return [point.date for point in steps_for_line([(StepKind.RECEIVED.value, created_at), *events])]
