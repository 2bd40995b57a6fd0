"""What people say on networks becomes conversations, whatever the order and however often it comes."""

from collections.abc import Callable
from datetime import timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from stamtafel.channels.contract import Attachment, Author, Draft, Incoming, Sort, Update
from stamtafel.channels.models import Delivery, InboundItem
from stamtafel.dossier.actions.life import record_step
from stamtafel.dossier.models import StepKind
from stamtafel.inbox import ways
from stamtafel.inbox.actions import attached, intake
from stamtafel.inbox.actions.echo import settled_by
from stamtafel.inbox.actions.handle import close
from stamtafel.inbox.actions.reply import reply
from stamtafel.inbox.actions.take_in import take_back_items, take_in
from stamtafel.inbox.models import Conversation, Message
from stamtafel.people.rules import Role
from tests import builders
from tests.builders import NOW
from tests.inbox.network import Network

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def network(settings, tmp_path: Path) -> Network:
    settings.DATA = tmp_path
    builders.municipality()
    return Network(tmp_path / "demo")


def take_in_all() -> None:
    """Until nothing waits any more: what came too early has its other tries."""
    moment = NOW
    for _round in range(8):
        take_in(moment)
        moment += timedelta(hours=1)
    assert not InboundItem.objects.exclude(state="done").exists(), list(InboundItem.objects.values("last_error"))


def only() -> Conversation:
    return Conversation.objects.get()


def lines(conversation: Conversation) -> list[tuple[str, str]]:
    return list(conversation.messages.order_by("at", "id").values_list("direction", "text"))


def test_a_comment_under_our_post_is_a_conversation_that_waits(network: Network) -> None:
    post = network.sent("demo-1")
    event = network.residents.say("Komen er ook bankjes? 🌳", about="demo-1", at=NOW - MINUTE)
    network.tell(event)
    assert take_in(NOW) == 1
    found = only()
    assert (found.account, found.channel, found.about, found.private) == (network.account, "demo", post, False)
    assert (found.subject, found.excerpt) == ("Komen er ook bankjes? 🌳", "Komen er ook bankjes? 🌳")
    assert found.person == {
        "id": "id-fatima", "handle": "fatima", "name": "Fatima", "url": "https://demo.example/@fatima",
    }  # fmt: skip
    assert (found.waits_since, found.last_heard_at, found.message_count) == (NOW - MINUTE, NOW - MINUTE, 1)
    assert found.answer_due_at is not None
    assert found.answer_due_at > NOW
    message = found.messages.get()
    assert (message.author, message.sort, message.remote_id) == ("Fatima", "comment", event["id"])
    assert message.target["remote_id"] == event["id"]
    assert message.inbound == InboundItem.objects.get(state="done")
    way = ways.way_of(found, now=NOW)
    assert way is not None
    assert (way.closed, way.to.author_id) == ("", "id-fatima")


def test_a_private_message_is_private_and_its_thread_goes_on(network: Network) -> None:
    first = network.residents.say("Mag ik u iets vragen?", sort="message", at=NOW - 2 * MINUTE)
    second = network.residents.say("Het gaat om de lantaarn.", sort="message", at=NOW - MINUTE)
    network.tell(first, second)
    take_in(NOW)
    found = only()
    assert (found.private, found.message_count, found.excerpt) == (True, 2, "Het gaat om de lantaarn.")
    assert (found.waits_since, found.last_message_at) == (NOW - 2 * MINUTE, NOW - MINUTE)


def test_two_people_under_one_post_are_two_conversations(network: Network) -> None:
    network.sent("demo-1")
    said = network.residents.say
    network.tell(
        said("Mooi!", about="demo-1", thread="demo-1", in_reply_to="demo-1"),
        said("Lelijk!", by="joop", about="demo-1", thread="demo-1", in_reply_to="demo-1"),
    )
    take_in(NOW)
    assert sorted(Conversation.objects.values_list("excerpt", flat=True)) == ["Lelijk!", "Mooi!"]


def test_who_answers_our_answer_goes_on_in_the_same_conversation(network: Network) -> None:
    """Also where the network names no thread."""
    network.tell(network.residents.say("Wanneer begint u?", thread=""))
    take_in(NOW)
    who = builders.staff(Role.CONVERSATIONALIST)
    said = reply(conversation=only(), text="In mei.", actor=who, now=NOW)
    assert said.delivery is not None
    Delivery.objects.filter(pk=said.delivery.pk).update(state="done", remote_id="demo-9")
    assert only().waits_since is None
    network.tell(network.residents.say("Dank u!", thread="", in_reply_to="demo-9", at=NOW + MINUTE))
    take_in(NOW + MINUTE)
    assert [text for _direction, text in lines(only())] == ["Wanneer begint u?", "In mei.", "Dank u!"]
    assert only().waits_since == NOW + MINUTE


