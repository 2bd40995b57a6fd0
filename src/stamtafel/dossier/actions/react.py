"""What other residents do with a contribution: support it once, or say something under it."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from stamtafel.dossier.actions.keys import device_digest
from stamtafel.dossier.models import Contribution, Reaction, Support, Topic
from stamtafel.dossier.queries.public import visible
from stamtafel.dossier.rules.limits import clean_text
from stamtafel.dossier.rules.texts import LONGEST_REACTION, masked
from stamtafel.ledger.actions import append


class NotOpen(ValueError):
    """The contribution is not public (any more), so nobody can react to it."""

    def __init__(self) -> None:
        super().__init__(_("This contribution was withdrawn or hidden. You can no longer react to it."))


@dataclass(frozen=True, slots=True)
class Reacted:
    """What became of a reaction: shown or read first, and whether personal data was taken out."""

    reaction: Reaction
    is_new: bool
    was_masked: bool


def support(*, contribution: Contribution, device: str, now: datetime) -> bool:
    """Count the support of one device (address and browser, only digested) once; whether it was new.

    Raises NotOpen.
    """
    supporter = _supporter(contribution, device)
    try:
        with transaction.atomic():
            _require_open(contribution)
            Support.objects.create(contribution=contribution, supporter=supporter, at=now)
            Contribution.objects.filter(pk=contribution.pk).update(support_count=F("support_count") + 1)
    except IntegrityError:
        return False
    return True


@transaction.atomic
def take_support_back(*, contribution: Contribution, device: str) -> bool:
    """Undo ``support`` from the same device; whether there was any. Raises NotOpen."""
    _require_open(contribution)
    gone, _rows = Support.objects.filter(contribution=contribution, supporter=_supporter(contribution, device)).delete()
    if gone:
        Contribution.objects.filter(pk=contribution.pk, support_count__gt=0).update(
            support_count=F("support_count") - 1
        )
    return bool(gone)


def react(*, contribution: Contribution, text: str, device: str, now: datetime) -> Reacted:
    """Say something under a contribution; the same words from the same device on one day are one reaction.

    Personal data is masked. Shown at once, unless the topic is read first. Raises ``limits.TextRefused`` and NotOpen.
    """
    words = clean_text(text, max_length=LONGEST_REACTION)
    public = masked(words)
    key = device_digest("reaction", device, contribution.pk, words, now.date())
    try:
        reaction = _inserted_reaction(contribution, words, public, key, now)
    except IntegrityError:
        return Reacted(Reaction.objects.get(content_key=key), is_new=False, was_masked=public != words)
    return Reacted(reaction, is_new=True, was_masked=public != words)


@transaction.atomic
def _inserted_reaction(contribution: Contribution, words: str, public: str, key: str, now: datetime) -> Reaction:
    held_back = _require_open(contribution) == Topic.Moderation.BEFORE
    reaction = Reaction.objects.create(
        contribution=contribution, text=words, public_text=public, created_at=now,
        published_at=None if held_back else now, content_key=key,
    )  # fmt: skip
    if not held_back:
        Contribution.objects.filter(pk=contribution.pk).update(reaction_count=F("reaction_count") + 1)
    append(kind="reaction.received", subject=f"contribution:{contribution.pk}", now=now,
           data={"reaction": reaction.pk, "public": not held_back})  # fmt: skip
    return reaction


def _require_open(contribution: Contribution) -> str | None:
    """How its topic is moderated. Raises NotOpen when nobody may see the contribution."""
    found = visible().filter(pk=contribution.pk).values_list("topic__moderation").first()
    if found is None:
        raise NotOpen
    return found[0]


def _supporter(contribution: Contribution, device: str) -> str:
    return device_digest("support", device, contribution.pk)
