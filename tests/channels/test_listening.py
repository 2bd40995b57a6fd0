"""Asking networks what people said: the cursor, whose turn it is, and what is forgotten."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from stamtafel.channels import hearing, queries
from stamtafel.channels.adapters.demo.channel import Demo
from stamtafel.channels.contract import (
    Edits,
    FindsByKey,
    Hides,
    Listens,
    Measures,
    NeedsSignIn,
    Permanent,
    Rendered,
    Replies,
    RepliesInPrivate,
    Retracts,
    Target,
    Temporary,
    Update,
    Webhooks,
)
from stamtafel.channels.jobs import listen
from stamtafel.channels.jobs.listen import LONGEST, TURN, back_off, listen_due, pause, recent_posts
from stamtafel.channels.models import Account, InboundItem
from stamtafel.inbox.actions.take_in import take_in
from stamtafel.people.queries import Forbidden
from stamtafel.people.rules import Role
from tests import builders
from tests.builders import NOW, staff
from tests.inbox.network import Network
from tests.parallel import at_once

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def network(settings, tmp_path: Path) -> Network:
    settings.DATA = tmp_path
    builders.municipality()
    return Network(tmp_path / "demo")


def fresh(account: Account) -> Account:
    return Account.objects.get(pk=account.pk)


def answering(monkeypatch, act: Callable[..., Any]) -> None:
    monkeypatch.setattr(Demo, "listen", lambda _self, *asked: act(*asked))


def recording(asked: list[Any]) -> Callable[..., Any]:
    def record(*given: object) -> Any:
        asked.append(given)
        return [], "here"

    return record


def refusing(monkeypatch, error: Exception) -> None:
    def refuse(*_asked: object) -> None:
        raise error

    answering(monkeypatch, refuse)


def test_what_came_since_is_kept_with_the_cursor(network: Network) -> None:
    network.residents.say("Een")
    assert listen_due(NOW) == 1
    account = fresh(network.account)
    assert (account.cursor, account.listened_at, account.listen_due_at) == ("1", NOW, NOW + MINUTE)
    network.residents.say("Twee")
    assert listen_due(NOW + MINUTE / 2) == 0
    assert listen_due(NOW + MINUTE) == 1
    assert list(InboundItem.objects.order_by("pk").values_list("remote_id", flat=True)) == [
        "comment:said-1",
        "comment:said-2",
    ]
    assert fresh(network.account).cursor == "2"


def test_what_was_told_before_it_was_asked_is_one_item(network: Network) -> None:
    network.tell(network.residents.say("Een"))
    listen_due(NOW)
    assert InboundItem.objects.count() == 1


def test_more_than_a_page_comes_in_turns(network: Network, monkeypatch) -> None:
    monkeypatch.setattr("stamtafel.channels.adapters.demo.channel.PAGE", 2)
    for number in range(5):
        network.residents.say(str(number))
    for turn in range(3):
        listen_due(NOW + turn * MINUTE)
    assert (InboundItem.objects.count(), fresh(network.account).cursor) == (5, "5")


def test_the_cursor_is_kept_only_with_what_it_stands_for(network: Network, monkeypatch) -> None:
    network.residents.say("Een")
    with monkeypatch.context() as patch:
        patch.setattr(hearing, "keep_updates", lambda **_given: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            listen_due(NOW)
    assert (fresh(network.account).cursor, InboundItem.objects.count()) == ("", 0)
    listen_due(NOW + TURN)
    assert (fresh(network.account).cursor, InboundItem.objects.count()) == ("1", 1)


def test_it_is_asked_about_our_newest_posts(network: Network, monkeypatch) -> None:
    asked: list[Any] = []
    answering(monkeypatch, recording(asked))
    for number in range(23):
        network.sent(f"demo-{number}")
    network.sent("gone", retracted_at=NOW)
    network.sent("answer", purpose="reply")
    network.sent("", state="waiting")
    listen_due(NOW)
    [(cursor, credentials, recent)] = asked
    assert (cursor, credentials["secret"]) == ("", "een geheim van het netwerk")
    assert list(recent) == [f"demo-{number}" for number in range(22, 2, -1)] == recent_posts(network.account)


def test_one_account_stops_no_other(network: Network, monkeypatch, tmp_path: Path) -> None:
    broken = Account.objects.create(kind="demo", name="a", options={"folder": str(tmp_path), "behaviour": "nonsense"})
    Account.objects.create(kind="pigeon", name="of a package that is gone")
    Account.objects.create(kind="paper", name="does not listen")
    Account.objects.create(kind="demo", name="off", enabled=False, options={"folder": str(tmp_path)})
    Account.objects.filter(pk=broken.pk).update(id=0)  # before the other
    network.residents.say("Een")
    with pytest.raises(ValueError, match="nonsense"):
        listen_due(NOW)
    assert InboundItem.objects.count() == 1


def test_an_adapter_that_breaks_gets_a_later_turn(network: Network, monkeypatch) -> None:
    refusing(monkeypatch, KeyError("data"))
    with pytest.raises(KeyError):
        listen_due(NOW)
    assert listen_due(NOW + MINUTE / 2) == 0
    account = fresh(network.account)
    assert account.listen_due_at is not None
    assert NOW + MINUTE / 2 < account.listen_due_at < NOW + 2 * MINUTE


def test_a_network_that_asks_for_time_gets_it(network: Network, monkeypatch) -> None:
    refusing(monkeypatch, Temporary("busy", retry_after=timedelta(hours=3)))
    assert listen_due(NOW) == 1
    account = fresh(network.account)
    assert (account.listen_due_at, account.listened_at, account.problem) == (NOW + timedelta(hours=3), None, "")


def test_the_longer_it_fails_the_longer_the_wait(network: Network, monkeypatch) -> None:
    monkeypatch.setattr(listen, "_chance", lambda: 0.5)
    refusing(monkeypatch, Temporary("busy"))
    moment, waits = NOW, []
    for _time in range(9):
        listen_due(moment)
        due = fresh(network.account).listen_due_at
        assert due is not None
        waits.append((due - moment).total_seconds())
        moment = due
    assert waits == [60, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    monkeypatch.undo()
    listen_due(moment)
    assert fresh(network.account).listen_due_at == moment + MINUTE
    assert back_off(60, timedelta(days=9), 0.999) < timedelta(seconds=LONGEST * 1.25)
    assert back_off(60, timedelta(0), 0.0) == timedelta(seconds=45)


@pytest.mark.parametrize("error", [NeedsSignIn("190: the token ended"), Permanent("This page is gone.")])
def test_what_a_person_must_mend_is_on_the_account_until_it_works(
    network: Network, monkeypatch, error: Exception
) -> None:
    with monkeypatch.context() as patch:
        refusing(patch, error)
        listen_due(NOW)
    assert fresh(network.account).problem == str(error)
    listen_due(NOW + timedelta(hours=1))
    account = fresh(network.account)
    assert (account.problem, account.health) == ("", {})


def test_a_problem_that_somebody_else_found_stays(network: Network, monkeypatch) -> None:
    with monkeypatch.context() as patch:
        refusing(patch, NeedsSignIn("190: the token ended"))
        listen_due(NOW)
    Account.objects.update(problem="A permission misses.")
    listen_due(NOW + timedelta(hours=1))
    assert fresh(network.account).problem == "A permission misses."


@pytest.mark.parametrize("outcome", ["heard", "failed"])
def test_who_took_too_long_writes_over_nobody(network: Network, monkeypatch, outcome: str) -> None:
    def slow(*_asked: object) -> Any:
        Account.objects.update(cursor="theirs", listen_due_at=NOW + timedelta(hours=1))
        if outcome == "failed":
            raise Temporary("busy")
        return [Update(remote_id="comment:1", payload={})], "ours"

    answering(monkeypatch, slow)
    listen_due(NOW)
    account = fresh(network.account)
    assert (account.cursor, account.listen_due_at, account.health) == ("theirs", NOW + timedelta(hours=1), {})
    assert InboundItem.objects.count() == (outcome == "heard")


def test_on_hold_we_still_listen(network: Network) -> None:
    Account.objects.update(held=True)
    network.residents.say("Hoort u mij?")
    listen_due(NOW)
    assert InboundItem.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_asks(network: Network, monkeypatch) -> None:
    asked: list[Any] = []
    answering(monkeypatch, recording(asked))
    outcomes = at_once(*[lambda: listen_due(NOW)] * 6)
    assert sorted(outcomes, key=str) == [0] * 5 + [1]
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("said", "seconds"), [("", 60), (120, 120), ("300", 300), (1, 10), ("soon", 60), ("9" * 9, 60)]
)
def test_how_often_is_an_option_of_the_account(said: object, seconds: int) -> None:
    assert pause(Account(kind="demo", options={"listen_seconds": said})) == seconds


# ── what is forgotten, and what can't be read ────────────────────────────────────────────────────
def test_raw_things_are_emptied_in_time_and_still_keep_the_same_from_coming_twice(network: Network, settings) -> None:
    settings.INBOUND_DAYS = 30
    event = network.residents.say("Hallo")
    network.tell(event)
    take_in(NOW)
    InboundItem.objects.create(
        account=network.account, remote_id="bad", payload={"a": 1}, state="failed", due_at=NOW, received_at=NOW,
        last_error="KeyError: Fatima",
    )  # fmt: skip
    InboundItem.objects.create(
        account=network.account, remote_id="waits", payload={"a": 1}, due_at=NOW, received_at=NOW
    )  # fmt: skip
    assert hearing.forget_payloads(NOW + timedelta(days=30)) == 0
    later = NOW + timedelta(days=30, seconds=1)
    assert (hearing.forget_payloads(later), hearing.forget_payloads(later)) == (2, 0)
    kept = {item.remote_id: (item.state, item.payload, item.last_error) for item in InboundItem.objects.all()}
    assert kept == {
        "comment:said-1": ("done", {}, ""), "bad": ("done", {}, ""), "waits": ("waiting", {"a": 1}, ""),
    }  # fmt: skip
    network.tell(event, now=later)
    InboundItem.objects.filter(remote_id="waits").delete()
    assert take_in(later) == 0


def test_who_may_can_have_it_read_again(network: Network) -> None:
    network.tell(network.residents.say("Hallo"))
    assert queries.health(now=NOW).good
    InboundItem.objects.update(state="failed", attempts=14)
    item = InboundItem.objects.get()
    assert (queries.health(now=NOW).unread, queries.health(now=NOW).good) == (1, False)
    with pytest.raises(Forbidden):
        hearing.read_again(actor=staff(Role.FIELD_WORKER), item_id=item.pk, now=NOW)
    actor = staff(Role.ADMINISTRATOR)
    assert hearing.read_again(actor=actor, item_id=item.pk, now=NOW)
    assert not hearing.read_again(actor=actor, item_id=item.pk, now=NOW)
    take_in(NOW)
    item.refresh_from_db()
    assert item.state == "done"


# ── the pretended network ────────────────────────────────────────────────────────────────────────
def test_the_pretended_network_can_do_all_that_a_network_can(network: Network) -> None:
    demo = network.channel
    for ability in (Listens, Webhooks, Replies, RepliesInPrivate, Hides, Retracts, Edits, Measures, FindsByKey):
        assert isinstance(demo, ability)
    said = network.residents.say("Mooi!", about="demo-1")
    post = demo.publish(Rendered(subject="", text="Bankjes"), {}, "k1")
    to = Target(remote_id=said["id"], thread=said["thread"], handle="fatima")
    demo.reply(to, Rendered(subject="", text="Dank u"), {}, "k2")
    demo.reply_in_private(to, Rendered(subject="", text="Bel ons"), {}, "k3")
    demo.edit(post.remote_id, Rendered(subject="", text="Banken"), {})
    assert [(one["text"], one.get("to"), one.get("thread")) for one in demo.posts()] == [
        ("Banken", None, None), ("Dank u", said["id"], said["thread"]), ("Bel ons", said["id"], "private-fatima"),
    ]  # fmt: skip
    demo.hide(to, {}, hidden=True)
    assert demo.hidden() == {said["id"]}
    demo.hide(to, {}, hidden=False)
    assert demo.hidden() == set()
    figures = {metric.name: metric.value for metric in demo.measure(post.remote_id, {})}
    assert figures["replies"] == 1
    assert figures["views"] > figures["reach"] > figures["reactions"]
    demo.retract(post.remote_id, {})
    demo.retract(post.remote_id, {})
    assert [one["key"] for one in demo.posts()] == ["k2", "k3"]


def test_the_pretended_network_closes_private_talks_after_a_week(network: Network) -> None:
    asked = Target(remote_id="1", private=True, last_heard_at=NOW, url="https://demo.example/1")
    window = network.channel.window(asked, NOW + timedelta(days=6))
    assert (window.closed, window.until, window.text) == ("", NOW + timedelta(days=7), 500)
    over = network.channel.window(asked, NOW + timedelta(days=7))
    assert over.closed
    assert over.by_hand == "https://demo.example/1"
    assert network.channel.window(Target(remote_id="1"), NOW).until is None


@pytest.mark.parametrize(("behaviour", "error"), [("stall", Temporary), ("refuse", Permanent)])
def test_the_pretended_network_may_not_want_it(tmp_path: Path, behaviour: str, error: type[Exception]) -> None:
    demo = Demo({"folder": str(tmp_path), "behaviour": behaviour})
    rendered, to = Rendered(subject="", text="Dag"), Target(remote_id="1")
    for act in (
        lambda: demo.hide(to, {}, hidden=True), lambda: demo.edit("1", rendered, {}), lambda: demo.retract("1", {}),
        lambda: demo.reply(to, rendered, {}, "k"),
    ):  # fmt: skip
        with pytest.raises(error):
            act()
    assert demo.posts() == []