def test_a_closed_conversation_opens_when_they_speak_again(network: Network) -> None:
    first = network.residents.say("Hallo")
    network.tell(first)
    take_in(NOW)
    close(conversation=only(), actor=builders.staff(Role.CONVERSATIONALIST), now=NOW)
    network.tell(network.residents.answer(first, "Nog iets", at=LATER))
    take_in(LATER)
    assert (only().state, only().waits_since, only().message_count) == ("open", LATER, 2)


def test_an_answer_by_mail_goes_to_the_conversation_about_the_contribution(network: Network) -> None:
    resident = builders.resident()
    made = intake.open_conversation(builders.contribution(author=resident))
    reply(conversation=made, text="Wij komen kijken.", actor=builders.staff(Role.CONVERSATIONALIST), now=NOW)
    sent = Delivery.objects.get(purpose="reply")
    Delivery.objects.filter(pk=sent.pk).update(account=network.account, state="done", remote_id="<a@b>")
    network.tell(network.residents.say("Fijn!", thread="<a@b>", in_reply_to="<a@b>", at=NOW + MINUTE))
    take_in(NOW + MINUTE)
    made = only()
    assert made.contribution is not None
    assert (made.subject, made.excerpt, made.message_count) == (made.contribution.title, "Fijn!", 3)


# ── twice, late, and in any order ────────────────────────────────────────────────────────────────
def _beginning(network: Network) -> list[dict[str, Any]]:
    first = network.residents.say("Komt er een speeltuin?", at=NOW - 9 * MINUTE)
    answer = network.residents.answer(first, "Ja, wanneer?", by="joop", at=NOW - 8 * MINUTE)
    edited = network.residents.edit(first, "Komt er een GROTE speeltuin?", at=NOW - 7 * MINUTE)
    again = network.residents.edit(first, "Komt er een grote speeltuin?", at=NOW - 6 * MINUTE)
    gone = network.residents.take_away(answer, at=NOW - 5 * MINUTE)
    return [first, answer, edited, again, gone]


def test_in_whatever_order_things_come_the_end_is_the_same(network: Network) -> None:
    events = _beginning(network)
    for order in list(permutations(events))[::7]:
        Conversation.objects.all().delete()
        InboundItem.objects.all().delete()
        network.tell(*order)
        take_in_all()
        found = only()
        there = found.messages.filter(deleted_at=None)
        assert [(m.text, m.at) for m in there] == [("Komt er een grote speeltuin?", NOW - 9 * MINUTE)]
        assert not found.messages.filter(text__contains="wanneer").exists()
        assert (found.person["handle"], found.state) == ("fatima", "open")
        assert (found.subject, found.excerpt) == ("Komt er een grote speeltuin?",) * 2


def test_the_same_again_changes_nothing(network: Network) -> None:
    events = _beginning(network)
    for _time in range(3):
        network.tell(*events)
        take_in_all()
    assert (InboundItem.objects.count(), Message.objects.count(), only().message_count) == (5, 1, 1)


def test_the_same_thing_under_another_key_is_one_message(network: Network) -> None:
    event = network.residents.say("Hallo")
    network.tell(event)
    take_in(NOW)
    network.keep(Update(remote_id="mention:said-1", payload=event))
    take_in(NOW)
    assert (InboundItem.objects.filter(state="done").count(), Message.objects.count()) == (2, 1)


def test_an_answer_that_comes_before_what_it_answers_waits_for_it(network: Network) -> None:
    first = network.residents.say("Hallo", thread="", at=NOW - 2 * MINUTE)
    second = network.residents.say("En nog iets", thread="", in_reply_to=first["id"], at=NOW - MINUTE)
    network.tell(second)
    take_in(NOW)
    waiting = InboundItem.objects.get()
    assert (waiting.state, Conversation.objects.count()) == ("waiting", 0)
    assert "did not come yet" in waiting.last_error
    network.tell(first)
    take_in_all()
    assert [text for _direction, text in lines(only())] == ["Hallo", "En nog iets"]


