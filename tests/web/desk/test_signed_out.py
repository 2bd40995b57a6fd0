"""Nothing that was typed is lost when the session is over meanwhile."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stamtafel.people.rules import Role
from tests import builders
from tests.announce.builders import draft, photo
from tests.people.builders import signed_in

pytestmark = pytest.mark.django_db
JSON, HTMX = {"Accept": "application/json"}, {"HX-Request": "true"}
BROWSER = {"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"}
TEXT = 'De brug gaat open.\r\n\r\nVanaf maandag & "dinsdag" <b>rijdt</b> de bus.'


@pytest.fixture(autouse=True)
def _town() -> None:
    builders.municipality()


def idle(browser: Client) -> Client:
    """The same browser, hours later."""
    session = browser.session
    session["seen_at"] = (timezone.now() - timedelta(hours=3)).timestamp()
    session.save()
    return browser


@pytest.fixture(params=["signed out", "idle too long", "no second factor yet"])
def left(request: pytest.FixtureRequest) -> Client:
    staff = builders.staff(Role.EDITOR, Role.CONVERSATIONALIST)
    if request.param == "signed out":
        return Client()
    if request.param == "idle too long":
        return idle(signed_in(Client(), staff))
    return signed_in(Client(), staff, second_factor="")


def held(html: str) -> dict[str, str]:
    """The fields of the form on the page, as a browser sends them."""
    form = html.partition("<form")[2].partition("</form>")[0]
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form)
    words = re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>\r?\n(.*?)</textarea>', form, re.DOTALL)
    return {name: unescape(value) for name, value in [*hidden, *words]}


def fields(**more: Any) -> dict[str, Any]:
    made = draft()
    return {
        "title": "De nieuwe brug",
        "lead": "",
        "body": TEXT,
        "version": made.version,
        "do": "save",
        **more,
        "pk": made.pk,
    }


def test_saving_by_itself_is_told_in_json_that_nothing_was_kept(left: Client) -> None:
    given = fields()
    answer = left.post(f"/desk/berichten/{given.pop('pk')}/bewaar/", given, headers=JSON)
    assert answer.status_code == 401
    said = answer.json()
    assert "version" not in said
    assert "Uw tekst staat nog hier" in said["sentence"]
    assert said["address"] == reverse("desk:sign_in")


def test_a_part_that_was_sent_gets_a_sentence_and_the_page_stays(left: Client) -> None:
    given = fields()
    answer = left.post(f"/desk/berichten/{given.pop('pk')}/voorbeeld/", given, headers=HTMX)
    assert answer.status_code == 401
    assert "HX-Redirect" not in answer.headers
    assert answer.headers["HX-Retarget"] == "#melding"
    html = answer.content.decode()
    assert "Uw tekst staat nog hier" in html
    assert re.search(rf'<a href="{reverse("desk:sign_in")}" target="_blank"', html)
    assert "<main" not in html


def test_what_was_sent_waits_on_the_page_and_is_sent_again_after_signing_in(left: Client) -> None:
    given = fields()
    made = given.pop("pk")
    answer = left.post(f"/desk/berichten/{made}/", given, headers=BROWSER)
    assert answer.status_code == 401
    assert answer.headers["Cache-Control"] == "no-store"
    html = answer.content.decode()
    assert re.search(rf'<form[^>]* method="post" action="/desk/berichten/{made}/"', html)
    assert "<b>rijdt</b>" not in html
    kept = held(html)
    assert kept.pop("csrfmiddlewaretoken")
    assert {name: str(value) for name, value in given.items()} == {
        name: value.replace("\r\n", "\n").replace("\n", "\r\n") for name, value in kept.items()
    }
    back = Client(enforce_csrf_checks=True)
    signed_in(back, builders.staff(Role.EDITOR))
    assert back.post(f"/desk/berichten/{made}/", kept, headers=BROWSER).status_code == 302
    page = back.get(f"/desk/berichten/{made}/").content.decode()
    assert "De nieuwe brug" in page
    assert "Vanaf maandag &amp;" in page


def test_it_waits_again_when_somebody_sends_it_too_early(left: Client) -> None:
    given = fields()
    address = f"/desk/berichten/{given.pop('pk')}/"
    once = held(left.post(address, given).content.decode())
    twice = held(left.post(address, once).content.decode())
    assert {**once, "csrfmiddlewaretoken": ""} == {**twice, "csrfmiddlewaretoken": ""}


def test_all_of_a_choice_is_kept_and_of_a_file_is_said_that_it_is_not(left: Client) -> None:
    sent = {"alt": "Een houten brug", "file": SimpleUploadedFile("a.jpg", photo()), "chosen": ["3", "14"]}
    html = left.post(f"/desk/berichten/{draft().pk}/foto/", sent).content.decode()
    assert re.findall(r'name="chosen" value="(\d+)"', html) == ["3", "14"]
    assert "Een houten brug" in html
    assert "Een bestand bewaren we niet" in html


def test_what_opens_something_is_not_repeated() -> None:
    staff = builders.staff(Role.EDITOR)
    browser = idle(signed_in(Client(), staff))
    html = browser.post(reverse("desk:account_codes"), {"code": "123987", "password": "hier niet"}).content.decode()
    assert "123987" not in html
    assert "hier niet" not in html


def test_the_page_speaks_the_language_of_who_was_signed_in() -> None:
    browser = idle(signed_in(Client(), builders.staff(Role.EDITOR, language="en")))
    assert "You are signed out" in browser.post(f"/desk/berichten/{draft().pk}/", {"title": "x"}).content.decode()


@pytest.mark.parametrize("said", [
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "same-site", "Origin": "https://oud.testserver"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "none"},
    {},
])  # fmt: skip
def test_a_form_of_elsewhere_is_refused_signed_in_or_not(said: dict[str, str]) -> None:
    given = fields()
    address = f"/desk/berichten/{given.pop('pk')}/"
    for browser in (Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)):
        assert browser.post(address, given, headers=said).status_code == 403
        signed_in(browser, builders.staff(Role.EDITOR))
        assert browser.post(address, given, headers=said).status_code == 403
