"""Wrong tries at the door: who is slowed down by them, who is not, and what is kept of them."""

import logging

import pytest
from axes.models import AccessAttempt, AccessLog
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from stamtafel.people.actions import make_sign_in_link
from stamtafel.people.actions.second_factor import confirm_second_factor, start_second_factor
from stamtafel.people.models import StaffMember
from stamtafel.people.rules import Role
from tests import builders

pytestmark = pytest.mark.django_db
CODE = "/desk/sign-in/code/"


def link(token: str) -> str:
    return reverse("desk:sign_in_link", kwargs={"token": token})


def at(address: str) -> Client:
    return Client(REMOTE_ADDR=address)


def come_in(staff: StaffMember, address: str = "192.0.2.1") -> Client:
    browser = at(address)
    assert browser.post(link(make_sign_in_link(staff=staff, now=timezone.now()))).status_code == 302
    return browser


def code_of(staff: StaffMember) -> str:
    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None, last_t=-1)
    return f"{totp(TOTPDevice.objects.get(user=staff).bin_key):06}"  # type: ignore[no-untyped-call]


def with_app() -> tuple[StaffMember, list[str]]:
    """A member with an app, and the recovery codes."""
    staff = builders.staff(Role.EDITOR)
    start_second_factor(staff=staff)
    return staff, confirm_second_factor(staff=staff, code=code_of(staff), now=timezone.now())


def locked_out(staff: StaffMember, address: str = "192.0.2.1") -> Client:
    """A browser of a member that tried until it may not try any more."""
    browser = come_in(staff, address)
    answers = [browser.post(CODE, {"code": "000000"}).status_code for _number in range(6)]
    assert answers == [422] * 4 + [429] * 2
    return browser


def test_a_colleague_at_the_same_address_comes_in_with_the_code_of_the_app() -> None:
    anna, bert = with_app()[0], with_app()[0]
    browser = locked_out(anna)
    other = come_in(bert)
    assert other.post(CODE, {"code": code_of(bert)}).status_code == 302
    assert other.get("/desk/").status_code == 200
    assert browser.post(CODE, {"code": code_of(anna)}).status_code == 429  # but Anna waits


def test_a_colleague_at_the_same_address_comes_in_with_a_recovery_code() -> None:
    anna, (bert, codes) = with_app()[0], with_app()
    locked_out(anna)
    other = come_in(bert)
    assert other.post(CODE, {"code": "aaaa-bbbb-cccc-dddd"}).status_code == 422
    assert other.post(CODE, {"code": codes[0]}).status_code == 302


def test_wrong_recovery_codes_of_one_lock_out_that_one_only() -> None:
    (anna, codes), bert = with_app(), with_app()[0]
    browser = come_in(anna)
    answers = [browser.post(CODE, {"code": "aaaa-bbbb-cccc-dddd"}).status_code for _number in range(5)]
    assert answers == [422] * 4 + [429]
    assert browser.post(CODE, {"code": codes[0]}).status_code == 429
    assert come_in(bert).post(CODE, {"code": code_of(bert)}).status_code == 302


def test_wrong_links_lock_out_nobody_who_has_a_right_one() -> None:
    guesser = at("192.0.2.1")
    answers = [guesser.post(link(f"geraden{number}")).status_code for number in range(6)]
    assert answers == [422] * 4 + [429] * 2
    come_in(with_app()[0])
    assert come_in(builders.staff(Role.EDITOR)).get("/desk/").status_code == 302  # only the code is left


def test_the_same_member_at_another_address_is_not_locked_out() -> None:
    anna, _codes = with_app()
    locked_out(anna)
    assert come_in(anna, "192.0.2.2").post(CODE, {"code": code_of(anna)}).status_code == 302


def test_one_account_is_not_guessed_from_ever_more_addresses() -> None:
    (anna, codes), bert = with_app(), with_app()[0]
    browsers = [come_in(anna, f"192.0.2.{number}") for number in range(1, 16)]
    answers = [
        browser.post(CODE, {"code": "aaaa-bbbb-cccc-dddd"}).status_code for browser in browsers for _try in range(4)
    ]
    assert answers[:49] == [422] * 49
    assert set(answers[49:]) == {429}
    assert browsers[-1].post(CODE, {"code": codes[0]}).status_code == 429
    assert come_in(bert, "192.0.2.1").post(CODE, {"code": code_of(bert)}).status_code == 302


def test_no_token_and_no_code_is_kept_or_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    staff = with_app()[0]
    token = make_sign_in_link(staff=staff, now=timezone.now())
    StaffMember.objects.filter(pk=staff.pk).update(is_active=False)  # it would work again once they are back
    browser = Client()
    for _number in range(6):
        browser.post(f"{link(token)}?next=/desk/", {"next": "/desk/"})
    StaffMember.objects.filter(pk=staff.pk).update(is_active=True)
    come_in(staff).post(CODE, {"code": "123987"})
    used = make_sign_in_link(staff=staff, now=timezone.now())
    at("192.0.2.9").post(link(used))
    kept = f"{list(AccessAttempt.objects.values_list())} {list(AccessLog.objects.values_list())}"
    from_axes = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("axes"))
    assert "sign-in/link/…" in kept
    assert "sign-in/link/…" in from_axes
    for secret in (token, used, "123987"):
        assert secret not in kept
        assert secret not in from_axes
