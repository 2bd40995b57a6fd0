"""Deciding and answering, through the whole chain: one mail to each confirmed writer, none to others."""

from datetime import date, timedelta
from typing import Any

import pytest

from stamtafel.channels.models import Delivery
from stamtafel.dossier.actions.decide import (
    answer,
    answer_alone,
    change_decision,
    leave_out,
    mark_done,
    publish_decision,
    record_decision,
)
from stamtafel.dossier.actions.merge import merge
from stamtafel.dossier.actions.refusals import DossierRefused
from stamtafel.dossier.models import Answer, Contribution, Decision, Outcome, State, Step
from stamtafel.ledger.models import Entry
from stamtafel.people.queries import Forbidden
from stamtafel.people.rules import Role
from stamtafel.wiring import jobs
from stamtafel.work.loop import run_once
from tests import builders
from tests.builders import NOW
from tests.dossier.actions.test_parallel import at_once

pytestmark = pytest.mark.django_db
WORDS = {
    "title": "Twaalf bomen",
    "decided": "Er komen bomen.",
    "decided_by": "het college",
    "decided_on": date(2026, 11, 20),
}


def draft(**fields: Any) -> Decision:
    return record_decision(topic=builders.topic(), fields={**WORDS, **fields}, actor=None)


def notices() -> list[str]:
    """Who gets a mail about a step, in the order of their addresses."""
    return sorted(Delivery.objects.filter(purpose="notice").values_list("recipient", flat=True))


def test_a_decision_sent_twice_is_one_draft_and_its_address_is_free() -> None:
    topic, editor = builders.topic(), builders.staff(Role.EDITOR)
    first, again = (record_decision(topic=topic, fields=WORDS, actor=editor) for _n in range(2))
    assert first == again
    other = record_decision(topic=topic, fields={**WORDS, "decided": "Toch struiken."}, actor=editor)
    assert (first.slug, other.slug) == ("twaalf-bomen", "twaalf-bomen-2")
    assert draft(title="Nieuw").slug == "nieuw-2"  # “nieuw” is where the desk has its empty form


@pytest.mark.parametrize("missing", ["title", "decided", "decided_by", "decided_on"])
def test_a_decision_says_what_by_whom_and_when(missing: str) -> None:
    with pytest.raises(DossierRefused):
        draft(**{missing: ""})
    made = draft()
    with pytest.raises(DossierRefused):
        change_decision(decision=made, fields={missing: " "}, actor=None, now=NOW)


def test_one_text_for_many_and_another_for_one() -> None:
    made, many = draft(), [builders.contribution() for _n in range(3)]
    assert answer(decision=made, contributions=many, outcome=Outcome.USED, text="Het komt er.", actor=None) == 3
    answer(decision=made, contributions=many[:1], outcome=Outcome.PARTLY, text="Half.", actor=None, own_text=True)
    answer(decision=made, contributions=many, outcome=Outcome.USED, text="Het komt er in mei.", actor=None)
    said = dict(Answer.objects.values_list("contribution", "text"))
    assert [said[one.pk] for one in many] == ["Half.", "Het komt er in mei.", "Het komt er in mei."]
    assert leave_out(decision=made, contributions=many[:1], actor=None) == 1
    assert Answer.objects.count() == 2


def test_no_answer_without_a_reason() -> None:
    made, one = draft(), builders.contribution()
    with pytest.raises(DossierRefused):
        answer(decision=made, contributions=[one], outcome=Outcome.USED, text=" ", actor=None)
    with pytest.raises(DossierRefused):
        answer_alone(contribution=one, outcome=Outcome.USED, text="", actor=None, now=NOW)
    assert not Answer.objects.exists()


def test_everybody_hears_it_once_on_the_way_they_came() -> None:
    builders.municipality()
    made = draft()
    confirmed, unconfirmed = builders.resident(), builders.resident(confirmed_at=None)
    joined, withdrawn, bounced = builders.resident(), builders.resident(), builders.resident(bounced_at=NOW)
    named = builders.contribution("Bomen!", author=confirmed)
    asked = builders.contribution("Struiken?", author=unconfirmed)
    nameless, back = builders.contribution(), builders.contribution(author=bounced)
    double = builders.contribution("Bomen!!", author=joined)
    gone = builders.contribution(author=withdrawn)
    bystander = builders.contribution(author=builders.resident())
    merge(double=double, into=named, actor=None, now=NOW)
    run_once(jobs(), now=NOW)
    Delivery.objects.all().delete()
    answer(
        decision=made, contributions=[named, asked, nameless, back, gone], outcome=Outcome.USED, text="Ja.", actor=None
    )
    Contribution.objects.filter(pk=gone.pk).update(state=State.WITHDRAWN)
    assert publish_decision(decision=made, actor=builders.staff(Role.APPROVER), now=NOW) == 6
    for minutes in range(3):
        run_once(jobs(), now=NOW + timedelta(minutes=minutes))
    assert notices() == sorted([confirmed.email, joined.email])
    assert all("Gebruikt. Ja." in mail.draft["body"] for mail in Delivery.objects.filter(purpose="notice"))
    states = dict(Contribution.objects.values_list("pk", "state"))
    assert (states[named.pk], states[double.pk]) == (State.ANSWERED, State.MERGED)
    assert (states[gone.pk], states[bystander.pk]) == (State.WITHDRAWN, State.RECEIVED)
    assert set(Answer.objects.values_list("contribution", flat=True)) == {
        one.pk for one in (named, asked, nameless, back, gone, double)
    }


