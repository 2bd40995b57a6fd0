"""The pages on which accounts are connected and looked after."""

import logging
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stamtafel.channels import registry
from stamtafel.channels.contract import Temporary
from stamtafel.channels.jobs.measure import measure_due
from stamtafel.channels.jobs.send import send_due
from stamtafel.channels.models import Account, Delivery, Snapshot
from stamtafel.channels.vault import secrets_of
from stamtafel.people.rules import Role
from tests.builders import municipality, staff
from tests.channels.builders import post
from tests.channels.test_accounts import Door
from tests.people.builders import signed_in
from tests.web.crawl import BEGIN, crawl

pytestmark = pytest.mark.django_db
CANARY = "kanariegeheim"


@pytest.fixture(autouse=True)
def _town(settings, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    municipality()


@pytest.fixture
def boss(client: Client) -> Client:
    return signed_in(client, staff(Role.ADMINISTRATOR))


def connect(client: Client, **fields: str):
    given = {"name": "Gemeente Lindewaard", "set_secret": CANARY, **fields}
    return client.post(reverse("desk:account_new", kwargs={"kind": "demo"}), given)


def page(client: Client, name: str, **parts: object) -> str:
    return client.get(reverse(f"desk:{name}", kwargs=parts)).content.decode()


def test_connecting_tells_what_is_needed_tries_it_and_shows_how_it_is_doing(boss: Client) -> None:
    form = page(boss, "account_new", kind="demo")
    assert "Wat u nodig hebt" in form
    assert 'name="set_secret"' in form
    saved = connect(boss, set_expires_at=(timezone.now() + timedelta(days=10)).date().isoformat(), set_price="15")
    one = Account.objects.get()
    assert saved.headers["Location"] == reverse("desk:account_one", kwargs={"pk": one.pk})
    assert secrets_of(one) == {"secret": CANARY}
    shown = page(boss, "account_one", pk=one.pk)
    assert "Toegang loopt bijna af" in shown
    assert "Ingevuld. Laat leeg" in shown
    assert "$0.00" in shown
    assert f"/hooks/demo/{one.pk}/{one.options['hook']}/" in shown
    assert "Toegang loopt bijna af" in page(boss, "accounts")
    assert "Toegang loopt bijna af" in page(boss, "today")


def test_what_the_network_refuses_is_not_saved_and_said_in_words(boss: Client) -> None:
    refused = connect(boss, set_secret=f"wrong-{CANARY}")
    words = refused.content.decode()
    assert refused.status_code == 422
    assert "Het netwerk laat ons hiermee niet binnen" in words
    assert "The demo network does not know this secret." in words
    assert CANARY not in words
    assert "Gemeente Lindewaard" in words
    assert not Account.objects.exists()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": ""}, "Geef het account een naam."),
        ({"set_secret": ""}, "Vul “Geheim” in."),
        ({"set_behaviour": "vliegen"}, "Dit kan niet worden gebruikt"),
    ],
)
def test_what_is_missing_stands_at_its_field(boss: Client, fields: dict[str, str], said: str) -> None:
    refused = connect(boss, **fields)
    assert (refused.status_code, said in refused.content.decode()) == (422, True)


def test_an_empty_secret_keeps_what_there_was(boss: Client) -> None:
    connect(boss)
    one = Account.objects.get()
    address = reverse("desk:account_one", kwargs={"pk": one.pk})
    boss.post(address, {"name": "Andere naam", "set_secret": "", "set_latency": "0"})
    one.refresh_from_db()
    assert (one.name, secrets_of(one), one.options["latency"]) == ("Andere naam", {"secret": CANARY}, "0")
    connect(boss)
    again = boss.post(address, {"name": "Gemeente Lindewaard", "set_secret": ""})
    assert "Er is al een account met deze naam" in again.content.decode()


def test_testing_holding_and_switching_off(boss: Client) -> None:
    connect(boss)
    one = Account.objects.get()
    for name, move, said in (
        ("account_test", "", "Het werkt: het netwerk laat ons binnen."),
        ("account_hold", "hold", "Op pauze"),
        ("account_hold", "resume", "gaat nu"),
        ("account_switch", "off", "Uitgezet"),
        ("account_switch", "on", "Aangezet"),
    ):
        done = boss.post(reverse(f"desk:{name}", kwargs={"pk": one.pk}), {"move": move}, follow=True)
        assert said in done.content.decode(), name
    assert boss.post(reverse("desk:account_hold", kwargs={"pk": one.pk}), {"move": "x"}).status_code == 404
    Account.objects.update(options={"behaviour": "stall"})
    done = boss.post(reverse("desk:account_test", kwargs={"pk": one.pk}), follow=True)
    assert "niet bereikbaar" in done.content.decode()
    assert "Werkt nu niet" in page(boss, "accounts")


def test_our_own_channels_show_without_a_form(boss: Client) -> None:
    site = Account.objects.create(kind="website", name="website")
    assert "Website" in page(boss, "accounts")
    assert "set_" not in page(boss, "account_one", pk=site.pk)
    assert boss.get(reverse("desk:account_new", kwargs={"kind": "website"})).status_code == 404
    assert boss.get(reverse("desk:account_new", kwargs={"kind": "pigeon"})).status_code == 404
    assert boss.post(reverse("desk:account_one", kwargs={"pk": site.pk}), {}).status_code == 200


