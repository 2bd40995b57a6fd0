"""Four eyes at the desk: who can't change or approve a text reads it, and why, instead of a form that is refused."""

import pytest
from django.test import Client
from django.utils import timezone

from stamtafel.announce import actions
from stamtafel.announce.models import Announcement
from stamtafel.people.models import StaffMember
from stamtafel.people.rules import Role
from tests.announce.builders import draft, photo, published
from tests.builders import municipality, staff
from tests.people.builders import signed_in
from tests.web.desk.test_compose import fields

pytestmark = pytest.mark.django_db
State = Announcement.State


@pytest.fixture(autouse=True)
def four_eyes() -> None:
    municipality(four_eyes=True)


def waiting(author: StaffMember) -> Announcement:
    made = draft(author=author)
    return actions.submit_for_approval(announcement=made, version=made.version, actor=author)


def public(author: StaffMember) -> Announcement:
    made = waiting(author)
    return actions.approve(announcement=made, version=made.version, actor=staff(Role.APPROVER), now=timezone.now())


def page(member: StaffMember, made: Announcement) -> str:
    answer = signed_in(Client(), member).get(f"/desk/berichten/{made.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_editor_reads_what_is_public_and_why_it_has_no_form() -> None:
    editor = staff(Role.EDITOR)
    made = public(editor)
    html = page(editor, made)
    assert 'id="bericht"' not in html
    assert 'name="body"' not in html
    assert "Alleen een collega die berichten mag goedkeuren" in html
    assert "Vanaf maandag rijdt de bus weer." in html.partition("<aside")[0]
    assert 'value="withdraw"' in html, "this they may"
    client = signed_in(Client(), editor)
    assert client.post(f"/desk/berichten/{made.pk}/", fields(made, do="save", title="Anders")).status_code == 403
    versions = client.get(f"/desk/berichten/{made.pk}/versies/?versie=1").content.decode()
    assert "/terug/" not in versions
    approver = staff(Role.APPROVER)
    assert 'id="bericht"' in page(approver, made)
    assert (
        "/terug/" in signed_in(Client(), approver).get(f"/desk/berichten/{made.pk}/versies/?versie=1").content.decode()
    )


def test_without_four_eyes_the_editor_keeps_the_form() -> None:
    municipality(four_eyes=False)
    editor = staff(Role.EDITOR)
    made = published(author=editor)
    assert 'id="bericht"' in page(editor, made)


@pytest.mark.parametrize("hand", ["text", "picture"])
def test_whose_hand_is_in_it_reads_why_they_do_not_approve(hand: str) -> None:
    """Also where somebody else changed it last: the button would be refused."""
    author, helper = staff(Role.EDITOR), staff(Role.APPROVER)
    made = draft(author=author)
    if hand == "text":
        content = actions.content_of(made)
        made = actions.autosave(announcement=made, content=content, version=made.version, actor=helper)
    else:
        actions.add_picture(
            announcement=made, data=photo(), alt="De brug", caption="", actor=helper, now=timezone.now()
        )
    made.refresh_from_db()
    now = timezone.now()
    made = actions.save_version(
        announcement=made, content=actions.content_of(made), version=made.version, actor=author, now=now
    )
    made = actions.submit_for_approval(announcement=made, version=made.version, actor=author)
    html = page(helper, made)
    assert 'value="approve"' not in html
    assert "U schreef of wijzigde deze tekst zelf" in html
    refused = signed_in(Client(), helper).post(
        f"/desk/berichten/{made.pk}/", {"do": "approve", "version": made.version}
    )
    assert refused.status_code == 422
    assert 'value="approve"' in page(staff(Role.APPROVER), made)
    assert 'value="approve"' not in page(author, made)


def test_what_was_typed_while_a_colleague_published_can_still_be_copied() -> None:
    editor = staff(Role.EDITOR)
    made = waiting(editor)
    opened = made.version
    actions.approve(announcement=made, version=opened, actor=staff(Role.APPROVER), now=timezone.now())
    answer = signed_in(Client(), editor).post(
        f"/desk/berichten/{made.pk}/", fields(made, version=opened, body="Een zin die nergens anders staat.")
    )
    assert answer.status_code == 409
    html = answer.content.decode()
    assert "Een zin die nergens anders staat." in html.partition("readonly")[2].partition("</textarea>")[0]
    assert 'id="bericht"' not in html


@pytest.mark.parametrize("state", [State.SCHEDULED, State.WITHDRAWN])
def test_what_nobody_changes_any_more_can_be_read(state: str) -> None:
    boss = staff(Role.ADMINISTRATOR)
    made = public(staff(Role.EDITOR))
    Announcement.objects.update(
        state=state, publish_at=timezone.now(), withdrawn_at=timezone.now(), withdrawn_reason="Fout"
    )
    html = page(boss, made)
    assert 'id="bericht"' not in html
    assert "Vanaf maandag rijdt de bus weer." in html.partition("<aside")[0]
