"""Withdrawing and erasing for who lost the follow code: as with the code, by the one role that may."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from stamtafel.dossier.actions.follow import add_to, withdraw
from stamtafel.dossier.actions.on_request import REASONS, erase_on_request, withdraw_on_request
from stamtafel.dossier.actions.refusals import DossierRefused
from stamtafel.dossier.actions.submit import submit_contribution
from stamtafel.dossier.models import Contribution, ImportedDetails, Kind, State, Step, StepKind
from stamtafel.dossier.queries.public import visible
from stamtafel.ledger.models import Entry
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import Forbidden
from stamtafel.people.rules import Role
from tests.builders import NOW, area, contribution, municipality, staff
from tests.dossier.actions.test_submit import photo

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)
CANARIES = ("speelplek", "kerk", "06-12345678", "nummer 12", "voorbeeld.example", "Annelies")


@pytest.fixture
def boss() -> StaffMember:
    municipality()
    return staff(Role.ADMINISTRATOR, name="Ruud")


@pytest.fixture
def theirs(boss: StaffMember) -> Contribution:
    made = submit_contribution(
        kind=Kind.IDEA, text="Een speelplek bij de kerk. Bel 06-12345678.", email="an@voorbeeld.example", area=area(),
        photo=photo(), device="192.0.2.7|Firefox", form_key="a", now=NOW,
    ).contribution  # fmt: skip
    add_to(contribution=made, text="Ik woon op nummer 12.", now=NOW)
    ImportedDetails.objects.create(contribution=made, columns={"naam": "Annelies"})
    return made


def test_erasing_leaves_a_tombstone_and_says_who_did_it_and_why(
    theirs: Contribution, boss: StaffMember, django_capture_on_commit_callbacks: Any
) -> None:
    file = Path(settings.MEDIA_ROOT) / theirs.photo
    assert file.exists()
    with django_capture_on_commit_callbacks(execute=True):
        assert erase_on_request(contribution=theirs, why="lost_code", actor=boss, now=LATER)
    assert not erase_on_request(contribution=theirs, why="lost_code", actor=boss, now=LATER)
    row = Contribution.objects.values().get()
    assert [row[name] for name in ("state", "author_id", "lon", "photo")] == ["withdrawn", None, None, ""]
    assert row["erased_at"] == LATER
    kept = str([row, *Step.objects.values(), *Entry.objects.values(), *ImportedDetails.objects.values()])
    assert not [canary for canary in CANARIES if canary in kept]
    assert not file.exists()
    step = Step.objects.get(kind=StepKind.WITHDRAWN)
    assert (step.by, step.tell) == (boss, False)  # nobody is left to tell
    entry = Entry.objects.get(kind="contribution.erased")
    assert (entry.subject, entry.data) == (
        f"contribution:{theirs.pk}", {"state": "withdrawn", "asked": "lost_code"},
    )  # fmt: skip


def test_withdrawing_keeps_the_words_for_staff_and_tells_who_left_an_address(
    theirs: Contribution, boss: StaffMember
) -> None:
    assert withdraw_on_request(contribution=theirs, why="representative", actor=boss, now=LATER)
    assert not withdraw_on_request(contribution=theirs, why="representative", actor=boss, now=LATER)
    theirs.refresh_from_db()
    assert (theirs.state, theirs.erased_at) == (State.WITHDRAWN, None)
    assert "kerk" in theirs.text
    assert not visible().exists()
    step = Step.objects.get(kind=StepKind.WITHDRAWN)
    assert (step.by, step.tell) == (boss, True)
    assert Entry.objects.get(kind="contribution.withdrawn").data["asked"] == "representative"


def test_what_the_writer_withdrew_can_still_be_erased_for_them(theirs: Contribution, boss: StaffMember) -> None:
    withdraw(contribution=theirs, now=NOW)
    assert erase_on_request(contribution=theirs, why="lost_code", actor=boss, now=LATER)
    assert Contribution.objects.get().text == ""
    assert Step.objects.filter(kind=StepKind.WITHDRAWN, by=boss).count() == 1


@pytest.mark.parametrize("act", [withdraw_on_request, erase_on_request])
def test_what_was_joined_stands_by_itself_again(theirs: Contribution, boss: StaffMember, act: Any) -> None:
    other = contribution("Ook een speelplek.", state=State.MERGED, merged_into=theirs)
    act(contribution=theirs, why="never_had_code", actor=boss, now=LATER)
    assert list(visible()) == [other]


@pytest.mark.parametrize("act", [withdraw_on_request, erase_on_request])
def test_without_a_known_reason_or_the_right_nothing_happens(theirs: Contribution, boss: StaffMember, act: Any) -> None:
    before = (list(Contribution.objects.values()), list(Step.objects.values()), Entry.objects.count())
    for why in ("", "Annelies belde", "LOST_CODE"):
        with pytest.raises(DossierRefused):
            act(contribution=theirs, why=why, actor=boss, now=LATER)
    for role in set(Role) - {Role.ADMINISTRATOR}:
        with pytest.raises(Forbidden):
            act(contribution=theirs, why="lost_code", actor=staff(role), now=LATER)
    assert (list(Contribution.objects.values()), list(Step.objects.values()), Entry.objects.count()) == before


def test_a_reason_is_a_key_that_the_log_can_hold() -> None:
    assert all(key.replace("_", "").isalpha() and key.isascii() for key in REASONS)
