"""Hiding and showing: with a reason, heard by the writer, objected to, and settled by somebody else."""

from datetime import timedelta

import pytest

from stamtafel.dossier.actions.follow import object_to_hiding, withdraw
from stamtafel.dossier.actions.life import mark_read
from stamtafel.dossier.actions.moderate import hide, hide_reaction, settle_objection, show, show_reaction
from stamtafel.dossier.actions.react import react
from stamtafel.dossier.actions.refusals import DossierRefused
from stamtafel.dossier.models import Contribution, Moderation, State, Step
from stamtafel.dossier.queries.public import visible
from stamtafel.ledger.models import Entry
from stamtafel.people.queries import Forbidden
from stamtafel.people.rules import Role
from tests import builders
from tests.builders import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=3)


def told(one: Contribution) -> list[tuple[str, str, bool]]:
    return list(Step.objects.filter(contribution=one).order_by("id").values_list("kind", "text", "tell"))


def test_hiding_takes_it_off_and_tells_the_writer_why() -> None:
    one = builders.contribution(author=builders.resident())
    moderator = builders.staff(Role.MODERATOR)
    made = hide(contribution=one, rule="insult", reason="Zonder het scheldwoord mag het.", actor=moderator, now=NOW)
    assert not visible().filter(pk=one.pk).exists()
    assert made.rule == "Blijf vriendelijk"
    assert made.reason.endswith("Zonder het scheldwoord mag het.")
    assert made.reason.startswith("Uw tekst beledigt")
    assert told(one) == [("hidden", made.reason, True)]
    assert Entry.objects.get().kind == "contribution.hidden"


def test_the_reason_is_in_the_language_of_who_wrote() -> None:
    one = builders.contribution(language="en")
    made = hide(contribution=one, rule="insult", reason="", actor=None, now=NOW)
    assert (made.rule, made.reason[:18]) == ("Stay friendly", "Your text insults ")


def test_hiding_the_same_twice_is_once_and_another_reason_is_refused() -> None:
    one = builders.contribution()
    first = hide(contribution=one, rule="threat", reason="", actor=None, now=NOW)
    assert hide(contribution=one, rule="threat", reason="", actor=None, now=LATER) == first
    with pytest.raises(DossierRefused):
        hide(contribution=one, reason="Iets anders.", actor=None, now=LATER)
    assert Moderation.objects.count() == 1
    assert Step.objects.count() == 1


@pytest.mark.parametrize("reason", ["", "  \n "])
def test_nothing_is_hidden_without_a_reason(reason: str) -> None:
    one = builders.contribution()
    with pytest.raises(DossierRefused):
        hide(contribution=one, rule="no such rule", reason=reason, actor=None, now=NOW)
    assert visible().filter(pk=one.pk).exists()


def test_only_who_may_moderate_hides_and_shows() -> None:
    one, hidden = builders.contribution(), builders.contribution(state=State.HIDDEN)
    editor = builders.staff(Role.EDITOR)
    for forbidden in (
        lambda: hide(contribution=one, reason="x", actor=editor, now=NOW),
        lambda: show(contribution=hidden, actor=editor, now=NOW),
    ):
        with pytest.raises(Forbidden):
            forbidden()
    assert list(visible()) == [one]


def test_what_was_read_before_it_was_hidden_is_read_when_shown_again() -> None:
    one = builders.contribution(author=builders.resident())
    mark_read(contribution=one, actor=None, now=NOW)
    hide(contribution=one, reason="x", actor=None, now=NOW)
    assert show(contribution=one, actor=None, now=LATER)
    assert not show(contribution=one, actor=None, now=LATER)
    one.refresh_from_db()
    assert (one.state, one.published_at) == (State.READ, NOW)
    assert [kind for kind, _text, _tell in told(one)] == ["read", "hidden", "shown"]


def test_what_waits_is_published_at_the_moment_that_it_is_shown() -> None:
    one = builders.contribution(published_at=None, author=builders.resident())
    assert show(contribution=one, actor=None, now=LATER)
    assert visible().get().published_at == LATER
    assert told(one) == [("shown", "", True)]


