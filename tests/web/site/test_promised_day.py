"""A day that was promised stays, also after the municipality gave itself more or less time."""

from datetime import datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from stamtafel.dossier.actions.submit import submit_contribution
from stamtafel.dossier.models import Contribution, Kind, Step, StepKind
from stamtafel.inbox import mail
from stamtafel.inbox.actions.intake import open_conversations
from stamtafel.inbox.actions.terms import response_terms, set_response_terms
from stamtafel.inbox.models import Conversation
from stamtafel.people import flood
from stamtafel.people.rules import Role
from tests import builders

pytestmark = pytest.mark.django_db
MONDAY = datetime(2099, 11, 23, 10, tzinfo=ZoneInfo("Europe/Amsterdam"))


def terms(days: int) -> None:
    boss = builders.staff(Role.ADMINISTRATOR)
    set_response_terms(actor=boss, days=dict.fromkeys(response_terms(), days), now=timezone.now())


def told(client: Client, code: str) -> tuple[str, str]:
    """What the follow page and the mail after reading say."""
    step = Step(contribution=Contribution.objects.get(), kind=StepKind.READ, at=MONDAY + timedelta(hours=1))
    return unescape(client.get(f"/volg/{code}/").content.decode()), mail.about_step(step).body


def test_page_and_mail_keep_the_day_that_was_promised(client: Client) -> None:
    flood.forget()
    builders.municipality()
    terms(5)
    code = submit_contribution(kind=Kind.QUESTION, text="Komt er een bankje?", now=MONDAY).code
    assert open_conversations(MONDAY) == 1
    terms(20)
    page, letter = told(client, code)
    assert "30 november 2099" in page
    assert "30 november 2099" in letter
    Conversation.objects.update(answer_due_at=MONDAY + timedelta(days=1))
    page, letter = told(client, code)
    assert "24 november 2099" in page
    assert "24 november 2099" in letter


def test_before_there_is_a_conversation_the_terms_of_now_count(client: Client) -> None:
    flood.forget()
    builders.municipality()
    terms(1)
    code = submit_contribution(kind=Kind.QUESTION, text="Komt er een bankje?", now=MONDAY).code
    assert "24 november 2099" in told(client, code)[0]
