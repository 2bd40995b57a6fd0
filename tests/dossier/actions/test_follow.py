"""With the follow code alone: add, correct, withdraw, erase, object."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from stamtafel.dossier.actions.follow import (
    NotPossible,
    UnknownCode,
    add_to,
    contribution_of_code,
    correct,
    erase,
    object_to_hiding,
    withdraw,
)
from stamtafel.dossier.actions.submit import submit_contribution
from stamtafel.dossier.models import Contribution, Kind, Moderation, State, Step, StepKind
from stamtafel.dossier.queries.public import visible
from stamtafel.dossier.rules.limits import TextRefused
from stamtafel.ledger.models import Entry
from tests.builders import NOW, area, contribution, municipality
from tests.dossier.actions.test_submit import photo

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


@pytest.fixture
def mine() -> Contribution:
    municipality()
    return submit_contribution(
        kind=Kind.IDEA, text="Een speelplek bij de kerk. Bel 06-12345678.", email="an@voorbeeld.example", area=area(),
        photo=photo(), device="192.0.2.7|Firefox", form_key="a", now=NOW,
    ).contribution  # fmt: skip


def kinds() -> list[str]:
    return list(Step.objects.order_by("id").values_list("kind", flat=True))


def test_a_code_is_found_however_it_is_typed(mine: Contribution) -> None:
    from stamtafel.dossier.actions.keys import follow_code

    code = follow_code(mine)
    for typed in (
        code,
        code.lower(),
        code.replace("-", " "),
        code.removeprefix("LIND-"),
        f"  {code} ",
        code.replace("0", "o"),
    ):
        assert contribution_of_code(typed) == mine


@pytest.mark.parametrize("typed", ["", "x", "LIND-0000-0000", "' OR 1=1 --", "é" * 100, "\x00", "LIND-7K4M-92QX" * 50])
def test_another_code_finds_nothing(mine: Contribution, typed: str) -> None:
    with pytest.raises(UnknownCode):
        contribution_of_code(typed)


def test_no_code_finds_what_has_none() -> None:
    contribution()
    with pytest.raises(UnknownCode):
        contribution_of_code("LIND-7K4M-92QX")


def test_adding_the_same_twice_adds_once(mine: Contribution) -> None:
    first = add_to(contribution=mine, text="Met schaduw graag.", now=NOW)
    again = add_to(contribution=mine, text="Met schaduw graag. ", now=LATER)
    assert first == again
    assert kinds() == [StepKind.RECEIVED, StepKind.ADDED]


def test_correcting_puts_the_new_words_everywhere_and_keeps_no_old_ones(mine: Contribution) -> None:
    assert correct(contribution=mine, text="Een waterspeelplaats bij de school.", now=LATER)
    assert not correct(contribution=mine, text="Een waterspeelplaats bij de school.", now=LATER)
    mine.refresh_from_db()
    assert "kerk" not in str(Contribution.objects.values().get())
    assert (mine.title, mine.public_text) == (
        "Een waterspeelplaats bij de school",
        "Een waterspeelplaats bij de school.",
    )
    assert "speelplaats" in mine.terms.split()
    assert kinds() == [StepKind.RECEIVED, StepKind.CORRECTED]


def test_an_answered_contribution_keeps_the_words_that_were_answered(mine: Contribution) -> None:
    Contribution.objects.update(state=State.ANSWERED)
    with pytest.raises(NotPossible):
        correct(contribution=mine, text="Iets heel anders.", now=LATER)
    assert add_to(contribution=mine, text="Dank, en nog iets.", now=LATER).pk


def test_a_refused_text_changes_nothing(mine: Contribution) -> None:
    for action in (add_to, correct, object_to_hiding):
        with pytest.raises(TextRefused):
            action(contribution=mine, text=" ", now=LATER)
    assert kinds() == [StepKind.RECEIVED]


def test_withdrawing_takes_it_off_the_site_once(mine: Contribution) -> None:
    assert visible().filter(pk=mine.pk).exists()
    assert withdraw(contribution=mine, now=LATER)
    assert not withdraw(contribution=mine, now=LATER)
    assert not visible().filter(pk=mine.pk).exists()
    assert Contribution.objects.get().text
    assert kinds() == [StepKind.RECEIVED, StepKind.WITHDRAWN]
    with pytest.raises(NotPossible):
        add_to(contribution=mine, text="Toch nog iets.", now=LATER)


def test_a_merged_one_can_be_withdrawn(mine: Contribution) -> None:
    Contribution.objects.filter(pk=mine.pk).update(state=State.MERGED, merged_into=contribution())
    assert withdraw(contribution=mine, now=LATER)


@pytest.mark.parametrize("first", [None, withdraw])
def test_erasing_leaves_a_tombstone_and_nothing_personal(
    mine: Contribution, first: Any, django_capture_on_commit_callbacks: Any
) -> None:
    file = Path(settings.MEDIA_ROOT) / mine.photo
    assert file.exists()
    add_to(contribution=mine, text="Ik woon op nummer 12.", now=NOW)
    if first:
        first(contribution=mine, now=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        assert erase(contribution=mine, now=LATER)
    assert not erase(contribution=mine, now=LATER)
    row = Contribution.objects.values().get()
    for canary in ("speelplek", "kerk", "06-12345678", "nummer 12", "voorbeeld.example"):
        assert canary not in str(row)
        assert canary not in str(list(Step.objects.values()) + list(Entry.objects.values()))
    assert row["erased_at"] == LATER
    assert [row[name] for name in ("state", "author_id", "photo", "content_key")] == ["withdrawn", None, "", None]
    assert not file.exists()
    assert kinds().count(StepKind.WITHDRAWN) == 1
    assert not visible().exists()


def test_what_was_erased_can_be_sent_anew(mine: Contribution) -> None:
    erase(contribution=mine, now=LATER)
    again = submit_contribution(
        kind=Kind.IDEA,
        text="Een speelplek bij de kerk. Bel 06-12345678.",
        device="192.0.2.7|Firefox",
        form_key="a",
        now=NOW,
    )
    assert again.is_new


def test_an_objection_is_kept_once(mine: Contribution) -> None:
    with pytest.raises(NotPossible):
        object_to_hiding(contribution=mine, text="Dat klopt niet.", now=LATER)
    Contribution.objects.update(state=State.HIDDEN)
    Moderation.objects.create(contribution=mine, hide=True, reason="Scheldwoorden", at=NOW)
    object_to_hiding(contribution=mine, text="Dat klopt niet.", now=LATER)
    object_to_hiding(contribution=mine, text="Nog eens.", now=LATER)
    kept = Moderation.objects.get()
    assert (kept.objection, kept.objected_at) == ("Dat klopt niet.", LATER)
    assert Entry.objects.filter(kind="moderation.objected").count() == 1