def test_what_it_answers_may_never_come(network: Network) -> None:
    network.tell(network.residents.say("Hallo", thread="", in_reply_to="of-somebody-else"))
    take_in_all()
    assert (only().excerpt, only().state) == ("Hallo", "open")


def test_the_deletion_of_what_we_never_heard_is_let_go(network: Network) -> None:
    network.tell(network.residents.take_away(network.residents.say("Hallo")))
    take_in_all()
    assert Conversation.objects.count() == 0


# ── what its author does to it ───────────────────────────────────────────────────────────────────
def test_what_is_taken_away_there_is_not_kept_here(network: Network) -> None:
    first = network.residents.say("Mijn nummer is 06-12345678", at=NOW - 2 * MINUTE)
    network.tell(first)
    take_in(NOW)
    network.tell(network.residents.take_away(first, at=NOW - MINUTE))
    take_in(NOW)
    message = Message.objects.get()
    assert (message.text, message.deleted_at) == ("", NOW - MINUTE)
    found = only()
    assert (found.state, found.waits_since, found.excerpt, found.subject) == ("closed", None, "", "Fatima")


def test_who_took_one_of_two_away_still_waits_for_the_other(network: Network) -> None:
    first = network.residents.say("Eerste vraag", at=NOW - 2 * MINUTE)
    second = network.residents.answer(first, "Tweede vraag", at=NOW - MINUTE)
    network.tell(first, second)
    take_in(NOW)
    network.tell(network.residents.take_away(second, at=NOW))
    take_in(NOW)
    assert (only().state, only().waits_since, only().excerpt) == ("open", NOW - 2 * MINUTE, "Eerste vraag")


def test_who_takes_away_what_was_answered_opens_and_closes_nothing(network: Network) -> None:
    first = network.residents.say("Eerste vraag", at=NOW - 2 * MINUTE)
    second = network.residents.answer(first, "Tweede vraag", at=NOW - MINUTE)
    network.tell(first, second)
    take_in(NOW)
    reply(conversation=only(), text="Ja.", actor=builders.staff(Role.CONVERSATIONALIST), now=NOW)
    network.tell(network.residents.take_away(first, at=NOW))
    take_in(NOW)
    assert (only().state, only().waits_since, only().subject) == ("open", None, "Tweede vraag")


@pytest.mark.parametrize("deed", ["edit", "take_away"])
def test_colleagues_hear_of_it_where_it_was_taken_up(network: Network, deed: str) -> None:
    first = network.residents.say("Meer bomen graag")
    network.tell(first)
    take_in(NOW)
    made = builders.contribution("Meer bomen graag")
    Conversation.objects.update(contribution=made, subject="Meer bomen graag")
    acts: dict[str, Callable[[], dict[str, Any]]] = {
        "edit": lambda: network.residents.edit(first, "Minder bomen", at=LATER),
        "take_away": lambda: network.residents.take_away(first, at=LATER),
    }
    network.tell(acts[deed]())
    take_in(LATER)
    note = only().messages.get(direction="note")
    assert "netwerk" in note.text
    assert (only().subject, only().state) == ("Meer bomen graag", "open")
    made.refresh_from_db()
    assert made.text == "Meer bomen graag"
    assert only().waits_since is not None


def test_the_same_words_again_are_no_edit_and_an_edit_of_what_is_gone_brings_nothing_back(network: Network) -> None:
    first = network.residents.say("Een", at=NOW - 9 * MINUTE)
    network.tell(first, network.residents.edit(first, "Een", at=NOW - 8 * MINUTE))
    take_in(NOW)
    assert Message.objects.get().edited_at is None
    network.tell(network.residents.take_away(first, at=NOW - 7 * MINUTE))
    take_in(NOW)
    network.tell(network.residents.edit(first, "Twee", at=NOW - 6 * MINUTE))
    network.keep(Update(remote_id="mention:said-1:deleted", payload={**first, "what": "deleted", "text": ""}))
    take_in(NOW)
    message = Message.objects.get()
    assert (message.text, message.deleted_at) == ("", NOW - 7 * MINUTE)


def test_an_older_edit_that_comes_late_is_passed_over(network: Network) -> None:
    first = network.residents.say("Een", at=NOW - 9 * MINUTE)
    older = network.residents.edit(first, "Twee", at=NOW - 8 * MINUTE)
    newer = network.residents.edit(first, "Drie", at=NOW - 7 * MINUTE)
    network.tell(first, newer)
    take_in(NOW)
    network.tell(older)
    take_in(NOW)
    assert Message.objects.get().text == "Drie"


