"""The dossier reads like a newspaper file."""

from datetime import timedelta

import pytest
from django.test import Client

from stamtafel.announce.models import Announcement
from stamtafel.dossier.models import Document, Highlight
from stamtafel.dossier.queries.figures import forget_figures
from tests.builders import NOW, contribution, municipality, topic
from tests.dossier.builders import decision

pytestmark = pytest.mark.django_db
FUTURE = NOW + timedelta(days=3650)


@pytest.fixture(autouse=True)
def _counted_afresh() -> None:
    forget_figures()
    municipality()


def test_open_questions_come_first_and_closed_topics_stay(client: Client) -> None:
    topic("Zwembad", question="Welk uur zwemt u?", open_until=FUTURE)
    topic("Afval")
    topic("Rotonde", archived=True)
    page = client.get("/onderwerpen/").content.decode()
    places = [
        page.index(words)
        for words in ("Dit vragen wij u nu", "Welk uur zwemt u?", "Hier werken we ook aan", "Afval", "Klaar", "Rotonde")
    ]
    assert places == sorted(places)


def test_no_topics_yet(client: Client) -> None:
    assert "Nog geen onderwerpen" in client.get("/onderwerpen/").content.decode()


@pytest.mark.parametrize("number", [3, 30])
def test_the_list_costs_the_same_for_3_and_for_30(
    client: Client, django_assert_num_queries: object, number: int
) -> None:
    for each in range(number):
        topic(f"Onderwerp {each}", question="Wat?" if each % 2 else "", open_until=FUTURE)
    client.get("/onderwerpen/")
    with django_assert_num_queries(2):  # type: ignore[operator]
        client.get("/onderwerpen/")


@pytest.mark.parametrize("number", [3, 30])
def test_the_dossier_costs_the_same_for_3_and_for_30(
    client: Client, django_assert_num_queries: object, number: int
) -> None:
    plein = topic(slug="plein")
    for each in range(number):
        contribution(f"Idee {each}", topic=plein, published_at=NOW - timedelta(days=each))
        decision(about=plein, published_at=NOW - timedelta(days=each))
        Highlight.objects.create(topic=plein, text="Mooi", at=NOW)
        Document.objects.create(
            topic=plein, title="Schets", url="https://voorbeeld.example/schets.pdf", published_at=NOW
        )
        Announcement.objects.create(slug=f"b{each}", title="Nieuws", state="published", published_at=NOW).topics.add(
            plein
        )
    client.get("/onderwerpen/plein/")
    with django_assert_num_queries(7):  # type: ignore[operator]
        assert client.get("/onderwerpen/plein/").status_code == 200


def test_everything_that_happened_stands_in_one_line_of_time(client: Client) -> None:
    plein = topic(
        slug="plein",
        question="Wat wilt u hier?",
        open_until=FUTURE,
        decides="De **raad** beslist.",
        is_fixed="De bus blijft.",
    )
    for each in range(4):
        contribution(f"Idee nummer {each}", topic=plein, support_count=each)
    decision("De raad kiest", about=plein, published_at=NOW - timedelta(days=8), not_done="Een dak is te duur.")
    page = client.get("/onderwerpen/plein/").content.decode()
    assert "onderwerp=plein" in page
    assert "<strong>raad</strong>" in page
    assert page.index("Wat wilt u hier?") < page.index("4 bijdragen in één week") < page.index("De raad kiest")
    assert "Idee nummer 3" in page
    assert "Idee nummer 0" not in page
    assert "Een dak is te duur." in page


def test_older_pages_hold_the_rest(client: Client) -> None:
    plein = topic(slug="plein", question="Wat wilt u hier?", open_until=FUTURE)
    for each in range(40):
        contribution(f"Idee nummer {each} eind", topic=plein, published_at=NOW - timedelta(days=each * 7))
    address, seen = "/onderwerpen/plein/", set()
    for _page in range(10):
        page = client.get(address).content.decode()
        seen |= {each for each in range(40) if f"Idee nummer {each} eind" in page}
        if 'rel="next"' not in page:
            break
        address = page.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert seen == set(range(40))


@pytest.mark.parametrize("after", ["niets", "2026-13-45", "2026-01-01", "\x00", "9" * 500])
def test_a_made_up_place_in_time_gives_the_first_page(client: Client, after: str) -> None:
    topic(slug="plein", stands="Er ligt een schets.")
    response = client.get("/onderwerpen/plein/", {"na": after})
    assert response.status_code == 200
    assert "Er ligt een schets." in response.content.decode()


def test_an_unknown_topic_is_a_kind_404(client: Client) -> None:
    response = client.get("/onderwerpen/bestaat-niet/")
    assert response.status_code == 404
    assert "Wij vinden deze pagina niet" in response.content.decode()
