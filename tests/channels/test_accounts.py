"""Connecting an account, changing it, looking how it is doing."""

import dataclasses
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from stamtafel.channels import accounts, overview, registry
from stamtafel.channels.accounts import AccountRefused, Answers, NotLetIn
from stamtafel.channels.adapters.demo.channel import Demo
from stamtafel.channels.checking import check_account
from stamtafel.channels.condition import Condition, Known, conditions, tone
from stamtafel.channels.contract import Health, NeedsSignIn, Permanent, Temporary
from stamtafel.channels.jobs.check import check_due
from stamtafel.channels.jobs.measure import measure_due
from stamtafel.channels.jobs.send import send_due
from stamtafel.channels.models import Account, Delivery, Secret, Snapshot
from stamtafel.channels.vault import keep_secrets, secrets_of
from stamtafel.ledger.models import Entry
from stamtafel.people.queries import Forbidden
from stamtafel.people.rules import Role
from tests.builders import NOW, municipality, staff
from tests.channels.builders import demo_account, post
from tests.fakes.base import running
from tests.fakes.x import X

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _town(settings, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    municipality()


def answers(name: str = "Ons account", secret: str = "welkom-123", **options: str) -> Answers:
    return Answers(name=name, options=options, secrets={"secret": secret} if secret else {})


def connected(**options: str) -> Account:
    return accounts.connect_account(actor=None, kind="demo", answers=answers(**options), now=NOW)


# ── connecting ───────────────────────────────────────────────────────────────────────────────────
def test_an_account_is_tried_first_and_its_secret_is_locked() -> None:
    account = connected(expires_at="2026-12-01", latency="0")
    assert secrets_of(account) == {"secret": "welkom-123"}
    assert "welkom-123" not in Secret.objects.get().locked
    assert (account.health["name"], account.problem, account.checked_at) == ("Demo", "", NOW)
    assert account.expires_at.date().isoformat() == "2026-12-01"  # type: ignore[union-attr]
    assert account.options["latency"] == "0"
    assert [entry.kind for entry in Entry.objects.all()] == ["account.connected"]
    [line] = overview.account_lines(viewer=None, now=NOW)
    assert line.hook.endswith(f"/hooks/demo/{account.pk}/{account.options['hook']}/")
    assert len(account.options["hook"]) >= 32


def test_what_the_network_does_not_take_is_not_kept_and_not_repeated() -> None:
    with pytest.raises(NotLetIn) as told:
        accounts.connect_account(actor=None, kind="demo", answers=answers(secret="wrong-geheimpje"), now=NOW)
    assert told.value.found.trouble == "sign_in"
    assert not Account.objects.exists()
    assert "geheimpje" not in repr(answers(secret="wrong-geheimpje"))


@pytest.mark.parametrize(
    ("given", "where"),
    [(answers(name="  "), "name"), (answers(secret=""), "secret"), (answers(behaviour="vliegen"), "")],
)
def test_what_is_missing_or_wrong_is_named(given: Answers, where: str) -> None:
    with pytest.raises(AccountRefused) as told:
        accounts.connect_account(actor=None, kind="demo", answers=given, now=NOW)
    assert told.value.field == where
    assert not Account.objects.exists()


def test_two_accounts_of_one_kind_have_two_names() -> None:
    connected()
    with pytest.raises(AccountRefused):
        connected()
    other = accounts.connect_account(actor=None, kind="demo", answers=answers(name="Sport"), now=NOW)
    with pytest.raises(AccountRefused):
        accounts.change_account(actor=None, account_id=other.pk, answers=answers(), now=NOW)


@pytest.mark.parametrize("kind", ["website", "cafe", "pigeon"])
def test_what_is_the_installations_own_is_not_connected(kind: str) -> None:
    with pytest.raises(registry.UnknownKind):
        accounts.connect_account(actor=None, kind=kind, answers=answers(), now=NOW)
    assert kind not in accounts.can_be_connected()


def test_an_empty_secret_leaves_the_old_and_an_empty_option_goes() -> None:
    account = connected(price="20")
    hook = account.options["hook"]
    changed = accounts.change_account(
        actor=None, account_id=account.pk, answers=answers(name="Nieuw", secret="", price=""), now=NOW
    )
    assert secrets_of(changed) == {"secret": "welkom-123"}
    assert changed.options == {"hook": hook}
    assert changed.name == "Nieuw"
    with pytest.raises(NotLetIn):
        accounts.change_account(actor=None, account_id=account.pk, answers=answers(secret="wrong one"), now=NOW)
    assert secrets_of(account) == {"secret": "welkom-123"}


def test_secrets_that_no_key_opens_are_filled_in_anew(settings) -> None:
    account = connected()
    settings.VAULT_KEYS = ["a new key altogether, without the old one"]
    assert check_account(account, NOW).trouble == "sign_in"
    accounts.change_account(actor=None, account_id=account.pk, answers=answers(secret="opnieuw"), now=NOW)
    assert secrets_of(account) == {"secret": "opnieuw"}


def test_only_an_administrator_may() -> None:
    account = connected()
    for role in set(Role) - {Role.ADMINISTRATOR}:
        actor = staff(role)
        for tried in (
            lambda actor=actor: accounts.connect_account(actor=actor, kind="demo", answers=answers(), now=NOW),
            lambda actor=actor: accounts.change_account(actor=actor, account_id=account.pk, answers=answers(), now=NOW),
            lambda actor=actor: accounts.test_account(actor=actor, account_id=account.pk, now=NOW),
            lambda actor=actor: accounts.switch_account(actor=actor, account_id=account.pk, on=False, now=NOW),
            lambda actor=actor: accounts.begin_sign_in(actor=actor, account_id=account.pk, callback="https://x/"),
            lambda actor=actor: accounts.finish_sign_in(
                actor=actor, account_id=account.pk, code="c", verifier="v", callback="https://x/", now=NOW
            ),
            lambda actor=actor: overview.account_lines(viewer=actor, now=NOW),
            lambda actor=actor: overview.account_line(viewer=actor, account_id=account.pk, now=NOW),
            lambda actor=actor: overview.account_options(viewer=actor, account_id=account.pk),
        ):
            with pytest.raises(Forbidden):
                tried()
    assert accounts.test_account(actor=staff(Role.ADMINISTRATOR), account_id=account.pk, now=NOW).good


def test_switched_off_nothing_leaves_and_on_again_it_does() -> None:
    account = connected()
    row = post(account)
    for _ in range(2):
        accounts.switch_account(actor=None, account_id=account.pk, on=False, now=NOW)
    assert send_due(NOW) == 0
    assert overview.account_line(viewer=None, account_id=account.pk, now=NOW).conditions == [Condition.OFF]
    accounts.switch_account(actor=None, account_id=account.pk, on=True, now=NOW)
    assert send_due(NOW) == 1
    assert Delivery.objects.get(pk=row.pk).state == "done"
    assert [entry.kind for entry in Entry.objects.order_by("pk")][1:] == ["account.off", "account.on"]


# ── signing in at the network ────────────────────────────────────────────────────────────────────
class Door(Demo):
    """A network where one signs in."""

    def sign_in_address(self, credentials: Mapping[str, str], *, callback: str, state: str, verifier: str) -> str:
        assert credentials["secret"] == "welkom-123"
        return f"https://demo.example/authorize?state={state}&redirect_uri={callback}"

    def signed_in(self, code: str, credentials: Mapping[str, str], **_more: Any) -> Mapping[str, str]:
        if code == "bad":
            raise Permanent(f"The code {code} was used with {credentials['secret']}.")
        return {"access": code}


def test_signing_in_at_the_network_connects_it(monkeypatch) -> None:
    monkeypatch.setattr(registry, "_adapter", lambda _kind: Door)
    account = connected()
    assert (account.enabled, account.checked_at) == (False, None)
    begun = accounts.begin_sign_in(actor=None, account_id=account.pk, callback="https://l.example/")
    assert begun.state in begun.address
    assert begun.verifier not in begun.address + repr(begun)
    assert 43 <= len(begun.verifier) <= 128  # RFC 7636 section 4.1
    shared = {"actor": None, "account_id": account.pk, "verifier": begun.verifier, "callback": "https://l.example/"}
    with pytest.raises(NotLetIn) as told:
        accounts.finish_sign_in(code="bad", now=NOW, **shared)
    assert "welkom" not in told.value.found.problem
    assert accounts.finish_sign_in(code="good-code", now=NOW, **shared).good
    account.refresh_from_db()
    assert (account.enabled, secrets_of(account)["access"]) == (True, "good-code")
    assert accounts.change_account(actor=None, account_id=account.pk, answers=answers(secret=""), now=NOW).enabled


def test_where_nobody_signs_in_it_is_refused() -> None:
    account = connected()
    with pytest.raises(AccountRefused):
        accounts.begin_sign_in(actor=None, account_id=account.pk, callback="https://l.example/")
    with pytest.raises(AccountRefused):
        accounts.finish_sign_in(actor=None, account_id=account.pk, code="c", verifier="v", callback="", now=NOW)


# ── what wears out ───────────────────────────────────────────────────────────────────────────────
class Wearing(Demo):
    """Takes each refresh word once."""

    taken: list[str] = []

    def is_stale(self, credentials: Mapping[str, str], _now: object) -> bool:
        return "access" not in credentials

    def renew(self, credentials: Mapping[str, str], _now: object) -> Mapping[str, str]:
        if credentials["secret"] in self.taken:
            raise NeedsSignIn("used twice")
        self.taken.append(credentials["secret"])
        return {"access": "a", "secret": f"next-{len(self.taken)}"}


def test_what_trying_it_uses_up_is_kept(monkeypatch) -> None:
    monkeypatch.setattr(registry, "_adapter", lambda _kind: Wearing)
    monkeypatch.setattr(Wearing, "taken", [])
    account = connected()
    assert secrets_of(account) == {"access": "a", "secret": "next-1"}
    Secret.objects.filter(name="access").delete()
    accounts.change_account(actor=None, account_id=account.pk, answers=answers(secret=""), now=NOW)
    assert secrets_of(account) == {"access": "a", "secret": "next-2"}
    assert Wearing.taken == ["welkom-123", "next-1"]
    Secret.objects.filter(name="access").delete()
    keep_secrets(account, {"secret": "next-1"})
    with pytest.raises(NotLetIn):
        accounts.change_account(actor=None, account_id=account.pk, answers=answers(secret=""), now=NOW)


# ── looking every hour ───────────────────────────────────────────────────────────────────────────
def test_each_account_is_looked_at_once_an_hour_and_what_is_found_is_kept() -> None:
    account = demo_account(Path())
    assert (check_due(NOW), check_due(NOW + timedelta(minutes=59))) == (1, 0)
    Account.objects.update(options={"behaviour": "stall"})
    assert check_due(NOW + timedelta(hours=1)) == 1
    account.refresh_from_db()
    assert (account.problem, account.health["trouble"], account.health["name"]) == (
        "The demo network is busy.", "later", "Demo",
    )  # fmt: skip
    Account.objects.update(options={"behaviour": "refuse"})
    check_due(NOW + timedelta(hours=2))
    account.refresh_from_db()
    assert (account.problem, account.health["missing"]) == ("", ["write"])


def test_a_problem_in_sending_is_looked_at_soon(settings) -> None:
    account = demo_account(settings.DATA)
    check_due(NOW)
    keep_secrets(account, {"secret": "x"})
    settings.VAULT_KEYS = ["another"]
    post(account)
    send_due(NOW)
    assert check_due(NOW) == 1
    account.refresh_from_db()
    assert account.health["trouble"] == "sign_in"


def test_an_adapter_that_breaks_stops_no_other_check(monkeypatch, tmp_path: Path) -> None:
    def broken(self: Demo, credentials: object) -> Health:
        if self._posts._path.parent.name == "b":
            raise RuntimeError("broke")
        return Health(name="fine")

    monkeypatch.setattr(Demo, "check", broken)
    bad, good = demo_account(tmp_path / "b"), demo_account(tmp_path / "g")
    with pytest.raises(RuntimeError):
        check_due(NOW)
    assert Account.objects.get(pk=good.pk).health["name"] == "fine"
    assert check_due(NOW) == 0
    assert Account.objects.get(pk=bad.pk).checked_at == NOW


def test_kinds_that_only_listen_or_are_gone_are_passed_over() -> None:
    Account.objects.create(kind="cafe", name="cafe")
    Account.objects.create(kind="pigeon", name="pigeon")
    assert check_due(NOW) == 0
    assert overview.account_lines(viewer=None, now=NOW) == []


class Telling(Demo):
    """Has to be asked to call us."""

    asked: list[str] = []
    said: Exception | None = None

    def subscribe(self, _credentials: Mapping[str, str], callback: str) -> None:
        if self.said:
            raise self.said
        self.asked.append(callback)


def test_every_hour_the_network_is_asked_to_call_us(monkeypatch, settings, tmp_path: Path) -> None:
    monkeypatch.setattr(registry, "_adapter", lambda _kind: Telling)
    monkeypatch.setattr(Telling, "asked", [])
    account = demo_account(tmp_path)
    check_due(NOW)
    assert Telling.asked == []  # nobody outside can call http://127.0.0.1
    settings.SITE_URL = "https://praat.lindewaard.example"
    check_due(NOW + timedelta(hours=1))
    assert Telling.asked[0].startswith(f"https://praat.lindewaard.example/hooks/demo/{account.pk}/")
    monkeypatch.setattr(Telling, "said", Temporary("not now"))
    check_due(NOW + timedelta(hours=2))
    account.refresh_from_db()
    assert (account.health["unsubscribed"], account.problem) == ("not now", "")


# ── figures ──────────────────────────────────────────────────────────────────────────────────────
def sent(account: Account, days_ago: int = 0) -> Delivery:
    row = post(account)
    send_due(NOW)
    Delivery.objects.filter(pk=row.pk).update(done_at=NOW - timedelta(days=days_ago))
    return row


def test_figures_are_taken_once_a_day_of_the_posts_of_a_month(tmp_path: Path) -> None:
    account = demo_account(tmp_path)
    new, old = sent(account), sent(account, days_ago=31)
    assert (measure_due(NOW), measure_due(NOW + timedelta(hours=1))) == (2, 0)
    names = set(Snapshot.objects.filter(delivery=new).values_list("name", flat=True))
    assert names == {"views", "reach", "reactions", "replies"}
    assert not Snapshot.objects.filter(delivery=old).exists()
    assert Snapshot.objects.get(delivery=None).value == 1202
    assert measure_due(NOW + timedelta(days=1)) == 2
    assert Snapshot.objects.filter(delivery=new, name="views").count() == 2


def test_a_network_that_breaks_off_is_gone_on_with_later(monkeypatch, tmp_path: Path) -> None:
    account = demo_account(tmp_path)
    first, second = sent(account), sent(account)
    asked: list[str] = []
    measure = Demo.measure

    def once(self: Demo, remote_id: str, credentials: Any) -> Any:
        asked.append(remote_id)
        if len(asked) == 2:
            raise Temporary("enough for now")
        if len(asked) == 3:
            raise Permanent("this post is gone")
        return measure(self, remote_id, credentials)

    monkeypatch.setattr(Demo, "measure", once)
    assert (measure_due(NOW), measure_due(NOW + timedelta(minutes=5))) == (0, 0)
    assert Snapshot.objects.filter(delivery=first).count() == 4
    assert measure_due(NOW + timedelta(minutes=31)) == 2
    assert asked == ["demo-1", "demo-2", "demo-2"]
    assert not Snapshot.objects.filter(delivery=second).exists()
    account.refresh_from_db()
    assert account.measured_on == NOW.date()


def test_the_page_of_figures_costs_the_same_for_one_post_and_for_many(
    django_assert_num_queries, tmp_path: Path
) -> None:
    account = demo_account(tmp_path)
    for number in (1, 9):
        for _ in range(number):
            sent(account)
        measure_due(NOW)
        Account.objects.update(measured_on=None)
        with django_assert_num_queries(4):
            found = overview.figures(viewer=None, now=NOW)
    assert len(found.posts) == 10
    assert found.names == ["views", "reach", "reactions", "replies"]
    assert found.accounts[0].daily == [(NOW.date(), 1210)]
    assert overview.figures(viewer=None, now=NOW, account_id=account.pk + 1).posts == []
    assert [one.pk for one in overview.measured_accounts(viewer=None)] == [account.pk]
    with pytest.raises(Forbidden):
        overview.figures(viewer=staff(Role.EDITOR), now=NOW)


# ── conditions ───────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("known", "found", "colour"),
    [
        (Known(), [Condition.GOOD], "good"),
        (Known(enabled=False, problem="x"), [Condition.OFF], "neutral"),
        (Known(problem="x"), [Condition.PROBLEM], "wrong"),
        (Known(problem="x", must_sign_in=True, held=True), [Condition.SIGN_IN, Condition.HELD], "wrong"),
        (Known(expires_at=NOW), [Condition.EXPIRED], "wrong"),
        (Known(expires_at=NOW + timedelta(days=14)), [Condition.EXPIRES], "attention"),
        (Known(expires_at=NOW + timedelta(days=14, seconds=1)), [Condition.GOOD], "good"),
        (Known(missing=("a",)), [Condition.MISSING], "attention"),
        (Known(quota_used=90, quota_total=100), [Condition.QUOTA], "attention"),
        (Known(quota_used=89, quota_total=100), [Condition.GOOD], "good"),
        (Known(spent=9, ceiling=10), [Condition.CEILING], "attention"),
        (Known(checked=False), [Condition.UNKNOWN], "attention"),
    ],
)
def test_what_is_known_is_said(known: Known, found: list[Condition], colour: str) -> None:
    assert conditions(known, NOW) == found
    assert tone(found) == colour


def test_no_line_holds_a_secret() -> None:
    account = connected()
    [line] = overview.account_lines(viewer=None, now=NOW)
    assert "welkom-123" not in repr(dataclasses.asdict(line))
    assert line.filled_in == {"secret"}
    assert overview.account_options(viewer=None, account_id=account.pk) == {}
    assert overview.ending_soon(viewer=staff(Role.ADMINISTRATOR), now=NOW) == []


def test_a_script_that_brings_the_access_along_need_not_sign_in(settings) -> None:
    with running(X()) as fake:
        assert isinstance(fake, X)
        settings.OUTBOUND_ALLOW = [fake.host]
        options = {"api_url": fake.address, "client_id": fake.client_id}
        whole = Answers("X van ons", options, fake.credentials())
        assert accounts.connect_account(actor=None, kind="x", answers=whole, now=NOW).enabled
        asked = {field.name for field in accounts.setup_of("x").fields}  # type: ignore[union-attr]
        some = {name: value for name, value in fake.credentials().items() if name in asked}
        half = Answers("Nog een X", options, some)
        assert not accounts.connect_account(actor=None, kind="x", answers=half, now=NOW).enabled
