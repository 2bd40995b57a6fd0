"""What somebody can do with the follow code alone: add, correct, withdraw, erase, object to hiding.

The code is the right: whoever has it may do all this, and each can be sent twice without harm.
"""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from stamtafel.dossier.actions.aside import forget_where_it_went, hold_back, locked_with_joined
from stamtafel.dossier.actions.keys import code_digest
from stamtafel.dossier.actions.leave import TEXTS, take_off, wipe
from stamtafel.dossier.models import Contribution, Moderation, State, Step, StepKind
from stamtafel.dossier.rules import codes, lifecycle
from stamtafel.dossier.rules.limits import clean_text
from stamtafel.dossier.rules.texts import LONGEST_ADDITION, texts_of
from stamtafel.ledger.actions import append

CORRECTABLE: Final = frozenset({State.RECEIVED, State.READ, State.IN_CONVERSATION, State.HIDDEN})


class UnknownCode(ValueError):
    """No contribution has this code; the sentence helps to type it right."""

    def __init__(self, typed: str) -> None:
        self.is_code = codes.normalise(typed) is not None
        super().__init__(
            _("We know no contribution with this code. Please check the letters and numbers.")
            if self.is_code
            else _("This is not a follow code. A code looks like this: LIND-7K4M-92QX.")
        )


class NotPossible(ValueError):
    """The contribution is in a state in which this can't be done; the sentence says why."""


def contribution_of_code(typed: str) -> Contribution:
    """The contribution that a code belongs to, however it was typed. Raises UnknownCode."""
    digest = code_digest(typed)
    found = (
        Contribution.objects.select_related("topic", "area", "merged_into")
        .defer("area__geometry", "area__path", "terms", "signature", "merged_into__text", "merged_into__terms")
        .filter(code_digest=digest)
        .first()
        if digest
        else None
    )
    if found is None:
        raise UnknownCode(typed)
    return found


@transaction.atomic
def add_to(*, contribution: Contribution, text: str, now: datetime) -> Step:
    """Add something to one's own contribution; it reaches staff as a message and is not public.

    The same words again give the step that is there. Raises ``limits.TextRefused`` and NotPossible.
    """
    words = clean_text(text, max_length=LONGEST_ADDITION)
    kept = _locked(contribution)
    _require(kept.state != State.WITHDRAWN, _("You withdrew this contribution, so you can't add to it any more."))
    same = Step.objects.filter(contribution=kept, kind=StepKind.ADDED, text=words).first()
    if same is not None:
        return same
    _log("contribution.added", kept, now)
    return Step.objects.create(contribution=kept, kind=StepKind.ADDED, at=now, text=words)


@transaction.atomic
def correct(*, contribution: Contribution, text: str, now: datetime) -> bool:
    """Put other words in place of one's own; whether anything changed. The old words are not kept.

    Where the topic is read first, the new words wait until staff read them, and what was joined stands by itself again.
    Only before the answer: an answer must stay with what it answers. Raises ``limits.TextRefused`` and NotPossible.
    """
    texts = texts_of(text)
    kept = locked_with_joined(contribution)
    _require(
        kept.state in CORRECTABLE,
        _("Your contribution has its answer. You can still add something to it."),
    )
    if kept.text == texts.text:
        return False
    kept.text, kept.public_text, kept.title = texts.text, texts.public_text, texts.title
    kept.excerpt, kept.terms, kept.signature = texts.excerpt, texts.terms, texts.signature
    forget_where_it_went(*kept.merged.only("pk"))
    held_back = hold_back(kept, now=now)
    kept.save(update_fields=[*TEXTS, "published_at", "first_published_at"])
    said = _("We read your new text first. Then it will be on the site again.") if held_back else ""
    Step.objects.create(contribution=kept, kind=StepKind.CORRECTED, at=now, text=said)
    _log("contribution.corrected", kept, now, **({"public": False} if held_back else {}))
    return True


@transaction.atomic
def withdraw(*, contribution: Contribution, now: datetime) -> bool:
    """Take one's contribution off the site; staff still see it. Whether it was there. Raises NotPossible.

    What was joined with it stands by itself again.
    """
    kept = locked_with_joined(contribution)
    if kept.state == State.WITHDRAWN:
        return False
    _require(lifecycle.can_move(kept.state, State.WITHDRAWN), _("This contribution can't be withdrawn."))
    take_off(kept, now=now)
    Step.objects.create(contribution=kept, kind=StepKind.WITHDRAWN, at=now)
    _log("contribution.withdrawn", kept, now)
    return True


@transaction.atomic
def erase(*, contribution: Contribution, now: datetime) -> bool:
    """Remove everything that somebody said and left: words, photo, place, address, additions. No way back.

    A tombstone stays: that there was a contribution, of which kind, about which topic and when. What was joined with
    it stands by itself again. Whether there was anything to erase.
    """
    kept = locked_with_joined(contribution)
    if kept.erased_at is not None:
        return False
    was_there = kept.state != State.WITHDRAWN
    wipe(kept, now=now)
    if was_there:
        Step.objects.create(contribution=kept, kind=StepKind.WITHDRAWN, at=now)
    _log("contribution.erased", kept, now)
    return True


@transaction.atomic
def object_to_hiding(*, contribution: Contribution, text: str, now: datetime) -> Moderation:
    """Object to one's contribution being hidden, once per decision (DSA art. 20). Another member of staff looks at it.

    Raises ``limits.TextRefused``, and NotPossible where nothing is hidden.
    """
    words = clean_text(text, max_length=LONGEST_ADDITION)
    kept = _locked(contribution)
    hidden = Moderation.objects.filter(contribution=kept, hide=True).order_by("-at", "-id").first()
    _require(kept.state == State.HIDDEN and hidden is not None, _("This contribution is not hidden."))
    assert hidden is not None  # noqa: S101 - said by the line above, for the type checker
    if hidden.objected_at is None:
        hidden.objection, hidden.objected_at = words, now
        hidden.save(update_fields=["objection", "objected_at"])
        append(kind="moderation.objected", subject=f"contribution:{kept.pk}", data={"moderation": hidden.pk}, now=now)
    return hidden


def _locked(contribution: Contribution) -> Contribution:
    """The row as it is now, held until the end: two forms at once come one after the other."""
    return Contribution.objects.select_for_update().get(pk=contribution.pk)


def _require(possible: bool, sentence: str) -> None:  # noqa: FBT001 - a condition
    if not possible:
        raise NotPossible(sentence)


def _log(kind: str, contribution: Contribution, now: datetime, **more: bool) -> None:
    append(kind=kind, subject=f"contribution:{contribution.pk}", data={"state": contribution.state, **more}, now=now)
