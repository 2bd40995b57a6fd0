"""One's own account: name and language, another app, new codes, other sessions."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from stamtafel.ledger.models import Entry
from stamtafel.people.actions import LinkRefused, make_sign_in_link, use_sign_in_link
from stamtafel.people.actions.second_factor import check_second_factor, confirm_second_factor, start_second_factor
from stamtafel.people.models import StaffMember
from stamtafel.people.rules import Role
from tests import builders
from tests.people.builders import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client: Client) -> StaffMember:
    builders.municipality()
    staff = builders.staff(Role.FIELD_WORKER, name="Fenna")
    signed_in(client, staff)
    return staff


@pytest.fixture
def recovery(member: StaffMember) -> list[str]:
    """The recovery codes of the member, whose app is set up."""
    start_second_factor(staff=member)
    return confirm_second_factor(staff=member, code=code_of(member, confirmed=False), now=timezone.now())


def code_of(staff: StaffMember, *, confirmed: bool, step: int = 0) -> str:
    """What the app shows now, or ``step`` times 30 seconds later; a code counts once."""
    device = TOTPDevice.objects.get(user=staff, confirmed=confirmed)
    return f"{totp(device.bin_key, t0=-30 * step):06}"  # type: ignore[no-untyped-call]


def codes_on(page: str) -> list[str]:
    return re.findall(r"<code>(\w{4}-\w{4}-\w{4}-\w{4})</code>", page)


def elsewhere(staff: StaffMember) -> Client:
    browser = signed_in(Client(), StaffMember.objects.get(pk=staff.pk))
    assert browser.get("/desk/").status_code == 200
    return browser


def test_the_name_in_the_bar_leads_to_the_account(client: Client, member: StaffMember) -> None:
    page = client.get("/desk/").content.decode()
    link = re.search(r'<a [^>]*href="/desk/account/"[^>]*>(.*?)</a>', page, re.DOTALL)
    assert link
    assert "Fenna" in link[1]


def test_name_and_language_change_and_it_is_said_in_the_new_language(client: Client, member: StaffMember) -> None:
    answer = client.post(reverse("desk:account"), {"name": " Fenna de Vries ", "language": "en"}, follow=True)
    member.refresh_from_db()
    assert (member.name, member.language) == ("Fenna de Vries", "en")
    page = answer.content.decode()
    assert '<html lang="en"' in page
    assert "Saved." in page


@pytest.mark.parametrize("wrong", [{"name": " "}, {"name": "n" * 121}, {"language": "fr"}, {"language": ""}])
def test_what_is_not_right_is_not_kept(client: Client, member: StaffMember, wrong: dict[str, str]) -> None:
    answer = client.post(reverse("desk:account"), {"name": "Ander", "language": "en", **wrong})
    assert answer.status_code == 422
    member.refresh_from_db()
    assert (member.name, member.language) == ("Fenna", "nl")


def test_nobody_changes_their_roles_or_address_here(client: Client, member: StaffMember) -> None:
    more = {"roles": ["administrator"], "email": "baas@lindewaard.example"}
    client.post(reverse("desk:account"), {"name": "Fenna", "language": "nl", **more})
    kept = StaffMember.objects.get(pk=member.pk)
    assert (kept.roles, kept.email) == (member.roles, member.email)


def test_another_app_takes_the_place_of_the_first(client: Client, member: StaffMember, recovery: list[str]) -> None:
    there, page = elsewhere(member), reverse("desk:account_app")
    assert "st-qr" not in client.get(page).content.decode()
    first = TOTPDevice.objects.get(user=member)
    assert client.post(page, {"code": code_of(member, confirmed=True, step=1)}).headers["Location"] == page
    assert "st-qr" in client.get(page).content.decode()
    assert there.get("/desk/").status_code == 200
    assert TOTPDevice.objects.get(user=member, confirmed=True) == first

    answer = client.post(page, {"code": code_of(member, confirmed=False)})
    fresh = codes_on(answer.content.decode())
    assert len(fresh) == 10
    assert not set(fresh) & set(recovery)
    assert TOTPDevice.objects.get(user=member).confirmed
    assert not TOTPDevice.objects.filter(pk=first.pk).exists()
    assert client.get("/desk/").status_code == 200
    assert there.get("/desk/").status_code == 302
    assert Entry.objects.latest("pk").data == {"state": "replaced"}
    # what was proved counts for one change
    assert "st-qr" not in client.get(page).content.decode()


def test_a_lost_phone_is_replaced_with_a_recovery_code(
    client: Client, member: StaffMember, recovery: list[str]
) -> None:
    page = reverse("desk:account_app")
    client.post(page, {"code": recovery[2]})
    assert "st-qr" in client.get(page).content.decode()


def test_without_a_code_the_app_stays(client: Client, member: StaffMember, recovery: list[str]) -> None:
    page = reverse("desk:account_app")
    start_second_factor(staff=member, replace=True)  # somebody left one half set up
    answer = client.post(page, {"code": code_of(member, confirmed=False)})
    assert answer.status_code == 422
    assert "Deze code klopt niet" in answer.content.decode()
    assert check_second_factor(staff=member, code=recovery[0], now=timezone.now()) == "recovery"


def test_proof_ends_after_ten_minutes(client: Client, member: StaffMember, recovery: list[str]) -> None:
    page = reverse("desk:account_app")
    client.post(page, {"code": recovery[0]})
    session = client.session
    session["proved_at"] -= timedelta(minutes=10).total_seconds()
    session.save()
    assert "st-qr" not in client.get(page).content.decode()
    assert client.post(page, {"code": code_of(member, confirmed=True, step=1)}).status_code == 302


def test_new_recovery_codes_are_shown_once_and_end_the_old(
    client: Client, member: StaffMember, recovery: list[str]
) -> None:
    page = reverse("desk:account_codes")
    assert codes_on(client.get(page).content.decode()) == []
    answer = client.post(page, {"code": code_of(member, confirmed=True, step=1)})
    fresh = codes_on(answer.content.decode())
    assert len(fresh) == 10
    assert "U hebt nog 10 herstelcodes" in client.get(reverse("desk:account")).content.decode()
    assert codes_on(client.get(page).content.decode()) == []
    assert client.post(page, {"code": recovery[0]}).status_code == 422
    assert client.post(page, {"code": fresh[0]}).status_code == 200


@pytest.mark.parametrize("name", ["account_app", "account_codes"])
def test_guessing_is_locked_here_too(client: Client, member: StaffMember, recovery: list[str], name: str) -> None:
    answers = [client.post(reverse(f"desk:{name}"), {"code": "000000"}).status_code for _number in range(6)]
    assert answers[0] == 422
    assert answers[-1] == 429
    assert client.post(reverse(f"desk:{name}"), {"code": recovery[0]}).status_code == 429


def test_who_has_no_app_sets_one_up_first(client: Client, member: StaffMember) -> None:
    assert "Stel de app in" in client.get(reverse("desk:account")).content.decode()
    to_setup = client.get(reverse("desk:account_app")).headers["Location"]
    assert to_setup.startswith(reverse("desk:second_factor_setup"))
    assert client.get(reverse("desk:account_codes")).headers["Location"] == reverse("desk:account_app")
    signed_in(client, member, second_factor="identity provider")
    page = client.get(reverse("desk:account")).content.decode()
    assert "account van uw organisatie" in page


def test_signing_out_everywhere_else(client: Client, member: StaffMember) -> None:
    there, colleague = elsewhere(member), elsewhere(builders.staff(Role.EDITOR))
    token = make_sign_in_link(staff=member, now=timezone.now())
    assert client.get(reverse("desk:account_sign_out")).status_code == 405
    answer = client.post(reverse("desk:account_sign_out"), follow=True)
    assert "overal elders" in answer.content.decode()
    assert there.get("/desk/").status_code == 302
    assert colleague.get("/desk/").status_code == 200
    assert client.get("/desk/").status_code == 200
    with pytest.raises(LinkRefused):
        use_sign_in_link(token=token, now=timezone.now())
    assert Entry.objects.latest("pk").kind == "staff_signed_out"
