"""Appending, giving places, checking, and that nothing can be changed."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from stamtafel.ledger import queries
from stamtafel.ledger.actions import append, place
from stamtafel.ledger.jobs import place_entries
from stamtafel.ledger.models import Entry, TreeHead, Unchangeable
from stamtafel.ledger.rules import NotCanonicalError, root_of, verify_consistency, verify_inclusion
from tests.builders import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_tree() -> None:
    queries.forget_tree()


def log(count: int = 1, **data: Any) -> None:
    for number in range(count):
        append(kind="contribution.received", subject=f"contribution:{number}", data={"n": number, **data}, now=NOW)


def test_an_event_is_one_insert_without_a_place(django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        append(kind="contribution.received", subject="contribution:1", data={"state": "received"}, now=NOW)
    entry = Entry.objects.get()
    assert (entry.place, len(bytes(entry.leaf)), entry.data) == (None, 32, {"state": "received"})
    assert queries.entries() == []
    assert [found.pk for found in queries.about("contribution:1")] == [entry.pk]


@pytest.mark.parametrize("bad", [1.5, {1, 2}, b"x", {"deep": [0.1]}])
def test_what_every_language_cannot_write_alike_is_refused(bad: object) -> None:
    with pytest.raises(NotCanonicalError):
        log(n=bad)
    assert not Entry.objects.exists()


def test_places_are_given_in_batches_without_gaps_and_the_roots_are_right() -> None:
    log(7)
    assert [place(now=NOW, limit=3) for _ in range(4)] == [3, 3, 1, 0]
    rows = list(Entry.objects.order_by("place"))
    assert [row.place for row in rows] == list(range(7))
    for head in TreeHead.objects.all():
        assert bytes(head.root) == root_of(bytes(row.leaf) for row in rows[: head.size])
    newest = queries.head()
    assert newest is not None
    assert newest.size == 7
    assert [row.place for row in queries.entries(before=5, limit=2)] == [4, 3]


def test_an_empty_log_has_no_head() -> None:
    assert place_entries(NOW) == 0
    assert queries.head() is None
    assert queries.verify_all() == queries.Verdict(0, 0, [])


def test_proofs_hold_and_the_tree_grows() -> None:
    log(5)
    place(now=NOW)
    old = queries.head()
    assert old is not None
    entry = Entry.objects.get(place=3)
    proof = queries.inclusion_proof(place=3, size=5)
    assert verify_inclusion(leaf=bytes(entry.leaf), index=3, size=5, proof=proof, root=bytes(old.root))
    log(4)
    place(now=NOW + timedelta(seconds=1))
    new = queries.head()
    assert new is not None
    consistent = queries.consistency_proof(old=5, new=9)
    assert verify_consistency(
        old_size=5, new_size=9, old_root=bytes(old.root), new_root=bytes(new.root), proof=consistent
    )
    with pytest.raises(ValueError, match="leaf"):
        queries.inclusion_proof(place=9, size=9)


def test_a_sound_log_is_found_sound() -> None:
    log(6)
    place(now=NOW, limit=4)
    place(now=NOW)
    assert queries.verify_all() == queries.Verdict(entries=6, heads=2, problems=[])


@pytest.mark.parametrize(
    "change", [{"kind": "x"}, {"data": {}}, {"leaf": b"0" * 32}, {"place": None}, {"at": NOW + timedelta(1)}]
)
def test_the_database_refuses_to_change_a_placed_entry(change: dict[str, object]) -> None:
    log()
    place(now=NOW)
    with pytest.raises(DatabaseError, match="only appended"), transaction.atomic():
        Entry.objects.update(**change)


def test_the_database_refuses_to_change_what_waits_or_to_take_out_what_has_a_place() -> None:
    log()
    with pytest.raises(DatabaseError, match="only appended"), transaction.atomic():
        Entry.objects.update(subject="other")
    place(now=NOW)
    for rows in (Entry.objects.all(), TreeHead.objects.all()):
        with pytest.raises(DatabaseError, match="only appended"), transaction.atomic():
            rows._raw_delete(rows.db)
    with pytest.raises(DatabaseError, match="only appended"), transaction.atomic():
        TreeHead.objects.update(size=9)


def test_the_model_refuses_too() -> None:
    log()
    entry = Entry.objects.get()
    with pytest.raises(Unchangeable):
        entry.save()
    with pytest.raises(Unchangeable):
        entry.delete()


def guards() -> None:
    """Somebody with the keys of the database takes the guards away."""
    from importlib import import_module

    from django.db import connection

    migration = import_module("stamtafel.ledger.migrations.0002_never_changed")

    class Editor:
        def __init__(self) -> None:
            self.connection = connection

        def execute(self, statement: str) -> None:
            with connection.cursor() as cursor:
                cursor.execute(statement)

    migration.unguard(None, Editor())


@pytest.mark.parametrize(
    ("harm", "found"),
    [
        (lambda: Entry.objects.filter(place=1).update(kind="other"), "the content of entry 1 was changed"),
        (lambda: Entry.objects.filter(place=1)._raw_delete("default"), "place 1 is missing"),
        (lambda: Entry.objects.filter(place=2)._raw_delete("default"), "1 published roots are over more"),
        (lambda: TreeHead.objects.update(root=b"0" * 32), "the root over 3 entries is another"),
    ],
)
def test_who_takes_the_guards_away_is_found_out(harm: Any, found: str) -> None:
    log(3)
    place(now=NOW)
    guards()
    harm()
    assert any(problem.startswith(found) for problem in queries.verify_all().problems)
