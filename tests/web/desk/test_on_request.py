"""The page on which an administrator withdraws or erases what a resident asks us to."""

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stamtafel.channels.models import Delivery
from stamtafel.dossier.actions.keys import follow_code
from stamtafel.dossier.actions.life import mark_read
from stamtafel.dossier.models import Contribution, State
from stamtafel.inbox.models import Conversation, Message
from stamtafel.people.models import Resident, StaffMember
from stamtafel.people.rules import Role
from stamtafel.wiring import jobs
from stamtafel.work.loop import run_once
from tests import builders
from tests.people.builders import signed_in

pytestmark = pytest.mark.django_db
COMPLETE = {"do": "erase", "why": "lost_code", "checked": "1"}


@pytest.fixture
def boss(client: Client) -> StaffMember:
    builders.municipality()
    staff = builders.staff(Role.ADMINISTRATOR, name="Ruud")
    signed_in(client, staff)
    return staff


def work() -> None:
    for _round in range(2):
        run_once(jobs(), timezone.now())


def send(client: Client, one: Contribution, **form: str) -> HttpResponse:
    return client.post(reverse("desk:contribution_on_request", kwargs={"pk": one.pk}), form)


def page(client: Client, one: Contribution) -> str:
    answer = client.get(reverse("desk:contribution", kwargs={"pk": one.pk}))
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_inbox_the_mails_and_the_address_go_too(client: Client, boss: StaffMember) -> None:
    who = builders.resident(email="an@voorbeeld.example")
    one = builders.contribution("Een speelplek bij de kerk.", author=who, created_at=timezone.now())
    mark_read(contribution=one, actor=boss, now=timezone.now())
    work()
    assert Delivery.objects.filter(recipient=who.email).exists()
    assert Message.objects.filter(text__contains="kerk").exists()
    looked = client.get(reverse("desk:contribution_on_request", kwargs={"pk": one.pk}))
    assert "Een speelplek bij de kerk." in looked.content.decode()
    one.refresh_from_db()
    assert one.erased_at is None  # looking is not doing
    assert send(client, one, **COMPLETE).status_code == 302
    work()
    assert Message.objects.count() == 0
    assert Conversation.objects.get().subject == ""
    assert not Delivery.objects.filter(recipient=who.email).exists()
    assert "kerk" not in str([*Delivery.objects.values(), *Conversation.objects.values()])
    assert not Resident.objects.exists()
    html = page(client, one)
    assert "omdat de schrijver dat vroeg" in html
    assert reverse("desk:contribution_on_request", kwargs={"pk": one.pk}) not in html


@pytest.mark.parametrize("left_out", ["do", "why", "checked"])
def test_a_form_that_is_not_complete_comes_back_filled_in(client: Client, boss: StaffMember, left_out: str) -> None:
    one = builders.contribution()
    answer = send(client, one, **{name: value for name, value in COMPLETE.items() if name != left_out})
    assert answer.status_code == 422
    assert "Er is niets veranderd" in answer.content.decode()
    assert answer.content.decode().count(" checked") == 2
    one.refresh_from_db()
    assert (one.state, one.erased_at) == (State.RECEIVED, None)


def test_withdrawing_is_said_on_the_page_and_told_to_the_writer(client: Client, boss: StaffMember) -> None:
    one = builders.contribution("Een bank.", author=builders.resident(email="an@voorbeeld.example"))
    send(client, one, do="withdraw", why="representative", checked="1")
    html = page(client, one)
    assert "Een bank." in html
    assert "omdat de schrijver dat vroeg" in html
    assert follow_code(one) not in html  # the desk never shows a code
    again = client.get(reverse("desk:contribution_on_request", kwargs={"pk": one.pk})).content.decode()
    assert 'value="withdraw"' not in again
    assert 'value="erase"' in again
    work()
    (mail,) = Delivery.objects.filter(recipient="an@voorbeeld.example")
    assert "omdat u dat vroeg" in str(mail.draft["body"])


def test_only_who_may_sees_the_way_there(client: Client) -> None:
    builders.municipality()
    one = builders.contribution()
    address = reverse("desk:contribution_on_request", kwargs={"pk": one.pk})
    for role, there in ((Role.MODERATOR, False), (Role.ADMINISTRATOR, True)):
        signed_in(client, builders.staff(role))
        assert (address in page(client, one)) is there
    signed_in(client, builders.staff(Role.MODERATOR))
    assert send(client, one, **COMPLETE).status_code == 403
    one.refresh_from_db()
    assert one.erased_at is None
