"""Withdrawing and erasing for who can't do it with the follow code and asks us (GDPR art. 12(2) and 17).

The reason is one of a closed list: it goes in the public log, where nothing about a person may stand.
"""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamtafel.dossier.actions.aside import locked_with_joined
from stamtafel.dossier.actions.leave import take_off, wipe
from stamtafel.dossier.actions.refusals import DossierRefused
from stamtafel.dossier.models import Contribution, State, Step, StepKind
from stamtafel.ledger.actions import append
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import require
from stamtafel.people.rules import Permission

REASONS: Final[dict[str, Promise]] = {
    "lost_code": gettext_lazy("The writer lost the follow code"),
    "never_had_code": gettext_lazy("The writer never got a follow code: it came in on paper or from another platform"),
    "representative": gettext_lazy("A parent, guardian or heir asks it for the writer"),
}


@transaction.atomic
def withdraw_on_request(*, contribution: Contribution, why: str, actor: StaffMember | None, now: datetime) -> bool:
    """Take a contribution off the site because its writer asks us; staff still see it. Whether it was there.

    Who left an address is told, in case somebody else asked. Raises Forbidden, DossierRefused (no known reason).
    """
    _check(why, actor)
    kept = locked_with_joined(contribution)
    if kept.state == State.WITHDRAWN:
        return False
    take_off(kept, now=now)
    _record(kept, StepKind.WITHDRAWN, why=why, actor=actor, now=now)
    return True


@transaction.atomic
def erase_on_request(*, contribution: Contribution, why: str, actor: StaffMember | None, now: datetime) -> bool:
    """Remove everything that the writer said and left, because they ask us. No way back; a tombstone stays.

    As with the follow code: words, photo, place, address, additions, personal cells of an import; the inbox follows.
    Whether there was anything to erase. Raises Forbidden, DossierRefused (no known reason).
    """
    _check(why, actor)
    kept = locked_with_joined(contribution)
    if kept.erased_at is not None:
        return False
    wipe(kept, now=now)
    _record(kept, "erased", why=why, actor=actor, now=now)
    return True


def _check(why: str, actor: StaffMember | None) -> None:
    require(actor, Permission.ERASE_ON_REQUEST)
    if why not in REASONS:
        raise DossierRefused(_("Choose why the writer can't do this with the follow code. Nothing was changed."))


def _record(kept: Contribution, what: str, *, why: str, actor: StaffMember | None, now: datetime) -> None:
    """A step that says who did it, and an entry in the log with the reason, without anything about a person."""
    with translation.override(kept.language):
        text = _("A colleague did this because you asked us to. Was that not you? Then call or write to us.")
    told = kept.author_id is not None
    Step.objects.create(contribution=kept, kind=StepKind.WITHDRAWN, at=now, text=text, tell=told, by=actor)
    data = {"state": str(kept.state), "asked": why}
    append(kind=f"contribution.{what}", subject=f"contribution:{kept.pk}", data=data, now=now)
