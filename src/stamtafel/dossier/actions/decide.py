"""Recording a decision and answering the contributions it rests on."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from stamtafel.dossier.actions.life import record_step
from stamtafel.dossier.actions.refusals import DossierRefused
from stamtafel.dossier.models import Answer, Contribution, Decision, Outcome, State, StepKind, Topic
from stamtafel.dossier.rules.slugs import free_slug
from stamtafel.ledger.actions import append
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import require
from stamtafel.people.rules import Permission

TEXTS: Final = ("title", "decided_by", "decided_on", "heard", "decided", "done", "not_done", "not_heard")
OPEN: Final = (State.RECEIVED, State.READ, State.IN_CONVERSATION)
SILENT: Final = (State.WITHDRAWN,)  # who took it back hears no more of it


@transaction.atomic
def record_decision(*, topic: Topic, fields: Mapping[str, object], actor: StaffMember | None) -> Decision:
    """Begin a decision as a draft; ``fields`` holds some of TEXTS. The same draft sent twice is one.

    Raises Forbidden, DossierRefused.
    """
    require(actor, Permission.DECIDE)
    kept = _texts(fields)
    Topic.objects.select_for_update().only("pk").get(pk=topic.pk)  # two clicks come one after the other
    same = Decision.objects.filter(topic=topic, created_by=actor, published_at=None, **kept).first()
    if same is not None:
        return same
    return Decision.objects.create(topic=topic, slug=_free_slug(str(kept["title"])), created_by=actor, **kept)


def _texts(fields: Mapping[str, object]) -> dict[str, object]:
    """The fields that are texts of a decision, without white space around them. Raises DossierRefused."""
    kept = {
        name: value.strip() if isinstance(value := fields[name], str) else value for name in TEXTS if name in fields
    }
    if not all(kept.get(name) for name in ("title", "decided", "decided_by", "decided_on")):
        raise DossierRefused(_("Write what was decided, by whom and when, and give it a title."))
    return kept


def _free_slug(title: str) -> str:
    base = slugify(title)[:80].strip("-") or "besluit"
    return free_slug(base, Decision.objects.filter(slug__startswith=base).values_list("slug", flat=True))


@transaction.atomic
def change_decision(
    *, decision: Decision, fields: Mapping[str, object], actor: StaffMember | None, now: datetime
) -> bool:
    """Change the words; a change after publication is logged, for everybody to see that there was one.

    Whether anything changed. Raises Forbidden, DossierRefused.
    """
    locked = Decision.objects.select_for_update().get(pk=decision.pk)
    require(actor, Permission.PUBLISH_DECISIONS if locked.published_at else Permission.DECIDE)
    before = {name: getattr(locked, name) for name in TEXTS}
    after = _texts({**before, **fields})
    if after == before:
        return False
    for name, value in after.items():
        setattr(locked, name, value)
        setattr(decision, name, value)
    locked.save(update_fields=list(TEXTS))
    if locked.published_at is not None:
        append(kind="decision.changed", subject=f"decision:{locked.pk}", data={}, now=now)
    return True


@transaction.atomic
def answer(
    *, decision: Decision, contributions: Iterable[Contribution], outcome: Outcome, text: str,
    actor: StaffMember | None, own_text: bool = False,
) -> int:  # fmt: skip
    """Answer these with one text; what has a text of its own keeps it unless ``own_text`` gives a new one.

    Returns how many were answered. Raises Forbidden, DossierRefused without a reason, or after publication.
    """
    require(actor, Permission.DECIDE)
    why = _why(text)
    _draft(decision)
    wanted = {contribution.pk for contribution in contributions}
    given = {"outcome": outcome, "text": why, "by": actor, "own_text": own_text}
    there = Answer.objects.filter(decision=decision, contribution__in=wanted)
    known = set(there.values_list("contribution_id", flat=True))
    (there if own_text else there.filter(own_text=False)).update(**given)
    new = [Answer(decision=decision, contribution_id=pk, **given) for pk in sorted(wanted - known)]
    Answer.objects.bulk_create(new, batch_size=200)
    return len(wanted)


def _why(text: str) -> str:
    if not text.strip():
        raise DossierRefused(_("Write why. Every contribution gets a reason with its answer."))
    return text.strip()


def _draft(decision: Decision) -> Decision:
    """The decision as it is now, held until the end. Raises DossierRefused once it is public."""
    locked = Decision.objects.select_for_update().only("published_at").get(pk=decision.pk)
    if locked.published_at is not None:
        raise DossierRefused(_("This decision is public. Record a new one to answer more contributions."))
    return locked


@transaction.atomic
def leave_out(*, decision: Decision, contributions: Iterable[Contribution], actor: StaffMember | None) -> int:
    """Take contributions out of a draft decision; returns how many were in it. Raises Forbidden, DossierRefused."""
    require(actor, Permission.DECIDE)
    _draft(decision)
    wanted = {contribution.pk for contribution in contributions}
    return Answer.objects.filter(decision=decision, contribution__in=wanted, published_at=None).delete()[0]


@transaction.atomic
def publish_decision(*, decision: Decision, actor: StaffMember | None, now: datetime) -> int:
    """Make it public; every contributor hears their answer on the way they came. Returns how many were answered.

    Who wrote what was joined with an answered contribution is answered as well. Once, also when two press at the
    same time: the second gets 0. Raises Forbidden, DossierRefused without any answer.
    """
    require(actor, Permission.PUBLISH_DECISIONS)
    first = Decision.objects.filter(pk=decision.pk, published_at=None)
    if not first.update(published_at=now, published_by=actor):  # the row is ours now until the end
        return 0
    _answer_joined(decision)
    answers = list(decision.answers.select_related("contribution").order_by("contribution_id"))
    if not answers:
        raise DossierRefused(_("Pick the contributions that this decision answers. Then publish it."))
    for found in answers:
        give_answer(found, actor=actor, now=now)
    append(kind="decision.published", subject=f"decision:{decision.pk}", data={"answers": len(answers)}, now=now)
    decision.published_at, decision.published_by = now, actor
    return len(answers)


def _answer_joined(decision: Decision) -> None:
    """What was joined with an answered contribution gets the same answer, unless it has one of its own."""
    joined = Contribution.objects.filter(state=State.MERGED, merged_into__answers__decision=decision)
    missing = joined.exclude(answers__decision=decision).values_list("pk", "merged_into_id")
    given = {found.contribution_id: found for found in decision.answers.all()}
    copies = [_copy(given[into], pk) for pk, into in missing if into is not None]
    Answer.objects.bulk_create(copies, batch_size=200)


def _copy(found: Answer, contribution_id: int) -> Answer:
    return Answer(contribution_id=contribution_id, decision_id=found.decision_id, outcome=found.outcome,
                  text=found.text, by_id=found.by_id)  # fmt: skip


def give_answer(found: Answer, *, actor: StaffMember | None, now: datetime) -> None:
    """Publish one answer: state, step, and the resident is told."""
    contribution = found.contribution
    Answer.objects.filter(pk=found.pk).update(published_at=now)
    found.published_at = now
    if contribution.erased_at is not None:
        return
    rows = Contribution.objects.filter(pk=contribution.pk)
    rows.filter(state__in=OPEN).update(state=State.ANSWERED)
    rows.filter(answered_at=None).update(answered_at=now)
    told = contribution.author_id is not None and contribution.state not in SILENT
    text = read_as(found)
    record_step(contribution=contribution, kind=StepKind.ANSWERED, now=now, text=text, tell=told, by=actor)


def read_as(found: Answer) -> str:
    """What the resident reads as their answer: what was done with it, and why."""
    with translation.override(found.contribution.language):
        return f"{found.get_outcome_display()}. {found.text}"


@transaction.atomic
def answer_alone(
    *, contribution: Contribution, outcome: Outcome, text: str, actor: StaffMember | None, now: datetime
) -> Answer:
    """Answer one contribution without a decision (a question, a compliment), and what was joined with it.

    The same words again are the same answer. Raises Forbidden, DossierRefused.
    """
    require(actor, Permission.DECIDE)
    why = _why(text)
    locked = Contribution.objects.select_for_update().get(pk=contribution.pk)
    if locked.state in {State.WITHDRAWN, State.MERGED}:
        raise DossierRefused(_("This contribution was withdrawn or joined with another. Answer that one."))
    same = locked.answers.filter(decision=None, outcome=outcome, text=why).first()
    if same is not None:
        return same
    found = Answer.objects.create(contribution=locked, outcome=outcome, text=why, by=actor)
    give_answer(found, actor=actor, now=now)
    for joined in locked.merged.order_by("pk"):
        copied = _copy(found, joined.pk)
        copied.save()
        give_answer(copied, actor=actor, now=now)
    contribution.refresh_from_db(fields=["state", "answered_at"])
    return found


@transaction.atomic
def mark_done(*, contribution: Contribution, text: str, actor: StaffMember | None, now: datetime) -> bool:
    """Say what was done with it in the end; False when that was said before. Raises Forbidden, DossierRefused."""
    require(actor, Permission.DECIDE)
    words = text.strip()
    if not words:
        raise DossierRefused(_("Write what was done with it."))
    if not Contribution.objects.filter(pk=contribution.pk, state=State.ANSWERED).update(state=State.DONE):
        if contribution.steps.filter(kind=StepKind.DONE, text=words).exists():
            return False
        raise DossierRefused(_("First give an answer. After that you can say what was done with it."))
    contribution.state = State.DONE
    for one in [contribution, *contribution.merged.order_by("pk")]:
        record_step(contribution=one, kind=StepKind.DONE, now=now, text=words, tell=one.author_id is not None, by=actor)
    return True
