"""Announcing what is there already: the first draft."""

from datetime import timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from stamtafel.announce import actions
from stamtafel.announce.actions.problems import WrongState
from stamtafel.announce.models import Announcement, Version
from stamtafel.announce.rules import first_draft
from stamtafel.announce.rules.content import LONGEST_TITLE
from stamtafel.dossier.models import State
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import Forbidden
from stamtafel.people.rules import Role
from stamtafel.web.design.prose import prose
from tests.builders import NOW, area, contribution, staff, topic
from tests.dossier.builders import answer, decision

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> StaffMember:
    return staff(Role.EDITOR, language="en")


@given(st.text(max_size=300))
def test_a_quotation_shows_what_was_written_and_nothing_becomes_active(text: str) -> None:
    html = str(prose(first_draft.quoted(text)))
    assert "<a " not in html
    assert "<em>" not in html
    assert "<strong>" not in html
    assert "<h" not in html


def test_a_quotation_keeps_its_words_and_lines() -> None:
    html = str(prose(first_draft.quoted("Zie [hier](https://x.example) *nu*\n\n# Kop <b>\n- een")))
    for words in ("[hier](https://x.example) *nu*", "# Kop &lt;b&gt;", "een"):
        assert words in html
    assert html.count("<blockquote>") == 1


def test_the_lead_is_one_plain_line() -> None:
    assert first_draft.short("## Kop\n\n- **Twaalf** [bomen](/x/)\n2. en _gras_") == "Kop Twaalf bomen en gras"
    assert first_draft.beyond("Er komt gras.", "Er komt **gras**.") == ""
    assert first_draft.beyond("Er komt gras.", "- Er komt gras.\n") == ""
    for more in ("Er komt\n\ngras.", "Er komt gras. En meer."):
        assert first_draft.beyond("Er komt gras.", more) == more
    assert len(first_draft.short("woord " * 200)) <= first_draft.LONGEST_LEAD


def test_a_decision_becomes_a_draft_of_its_own_editor(editor: StaffMember) -> None:
    one, two = area(), area()
    about = topic("Plein")
    about.areas.set([one, two])
    found = decision(
        about=about, title="Twaalf bomen", decided="Er komen **twaalf** bomen.", heard="Veel mensen willen schaduw.",
        done="In mei planten wij ze.", not_done="", published_at=NOW,
    )  # fmt: skip
    with translation.override("en"):
        made = actions.announce_decision(decision=found, form_key=None, actor=editor, now=NOW)
    assert (made.title, made.lead, made.state) == ("Twaalf bomen", "Er komen twaalf bomen.", "draft")
    assert made.author == made.changed_by == editor
    assert set(made.topics.all()) == {about}
    assert set(made.areas.all()) == {one, two}
    assert made.body.startswith("## Wat mensen ons zeiden\n\nVeel mensen willen schaduw.")  # the lead has the rest
    assert "In mei planten wij ze." in made.body
    assert "Wat wij niet doen" not in made.body
    assert made.body.endswith(f"/besluiten/{found.slug}/)")
    assert "/en/" not in made.body
    assert Version.objects.get(announcement=made).content["body"] == made.body


def test_a_subject_asks_its_question_as_long_as_people_can_take_part(editor: StaffMember) -> None:
    found = topic(
        "Speelplekken", summary="Zes plekken krijgen een beurt.", stands="Wij kiezen in mei.", is_open="Welke plekken.",
        question="Welke plek eerst?", open_until=NOW + timedelta(days=9), can_do="Kom kijken.",
    )  # fmt: skip
    made = actions.announce_topic(topic=found, form_key=None, actor=editor, now=NOW)
    assert (made.title, made.lead) == ("Welke plek eerst?", "Zes plekken krijgen een beurt.")
    assert "Kom kijken.\n\nU kunt meedoen tot 2 december 2026." in made.body
    later = actions.announce_topic(topic=found, form_key=None, actor=editor, now=NOW + timedelta(days=10))
    assert later.title == "Speelplekken"
    assert "meedoen tot" not in later.body


def test_a_contribution_is_told_in_its_public_words_only(editor: StaffMember) -> None:
    about, place = topic(), area()
    one = contribution(
        "Bel mij op 06-12345678 over de bank.", public_text="Bel mij op [telefoonnummer] over de bank.",
        title="Een bank", topic=about, area=place,
    )  # fmt: skip
    answer(decision(), contribution=one, text="De bank komt er.")
    made = actions.announce_contribution(contribution=one, form_key=None, actor=editor, now=NOW)
    assert made.title == "U zei: “Een bank”"
    assert "12345678" not in str(made.__dict__)
    assert "[telefoonnummer]" in str(prose(made.body))
    assert "## Wat wij ermee doen\n\nDe bank komt er." in made.body
    assert list(made.topics.all()) == [about]
    assert list(made.areas.all()) == [place]


def test_nothing_is_told_that_not_everybody_can_read(editor: StaffMember) -> None:
    with pytest.raises(WrongState):
        actions.announce_decision(decision=decision(published_at=None), form_key=None, actor=editor, now=NOW)
    for fields in ({"published_at": None}, {"state": State.HIDDEN}, {"erased_at": NOW}):
        one = contribution(**fields)
        with pytest.raises(WrongState):
            actions.announce_contribution(contribution=one, form_key=None, actor=editor, now=NOW)
    assert not Announcement.objects.exists()


def test_only_who_writes_announcements(editor: StaffMember) -> None:
    moderator = staff(Role.MODERATOR)
    with pytest.raises(Forbidden):
        actions.announce_topic(topic=topic(), form_key=None, actor=moderator, now=NOW)
    with pytest.raises(Forbidden):
        actions.announce_contribution(contribution=contribution(), form_key=None, actor=moderator, now=NOW)
    with pytest.raises(Forbidden):
        actions.announce_decision(decision=decision(published_at=NOW), form_key=None, actor=moderator, now=NOW)


def test_one_form_sent_twice_is_one_draft(editor: StaffMember) -> None:
    about = topic("Plein")
    made = [actions.announce_topic(topic=about, form_key="k", actor=editor, now=NOW) for _time in range(2)]
    assert made[0] == made[1]
    assert actions.announce_topic(topic=about, form_key="l", actor=editor, now=NOW) != made[0]
    assert actions.announce_topic(topic=about, form_key=None, actor=editor, now=NOW) != made[0]
    slugs = list(Announcement.objects.order_by("pk").values_list("slug", flat=True))
    assert slugs == ["plein", "plein-2", "plein-3"]


def test_a_long_title_is_cut_between_words(editor: StaffMember) -> None:
    found = decision(title="woord " * 33, published_at=NOW)
    made = actions.announce_decision(decision=found, form_key=None, actor=editor, now=NOW)
    assert len(made.title) <= LONGEST_TITLE
    assert made.title.endswith("woord…")
