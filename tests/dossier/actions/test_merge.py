"""Joining doubles, undoing it, and moving."""

import pytest

from stamtafel.dossier.actions.merge import merge, move, unmerge
from stamtafel.dossier.actions.react import support
from stamtafel.dossier.actions.refusals import DossierRefused
from stamtafel.dossier.models import State, Step
from stamtafel.dossier.queries.public import visible
from stamtafel.ledger.models import Entry
from stamtafel.people.queries import Forbidden
from stamtafel.people.rules import Role
from tests import builders
from tests.builders import NOW

pytestmark = pytest.mark.django_db


def test_support_counts_once_per_person_after_joining() -> None:
    double, into = builders.contribution("Een bankje."), builders.contribution("Een [bankje](http://kwaad.example).")
    for device in ("a", "b"):
        support(contribution=double, device=device, address=device, now=NOW)
    for device in ("b", "c", "d"):
        support(contribution=into, device=device, address=device, now=NOW)
    merge(double=double, into=into, actor=None, now=NOW)
    into.refresh_from_db()
    assert into.support_count >= 3
    assert list(visible()) == [into]
    step = Step.objects.get()
    assert step.kind == "merged"
    assert "](" not in step.text


def test_the_writer_hears_it_and_joining_twice_is_once() -> None:
    double, into = builders.contribution(author=builders.resident()), builders.contribution("Bomen!")
    for _time in range(2):
        merge(double=double, into=into, actor=builders.staff(Role.MODERATOR), now=NOW)
    step = Step.objects.get()
    assert step.tell
    assert "Bomen!" in step.text


def test_what_can_not_be_joined() -> None:
    one, other, third = (builders.contribution() for _n in range(3))
    hidden = builders.contribution(state=State.HIDDEN)
    waiting = builders.contribution(published_at=None)
    merge(double=other, into=one, actor=None, now=NOW)
    for double, into in ((one, one), (one, third), (third, other), (third, hidden), (hidden, one), (third, waiting)):
        with pytest.raises(DossierRefused):
            merge(double=double, into=into, actor=None, now=NOW)
    assert set(visible()) == {one, third}


def test_undoing_brings_it_back_where_it_was() -> None:
    double, into = builders.contribution(state=State.READ), builders.contribution()
    Step.objects.create(contribution=double, kind="read", at=NOW)
    merge(double=double, into=into, actor=None, now=NOW)
    assert unmerge(double=double, actor=None, now=NOW)
    assert not unmerge(double=double, actor=None, now=NOW)
    double.refresh_from_db()
    assert (double.state, double.merged_into_id) == (State.READ, None)
    assert set(visible()) == {double, into}


def test_moving_tells_of_a_new_subject_only() -> None:
    one = builders.contribution(author=builders.resident())
    topic, area = builders.topic("Bomen"), builders.area()
    assert move(contribution=one, topic=topic, area=None, actor=None, now=NOW)
    assert not move(contribution=one, topic=topic, area=None, actor=None, now=NOW)
    assert move(contribution=one, topic=topic, area=area, actor=None, now=NOW)
    assert list(Step.objects.values_list("kind", "text", "tell")) == [("moved", "Bomen", True)]
    assert Entry.objects.filter(kind="contribution.placed").count() == 2
    assert move(contribution=one, topic=None, area=None, actor=None, now=NOW)
    one.refresh_from_db()
    assert (one.topic_id, one.area_id) == (None, None)


def test_what_was_erased_stays_where_it_is() -> None:
    one = builders.contribution(state=State.WITHDRAWN, erased_at=NOW)
    with pytest.raises(DossierRefused):
        move(contribution=one, topic=builders.topic(), area=None, actor=None, now=NOW)


def test_only_who_may_moderate_joins_and_moves() -> None:
    one, other, analyst = builders.contribution(), builders.contribution(), builders.staff(Role.ANALYST)
    for forbidden in (
        lambda: merge(double=one, into=other, actor=analyst, now=NOW),
        lambda: unmerge(double=one, actor=analyst, now=NOW),
        lambda: move(contribution=one, topic=None, area=None, actor=analyst, now=NOW),
    ):
        with pytest.raises(Forbidden):
            forbidden()
