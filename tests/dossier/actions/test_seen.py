"""A decision about words that the resident changed meanwhile does nothing."""

from datetime import timedelta

import pytest

from stamtafel.dossier.actions.follow import correct, object_to_hiding
from stamtafel.dossier.actions.moderate import hide, settle_objection, show
from stamtafel.dossier.actions.seen import TextChanged, version_of
from stamtafel.dossier.models import Contribution, Moderation, State, Step
from stamtafel.dossier.queries.public import visible
from stamtafel.ledger.models import Entry
from stamtafel.people.rules import Role
from tests.builders import NOW, contribution, staff

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=1)


def now_of(one: Contribution) -> Contribution:
    return Contribution.objects.get(pk=one.pk)


def everything() -> list[object]:
    return [list(model.objects.order_by("pk").values()) for model in (Contribution, Step, Moderation, Entry)]


@pytest.mark.parametrize("fields", [{"published_at": None}, {"state": State.HIDDEN}])
def test_other_words_are_not_shown_unread(fields: dict[str, object]) -> None:
    one, moderator = contribution("Een bankje.", **fields), staff(Role.MODERATOR)
    read = version_of(one)
    correct(contribution=one, text="Koop pillen.", now=NOW)
    before = everything()
    for seen in (read, ""):
        with pytest.raises(TextChanged):
            show(contribution=one, actor=moderator, now=LATER, seen=seen)
    assert everything() == before
    assert show(contribution=one, actor=moderator, now=LATER, seen=version_of(now_of(one)))
    assert visible().get().text == "Koop pillen."


def test_another_photo_is_another_version() -> None:
    one = contribution(published_at=None)
    read = version_of(one)
    Contribution.objects.update(photo="contributions/2026/11/x.jpg")
    with pytest.raises(TextChanged):
        show(contribution=one, actor=None, now=LATER, seen=read)
    assert not visible().exists()


def test_words_that_were_put_right_are_not_hidden_for_the_old_ones() -> None:
    one, moderator = contribution("Wat een sukkels."), staff(Role.MODERATOR)
    read = version_of(one)
    correct(contribution=one, text="Graag een bankje.", now=NOW)
    before = everything()
    with pytest.raises(TextChanged):
        hide(contribution=one, rule="insult", reason="", actor=moderator, now=LATER, seen=read)
    assert everything() == before
    hide(contribution=one, rule="insult", reason="", actor=moderator, now=LATER, seen=version_of(now_of(one)))
    assert not visible().exists()


def test_an_objection_is_granted_to_the_words_that_were_read() -> None:
    one = contribution("Een naam.")
    made = hide(contribution=one, reason="Een naam.", actor=staff(Role.MODERATOR), now=NOW)
    object_to_hiding(contribution=one, text="Mijn eigen naam!", now=NOW)
    read, colleague = version_of(now_of(one)), staff(Role.MODERATOR)
    correct(contribution=one, text="Koop pillen.", now=NOW)
    before = everything()
    grant = {"moderation": made, "uphold": False, "settlement": "U hebt gelijk.", "actor": colleague, "now": LATER}
    with pytest.raises(TextChanged):
        settle_objection(**grant, seen=read)
    assert everything() == before, "the objection is still open"
    settle_objection(**grant, seen=version_of(now_of(one)))
    assert visible().exists()


def test_what_a_colleague_showed_already_needs_no_second_look() -> None:
    one = contribution()
    assert not show(contribution=one, actor=staff(Role.MODERATOR), now=LATER, seen="x")
