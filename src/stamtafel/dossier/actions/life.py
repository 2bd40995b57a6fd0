"""A contribution's life: states move only along ``rules.lifecycle``, and every event is a dated step."""

from datetime import datetime

from django.db import transaction

from stamtafel.dossier.models import Contribution, State, Step, StepKind
from stamtafel.dossier.rules import lifecycle
from stamtafel.ledger.actions import append
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import require
from stamtafel.people.rules import Permission

SAYS = {State.READ: StepKind.READ, State.IN_CONVERSATION: StepKind.REPLIED}
ASIDE = frozenset(
    {State.HIDDEN, State.MERGED, State.WITHDRAWN}
)  # being read or answered brings nothing back from there


@transaction.atomic
def record_step(
    *, contribution: Contribution, kind: StepKind, now: datetime, text: str = "", tell: bool = False,
    by: StaffMember | None = None,
) -> Step:  # fmt: skip
    """Write one event in a contribution's life, for its follow page and the log; ``tell`` has the resident told."""
    append(kind=f"contribution.{kind}", subject=f"contribution:{contribution.pk}", data={}, now=now)
    return Step.objects.create(contribution=contribution, kind=kind, at=now, text=text, tell=tell, by=by)


def move(*, contribution: Contribution, to: State) -> bool:
    """Move to a later state by compare-and-swap; False when somebody else was first or the move is not allowed."""
    current = State(contribution.state)
    if current == to or not lifecycle.can_move(current, to):
        return False
    moved = Contribution.objects.filter(pk=contribution.pk, state=current).update(state=to)
    if moved:
        contribution.state = to
    return bool(moved)


@transaction.atomic
def mark_read(*, contribution: Contribution, actor: StaffMember | None, now: datetime) -> bool:
    """Somebody of the municipality read it. The resident hears so once; False when it was read before."""
    require(actor, Permission.SEE_CONTRIBUTIONS)
    if contribution.state in ASIDE or not move(contribution=contribution, to=State.READ):
        return False
    record_step(
        contribution=contribution, kind=StepKind.READ, now=now, tell=contribution.author_id is not None, by=actor
    )
    return True


@transaction.atomic
def mark_replied(*, contribution: Contribution, actor: StaffMember | None, now: datetime) -> bool:
    """The conversation began: a step at the first reply, and the state moves on."""
    if contribution.state in ASIDE or not move(contribution=contribution, to=State.IN_CONVERSATION):
        return False
    record_step(contribution=contribution, kind=StepKind.REPLIED, now=now, by=actor)
    return True


def state_before(contribution: Contribution) -> State:
    """The farthest point on the line that its steps speak of."""
    point = {StepKind.READ: State.READ, StepKind.REPLIED: State.IN_CONVERSATION, StepKind.ANSWERED: State.ANSWERED,
             StepKind.DONE: State.DONE}  # fmt: skip
    kinds = contribution.steps.order_by("at", "id").values_list("kind", flat=True)
    states = {point[StepKind(kind)].value for kind in kinds if kind in point}
    reached = [State(state.value) for state in lifecycle.LINE if state.value in states]
    return reached[-1] if reached else State.RECEIVED
