"""Hiding and showing, always with a reason that the resident gets and can object to (DSA art. 16–17, GDPR art. 22)."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from stamtafel.dossier.actions.life import record_step
from stamtafel.dossier.actions.refusals import DossierRefused
from stamtafel.dossier.models import Contribution, Moderation, Reaction, State, StepKind
from stamtafel.dossier.rules import lifecycle
from stamtafel.ledger.actions import append
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import require
from stamtafel.people.rules import Permission


def _reason(text: str) -> str:
    clean = text.strip()
    if not clean:
        raise DossierRefused(_("Write the reason. The resident reads it, and everybody can see that there is one."))
    return clean


@transaction.atomic
def hide(
    *, contribution: Contribution, reason: str, actor: StaffMember | None, now: datetime, rule: str = ""
) -> Moderation:
    """Take a contribution off the public pages. Its writer gets the reason and can object. Raises DossierRefused."""
    require(actor, Permission.MODERATE)
    why = _reason(reason)
    moved = (
        Contribution.objects.filter(pk=contribution.pk, state__in=Contribution.PUBLIC_STATES)
        .exclude(erased_at__isnull=False)
        .update(state=State.HIDDEN)
    )
    if not moved:
        raise DossierRefused(_("This contribution is hidden, joined or withdrawn already. Nothing was changed."))
    contribution.state = State.HIDDEN
    record_step(contribution=contribution, kind=StepKind.HIDDEN, now=now, text=why, tell=True, by=actor)
    return Moderation.objects.create(contribution=contribution, hide=True, reason=why, rule=rule, at=now, by=actor)


@transaction.atomic
def show(*, contribution: Contribution, actor: StaffMember | None, now: datetime, reason: str = "") -> None:
    """Make public what was hidden, or what waited to be read first. Raises DossierRefused."""
    require(actor, Permission.MODERATE)
    locked = Contribution.objects.select_for_update().get(pk=contribution.pk)
    if locked.erased_at is not None or locked.state in {State.WITHDRAWN, State.MERGED}:
        raise DossierRefused(_("This contribution was withdrawn or joined with another. It can't be shown."))
    was_hidden = locked.state == State.HIDDEN
    if not was_hidden and locked.published_at is not None:
        return
    if was_hidden:
        locked.state = state_before(locked)
    locked.published_at = locked.published_at or now
    locked.save(update_fields=["state", "published_at"])
    contribution.state, contribution.published_at = locked.state, locked.published_at
    record_step(contribution=locked, kind=StepKind.SHOWN, now=now, text=reason, tell=True, by=actor)
    Moderation.objects.create(contribution=locked, hide=False, reason=reason, at=now, by=actor)


def state_before(contribution: Contribution) -> State:
    """The farthest point on the line that its steps speak of."""
    point = {StepKind.READ: State.READ, StepKind.REPLIED: State.IN_CONVERSATION, StepKind.ANSWERED: State.ANSWERED,
             StepKind.DONE: State.DONE}  # fmt: skip
    kinds = contribution.steps.order_by("at", "id").values_list("kind", flat=True)
    states = [State(point[StepKind(kind)]) for kind in kinds if kind in point]
    reached = [State(state) for state in lifecycle.LINE if State(state) in states]
    return reached[-1] if reached else State.RECEIVED


@transaction.atomic
def settle_objection(
    *, moderation: Moderation, uphold: bool, settlement: str, actor: StaffMember | None, now: datetime
) -> None:
    """Decide on an objection, by somebody else than who hid it; not upheld means that it is shown again."""
    require(actor, Permission.MODERATE)
    why = _reason(settlement)
    if actor is not None and moderation.by_id == actor.pk:
        raise DossierRefused(_("You hid this yourself. Let a colleague look at the objection."))
    settled = Moderation.objects.filter(pk=moderation.pk, settled_at=None, objected_at__isnull=False)
    if not settled.update(settled_at=now, settled_by=actor, settlement=why):
        raise DossierRefused(_("A colleague settled this objection already. Nothing was changed."))
    contribution = moderation.contribution
    if contribution is None:
        return
    if uphold:
        record_step(contribution=contribution, kind=StepKind.HIDDEN, now=now, text=why, tell=True, by=actor)
    else:
        show(contribution=contribution, actor=actor, now=now, reason=why)


@transaction.atomic
def hide_reaction(*, reaction: Reaction, reason: str, actor: StaffMember | None, now: datetime) -> None:
    """Take a reaction off the page; the reason stays in its place."""
    require(actor, Permission.MODERATE)
    why = _reason(reason)
    shown = Reaction.objects.filter(pk=reaction.pk, published_at__isnull=False)
    if shown.update(published_at=None, hidden_reason=why):
        _count(reaction, -1)
        Moderation.objects.create(reaction=reaction, hide=True, reason=why, at=now, by=actor)
        append(
            kind="reaction.hidden",
            subject=f"contribution:{reaction.contribution_id}",
            data={"reaction": reaction.pk},
            now=now,
        )


@transaction.atomic
def show_reaction(*, reaction: Reaction, actor: StaffMember | None, now: datetime) -> None:
    """Show a reaction that was hidden or waited to be read."""
    require(actor, Permission.MODERATE)
    held = Reaction.objects.filter(pk=reaction.pk, published_at=None)
    if held.update(published_at=now, hidden_reason=""):
        _count(reaction, +1)
        Moderation.objects.create(reaction=reaction, hide=False, reason="", at=now, by=actor)
        append(
            kind="reaction.shown",
            subject=f"contribution:{reaction.contribution_id}",
            data={"reaction": reaction.pk},
            now=now,
        )


def _count(reaction: Reaction, change: int) -> None:
    Contribution.objects.filter(pk=reaction.contribution_id).update(reaction_count=F("reaction_count") + change)
