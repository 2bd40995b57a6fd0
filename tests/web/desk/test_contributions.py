"""The desk's pages of contributions: read, hide, show, answer, join, move."""

from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from stamtafel.dossier.actions.follow import correct, object_to_hiding
from stamtafel.dossier.actions.moderate import hide
from stamtafel.dossier.actions.react import react
from stamtafel.dossier.actions.seen import version_of
from stamtafel.dossier.models import Contribution, Highlight, State, Step
from stamtafel.dossier.queries.public import visible
from stamtafel.people.models import StaffMember
from stamtafel.people.rules import Role
from tests import builders
from tests.builders import NOW
from tests.people.builders import signed_in

pytestmark = pytest.mark.django_db
Press = Callable[..., HttpResponse]


@pytest.fixture
def boss(client: Client) -> StaffMember:
    builders.municipality()
    staff = builders.staff(Role.ADMINISTRATOR, name="Ruud")
    signed_in(client, staff)
    return staff


@pytest.fixture
def press(client: Client, boss: StaffMember) -> Press:
    """Press a button of a contribution."""

    def do(name: str, one: Contribution, **form: object) -> HttpResponse:
        if name in {"show", "hide"}:
            form.setdefault("seen", version_of(Contribution.objects.get(pk=one.pk)))
        return client.post(reverse(f"desk:contribution_{name}", kwargs={"pk": one.pk}), form)

    return do


def page(client: Client, one: Contribution) -> str:
    answer = client.get(reverse("desk:contribution", kwargs={"pk": one.pk}))
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_list_costs_the_same_for_three_and_thirty(
    client: Client, boss: StaffMember, django_assert_num_queries
) -> None:
    topic, area = builders.topic(), builders.area()
    client.get(reverse("desk:contributions"))  # the municipality is remembered from here on
    for many in (3, 27):
        for _number in range(many):
            builders.contribution(topic=topic, area=area)
        with django_assert_num_queries(12):
            client.get(reverse("desk:contributions"))


def test_a_page_costs_the_same_for_three_and_thirty_reactions(
    client: Client, boss: StaffMember, django_assert_num_queries
) -> None:
    one = builders.contribution(topic=builders.topic())
    page(client, one)
    for many in (3, 27):
        for number in range(many):
            react(contribution=one, text=f"Eens {many} {number}", device="a", now=NOW)
            builders.contribution(state=State.MERGED, merged_into=one)
        with django_assert_num_queries(17):
            page(client, one)


def test_the_empty_desk_says_what_will_be_here(client: Client, boss: StaffMember) -> None:
    for query, words in (
        ("", "Nog niemand schreef iets"),
        ("?box=hidden", "Hier wacht niets"),
        ("?text=bus", "Toon alles"),
    ):
        assert words in client.get(reverse("desk:contributions") + query).content.decode()


def test_personal_data_is_marked_with_what_everybody_reads(client: Client, boss: StaffMember) -> None:
    one = builders.contribution("Bel <b>mij</b> op 06-12345678.", public_text="Bel mij op [telefoonnummer].")
    html = page(client, one)
    assert "06-12345678<span" in html
    assert "(telefoonnummer)" in html
    assert "[telefoonnummer]" in html
    assert "&lt;b&gt;mij" in html


def test_hiding_from_the_page_with_a_way_back(client: Client, press: Press) -> None:
    one = builders.contribution(author=builders.resident())
    assert press("hide", one, rule="threat", reason="").status_code == 302
    html = page(client, one)
    assert "Toon het weer" in html
    assert 'class="st-undo"' in html
    assert 'class="st-undo"' not in page(client, one)
    press("show", one)
    assert visible().filter(pk=one.pk).exists()


def test_without_a_reason_the_form_comes_back(client: Client, press: Press) -> None:
    one = builders.contribution()
    answer = press("hide", one, rule="", reason=" ")
    assert answer.status_code == 422
    assert "Schrijf de reden" in answer.content.decode()
    assert visible().filter(pk=one.pk).exists()


