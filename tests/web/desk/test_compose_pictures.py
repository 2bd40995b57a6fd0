"""Pictures and their words go by the same rules as the text: nothing of them is public unseen."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from stamtafel.announce import actions
from stamtafel.announce.models import Announcement, Picture
from stamtafel.dossier.rules.pictures import MEDIA_TYPES
from stamtafel.ledger.models import Entry
from stamtafel.people.models import StaffMember
from stamtafel.people.rules import Role
from tests.announce.builders import draft, photo
from tests.builders import municipality, staff
from tests.people.builders import signed_in

pytestmark = pytest.mark.django_db
State = Announcement.State


@pytest.fixture(autouse=True)
def _four_eyes() -> None:
    municipality(four_eyes=True)


@pytest.fixture
def editor() -> Client:
    return signed_in(Client(), staff(Role.EDITOR))


@pytest.fixture
def boss() -> Client:
    return signed_in(Client(), staff(Role.APPROVER))


def add(desk: Client, made: Announcement, **words: object) -> int:
    fields = {"file": SimpleUploadedFile("a.jpg", photo()), "alt": "De brug", **words}
    return desk.post(f"/desk/berichten/{made.pk}/foto/", fields).status_code


def change(desk: Client, picture: Picture, do: str, **words: str) -> int:
    return desk.post(f"/desk/berichten/{picture.announcement_id}/foto/{picture.pk}/", {"do": do, **words}).status_code


def waiting(**fields: Any) -> Announcement:
    made = draft(**fields)
    return actions.submit_for_approval(announcement=made, version=made.version, actor=None)


def public(author: StaffMember | None = None) -> Announcement:
    made = waiting(author=author)
    return actions.approve(announcement=made, version=made.version, actor=staff(Role.APPROVER), now=timezone.now())


def approve(desk: Client, made: Announcement, version: int) -> int:
    return desk.post(f"/desk/berichten/{made.pk}/", {"do": "approve", "version": version}).status_code


def test_an_editor_puts_no_picture_or_caption_in_public_alone(editor: Client, boss: Client) -> None:
    made = public()
    first, second = (add(boss, made), add(boss, made))
    assert (first, second) == (302, 302)
    picture, other = made.pictures.all()
    assert add(editor, made, caption="Niet gezien") == 403
    assert change(editor, picture, "words", alt="Anders", caption="Niet gezien") == 403
    assert change(editor, other, "up") == 403
    assert change(editor, picture, "remove") == 403
    assert list(made.pictures.values_list("pk", "caption")) == [(picture.pk, ""), (other.pk, "")]
    page = editor.get(f"/desk/berichten/{made.pk}/").content.decode()
    assert "/foto/" not in page  # no button that would be refused


@pytest.mark.parametrize("do", ["add", "words", "down", "remove"])
def test_what_an_approver_changes_in_public_is_a_correction(boss: Client, do: str) -> None:
    made = public()
    for _number in range(2):
        add(boss, made)
    Announcement.objects.filter(pk=made.pk).update(corrected_at=None)
    logged = Entry.objects.filter(kind="announcement.corrected").count()
    made.refresh_from_db()
    before = made.version
    picture = made.pictures.all()[0]
    assert (add(boss, made) if do == "add" else change(boss, picture, do, alt="De nieuwe brug")) == 302
    made.refresh_from_db()
    assert made.version == before + 1
    assert made.corrected_at is not None
    assert made.changed_by is not None
    assert made.changed_by.roles == [str(Role.APPROVER)]
    assert Entry.objects.filter(kind="announcement.corrected").count() == logged + 1


def test_the_same_words_or_place_again_is_no_correction(boss: Client) -> None:
    made = public()
    add(boss, made)
    made.refresh_from_db()
    picture, before = made.pictures.get(), made.version
    assert change(boss, picture, "words", alt="De brug") == 302
    assert change(boss, picture, "up") == 302
    made.refresh_from_db()
    assert made.version == before


@pytest.mark.parametrize("do", ["add", "words", "remove"])
def test_what_the_approver_did_not_see_is_not_approved(editor: Client, boss: Client, do: str) -> None:
    made = draft()
    add(editor, made)
    made.refresh_from_db()
    made = actions.submit_for_approval(announcement=made, version=made.version, actor=None)
    looked_at = made.version
    assert (add(editor, made) if do == "add" else change(editor, made.pictures.get(), do, alt="Een ander")) == 302
    assert approve(boss, made, looked_at) == 409
    made.refresh_from_db()
    assert made.state == State.WAITING
    assert approve(boss, made, made.version) == 302


def test_who_added_a_picture_does_not_approve_it_even_when_others_wrote_later(editor: Client, boss: Client) -> None:
    made = waiting()
    assert add(boss, made) == 302
    made.refresh_from_db()
    fields = {"title": made.title, "lead": made.lead, "body": "Net iets anders.", "version": made.version}
    saved = editor.post(f"/desk/berichten/{made.pk}/bewaar/", fields)
    version = saved.json()["version"]
    assert approve(boss, made, version) == 422
    other = signed_in(Client(), staff(Role.APPROVER))
    assert approve(other, made, version) == 302


def test_nothing_is_added_to_what_is_withdrawn_or_planned(boss: Client) -> None:
    made = public()
    add(boss, made)
    picture = made.pictures.get()
    for state in (State.WITHDRAWN, State.SCHEDULED):
        Announcement.objects.filter(pk=made.pk).update(
            state=state, withdrawn_reason="Fout", withdrawn_at=timezone.now()
        )
        assert add(boss, made) == 422
        assert change(boss, picture, "words", alt="Anders") == 422
        assert change(boss, picture, "remove") == 422
        assert "/foto/" not in boss.get(f"/desk/berichten/{made.pk}/").content.decode()
    assert [each.alt for each in made.pictures.all()] == ["De brug"]


@pytest.mark.parametrize("kind", MEDIA_TYPES)
def test_every_kind_that_can_be_chosen_can_be_read(editor: Client, kind: str) -> None:
    made = draft()
    page = editor.get(f"/desk/berichten/{made.pk}/").content.decode()
    offered = page.partition('accept="')[2].partition('"')[0].split(",")
    assert kind in offered
    assert offered == list(MEDIA_TYPES)
    file = SimpleUploadedFile("a", photo(kind=kind.removeprefix("image/").upper()), content_type=kind)
    assert add(editor, made, file=file) == 302
    assert made.pictures.get().alt == "De brug"


def test_a_heic_photo_is_refused_in_words_and_the_description_stays(editor: Client) -> None:
    made = draft()
    heic = SimpleUploadedFile("IMG_1.HEIC", b"\x00\x00\x00\x18ftypheic" + b"\x00" * 64, content_type="image/heic")
    form = {"file": heic, "alt": "Twee kinderen planten een boom", "caption": "Op het plein"}
    answer = editor.post(f"/desk/berichten/{made.pk}/foto/", form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Dit is een HEIC-foto" in page
    assert "Bewaar hem als JPEG" in page
    assert 'value="Twee kinderen planten een boom"' in page
    assert 'value="Op het plein"' in page
    assert not made.pictures.exists()