def test_who_is_no_administrator_sees_none_of_it(client: Client) -> None:
    connect(signed_in(client, staff(Role.ADMINISTRATOR)))
    pk = Account.objects.get().pk
    for role in set(Role) - {Role.ADMINISTRATOR}:
        other = signed_in(Client(), staff(role))
        assert 'href="/desk/accounts/"' not in page(other, "account"), role
        for name, parts in (
            ("accounts", {}), ("account_new", {"kind": "demo"}), ("account_one", {"pk": pk}),
            ("account_test", {"pk": pk}), ("account_sign_in", {"pk": pk}), ("account_signed_in", {}),
        ):  # fmt: skip
            answer = other.post if name == "account_test" else other.get
            assert answer(reverse(f"desk:{name}", kwargs=parts)).status_code == 403, (role, name)


def test_every_adapter_that_can_be_connected_has_a_page(boss: Client) -> None:
    overview = page(boss, "accounts")
    from stamtafel.channels.accounts import can_be_connected

    assert "demo" in can_be_connected()
    for kind in can_be_connected():
        assert reverse("desk:account_new", kwargs={"kind": kind}) in overview
        shown = boss.get(reverse("desk:account_new", kwargs={"kind": kind}))
        assert shown.status_code == 200, kind


# ── secrets ──────────────────────────────────────────────────────────────────────────────────────
def test_a_secret_is_in_no_page_no_log_and_no_error(boss: Client, caplog, monkeypatch) -> None:
    caplog.set_level(logging.DEBUG)
    connect(boss)
    one = Account.objects.get()
    post(one, due_at=timezone.now())
    send_due(timezone.now())
    from stamtafel.channels.adapters.demo.channel import Demo

    def repeat(_self: Demo, credentials: dict[str, str]) -> None:
        raise Temporary(f"GET /?token={credentials['secret']} went wrong")

    monkeypatch.setattr(Demo, "check", repeat)
    boss.post(reverse("desk:account_test", kwargs={"pk": one.pk}))
    monkeypatch.undo()
    assert "went wrong" in Account.objects.get().problem
    seen = [
        page(boss, "accounts"), page(boss, "account_one", pk=one.pk), page(boss, "today"), page(boss, "deliveries"),
        page(boss, "figures"), connect(boss).content.decode(), connect(boss, set_behaviour="x").content.decode(),
        boss.post(reverse("desk:account_test", kwargs={"pk": one.pk}), follow=True).content.decode(),
    ]  # fmt: skip
    assert [text for text in seen if CANARY in text] == []
    everything = crawl(*BEGIN)
    assert [address for address, one in everything.items() if CANARY in one.everything] == []
    assert CANARY not in caplog.text
    rows = [str(row) for model in (Account, Delivery) for row in model.objects.values()]
    assert [row for row in rows if CANARY in row] == []


# ── signing in at the network ────────────────────────────────────────────────────────────────────
def test_signing_in_goes_there_and_comes_back_once(boss: Client, monkeypatch) -> None:
    monkeypatch.setattr(registry, "_adapter", lambda _kind: Door)
    given = {"name": "Gemeente", "set_secret": "welkom-123"}
    saved = boss.post(reverse("desk:account_new", kwargs={"kind": "demo"}), given, follow=True)
    assert "Nog één stap" in saved.content.decode()
    one = Account.objects.get()
    begun = boss.get(reverse("desk:account_sign_in", kwargs={"pk": one.pk}))
    assert begun.headers["Location"].startswith("https://demo.example/authorize?state=")
    state = begun.headers["Location"].split("state=")[1].split("&")[0]
    back = reverse("desk:account_signed_in")
    done = boss.get(back, {"state": state, "code": "good-code"}, follow=True)
    assert "Het werkt" in done.content.decode()
    assert secrets_of(one)["access"] == "good-code"
    again = boss.get(back, {"state": state, "code": "other"}, follow=True)
    assert "Begin opnieuw" in again.content.decode()
    for query, said in (({"code": "c"}, "Begin opnieuw"), ({"error": "denied"}, "nee"), ({"code": "bad"}, "weigert")):
        begun = boss.get(reverse("desk:account_sign_in", kwargs={"pk": one.pk}))
        state = begun.headers["Location"].split("state=")[1].split("&")[0]
        sent = query if query == {"code": "c"} else {**query, "state": state}
        assert said in boss.get(back, sent, follow=True).content.decode(), query
    assert secrets_of(one)["access"] == "good-code"


# ── figures ──────────────────────────────────────────────────────────────────────────────────────
def test_figures_show_per_post_and_per_account(client: Client, boss: Client) -> None:
    assert "Hier ziet u straks" in page(boss, "figures")
    connect(boss)
    one, now = Account.objects.get(), timezone.now()
    post(one, due_at=now)
    send_due(now)
    measure_due(now)
    analyst = signed_in(Client(), staff(Role.ANALYST))
    shown = page(analyst, "figures")
    assert "Het plein wordt groen" in shown
    assert "1.201 volgers" in shown
    assert "<polyline" not in shown  # one day is no line
    Snapshot.objects.create(account=one, day=now.date() - timedelta(days=3), name="followers", value=1100)
    post(one, due_at=now, subject="De brug is open")
    send_due(now)
    Account.objects.update(measured_on=None)
    measure_due(now)
    shown = page(analyst, "figures")
    assert "<polyline" in shown
    assert "1.202 volgers; op" in shown
    assert "Weergaven: de meeste voor" in shown
    other = analyst.get(reverse("desk:figures"), {"account": one.pk + 1}).content.decode()
    assert "nog geen cijfers" in other
    assert analyst.get(reverse("desk:figures"), {"account": "x" * 5000}).status_code == 200
    assert signed_in(Client(), staff(Role.EDITOR)).get(reverse("desk:figures")).status_code == 403
