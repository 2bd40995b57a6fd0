"""A conversation on a network: answered there, taken up, told there; on the demo network."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from stamtafel.channels import registry
from stamtafel.channels.actions import AlreadyMoved, done_by_hand
from stamtafel.channels.adapters.demo.channel import Demo
from stamtafel.channels.contract import Target
from stamtafel.channels.jobs import send_due
from stamtafel.channels.models import Account, Delivery
from stamtafel.dossier.actions.keys import follow_code
from stamtafel.dossier.actions.life import record_step
from stamtafel.dossier.models import Contribution, Kind, StepKind
from stamtafel.inbox.actions import intake, typing
from stamtafel.inbox.actions.handle import ConversationRefused
from stamtafel.inbox.actions.hide import hide
from stamtafel.inbox.actions.reply import reply
from stamtafel.inbox.actions.take_up import take_up
from stamtafel.inbox.actions.there import tell_where_said
from stamtafel.inbox.models import Conversation, Message, Notice
from stamtafel.people.queries import Forbidden
from stamtafel.people.rules import Role
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    builders.municipality()
    return tmp_path


def talk(folder: Path, text: str = "Mag er een zebrapad bij de school?", **fields: Any) -> Conversation:
    account = Account.objects.get_or_create(kind="demo", name="demo", defaults={"options": {"folder": str(folder)}})[0]
    now = timezone.now()
    made = Conversation.objects.create(
        account=account, thread="comment:1", channel="demo", subject=text[:80], opened_at=now, last_message_at=now,
        last_heard_at=now, waits_since=now, person={"id": "7", "handle": "els"}, **fields,
    )  # fmt: skip
    target = Target(remote_id="1", thread="comment:1", author_id="7", private=made.private, sort="comment")
    Message.objects.create(conversation=made, direction="in", text=text, at=now, remote_id="1", target=target.as_data(),
                           author="Els", sort="comment")  # fmt: skip
    return made


def answered(made: Conversation, text: str = "Ja, in het voorjaar.", **more: Any) -> Message:
    return reply(conversation=made, text=text, actor=builders.staff(Role.CONVERSATIONALIST), now=timezone.now(), **more)


def posts(folder: Path) -> list[dict[str, str]]:
    return Demo({"folder": str(folder)}).posts()


def test_an_answer_goes_to_where_it_was_asked_once(folder: Path) -> None:
    made = talk(folder)
    first, again = answered(made, key="f1"), answered(made, key="f1")
    assert first == again
    assert send_due(timezone.now()) == 1
    assert [post["text"] for post in posts(folder)] == ["Ja, in het voorjaar."]
    assert posts(folder)[0]["to"] == "1"
    first.refresh_from_db()
    assert first.delivery is not None
    assert (first.delivery.state, first.delivery.key) == ("done", f"answer:{first.pk}")
    made.refresh_from_db()
    assert made.waits_since is None


def test_what_does_not_fit_is_said_before_it_is_kept(folder: Path) -> None:
    made = talk(folder)
    with pytest.raises(ConversationRefused, match="1 "):
        answered(made, text="x" * 501)
    assert not made.messages.filter(direction="out").exists()
    assert not Delivery.objects.exists()


def test_after_the_window_nothing_is_sent(folder: Path) -> None:
    made = talk(folder, private=True)
    Conversation.objects.update(last_heard_at=timezone.now() - timedelta(days=8))
    made.refresh_from_db()
    with pytest.raises(ConversationRefused):
        answered(made)
    assert not Delivery.objects.exists()


def test_what_was_taken_away_there_can_not_be_answered(folder: Path) -> None:
    made = talk(folder)
    made.messages.update(deleted_at=timezone.now())
    with pytest.raises(ConversationRefused):
        answered(made)


def taken(made: Conversation, **more: Any) -> Contribution:
    what = {"kind": Kind.IDEA, "topic": None, "area": None, "actor": builders.staff(Role.CONVERSATIONALIST), **more}
    return take_up(
        conversation=made, message=made.messages.get(direction="in"), now=timezone.now(), **what
    ).contribution


def test_taken_up_it_has_the_same_standing_and_the_same_conversation(folder: Path) -> None:
    made, topic = talk(folder), builders.topic()
    contribution = taken(made, topic=topic)
    assert (contribution.text, contribution.channel, contribution.topic) == (made.subject, "demo", topic)
    assert contribution.published_at is not None
    assert contribution.author is None
    made.refresh_from_db()
    assert made.contribution == contribution
    intake.open_conversations(timezone.now())
    assert Conversation.objects.count() == 1
    with pytest.raises(ConversationRefused):
        taken(made)
    assert Contribution.objects.count() == 1


@pytest.mark.parametrize("private", [False, True])
def test_in_private_they_get_the_follow_link(folder: Path, private: bool) -> None:
    contribution = taken(talk(folder, private=private))
    send_due(timezone.now())
    (thanks,) = posts(folder)
    assert follow_code(contribution) in thanks["text"]
    assert private or thanks["thread"].startswith("private")


class InPublicOnly(Demo):
    """A network on which nobody can be written to alone."""

    reply_in_private = None  # type: ignore[assignment]


def test_the_code_goes_to_who_said_it_and_not_to_who_spoke_last(folder: Path) -> None:
    made = talk(folder)
    other = Target(remote_id="2", thread="comment:1", author_id="8", handle="joris", sort="comment")
    Message.objects.create(conversation=made, direction="in", text="Dat vind ik ook.", at=timezone.now(), remote_id="2",
                           target=other.as_data(), author="Joris", sort="comment")  # fmt: skip
    first = made.messages.get(remote_id="1")
    actor = builders.staff(Role.CONVERSATIONALIST)
    take_up(conversation=made, message=first, kind=Kind.IDEA, topic=None, area=None, actor=actor, now=timezone.now())
    send_due(timezone.now())
    assert [post["to"] for post in posts(folder)] == ["1"]


def test_colleagues_do_not_read_the_code(folder: Path) -> None:
    contribution = taken(talk(folder))
    said = Message.objects.get(direction="out")
    assert follow_code(contribution) not in said.text


def test_in_public_nobody_gets_the_code_that_erases(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_adapter", lambda _kind: InPublicOnly)
    contribution = taken(talk(folder))
    send_due(timezone.now())
    (thanks,) = posts(folder)
    assert follow_code(contribution) not in thanks["text"]
    assert f"/bijdragen/{contribution.pk}/" in thanks["text"]


def test_the_answer_goes_back_to_where_it_was_said_once(folder: Path) -> None:
    made = talk(folder)
    contribution = taken(made)
    record_step(contribution=contribution, kind=StepKind.ANSWERED, now=timezone.now(), text="Het komt er.", tell=False)
    assert tell_where_said(timezone.now()) == 1
    assert tell_where_said(timezone.now()) == 0
    while send_due(timezone.now()):
        pass
    assert len(posts(folder)) == 2
    assert Notice.objects.filter(delivery__isnull=False).count() == 1


def test_only_who_may_moderates_there(folder: Path) -> None:
    made = talk(folder)
    message = made.messages.get()
    with pytest.raises(Forbidden):
        hide(message=message, hidden=True, actor=builders.staff(Role.CONVERSATIONALIST), now=timezone.now())
    assert Demo({"folder": str(folder)}).hidden() == set()
    hide(message=message, hidden=True, actor=builders.staff(Role.MODERATOR), now=timezone.now())
    message.refresh_from_db()
    assert message.hidden_at is not None
    assert Demo({"folder": str(folder)}).hidden() == {"1"}
    hide(message=message, hidden=False, actor=builders.staff(Role.MODERATOR), now=timezone.now())
    assert Demo({"folder": str(folder)}).hidden() == set()


def test_a_network_that_says_no_changes_nothing_here(folder: Path) -> None:
    made = talk(folder)
    Account.objects.update(options={"folder": str(folder), "behaviour": "refuse"})
    message = Message.objects.get(conversation=made.pk)
    with pytest.raises(ConversationRefused):
        hide(message=message, hidden=True, actor=builders.staff(Role.MODERATOR), now=timezone.now())
    message.refresh_from_db()
    assert message.hidden_at is None


def test_what_a_person_did_there_is_done_here(folder: Path) -> None:
    made = talk(folder)
    message = answered(made)
    staff = builders.staff(Role.CONVERSATIONALIST)
    assert message.delivery is not None
    Delivery.objects.update(state="failed", by_hand_url="https://x.example/1")
    done_by_hand(actor=staff, delivery_id=message.delivery.pk, now=timezone.now())
    assert Delivery.objects.get().state == "done"
    with pytest.raises(AlreadyMoved):
        done_by_hand(actor=staff, delivery_id=message.delivery.pk, now=timezone.now())


def test_a_colleague_is_seen_typing_for_some_seconds(folder: Path) -> None:
    made, one, other = talk(folder), builders.staff(Role.CONVERSATIONALIST), builders.staff(Role.CONVERSATIONALIST)
    now = timezone.now()
    typing.types(conversation_id=made.pk, actor=one, now=now)
    assert typing.who_types(conversation_id=made.pk, viewer=other, now=now) == one.name
    assert typing.who_types(conversation_id=made.pk, viewer=one, now=now) == ""
    assert typing.who_types(conversation_id=made.pk, viewer=other, now=now + timedelta(minutes=1)) == ""
