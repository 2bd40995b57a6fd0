"""Hiding and showing, always with a reason that the resident gets and can object to (DSA art. 17 and 20)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from stamtafel.dossier.actions.aside import locked_with_joined, part_joined
from stamtafel.dossier.actions.house_rules import reason_of, rule_name
from stamtafel.dossier.actions.life import record_step, state_before
from stamtafel.dossier.actions.refusals import DossierRefused
from stamtafel.dossier.actions.seen import TextChanged, require_seen
from stamtafel.dossier.models import Contribution, Moderation, Reaction, State, StepKind
from stamtafel.ledger.actions import append
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import require
from stamtafel.people.rules import Permission

_NEEDED: Final = (
    "state", "published_at", "erased_at", "author", "language", "title", "public_text", "photo",
)  # fmt: skip


def _reason(text: str) -> str:
    clean = text.strip()
    if not clean:
        raise DossierRefused(_("Write the reason. The resident reads it, and everybody can see that there is one."))
    return clean


def _locked(contribution: Contribution) -> Contribution:
    """The row as it is now, held until the end; without its heavy columns."""
    return Contribution.objects.select_for_update().only(*_NEEDED).get(pk=contribution.pk)


@transaction.atomic
def hide(
    *, contribution: Contribution, reason: str, actor: StaffMember | None, now: datetime, rule: str = "",
    seen: str | None = None,
) -> Moderation:  # fmt: skip
    """Take a contribution off the public pages. Its writer gets the reason and can object.

    ``rule`` is a key of HOUSE_RULES, ``reason`` the moderator's own words; one of both is needed. ``seen`` is the
    version that the moderator read. The same again changes nothing. What was joined with it stands by itself again.
    Raises Forbidden, DossierRefused, TextChanged.
    """
    require(actor, Permission.MODERATE)
    locked = locked_with_joined(contribution)
    why = _reason(reason_of(rule, reason, language=locked.language))
    if locked.state == State.HIDDEN:
        last = Moderation.objects.filter(contribution=locked, hide=True).order_by("-at", "-pk").first()
        if last is not None and last.reason == why:
            return last
    if locked.state not in Contribution.PUBLIC_STATES or locked.erased_at is not None:
        raise DossierRefused(_("This contribution is hidden, joined or withdrawn already. Nothing was changed."))
    require_seen(locked, seen)
    locked.state = contribution.state = State.HIDDEN
    locked.save(update_fields=["state"])
    part_joined(contribution=locked, now=now, by=actor)
    record_step(
        contribution=locked, kind=StepKind.HIDDEN, now=now, text=why, tell=locked.author_id is not None, by=actor
    )
    name = rule_name(rule, language=locked.language)
    return Moderation.objects.create(contribution=locked, hide=True, reason=why, rule=name, at=now, by=actor)


@transaction.atomic
def show(
    *, contribution: Contribution, actor: StaffMember | None, now: datetime, reason: str = "", seen: str | None = None
) -> bool:
    """Make public what was hidden, or what waited to be read first; whether that changed anything.

    ``seen`` is the version that the moderator read. An open objection is settled by it.
    Raises Forbidden, DossierRefused, TextChanged.
    """
    require(actor, Permission.MODERATE)
    locked = _locked(contribution)
    if locked.erased_at is not None or locked.state in {State.WITHDRAWN, State.MERGED}:
        raise DossierRefused(_("This contribution was withdrawn or joined with another. It can't be shown."))
    was_hidden = locked.state == State.HIDDEN
    if not was_hidden and locked.published_at is not None:
        return False
    require_seen(locked, seen)
    if was_hidden:
        locked.state = state_before(locked)
    locked.published_at = locked.published_at or now
    locked.save(update_fields=["state", "published_at"])
    contribution.state, contribution.published_at = locked.state, locked.published_at
    told = locked.author_id is not None
    record_step(contribution=locked, kind=StepKind.SHOWN, now=now, text=reason.strip(), tell=told, by=actor)
    _open_objections(locked).update(settled_at=now, settled_by=actor, settlement=_("We show it again."))
    Moderation.objects.create(contribution=locked, hide=False, reason=reason.strip(), at=now, by=actor)
    return True


@transaction.atomic
def show_waiting(
    *, contributions: Iterable[Contribution], actor: StaffMember | None, now: datetime,
    seen: Mapping[int, str] | None = None,
) -> tuple[int, int]:  # fmt: skip
    """Make public what waited to be read first; gives how many, and how many changed since they were read.

    ``seen`` is the version that the moderator read, by number. What changed, and what a colleague hid or showed in
    the meantime, is left as it is. Raises Forbidden.
    """
    require(actor, Permission.MODERATE)
    shown = changed = 0
    for one in filter(_waits, contributions):
        try:
            shown += show(contribution=one, actor=actor, now=now, seen=None if seen is None else seen.get(one.pk, ""))
        except TextChanged:
            changed += 1
    return shown, changed


def _waits(contribution: Contribution) -> bool:
    """Whether it is still there and nobody can read it yet. Holds the row until the end."""
    locked = _locked(contribution)
    return locked.published_at is None and locked.erased_at is None and locked.state in Contribution.PUBLIC_STATES


def _open_objections(contribution: Contribution) -> QuerySet[Moderation]:
    return Moderation.objects.filter(contribution=contribution, objected_at__isnull=False, settled_at=None)


@transaction.atomic
def settle_objection(
    *, moderation: Moderation, uphold: bool, settlement: str, actor: StaffMember | None, now: datetime,
    seen: str | None = None,
) -> None:  # fmt: skip
    """Decide on an objection, by somebody else than who hid it; not upheld means that it is shown again.

    ``seen`` is the version that was read. What was withdrawn or shown meanwhile stays so.
    Raises Forbidden, DossierRefused, TextChanged.
    """
    require(actor, Permission.MODERATE)
    why = _reason(settlement)
    if actor is not None and moderation.by_id == actor.pk:
        raise DossierRefused(_("You hid this yourself. Let a colleague look at the objection."))
    settled = Moderation.objects.filter(pk=moderation.pk, settled_at=None, objected_at__isnull=False)
    if not settled.update(settled_at=now, settled_by=actor, settlement=why):
        raise DossierRefused(_("A colleague settled this objection already. Nothing was changed."))
    contribution = moderation.contribution
    if contribution is None or _locked(contribution).state != State.HIDDEN:
        return
    if not uphold:
        show(contribution=contribution, actor=actor, now=now, reason=why, seen=seen)
        return
    told = contribution.author_id is not None
    record_step(contribution=contribution, kind=StepKind.HIDDEN, now=now, text=why, tell=told, by=actor)


@transaction.atomic
def hide_reaction(*, reaction: Reaction, reason: str, actor: StaffMember | None, now: datetime, rule: str = "") -> bool:
    """Take a reaction off the page; the reason stays in its place. Whether that changed anything."""
    require(actor, Permission.MODERATE)
    language = Contribution.objects.values_list("language", flat=True).get(pk=reaction.contribution_id)
    why = _reason(reason_of(rule, reason, language=language))
    held = Reaction.objects.select_for_update().get(pk=reaction.pk)
    if held.hidden_reason:
        return False
    if held.published_at is not None:
        _count(held, -1)
    held.published_at, held.hidden_reason = None, why
    held.save(update_fields=["published_at", "hidden_reason"])
    name = rule_name(rule, language=language)
    Moderation.objects.create(reaction=held, hide=True, reason=why, rule=name, at=now, by=actor)
    _log_reaction("reaction.hidden", held, now)
    return True


@transaction.atomic
def show_reaction(*, reaction: Reaction, actor: StaffMember | None, now: datetime) -> bool:
    """Show a reaction that was hidden or waited to be read; whether that changed anything."""
    require(actor, Permission.MODERATE)
    held = Reaction.objects.filter(pk=reaction.pk, published_at=None)
    if not held.update(published_at=now, hidden_reason=""):
        return False
    _count(reaction, +1)
    Moderation.objects.create(reaction=reaction, hide=False, reason="", at=now, by=actor)
    _log_reaction("reaction.shown", reaction, now)
    return True


def _log_reaction(kind: str, reaction: Reaction, now: datetime) -> None:
    append(kind=kind, subject=f"contribution:{reaction.contribution_id}", data={"reaction": reaction.pk}, now=now)


def _count(reaction: Reaction, change: int) -> None:
    Contribution.objects.filter(pk=reaction.contribution_id).update(reaction_count=F("reaction_count") + change)