def test_reading_answering_and_what_was_done(client: Client, press: Press) -> None:
    one = builders.contribution(author=builders.resident())
    for _time in range(2):
        press("read", one)
    wrong = press("answer", one, outcome="answered", text="")
    assert wrong.status_code == 422
    assert press("answer", one, outcome="nonsense", text="Ja.").status_code == 422
    assert press("done", one, text="Staat er.").status_code == 422
    for _time in range(2):
        assert press("answer", one, outcome="answered", text="Het **komt**.").status_code == 302
    assert "<strong>komt</strong>" in page(client, one)
    press("done", one, text="Staat er.")
    assert list(Step.objects.order_by("id").values_list("kind", flat=True)) == ["read", "answered", "done"]


def test_joining_side_by_side_and_undoing(client: Client, press: Press) -> None:
    one, other = builders.contribution("Een bankje."), builders.contribution("Een bank.")
    both = client.get(reverse("desk:contribution_compare", kwargs={"pk": one.pk, "other": other.pk})).content.decode()
    assert "Een bankje." in both
    assert "Een bank." in both
    assert press("join", one, into="x").status_code == 422
    press("join", one, into=other.pk)
    assert "Samengevoegd met een andere" in page(client, one)
    assert "Samengevoegd met deze" in page(client, other)
    press("unjoin", one)
    assert set(visible()) == {one, other}


def test_moving_and_taking_it_back(client: Client, press: Press) -> None:
    old, new, area = builders.topic("Oud"), builders.topic("Nieuw"), builders.area()
    one = builders.contribution(topic=old)
    press("move", one, topic=new.slug, area=area.code)
    one.refresh_from_db()
    assert (one.topic, one.area) == (new, area)
    undo = (
        page(client, one).partition('class="st-undo" method="post" action="')[2].partition('"')[0].replace("&amp;", "&")
    )
    client.post(undo)
    one.refresh_from_db()
    assert (one.topic, one.area) == (old, None)


def test_a_move_to_what_is_not_there_is_refused_and_changes_nothing(client: Client, press: Press) -> None:
    topic, area = builders.topic("Oud"), builders.area()
    one = builders.contribution(topic=topic, area=area)
    for wanted in (
        {"topic": "weg", "area": area.code}, {"topic": topic.slug, "area": "BU00000000"}, {"topic": topic.slug}, {},
    ):  # fmt: skip
        refused = press("move", one, **wanted)
        assert refused.status_code == 422, wanted
        assert "Kies een ander" in refused.content.decode(), wanted
        one.refresh_from_db()
        assert (one.topic, one.area) == (topic, area), wanted
    press("move", one, topic="", area="")  # none on purpose
    one.refresh_from_db()
    assert (one.topic, one.area) == (None, None)


def test_words_for_the_page_of_the_subject(press: Press) -> None:
    loose, one = builders.contribution(), builders.contribution(topic=builders.topic())
    assert press("highlight", loose, words="x").status_code == 422
    assert press("highlight", one, words="Bel 06-12345678").status_code == 422
    press("highlight", one, words="Het is er donker.", reply="Dat klopt.")
    assert Highlight.objects.get().text == "Het is er donker."


def test_an_objection_waits_for_somebody_else(client: Client, boss: StaffMember) -> None:
    one = builders.contribution(author=builders.resident())
    made = hide(contribution=one, reason="Een naam.", actor=boss, now=NOW)
    object_to_hiding(contribution=one, text="Mijn eigen naam!", now=NOW)
    address = reverse("desk:objection_settle", kwargs={"pk": made.pk})
    assert "U verborg dit zelf" in page(client, one)
    assert client.post(address, {"do": "show", "settlement": "Goed."}).status_code == 422
    colleague = signed_in(Client(), builders.staff(Role.MODERATOR))
    assert "Mijn eigen naam!" in page(colleague, one)
    assert colleague.post(address, {"do": "show", "settlement": ""}).status_code == 422
    right = {"do": "show", "settlement": "U hebt gelijk.", "seen": version_of(one)}
    assert colleague.post(address, {**right, "seen": ""}).status_code == 422
    assert not visible().exists()
    assert colleague.post(address, right).status_code == 302
    assert visible().filter(pk=one.pk).exists()


