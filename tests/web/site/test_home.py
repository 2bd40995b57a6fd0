"""The home page: five questions, few queries, nothing that is not public."""

from datetime import timedelta

import pytest
from django.test import Client

from stamtafel.announce.models import Announcement
from stamtafel.dossier.models import State
from stamtafel.dossier.queries.figures import forget_figures
from stamtafel.places.queries import forget_municipality
from tests.builders import NOW, contribution, municipality, topic
from tests.dossier.builders import answer, decision
from tests.outreach.builders import session

pytestmark = pytest.mark.django_db
FUTURE = NOW + timedelta(days=3650)


@pytest.fixture(autouse=True)
def _counted_afresh() -> None:
    forget_figures()
    municipality(tagline_nl="Zeg wat u ziet.")
    forget_municipality()


def fill(number: int) -> None:
    for each in range(number):
        Announcement.objects.create(
            slug=f"bericht-{each}-{number}", title=f"Bericht {each}", state="published", published_at=NOW
        )
        topic(f"Onderwerp {each}", question="Wat vindt u?", open_until=FUTURE)
        answer(decision(f"Besluit {each}"))
        session(starts_at=FUTURE + timedelta(days=each))


def test_an_empty_town_says_what_will_be_here(client: Client) -> None:
    page = client.get("/").content.decode()
    for words in (
        "Zeg wat u ziet.",
        "Wat is er nieuw?",
        "Hier leest u straks",
        "geen vraag",
        "Hier ziet u straks",
        "Kies mijn buurt",
        "geen tafel",
    ):
        assert words in page


def test_the_five_questions_stand_in_their_order(client: Client) -> None:
    fill(3)
    page = client.get("/").content.decode()
    places = [page.index(f'id="{name}"') for name in ("nieuw", "meedoen", "gedaan", "buurt", "vind-ons")]
    assert places == sorted(places)
    assert page.index("/zeg-het-ons/") < page.index("/buurten/") < places[0]


@pytest.mark.parametrize("number", [3, 30])
def test_five_queries_whatever_there_is(client: Client, django_assert_num_queries: object, number: int) -> None:
    fill(number)
    client.get("/")
    with django_assert_num_queries(6):  # type: ignore[operator] # the sixth: there is no map yet in this test
        assert client.get("/").status_code == 200


def test_what_is_hidden_is_not_held_up_as_an_answer(client: Client) -> None:
    found = decision()
    answer(
        found, text="Dit antwoord ziet niemand.", contribution=contribution("weg", state=State.HIDDEN, support_count=99)
    )
    answer(found, text="Dit antwoord ziet iedereen.")
    page = client.get("/").content.decode()
    assert "Dit antwoord ziet iedereen." in page
    assert "Dit antwoord ziet niemand." not in page


def test_what_residents_wrote_is_escaped(client: Client) -> None:
    answer(decision(), said={"title": "<script>alert(1)</script>"})
    page = client.get("/").content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page


def test_anybody_may_share_a_copy_and_english_is_english(client: Client) -> None:
    response = client.get("/en/")
    assert response.headers["Cache-Control"].startswith("public, max-age=1")
    assert "What can you take part in now?" in response.content.decode()
    assert not response.cookies
