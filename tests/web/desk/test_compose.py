"""Writing an announcement at the desk, without script; what script calls is tested by its address."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from stamtafel.announce import actions
from stamtafel.announce.models import Announcement, Version
from stamtafel.people.models import StaffMember
from stamtafel.people.rules import Role
from tests.announce.builders import draft, photo, published
from tests.builders import area, municipality, staff, topic
from tests.people.builders import signed_in

pytestmark = pytest.mark.django_db
State = Announcement.State


@pytest.fixture
def editor() -> StaffMember:
    return staff(Role.EDITOR, name="Anna")


@pytest.fixture
def desk(client: Client, editor: StaffMember) -> Client:
    return signed_in(client, editor)


def fields(announcement: Announcement, **changed: object) -> dict[str, object]:
    known = {
        "title": announcement.title,
        "lead": announcement.lead,
        "body": announcement.body,
        "version": announcement.version,
    }
    return {**known, **changed}


def test_a_title_begins_an_announcement(desk: Client) -> None:
    response = desk.post("/desk/berichten/", {"title": "De brug"})
    made = Announcement.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/desk/berichten/{made.pk}/")
    assert "De brug" in desk.get(response["Location"]).content.decode()
    assert desk.post("/desk/berichten/", {"title": " "}).status_code == 422


def test_the_list_is_by_state(desk: Client) -> None:
    draft("Nog bezig")
    published("Al klaar")
    page = desk.get("/desk/berichten/?staat=draft").content.decode()
    assert ("Nog bezig" in page, "Al klaar" in page) == (True, False)


@pytest.mark.parametrize("number", [3, 30])
def test_the_list_costs_the_same_for_any_number(desk: Client, number: int, django_assert_num_queries) -> None:
    municipality()
    for each in range(number):
        draft(f"Bericht {each}")
    desk.get("/desk/berichten/")
    with django_assert_num_queries(5):
        desk.get("/desk/berichten/")


def test_save_and_publish_with_topics_and_neighbourhoods(desk: Client) -> None:
    made, square, street = draft(), topic(), area()
    address = f"/desk/berichten/{made.pk}/"
    response = desk.post(address, fields(made, do="publish", title="Nieuw", topics=[square.pk], areas=[street.pk]))
    made.refresh_from_db()
    assert (response.status_code, made.state, made.title) == (302, State.PUBLISHED, "Nieuw")
    assert (list(made.topics.all()), list(made.areas.all())) == ([square], [street])
    assert "Gepubliceerd" in desk.get(address).content.decode()


def test_the_second_editor_reads_who_saved_and_keeps_the_text(desk: Client) -> None:
    made = draft()
    bert = staff(Role.EDITOR, name="Bert")
    seen = made.version
    actions.save_version(
        announcement=made, content=actions.content_of(made).__class__(title="Van Bert", body="b"),
        version=seen, actor=bert, now=timezone.now(),
    )  # fmt: skip
    response = desk.post(f"/desk/berichten/{made.pk}/", fields(made, version=seen, title="Van Anna"))
    page = response.content.decode()
    assert response.status_code == 409
    assert "Bert" in page
    assert 'value="Van Anna"' in page
    again = re.search(r'id="bericht".*?name="version" value="(\d+)"', page, re.DOTALL)
    assert again
    assert (
        desk.post(f"/desk/berichten/{made.pk}/", fields(made, version=again.group(1), title="Van Anna")).status_code
        == 302
    )
    titles = [each.content["title"] for each in Version.objects.filter(announcement=made).order_by("number")]
    assert titles[-2:] == ["Van Bert", "Van Anna"]


def test_autosave_answers_the_next_version_or_says_why_not(desk: Client) -> None:
    made = draft()
    address = f"/desk/berichten/{made.pk}/bewaar/"
    saved = desk.post(address, fields(made, title="Halverwege"))
    assert saved.json() == {"version": made.version + 1}
    stale = desk.post(address, fields(made, title="Oud"))
    assert (stale.status_code, "Anna" in stale.json()["sentence"]) == (409, True)
    empty = desk.post(address, fields(made, title="", version=made.version + 1))
    assert (empty.status_code, empty.json()["sentence"]) == (422, "Geef het bericht een titel.")


def test_the_preview_shows_the_text_as_it_is_typed_and_how_it_reads(desk: Client) -> None:
    made = draft()
    text = "Naar aanleiding van de inspectie wordt de brug conform planning gerepareerd door de aannemer."
    page = desk.post(f"/desk/berichten/{made.pk}/voorbeeld/", {"title": "Anders", "body": text}).content.decode()
    assert "Anders" in page
    assert "<del>conform</del>" in page
    assert "Lijdende vorm" in page
    made.refresh_from_db()
    assert made.title != "Anders"


def test_versions_compare_and_come_back(desk: Client) -> None:
    made = draft("Eerste titel")
    desk.post(f"/desk/berichten/{made.pk}/", fields(made, title="Tweede titel"))
    page = desk.get(f"/desk/berichten/{made.pk}/versies/").content.decode()
    assert "<del>Eerste</del><ins>Tweede</ins>" in page
    number = Version.objects.get(announcement=made, content__title="Eerste titel", content__lead=made.lead).number
    desk.post(f"/desk/berichten/{made.pk}/versies/{number}/terug/")
    made.refresh_from_db()
    assert made.title == "Eerste titel"


def test_a_picture_without_words_is_refused_and_one_with_words_is_kept(desk: Client) -> None:
    made = draft()
    address = f"/desk/berichten/{made.pk}/foto/"
    refused = desk.post(address, {"file": SimpleUploadedFile("a.jpg", photo())})
    assert refused.status_code == 422
    assert "horen deze woorden" in refused.content.decode()
    wrong = desk.post(address, {"file": SimpleUploadedFile("a.jpg", b"geen foto"), "alt": "De brug"})
    assert (wrong.status_code, "geen foto" in wrong.content.decode()) == (422, True)
    assert desk.post(address, {"file": SimpleUploadedFile("a.jpg", photo()), "alt": "De brug"}).status_code == 302
    kept = made.pictures.get()
    one = f"{address}{kept.pk}/"
    assert desk.post(one, {"do": "words", "alt": "De nieuwe brug"}).status_code == 302
    assert made.pictures.get().alt == "De nieuwe brug"
    desk.post(one, {"do": "remove"})
    assert not made.pictures.exists()


def test_schedule_take_back_and_withdraw(desk: Client) -> None:
    made = draft()
    address = f"/desk/berichten/{made.pk}/"
    moment = timezone.localtime(timezone.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    assert desk.post(address, fields(made, do="schedule", publish_at=moment)).status_code == 302
    made.refresh_from_db()
    assert made.state == State.SCHEDULED
    desk.post(address, {"do": "send_back", "version": made.version})
    made.refresh_from_db()
    assert made.state == State.DRAFT
    past = desk.post(address, fields(made, do="schedule", publish_at="2020-01-01T10:00"))
    assert (past.status_code, "al voorbij" in past.content.decode()) == (422, True)
    made.refresh_from_db()
    desk.post(address, fields(made, do="publish"))
    made.refresh_from_db()
    assert desk.post(address, {"do": "withdraw", "version": made.version, "withdrawn_reason": " "}).status_code == 422
    assert (
        desk.post(address, {"do": "withdraw", "version": made.version, "withdrawn_reason": "Fout"}).status_code == 302
    )
    made.refresh_from_db()
    assert (made.state, made.withdrawn_reason) == (State.WITHDRAWN, "Fout")
    assert "Fout" in desk.get(address).content.decode()


def test_four_eyes_from_asking_to_approving(desk: Client, client: Client) -> None:
    municipality(four_eyes=True)
    made = draft()
    address = f"/desk/berichten/{made.pk}/"
    assert "Nu publiceren" not in desk.get(address).content.decode()
    desk.post(address, fields(made, do="submit"))
    made.refresh_from_db()
    assert made.state == State.WAITING
    assert desk.post(address, {"do": "approve", "version": made.version}).status_code == 403
    boss = signed_in(Client(), staff(Role.APPROVER))
    assert "Goedkeuren" in boss.get(address).content.decode()
    assert boss.post(address, {"do": "approve", "version": made.version}).status_code == 302
    made.refresh_from_db()
    assert made.state == State.PUBLISHED


@pytest.mark.parametrize("role", [Role.ANALYST, Role.FIELD_WORKER, Role.CONVERSATIONALIST])
def test_who_may_not_write_gets_no_page(client: Client, role: Role) -> None:
    made = draft()
    other = signed_in(client, staff(role))
    for address in ("/desk/berichten/", f"/desk/berichten/{made.pk}/", f"/desk/berichten/{made.pk}/versies/"):
        assert other.get(address).status_code == 403


def test_the_preview_works_without_script_and_saves_nothing(desk: Client) -> None:
    made = draft()
    page = desk.post(
        f"/desk/berichten/{made.pk}/", fields(made, do="look", body="Een heel andere tekst.")
    ).content.decode()
    assert page.count("Een heel andere tekst.") == 3  # in the field, on the page and in the mail
    made.refresh_from_db()
    assert made.body != "Een heel andere tekst."