def test_reactions_are_hidden_and_shown(client: Client, boss: StaffMember) -> None:
    one = builders.contribution()
    reaction = react(contribution=one, text="Onzin.", device="a", now=NOW).reaction
    address = reverse("desk:reaction_hide", kwargs={"pk": reaction.pk})
    assert client.post(address, {"rule": "", "reason": ""}).status_code == 422
    client.post(address, {"rule": "insult", "reason": ""})
    reaction.refresh_from_db()
    assert reaction.published_at is None
    assert "Uw tekst beledigt" in page(client, one)
    client.post(reverse("desk:reaction_show", kwargs={"pk": reaction.pk}))
    reaction.refresh_from_db()
    assert reaction.published_at is not None


@pytest.mark.parametrize("state", State.values)
def test_every_state_has_a_page(client: Client, boss: StaffMember, state: str) -> None:
    into = builders.contribution() if state == State.MERGED else None
    assert page(client, builders.contribution(state=state, merged_into=into))


def test_what_was_erased_and_what_waits_have_a_page(client: Client, boss: StaffMember) -> None:
    erased = builders.contribution("", state=State.WITHDRAWN, erased_at=NOW)
    assert "wiste" in page(client, erased) or "gewist" in page(client, erased)
    assert "Niemand kan dit nog lezen" in page(client, builders.contribution(published_at=None))


def test_who_only_reads_gets_no_buttons(client: Client) -> None:
    builders.municipality()
    signed_in(client, builders.staff(Role.ANALYST))
    html = page(client, builders.contribution(topic=builders.topic()))
    assert "/verberg/" not in html
    assert "/antwoord/" not in html


def test_what_the_old_platform_did_not_show_can_be_shown_from_its_page(client: Client, press: Press) -> None:
    one = builders.contribution(state=State.HIDDEN, published_at=None, source="table", source_id="1")
    html = page(client, one)
    assert "Het oude platform toonde dit ook niet" in html
    assert f'action="{reverse("desk:contribution_show", kwargs={"pk": one.pk})}"' in html
    press("show", one)
    assert visible().filter(pk=one.pk).exists()
    assert "Het oude platform" not in page(client, one)


def test_what_changed_while_the_page_was_open_is_read_again_first(client: Client, press: Press) -> None:
    one = builders.contribution("Een bankje.", published_at=None)
    field = 'name="seen" value="'
    read = page(client, one).partition(field)[2].partition('"')[0]
    assert read == version_of(one)
    correct(contribution=one, text="Koop pillen.", now=NOW)
    for name, form in (("show", {}), ("hide", {"rule": "insult"})):
        refused = press(name, one, seen=read, **form)
        assert refused.status_code == 422, name
        html = refused.content.decode()
        assert "De tekst veranderde terwijl u las" in html, name
        assert "Koop pillen." in html, name
    assert not visible().exists()
    assert press("show", one, seen=html.partition(field)[2].partition('"')[0]).status_code == 302
    assert visible().get().text == "Koop pillen."


def test_the_way_back_from_hiding_shows_no_other_words(client: Client, press: Press) -> None:
    one = builders.contribution("Een bankje.")
    press("hide", one, rule="insult")
    undo = page(client, one).partition('class="st-undo" method="post" action="')[2].partition('"')[0]
    correct(contribution=one, text="Koop pillen.", now=NOW)
    assert client.post(undo.replace("&amp;", "&")).status_code == 422
    assert not visible().exists()
