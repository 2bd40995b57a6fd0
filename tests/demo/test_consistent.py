"""The invented municipality holds together: what it shows of a contribution is what happened with it."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from html import unescape
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.db import models
from django.db.models import Count, F, Q
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stamtafel.announce.models import Announcement, Picture
from stamtafel.demo.load import load
from stamtafel.demo.source import read
from stamtafel.dossier.actions.keys import follow_code
from stamtafel.dossier.actions.life import state_before
from stamtafel.dossier.models import Answer, Contribution, Decision, Moderation, Reaction, State, Step, StepKind
from stamtafel.inbox.models import Conversation, Message
from stamtafel.ledger.models import Entry
from stamtafel.people import flood

pytestmark = pytest.mark.django_db
HERE = ZoneInfo("Europe/Amsterdam")
NOWS = [
    datetime(2026, 11, 23, 14, 0, tzinfo=HERE),
    datetime(2026, 3, 29, 4, 30, tzinfo=HERE),  # the night in which the clock goes forward
    datetime(2028, 2, 29, 0, 2, tzinfo=HERE),
]
ANSWERED = (State.ANSWERED, State.DONE)
LINE = (StepKind.RECEIVED, StepKind.READ, StepKind.REPLIED, StepKind.ANSWERED, StepKind.DONE)
# when something begins, ends or is due: these may lie ahead
PLANNED = {"Announcement.publish_at", "Session.starts_at", "Session.ends_at", "Topic.open_until",
           "Conversation.snoozed_until", "Conversation.answer_due_at"}  # fmt: skip
Complaints = Iterable[str]


def as_told(_now: datetime) -> Complaints:
    """Everything came to be as its file says."""
    told = {(fields["title"], fields["state"]) for fields in read("contributions")}
    there = set(Contribution.objects.values_list("title", "state"))
    return [f"{title}: {state}" for title, state in told ^ there]


def answers_and_states(_now: datetime) -> Complaints:
    """An answer that everybody can read, for each that is answered, and for no other."""
    given = Q(pk__in=Answer.objects.filter(published_at__isnull=False).values("contribution"))
    answered = Q(state__in=ANSWERED)
    yield from (f"{one}: no answer" for one in _titles(answered & ~given))
    yield from (f"{one}: an answer, but not answered" for one in _titles(given & ~answered))
    yield from (f"{one}: answered, by its date" for one in _titles(~answered & Q(answered_at__isnull=False)))
    yield from (f"{one}: no reason" for one in _titles(Q(answers__text="")))


def steps_and_states(_now: datetime) -> Complaints:
    """The steps lead to the state, in the order of the line."""
    for one in Contribution.objects.prefetch_related("steps"):
        kinds = [step.kind for step in one.steps.all()]
        if one.state in (State.HIDDEN, State.WITHDRAWN):
            yield from [f"{one.title}: no step says {one.state}"] if one.state not in kinds else []
        elif state_before(one) != one.state:
            yield f"{one.title}: {one.state}, but its steps say {state_before(one)}"
        days = [min(step.at for step in one.steps.all() if step.kind == kind) for kind in LINE if kind in kinds]
        if StepKind.RECEIVED not in kinds or any(
            later < earlier for earlier, later in pairwise([one.created_at, *days])
        ):
            yield f"{one.title}: steps out of order"


def steps_and_answers(_now: datetime) -> Complaints:
    """The answer in its life is the answer that everybody reads, from the same moment."""
    for one in Contribution.objects.filter(state__in=ANSWERED).prefetch_related("steps", "answers"):
        given = [answer for answer in one.answers.all() if answer.published_at]
        said = {(step.at, step.text.partition(". ")[2]) for step in one.steps.all() if step.kind == StepKind.ANSWERED}
        if said != {(answer.published_at, answer.text) for answer in given}:
            yield f"{one.title}: its steps and its answers differ"
        if one.answered_at != min((answer.published_at for answer in given if answer.published_at), default=None):
            yield f"{one.title}: answered on another day than its answer"
    yield from (f"{step.contribution}: done, without what" for step in Step.objects.filter(kind=StepKind.DONE, text=""))


def decisions(_now: datetime) -> Complaints:
    """Answers of a decision follow it; its words count them right."""
    for decision in Decision.objects.prefetch_related("answers"):
        days = [answer.published_at for answer in decision.answers.all()]
        public = decision.published_at
        if public is None and any(days):
            yield f"{decision.title}: a draft with public answers"
        if public is not None and any(day is None or day < public for day in days):
            yield f"{decision.title}: answered before it was published"
        if public is not None and decision.decided_on > public.astimezone(HERE).date():
            yield f"{decision.title}: published before it was taken"
        if not decision.heard.startswith(f"{len(days)} bijdragen"):
            yield f"{decision.title}: heard {decision.heard[:20]!r}, answers {len(days)}"


def conversations(_now: datetime) -> Complaints:
    """Who got a reply is in conversation or beyond; messages are in order, and the list counts them."""
    replied = Contribution.objects.filter(conversation__messages__direction=Message.Direction.OUT).distinct()
    early = replied.filter(state__in=(State.RECEIVED, State.READ))
    yield from (f"{one.title}: replied to, but {one.state}" for one in early)
    in_it = Contribution.objects.filter(state=State.IN_CONVERSATION).exclude(pk__in=replied.values("pk"))
    yield from (f"{one.title}: in conversation with nobody" for one in in_it)
    for talk in Conversation.objects.prefetch_related("messages"):
        days = [message.at for message in talk.messages.order_by("pk")]
        if days != sorted(days) or talk.last_message_at < max(
            message.at for message in talk.messages.all() if message.direction != Message.Direction.NOTE
        ):
            yield f"{talk.subject}: messages out of order"
    nobody = Conversation.objects.filter(state=Conversation.State.CLOSED, waits_since__isnull=False)
    yield from (f"{talk.subject}: closed while somebody waits" for talk in nobody)


def hidden(_now: datetime) -> Complaints:
    """What is hidden has a decision with a reason, and is not public."""
    for one in Contribution.objects.filter(state=State.HIDDEN):
        if one.published_at is not None or not Moderation.objects.filter(contribution=one, hide=True).exclude(
            reason=""
        ):
            yield f"{one.title}: hidden without a reason"


def announcements(now: datetime) -> Complaints:
    """Pictures have words beside them; what is planned lies ahead, what was told does not."""
    wanted = {fields["slug"] for fields in read("announcements") if fields["picture"]}
    there = Picture.objects.exclude(alt__regex=r"^\s*$")
    yield from wanted ^ set(there.values_list("announcement__slug", flat=True))
    yield from (
        f"{one.slug}: says its picture shows 'foto'"
        for one in Announcement.objects.filter(pictures__alt__iexact="foto")
    )
    planned, told = Q(state="scheduled"), Q(state__in=("published", "withdrawn"))
    wrong = planned & ~Q(publish_at__gt=now) | told & ~Q(published_at__lte=now) | ~told & Q(published_at__isnull=False)
    yield from (f"{one.slug}: {one.state} on another day" for one in Announcement.objects.filter(wrong))
    yield from (
        f"{one.slug}: withdrawn when?" for one in Announcement.objects.filter(state="withdrawn", withdrawn_at=None)
    )


def counts(_now: datetime) -> Complaints:
    """The numbers beside a contribution are those of the rows behind them."""
    counted = Contribution.objects.annotate(
        given=Count("supports", distinct=True), said=Count("reactions", distinct=True)
    )
    yield from (f"{one.title}: counts" for one in counted.exclude(given=F("support_count"), said=F("reaction_count")))
    early = Reaction.objects.filter(created_at__lt=F("contribution__created_at"))
    yield from (f"{one.contribution.title}: a reaction before it was there" for one in early)


def nobody_is_told(_now: datetime) -> Complaints:
    """The people are invented: no mail waits for them."""
    yield from (f"{step.contribution.title}: {step.kind} asks to be told" for step in Step.objects.filter(tell=True))


def days(now: datetime) -> Complaints:
    """Nothing happened in the future."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            name = f"{model.__name__}.{field.name}"
            if not isinstance(field, models.DateField) or name in PLANNED or _by_itself(field):
                continue
            limit: date = now if isinstance(field, models.DateTimeField) else now.date()
            late = model._base_manager.filter(**{f"{field.name}__gt": limit}).count()
            yield from [f"{name}: {late} in the future"] if late else []


