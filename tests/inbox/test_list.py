"""The list: boxes, filters, order, pages, and what it costs."""

from datetime import timedelta

import pytest

from stamtafel.inbox import queries
from stamtafel.inbox.actions import handle, intake
from stamtafel.inbox.actions.reply import reply
from stamtafel.inbox.models import Conversation
from stamtafel.people.rules import Role
from tests import builders
from tests.builders import NOW


@pytest.fixture
def talker():
    return builders.staff(Role.CONVERSATIONALIST, name="Noor")


def conversation(**fields) -> Conversation:
    return intake.open_conversation(builders.contribution(**fields))


@pytest.mark.django_db
@pytest.mark.parametrize("count", [3, 30])
def test_the_list_costs_the_same_for_few_and_many(count: int, talker, django_assert_num_queries) -> None:
    for number in range(count):
        conversation(text=f"Bijdrage {number}", topic=builders.topic(), area=builders.area())
    with django_assert_num_queries(1):
        rows, more = queries.page_of(queries.conversations(talker, queries.Filters(), now=NOW))
        assert [(r.contribution.topic.name, r.contribution.area.name, r.assignee) for r in rows]
    assert (len(rows), more) == (count, "")


@pytest.mark.django_db
@pytest.mark.parametrize("box", ["open", "all"])
def test_pages_hold_every_conversation_once(talker, box: str) -> None:
    made = {conversation(text=f"B {n}", created_at=NOW - timedelta(days=n // 3)).pk for n in range(95)}
    seen: list[Conversation] = []
    after = ""
    found = queries.conversations(talker, queries.Filters(box=box), now=NOW)
    while True:
        rows, after = queries.page_of(found, box=box, after=after)
        seen += rows
        if not after:
            break
    assert sorted(row.pk for row in seen) == sorted(made)
    if box == "open":  # what is due first stands first
        assert [row.answer_due_at for row in seen] == sorted(row.answer_due_at for row in seen)
    else:
        assert [row.last_message_at for row in seen] == sorted((row.last_message_at for row in seen), reverse=True)
    following = queries.following(found, box, queries.mark_of(seen[3], box))
    assert following == seen[4]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "mark", ["x", "_", "2026-01-01_1", "2026-01-01T00:00:00+00:00_x", "9_9", "2026-01-01T00:00:00+00:00_" + "9" * 40]
)
def test_a_mark_that_we_did_not_make_gives_an_empty_page(talker, mark: str) -> None:
    conversation()
    assert queries.page_of(queries.conversations(talker, queries.Filters(), now=NOW), after=mark) == ([], "")


@pytest.mark.django_db
def test_each_filter_narrows_and_text_finds_what_was_said(talker) -> None:
    topic, area = builders.topic(), builders.area()
    one = conversation(text="Een bankje graag", topic=topic, area=area, kind="question", channel="paper")
    conversation(text="Iets anders", kind="idea")
    handle.note(conversation=one, text="Vraag Bas van het groen", actor=talker, now=NOW)
    for name, value in [
        ("kind", "question"),
        ("channel", "paper"),
        ("topic", topic.slug),
        ("area", area.code),
        ("text", "bANKje"),
        ("text", "bas van"),
    ]:
        filters = queries.Filters.of({name: value, "box": "nonsense"})
        assert list(queries.conversations(talker, filters, now=NOW)) == [one], name
        assert filters.as_query() == {name: value}


@pytest.mark.django_db
def test_boxes_are_counted_in_one_query(talker, django_assert_num_queries) -> None:
    states = ["waits", "mine", "answered", "later", "closed"]
    made = {name: conversation(text=name) for name in states}
    handle.assign(conversation=made["mine"], to=talker, actor=talker)
    reply(conversation=made["answered"], text="Dank u.", actor=talker, now=NOW)
    handle.snooze(conversation=made["later"], until=NOW + timedelta(days=1), actor=talker, now=NOW)
    handle.close(conversation=made["closed"], actor=talker, now=NOW)
    with django_assert_num_queries(1):
        found = queries.counts(talker, now=NOW + timedelta(days=60))
    assert found == {"open": 2, "mine": 1, "free": 1, "late": 2, "answered": 1, "later": 1}
