"""The desk's pages of decisions: from the first words to the mail that each resident gets."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stamtafel.channels.models import Delivery
from stamtafel.dossier.actions.decide import answer
from stamtafel.dossier.models import Answer, Contribution, Decision, Outcome
from stamtafel.people.models import StaffMember
from stamtafel.people.rules import Role
from stamtafel.wiring import jobs
from stamtafel.work.loop import run_once
from tests import builders
from tests.people.builders import signed_in

pytestmark = pytest.mark.django_db
WORDS = {"title": "Twaalf bomen", "decided": "Er komen bomen.", "decided_by": "het college", "decided_on": "2026-11-20"}


@pytest.fixture
def boss(client: Client) -> StaffMember:
    builders.municipality()
    staff = builders.staff(Role.ADMINISTRATOR)
    signed_in(client, staff)
    return staff


def at(name: str, decision: Decision, **parts: object) -> str:
    return reverse(f"desk:{name}", kwargs={"pk": decision.pk, **parts})


def made(answered: int = 0, **fields: object) -> tuple[Decision, list[Contribution]]:
    topic = builders.topic("Bomen")
    decision = Decision.objects.create(topic=topic, slug=f"b{topic.pk}", **{**WORDS, **fields})
    rows = [builders.contribution(f"Boom {n}", topic=topic, author=builders.resident()) for n in range(answered)]
    if rows:
        answer(decision=decision, contributions=rows, outcome=Outcome.USED, text="Ja.", actor=None)
    return decision, rows


def test_from_the_first_words_to_the_mail(client: Client, boss: StaffMember) -> None:
    topic = builders.topic("Bomen")
    mailed, silent = builders.resident(), builders.resident(confirmed_at=None)
    one = builders.contribution("Meer bomen", topic=topic, author=mailed)
    other = builders.contribution("Minder bomen", topic=topic, author=silent)
    left = builders.contribution("Een bankje", topic=topic, author=builders.resident())
    for _time in range(2):
        began = client.post(reverse("desk:decision_new"), {**WORDS, "onderwerp": topic.slug})
    decision = Decision.objects.get()
    pick = at("decision_pick", decision)
    assert began.headers["Location"] == pick
    assert "Een bankje" in client.get(pick).content.decode()
    client.post(pick, {"chosen": [one.pk, other.pk], "outcome": "used", "text": "Het komt er."})
    assert "Meer bomen" not in client.get(pick).content.decode()
    row = Answer.objects.get(contribution=other)
    client.post(at("decision_answer", decision, answer=row.pk), {"outcome": "not_used", "text": "Wij willen er meer."})
    looked = client.get(at("decision_preview", decision)).content.decode()
    assert "Gebruikt. Het komt er." in looked  # the whole mail, as it will be sent
    assert "Wij willen er meer." in looked
    assert not Delivery.objects.exists()
    for _time in range(2):
        assert client.post(at("decision_publish", decision)).status_code == 302
    now = timezone.now()
    for minutes in range(3):
        run_once(jobs(), now=now + timedelta(minutes=minutes))
    mail = Delivery.objects.get(purpose="notice")
    assert mail.recipient == mailed.email
    assert "Gebruikt. Het komt er." in mail.draft["body"]
    left.refresh_from_db()
    assert left.answered_at is None
    after = client.get(at("decision", decision)).content.decode()
    assert "Iedereen kan dit lezen" in after
    assert "Maak hier een bericht van" in after
    assert client.get(reverse("site:decision", kwargs={"slug": decision.slug})).status_code == 200
    assert client.get(pick).status_code == 302


def test_a_decision_needs_its_words_and_a_subject(client: Client, boss: StaffMember) -> None:
    topic = builders.topic()
    for wrong in ({"title": ""}, {"decided": ""}, {"decided_on": "ooit"}, {"onderwerp": "weg"}):
        answer = client.post(reverse("desk:decision_new"), {**WORDS, "onderwerp": topic.slug, **wrong})
        assert answer.status_code == 422
        assert "het college" in answer.content.decode()
    assert not Decision.objects.exists()


def test_all_that_misses_is_said_at_once(client: Client, boss: StaffMember) -> None:
    page = client.post(reverse("desk:decision_new"), {"decided_on": "2026-11-20"}).content.decode()
    for sentence in ("Kies het onderwerp", "Geef het besluit een titel", "Schrijf wie besloot", "Schrijf wat er is"):
        assert sentence in page


@pytest.mark.parametrize("wrong", [{"chosen": []}, {"outcome": ""}, {"text": " "}, {"chosen": ["x", "99999"]}])
def test_an_answer_that_is_not_complete_keeps_the_ticks(
    client: Client, boss: StaffMember, wrong: dict[str, object]
) -> None:
    decision, _rows = made()
    one = builders.contribution(topic=decision.topic)
    form = {"chosen": [str(one.pk)], "outcome": "used", "text": "Mijn reden.", **wrong}
    response = client.post(at("decision_pick", decision), form)
    html = response.content.decode()
    assert response.status_code == 422
    assert ("Mijn reden." in html) == ("text" not in wrong)
    ticked = re.search(rf'name="chosen" value="{one.pk}" checked', html)
    assert bool(ticked) == ("chosen" not in wrong)
    assert not Answer.objects.exists()


def test_tick_all_works_without_script(client: Client, boss: StaffMember) -> None:
    decision, _rows = made()
    for _number in range(3):
        builders.contribution(topic=decision.topic)
    assert client.get(at("decision_pick", decision) + "?alles=1").content.decode().count(" checked") == 3
    assert client.get(at("decision_pick", decision)).content.decode().count(" checked") == 0


def test_another_subject_can_be_looked_through(client: Client, boss: StaffMember) -> None:
    decision, _rows = made()
    other = builders.contribution("Over iets anders", topic=builders.topic())
    assert "Over iets anders" not in client.get(at("decision_pick", decision)).content.decode()
    assert "Over iets anders" in client.get(at("decision_pick", decision) + "?topic=").content.decode()
    assert other.title in client.get(at("decision_pick", decision) + f"?topic={other.topic.slug}").content.decode()


def test_lists_cost_the_same_for_three_and_thirty(client: Client, boss: StaffMember, django_assert_num_queries) -> None:
    decision, _rows = made()
    client.get(reverse("desk:decisions"))  # the municipality is remembered from here on
    for many in (3, 27):
        for _number in range(many):
            made(answered=1)
            answer(decision=decision, contributions=[builders.contribution(author=builders.resident())],
                   outcome=Outcome.USED, text="Ja.", actor=None)  # fmt: skip
            builders.contribution(topic=decision.topic, area=None)
        for address, queries in (
            (reverse("desk:decisions"), 7), (at("decision_pick", decision), 11), (at("decision_answers", decision), 9),
            (at("decision_preview", decision), 9),
        ):  # fmt: skip
            with django_assert_num_queries(queries):
                assert client.get(address).status_code == 200


def test_one_can_be_changed_or_taken_out_until_it_is_public(client: Client, boss: StaffMember) -> None:
    decision, _rows = made(answered=2)
    first, second = Answer.objects.order_by("pk")
    assert (
        client.post(at("decision_answer", decision, answer=first.pk), {"outcome": "used", "text": ""}).status_code
        == 422
    )
    client.post(at("decision_answer", decision, answer=first.pk), {"do": "leave_out"})
    assert list(Answer.objects.all()) == [second]
    client.post(at("decision_publish", decision))
    assert client.post(at("decision_answer", decision, answer=second.pk), {"do": "leave_out"}).status_code == 422
    assert Answer.objects.get().published_at is not None


def test_nothing_is_published_that_answers_nothing(client: Client, boss: StaffMember) -> None:
    decision, _rows = made()
    answer = client.post(at("decision_publish", decision))
    assert answer.status_code == 422
    decision.refresh_from_db()
    assert decision.published_at is None


def test_an_editor_prepares_and_an_approver_publishes(boss: StaffMember) -> None:
    decision, _rows = made(answered=1)
    editor = signed_in(Client(), builders.staff(Role.EDITOR))
    looked = editor.get(at("decision_preview", decision)).content.decode()
    assert "/publiceer/" not in looked
    assert "Vraag iemand" in looked
    assert editor.post(at("decision_publish", decision)).status_code == 403
    approver = signed_in(Client(), builders.staff(Role.APPROVER))
    assert approver.post(at("decision_publish", decision)).status_code == 302
    assert editor.post(at("decision", decision), {**WORDS, "done": "x"}).status_code == 403
    assert 'name="done"' not in editor.get(at("decision", decision)).content.decode()
    approver.post(at("decision", decision), {**WORDS, "done": "In mei."})
    decision.refresh_from_db()
    assert decision.done == "In mei."
