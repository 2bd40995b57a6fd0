"""Conversations through their public doors."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamtafel.channels.models import Delivery
from stamtafel.dossier.actions import follow
from stamtafel.dossier.actions.life import mark_read
from stamtafel.dossier.models import State, Step, StepKind
from stamtafel.inbox import queries, rules
from stamtafel.inbox.actions import handle, intake, notices, undo
from stamtafel.inbox.actions.reply import reply
from stamtafel.inbox.deadline import holiday
from stamtafel.inbox.models import CannedReply, Conversation, Message, Notice
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
        assert holiday(KINGS_DAY)
        assert holiday(date(2026, 12, 25))
        assert not holiday(date(2026, 11, 23))

    @given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)), st.integers(0, 60))
    def test_exactly_n_working_days_lie_between(self, received: datetime, days: int) -> None:
        due = rules.answer_due(received, days, no_holiday)
        assert rules.working_days_between(received.date(), due.date(), no_holiday) == days
        assert rules.working_days_between(due.date(), received.date(), no_holiday) == -days


@given(st.integers(0, 2000), st.integers(0, 30))
def test_the_clock_counts_working_days_both_ways(hours: int, days: int) -> None:
    now = datetime(2026, 11, 20, 12, 0, tzinfo=AMSTERDAM)
    due = rules.answer_due(now, days, no_holiday)
    clock = rules.clock(due, now + timedelta(hours=hours), no_holiday)
    assert clock.late == (now + timedelta(hours=hours) > due)
    assert clock.days >= 0
    if not hours:
        assert clock == rules.Clock(days, late=False)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)))
def test_what_is_put_away_comes_back_on_a_working_morning_still_to_come(naive: datetime) -> None:
    now = naive.replace(tzinfo=AMSTERDAM)
    moments = rules.snooze_moments(now, lambda day: day == KINGS_DAY)
    assert moments.keys() == {"tomorrow", "monday", "two_weeks"}
    for moment in moments.values():
        assert moment > now
        assert rules.is_working_day(moment.date(), lambda day: day == KINGS_DAY)
        assert moment.hour == 9


def test_a_variable_that_is_known_to_be_empty_goes_with_its_space() -> None:
    assert rules.fill("Dag {naam},\n\nover {onderwerp}", {"naam": ""}) == ("Dag,\n\nover {onderwerp}", ["onderwerp"])
    assert rules.unfilled("{datum} {datum} { Eigen straat}, }{") == ["{datum}", "{ Eigen straat}"]


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
        for too_far in (timedelta(days=367), timedelta(days=366, seconds=1)):
            with pytest.raises(handle.ConversationRefused):
                handle.snooze(conversation=made, until=NOW + too_far, actor=talker, now=NOW)
        assert not Conversation.objects.filter(state="snoozed").exists()
        handle.snooze(conversation=made, until=NOW + timedelta(days=366), actor=talker, now=NOW)
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

    def test_what_was_said_meanwhile_is_read_first(self, talker) -> None:
        made = conversation()
        seen = made.messages.get().pk
        intake.hear(conversation=made, text="En nog iets.", at=NOW, key="x")
        with pytest.raises(handle.ConversationRefused, match="kwam er iets bij"):
            reply(conversation=made, text="Dank u.", actor=talker, now=NOW, key="form-1", seen=seen)
        later = made.messages.latest("pk").pk
        reply(conversation=made, text="Dank u.", actor=talker, now=NOW, key="form-2", seen=later)
        assert made.messages.filter(direction="out").count() == 1

    def test_nobody_answers_while_a_colleague_is_at_it(self, talker) -> None:
        made, other = conversation(), builders.staff(Role.CONVERSATIONALIST)
        handle.claim(conversation=made, actor=talker, now=NOW)
        with pytest.raises(handle.ConversationRefused, match="Noor antwoordt hierop tot 11:20"):
            reply(conversation=made, text="Dank u.", actor=other, now=NOW)
        reply(conversation=made, text="Dank u.", actor=other, now=NOW + timedelta(minutes=21))

    def test_a_variable_that_was_not_filled_in_is_not_sent(self, talker) -> None:
        made = conversation()
        with pytest.raises(handle.ConversationRefused, match=r"\{datum\}"):
            reply(conversation=made, text="Uiterlijk {datum}.", actor=talker, now=NOW)

    def test_an_answer_brings_no_hidden_text_back(self, talker) -> None:
        made = conversation(state=State.HIDDEN)
        handle.claim(conversation=made, actor=talker, now=NOW)
        reply(conversation=made, text="Wij haalden uw tekst weg omdat …", actor=talker, now=NOW)
        made.contribution.refresh_from_db()
        assert made.contribution.state == State.HIDDEN

    def test_a_canned_reply_knows_the_topic_the_day_and_the_way_back(self, talker) -> None:
        builders.municipality()
        CannedReply.objects.create(slug="dag", title="Dag", text="Dag {naam},\n{onderwerp}, {datum}: {volglink}")
        made = conversation(topic=builders.topic("Stationsplein"))
        filled = queries.filled(talker, slug="dag", conversation=made, now=NOW)
        assert filled.startswith("Dag,\nStationsplein, 30 november 2026: http")
        assert queries.filled(talker, slug="geen", conversation=made, now=NOW) == ""


@pytest.mark.django_db
class TestUndo:
    def test_closing_many_is_taken_back_but_not_where_the_resident_wrote_since(self, talker) -> None:
        made = [conversation(), conversation()]
        before, after = undo.remembering(
            pks=[one.pk for one in made],
            act=lambda: handle.in_bulk(
                conversations=made, action=lambda one: handle.close(conversation=one, actor=talker, now=NOW)
            ),
        )
        assert Conversation.objects.filter(state="closed").count() == 2
        later = NOW + timedelta(hours=1)
        intake.hear(conversation=made[1], text="Hallo?", at=later, key="y")
        assert undo.restore(before=before, after=after, actor=talker) == 1
        assert undo.restore(before=before, after=after, actor=talker) == 0
        rows = {row.pk: (row.state, row.waits_since) for row in Conversation.objects.all()}
        assert rows == {made[0].pk: ("open", NOW), made[1].pk: ("open", later)}

    def test_only_who_may_answer_takes_back(self, talker) -> None:
        with pytest.raises(Forbidden):
            undo.restore(before={}, after={}, actor=builders.staff(Role.MODERATOR))

    def test_what_is_refused_for_one_of_many_happens_to_none(self, talker) -> None:
        made = [conversation(), conversation()]

        def act(one: Conversation) -> None:
            until = NOW + timedelta(days=1 if one == made[0] else -1)
            handle.snooze(conversation=one, until=until, actor=talker, now=NOW)

        with pytest.raises(handle.ConversationRefused):
            handle.in_bulk(conversations=made, action=act)
        assert not Conversation.objects.filter(state="snoozed").exists()


@pytest.mark.django_db
class TestWhatTheResidentDoes:
    def test_a_correction_replaces_the_words_and_tells_colleagues(self, talker) -> None:
        made = conversation(text="Bel mij op nummer 6")
        follow.correct(contribution=made.contribution, text="Een bankje bij de bushalte, graag.", now=NOW)
        assert [intake.take_corrections(NOW), intake.take_corrections(NOW)] == [1, 0]
        made.refresh_from_db()
        said = queries.thread(talker, made)
        assert [one.direction for one in said] == ["in", "note"]
        assert said[0].text == "Een bankje bij de bushalte, graag."
        assert "nummer 6" not in made.subject + made.excerpt

    def test_nobody_waits_for_an_answer_to_what_was_withdrawn(self, talker) -> None:
        made = conversation()
        follow.withdraw(contribution=made.contribution, now=NOW)
        assert [intake.let_go_of_withdrawn(NOW), intake.let_go_of_withdrawn(NOW)] == [1, 0]
        assert queries.counts(talker, now=NOW)["open"] == 0
        made = Conversation.objects.get(pk=made.pk)
        with pytest.raises(handle.ConversationRefused, match="trok dit in"):
            reply(conversation=made, text="Dank u.", actor=talker, now=NOW)

    def test_what_was_erased_is_gone_from_the_thread_and_the_mails(self, talker) -> None:
        builders.municipality()
        made = conversation(text="Ik woon in de Molenstraat", author=builders.resident())
        reply(conversation=made, text="Dank u, ook namens de Molenstraat.", actor=talker, now=NOW)
        handle.note(conversation=made, text="Molenstraat 6", actor=talker, now=NOW)
        follow.erase(contribution=made.contribution, now=NOW)
        assert [intake.forget_erased(NOW), intake.forget_erased(NOW)] == [1, 0]
        made.refresh_from_db()
        assert (made.subject, made.excerpt, made.resident, made.state) == ("", "", None, "closed")
        assert not Message.objects.exists()
        mails = Delivery.objects.all()
        assert [(one.recipient, one.state, one.draft["body"]) for one in mails] == [("", "cancelled", "")]

    def test_an_answer_to_the_contribution_itself_stops_the_clock(self, talker) -> None:
        made, later = conversation(), NOW + timedelta(days=1)
        assert intake.stop_answered_clocks(later) == 0
        type(made.contribution).objects.filter(pk=made.contribution.pk).update(answered_at=later)
        assert [intake.stop_answered_clocks(later), intake.stop_answered_clocks(later)] == [1, 0]
        made.refresh_from_db()
        assert (made.waits_since, made.first_answered_at) == (None, later)


@pytest.mark.django_db
class TestNotices:
    def test_an_unconfirmed_address_gets_one_question_and_nothing_more(self) -> None:
        author = builders.resident(confirmed_at=None)
        one = builders.contribution(author=author)
        Step.objects.create(contribution=one, kind=StepKind.RECEIVED, at=NOW, tell=True)
        mark_read(contribution=one, actor=None, now=NOW)
        assert notices.tell_steps(NOW) == 2
        sent = Delivery.objects.get()
        assert (sent.purpose, sent.recipient) == ("confirmation", author.email)
        assert Notice.objects.filter(waits=True).count() == 2

    def test_a_bounced_address_gets_nothing(self) -> None:
        one = builders.contribution(author=builders.resident(bounced_at=datetime(2026, 1, 1, tzinfo=UTC)))
        mark_read(contribution=one, actor=None, now=NOW)
        notices.tell_steps(NOW)
        assert not Delivery.objects.exists()
