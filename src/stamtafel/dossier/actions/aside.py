"""Leaving the public pages, for a while or for good, and what that does to what was joined with it."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from stamtafel.dossier.actions.life import record_step, state_before
from stamtafel.dossier.models import Contribution, State, Step, StepKind, Topic
from stamtafel.people.models import StaffMember

_NEEDED: Final = ("state", "published_at", "author", "language", "merged_into")


def locked_with_joined(contribution: Contribution) -> Contribution:
    """The row as it is now, held until the end together with what is joined with it.

    In order of number, as joining does: two that wait for each other would wait for ever.
    """
    rows = Contribution.objects.select_for_update().filter(Q(pk=contribution.pk) | Q(merged_into=contribution.pk))
    list(rows.order_by("pk").values_list("pk"))
    return Contribution.objects.get(pk=contribution.pk)


def hold_back(contribution: Contribution, *, now: datetime) -> bool:
    """Where the topic is read first, take what has new words or a new photo off the site until staff read it again.

    The row must be held; the caller saves ``published_at`` and ``first_published_at``. Whether it was on the site.
    """
    topic, since = contribution.topic, contribution.published_at
    if topic is None or topic.moderation != Topic.Moderation.BEFORE or since is None:
        return False
    if contribution.state not in Contribution.PUBLIC_STATES:
        return False  # hidden or joined: staff look at it before it is shown
    contribution.first_published_at = contribution.first_published_at or since
    contribution.published_at = None
    part_joined(contribution=contribution, now=now)
    return True


@transaction.atomic
def part_joined(*, contribution: Contribution, now: datetime, by: StaffMember | None = None) -> int:
    """Let all that was joined with what leaves the site stand by itself again; how many.

    Each alone, also where there are several: that they say the same as each other nobody judged. Staff can join them
    anew. Who wrote them hears it.
    """
    joined = Contribution.objects.filter(merged_into=contribution.pk).order_by("pk")
    return sum(part(one, now=now, by=by, because_it_left=True) for one in joined.only(*_NEEDED))


def part(
    contribution: Contribution, *, now: datetime, by: StaffMember | None = None, because_it_left: bool = False
) -> bool:
    """Undo a join: it stands where it was. The support it handed over stays with both. False when it was not joined."""
    state = state_before(contribution)
    joined = Contribution.objects.filter(pk=contribution.pk, state=State.MERGED)
    if not joined.update(state=state, merged_into=None):
        return False
    contribution.state, contribution.merged_into = state, None
    forget_where_it_went(contribution)
    with translation.override(contribution.language):
        reasons = [
            _("The other contribution is no longer on the site.") if because_it_left else "",
            _("We read your text first. Then it will be on the site.") if contribution.published_at is None else "",
        ]
    text, told = " ".join(filter(None, reasons)), contribution.author_id is not None
    record_step(contribution=contribution, kind=StepKind.PARTED, now=now, text=text, tell=told, by=by)
    return True


def forget_where_it_went(*contributions: Contribution) -> None:
    """Take the title of the other one, which somebody else wrote, out of their steps."""
    Step.objects.filter(contribution__in=contributions, kind=StepKind.MERGED).update(text="")
