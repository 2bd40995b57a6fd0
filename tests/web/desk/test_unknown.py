"""An address that is none: the desk answers who is signed in, in their language."""

import pytest
from django.test import Client

from stamtafel.people.rules import Role
from tests import builders
from tests.people.builders import signed_in

pytestmark = pytest.mark.django_db
ADDRESSES = ("/desk/bestaat-niet/", "/desk/bijdragen/abc/", "/desk/inbox/1/2/3/", "/desk/x.js/")


@pytest.fixture(autouse=True)
def _municipality() -> None:
    builders.municipality()


@pytest.mark.parametrize(
    ("language", "title", "menu"), [("nl", "Niet gevonden", "Vandaag"), ("en", "Not found", "Today")]
)
def test_who_is_signed_in_stays_at_the_desk(language: str, title: str, menu: str) -> None:
    client = signed_in(Client(), builders.staff(Role.FIELD_WORKER, language=language))
    for address in ADDRESSES:
        answer = client.get(address)
        page = answer.content.decode()
        assert answer.status_code == 404, address
        assert f'<html lang="{language}"' in page
        assert title in page
        assert menu in page
        assert "st-desk" in page
        assert answer.headers["Cache-Control"] == "no-store"


def test_an_address_without_its_slash_still_finds_its_page() -> None:
    client = signed_in(Client(), builders.staff(Role.ADMINISTRATOR))
    for address in ("/desk/inbox", "/desk/bijdragen", "/desk/bestaat-niet"):
        answer = client.get(address)
        assert (answer.status_code, answer.headers["Location"]) == (301, f"{address}/")
    assert client.get("/desk/inbox/").status_code == 200


def test_who_is_not_signed_in_goes_to_the_door_and_learns_nothing() -> None:
    there, nowhere = (Client().get(address) for address in ("/desk/inbox/", "/desk/bestaat-niet/"))
    assert (there.status_code, nowhere.status_code) == (302, 302)
    assert nowhere.headers["Location"].startswith("/desk/sign-in/")
    assert Client().post("/desk/bestaat-niet/").status_code == 401
