"""Conversations through their public doors."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamtafel.channels.models import Delivery
from stamtafel.dossier.actions.life import mark_read
from stamtafel.dossier.models import State, Step, StepKind
from stamtafel.inbox import queries, rules
from stamtafel.inbox.actions import handle, intake, notices
from stamtafel.inbox.actions.reply import reply
from stamtafel.inbox.models import Conversation, Message, Notice
from stamtafel.people.queries import Forbidden
from stamtafel.people.rules import Role
from tests import builders
from tests.builders import NOW

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
KINGS_DAY = date(2026, 4, 27)


def no_holiday(_day: date) -> bool:
    return False


class TestWorkingDays:
    def test_friday_evening_with_one_day_is_monday_at_five(self) -> None:
        friday = datetime(2026, 11, 20, 22, 0, tzinfo=AMSTERDAM)
        assert rules.answer_due(friday, 1, no_holiday) == datetime(2026, 11, 23, 17, 0, tzinfo=AMSTERDAM)

    def test_a_holiday_does_not_count(self) -> None:
        friday = datetime(2026, 4, 24, 9, 0, tzinfo=AMSTERDAM)
        due = rules.answer_due(friday, 1, lambda day: day == KINGS_DAY)
        assert due.date() == date(2026, 4, 28)

    def test_the_dutch_holidays_are_known(self) -> None:
        assert intake.holiday(KINGS_DAY)
        assert intake.holiday(date(2026, 12, 25))
        assert not intake.holiday(date(2026, 11, 23))

    @given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)), st.integers(0, 60))  # noqa: DTZ001
    def test_exactly_n_working_days_lie_between(self, received: datetime, days: int) -> None:
        due = rules.answer_due(received, days, no_holiday)
        assert rules.working_days_between(received.date(), due.date(), no_holiday) == days
        assert rules.working_days_between(due.date(), received.date(), no_holiday) == -days


@given(st.text(), st.dictionaries(st.sampled_from(["naam", "datum"]), st.text(min_size=1)))
def test_filling_leaves_no_known_variable(text: str, values: dict[str, str]) -> None:
    filled, unknown = rules.fill(text + "{naam} {onbekend}", values)
    assert "onbekend" in unknown
    assert ("naam" in unknown) == ("naam" not in values)
    assert "{onbekend}" in filled


@pytest.fixture
def talker():
    return builders.staff(Role.CONVERSATIONALIST, name="Noor")


def conversation(**fields) -> Conversation:
    return intake.open_conversation(builders.contribution(**fields))


@pytest.mark.django_db
class TestIntake:
    def test_every_contribution_gets_one_conversation_and_imports_none(self) -> None:
        one = builders.contribution("Wanneer komt de bus terug?", kind="question")
        builders.contribution("Uit een oud platform", source="openstad", source_id="1")
        builders.contribution("Weg", state=State.WITHDRAWN)
        assert intake.open_conversations(NOW) == 1
        assert intake.open_conversations(NOW) == 0
        made = Conversation.objects.get()
        assert (made.contribution, made.message_count, made.waits_since) == (one, 1, NOW)
        assert made.messages.get().text == "Wanneer komt de bus terug?"

    def test_what_is_added_is_heard_once_and_opens_again(self, talker) -> None:
        made = conversation()
        handle.close(conversation=made, actor=talker, now=NOW)
        later = NOW + timedelta(hours=3)
        Step.objects.create(contribution=made.contribution, kind=StepKind.ADDED, text="En ook een bankje.", at=later)
        assert [intake.take_additions(later), intake.take_additions(later)] == [1, 0]
        made.refresh_from_db()
        assert (made.state, made.message_count, made.waits_since) == ("open", 2, later)
        assert [m.text for m in queries.thread_for(made.contribution)][-1] == "En ook een bankje."


@pytest.mark.django_db
class TestHandling:
    def test_the_second_claimer_is_told_no_until_the_claim_runs_out(self, talker) -> None:
        made, other = conversation(), builders.staff(Role.CONVERSATIONALIST)
        assert handle.claim(conversation=made, actor=talker, now=NOW)
        assert not handle.claim(conversation=made, actor=other, now=NOW + timedelta(minutes=5))
        assert handle.claim(conversation=made, actor=other, now=NOW + timedelta(minutes=21))

    def test_claiming_tells_the_resident_once_that_it_was_read(self, talker) -> None:
        made = conversation(author=builders.resident())
        handle.claim(conversation=made, actor=talker, now=NOW)
        handle.claim(conversation=made, actor=talker, now=NOW)
        assert made.contribution.steps.filter(kind=StepKind.READ).count() == 1
        assert notices.tell_steps(NOW) == 1
        assert notices.tell_steps(NOW) == 0
        assert Delivery.objects.get().recipient == made.resident.email

    def test_snoozed_comes_back_by_itself(self, talker) -> None:
        made = conversation()
        with pytest.raises(handle.ConversationRefused):
            handle.snooze(conversation=made, until=NOW, actor=talker, now=NOW)
        handle.snooze(conversation=made, until=NOW + timedelta(days=1), actor=talker, now=NOW)
        assert handle.wake_snoozed(NOW) == 0
        assert handle.wake_snoozed(NOW + timedelta(days=1)) == 1

    def test_closing_is_undone_with_the_clock(self, talker) -> None:
        made = conversation()
        handle.close(conversation=made, actor=talker, now=NOW)
        handle.reopen(conversation=made, actor=talker)
        made.refresh_from_db()
        assert (made.state, made.waits_since) == ("open", NOW)

    def test_nothing_is_handed_to_somebody_who_may_not_answer(self, talker) -> None:
        made = conversation()
        with pytest.raises(handle.ConversationRefused):
            handle.assign(conversation=made, to=builders.staff(Role.ANALYST), actor=talker)
        handle.assign(conversation=made, to=talker, actor=talker)
        assert queries.waiting_for(talker, now=NOW) == queries.Waiting(mine=1, free=0, late=0)

    @pytest.mark.parametrize("role", [Role.EDITOR, Role.ANALYST, Role.FIELD_WORKER])
    def test_others_may_not(self, role: Role) -> None:
        made, other = conversation(), builders.staff(role)
        with pytest.raises(Forbidden):
            handle.claim(conversation=made, actor=other, now=NOW)
        with pytest.raises(Forbidden):
            reply(conversation=made, text="Dag", actor=other, now=NOW)
        with pytest.raises(Forbidden):
            queries.thread(other, made)


@pytest.mark.django_db
class TestReply:
    def test_a_reply_sent_twice_goes_out_once(self, talker) -> None:
        made = conversation(author=builders.resident())
        for _time in range(2):
            reply(conversation=made, text="Dank u, wij kijken ernaar.", actor=talker, now=NOW, key="form-1")
        made.refresh_from_db()
        made.contribution.refresh_from_db()
        assert Message.objects.filter(direction="out").count() == 1
        assert Delivery.objects.filter(purpose="reply").count() == 1
        assert (made.waits_since, made.first_answered_at, made.message_count) == (None, NOW, 2)
        assert made.contribution.state == State.IN_CONVERSATION

    def test_without_a_confirmed_address_it_is_on_the_follow_page_only(self, talker) -> None:
        made = conversation(author=builders.resident(confirmed_at=None))
        reply(conversation=made, text="Dank u.", actor=talker, now=NOW)
        assert not Delivery.objects.exists()
        assert queries.thread_for(made.contribution)[-1].text == "Dank u."

    def test_notes_stay_among_staff(self, talker) -> None:
        made = conversation()
        handle.note(conversation=made, text="Bel wijkbeheer", actor=talker, now=NOW)
        assert [m.direction for m in queries.thread(talker, made)] == ["in", "note"]
        assert [m.direction for m in queries.thread_for(made.contribution)] == ["in"]

    @pytest.mark.parametrize("text", ["", "   \n", "x" * 10_001])
    def test_what_can_not_be_sent_says_why_and_stores_nothing(self, talker, text: str) -> None:
        made = conversation()
        with pytest.raises(handle.ConversationRefused):
            reply(conversation=made, text=text, actor=talker, now=NOW)
        assert made.messages.count() == 1


@pytest.mark.django_db
class TestNotices:
    def test_an_unconfirmed_address_gets_one_question_and_nothing_more(self) -> None:
        author = builders.resident(confirmed_at=None)
        one = builders.contribution(author=author)
        Step.objects.create(contribution=one, kind=StepKind.RECEIVED, at=NOW, tell=True)
        mark_read(contribution=one, actor=None, now=NOW)
        assert notices.tell_steps(NOW) == 2
        sent = Delivery.objects.get()
        assert (sent.purpose, sent.key) == ("confirmation", f"confirm:{author.pk}:{one.pk}")
        assert Notice.objects.count() == 2

    def test_a_bounced_address_gets_nothing(self) -> None:
        one = builders.contribution(author=builders.resident(bounced_at=datetime(2026, 1, 1, tzinfo=UTC)))
        mark_read(contribution=one, actor=None, now=NOW)
        notices.tell_steps(NOW)
        assert not Delivery.objects.exists()


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
def test_pages_hold_every_conversation_once(talker) -> None:
    made = {conversation(text=f"B {n}", created_at=NOW - timedelta(minutes=n // 3)).pk for n in range(95)}
    seen: list[int] = []
    after = ""
    while True:
        rows, after = queries.page_of(queries.conversations(talker, queries.Filters(), now=NOW), after=after)
        seen += [row.pk for row in rows]
        if not after:
            break
    assert sorted(seen) == sorted(made)
