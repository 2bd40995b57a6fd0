"""Two people at the same conversation at the same moment, on the real locking of the database."""

from datetime import timedelta

import pytest

from stamtafel.channels.models import Delivery
from stamtafel.dossier.models import StepKind
from stamtafel.inbox.actions import handle, intake
from stamtafel.inbox.actions.reply import reply
from stamtafel.inbox.models import Conversation, Message
from stamtafel.people.rules import Role
from tests import builders
from tests.builders import NOW
from tests.parallel import at_once

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 6


def conversation() -> Conversation:
    return intake.open_conversation(builders.contribution(author=builders.resident()))


def test_of_many_who_claim_at_once_exactly_one_has_it() -> None:
    builders.municipality()
    made = conversation()
    people = [builders.staff(Role.CONVERSATIONALIST) for _ in range(MANY)]

    def claim(who):
        return lambda: handle.claim(conversation=Conversation.objects.get(pk=made.pk), actor=who, now=NOW)

    outcomes = at_once(*(claim(who) for who in people))
    assert sorted(outcomes, key=str) == [False] * (MANY - 1) + [True]
    made.refresh_from_db()
    assert made.claimed_by == people[outcomes.index(True)]
    assert made.claimed_until == NOW + timedelta(minutes=20)
    assert made.contribution.steps.filter(kind=StepKind.READ).count() == 1


def test_one_form_sent_many_times_at_once_is_one_reply_and_one_mail() -> None:
    builders.municipality()
    made, who = conversation(), builders.staff(Role.CONVERSATIONALIST)

    def send() -> Message:
        mine = Conversation.objects.get(pk=made.pk)
        return reply(conversation=mine, text="Dank u, wij komen kijken.", actor=who, now=NOW, key="one-form")

    outcomes = at_once(*[send] * MANY)
    assert len({getattr(outcome, "pk", outcome) for outcome in outcomes}) == 1
    assert Message.objects.filter(direction="out").count() == 1
    assert Delivery.objects.filter(purpose="reply").count() == 1


def test_many_workers_open_one_conversation() -> None:
    builders.municipality()
    builders.contribution("Meer bomen")
    at_once(*[lambda: intake.open_conversations(NOW)] * 4)
    assert (Conversation.objects.count(), Message.objects.count()) == (1, 1)
