"""The crisis stop: nothing leaves, on any channel, from the moment that somebody says so."""

from datetime import timedelta
from pathlib import Path

import pytest

from stamtafel.channels import standing_still
from stamtafel.channels.adapters.demo.channel import Demo
from stamtafel.channels.jobs import send_due
from stamtafel.channels.models import Account, Delivery, Standstill
from stamtafel.ledger.models import Entry
from stamtafel.people.queries import Forbidden
from stamtafel.people.rules import Role
from tests.builders import NOW, staff
from tests.channels.builders import demo_account, mail, post

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    settings.EMAIL_URL = ""


def state(row: Delivery) -> str:
    return Delivery.objects.get(pk=row.pk).state


def stop(reason: str = "Er is brand op het plein") -> Standstill:
    return standing_still.stop_everything(actor=staff(Role.EDITOR), reason=reason, now=NOW)


def test_one_row_holds_everything_and_another_lets_it_go(tmp_path: Path) -> None:
    rows = [post(demo_account(tmp_path / name)) for name in ("a", "b")] + [mail()]
    stop()
    assert send_due(NOW) == 0
    assert {state(row) for row in rows} == {"waiting"}
    late = post(rows[0].account)
    assert send_due(NOW) == 0
    standing_still.resume_everything(actor=staff(Role.APPROVER), now=NOW)
    while send_due(NOW):
        pass
    assert {state(row) for row in [*rows, late]} == {"done"}
    kinds = list(Entry.objects.filter(kind__startswith="standstill").order_by("pk").values_list("kind", flat=True))
    assert kinds == ["standstill.began", "standstill.ended"]


def test_a_batch_that_is_under_way_stops_before_the_next_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [mail(f"{name}@voorbeeld.example") for name in "abcd"]
    from stamtafel.channels.adapters.email import client

    keep, kept = client.keep, []

    def keep_and_stop(*args: object) -> None:
        keep(*args)  # type: ignore[arg-type]
        kept.append(args)
        if len(kept) == 2:
            stop()

    monkeypatch.setattr(client, "keep", keep_and_stop)
    send_due(NOW)
    assert sorted(state(row) for row in rows) == ["done", "done", "waiting", "waiting"]


def test_one_item_may_leave_and_the_others_stay(tmp_path: Path) -> None:
    account = demo_account(tmp_path)
    first, second = post(account), post(account)
    stop()
    standing_still.let_through(actor=staff(Role.EDITOR), delivery_id=second.pk, now=NOW)
    send_due(NOW)
    assert (state(first), state(second), len(Demo(account.options).posts())) == ("waiting", "done", 1)
    with pytest.raises(standing_still.NotStopped):
        standing_still.let_through(actor=staff(Role.EDITOR), delivery_id=second.pk, now=NOW)


def test_who_may_not_stop_cannot_and_a_reason_is_asked() -> None:
    for role in (Role.CONVERSATIONALIST, Role.MODERATOR, Role.ANALYST, Role.FIELD_WORKER):
        with pytest.raises(Forbidden):
            standing_still.stop_everything(actor=staff(role), reason="x", now=NOW)
        with pytest.raises(Forbidden):
            standing_still.resume_everything(actor=staff(role), now=NOW)
        with pytest.raises(Forbidden):
            standing_still.let_through(actor=staff(role), delivery_id=1, now=NOW)
        with pytest.raises(Forbidden):
            standing_still.overview(viewer=staff(role), now=NOW)
    with pytest.raises(standing_still.NotStopped):
        stop("  ")
    assert not standing_still.stands_still()


def test_there_is_one_standstill_and_it_ends_once() -> None:
    stop()
    with pytest.raises(standing_still.NotStopped):
        stop()
    standing_still.resume_everything(actor=staff(Role.EDITOR), now=NOW)
    with pytest.raises(standing_still.NotStopped):
        standing_still.resume_everything(actor=staff(Role.EDITOR), now=NOW)
    assert stop().open
    assert Standstill.objects.count() == 2


def test_a_sign_in_link_still_comes_or_nobody_could_end_it() -> None:
    row = mail(purpose="sign-in")
    stop()
    send_due(NOW)
    assert state(row) == "done"


def test_the_page_shows_what_left_and_what_waits(tmp_path: Path) -> None:
    account = demo_account(tmp_path)
    old, gone = post(account, due_at=NOW - timedelta(days=2)), post(account)
    send_due(NOW - timedelta(days=2))
    send_due(NOW)
    waiting, letter = post(account), mail()
    stop()
    seen = standing_still.overview(viewer=staff(Role.EDITOR), now=NOW + timedelta(minutes=5))
    assert [row.pk for row in seen.left] == [gone.pk]
    assert seen.left[0].remote_url
    assert [row.pk for row in seen.waiting] == [waiting.pk]
    assert seen.waiting_count == 2  # the letter is counted, and names nobody
    assert letter.recipient
    assert old.pk not in [row.pk for row in seen.left]
    assert seen.standstill is not None
    assert Account.objects.filter(held=True).count() == 0
