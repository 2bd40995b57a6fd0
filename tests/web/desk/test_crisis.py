"""The page of the crisis stop."""

import re
from pathlib import Path

import pytest
from django.test import Client

from stamtafel.channels.jobs import send_due
from stamtafel.channels.models import Delivery, Standstill
from stamtafel.people.actions.municipality import change_crisis_message
from stamtafel.people.queries import Forbidden
from stamtafel.people.rules import Role
from stamtafel.places.models import Municipality
from tests.builders import NOW, municipality, staff
from tests.channels.builders import demo_account, mail, post
from tests.people.builders import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    municipality()
    return signed_in(client, staff(Role.EDITOR, name="Anna"))


def words(client: Client) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", client.get("/desk/crisis/").content.decode()).split())


def test_one_button_stops_and_another_goes_on(desk: Client, tmp_path: Path) -> None:
    row = post(demo_account(tmp_path))
    assert desk.post("/desk/crisis/stop/", {"do": "stop", "reason": "Brand op het plein"}).status_code == 302
    assert send_due(NOW) == 0
    page = words(desk)
    assert "Alles staat stil" in page
    assert "Brand op het plein" in page
    assert "Anna drukte op de knop" in page
    assert "1 ding wacht" in page
    again = desk.post("/desk/crisis/stop/", {"do": "stop", "reason": "Nog eens"})
    assert again.status_code == 422
    assert desk.post("/desk/crisis/stop/", {"do": "resume"}).status_code == 302
    assert send_due(NOW) == 1
    page = words(desk)
    assert "Stop alles wat naar buiten gaat" in page
    assert Standstill.objects.get().ended_by is not None
    assert Delivery.objects.get(pk=row.pk).state == "done"


def test_a_reason_is_asked_and_what_was_typed_stays(desk: Client) -> None:
    answer = desk.post("/desk/crisis/stop/", {"do": "stop", "reason": " "})
    assert answer.status_code == 422
    assert "Schrijf waarom alles stopt" in answer.content.decode()
    assert desk.post("/desk/crisis/stop/", {"do": "dance"}).status_code == 404


def test_one_thing_is_let_through(desk: Client, tmp_path: Path) -> None:
    account = demo_account(tmp_path)
    first, second = post(account, subject="Eerste"), post(account, subject="Tweede")
    desk.post("/desk/crisis/stop/", {"do": "stop", "reason": "Brand"})
    assert desk.post(f"/desk/crisis/{second.pk}/doorlaten/").status_code == 302
    assert "Mag weg" in words(desk)
    send_due(NOW)
    states = dict(Delivery.objects.values_list("pk", "state"))
    assert states == {first.pk: "waiting", second.pk: "done"}
    assert desk.post(f"/desk/crisis/{second.pk}/doorlaten/").status_code == 422


def test_it_shows_what_left_with_a_link_and_nobodys_address(desk: Client, tmp_path: Path) -> None:
    post(demo_account(tmp_path), subject="Al weg")
    mail("fatima@voorbeeld.example")
    later = NOW.replace(year=NOW.year + 20)
    send_due(later)
    page = desk.get("/desk/crisis/").content.decode()
    assert "Al weg" in page
    assert "https://demo.example/posts/1" in page
    assert "fatima" not in page


def test_the_message_is_on_the_site_and_comes_off(desk: Client) -> None:
    assert desk.post("/desk/crisis/bericht/", {"crisis_nl": "Houd ramen dicht.", "crisis_en": ""}).status_code == 302
    assert Municipality.objects.get().crisis_nl == "Houd ramen dicht."
    assert "Houd ramen dicht." in desk.get("/desk/crisis/").content.decode()
    desk.post("/desk/crisis/bericht/", {"crisis_nl": "", "crisis_en": ""})
    assert Municipality.objects.get().crisis_nl == ""
    assert desk.post("/desk/crisis/bericht/", {"crisis_nl": "x" * 501}).status_code == 422


def test_who_may_not_stop_sees_no_button_and_no_page() -> None:
    municipality()
    client = signed_in(Client(), staff(Role.ANALYST))
    assert client.get("/desk/crisis/").status_code == 403
    assert client.post("/desk/crisis/stop/", {"do": "stop", "reason": "x"}).status_code == 403
    assert "/desk/crisis/" not in client.get("/desk/").content.decode()
    with pytest.raises(Forbidden):
        change_crisis_message(actor=staff(Role.ANALYST), crisis_nl="x", crisis_en="", now=NOW)


@pytest.mark.parametrize("number", [3, 30])
def test_the_page_costs_the_same_for_any_number(
    desk: Client, tmp_path: Path, number: int, django_assert_num_queries
) -> None:
    account = demo_account(tmp_path)
    for _each in range(number):
        post(account)
    desk.get("/desk/crisis/")
    with django_assert_num_queries(8):
        desk.get("/desk/crisis/")
