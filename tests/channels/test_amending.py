"""What is done to a post that is out: taken back, or given other words; by hand where no program may."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from stamtafel.channels import amending, registry, standing_still
from stamtafel.channels.adapters.demo.channel import Demo
from stamtafel.channels.contract import ByHand, Draft, OutcomeUnknown, Permanent, Rendered, Temporary
from stamtafel.channels.jobs import send_due
from stamtafel.channels.jobs.amend import amend_due
from stamtafel.channels.models import Account, Amendment, Delivery
from stamtafel.people.queries import Forbidden
from stamtafel.people.rules import Role
from tests.builders import NOW, staff
from tests.channels.builders import demo_account, draft, post

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=12)


class Able:
    """What a demo network that can take back and edit was asked; it raises ``error`` when told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.done: list[tuple[str, str]] = []
        self.error: Exception | None = None
        memory, known = self, registry._adapter

        class AbleDemo(Demo):  # a class of its own: Python remembers which class has which ability
            def retract(self, remote_id: str, _credentials: Mapping[str, str]) -> None:
                memory.do(remote_id, "")

            def edit(self, remote_id: str, rendered: Rendered, _credentials: Mapping[str, str]) -> None:
                memory.do(remote_id, rendered.text)

        monkeypatch.setattr(registry, "_adapter", lambda kind: AbleDemo if kind == "demo" else known(kind))

    def do(self, remote_id: str, text: str) -> None:
        if self.error is not None:
            raise self.error
        self.done.append((remote_id, text))


class Plain:
    """A network that can do nothing but publish."""

    kind, limits, repeatable = "demo", Demo.limits, False

    def __init__(self, options: Mapping[str, Any]) -> None:
        demo = Demo(options)
        self.render, self.publish, self.check = demo.render, demo.publish, demo.check


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    known = registry._adapter
    monkeypatch.setattr(registry, "_adapter", lambda kind: Plain if kind == "demo" else known(kind))


@pytest.fixture
def able(monkeypatch: pytest.MonkeyPatch) -> Able:
    return Able(monkeypatch)


@pytest.fixture
def account(tmp_path: Path) -> Account:
    return demo_account(tmp_path)


def take_back(row: Delivery) -> None:
    amending.take_back(deliveries=Delivery.objects.filter(pk=row.pk), now=NOW)


def sent(account: Account) -> Delivery:
    row = post(account)
    send_due(NOW)
    return Delivery.objects.get(pk=row.pk)


def only() -> Amendment:
    return Amendment.objects.get()


def test_what_is_out_is_taken_back_once(able: Able, account: Account) -> None:
    row = sent(account)
    take_back(row)
    take_back(row)
    assert (amend_due(NOW), amend_due(NOW)) == (1, 0)
    row.refresh_from_db()
    assert (row.retracted_at, able.done) == (NOW, [("demo-1", "")])
    take_back(row)
    assert Amendment.objects.count() == 1


def test_what_waits_never_leaves(able: Able, account: Account) -> None:
    row = post(account)
    take_back(row)
    send_due(NOW)
    row.refresh_from_db()
    assert (row.state, Amendment.objects.count(), able.done) == ("cancelled", 0, [])


def test_what_is_on_its_way_is_taken_back_when_it_has_arrived(able: Able, account: Account) -> None:
    row = post(account)
    Delivery.objects.update(state="sending", lease_until=LATER)
    take_back(row)
    amend_due(NOW)
    assert (only().state, able.done) == ("waiting", [])
    assert only().due_at >= NOW + timedelta(minutes=1)
    Delivery.objects.update(state="done", lease_until=None, remote_id="demo-1")
    amend_due(LATER)
    assert (only().state, able.done) == ("done", [("demo-1", "")])


def test_what_never_arrived_needs_no_taking_back(able: Able, account: Account) -> None:
    row = post(account)
    Delivery.objects.update(state="sending", lease_until=LATER)
    take_back(row)
    Delivery.objects.update(state="failed", lease_until=None)
    amend_due(NOW)
    assert (only().state, able.done) == ("done", [])


@pytest.mark.usefixtures("plain")
def test_where_no_program_may_a_person_is_told_where(account: Account) -> None:
    row = sent(account)
    take_back(row)
    assert (only().state, only().by_hand_url) == ("failed", "https://demo.example/posts/1")
    assert amend_due(LATER) == 0
    with pytest.raises(Forbidden):
        amending.done_by_hand(actor=staff(Role.MODERATOR), amendment_id=only().pk, now=LATER)
    amending.done_by_hand(actor=staff(Role.EDITOR), amendment_id=only().pk, now=LATER)
    row.refresh_from_db()
    assert (only().state, row.retracted_at) == ("done", LATER)
    with pytest.raises(amending.NotByHand):
        amending.done_by_hand(actor=staff(Role.EDITOR), amendment_id=only().pk, now=LATER)


def test_nobody_knows_what_was_sent_so_a_person_looks(able: Able, account: Account) -> None:
    row = post(account)
    Delivery.objects.update(state="unsure")
    take_back(row)
    amend_due(NOW)
    assert (only().state, able.done) == ("failed", [])


