"""About the site: for people, for machines, and when something goes wrong."""

import json
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.test import Client, RequestFactory
from django.utils import timezone

from stamtafel.dossier.models import State
from stamtafel.places.queries import forget_municipality
from stamtafel.web.site.views import errors
from tests.builders import area, contribution, municipality, resident, topic
from tests.dossier.builders import answer, decision

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _town() -> None:
    municipality(email="contact@lindewaard.example", theme={})
    forget_municipality()


@pytest.mark.parametrize("path", ["toegankelijkheid", "privacy", "contact", "open-data", "logboek"])
@pytest.mark.parametrize("language", ["", "/en"])
def test_pages_are_there_in_both_languages(client: Client, path: str, language: str) -> None:
    response = client.get(f"{language}/{path}/")
    assert response.status_code == 200
    assert f'<html lang="{"en" if language else "nl"}"' in response.content.decode()
    assert not response.cookies


def contact(client: Client, language: str = "", **fields: Any) -> str:
    municipality(**fields)
    forget_municipality()
    return client.get(f"{language}/contact/").content.decode().partition("<main")[2].partition("</main>")[0]


def test_the_contact_page_says_how_to_reach_us(client: Client) -> None:
    known = {
        "address": "Markt 1", "postcode_city": "1234 AB Lindewaard", "phone": "0123 - 45 67 89",
        "opening_hours_nl": "Maandag: 9.00 tot 17.00 uur", "opening_hours_en": "Monday: 9:00 to 17:00",
    }  # fmt: skip
    text = contact(client, **known)
    for words in ("Markt 1", "1234 AB Lindewaard", 'href="tel:0123456789"', "mailto:contact@lindewaard.example",
                  "Maandag: 9.00", "klacht", "6 weken", "ombudsman", 'href="/vind-ons/"'):  # fmt: skip
        assert words in text
    english = contact(client, "/en", **known)
    assert "Monday: 9:00" in english
    assert 'href="/en/vind-ons/"' in english
    assert "Maandag" not in english
    assert 'href="/contact/"' in client.get("/").content.decode()


def test_the_contact_page_reads_well_with_nothing_filled_in(client: Client) -> None:
    text = contact(client, email="", address="", phone="")
    assert "mailto:" not in text
    assert "tel:0" not in text
    assert "stuur ons uw klacht" in text


def test_security_txt_names_somebody_and_ends_within_a_year(client: Client, settings: Any) -> None:
    lines = dict(line.split(": ", 1) for line in client.get("/.well-known/security.txt").content.decode().splitlines())
    assert lines["Contact"] == "mailto:contact@lindewaard.example"
    until = datetime.strptime(lines["Expires"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert timedelta(days=90) < until - timezone.now() < timedelta(days=365)
    settings.SECURITY_CONTACT = "https://lindewaard.example/meld"
    assert b"Contact: https://lindewaard.example/meld" in client.get("/.well-known/security.txt").content
    settings.SECURITY_CONTACT = ""
    municipality(email="")
    forget_municipality()
    assert client.get("/.well-known/security.txt").status_code == 404


def test_the_sitemap_holds_what_is_public(client: Client) -> None:
    topic(slug="plein")
    shown, hidden = contribution(), contribution("weg", state=State.HIDDEN)
    text = client.get("/sitemap.xml").content
    addresses = [
        node.text or "" for node in ET.fromstring(text).iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")
    ]
    assert any(address.endswith("/onderwerpen/plein/") for address in addresses)
    assert any(address.endswith(f"/bijdragen/{shown.pk}/") for address in addresses)
    assert not any(address.endswith(f"/bijdragen/{hidden.pk}/") for address in addresses)


def test_robots_leave_the_desk_and_codes_alone(client: Client) -> None:
    text = client.get("/robots.txt").content.decode()
    for line in ("Disallow: /desk/", "Disallow: /volg/", "Disallow: /en/volg/", "Sitemap: "):
        assert line in text


def test_the_theme_is_the_municipalitys_own(client: Client) -> None:
    municipality(theme={"--basis-color-accent-1-inverse-bg-default": "#003366"})
    forget_municipality()
    response = client.get("/thema.css")
    assert "#003366" in response.content.decode()
    assert client.get("/thema.css", headers={"If-None-Match": response.headers["ETag"]}).status_code == 304
    municipality(theme={"body": "url(evil)"})
    forget_municipality()
    assert client.get("/thema.css").content == b""


def public_and_private() -> None:
    person = resident(email="kanarie@voorbeeld.example")
    contribution(
        "=1+1 Openbaar idee", author=person, area=area(), lon=5.35, lat=51.98, code_digest="geheime-vingerafdruk"
    )
    contribution("verborgen kanarie", state=State.HIDDEN)
    contribution("nog niet getoonde kanarie", published_at=None)
    answer(decision("Openbaar besluit"), text="Openbaar antwoord")
    decision("concept kanarie", published_at=None)


@pytest.mark.parametrize(
    "name", ["bijdragen.csv", "bijdragen.json", "besluiten.csv", "besluiten.json", "antwoorden.csv", "antwoorden.json"]
)
def test_open_data_holds_what_is_public_and_nothing_else(client: Client, name: str) -> None:
    public_and_private()
    text = b"".join(client.get(f"/open-data/{name}")).decode("utf-8-sig")  # type: ignore[arg-type]
    assert "Openbaar" in text
    for private in ("kanarie", "vingerafdruk", "51.98", "5,35", "5.35"):
        assert private not in text
    if name.endswith("json"):
        assert json.loads(text)


def test_a_formula_stays_text_in_every_file(client: Client) -> None:
    public_and_private()
    text = b"".join(client.get("/open-data/bijdragen.csv")).decode("utf-8-sig")  # type: ignore[arg-type]
    assert "'=1+1 Openbaar idee" in text
    book = openpyxl.load_workbook(BytesIO(b"".join(client.get("/open-data/bijdragen.xlsx"))))  # type: ignore[arg-type]
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert any(cell.value == "=1+1 Openbaar idee" and cell.data_type != "f" for cell in cells)


def test_an_empty_list_is_json_too(client: Client) -> None:
    assert json.loads(b"".join(client.get("/open-data/besluiten.json"))) == []  # type: ignore[arg-type]


def test_what_is_too_large_and_what_is_nonsense() -> None:
    request = RequestFactory().get("/")
    assert errors.bad_request(request, RequestDataTooBig()).status_code == 413
    assert errors.bad_request(request, SuspiciousOperation()).status_code == 400
    assert errors.forbidden(request).status_code == 403
    assert errors.gone(request, "Dit is ingetrokken.").status_code == 410
    refused = errors.too_many(request, "Wacht even.", seconds=30)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "30")


def test_a_form_from_another_site_is_refused_in_words(client: Client) -> None:
    response = client.post("/zeg-het-ons/", {"text": "x"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 403
    assert "kwam niet van onze eigen pagina" in response.content.decode()


def test_the_page_for_our_own_mistakes_asks_nothing_of_the_database(django_assert_num_queries: Any) -> None:
    forget_municipality()
    with django_assert_num_queries(0):
        response = errors.broken(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "Er is iets stuk bij ons" in response.content.decode()


def test_a_database_that_is_away_asks_to_come_back(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(**_asked: object) -> None:
        raise OperationalError("database is locked")

    client.raise_request_exception = False
    monkeypatch.setattr("stamtafel.web.site.views.home.news.three_newest", away)
    response = client.get("/")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "30")
    assert "uw tekst staat er nog" in response.content.decode()
