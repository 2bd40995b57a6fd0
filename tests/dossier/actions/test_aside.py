"""Leaving the site: new words are read again first, and what was joined stands by itself again."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from stamtafel.dossier.actions.decide import answer_alone
from stamtafel.dossier.actions.follow import correct, erase, withdraw
from stamtafel.dossier.actions.merge import merge, unmerge
from stamtafel.dossier.actions.moderate import hide, show, show_waiting
from stamtafel.dossier.actions.submit import submit_contribution
from stamtafel.dossier.models import Contribution, Kind, Outcome, State, Step, StepKind
from stamtafel.dossier.queries.desk import Filters, contributions
from stamtafel.dossier.queries.life import life_of
from stamtafel.dossier.queries.public import contribution_page, visible
from stamtafel.dossier.queries.today import to_read
from stamtafel.ledger.models import Entry
from stamtafel.people.rules import Role
from tests import builders
from tests.builders import NOW
from tests.dossier.actions.test_submit import photo

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=3)
Leave = Callable[[Contribution], object]
LEAVING: list[Leave] = [
    lambda one: withdraw(contribution=one, now=LATER),
    lambda one: erase(contribution=one, now=LATER),
    lambda one: hide(contribution=one, reason="Dit klopt niet.", actor=None, now=LATER),
    lambda one: correct(contribution=one, text="Iets heel anders.", now=LATER),
]


@pytest.fixture(autouse=True)
def _town() -> None:
    builders.municipality()


def joined_with(other: Contribution, **fields: object) -> Contribution:
    one = builders.contribution("Graag een bankje.", author=builders.resident(), **fields)
    merge(double=one, into=other, actor=None, now=NOW)
    one.refresh_from_db()
    return one


def read_first(**fields: object) -> Contribution:
    about = builders.topic(moderation="before")
    return builders.contribution("Een bankje bij de kade.", topic=about, **fields)


# ── what was joined ──────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("leave", LEAVING)
def test_what_was_joined_stands_alone_when_the_other_leaves(leave: Leave) -> None:
    other = read_first()
    first, second = joined_with(other), joined_with(other, state=State.READ)
    Step.objects.create(contribution=second, kind=StepKind.READ, at=NOW)
    leave(other)
    assert set(visible()) == {first, second}
    for one, state in ((first, State.RECEIVED), (second, State.READ)):
        one.refresh_from_db()
        assert (one.state, one.merged_into_id) == (state, None)
        last = one.steps.order_by("-id")[0]
        assert (last.kind, last.tell) == (StepKind.PARTED, True)
        assert "staat niet meer op de site" in last.text
        assert not life_of(one).is_answered
        answer_alone(contribution=one, outcome=Outcome.USED, text="Het komt er.", actor=None, now=LATER)
    assert Entry.objects.filter(kind="contribution.parted").count() == 2


@pytest.mark.parametrize("leave", LEAVING)
def test_nothing_of_the_other_stays_in_the_steps_of_what_was_joined(leave: Leave) -> None:
    other = read_first()
    one = joined_with(other)
    assert "kade" in one.steps.get(kind=StepKind.MERGED).text
    leave(other)
    assert "kade" not in str(one.steps.values_list("text"))


def test_new_words_leave_what_was_joined_where_nothing_is_held_back() -> None:
    other = builders.contribution("Een bankje bij de kade.")
    one = joined_with(other)
    correct(contribution=other, text="Twee bankjes.", now=LATER)
    assert list(visible()) == [other]
    assert "kade" not in str(one.steps.values_list("text"))


def test_what_waited_when_it_was_joined_waits_again() -> None:
    other = read_first()
    one = joined_with(other, published_at=None, topic=other.topic)
    withdraw(contribution=other, now=LATER)
    assert not visible().exists()
    moderator = builders.staff(Role.MODERATOR)
    assert list(to_read(viewer=moderator)) == [one]
    assert "lezen uw tekst eerst" in one.steps.get(kind=StepKind.PARTED).text


def test_undoing_a_join_takes_the_end_off_its_line() -> None:
    other = builders.contribution()
    one = joined_with(other)
    unmerge(double=one, actor=None, now=LATER)
    page = contribution_page(one.pk)
    assert page is not None
    assert page.points[-1] is None


# ── new words where staff read first ─────────────────────────────────────────────────────────────
def test_new_words_wait_until_they_are_read() -> None:
    one, moderator = read_first(), builders.staff(Role.MODERATOR)
    assert correct(contribution=one, text="Koop pillen.", now=LATER)
    assert not visible().exists()
    assert list(to_read(viewer=moderator)) == list(contributions(moderator, Filters(box="to_read"))) == [one]
    logged = Entry.objects.get(kind="contribution.corrected")
    assert logged.data["public"] is False
    assert "eerst" in one.steps.get(kind=StepKind.CORRECTED).text
    assert show_waiting(contributions=[one], actor=moderator, now=LATER) == (1, 0)
    shown = visible().get()
    assert (shown.text, shown.published_at) == ("Koop pillen.", LATER)


@pytest.mark.parametrize(
    ("about", "fields"),
    [("after", {}), ("before", {"state": State.HIDDEN}), ("before", {"published_at": None})],
)
def test_nothing_is_held_back_twice_or_without_need(about: str, fields: dict[str, object]) -> None:
    one = builders.contribution(topic=builders.topic(moderation=about), **fields)
    before = one.published_at
    correct(contribution=one, text="Andere woorden.", now=LATER)
    one.refresh_from_db()
    assert (one.published_at, one.first_published_at) == (before, None)


def test_what_was_answered_while_it_waits_still_waits() -> None:
    one, moderator = read_first(published_at=None), builders.staff(Role.MODERATOR)
    answer_alone(contribution=one, outcome=Outcome.ANSWERED, text="Ja.", actor=None, now=LATER)
    assert list(contributions(moderator, Filters(box="to_read"))) == [one]


def test_a_photo_that_comes_later_is_seen_by_staff_first() -> None:
    said = {"kind": Kind.IDEA, "text": "Een bankje.", "topic": builders.topic(moderation="before"), "form_key": "a"}
    one = submit_contribution(now=NOW, **said).contribution  # type: ignore[arg-type]
    show(contribution=one, actor=None, now=NOW)
    again = submit_contribution(now=LATER, photo=photo(), **said).contribution  # type: ignore[arg-type]
    assert again == one
    assert again.photo
    assert not visible().exists()


def test_erasing_leaves_no_place_behind() -> None:
    one = builders.contribution(area=builders.area(), topic=builders.topic(), lon=5.3, lat=51.9)
    erase(contribution=one, now=LATER)
    one.refresh_from_db()
    assert (one.area_id, one.lon, one.lat) == (None, None, None)
    assert one.topic_id is not None


def test_the_log_never_says_where() -> None:
    where = builders.area()
    submit_contribution(kind=Kind.IDEA, text="Een bankje.", area=where, now=NOW)
    assert where.code not in str(list(Entry.objects.values_list("data", flat=True)))
