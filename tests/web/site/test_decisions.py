"""U zei, wij deden."""

import pytest
from django.test import Client

from stamtafel.dossier.models import Outcome
from stamtafel.dossier.queries.figures import forget_figures
from tests.builders import NOW, municipality
from tests.dossier.builders import answer, decision

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _counted_afresh() -> None:
    forget_figures()
    municipality()


@pytest.mark.parametrize("number", [3, 30])
def test_the_list_costs_the_same_for_3_and_for_30(
    client: Client, django_assert_num_queries: object, number: int
) -> None:
    for each in range(number):
        answer(decision(f"Besluit {each}"))
    client.get("/besluiten/")
    with django_assert_num_queries(2):  # type: ignore[operator]
        assert client.get("/besluiten/").status_code == 200


@pytest.mark.parametrize("number", [3, 30])
def test_a_decision_costs_the_same_for_3_and_for_30(
    client: Client, django_assert_num_queries: object, number: int
) -> None:
    found = decision()
    for _each in range(number):
        answer(found)
    client.get("/besluiten/")
    with django_assert_num_queries(3):  # type: ignore[operator]
        assert client.get(f"/besluiten/{found.slug}/").status_code == 200


def test_side_by_side_with_numbers_voices_and_who_was_not_heard(client: Client) -> None:
    found = decision(done="Er komen banken.", not_done="Een dak is te duur.", not_heard="Niemand met een rolstoel.")
    answer(found, Outcome.USED, text="Ja, want u had gelijk.", said={"voices": 4})
    answer(found, Outcome.NOT_USED, text="Nee, want het is te duur.")
    page = client.get(f"/besluiten/{found.slug}/").content.decode()
    for words in ("2 bijdragen", "namens 5 mensen", "Er komen banken.", "Een dak is te duur.", "Niemand met een rolstoel.",
                  "Ja, want u had gelijk.", "Nee, want het is te duur.", "Niet gebruikt"):  # fmt: skip
        assert words in page


def test_an_empty_list_and_a_bare_decision_say_what_is_missing(client: Client) -> None:
    assert "Nog geen besluiten" in client.get("/besluiten/").content.decode()
    page = client.get(f"/besluiten/{decision().slug}/").content.decode()
    assert "Niemand zei hier vooraf iets over." in page
    assert "Mist u iemand?" in page


def test_drafts_are_not_found(client: Client) -> None:
    draft = decision(published_at=None)
    assert client.get(f"/besluiten/{draft.slug}/").status_code == 404
    assert decision(published_at=NOW).title in client.get("/besluiten/").content.decode()


def test_more_answers_on_the_next_page(client: Client) -> None:
    found = decision()
    for each in range(25):
        answer(found, text=f"Antwoord {each}.")
    page = client.get(f"/besluiten/{found.slug}/").content.decode()
    assert page.count("<h3><a") == 20
    address = page.split('rel="next"')[0].rsplit('href="', 1)[1].split("#")[0]
    assert client.get(address).content.decode().count("<h3><a") == 5
