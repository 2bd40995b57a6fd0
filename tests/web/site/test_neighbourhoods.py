"""In mijn buurt."""

from typing import Any

import pytest
from django.test import Client

from stamtafel.announce.models import Announcement
from stamtafel.places.actions import draw_map
from stamtafel.places.models import KeyFigure
from tests.builders import NOW, area, contribution, municipality
from tests.outreach.builders import session, venue

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _town() -> None:
    municipality()


def test_choose_by_map_and_list(client: Client) -> None:
    here = area("Molenwijk")
    draw_map()
    page = client.get("/buurten/").content.decode()
    assert page.count(f"/buurten/{here.code}/") >= 2
    assert "<svg" in page


def test_a_postcode_of_one_neighbourhood_goes_there(client: Client) -> None:
    here = area(postcode4="3953")
    for text in ("3953", "3953 ab", " 3953AB "):
        response = client.get("/buurten/", {"postcode": text})
        assert response.headers["Location"] == f"/buurten/{here.code}/"


def test_several_neighbourhoods_are_offered(client: Client) -> None:
    area("Molenwijk", postcode4="3953")
    area("Lindehof", postcode4="3953")
    page = client.get("/buurten/", {"postcode": "3953"}).content.decode()
    assert "Welke is van u?" in page


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("9999", "geen buurt met deze postcode"),
        ("hallo", "kennen deze postcode niet"),
        ("", "kennen deze postcode niet"),
        ("\x00<b>", "kennen deze postcode niet"),
    ],
)
def test_no_neighbourhood_is_said_kindly(client: Client, text: str, words: str) -> None:
    area(postcode4="3953")
    response = client.get("/buurten/", {"postcode": text})
    assert response.status_code == 422
    assert words in response.content.decode()
    assert "<b>" not in response.content.decode()


def test_before_areas_came_in(client: Client) -> None:
    assert "Hier komen de buurten" in client.get("/buurten/").content.decode()


def fill(here: Any, number: int) -> None:
    for each in range(number):
        contribution(f"Idee {each}", area=here)
        Announcement.objects.create(
            slug=f"b{each}", title=f"Nieuws {each}", state="published", published_at=NOW
        ).areas.add(here)
        session(venue=venue(area=here))


@pytest.mark.parametrize("number", [3, 30])
def test_the_page_costs_the_same_for_3_and_for_30(
    client: Client, django_assert_num_queries: object, number: int
) -> None:
    here = area()
    draw_map()
    fill(here, number)
    client.get(f"/buurten/{here.code}/")
    with django_assert_num_queries(8):  # type: ignore[operator]
        assert client.get(f"/buurten/{here.code}/").status_code == 200


def test_what_is_withheld_is_unknown_and_not_zero(client: Client) -> None:
    here = area("Molenwijk")
    KeyFigure.objects.create(area=here, year=2023, name="inwoners", value=1)
    KeyFigure.objects.create(area=here, year=2024, name="inwoners", value=3860)
    KeyFigure.objects.create(area=here, year=2024, name="huishoudens", value=None)
    page = client.get(f"/buurten/{here.code}/").content.decode()
    assert "3.860" in page
    assert "onbekend" in page
    assert "2024" in page
    assert "2023" not in page


def test_an_empty_neighbourhood_invites(client: Client) -> None:
    here = area()
    page = client.get(f"/buurten/{here.code}/").content.decode()
    for words in ("Wilt u de eerste zijn?", "nog geen cijfers", f"buurt={here.code}"):
        assert words in page


def test_the_block_for_the_home_page_is_a_fragment(client: Client) -> None:
    here = area("Molenwijk")
    fill(here, 4)
    response = client.get(f"/buurten/{here.code}/blok/")
    page = response.content.decode()
    assert "<html" not in page
    assert "Molenwijk" in page
    assert page.count("/bijdragen/") == 3
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert client.get("/buurten/BU00000000/blok/").status_code == 404
