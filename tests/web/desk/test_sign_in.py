"""Coming in: the link, the second factor, the end of a session."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from stamtafel.channels.models import Delivery
from stamtafel.people import flood
from stamtafel.people.actions import make_sign_in_link
from stamtafel.people.actions.staff import close_account, reopen_account
from stamtafel.people.models import RecoveryCode, SignInLink, StaffMember
from stamtafel.people.rules import Role
from tests import builders
from tests.people.builders import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_flood() -> None:
    flood.forget()


def ask(client: Client, email: str, go_to: str = ""):
    return client.post(reverse("desk:sign_in"), {"email": email, "next": go_to})


def link_in_mail() -> str:
    return str(Delivery.objects.latest("pk").draft["link"]).removeprefix("http://127.0.0.1:8000")


def code_of(staff: StaffMember, *, step: int = 0) -> str:
    device = TOTPDevice.objects.get(user=staff)
    return f"{totp(device.bin_key, t0=-30 * step):06}"  # type: ignore[no-untyped-call]


def come_in(client: Client, staff: StaffMember) -> None:
    link = reverse("desk:sign_in_link", kwargs={"token": make_sign_in_link(staff=staff, now=timezone.now())})
    assert client.post(link).status_code == 302


def with_app(staff: StaffMember) -> None:
    TOTPDevice.objects.create(user=staff, name="app", confirmed=True)


def test_the_whole_way_in(client: Client) -> None:
    staff = builders.staff(Role.EDITOR)
    assert client.get(reverse("desk:today"))["Location"] == "/desk/sign-in/?next=%2Fdesk%2F"
    ask(client, staff.email.upper(), "https://elsewhere.example/")
    link = link_in_mail()
    assert Delivery.objects.get().recipient == staff.email

    page = client.get(link)
    assert page.status_code == 200
    assert "csrfmiddlewaretoken" in page.content.decode()
    answer = client.post(link)
    assert answer["Location"] == "/desk/"
    answer = client.get("/desk/", follow=True)
    assert answer.request["PATH_INFO"] == reverse("desk:second_factor_setup")
    assert "<svg" in answer.content.decode()

    key = client.session.session_key
    answer = client.post(reverse("desk:second_factor_setup"), {"code": code_of(staff), "next": "/desk/"})
    codes = re.findall(r"<code>(\w{4}-\w{4}-\w{4}-\w{4})</code>", answer.content.decode())
    assert len(codes) == 10
    assert client.session.session_key != key
    assert client.get("/desk/").status_code == 200
    # only digests are kept
    assert not set(codes) & set(RecoveryCode.objects.values_list("digest", flat=True))


def test_known_and_unknown_get_the_same_answer(client: Client) -> None:
    staff = builders.staff(Role.EDITOR)
    left = builders.staff(Role.EDITOR, is_active=False)
    answers = {ask(client, email)["Location"] for email in (staff.email, left.email, "nobody@elsewhere.example")}
    assert len(answers) == 1
    assert Delivery.objects.count() == 1
    sent = client.get(answers.pop()).content.decode()
    assert staff.email not in sent


def test_a_mailbox_is_not_flooded(client: Client) -> None:
    staff = builders.staff(Role.EDITOR)
    for _number in range(4):
        ask(client, staff.email)
    assert Delivery.objects.count() == 1


def test_asking_very_often_is_slowed_down_in_words(client: Client) -> None:
    answers = [ask(client, f"m{number}@elsewhere.example").status_code for number in range(11)]
    assert answers == [302] * 10 + [429]


def test_a_link_is_kept_as_digest_only_and_works_once(client: Client) -> None:
    staff = builders.staff(Role.EDITOR)
    ask(client, staff.email)
    link = link_in_mail()
    token = link.rstrip("/").rsplit("/", 1)[1]
    assert token not in str(SignInLink.objects.values_list())
    assert client.get(link).status_code == 200  # looking does not use it up
    assert client.post(link).status_code == 302
    again = Client().post(link)
    assert again.status_code == 422
    assert "werkt niet meer" in again.content.decode()


def test_a_link_ends_after_fifteen_minutes() -> None:
    staff = builders.staff(Role.EDITOR)
    before = timezone.now() - timedelta(minutes=15)
    token = make_sign_in_link(staff=staff, now=before)
    assert Client().post(reverse("desk:sign_in_link", kwargs={"token": token})).status_code == 422


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example/desk/", "/berichten/", "javascript:alert(1)", "/desk/\\evil"]
)
def test_next_stays_at_our_own_desk(client: Client, wanted: str) -> None:
    staff = builders.staff(Role.EDITOR)
    token = make_sign_in_link(staff=staff, now=timezone.now())
    answer = client.post(reverse("desk:sign_in_link", kwargs={"token": token}), {"next": wanted})
    assert answer["Location"] == "/desk/" or wanted == "/desk/\\evil"
    assert not answer["Location"].startswith(("//", "http", "javascript"))


def test_the_code_is_asked_each_time_and_a_used_one_is_refused(client: Client) -> None:
    staff = builders.staff(Role.EDITOR)
    with_app(staff)
    come_in(client, staff)
    assert client.get("/desk/")["Location"].startswith(reverse("desk:second_factor"))
    code = code_of(staff)
    assert client.post(reverse("desk:second_factor"), {"code": code}).status_code == 302
    other = Client()
    come_in(other, staff)
    answer = other.post(reverse("desk:second_factor"), {"code": code})
    assert answer.status_code == 422
    assert other.get("/desk/").status_code == 302


def test_a_recovery_code_works_once(client: Client) -> None:
    staff = builders.staff(Role.EDITOR)
    come_in(client, staff)
    client.get(reverse("desk:second_factor_setup"))
    page = client.post(reverse("desk:second_factor_setup"), {"code": code_of(staff)}).content.decode()
    recovery = re.findall(r"<code>(\w{4}-\w{4}-\w{4}-\w{4})</code>", page)[3]
    first, second = Client(), Client()
    for browser, expected in ((first, 302), (second, 422)):
        come_in(browser, staff)
        answer = browser.post(reverse("desk:second_factor"), {"code": f" {recovery.upper()} "})
        assert answer.status_code == expected


def test_guessing_codes_locks_out_and_says_so(client: Client) -> None:
    staff = builders.staff(Role.EDITOR)
    with_app(staff)
    come_in(client, staff)
    answers = [client.post(reverse("desk:second_factor"), {"code": "000000"}) for _number in range(6)]
    assert [a.status_code for a in answers[:4]] == [422] * 4
    assert {a.status_code for a in answers[4:]} == {429}
    assert "kwartier" in answers[-1].content.decode()
    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    right = client.post(reverse("desk:second_factor"), {"code": code_of(staff)})
    assert right.status_code == 429


def test_an_app_is_not_replaced_by_who_only_has_the_mailbox(client: Client) -> None:
    staff = builders.staff(Role.EDITOR)
    with_app(staff)
    come_in(client, staff)
    answer = client.get(reverse("desk:second_factor_setup"))
    assert answer.status_code == 302
    assert TOTPDevice.objects.filter(user=staff).count() == 1


def test_later_is_for_the_demo_only(client: Client, settings) -> None:
    staff = builders.staff(Role.EDITOR)
    come_in(client, staff)
    later = reverse("desk:second_factor_later")
    assert client.post(later).status_code == 404
    builders.municipality(fixture=True)
    from stamtafel.places.queries import forget_municipality

    forget_municipality()
    assert client.post(later)["Location"] == "/desk/"
    assert client.get("/desk/").status_code == 200
    settings.DEVELOPMENT = False
    assert client.get("/desk/")["Location"].startswith(reverse("desk:second_factor"))
    assert client.post(later).status_code == 404


@pytest.mark.parametrize(("mark", "hours"), [("signed_in_at", 10.1), ("seen_at", 2.1)])
def test_a_session_ends_when_old_or_idle(client: Client, mark: str, hours: float) -> None:
    staff = builders.staff(Role.EDITOR)
    signed_in(client, staff)
    assert client.get("/desk/").status_code == 200
    session = client.session
    session[mark] = (timezone.now() - timedelta(hours=hours)).timestamp()
    session.save()
    assert client.get("/desk/")["Location"].startswith(reverse("desk:sign_in"))
    session.load()
    assert client.get("/desk/").status_code == 302


def test_sessions_end_at_once_and_stay_ended(client: Client) -> None:
    staff = builders.staff(Role.EDITOR)
    signed_in(client, staff)
    close_account(actor=None, staff=staff, now=timezone.now())
    assert client.get("/desk/").status_code == 302
    reopen_account(actor=None, staff=staff, now=timezone.now())
    assert client.get("/desk/").status_code == 302


def test_signing_out_is_a_post(client: Client) -> None:
    signed_in(client, builders.staff(Role.EDITOR))
    assert client.get(reverse("desk:sign_out")).status_code == 405
    assert client.post(reverse("desk:sign_out"))["Location"] == reverse("desk:sign_in")
    assert client.get("/desk/").status_code == 302


def test_forms_need_the_token_of_the_desk() -> None:
    browser = Client(enforce_csrf_checks=True)
    assert browser.post(reverse("desk:sign_in"), {"email": "a@b.example"}).status_code == 403


def test_pages_are_not_kept_and_speak_the_members_language(client: Client) -> None:
    signed_in(client, builders.staff(Role.EDITOR, language="en"))
    answer = client.get("/desk/")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Language"] == "en"
    assert '<html lang="en"' in answer.content.decode()


def test_a_part_of_a_page_sends_the_whole_page_to_the_door(client: Client) -> None:
    answer = client.get("/desk/", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"].startswith(reverse("desk:sign_in") + "?next=")
