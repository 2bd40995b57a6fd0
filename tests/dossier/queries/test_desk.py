"""What staff find: boxes, filters, pages, near doubles."""

from datetime import timedelta

import pytest

from stamtafel.dossier.actions.follow import object_to_hiding
from stamtafel.dossier.actions.moderate import hide
from stamtafel.dossier.actions.react import react
from stamtafel.dossier.actions.submit import submit_contribution
from stamtafel.dossier.models import Answer, Decision, Kind, State
from stamtafel.dossier.queries import desk
from stamtafel.dossier.queries.desk import Filters
from stamtafel.people.queries import Forbidden
from stamtafel.people.rules import Role
from tests import builders
from tests.builders import NOW

pytestmark = pytest.mark.django_db


def found(**filters: str) -> set[int]:
    viewer = builders.staff(Role.MODERATOR)
    return set(desk.contributions(viewer, Filters(**filters)).values_list("pk", flat=True))


def test_each_box_holds_what_it_says() -> None:
    before = builders.topic(moderation="before")
    waiting = builders.contribution(published_at=None, topic=before)
    answered = builders.contribution(state=State.ANSWERED)
    hidden, objected = builders.contribution(), builders.contribution()
    for one in (hidden, objected):
        hide(contribution=one, reason="x", actor=None, now=NOW)
    object_to_hiding(contribution=objected, text="Waarom?", now=NOW)
    reacted = builders.contribution(topic=before)
    react(contribution=reacted, text="Eens.", device="a", now=NOW)
    joined = builders.contribution(state=State.MERGED, merged_into=answered)
    assert found(box="to_read") == {waiting.pk}
    assert found(box="objections") == {objected.pk}
    assert found(box="reactions") == {reacted.pk}
    assert found(box="unanswered") == {waiting.pk, reacted.pk}
    assert found(box="hidden") == {hidden.pk, objected.pk}
    assert found(box="joined") == {joined.pk}
    assert len(found()) == len(found(box="no such box")) == 6
    assert desk.counts(builders.staff(Role.ANALYST)) == {"to_read": 1, "objections": 1, "reactions": 1}


def test_filters_narrow_together_and_words_are_searched() -> None:
    builders.municipality()
    topic, area = builders.topic(), builders.area()
    sent = submit_contribution(
        kind=Kind.IDEA, text="Meer huizen voor ouderen.", topic=topic, area=area, device="a", now=NOW
    ).contribution
    submit_contribution(kind=Kind.WISH, text="Een speelplek.", topic=topic, device="b", now=NOW)
    assert found(text="huis", topic=topic.slug, area=area.code, kind="idea", state="received") == {sent.pk}
    assert found(text="huis", kind="wish") == set()
    assert found(topic="bestaat-niet") == set()


def test_filters_of_an_address_line_are_cleaned() -> None:
    read = Filters.of({"text": " a\0b " + "x" * 500, "unknown": "y", "box": "hidden"})
    assert (read.text[:2], len(read.text) < 201, read.box) == ("ab", True, "hidden")
    assert read.as_query().keys() == {"text", "box"}