def _by_itself(field: "models.DateField[Any, Any]") -> bool:
    """Written by the database layer when a row is saved: the clock of the machine, not of the story."""
    return bool(field.auto_now or field.auto_now_add or field.default is timezone.now)


def _titles(which: Q) -> Iterator[str]:
    return iter(Contribution.objects.filter(which).values_list("title", flat=True))


RULES: list[Callable[[datetime], Complaints]] = [
    as_told, answers_and_states, steps_and_states, steps_and_answers, decisions, conversations, hidden,
    announcements, counts, nobody_is_told, days,
]  # fmt: skip


@pytest.mark.parametrize("now", NOWS, ids=lambda now: f"{now:%Y-%m-%d %H:%M}")
def test_it_is_consistent_on_any_day(now: datetime) -> None:
    load(now=now)
    assert {rule.__name__: found for rule in RULES if (found := list(rule(now)))} == {}
    assert Contribution.objects.filter(state__in=ANSWERED).count() > 90


def seen(client: Client, name: str, **where: object) -> str:
    """The words on a page, with plain spaces: on the page numbers stay with what they count."""
    flood.forget()  # one visitor reads all of it; who tries so many codes is slowed down
    html = client.get(reverse(name, kwargs=where)).content.decode()
    return " ".join(unescape(html).split())


def test_every_answer_can_be_read_where_everybody_and_its_writer_look(client: Client) -> None:
    load(now=NOWS[0])
    missing = []
    for one in Contribution.objects.filter(state__in=ANSWERED).prefetch_related("answers", "steps"):
        given = [answer.text for answer in one.answers.all() if answer.published_at]
        done = [step.text for step in one.steps.all() if step.kind == StepKind.DONE]
        public, mine = seen(client, "site:contribution", pk=one.pk), seen(client, "site:follow", code=follow_code(one))
        missing += [f"{one.title}, for everybody: {text}" for text in given if text not in public]
        missing += [f"{one.title}, for its writer: {text}" for text in (*given, *done) if text not in mine]
    assert missing == []


def test_the_log_knows_of_every_answer() -> None:
    load(now=NOWS[0])
    said = set(Entry.objects.filter(kind="contribution.answered").values_list("subject", flat=True))
    assert said == {
        f"contribution:{pk}" for pk in Contribution.objects.filter(state__in=ANSWERED).values_list("pk", flat=True)
    }
