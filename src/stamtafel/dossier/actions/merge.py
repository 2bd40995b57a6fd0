"""Joining doubles, and moving to another subject."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from stamtafel.dossier.actions.life import record_step
from stamtafel.dossier.actions.moderate import state_before
from stamtafel.dossier.actions.refusals import DossierRefused
from stamtafel.dossier.models import Contribution, State, StepKind, Support, Topic
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import require
from stamtafel.people.rules import Permission
from stamtafel.places.models import Area


@transaction.atomic
def merge(*, double: Contribution, into: Contribution, actor: StaffMember | None, now: datetime) -> None:
    """Join a double with another: its supporters count there (each once), both writers keep their follow code.

    Raises DossierRefused.
    """
    require(actor, Permission.MODERATE)
    rows = Contribution.objects.select_for_update().in_bulk([double.pk, into.pk])
    if double.pk == into.pk or rows[into.pk].state not in Contribution.PUBLIC_STATES:
        raise DossierRefused(_("Choose another contribution to join this one with: one that everybody can read."))
    if rows[double.pk].state not in Contribution.PUBLIC_STATES or rows[double.pk].merged.exists():
        raise DossierRefused(
            _("This contribution can't be joined: it is hidden, withdrawn, or others were joined with it.")
        )
    Contribution.objects.filter(pk=double.pk).update(state=State.MERGED, merged_into=into)
    _hand_over_support(double, into, now)
    text = _("It goes on here: “%(title)s”.") % {"title": into.title}
    record_step(
        contribution=double, kind=StepKind.MERGED, now=now, text=text, tell=double.author_id is not None, by=actor
    )
    double.state, double.merged_into = State.MERGED, into


def _hand_over_support(double: Contribution, into: Contribution, now: datetime) -> None:
    given = Support.objects.filter(contribution=double).values_list("supporter", flat=True)
    rows = [Support(contribution=into, supporter=supporter, at=now) for supporter in given]
    Support.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    count = Support.objects.filter(contribution=into).count()
    Contribution.objects.filter(pk=into.pk, support_count__lt=count).update(support_count=count)


@transaction.atomic
def unmerge(*, double: Contribution, actor: StaffMember | None, now: datetime) -> None:
    """Undo a join: it stands by itself again, where it was. The support it handed over stays with both."""
    require(actor, Permission.MODERATE)
    state = state_before(double)
    undone = Contribution.objects.filter(pk=double.pk, state=State.MERGED).update(state=state, merged_into=None)
    if undone:
        double.state, double.merged_into = state, None
        record_step(contribution=double, kind=StepKind.SHOWN, now=now, tell=double.author_id is not None, by=actor)


@transaction.atomic
def move(
    *,
    contribution: Contribution,
    topic: Topic | None,
    actor: StaffMember | None,
    now: datetime,
    area: Area | None = None,
) -> None:
    """Put it under another subject (and neighbourhood, when given); the writer hears of a new subject."""
    require(actor, Permission.MODERATE)
    old = contribution.topic_id
    contribution.topic = topic
    if area is not None:
        contribution.area = area
    contribution.save(update_fields=["topic", "area"])
    if topic is not None and topic.pk != old:
        record_step(
            contribution=contribution, kind=StepKind.MOVED, now=now, text=topic.name,
            tell=contribution.author_id is not None, by=actor,
        )  # fmt: skip
