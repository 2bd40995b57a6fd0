"""Recording a decision and answering the contributions it rests on."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from stamtafel.dossier.actions.life import record_step
from stamtafel.dossier.actions.refusals import DossierRefused
from stamtafel.dossier.models import Answer, Contribution, Decision, Outcome, State, StepKind, Topic
from stamtafel.ledger.actions import append
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import require
from stamtafel.people.rules import Permission

TEXTS: Final = ("title", "decided_by", "decided_on", "heard", "decided", "done", "not_done", "not_heard")


@transaction.atomic
def record_decision(*, topic: Topic, fields: Mapping[str, object], actor: StaffMember | None) -> Decision:
    """Begin a decision as a draft; ``fields`` holds some of TEXTS. Raises Forbidden, DossierRefused."""
    require(actor, Permission.DECIDE)
    title = str(fields.get("title", "")).strip()
    if not title or not str(fields.get("decided", "")).strip():
        raise DossierRefused(_("Write what was decided, and give it a title."))
    base = slugify(title)[:80] or "besluit"
    taken = set(Decision.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    slug = next(s for n in range(1, len(taken) + 2) if (s := base if n == 1 else f"{base}-{n}") not in taken)
    kept = {name: fields[name] for name in TEXTS if name in fields}
    return Decision.objects.create(topic=topic, slug=slug, created_by=actor, **kept)


@transaction.atomic
def change_decision(
    *, decision: Decision, fields: Mapping[str, object], actor: StaffMember | None, now: datetime
) -> None:
    """Change the words; a change after publication is logged, for everybody to see that there was one."""
    require(actor, Permission.PUBLISH_DECISIONS if decision.published_at else Permission.DECIDE)
    for name in TEXTS:
        if name in fields:
            setattr(decision, name, fields[name])
    decision.save(update_fields=list(TEXTS))
    if decision.published_at is not None:
        append(kind="decision.changed", subject=f"decision:{decision.pk}", data={}, now=now)


@transaction.atomic
def answer(
    *, decision: Decision, contributions: Iterable[Contribution], outcome: Outcome, text: str,
    actor: StaffMember | None, own_text: bool = False,
) -> int:  # fmt: skip
    """Answer these with one text; what has a text of its own keeps it unless ``own_text`` gives a new one.

    Returns how many were answered. Raises Forbidden, DossierRefused without a reason, or after publication.
    """
    require(actor, Permission.DECIDE)
    if not text.strip():
        raise DossierRefused(_("Write why. Every contribution gets a reason with its answer."))
    if decision.published_at is not None:
        raise DossierRefused(_("This decision is public. Record a new one to answer more contributions."))
    answered = 0
    for contribution in contributions:
        found, made = Answer.objects.get_or_create(
            contribution=contribution, decision=decision,
            defaults={"outcome": outcome, "text": text.strip(), "by": actor, "own_text": own_text},
        )  # fmt: skip
        if not made and (own_text or not found.own_text):
            found.outcome, found.text, found.by, found.own_text = outcome, text.strip(), actor, own_text
            found.save(update_fields=["outcome", "text", "by", "own_text"])
        answered += 1
    return answered


def leave_out(*, decision: Decision, contribution: Contribution, actor: StaffMember | None) -> None:
    """Take a contribution out of a draft decision."""
    require(actor, Permission.DECIDE)
    Answer.objects.filter(decision=decision, contribution=contribution, published_at=None).delete()


@transaction.atomic
def publish_decision(*, decision: Decision, actor: StaffMember | None, now: datetime) -> int:
    """Make it public; every contributor hears their answer on the way they came. Returns how many were answered.

    Once, also when two press at the same time. Raises Forbidden, DossierRefused without any answer.
    """
    require(actor, Permission.PUBLISH_DECISIONS)
    answers = list(decision.answers.select_related("contribution"))
    if not answers:
        raise DossierRefused(_("Pick the contributions that this decision answers. Then publish it."))
    published = Decision.objects.filter(pk=decision.pk, published_at=None)
    if not published.update(published_at=now, published_by=actor):
        return 0
    decision.published_at = now
    for found in answers:
        give_answer(found, actor=actor, now=now)
    append(kind="decision.published", subject=f"decision:{decision.pk}", data={"answers": len(answers)}, now=now)
    return len(answers)


def give_answer(found: Answer, *, actor: StaffMember | None, now: datetime) -> None:
    """Publish one answer: state, step, and the resident is told."""
    contribution = found.contribution
    Answer.objects.filter(pk=found.pk).update(published_at=now)
    open_states = [State.RECEIVED, State.READ, State.IN_CONVERSATION]
    Contribution.objects.filter(pk=contribution.pk, state__in=open_states).update(state=State.ANSWERED)
    Contribution.objects.filter(pk=contribution.pk, answered_at=None).update(answered_at=now)
    told = contribution.author_id is not None and contribution.state != State.WITHDRAWN
    text = f"{found.get_outcome_display()}. {found.text}"
    record_step(contribution=contribution, kind=StepKind.ANSWERED, now=now, text=text, tell=told, by=actor)


@transaction.atomic
def answer_alone(
    *, contribution: Contribution, outcome: Outcome, text: str, actor: StaffMember | None, now: datetime
) -> Answer:
    """Answer one contribution without a decision (a question, a compliment). Raises Forbidden, DossierRefused."""
    require(actor, Permission.DECIDE)
    if not text.strip():
        raise DossierRefused(_("Write why. Every contribution gets a reason with its answer."))
    found = Answer.objects.create(contribution=contribution, outcome=outcome, text=text.strip(), by=actor)
    give_answer(found, actor=actor, now=now)
    return found


@transaction.atomic
def mark_done(*, contribution: Contribution, text: str, actor: StaffMember | None, now: datetime) -> None:
    """Say what was done with it in the end. Raises Forbidden, DossierRefused."""
    require(actor, Permission.DECIDE)
    if not text.strip():
        raise DossierRefused(_("Write what was done with it."))
    if not Contribution.objects.filter(pk=contribution.pk, state=State.ANSWERED).update(state=State.DONE):
        raise DossierRefused(_("First give an answer. After that you can say what was done with it."))
    told = contribution.author_id is not None
    record_step(contribution=contribution, kind=StepKind.DONE, now=now, text=text.strip(), tell=told, by=actor)
