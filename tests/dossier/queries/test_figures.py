"""Figures that may be shown in public are counted, never guessed."""

from datetime import timedelta

import pytest

from stamtafel.dossier.models import Outcome, State
from stamtafel.dossier.queries.figures import count_year
from tests.builders import NOW, contribution, topic
from tests.dossier.builders import answer, decision

pytestmark = pytest.mark.django_db


def test_nothing_received_is_unknown_and_not_zero() -> None:
    figures = count_year(now=NOW)
    assert (figures.received, figures.share, figures.percent, figures.median_days) == (0, None, None, None)


def test_only_what_everybody_can_read_of_this_year_counts() -> None:
    plein = topic()
    for days in (3, 5):
        contribution(topic=plein, created_at=NOW - timedelta(days=10), answered_at=NOW - timedelta(days=10 - days))
    contribution(created_at=NOW - timedelta(days=1))
    contribution("verborgen", state=State.HIDDEN)
    contribution("nog niet getoond", published_at=None)
    contribution("twee jaar oud", created_at=NOW - timedelta(days=700), answered_at=NOW)
    figures = count_year(now=NOW)
    assert (figures.received, figures.answered, figures.percent, figures.median_days) == (3, 2, 66, 4)
    assert figures.by_topic == {plein.pk: 2}


def test_an_answer_dated_before_receipt_counts_as_the_same_day() -> None:
    contribution(created_at=NOW, answered_at=NOW - timedelta(days=2))
    assert count_year(now=NOW).median_days == 0


def test_outcomes_of_drafts_do_not_count() -> None:
    answer(decision(), Outcome.PARTLY)
    answer(decision(published_at=None), Outcome.USED)
    assert count_year(now=NOW).outcomes.total == 1
