"""The follow page: everything with the code, nothing without it."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from stamtafel.dossier.actions.merge import merge
from stamtafel.dossier.actions.moderate import show
from stamtafel.dossier.actions.submit import submit_contribution
from stamtafel.dossier.models import Answer, Contribution, Kind, Moderation, Outcome, State, Step, StepKind
from stamtafel.inbox.models import Conversation, Message
from stamtafel.people import flood
from tests.builders import NOW, contribution, municipality, topic
from tests.dossier.actions.test_submit import photo

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _town() -> None:
    municipality()
    flood.forget()


@pytest.fixture
def mine() -> Any:
    return submit_contribution(kind=Kind.IDEA, text="Een speelplek. Bel 0612345678.", photo=photo(), now=NOW)


def text_of(response: Any) -> str:
    return unescape(response.content.decode())


def test_the_code_may_be_typed_in_any_way(client: Client, mine: Any) -> None:
    typed = mine.code.lower().replace("-", " ")
    response = client.post("/volg/", {"code": typed})
    assert (response.status_code, response.headers["Location"]) == (302, f"/volg/{mine.code}/")
    assert client.get(f"/volg/{mine.code.lower()}/").status_code == 200


@pytest.mark.parametrize("typed", ["", "LIND-0000-0000", "hallo", "x" * 100, "é", "\x00"])
def test_a_wrong_code_is_explained(client: Client, mine: Any, typed: str) -> None:
    response = client.post("/volg/", {"code": typed})
    assert response.status_code == 422
    assert "code" in text_of(response)


def test_an_address_with_a_wrong_code_shows_nothing(client: Client, mine: Any) -> None:
    for rest in ("", "aanvullen/", "verbeteren/", "intrekken/", "wissen/", "bezwaar/", "foto/"):
        for response in (client.get(f"/volg/LIND-0000-0000/{rest}"), client.post(f"/volg/LIND-0000-0000/{rest}")):
            assert response.status_code in {404, 405}
            assert b"speelplek" not in response.content
    assert Contribution.objects.get().state == State.RECEIVED


def test_no_page_is_kept_or_tells_its_address(client: Client, mine: Any) -> None:
    for rest in ("", "verbeteren/", "intrekken/", "wissen/", "foto/"):
        response = client.get(f"/volg/{mine.code}/{rest}")
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Referrer-Policy"] == "no-referrer"


def test_guessing_is_slowed_down(client: Client, mine: Any) -> None:
    statuses = [client.post("/volg/", {"code": "LIND-0000-0000"}).status_code for _ in range(62)]
    assert statuses.count(429) == 2
    assert client.get(f"/volg/{mine.code}/").status_code == 429
    assert client.get(f"/volg/{mine.code}/", headers={}, REMOTE_ADDR="192.0.2.9").status_code == 200


def test_it_shows_what_was_said_and_what_happened(client: Client, mine: Any) -> None:
    kept = mine.contribution
    Step.objects.create(contribution=kept, kind=StepKind.READ, at=NOW)
    talk = Conversation.objects.create(contribution=kept, subject="x", opened_at=NOW, last_message_at=NOW)
    for direction, words in (
        ("in", "Een speelplek."),
        ("out", "Waar precies?"),
        ("note", "Lastige man"),
        ("in", "Bij de kerk."),
    ):
        Message.objects.create(conversation=talk, direction=direction, text=words, at=NOW)
    Answer.objects.create(contribution=kept, outcome=Outcome.PARTLY, text="Er komt een **wip**.", published_at=NOW)
    Answer.objects.create(contribution=kept, outcome=Outcome.USED, text="Nog een ontwerp")
    page = text_of(client.get(f"/volg/{mine.code}/"))
    for shown in (
        "0612345678",
        "Waar precies?",
        "Bij de kerk.",
        "<strong>wip</strong>",
        "Deels gebruikt",
        "Iemand las uw bijdrage",
    ):
        assert shown in page
    assert "Lastige man" not in page
    assert "Nog een ontwerp" not in page


def test_adding_twice_adds_once(client: Client, mine: Any) -> None:
    for _ in range(2):
        response = client.post(f"/volg/{mine.code}/aanvullen/", {"text": "Met schaduw graag."})
        assert response.headers["Location"] == f"/volg/{mine.code}/?gedaan=aangevuld"
    assert Step.objects.filter(kind=StepKind.ADDED).count() == 1
    assert "Wij lezen wat u" in text_of(client.get(response.headers["Location"]))


def test_adding_nothing_is_explained(client: Client, mine: Any) -> None:
    response = client.post(f"/volg/{mine.code}/aanvullen/", {"text": " "})
    assert response.status_code == 422
    assert "Schrijf eerst iets op" in text_of(response)


def test_correcting(client: Client, mine: Any) -> None:
    assert "Bel 0612345678" in text_of(client.get(f"/volg/{mine.code}/verbeteren/"))
    client.post(f"/volg/{mine.code}/verbeteren/", {"text": "Een waterspeelplaats."})
    assert "Een waterspeelplaats." in text_of(client.get(f"/bijdragen/{mine.contribution.pk}/"))


def test_new_words_are_read_before_they_are_shown_where_staff_read_first(client: Client, mine: Any) -> None:
    kept = mine.contribution
    Contribution.objects.update(topic=topic(moderation="before"))
    done = client.post(f"/volg/{mine.code}/verbeteren/", {"text": "Koop pillen."})
    page = text_of(client.get(done.headers["Location"]))
    assert "Wij lezen die eerst" in page
    assert "Uw nieuwe tekst staat op de site" not in page
    gone = client.get(f"/bijdragen/{kept.pk}/")
    assert gone.status_code == 404
    assert "staat nu even niet op de site" in text_of(gone)
    for address in (f"/bijdragen/{kept.pk}/", "/bijdragen/", "/bijdragen/?q=pillen", "/"):
        assert "Koop" not in text_of(client.get(address))
    show(contribution=kept, actor=None, now=NOW)
    assert "Koop pillen." in text_of(client.get(f"/bijdragen/{kept.pk}/"))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Uw nieuwe tekst staat op de site"),
        ({"state": State.HIDDEN}, "Die staat niet op de site"),
        ({"published_at": None}, "Wij lezen die eerst"),
    ],
)
def test_after_correcting_it_says_where_the_words_are(
    client: Client, mine: Any, fields: dict[str, Any], sentence: str
) -> None:
    Contribution.objects.update(**fields)
    done = client.post(f"/volg/{mine.code}/verbeteren/", {"text": "Andere woorden."})
    alert = text_of(client.get(done.headers["Location"])).partition('role="status"')[2]
    assert sentence in alert.partition("</p>")[0]


@pytest.mark.parametrize(
    ("where", "button"),
    [("verbeteren", "verberg dit op de site"), ("aanvullen", "Verstuur het zoals het is")],
)
def test_personal_data_is_pointed_out_before_it_is_kept(client: Client, mine: Any, where: str, button: str) -> None:
    words = {"text": "Bel mij op 06-87654321."}
    asked = client.post(f"/volg/{mine.code}/{where}/", words)
    page = text_of(asked)
    assert asked.status_code == 422
    assert "<mark>06-87654321</mark>" in page
    assert button in page
    assert "87654321" not in str(list(Step.objects.values()) + list(Contribution.objects.values()))
    assert client.post(f"/volg/{mine.code}/{where}/", {**words, "toch": "1"}).status_code == 302
    assert "87654321" in str(list(Step.objects.values()) + list(Contribution.objects.values()))
    assert "87654321" not in Contribution.objects.get().public_text


def test_the_forms_of_a_hidden_one_do_not_share_a_name(client: Client, mine: Any) -> None:
    Contribution.objects.update(state=State.HIDDEN)
    Moderation.objects.create(contribution=mine.contribution, hide=True, reason="Dit noemt een buurman.", at=NOW)
    ids = re.findall(r' id="([^"]+)"', text_of(client.get(f"/volg/{mine.code}/")))
    assert len(ids) == len(set(ids))


def test_who_was_joined_is_found_again_when_the_other_is_erased(client: Client, mine: Any) -> None:
    one = contribution("Nog een speelplek.")
    merge(double=one, into=mine.contribution, actor=None, now=NOW)
    client.post(f"/volg/{mine.code}/wissen/")
    shown = client.get(f"/bijdragen/{one.pk}/")
    assert shown.status_code == 200
    assert "Nog een speelplek." in text_of(shown)


def test_an_answered_text_can_not_be_changed(client: Client, mine: Any) -> None:
    Contribution.objects.update(state=State.ANSWERED)
    response = client.post(f"/volg/{mine.code}/verbeteren/", {"text": "Iets anders."})
    assert response.status_code == 422
    assert Contribution.objects.get().text.startswith("Een speelplek")


def test_withdrawing_and_erasing_ask_once_more(client: Client, mine: Any) -> None:
    for rest, done, field in (("intrekken/", "ingetrokken", "state"), ("wissen/", "gewist", "erased_at")):
        before = Contribution.objects.values_list(field, flat=True).get()
        client.get(f"/volg/{mine.code}/{rest}")
        assert Contribution.objects.values_list(field, flat=True).get() == before
        response = client.post(f"/volg/{mine.code}/{rest}")
        assert response.headers["Location"].endswith(f"?gedaan={done}")
        assert client.get(response.headers["Location"]).status_code == 200
        assert client.post(f"/volg/{mine.code}/{rest}").status_code == 302
    gone = client.get(f"/bijdragen/{mine.contribution.pk}/")
    assert gone.status_code == 410
    assert "speelplek" not in text_of(gone) + text_of(client.get(f"/volg/{mine.code}/"))
    assert client.get(f"/volg/{mine.code}/foto/").status_code == 404


def test_a_form_without_an_origin_is_taken(client: Client, mine: Any) -> None:
    response = client.post(f"/volg/{mine.code}/aanvullen/", {"text": "Iets."}, headers={"origin": "null"})
    assert response.status_code == 302


def test_hiding_is_explained_and_can_be_objected_to(client: Client, mine: Any) -> None:
    Contribution.objects.update(state=State.HIDDEN)
    Moderation.objects.create(contribution=mine.contribution, hide=True, reason="Dit noemt een buurman.", at=NOW)
    page = text_of(client.get(f"/volg/{mine.code}/"))
    assert "Dit noemt een buurman." in page
    response = client.post(f"/volg/{mine.code}/bezwaar/", {"text": "Welnee."})
    assert "maakte op" in text_of(client.get(response.headers["Location"]))
    assert client.post(f"/volg/{mine.code}/bezwaar/", {"text": ""}).status_code == 422


def test_every_state_has_its_page(client: Client, mine: Any) -> None:
    other = contribution()
    for state in State.values:
        Contribution.objects.filter(pk=mine.contribution.pk).update(
            state=state, merged_into=other if state == State.MERGED else None
        )
        assert client.get(f"/volg/{mine.code}/").status_code == 200
        assert client.get(f"/en/volg/{mine.code}/").status_code == 200
