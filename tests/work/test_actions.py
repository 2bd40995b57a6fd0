"""Claiming and writing results, on the deliveries table."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from stamtafel.channels.models import Delivery
from stamtafel.work import actions, rules
from stamtafel.work.models import DueState
from tests.builders import NOW
from tests.channels.builders import mail

LEASE = timedelta(minutes=1)


def claim(limit: int = 10, now=NOW) -> list[Delivery]:
    return actions.claim(Delivery.objects.all(), now=now, lease=LEASE, limit=limit)


@pytest.mark.django_db
def test_the_oldest_due_rows_are_claimed_and_later_ones_are_left() -> None:
    later = mail(due_at=NOW + timedelta(seconds=1))
    second, first = mail(due_at=NOW), mail(due_at=NOW - timedelta(hours=1))
    assert [row.pk for row in claim()] == [first.pk, second.pk]
    first.refresh_from_db()
    assert (first.state, first.attempts, first.lease_until) == (DueState.SENDING, 1, NOW + LEASE)
    later.refresh_from_db()
    assert later.state == DueState.WAITING
    assert claim() == []


@pytest.mark.django_db
def test_a_claim_costs_the_same_for_one_and_for_many(django_assert_num_queries) -> None:
    for number in (1, 30):
        for _ in range(number):
            mail()
        with django_assert_num_queries(6):  # look, two savepoints of the test's transaction, one update
            assert len(claim(limit=number)) == number


@pytest.mark.django_db
@pytest.mark.parametrize(
    "between",
    [
        {"state": DueState.SENDING, "lease_until": NOW + LEASE, "attempts": 1},
        {"attempts": 1, "due_at": NOW + LEASE},  # taken, tried and put off again: it waits, but not for us
    ],
)
def test_who_lost_a_row_in_between_claims_only_the_rest(between: dict[str, Any]) -> None:
    mine, theirs = mail(), mail()

    class Overtaken:
        """A table in which another worker is faster between the look and the update."""

        def filter(self, **fields):
            rows = list(Delivery.objects.filter(**fields).order_by("due_at", "pk"))
            Delivery.objects.filter(pk=theirs.pk).update(**between)
            return Seen(rows)

    class Seen(list[Delivery]):
        def order_by(self, *names):
            return self

    overtaken: Any = Overtaken()
    claimed: list[Delivery] = actions.claim(overtaken, now=NOW, lease=LEASE, limit=10)
    assert [row.pk for row in claimed] == [mine.pk]
    theirs.refresh_from_db()
    assert theirs.attempts == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_have_the_same_row() -> None:
    for _ in range(60):
        mail()
    taken: list[list[int]] = []
    barrier = threading.Barrier(3)

    def worker() -> None:
        mine: list[int] = []
        barrier.wait()
        try:
            while rows := claim(limit=7):
                mine += [row.pk for row in rows]
        finally:
            connection.close()
        taken.append(mine)

    threads = [threading.Thread(target=worker) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 3
    everything = [pk for mine in taken for pk in mine]
    assert sorted(everything) == sorted(Delivery.objects.values_list("pk", flat=True))


@pytest.mark.django_db
def test_results_are_written_and_end_the_lease() -> None:
    for _ in range(4):
        mail()
    done, later, failed, unsure = claim()
    assert actions.complete(done, remote_id="r")
    assert actions.postpone(later, now=NOW, error="busy", chance=0.5)
    assert actions.fail(failed, error="no" * 2000)
    assert actions.unsure(unsure, error="?")
    rows = {row.pk: row for row in Delivery.objects.all()}
    assert [rows[r.pk].state for r in (done, later, failed, unsure)] == ["done", "waiting", "failed", "unsure"]
    assert rows[done.pk].remote_id == "r"
    assert rows[later.pk].due_at == NOW + rules.FIRST_WAIT
    assert len(rows[failed.pk].last_error) == actions.ERROR_LENGTH
    assert not any(row.lease_until for row in rows.values())


@pytest.mark.django_db
def test_trying_ends() -> None:
    mail()
    [row] = claim()
    row.attempts = rules.MOST_ATTEMPTS
    Delivery.objects.update(attempts=rules.MOST_ATTEMPTS)
    actions.postpone(row, now=NOW, error="busy", chance=0.5)
    assert row.state == DueState.FAILED


@pytest.mark.django_db
def test_who_lost_the_lease_cannot_write_over_the_next() -> None:
    mail()
    [slow] = claim()
    assert actions.take_back(Delivery.objects.all(), now=NOW + LEASE * 2, repeatable=True) == 1
    [quick] = claim(now=NOW + LEASE * 2)
    assert not actions.complete(slow)
    assert not actions.fail(slow, error="late")
    assert actions.complete(quick)


@pytest.mark.django_db
def test_a_late_success_counts_while_nobody_else_has_the_row() -> None:
    mail()
    [slow] = claim()
    actions.take_back(Delivery.objects.all(), now=NOW + LEASE * 2, repeatable=False)
    assert Delivery.objects.get().state == DueState.UNSURE
    assert not actions.fail(slow, error="late")
    assert actions.complete(slow)


@pytest.mark.django_db
def test_a_lease_that_runs_is_left_alone() -> None:
    mail()
    claim()
    assert actions.take_back(Delivery.objects.all(), now=NOW, repeatable=True) == 0


@pytest.mark.django_db
def test_what_was_not_tried_is_given_back() -> None:
    mail()
    [row] = claim()
    assert actions.release(row)
    assert [again.pk for again in claim()] == [row.pk]


@pytest.mark.django_db
def test_a_result_must_be_in_the_table() -> None:
    mail()
    [row] = claim()
    with pytest.raises(rules.NotAllowed):
        actions._finish(row, DueState.CANCELLED)
