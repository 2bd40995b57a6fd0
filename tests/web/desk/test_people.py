"""The page with who works here."""

import pytest
from django.test import Client
from django.urls import reverse

from stamtafel.channels.models import Delivery
from stamtafel.ledger.models import Entry
from stamtafel.people.models import StaffMember
from stamtafel.people.rules import Role
from tests import builders
from tests.people.builders import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client: Client) -> StaffMember:
    builders.municipality()
    staff = builders.staff(Role.ADMINISTRATOR, name="Ruud")
    signed_in(client, staff)
    return staff


def test_an_invitation_is_a_mail_with_a_first_link(client: Client, boss: StaffMember) -> None:
    form = {
        "email": "Nieuw@Lindewaard.example",
        "name": "Nieuw",
        "roles": ["editor", "analyst"],
        "language": "nl",
        "department": "",
    }
    assert client.post(reverse("desk:invite"), form).status_code == 302
    member = StaffMember.objects.get(email="nieuw@lindewaard.example")
    assert member.roles == ["editor", "analyst"]
    mail = Delivery.objects.get()
    assert mail.recipient == member.email
    link = mail.draft["link"].removeprefix("http://127.0.0.1:8000")
    assert Client().post(link).status_code == 302
    entry = Entry.objects.get(kind="staff_added")
    assert entry.data == {"roles": ["editor", "analyst"], "by": boss.pk}
    again = client.post(reverse("desk:invite"), {**form, "email": "NIEUW@lindewaard.example"})
    assert again.status_code == 422
    assert "al iemand met dit mailadres" in again.content.decode()


@pytest.mark.parametrize("wrong", [{"email": "geen adres"}, {"name": ""}, {"roles": []}, {"roles": ["king"]}])
def test_an_incomplete_invitation_is_not_sent(client: Client, boss: StaffMember, wrong: dict[str, object]) -> None:
    form = {"email": "n@l.example", "name": "N", "roles": ["editor"], "language": "nl", **wrong}
    assert client.post(reverse("desk:invite"), form).status_code == 422
    assert StaffMember.objects.count() == 1
    assert not Delivery.objects.exists()


def test_roles_change_and_the_last_administrator_stays(client: Client, boss: StaffMember) -> None:
    answer = client.post(reverse("desk:person", kwargs={"pk": boss.pk}), {"roles": ["editor"]})
    assert answer.status_code == 422
    assert "laatste beheerder" in answer.content.decode()
    answer = client.post(reverse("desk:person_close", kwargs={"pk": boss.pk}))
    assert answer.status_code == 422
    boss.refresh_from_db()
    assert boss.is_active
    other = builders.staff(Role.EDITOR)
    client.post(reverse("desk:person", kwargs={"pk": other.pk}), {"roles": ["administrator"]})
    assert client.post(reverse("desk:person", kwargs={"pk": boss.pk}), {"roles": ["editor"]}).status_code == 302
    assert client.get(reverse("desk:people")).status_code == 403
    assert Entry.objects.filter(kind="staff_roles").count() == 2


def test_a_closed_account_is_out_at_once_and_can_come_back(client: Client, boss: StaffMember) -> None:
    other = builders.staff(Role.EDITOR)
    there = signed_in(Client(), other)
    client.post(reverse("desk:person_close", kwargs={"pk": other.pk}))
    assert there.get("/desk/").status_code == 302
    assert "Gesloten" in client.get(reverse("desk:people")).content.decode()
    client.post(reverse("desk:person_reopen", kwargs={"pk": other.pk}))
    other.refresh_from_db()
    assert other.is_active


def test_a_lost_phone(client: Client, boss: StaffMember) -> None:
    from django_otp.plugins.otp_totp.models import TOTPDevice

    other = builders.staff(Role.EDITOR)
    TOTPDevice.objects.create(user=other, name="app", confirmed=True)
    there = signed_in(Client(), other)
    client.post(reverse("desk:person_reset_app", kwargs={"pk": other.pk}))
    assert not TOTPDevice.objects.filter(user=other).exists()
    assert there.get("/desk/").status_code == 302
    client.post(reverse("desk:person_send_link", kwargs={"pk": other.pk}))
    assert Delivery.objects.get().recipient == other.email


def test_the_list_costs_the_same_for_three_and_thirty(
    client: Client, boss: StaffMember, django_assert_num_queries
) -> None:
    client.get(reverse("desk:people"))
    for _number in range(30):
        builders.staff(Role.EDITOR)
        with django_assert_num_queries(7):
            client.get(reverse("desk:people"))
