"""Double clicks and two tabs, with real threads and real transactions."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from stamtafel.dossier.actions.follow import withdraw
from stamtafel.dossier.actions.merge import merge
from stamtafel.dossier.actions.react import MOST_PER_CONNECTION, EnoughFromHere, react, support
from stamtafel.dossier.actions.refusals import DossierRefused
from stamtafel.dossier.actions.submit import submit_contribution
from stamtafel.dossier.models import Contribution, Kind, Reaction, Step, Support
from stamtafel.dossier.queries.public import visible
from stamtafel.ledger.models import Entry
from tests.builders import NOW, contribution, municipality

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 8


def at_once(do: Callable[[int], Any]) -> list[Any]:
    """Run ``do`` in threads that all start together; each has its own connection."""
    start = Barrier(AT_ONCE)

    def one(number: int) -> Any:
        try:
            start.wait()
            return do(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


def test_one_form_sent_eight_times_at_once_is_one_contribution() -> None:
    municipality()
    sent = at_once(lambda _: submit_contribution(
        kind=Kind.IDEA, text="Een fietspad langs de Aa.", email="an@voorbeeld.example", device="192.0.2.7|Firefox",
        form_key="one-form", now=NOW,
    ))  # fmt: skip
    assert len({s.code for s in sent}) == 1
    assert sum(s.is_new for s in sent) == 1
    assert Contribution.objects.count() == Step.objects.count() == Entry.objects.count() == 1


def test_two_tabs_with_the_same_words_are_one_contribution() -> None:
    municipality()
    sent = at_once(lambda number: submit_contribution(
        kind=Kind.IDEA, text="Een fietspad langs de Aa.", device="192.0.2.7|Firefox", form_key=f"tab-{number}", now=NOW,
    ))  # fmt: skip
    assert len({s.code for s in sent if s.code}) == 1
    assert Contribution.objects.count() == 1


def test_different_people_at_once_are_all_kept() -> None:
    municipality()
    sent = at_once(lambda number: submit_contribution(
        kind=Kind.IDEA, text="Een fietspad langs de Aa.", device=f"192.0.2.{number}|Firefox", form_key=f"f{number}", now=NOW,
    ))  # fmt: skip
    assert len({s.code for s in sent}) == AT_ONCE


def test_support_from_one_device_counts_once() -> None:
    idea = contribution()
    at_once(lambda _: support(contribution=idea, device="192.0.2.7|Firefox", address="192.0.2.7", now=NOW))
    idea.refresh_from_db()
    assert (Support.objects.count(), idea.support_count) == (1, 1)


def test_support_from_eight_devices_counts_eight_times() -> None:
    idea = contribution()
    at_once(
        lambda number: support(
            contribution=idea, device=f"192.0.2.{number}|Firefox", address=f"192.0.2.{number}", now=NOW
        )
    )
    idea.refresh_from_db()
    assert (Support.objects.count(), idea.support_count) == (AT_ONCE, AT_ONCE)


def test_one_address_never_counts_more_than_ten_times() -> None:
    idea = contribution()
    before = MOST_PER_CONNECTION - 3
    for number in range(before):
        support(contribution=idea, device=f"192.0.2.7|{number}", address="192.0.2.7", now=NOW)

    def one_more(number: int) -> bool:
        try:
            return support(contribution=idea, device=f"192.0.2.7|Firefox {number}", address="192.0.2.7", now=NOW)
        except EnoughFromHere:
            return False

    assert sum(at_once(one_more)) == MOST_PER_CONNECTION - before
    idea.refresh_from_db()
    assert (Support.objects.count(), idea.support_count) == (MOST_PER_CONNECTION,) * 2


def test_what_is_joined_while_the_other_is_withdrawn_stays_findable() -> None:
    other = contribution("Een bankje bij de kade.")
    doubles = [contribution(f"Graag bankje {number}.") for number in range(AT_ONCE - 1)]

    def withdraw_or_join(number: int) -> None:
        if number == len(doubles):
            withdraw(contribution=other, now=NOW)
            return
        with suppress(DossierRefused):  # it was withdrawn already
            merge(double=doubles[number], into=other, actor=None, now=NOW)

    at_once(withdraw_or_join)
    assert set(visible()) == set(doubles)


def test_one_reaction_sent_eight_times_is_one() -> None:
    idea = contribution()
    at_once(lambda _: react(contribution=idea, text="Goed idee!", device="192.0.2.7|Firefox", now=NOW))
    idea.refresh_from_db()
    assert (Reaction.objects.count(), idea.reaction_count) == (1, 1)
