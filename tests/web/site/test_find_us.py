"""Vind ons, and the calendar files."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from stamtafel.places.queries import forget_municipality
from tests.builders import municipality
from tests.outreach.builders import session, venue

pytestmark = pytest.mark.django_db


def test_everything_about_where_we_are(client: Client) -> None:
    municipality(
        phone="088 000 00 00",
        opening_hours_nl="Maandag: 9.00 uur",
        channels=[{"kind": "mastodon", "name": "@lindewaard", "url": "https://voorbeeld.example/@l"}],
    )
    forget_municipality()
    soon = timezone.now() + timedelta(days=2)
    session("Koffie", venue=venue("De Reiger", wheelchair=False, note_nl="Eén trede."), starts_at=soon)
    session("Markt", venue=venue("Vrijdagmarkt", wheelchair=None), starts_at=soon, cancelled_reason="Storm.")
    session("Vorige week", starts_at=soon - timedelta(days=9))
    page = client.get("/vind-ons/").content.decode()
    for words in ("088 000 00 00", "Maandag: 9.00 uur", "@lindewaard", "De Reiger", "u kunt niet zelf naar binnen", "Eén trede.",
                  "niet bekend", "Gaat niet door", "Storm."):  # fmt: skip
        assert words in page
    assert "Vorige week" not in page


def test_no_table_planned(client: Client) -> None:
    assert "Nieuwe data komen hier" in client.get("/vind-ons/").content.decode()


@pytest.mark.parametrize("number", [3, 30])
def test_the_page_costs_the_same_for_3_and_for_30(
    client: Client, django_assert_num_queries: object, number: int
) -> None:
    municipality()
    for each in range(number):
        session(starts_at=timezone.now() + timedelta(days=each + 1))
    client.get("/vind-ons/")
    with django_assert_num_queries(3):  # type: ignore[operator] # the third: there is no map yet in this test
        client.get("/vind-ons/")


def test_a_session_goes_into_a_calendar(client: Client) -> None:
    row = session("Koffie, thee; en meer", title_en="Coffee", starts_at=timezone.now() + timedelta(days=2))
    response = client.get(f"/vind-ons/{row.pk}.ics")
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    text = response.content.decode()
    assert "SUMMARY:Koffie\\, thee\\; en meer\r\n" in text
    assert f"UID:session-{row.pk}@" in text
    assert "SUMMARY:Coffee\r\n" in client.get(f"/en/vind-ons/{row.pk}.ics").content.decode()
    assert client.get("/vind-ons/999999.ics").status_code == 404


def test_all_sessions_in_one_calendar(client: Client) -> None:
    for each in range(3):
        session(starts_at=timezone.now() + timedelta(days=each + 1))
    assert client.get("/vind-ons/agenda.ics").content.decode().count("BEGIN:VEVENT") == 3
