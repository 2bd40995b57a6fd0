"""Every number beside a decision comes from its rows."""

from datetime import timedelta

import pytest

from stamtafel.dossier.models import Decision, Outcome, State
from stamtafel.dossier.queries import decisions as queries
from stamtafel.dossier.rules.figures import OutcomeCounts
from tests.builders import NOW, contribution
from tests.dossier.builders import answer, decision

pytestmark = pytest.mark.django_db


def test_a_draft_is_nobodys_to_read() -> None:
    published, draft = decision(), decision(published_at=None)
    assert [row for row, _counts in queries.page().items] == [published]
    with pytest.raises(Decision.DoesNotExist):
        queries.decision(draft.slug)


def test_the_list_counts_what_was_done() -> None:
    found = decision()
    for outcome in (Outcome.USED, Outcome.USED, Outcome.PARTLY, Outcome.NOT_USED, Outcome.ANSWERED):
        answer(found, outcome)
    answer(found, Outcome.USED, published_at=None)
    assert queries.page().items[0][1] == OutcomeCounts(2, 1, 1)


def test_what_was_withdrawn_counts_but_is_not_shown() -> None:
    found = decision()
    answer(found, Outcome.USED, said={"voices": 3})
    answer(found, Outcome.ANSWERED, contribution=contribution("Weg ermee", state=State.WITHDRAWN))
    rests = queries.rests_on(found)
    assert (rests.contributions, rests.people, rests.not_shown, rests.only_answered) == (2, 4, 1, 1)
    assert [row.outcome for row in queries.answered(found)[0]] == ["used"]


def test_the_median_runs_from_receipt_to_answer() -> None:
    found = decision()
    for days in (2, 4, 30):
        answer(found, said={"created_at": NOW - timedelta(days=days)})
    assert queries.rests_on(found).median_days == 4
    assert queries.rests_on(decision()).median_days is None


def test_answers_are_walked_through_by_support() -> None:
    found = decision()
    for number in range(45):
        answer(found, said={"support_count": number % 4, "content_key": f"k{number}"})
    seen: list[int] = []
    after = None
    while True:
        rows, after = queries.answered(found, after=queries.Key.parse(str(after)) if after else None)
        seen += [row.pk for row in rows]
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 45


def test_decisions_are_walked_through_by_date() -> None:
    for number in range(23):
        decision(published_at=NOW - timedelta(days=number // 2))
    seen: list[int] = []
    key = None
    while True:
        listed = queries.page(after=key)
        seen += [row.pk for row, _counts in listed.items]
        if listed.older is None:
            break
        key = queries.Key.parse(str(listed.older))
    assert len(seen) == len(set(seen)) == 23


@pytest.mark.parametrize(
    "text", ["", "_", "x_1", "2026-01-01_2", "2026_²", "9" * 70, "1_99999999999999999999", "\x00_1"]
)
def test_an_address_that_somebody_made_up_gives_the_first_page(text: str) -> None:
    found = decision()
    assert [row for row, _counts in queries.page(after=queries.Key.parse(text)).items] == [found]


def test_the_best_answer_of_each_of_the_newest_decisions() -> None:
    for number in range(5):
        found = decision(f"Besluit {number}", published_at=NOW - timedelta(days=number))
        answer(found, text="minder steun", said={"support_count": 1})
        answer(found, text="meeste steun", said={"support_count": 9})
    decision("zonder bijdragen", published_at=NOW + timedelta(days=1))
    best = queries.best_answers(3)
    assert [(row.decision.title if row.decision else "", row.text) for row in best] == [
        (f"Besluit {number}", "meeste steun") for number in range(3)
    ]