def test_an_answer_of_ours_that_was_taken_away_there_is_marked(network: Network) -> None:
    network.tell(network.residents.say("Hallo"))
    take_in(NOW)
    said = reply(conversation=only(), text="Dag!", actor=builders.staff(Role.CONVERSATIONALIST), now=NOW)
    Delivery.objects.update(state="done", remote_id="demo-5")
    gone = network.residents.take_away({"id": "demo-5", "by": "gemeente", "sort": "comment", "at": NOW.isoformat()})
    network.tell(gone)
    take_in(NOW)
    said.refresh_from_db()
    assert said.deleted_at is not None
    assert Delivery.objects.get(remote_id="demo-5").retracted_at is not None


# ── our own words that come back ─────────────────────────────────────────────────────────────────
def test_what_we_sent_and_comes_back_is_not_said_again(network: Network) -> None:
    first = network.residents.say("Hallo")
    network.tell(first)
    take_in(NOW)
    reply(conversation=only(), text="Dag!", actor=builders.staff(Role.CONVERSATIONALIST), now=NOW)
    network.tell(network.residents.answer(first, "Dag!", by="gemeente", id="demo-1"))
    Delivery.objects.update(state="sending", lease_until=LATER, attempts=1)
    take_in(NOW)
    assert InboundItem.objects.filter(state="waiting", last_error__contains="just being sent").exists()
    Delivery.objects.update(state="done", lease_until=None, remote_id="demo-1")
    take_in_all()
    assert lines(only()) == [("in", "Hallo"), ("out", "Dag!")]


def test_our_own_words_coming_back_prove_that_an_unsure_answer_is_out(network: Network) -> None:
    first = network.residents.say("Hallo")
    network.tell(first)
    take_in(NOW)
    reply(conversation=only(), text="Dag, wij komen.", actor=builders.staff(Role.CONVERSATIONALIST), now=NOW)
    Delivery.objects.update(state="unsure", attempts=1)
    network.tell(network.residents.answer(first, "Dag,  wij komen.", by="gemeente", id="demo-77"))
    take_in(NOW)
    sent = Delivery.objects.get()
    assert (sent.state, sent.remote_id) == ("done", "demo-77")
    assert Message.objects.filter(direction="out").count() == 1


def test_of_two_unsure_answers_with_the_same_words_neither_is_settled(network: Network) -> None:
    for number in (1, 2):
        network.sent(
            "", state="unsure", draft=Draft(subject="", body="Dank u!").as_data(), target={"remote_id": str(number)}
        )
    first = network.residents.say("Hallo")
    network.tell(first, network.residents.answer(first, "Dank u!", by="gemeente"))
    take_in_all()
    assert Delivery.objects.filter(state="unsure").count() == 2
    assert Message.objects.filter(direction="out").count() == 1


def test_a_colleague_who_answers_on_the_network_itself_has_answered(network: Network) -> None:
    first = network.residents.say("Hallo", at=NOW - 2 * MINUTE)
    network.tell(first, network.residents.answer(first, "Dag!", by="gemeente", at=NOW - MINUTE))
    take_in(NOW)
    found = only()
    assert lines(found) == [("in", "Hallo"), ("out", "Dag!")]
    assert (found.waits_since, found.first_answered_at, found.person["handle"]) == (None, NOW - MINUTE, "fatima")


def test_a_question_that_comes_after_the_answer_given_there_waits_for_nothing(network: Network) -> None:
    first = network.residents.say("Hallo?", sort="message", at=NOW - 2 * MINUTE)
    network.tell(network.residents.answer(first, "Dag!", by="gemeente", at=NOW - MINUTE))
    take_in(NOW)
    network.tell(first)
    take_in(NOW)
    found = only()
    assert lines(found) == [("in", "Hallo?"), ("out", "Dag!")]
    assert (found.state, found.waits_since, found.person["handle"]) == ("closed", None, "fatima")
    network.tell(network.residents.answer(first, "Dank u.", at=NOW))
    take_in(NOW)
    assert (only().state, only().waits_since) == ("open", NOW)