@pytest.mark.parametrize(
    ("error", "state", "url"),
    [
        (ByHand("Deleting is for the app only.", url="https://demo.example/weg"), "failed", "https://demo.example/weg"),
        (Permanent("No."), "failed", "https://demo.example/posts/1"),
        (Temporary("Busy.", retry_after=timedelta(hours=1)), "waiting", ""),
        (OutcomeUnknown("No answer."), "waiting", ""),
    ],
)
def test_what_the_network_says_is_on_the_row(
    able: Able, account: Account, error: Exception, state: str, url: str
) -> None:
    take_back(sent(account))
    able.error = error
    amend_due(NOW)
    assert (only().state, only().by_hand_url, only().last_error) == (state, url, str(error))
    if state == "waiting":
        able.error = None
        amend_due(NOW + timedelta(hours=2))
        assert only().state == "done"


def test_other_words_before_it_leaves_are_what_leaves(account: Account) -> None:
    row = post(account)
    amending.put_other_words(delivery=row, draft=draft(body="Beter."), number=2, now=NOW)
    send_due(NOW)
    assert "Beter." in Demo(account.options).posts()[0]["text"]
    assert Amendment.objects.count() == 0


def test_what_is_out_is_edited_and_the_newest_words_win(able: Able, account: Account) -> None:
    row = sent(account)
    same = Draft.from_data(row.draft)
    amending.put_other_words(delivery=row, draft=same, number=2, now=NOW)
    assert Amendment.objects.count() == 0
    for number, words in [(3, "Eerst."), (4, "Dan."), (4, "Dan.")]:
        amending.put_other_words(delivery=row, draft=draft(body=words), number=number, now=NOW)
    amend_due(NOW)
    assert [text.split("\n\n")[1] for _id, text in able.done] == ["Dan."]
    row.refresh_from_db()
    assert row.draft["body"] == "Dan."


@pytest.mark.usefixtures("plain")
def test_an_edit_where_none_can_be_made_is_for_a_person(account: Account) -> None:
    row = sent(account)
    amending.put_other_words(delivery=row, draft=draft(body="Beter."), number=2, now=NOW)
    assert (only().sort, only().state, only().by_hand_url) == ("edit", "failed", "https://demo.example/posts/1")


def test_in_a_crisis_nothing_is_edited_but_taking_away_goes_on(able: Able, account: Account) -> None:
    first, second = sent(account), sent(account)
    amending.put_other_words(delivery=first, draft=draft(body="Beter."), number=2, now=NOW)
    take_back(second)
    standing_still.stop_everything(actor=staff(Role.EDITOR), reason="Brand", now=NOW)
    amend_due(NOW)
    assert able.done == [("demo-2", "")]
    standing_still.resume_everything(actor=staff(Role.EDITOR), now=NOW)
    amend_due(NOW)
    assert len(able.done) == 2


def test_whoever_lost_the_lease_is_followed_by_another(able: Able, account: Account) -> None:
    take_back(sent(account))
    Amendment.objects.update(state="sending", lease_until=NOW - timedelta(minutes=1), attempts=1)
    amend_due(NOW)
    assert (only().state, len(able.done)) == ("done", 1)


def test_an_edit_by_hand_is_what_is_there_from_then_on(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    known = registry._adapter
    monkeypatch.setattr(registry, "_adapter", lambda kind: Plain if kind == "demo" else known(kind))
    row = sent(account)
    amending.put_other_words(delivery=row, draft=draft(body="Beter."), number=2, now=NOW)
    amending.done_by_hand(actor=staff(Role.EDITOR), amendment_id=only().pk, now=LATER)
    row.refresh_from_db()
    assert (row.draft["body"], row.retracted_at) == ("Beter.", None)
    amending.put_other_words(delivery=row, draft=draft(body="Beter."), number=3, now=NOW)
    assert Amendment.objects.count() == 1


def test_of_a_network_that_is_gone_a_person_takes_it_away(account: Account) -> None:
    row = sent(account)
    Account.objects.filter(pk=account.pk).update(kind="verdwenen")
    take_back(row)
    assert (only().state, only().by_hand_url) == ("failed", "https://demo.example/posts/1")


def test_a_network_that_lost_an_ability_meanwhile_leaves_it_to_a_person(
    able: Able, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_back(sent(account))
    monkeypatch.setattr(registry, "_adapter", lambda _kind: Plain)
    amend_due(NOW)
    assert (only().state, able.done) == ("failed", [])


def test_whoever_lost_the_row_writes_nothing_over_it(able: Able, account: Account) -> None:
    row = sent(account)
    take_back(row)

    def taken_meanwhile(remote_id: str, _text: str) -> None:
        able.done.append((remote_id, ""))
        Amendment.objects.update(attempts=9)

    able.do = taken_meanwhile  # type: ignore[method-assign,assignment]
    amend_due(NOW)
    row.refresh_from_db()
    assert (only().state, row.retracted_at) == ("sending", None)
