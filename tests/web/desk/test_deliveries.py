"""The page with everything that goes out."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stamtafel.channels.actions import deliver
from stamtafel.channels.contract import Draft
from stamtafel.channels.jobs import send_due
from stamtafel.channels.models import Delivery
from stamtafel.channels.queries import mail_folder
from stamtafel.people.rules import Role
from tests import builders
from tests.people.builders import signed_in

pytestmark = pytest.mark.django_db


def one(
    key: str,
    state: str = "waiting",
    *,
    purpose: str = "notice",
    recipient: str = "jan@voorbeeld.example",
    body: str = "b",
) -> Delivery:
    draft = Draft(subject=f"Onderwerp {key}", body=body)
    row = deliver(kind="email", key=key, purpose=purpose, draft=draft, recipient=recipient, due_at=timezone.now())
    Delivery.objects.filter(pk=row.pk).update(state=state, last_error="550 5.1.1 unknown" if state == "failed" else "")
    return row


def page(client: Client, query: str = "") -> str:
    return client.get(reverse("desk:deliveries") + query).content.decode()


def test_why_and_what_to_do_stand_beside_it_and_addresses_do_not(client: Client) -> None:
    one("mislukt", "failed")
    one("gelukt", "done")
    signed_in(client, builders.staff(Role.APPROVER))
    text = page(client)
    assert "kent dit adres niet" in text
    assert "jan@voorbeeld.example" not in text
    assert "Probeer opnieuw" in text
    assert "Onderwerp gelukt" in text
    only = page(client, "?state=failed")
    assert "Onderwerp mislukt" in only
    assert "Onderwerp gelukt" not in only


@pytest.mark.parametrize(("move", "state"), [("retry", "waiting"), ("mark_sent", "done"), ("cancel", "cancelled")])
def test_the_buttons_do_what_they_say(client: Client, move: str, state: str) -> None:
    row = one("a", "failed")
    address = reverse("desk:delivery_move", kwargs={"pk": row.pk})
    signed_in(client, builders.staff(Role.CONVERSATIONALIST))
    assert client.post(address, {"move": move}).status_code == 403
    signed_in(client, builders.staff(Role.APPROVER))
    assert (
        client.post(address, {"move": move, "state": "failed"})["Location"]
        == reverse("desk:deliveries") + "?state=failed"
    )
    row.refresh_from_db()
    assert row.state == state
    # a second click meets a row that moved on: said in words, nothing happens twice
    assert client.post(address, {"move": move}).status_code == 422


def test_everything_is_held_and_goes_on_by_one_button(client: Client) -> None:
    row = one("a")
    address = reverse("desk:delivery_account", kwargs={"pk": row.account_id})
    signed_in(client, builders.staff(Role.CONVERSATIONALIST))
    assert "Zet alles wat uitgaat op pauze" not in page(client)
    assert client.post(address, {"move": "hold"}).status_code == 403
    signed_in(client, builders.staff(Role.APPROVER))
    assert "Zet alles wat uitgaat op pauze" in page(client)
    client.post(address, {"move": "hold"})
    assert send_due(timezone.now()) == 0
    draft = Draft(subject="Later", body="b")
    to = {"kind": "email", "purpose": "notice", "recipient": "jan@voorbeeld.example", "due_at": timezone.now()}
    deliver(key="later", draft=draft, **to)
    text = page(client)
    assert "Op pauze. Wat uit moet gaan, wacht tot u weer verstuurt." in text
    assert "Verstuur weer" in text
    assert list(Delivery.objects.values_list("state", flat=True)) == ["held", "held"]
    assert client.post(address, {"move": "hold"}).status_code == 422  # somebody was first
    client.post(address, {"move": "resume"})
    assert send_due(timezone.now()) == 2
    assert client.post(address, {"move": "erase"}).status_code == 404


def test_an_unknown_move_is_not_found(client: Client) -> None:
    signed_in(client, builders.staff(Role.APPROVER))
    assert client.post(reverse("desk:delivery_move", kwargs={"pk": one("a").pk}), {"move": "erase"}).status_code == 404


def test_pages_follow_each_other_and_cost_the_same(client: Client, django_assert_num_queries) -> None:
    builders.municipality()
    signed_in(client, builders.staff(Role.APPROVER))
    for number in range(3):
        one(f"x{number}")
    client.get(reverse("desk:deliveries"))
    with django_assert_num_queries(12):
        page(client)
    for number in range(60):
        one(f"y{number}")
    with django_assert_num_queries(12):
        first = page(client)
    assert "Onderwerp y59<" in first
    assert "Onderwerp x0<" not in first
    after = first.split("after=")[1].split('"')[0]
    assert "Onderwerp x0<" in page(client, f"?after={after}")
    assert page(client, "?after=nonsense&state=nonsense").count("st-row ") == first.count("st-row ")


def test_kept_mails_can_be_read_in_the_demo_but_nobody_elses_sign_in_link(client: Client, settings) -> None:
    for old in mail_folder().glob("*.eml"):
        old.unlink()
    me, other = builders.staff(Role.APPROVER), builders.staff(Role.ADMINISTRATOR)
    one("bevestig", body="Volg <b>dit</b>: http://127.0.0.1:8000/bevestig/abc/")
    for member in (me, other):
        one(
            f"in-{member.pk}",
            purpose="sign-in",
            recipient=member.email,
            body=f"http://127.0.0.1:8000/desk/sign-in/link/T{member.pk}T/",
        )
    send_due(timezone.now())
    signed_in(client, me)
    text = client.get(reverse("desk:kept_mails")).content.decode()
    assert 'href="http://127.0.0.1:8000/bevestig/abc/"' in text
    assert "<b>dit</b>" not in text
    assert f"T{me.pk}T" in text
    assert f"T{other.pk}T" not in text
    settings.DEVELOPMENT = False
    assert client.get(reverse("desk:kept_mails")).status_code == 404