def test_pages_hold_everything_once_also_of_one_moment() -> None:
    viewer = builders.staff(Role.MODERATOR)
    made = [builders.contribution(created_at=NOW - timedelta(hours=n // 3)).pk for n in range(desk.PAGE * 2 + 5)]
    seen: list[int] = []
    after, pages = "", 0
    while after or not pages:
        rows, after = desk.page_of(desk.contributions(viewer, Filters()), after=after)
        seen += [row.pk for row in rows]
        pages += 1
    assert (sorted(seen), pages) == (made, 3)


@pytest.mark.parametrize(
    "after", ["x", "2026-11-23_5", "2026-13-45T00:00:00+00:00_1", "2026-11-23T10:00:00+00:00_9" + "9" * 30]
)
def test_a_key_that_makes_no_sense_is_the_first_page(after: str) -> None:
    one = builders.contribution()
    rows, _more = desk.page_of(desk.contributions(builders.staff(Role.MODERATOR), Filters()), after=after)
    assert rows == [one]


def test_near_doubles_are_hints_of_what_everybody_can_read() -> None:
    builders.municipality()
    text = "Op het Stationsplein is het in de zomer veel te heet, zet er alstublieft bomen neer."
    one, same, hidden, other = (
        submit_contribution(kind=Kind.IDEA, text=words, device=str(n), now=NOW).contribution
        for n, words in enumerate((text, text + " Graag!", text + " Snel!", "De bus rijdt op zondag niet."))
    )
    hide(contribution=hidden, reason="x", actor=None, now=NOW)
    near = desk.doubles(builders.staff(Role.MODERATOR), one)
    assert [(hint.contribution, hint.words) for hint in near] == [(same, ())]
    assert other.pk not in [hint.contribution.pk for hint in near]


def test_other_sentences_with_the_same_rare_words_are_hints_within_a_subject() -> None:
    builders.municipality()
    topic = builders.topic()
    said = ("Zwemmen voordat ik naar mijn werk ga, dat wil ik.", "Vroeg zwemmen voor het werk zou fijn zijn.",
            "De bus rijdt op zondag niet.", "Er ligt afval bij de school.", "De lantaarn is kapot.")  # fmt: skip
    rows = [
        submit_contribution(kind=Kind.WISH, text=words, topic=topic, device=str(n), now=NOW).contribution
        for n, words in enumerate(said)
    ]
    elsewhere = submit_contribution(kind=Kind.WISH, text="Ik wil zwemmen voor het werk.", device="x", now=NOW)
    near = desk.doubles(builders.staff(Role.MODERATOR), rows[0])
    assert [hint.contribution for hint in near] == [rows[1]]
    assert "zwemmen" in near[0].words
    assert elsewhere.contribution not in [hint.contribution for hint in near]


def decision() -> Decision:
    return Decision.objects.create(
        topic=builders.topic(), slug="b", title="B", decided="x", decided_by="y", decided_on=NOW.date()
    )


def test_only_public_ones_without_an_answer_from_it_can_be_chosen() -> None:
    made, viewer = decision(), builders.staff(Role.EDITOR)
    free, taken = builders.contribution(), builders.contribution()
    hidden, waiting = builders.contribution(state=State.HIDDEN), builders.contribution(published_at=None)
    answered = builders.contribution(state=State.ANSWERED)
    Answer.objects.create(contribution=taken, decision=made, outcome="used", text="x")
    assert set(desk.answerable(viewer, made, Filters())) == {free, answered}
    assert set(desk.answerable(viewer, made, Filters(box="unanswered"))) == {free}
    numbers = [str(one.pk) for one in (free, hidden, waiting)]
    assert desk.picked(viewer, [*numbers, "x", "9" * 40, ""]) == [free]


def test_the_answers_of_a_decision_come_in_pages() -> None:
    made, viewer = decision(), builders.staff(Role.EDITOR)
    rows = [Answer(contribution=builders.contribution(), decision=made, outcome="used", text="x") for _n in range(45)]
    Answer.objects.bulk_create(rows)
    first, more = desk.answers(viewer, made)
    second, end = desk.answers(viewer, made, before=more)
    assert (len(first), len(second), end) == (desk.PAGE, 5, "")
    assert desk.outcome_counts(viewer, made) == {"used": 45}


def test_nobody_without_the_right_sees_anything() -> None:
    viewer, one = builders.staff(Role.FIELD_WORKER), builders.contribution()
    for forbidden in (
        lambda: desk.contributions(viewer, Filters()),
        lambda: desk.contribution(viewer, one.pk),
        lambda: desk.doubles(viewer, one),
        lambda: desk.topics(viewer),
        lambda: desk.decisions(viewer, published=True),
        lambda: desk.answerable(builders.staff(Role.MODERATOR), decision(), Filters()),
    ):
        with pytest.raises(Forbidden):
            forbidden()
