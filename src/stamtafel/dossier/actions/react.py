"""What other residents do with a contribution: support it once, or say something under it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from stamtafel.dossier.actions.keys import device_digest
from stamtafel.dossier.actions.proof import is_proven
from stamtafel.dossier.models import Contribution, Reaction, Support, Topic
from stamtafel.dossier.queries.public import visible
from stamtafel.dossier.rules.limits import clean_text
from stamtafel.dossier.rules.texts import LONGEST_REACTION, masked
from stamtafel.ledger.actions import append
from stamtafel.people.flood import prefixes

MOST_PER_CONNECTION: Final = 10  # a family, an office


class NotOpen(ValueError):
    """The contribution is not public (any more), so nobody can react to it."""

    def __init__(self) -> None:
        super().__init__(_("This contribution was withdrawn or hidden. You can no longer react to it."))


class EnoughFromHere(ValueError):
    """As many devices of one address supported this as count; nothing was changed."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "%(n)d people supported this from your internet connection already. More do not count. Do you want to "
                "say something about it? Then write a reaction below."
            )
            % {"n": MOST_PER_CONNECTION}
        )


@dataclass(frozen=True, slots=True)
class Reacted:
    """What became of a reaction. ``unproven``: staff read it first, because its topic is flooded and no proof came."""

    reaction: Reaction
    is_new: bool
    was_masked: bool
    unproven: bool


def support(*, contribution: Contribution, device: str, address: str, now: datetime) -> bool:
    """Count the support of one device (address and browser) once; whether it was new.

    A browser can give itself any name, so an address counts at most MOST_PER_CONNECTION times. Both are only
    digested, for this contribution alone. Raises NotOpen, EnoughFromHere.
    """
    supporter = _supporter(contribution, device)
    connection = device_digest("support-connection", prefixes(address)[0], contribution.pk)
    try:
        with transaction.atomic():
            _require_open(contribution)
            # first, because this holds the row: who supports at the same time is counted one after the other
            Contribution.objects.filter(pk=contribution.pk).update(support_count=F("support_count") + 1)
            Support.objects.create(contribution=contribution, supporter=supporter, connection=connection, at=now)
            if Support.objects.filter(contribution=contribution, connection=connection).count() > MOST_PER_CONNECTION:
                raise EnoughFromHere
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


def react(
    *, contribution: Contribution, text: str, device: str, form_key: str | None = None, proof: str = "", now: datetime
) -> Reacted:
    """Say something under a contribution; the same words from the same device on one day are one reaction.

    Personal data is masked. Shown at once, unless the topic is read first, or is attacked and ``proof`` does not solve
    the challenge of ``proof_of_reaction`` for ``form_key``: then staff read it first. A proof is good for one
    reaction. Raises ``limits.TextRefused`` and NotOpen.
    """
    words = clean_text(text, max_length=LONGEST_REACTION)
    said = _Said(contribution, words, masked(words), now, _require_open(contribution))
    by_words = device_digest("reaction", device, contribution.pk, words, now.date())
    proves = proof_of_reaction(contribution, form_key) if form_key is not None else ""
    if said.topic.attacked and proves and is_proven(proof, proves, now=now):
        reacted = _once(said, device_digest("reaction-proof", contribution.pk, form_key), proven=True)
        if reacted.reaction.text == words:
            return reacted  # else this proof was used for other words: these are read first
    return _once(said, by_words, proven=False)


def proof_of_reaction(contribution: Contribution, form_key: str) -> str:
    """What a proof for a reaction is a proof of; the same form key says nothing under another contribution."""
    return f"reaction:{contribution.pk}:{form_key}"


class _Topic(NamedTuple):
    moderation: str | None
    attacked: bool


@dataclass(frozen=True, slots=True)
class _Said:
    contribution: Contribution
    words: str
    public: str
    now: datetime
    topic: _Topic


def _once(said: _Said, key: str, *, proven: bool) -> Reacted:
    is_new, unproven = True, said.topic.attacked and not proven
    try:
        reaction = _inserted_reaction(said, key, unproven=unproven)
    except IntegrityError:
        reaction, is_new = Reaction.objects.get(content_key=key), False
    return Reacted(reaction, is_new=is_new, was_masked=said.public != said.words, unproven=unproven)


@transaction.atomic
def _inserted_reaction(said: _Said, key: str, *, unproven: bool) -> Reaction:
    held_back = unproven or said.topic.moderation == Topic.Moderation.BEFORE
    reaction = Reaction.objects.create(
        contribution=said.contribution, text=said.words, public_text=said.public, created_at=said.now,
        published_at=None if held_back else said.now, content_key=key,
    )  # fmt: skip
    if not held_back:
        Contribution.objects.filter(pk=said.contribution.pk).update(reaction_count=F("reaction_count") + 1)
    append(kind="reaction.received", subject=f"contribution:{said.contribution.pk}", now=said.now,
           data={"reaction": reaction.pk, "public": not held_back})  # fmt: skip
    return reaction


def _require_open(contribution: Contribution) -> _Topic:
    """How its topic is read and protected. Raises NotOpen when nobody may see the contribution."""
    found = visible().filter(pk=contribution.pk).values_list("topic__moderation", "topic__attacked").first()
    if found is None:
        raise NotOpen
    return _Topic(found[0], bool(found[1]))


def _supporter(contribution: Contribution, device: str) -> str:
    return device_digest("support", device, contribution.pk)
