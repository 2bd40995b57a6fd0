"""The calendar page: a month, a week, a list; moving by a form, which is what script uses too."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from stamtafel.announce import actions
from stamtafel.announce.models import Announcement
from stamtafel.people.rules import Role
from tests.announce.builders import draft
from tests.builders import municipality, staff
from tests.people.builders import signed_in

pytestmark = pytest.mark.django_db
PAGE, MOVE = "/desk/kalender/", "/desk/kalender/verplaats/"


@pytest.fixture
def desk(client: Client) -> Client:
    municipality()
    return signed_in(client, staff(Role.EDITOR))


@pytest.fixture
def planned() -> Announcement:
    made = draft("Koffie op het plein")
    noon = timezone.localtime().replace(hour=12, minute=30, second=0, microsecond=0) + timedelta(days=2)
    return actions.move(announcement=made, publish_at=noon, version=made.version, actor=None, now=timezone.now())


def move(planned: Announcement, **changed: object) -> dict[str, object]:
    return {"bericht": planned.pk, "versie": planned.version, "vorm": "week", **changed}


@pytest.mark.parametrize("form", ["maand", "week", "lijst", "onzin"])
def test_what_is_planned_stands_on_its_day(desk: Client, planned: Announcement, form: str) -> None:
    assert planned.publish_at is not None
    day = timezone.localtime(planned.publish_at).date()
    page = desk.get(f"{PAGE}?vorm={form}&dag={day.isoformat()}").content.decode()
    at = page.index("Koffie op het plein")
    assert f'data-day="{day.isoformat()}"' in page[:at]
    assert "12:30" in page


@pytest.mark.parametrize("day", ["", "2026-02-31", "gisteren", "0001-01-01", "9999-12-31"])
def test_a_day_that_does_not_exist_is_today(desk: Client, day: str) -> None:
    answer = desk.get(f"{PAGE}?dag={day}")
    assert answer.status_code == 200
    assert "vandaag" in answer.content.decode()


def test_a_holiday_has_its_name(desk: Client) -> None:
    assert "Koningsdag" in desk.get(f"{PAGE}?dag=2027-04-01").content.decode()


def test_another_day_keeps_the_time(desk: Client, planned: Announcement) -> None:
    day = (timezone.localdate() + timedelta(days=9)).isoformat()
    answer = desk.post(MOVE, move(planned, dag=day, getoond=day))
    assert answer["Location"] == f"{PAGE}?vorm=week&dag={day}#bericht-{planned.pk}"
    planned.refresh_from_db()
    assert timezone.localtime(planned.publish_at).strftime("%Y-%m-%d %H:%M") == f"{day} 12:30"
    assert "Verplaatst" in desk.get(PAGE).content.decode()


def test_another_time_is_taken_too(desk: Client, planned: Announcement) -> None:
    day = (timezone.localdate() + timedelta(days=9)).isoformat()
    desk.post(MOVE, move(planned, dag=day, tijd="08:15"))
    planned.refresh_from_db()
    assert timezone.localtime(planned.publish_at).strftime("%H:%M") == "08:15"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"dag": "2020-01-01"}, "al voorbij"),
        ({"dag": "nooit"}, "begrijpen dit moment niet"),
        ({"dag": "2090-01-01", "tijd": "25:99"}, "begrijpen dit moment niet"),
        ({"dag": "2090-01-01", "versie": "1"}, "nadat u het opende"),
    ],
)
def test_what_can_not_be_is_said_and_nothing_moves(
    desk: Client, planned: Announcement, changed: dict[str, str], words: str
) -> None:
    before = planned.publish_at
    assert desk.post(MOVE, move(planned, **changed)).status_code == 302
    page = desk.get(PAGE).content.decode()
    planned.refresh_from_db()
    assert planned.publish_at == before
    assert words in page


def test_what_is_not_there_can_not_be_moved(desk: Client) -> None:
    assert desk.post(MOVE, {"bericht": "x", "dag": "2090-01-01"}).status_code == 404


def test_who_does_not_write_announcements_has_no_calendar() -> None:
    municipality()
    client = signed_in(Client(), staff(Role.MODERATOR))
    assert client.get(PAGE).status_code == 403
    assert client.post(MOVE, {}).status_code == 403


@pytest.mark.parametrize("number", [3, 30])
def test_the_page_costs_the_same_for_any_number(desk: Client, number: int, django_assert_num_queries) -> None:
    for each in range(number):
        made = draft(f"Bericht {each}")
        actions.move(
            announcement=made, publish_at=timezone.now() + timedelta(hours=1 + each), version=made.version, actor=None,
            now=timezone.now(),
        )  # fmt: skip
    desk.get(PAGE)
    with django_assert_num_queries(10):
        desk.get(PAGE)