def test_nobody_is_told_where_there_is_nobody_to_tell() -> None:
    one = builders.contribution()
    hide(contribution=one, reason="x", actor=None, now=NOW)
    show(contribution=one, actor=None, now=NOW)
    assert [tell for _kind, _text, tell in told(one)] == [False, False]


@pytest.mark.parametrize("state", [State.WITHDRAWN, State.MERGED])
def test_what_was_withdrawn_or_joined_stays_away(state: State) -> None:
    into = builders.contribution() if state == State.MERGED else None
    one = builders.contribution(state=state, merged_into=into)
    with pytest.raises(DossierRefused):
        show(contribution=one, actor=None, now=NOW)
    with pytest.raises(DossierRefused):
        hide(contribution=one, reason="x", actor=None, now=NOW)
    one.refresh_from_db()
    assert one.state == state


def objected() -> tuple[Contribution, Moderation, object]:
    one = builders.contribution(author=builders.resident())
    hider = builders.staff(Role.MODERATOR)
    hide(contribution=one, reason="Een naam.", actor=hider, now=NOW)
    return one, object_to_hiding(contribution=one, text="Dat is mijn eigen naam.", now=NOW), hider


def test_an_objection_is_settled_by_somebody_else_and_once() -> None:
    one, objection, hider = objected()
    with pytest.raises(DossierRefused, match="zelf"):
        settle_objection(moderation=objection, uphold=False, settlement="Toch goed.", actor=hider, now=LATER)  # type: ignore[arg-type]
    other = builders.staff(Role.MODERATOR)
    settle_objection(moderation=objection, uphold=False, settlement="U hebt gelijk.", actor=other, now=LATER)
    assert list(visible()) == [one]
    assert told(one)[-1] == ("shown", "U hebt gelijk.", True)
    objection.refresh_from_db()
    assert (objection.settled_by, objection.settlement) == (other, "U hebt gelijk.")
    with pytest.raises(DossierRefused, match="al"):
        settle_objection(moderation=objection, uphold=True, settlement="Nee.", actor=other, now=LATER)
    assert list(visible()) == [one]


def test_an_objection_that_is_not_followed_is_told_with_the_reason() -> None:
    one, objection, _hider = objected()
    settle_objection(moderation=objection, uphold=True, settlement="Ook uw straat staat erin.", actor=None, now=LATER)
    assert not visible().exists()
    assert told(one)[-1] == ("hidden", "Ook uw straat staat erin.", True)


def test_showing_it_settles_the_objection() -> None:
    one, objection, _hider = objected()
    show(contribution=one, actor=None, now=LATER)
    objection.refresh_from_db()
    assert objection.settled_at == LATER


def test_who_withdrew_meanwhile_is_not_brought_back() -> None:
    one, objection, _hider = objected()
    withdraw(contribution=one, now=LATER)
    settle_objection(moderation=objection, uphold=False, settlement="Goed.", actor=None, now=LATER)
    one.refresh_from_db()
    assert one.state == State.WITHDRAWN
    assert not visible().exists()


def test_a_reaction_is_hidden_and_shown_and_counted() -> None:
    one = builders.contribution()
    reaction = react(contribution=one, text="Wat een onzin.", device="192.0.2.1|x", now=NOW).reaction
    assert hide_reaction(reaction=reaction, rule="insult", reason="", actor=None, now=NOW)
    assert not hide_reaction(reaction=reaction, rule="insult", reason="", actor=None, now=NOW)
    one.refresh_from_db()
    assert one.reaction_count == 0
    assert show_reaction(reaction=reaction, actor=None, now=LATER)
    assert not show_reaction(reaction=reaction, actor=None, now=LATER)
    one.refresh_from_db()
    reaction.refresh_from_db()
    assert (one.reaction_count, reaction.hidden_reason, reaction.published_at) == (1, "", LATER)


def test_a_reaction_that_waits_can_be_hidden_too() -> None:
    one = builders.contribution(topic=builders.topic(moderation="before"))
    reaction = react(contribution=one, text="Wat een onzin.", device="192.0.2.1|x", now=NOW).reaction
    assert hide_reaction(reaction=reaction, rule="", reason="Niet aardig.", actor=None, now=NOW)
    one.refresh_from_db()
    reaction.refresh_from_db()
    assert (one.reaction_count, reaction.hidden_reason) == (0, "Niet aardig.")