def test_who_wrote_after_the_answer_that_was_given_there_waits(network: Network) -> None:
    first = network.residents.say("Een", at=NOW - 9 * MINUTE)
    network.tell(first, network.residents.answer(first, "Drie", at=NOW - MINUTE))
    take_in(NOW)
    network.tell(network.residents.answer(first, "Twee", by="gemeente", at=NOW - 5 * MINUTE))
    take_in(NOW)
    found = only()
    assert (found.waits_since, found.last_message_at) == (NOW - 9 * MINUTE, NOW - MINUTE)
    assert found.first_answered_at == NOW - 5 * MINUTE


def test_what_a_colleague_changes_there_is_changed_here(network: Network) -> None:
    first = network.residents.say("Hallo", at=NOW - 9 * MINUTE)
    ours = network.residents.answer(first, "Dag", by="gemeente", at=NOW - 8 * MINUTE)
    network.tell(first, ours, network.residents.edit(ours, "Goedendag", at=NOW - 7 * MINUTE))
    take_in(NOW)
    assert lines(only()) == [("in", "Hallo"), ("out", "Goedendag")]
    again = network.residents.answer(first, "Nog iets", by="gemeente", at=NOW - 6 * MINUTE)
    network.tell(network.residents.edit(again, "Nog een ding", at=NOW - 5 * MINUTE))
    take_in(NOW)
    assert lines(only())[-1] == ("out", "Nog een ding")


def test_our_own_words_open_nothing_again(network: Network) -> None:
    first = network.residents.say("Hallo")
    network.tell(first)
    take_in(NOW)
    close(conversation=only(), actor=builders.staff(Role.CONVERSATIONALIST), now=NOW)
    network.tell(network.residents.answer(first, "Tot ziens", by="gemeente", at=LATER))
    take_in(LATER)
    assert (only().state, only().message_count) == ("closed", 2)


def test_who_writes_first_in_private_from_the_network_waits_for_nothing(network: Network) -> None:
    ours = network.residents.say(
        "Wij bellen u.", by="gemeente", sort="message", thread="private-fatima", at=NOW - MINUTE
    )
    network.tell(ours)
    take_in(NOW)
    assert (only().state, only().waits_since, only().person) == ("closed", None, {})
    network.tell(network.residents.say("Goed!", sort="message", at=NOW))
    take_in(NOW)
    found = only()
    assert (found.state, found.person["handle"], found.subject) == ("open", "fatima", "Goed!")
    assert lines(found) == [("out", "Wij bellen u."), ("in", "Goed!")]


def test_a_comment_of_our_own_that_nobody_answered_is_no_conversation(network: Network) -> None:
    network.tell(network.residents.say("Lees ook dit.", by="gemeente", about="demo-1"))
    take_in_all()
    assert Conversation.objects.count() == 0


# ── what can't be read ───────────────────────────────────────────────────────────────────────────
def test_a_poisoned_item_is_pushed_forward_and_blocks_nobody(network: Network) -> None:
    network.keep(Update(remote_id="comment:bad", payload={"what": "said"}))
    network.tell(network.residents.say("Hallo"))
    with pytest.raises(KeyError):
        take_in(NOW)
    bad = InboundItem.objects.get(remote_id="comment:bad")
    assert (bad.state, bad.attempts, only().excerpt) == ("waiting", 1, "Hallo")
    assert bad.due_at > NOW
    assert "KeyError" in bad.last_error
    InboundItem.objects.filter(pk=bad.pk).update(attempts=13, due_at=NOW)
    with pytest.raises(KeyError):
        take_in(NOW)
    bad.refresh_from_db()
    assert bad.state == "failed"


def test_what_an_adapter_gives_that_no_column_takes_is_pushed_forward(network: Network, monkeypatch) -> None:
    at_odds = Incoming(
        remote_id="x", sort=Sort.COMMENT, text="Dag", author=Author(id="1", name="n" * 500), at=NOW.replace(tzinfo=None)
    )  # fmt: skip
    monkeypatch.setattr("stamtafel.channels.adapters.demo.channel.Demo.read", lambda *_: [at_odds])
    network.keep(Update(remote_id="comment:1", payload={}))
    with pytest.raises(TypeError):
        take_in(NOW)
    assert (InboundItem.objects.get().state, Conversation.objects.count()) == ("waiting", 0)


def test_a_channel_that_does_not_listen_any_more_keeps_what_came(network: Network) -> None:
    network.tell(network.residents.say("Hallo"))
    network.account.kind = "paper"
    network.account.save()
    with pytest.raises(TypeError, match="does not read"):
        take_in(NOW)
    assert InboundItem.objects.get().state == "waiting"


