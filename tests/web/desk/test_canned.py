"""Standard answers: made, changed, used and thrown away by who answers residents."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stamtafel.inbox.actions.intake import open_conversation
from stamtafel.inbox.models import CannedReply, Conversation, Message
from stamtafel.people.rules import Role
from tests import builders
from tests.people.builders import signed_in

pytestmark = pytest.mark.django_db
LIST, NEW = "/desk/inbox/answers/", "/desk/inbox/answers/new/"


@pytest.fixture
def browser(client: Client) -> Client:
    builders.municipality()
    return signed_in(client, builders.staff(Role.CONVERSATIONALIST))


def conversation() -> Conversation:
    return open_conversation(builders.contribution("Een bankje bij de bushalte", created_at=timezone.now()))


def test_one_is_made_changed_put_under_an_answer_and_thrown_away(browser: Client) -> None:
    assert all(
        f"{{{name}}}" in browser.get(NEW).content.decode() for name in ("onderwerp", "datum", "volglink", "naam")
    )
    form = {"title": "Wij komen kijken", "text": "Dag {naam},\n\nOp {datum} komen wij."}
    assert browser.post(NEW, form).headers["Location"] == LIST
    browser.post(NEW, {**form, "text": "Een tweede met dezelfde naam."})  # never over the first
    assert CannedReply.objects.count() == 2
    made = CannedReply.objects.get(text__contains="{datum}")
    assert "Wij komen kijken" in browser.get(LIST).content.decode()
    own = reverse("desk:canned_reply", kwargs={"slug": made.slug})
    assert "Op {datum} komen wij." in browser.get(own).content.decode()
    browser.post(own, {"title": "Komen kijken", "text": "Uiterlijk {datum} komen wij."})
    to = reverse("desk:conversation_answer", kwargs={"pk": conversation().pk})
    filled = browser.post(to, {"do": "fill", "canned": made.slug, "text": ""}).content.decode()
    assert re.search(r"Uiterlijk \d+ \w+ \d{4} komen wij\.</textarea>", filled)
    assert f'href="{LIST}"' in filled
    assert browser.post(own + "remove/").headers["Location"] == LIST
    assert not CannedReply.objects.filter(pk=made.pk).exists()
    assert browser.get(own).status_code == 404


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"title": "", "text": "Dag"}, "Geef dit standaardantwoord een naam."),
        ({"title": "Dag", "text": " "}, "Schrijf de tekst van het antwoord."),
        ({"title": "Dag", "text": "In {straat} en {Datum}, {datum}"}, "{straat}, {Datum} kunnen wij niet invullen."),
    ],
)
def test_what_is_missing_or_unknown_is_named(browser: Client, form: dict[str, str], words: str) -> None:
    answer = browser.post(NEW, form)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not CannedReply.objects.exists()


def test_nothing_in_braces_is_ever_sent(browser: Client) -> None:
    made = conversation()
    to = reverse("desk:conversation_answer", kwargs={"pk": made.pk})
    answer = browser.post(to, {"text": "Wij komen naar {Straat naam}.", "do": "send"})
    assert answer.status_code == 422
    assert "In uw tekst staat nog {Straat naam}" in answer.content.decode()
    assert not Message.objects.filter(direction="out").exists()


def test_the_settings_lead_there(client: Client) -> None:
    builders.municipality()
    signed_in(client, builders.staff(Role.ADMINISTRATOR))
    assert f'href="{LIST}"' in client.get(reverse("desk:settings")).content.decode()
