"""Hands for each account: a network that stalls stops no other, and nothing is sent twice."""

import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db.models import Q

from stamtafel.channels.actions import hold_account
from stamtafel.channels.adapters.demo.channel import Demo
from stamtafel.channels.contract import Draft, Temporary
from stamtafel.channels.jobs import Turns, send_own, settle_lost
from stamtafel.channels.models import Account, Delivery
from tests.builders import NOW, municipality
from tests.channels.builders import demo_account, mail, post

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _town(settings, tmp_path: Path) -> None:
    settings.DATA, settings.EMAIL_URL = tmp_path, ""
    municipality()


@pytest.fixture
def turns():
    made = Turns(clock=lambda: NOW)
    yield made
    made.finish()


def until(condition, seconds: float = 20.0) -> None:
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "it did not happen"
        time.sleep(0.01)


def run_until_sent(turns: Turns, accounts: list[Account], seconds: float = 20.0) -> int:
    tried = 0
    limit = time.monotonic() + seconds
    while Delivery.objects.filter(account__in=accounts, state__in=["waiting", "sending"]).exists():
        assert time.monotonic() < limit
        tried += turns.run(NOW)
    while turns.run(NOW):
        pass
    return tried


def keys(account: Account) -> list[str]:
    return [one["key"] for one in Demo(account.options).posts()]


def test_a_network_that_hangs_stops_no_other(monkeypatch, tmp_path: Path, turns: Turns) -> None:
    let_go = threading.Event()
    publish = Demo.publish

    def hang(self, rendered, credentials, key):
        if key == hanging.key:
            assert let_go.wait(20)
        return publish(self, rendered, credentials, key)

    slow, quick = demo_account(tmp_path / "slow"), demo_account(tmp_path / "quick")
    hanging = post(slow)
    monkeypatch.setattr(Demo, "publish", hang)
    turns.run(NOW)
    until(lambda: Delivery.objects.get(pk=hanging.pk).state == "sending")
    rows = [post(quick) for _ in range(3)]
    run_until_sent(turns, [quick])
    assert len(keys(quick)) == len(rows)
    assert Delivery.objects.get(pk=hanging.pk).state == "sending"
    let_go.set()
    run_until_sent(turns, [slow])
    assert Delivery.objects.get(pk=hanging.pk).state == "done"


def test_many_to_one_account_go_out_once_each_by_several_hands(tmp_path: Path, turns: Turns) -> None:
    account = demo_account(tmp_path)
    account.options["latency"] = 0.05
    account.save()
    rows = [post(account) for _ in range(20)]
    started = time.monotonic()
    run_until_sent(turns, [account])
    assert sorted(keys(account)) == sorted(row.key for row in rows)
    assert time.monotonic() - started < 20
    assert set(Delivery.objects.values_list("state", "attempts", "tried_at")) == {("done", 1, NOW)}


def test_what_broke_goes_up_and_the_others_went_out(tmp_path: Path, turns: Turns) -> None:
    broken, sound = demo_account(tmp_path / "b", "crash"), demo_account(tmp_path / "s")
    first, second = post(broken), post(sound)
    seen: list[str] = []
    for _ in range(100):
        try:
            turns.run(NOW)
        except RuntimeError as error:
            seen.append(str(error))
        if not Delivery.objects.filter(state__in=["waiting", "sending"]).exists() and seen:
            break
    assert seen == ["The demo network broke after it published."]
    assert [Delivery.objects.get(pk=row.pk).state for row in (first, second)] == ["unsure", "done"]


def test_nothing_is_taken_up_for_an_account_on_hold_or_for_mail(tmp_path: Path, turns: Turns) -> None:
    account = demo_account(tmp_path)
    row, letter = post(account), mail()
    hold_account(actor=None, account_id=account.pk, now=NOW)
    assert (turns.run(NOW), turns.run(NOW)) == (0, 0)
    assert [Delivery.objects.get(pk=one.pk).state for one in (row, letter)] == ["held", "waiting"]
    other = post(demo_account(tmp_path / "other"))
    assert send_own(NOW) == 1
    assert [Delivery.objects.get(pk=one.pk).state for one in (letter, other)] == ["done", "waiting"]


def test_a_network_that_asks_us_to_wait_is_asked_once(tmp_path: Path, turns: Turns) -> None:
    account = demo_account(tmp_path, "stall")
    for _ in range(8):
        post(account)
    answer = post(account)
    Delivery.objects.filter(pk=answer.pk).update(purpose="reply", due_at=NOW + timedelta(minutes=1))
    limit = time.monotonic() + 15
    still = Q(state="waiting", due_at__lte=NOW) | Q(state="sending")
    while Delivery.objects.filter(still).exists():
        assert time.monotonic() < limit, list(Delivery.objects.values_list("state", "due_at", "attempts"))
        turns.run(NOW)
    tried = Delivery.objects.filter(purpose="announcement", attempts__gt=0).count()
    assert 1 <= tried <= 4  # as many as had been taken up by then
    waiting = Delivery.objects.filter(state="waiting", purpose="announcement")
    assert (waiting.count(), waiting.filter(due_at__lt=NOW + timedelta(minutes=10)).count()) == (8, 0)
    assert "busy" in waiting.filter(attempts=0).first().last_error  # type: ignore[union-attr]
    assert Delivery.objects.get(pk=answer.pk).due_at == NOW + timedelta(minutes=1)


def test_an_account_of_a_removed_package_slows_nobody_down(tmp_path: Path, turns: Turns) -> None:
    gone = demo_account(tmp_path / "gone")
    post(gone)
    Account.objects.filter(pk=gone.pk).update(kind="pigeon")
    there = demo_account(tmp_path / "there")
    post(there)
    run_until_sent(turns, [there])
    assert len(keys(there)) == 1
    Delivery.objects.filter(account=gone).update(state="sending", lease_until=NOW, attempts=1)
    assert settle_lost(NOW + timedelta(seconds=1)) == 0


def test_a_look_up_that_breaks_stops_no_other(monkeypatch, tmp_path: Path) -> None:
    find = Demo.find

    def broken(self: Demo, attempt, credentials):
        if attempt.key == bad.key:
            raise RuntimeError("broke")
        if attempt.key == away.key:
            raise Temporary("not now")
        return find(self, attempt, credentials)

    bad, away, lost = (post(demo_account(tmp_path / name)) for name in ("bad", "away", "lost"))
    channel = Demo({"folder": str(tmp_path / "lost")})
    channel.publish(channel.render(Draft(subject="a", body="b")), {}, lost.key)
    Delivery.objects.update(state="unsure")
    monkeypatch.setattr(Demo, "find", broken)
    with pytest.raises(RuntimeError):
        settle_lost(NOW)
    assert [Delivery.objects.get(pk=row.pk).state for row in (bad, away, lost)] == ["unsure", "unsure", "done"]


def test_its_own_clock_decides_when_a_lease_ends(tmp_path: Path) -> None:
    moment = datetime.now(UTC)
    turns = Turns(lease=timedelta(seconds=30), clock=lambda: moment)
    row = post(demo_account(tmp_path), due_at=moment)
    run_until = Delivery.objects.filter(pk=row.pk, state="done").exists
    for _ in range(200):
        turns.run(moment)
        if run_until():
            break
    turns.finish()
    assert Delivery.objects.get(pk=row.pk).done_at == moment