def test_an_item_whose_worker_was_killed_is_taken_in_after_all(network: Network) -> None:
    network.tell(network.residents.say("Hallo"))
    InboundItem.objects.update(state="sending", lease_until=NOW, attempts=1)
    assert take_in(NOW) == 0
    assert take_back_items(NOW + MINUTE) == 1
    take_in(NOW + MINUTE)
    assert only().excerpt == "Hallo"


def test_what_is_of_no_concern_is_done_and_leaves_nothing(network: Network) -> None:
    network.keep(Update(remote_id="like:1", payload={"what": "liked"}))
    take_in(NOW)
    assert (InboundItem.objects.get().state, Conversation.objects.count()) == ("done", 0)


def test_long_names_texts_and_moments_to_come_fit(network: Network, monkeypatch) -> None:
    long = Incoming(
        remote_id="<" + "a" * 700 + "@mail>", thread="<" + "t" * 700 + "@mail>", sort=Sort.MESSAGE, text="\0" + "w " * 90_000,
        author=Author(id="1", handle="h" * 300), at=LATER, url="javascript:alert(1)", language="zh-Hant-TW",
    )  # fmt: skip
    monkeypatch.setattr("stamtafel.channels.adapters.demo.channel.Demo.read", lambda *_: [long])
    network.keep(Update(remote_id=long.remote_id, payload={"a": "\0 \ud800", "b": float("nan"), "\0c": [1, "é"]}))
    item = InboundItem.objects.get()
    assert (len(item.remote_id), item.payload) == (245, {"a": " ?", "b": None, "c": [1, "é"]})
    take_in(NOW)
    message = Message.objects.get()
    assert (message.at, message.url, len(message.author), len(message.text)) == (NOW, "", 120, 100_000)
    assert message.target["remote_id"] == long.remote_id
    assert len(only().thread) <= 250


def test_files_are_kept_where_no_page_of_the_site_reaches_and_go_with_the_message(
    network: Network, monkeypatch
) -> None:
    said = Incoming(
        remote_id="1", sort=Sort.MESSAGE, text="", author=Author(id="1", name="Fatima"), at=NOW,
        attachments=(
            Attachment(media_type="application/pdf", name="brief.pdf", data=b"%PDF"),
            Attachment(media_type="image/jpeg", url="https://cdn.example/1.jpg", alt="Een kuil"),
            Attachment(media_type="image/jpeg", url="file:///etc/passwd"),
            Attachment(media_type="video/mp4", data=b"x" * 50),
        ),
    )  # fmt: skip
    monkeypatch.setattr("stamtafel.channels.adapters.demo.channel.Demo.read", lambda *_: [said])
    monkeypatch.setattr(attached, "LARGEST", 49)
    network.keep(Update(remote_id="message:1", payload={}))
    take_in(NOW)
    pdf, picture, nothing, film = Message.objects.get().attachments
    assert (film["size"], film["too_large"], "file" in film) == (50, True, False)
    assert attached.path_of(pdf["file"]).read_bytes() == b"%PDF"
    assert (pdf["size"], picture["url"], picture["alt"], nothing["url"]) == (
        4, "https://cdn.example/1.jpg", "Een kuil", "",
    )  # fmt: skip
    assert only().subject == "Fatima"
    intake.forget(only().pk)
    assert not attached.path_of(pdf["file"]).exists()
    with pytest.raises(ValueError, match="subpath"):
        attached.path_of("../../etc/passwd")


def test_what_only_listens_settles_nothing(network: Network) -> None:
    [said] = network.channel.read(Update(remote_id="comment:1", payload=network.residents.say("Dag", by="gemeente")))
    network.account.kind = "paper"
    assert not settled_by(network.account, said, NOW)


def test_who_took_back_a_contribution_and_speaks_again_is_heard(network: Network) -> None:
    first = network.residents.say("Meer bomen graag", at=NOW)
    network.tell(first)
    take_in(NOW)
    made = builders.contribution("Meer bomen graag", state="withdrawn")
    record_step(contribution=made, kind=StepKind.WITHDRAWN, now=NOW + MINUTE)
    Conversation.objects.update(contribution=made)
    assert intake.let_go_of_withdrawn(NOW) == 1
    network.tell(network.residents.answer(first, "Toch nog iets", at=LATER))
    take_in(LATER)
    assert intake.let_go_of_withdrawn(LATER) == 0
    assert (only().state, only().waits_since) == ("open", LATER)
