"""Joining doubles, and moving to another subject or neighbourhood."""

import re
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from stamtafel.dossier.actions.aside import part
from stamtafel.dossier.actions.life import record_step
from stamtafel.dossier.actions.refusals import DossierRefused
from stamtafel.dossier.models import Contribution, State, StepKind, Support, Topic
from stamtafel.ledger.actions import append
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import require
from stamtafel.people.rules import Permission
from stamtafel.places.models import Area

ACTIVE: Final = re.compile(r"[\\`*_{}\[\]<>#|~]")  # steps are read as Markdown; a resident's title brings no links


@transaction.atomic
def merge(*, double: Contribution, into: Contribution, actor: StaffMember | None, now: datetime) -> None:
    """Join a double with another: its supporters count there, both writers keep their follow code.

    Whoever wrote the double hears it, and later gets the answer too. The same again changes nothing.
    Raises Forbidden, DossierRefused.
    """
    require(actor, Permission.MODERATE)
    both = Contribution.objects.select_for_update().filter(pk__in=[double.pk, into.pk]).order_by("pk")
    rows = {row.pk: row for row in both.only("state", "title", "merged_into", "author", "language", "published_at")}
    one, other = rows[double.pk], rows[into.pk]
    if one.state == State.MERGED and one.merged_into_id == other.pk:
        return
    if one.pk == other.pk or other.state not in Contribution.PUBLIC_STATES or other.published_at is None:
        raise DossierRefused(_("Choose another contribution to join this one with: one that everybody can read."))
    if one.state not in Contribution.PUBLIC_STATES or one.merged.exists():
        raise DossierRefused(
            _("This contribution can't be joined: it is hidden, withdrawn, or others were joined with it.")
        )
    Contribution.objects.filter(pk=one.pk).update(state=State.MERGED, merged_into=other)
    _hand_over_support(one, other, now)
    with translation.override(one.language):
        text = _("It continues here: “%(title)s”.") % {"title": ACTIVE.sub("", other.title)}
    told = one.author_id is not None
    record_step(contribution=one, kind=StepKind.MERGED, now=now, text=text, tell=told, by=actor)
    double.state, double.merged_into = State.MERGED, into


def _hand_over_support(double: Contribution, into: Contribution, now: datetime) -> None:
    given = Support.objects.filter(contribution=double).values_list("supporter", flat=True)
    rows = [Support(contribution=into, supporter=supporter, at=now) for supporter in given]
    Support.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    count = Support.objects.filter(contribution=into).count()
    Contribution.objects.filter(pk=into.pk, support_count__lt=count).update(support_count=count)


@transaction.atomic
def unmerge(*, double: Contribution, actor: StaffMember | None, now: datetime) -> bool:
    """Undo a join: it stands by itself again, where it was. The support it handed over stays with both."""
    require(actor, Permission.MODERATE)
    return part(double, now=now, by=actor)


@transaction.atomic
def move(
    *, contribution: Contribution, topic: Topic | None, area: Area | None, actor: StaffMember | None, now: datetime
) -> bool:
    """Put it under this subject and neighbourhood (None: under none); the writer hears of a new subject.

    Whether anything changed. Raises Forbidden, DossierRefused for what was erased.
    """
    require(actor, Permission.MODERATE)
    rows = Contribution.objects.select_for_update().only("topic", "area", "author", "erased_at")
    locked = rows.get(pk=contribution.pk)
    if locked.erased_at is not None:
        raise DossierRefused(_("The resident erased this contribution. There is nothing left to move."))
    old = locked.topic_id, locked.area_id
    new = topic.pk if topic else None, area.pk if area else None
    if old == new:
        return False
    locked.topic, locked.area = topic, area
    locked.save(update_fields=["topic", "area"])
    contribution.topic, contribution.area = topic, area
    # without the neighbourhood: nothing is ever taken out of the log, and where somebody lives can be erased
    append(kind="contribution.placed", subject=f"contribution:{locked.pk}", data={"topic": new[0]}, now=now)
    if topic is not None and topic.pk != old[0]:
        told = locked.author_id is not None
        record_step(contribution=locked, kind=StepKind.MOVED, now=now, text=topic.name, tell=told, by=actor)
    return True