def test_publishing_twice_is_once_and_closes_the_draft() -> None:
    made, one = draft(), builders.contribution(author=builders.resident())
    answer(decision=made, contributions=[one], outcome=Outcome.NOT_USED, text="Geen plek.", actor=None)
    assert publish_decision(decision=made, actor=None, now=NOW) == 1
    assert publish_decision(decision=made, actor=None, now=NOW) == 0
    assert Step.objects.count() == 1
    assert Entry.objects.get(kind="decision.published").data == {"answers": 1}
    with pytest.raises(DossierRefused):
        answer(decision=made, contributions=[one], outcome=Outcome.USED, text="Toch.", actor=None)
    with pytest.raises(DossierRefused):
        leave_out(decision=made, contributions=[one], actor=None)


def test_a_decision_that_answers_nothing_stays_a_draft() -> None:
    made = draft()
    with pytest.raises(DossierRefused):
        publish_decision(decision=made, actor=None, now=NOW)
    made.refresh_from_db()
    assert made.published_at is None
    assert not Entry.objects.exists()


def test_who_may_decide_and_who_may_publish() -> None:
    made, one = draft(), builders.contribution()
    editor, moderator = builders.staff(Role.EDITOR), builders.staff(Role.MODERATOR)
    answer(decision=made, contributions=[one], outcome=Outcome.USED, text="Ja.", actor=editor)
    with pytest.raises(Forbidden):
        publish_decision(decision=made, actor=editor, now=NOW)
    with pytest.raises(Forbidden):
        answer_alone(contribution=one, outcome=Outcome.USED, text="Ja.", actor=moderator, now=NOW)
    publish_decision(decision=made, actor=builders.staff(Role.APPROVER), now=NOW)
    with pytest.raises(Forbidden):
        change_decision(decision=made, fields={"done": "Klaar."}, actor=editor, now=NOW)


def test_a_change_after_publication_is_logged_and_the_same_words_are_none() -> None:
    made, one = draft(), builders.contribution()
    assert change_decision(decision=made, fields={"done": "In mei."}, actor=None, now=NOW)
    answer(decision=made, contributions=[one], outcome=Outcome.USED, text="Ja.", actor=None)
    publish_decision(decision=made, actor=None, now=NOW)
    assert not change_decision(decision=made, fields={"done": "In mei. "}, actor=None, now=NOW)
    assert change_decision(decision=made, fields={"done": "In juni."}, actor=None, now=NOW)
    assert Entry.objects.filter(kind="decision.changed").count() == 1


def test_one_alone_and_what_was_done_with_it() -> None:
    builders.municipality()
    resident, other = builders.resident(), builders.resident()
    one, double = builders.contribution(author=resident), builders.contribution(author=other)
    merge(double=double, into=one, actor=None, now=NOW)
    with pytest.raises(DossierRefused):
        mark_done(contribution=one, text="Staat er.", actor=None, now=NOW)
    first, again = (
        answer_alone(contribution=one, outcome=Outcome.ANSWERED, text="In mei.", actor=None, now=NOW) for _n in range(2)
    )
    assert first == again
    assert mark_done(contribution=one, text="Staat er.", actor=None, now=NOW)
    assert not mark_done(contribution=one, text="Staat er.", actor=None, now=NOW)
    for minutes in range(3):
        run_once(jobs(), now=NOW + timedelta(minutes=minutes))
    assert notices() == sorted([resident.email] * 2 + [other.email] * 3)  # joined, answered, done
    one.refresh_from_db()
    assert (one.state, one.answered_at) == (State.DONE, NOW)


@pytest.mark.parametrize("state", [State.WITHDRAWN, State.MERGED])
def test_what_went_elsewhere_is_not_answered_alone(state: State) -> None:
    one = builders.contribution(state=state, merged_into=builders.contribution() if state == State.MERGED else None)
    with pytest.raises(DossierRefused):
        answer_alone(contribution=one, outcome=Outcome.ANSWERED, text="Ja.", actor=None, now=NOW)


def test_what_was_erased_counts_without_a_word() -> None:
    made, one = draft(), builders.contribution()
    answer(decision=made, contributions=[one], outcome=Outcome.USED, text="Ja.", actor=None)
    Contribution.objects.filter(pk=one.pk).update(state=State.WITHDRAWN, erased_at=NOW, text="", title="")
    assert publish_decision(decision=made, actor=None, now=NOW) == 1
    assert not Step.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_eight_who_publish_at_once_publish_once() -> None:
    made, many = draft(), [builders.contribution(author=builders.resident()) for _n in range(5)]
    answer(decision=made, contributions=many, outcome=Outcome.USED, text="Ja.", actor=None)
    found = at_once(lambda _n: publish_decision(decision=Decision.objects.get(pk=made.pk), actor=None, now=NOW))
    assert sorted(found) == [0] * 7 + [5]
    assert Step.objects.filter(kind="answered", tell=True).count() == 5
    assert Entry.objects.filter(kind="decision.published").count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_clicks_on_answer_are_one_answer() -> None:
    one = builders.contribution(author=builders.resident())
    found = at_once(lambda _n: answer_alone(contribution=one, outcome=Outcome.USED, text="Ja.", actor=None, now=NOW).pk)
    assert len(set(found)) == Answer.objects.count() == Step.objects.count() == 1
