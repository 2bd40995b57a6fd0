"""One thing that somebody said on a network, brought into its conversation.

Networks tell things twice, late and in any order, and they tell us what we said ourselves. So nothing here counts on
what came before: each thing is one message under a unique key, and what belongs to something that is yet to come waits.
"""

from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from stamtafel.channels.contract import Attachment, Author, Incoming, Target
from stamtafel.channels.hearing import clean, fitting
from stamtafel.channels.models import Delivery, InboundItem
from stamtafel.inbox.actions import attached, mail_in
from stamtafel.inbox.actions.echo import settled_by, under_way
from stamtafel.inbox.actions.ground import DELETED, Ground, said_key
from stamtafel.inbox.models import Conversation, Message, Notice
from stamtafel.inbox.rules import excerpt, subject_of
from stamtafel.prepared import Insert
from stamtafel.work.models import DueState

LONGEST_TEXT = 100_000
LONGEST_URL = 500
insert_conversation, insert_message = Insert(Conversation), Insert(Message)
Direction, Open = Message.Direction, Conversation.State


class NotYet(Exception):
    """What this belongs to is not here yet."""


@dataclass
class Heard:
    """One thing said, with what is known of it."""

    item: InboundItem
    said: Incoming
    ground: Ground
    now: datetime
    first: bool = True  # of what its item says
    last_try: bool = False
    at: datetime = field(init=False)
    ours: dict[str, Delivery] = field(init=False)  # what we sent to this account, by the network's id
    thread: str = field(init=False)  # the network's own; "" where it does not say, or says our own post

    def __post_init__(self) -> None:
        """A moment to come is now; a talk is never all that is said under a post of ours."""
        self.said = _cleaned(self.said)
        self.at = min(self.said.at, self.now)
        self.ours = self.ground.ours(self.item.account_id)
        post = self.ours.get(self.said.thread)
        self.thread = "" if post is not None and not post.target else fitting(self.said.thread)

    def key(self, remote_id: str = "") -> str:
        """The unique key of the message that says this."""
        return said_key(self.item.account_id, remote_id or self.said.remote_id)

    def known(self) -> Message | None:
        """The message that says this already."""
        return self.ground.message(self.key())

    def wait(self, why: str) -> None:
        """Come back later, unless that was done often enough."""
        if not self.last_try:
            raise NotYet(why)


def _cleaned(said: Incoming) -> Incoming:
    """Without what no database keeps: an adapter may have read it from bytes."""
    author = replace(said.author, **_clean_texts(said.author))
    files = tuple(replace(one, **_clean_texts(one)) for one in said.attachments)
    return replace(said, **_clean_texts(said), author=author, attachments=files)


def _clean_texts(data: Incoming | Author | Attachment) -> dict[str, Any]:
    values = {one.name: getattr(data, one.name) for one in fields(data)}
    return {name: clean(value) for name, value in values.items() if isinstance(value, str) and clean(value) != value}


def hear(heard: Heard) -> None:
    """Bring it in; harmless when it is here already. In the transaction of the caller. Raises NotYet."""
    if heard.said.deleted:
        take_away(heard)
    elif heard.said.remote_id in heard.ours:
        return  # what we sent, coming back
    elif heard.said.edited:
        follow_edit(heard)
    else:
        hear_new(heard)


def hear_new(heard: Heard) -> None:
    """Something that is not known yet; of what was taken away since, nobody need hear."""
    if heard.said.echo:
        hear_ourselves(heard)
    elif not heard.ground.is_gone(heard.item):
        listen_to(heard)


# ── what a resident says ─────────────────────────────────────────────────────────────────────────
def listen_to(heard: Heard) -> None:
    """One more thing that a resident said: kept once, the conversation opens, the clock runs."""
    conversation = find(heard)
    known = heard.known()
    if known is not None:
        _came_again(known, heard)
    elif conversation is None:
        _message(open_for(heard), heard, Direction.IN)
    else:
        _goes_on(conversation, _message(conversation, heard, Direction.IN), heard)


def _came_again(known: Message, heard: Heard) -> None:
    """The first words of something that we know by its newer ones: only the moment is news."""
    if known.edited_at is not None and heard.at < known.at:
        _change(Message.objects.filter(pk=known.pk), known, at=heard.at)


def _change(rows: QuerySet[Any], row: Message | Conversation, **values: Any) -> bool:
    """Write it to the row, if it is still among ``rows``, and to what we hold of it."""
    changed = bool(rows.update(**values))
    for name, value in values.items() if changed else ():
        setattr(row, name, value)
    return changed


def _count(conversation: Conversation, values: dict[str, Any]) -> None:
    """One message more, with what changes besides."""
    row = Conversation.objects.filter(pk=conversation.pk)
    _change(row, conversation, message_count=conversation.message_count + 1, **values)


def _goes_on(conversation: Conversation, message: Message, heard: Heard) -> None:
    latest = max(heard.at, conversation.last_heard_at or heard.at)
    values: dict[str, Any] = {"last_heard_at": latest}
    if heard.at >= conversation.last_message_at:
        values |= {"last_message_at": heard.at, "excerpt": excerpt(message.text)}
    if not _answered_already(conversation, heard):
        values |= {"state": Open.OPEN, "snoozed_until": None, **_waits(conversation, heard)}
    if _begins_late(conversation, heard):
        values |= _beginning(heard)
    _count(conversation, values)


def _answered_already(conversation: Conversation, heard: Heard) -> bool:
    """Whether a colleague answered on the network itself before we heard what they answered."""
    spoke = conversation.first_answered_at is not None or not conversation.person
    if not spoke or heard.at >= conversation.last_message_at:
        return False
    later = conversation.messages.filter(direction=Direction.OUT, at__gt=heard.at)
    return later.exclude(remote_id="").exists()


def _waits(conversation: Conversation, heard: Heard) -> dict[str, Any]:
    """The clock: from the first thing that nobody answered."""
    if conversation.waits_since is not None and conversation.waits_since <= heard.at:
        return {}
    return {"waits_since": heard.at, "answer_due_at": heard.ground.due(conversation.kind, heard.at)}


def _begins_late(conversation: Conversation, heard: Heard) -> bool:
    """Whether these are the first words of a talk on a network of which later ones, or ours, came before."""
    if not conversation.thread or conversation.contribution_id is not None:
        return False
    return not conversation.person or conversation.thread == fitting(heard.said.remote_id)


def _beginning(heard: Heard) -> dict[str, Any]:
    """What a conversation has of the one who began it."""
    author = heard.said.author
    person = {"id": author.id, "handle": author.handle, "name": author.name, "url": author.url}
    return {"person": person, "subject": subject_of(heard.said.subject, heard.said.text, _name(heard))}


# ── which conversation ───────────────────────────────────────────────────────────────────────────
def find(heard: Heard) -> Conversation | None:
    """The conversation that this belongs to, locked; None when it begins one. Raises NotYet."""
    if heard.item.account.kind == mail_in.KIND:  # what a mail says that it answers is no proof
        addressed = mail_in.conversation_of(heard.item)
        return heard.ground.locked(addressed) if addressed else _by_thread(heard)
    found = _by_thread(heard) or _by_answered(heard)
    parent = heard.said.in_reply_to
    if found is None and parent and not heard.thread and parent not in heard.ours:
        heard.wait("what it answers did not come yet")
    return found


def _by_thread(heard: Heard) -> Conversation | None:
    return heard.ground.talk(heard.item.account_id, heard.thread or fitting(heard.said.remote_id))


def _by_answered(heard: Heard) -> Conversation | None:
    """By what it answers: something said there, an answer of ours, or a mail about a contribution."""
    for name in filter(None, dict.fromkeys((heard.said.in_reply_to, heard.said.thread))):
        delivery = heard.ours.get(name)
        which = Q(messages__key=heard.key(name)) if delivery is None else Q(messages__delivery=delivery)
        pk = Conversation.objects.filter(which).values_list("pk", flat=True).first() or _told_by(delivery)
        if pk is not None:
            return heard.ground.locked(pk)
    return None


def _told_by(delivery: Delivery | None) -> int | None:
    """The conversation of the contribution that a mail of ours told about."""
    if delivery is None:
        return None
    told = Notice.objects.filter(delivery=delivery, step__contribution__conversation__isnull=False)
    return told.values_list("step__contribution__conversation", flat=True).first()


def open_for(heard: Heard, *, closed: bool = False) -> Conversation:
    """The conversation that this begins. ``closed``: nobody waits in it.

    Raises IntegrityError where another worker began it this moment.
    """
    said, kind = heard.said, "question"
    waiting = {"waits_since": heard.at, "answer_due_at": heard.ground.due(kind, heard.at), "last_heard_at": heard.at}
    about = heard.ours.get(said.about) or heard.ours.get(said.in_reply_to)
    values = {
        "channel": heard.item.account.kind, "kind": kind, "private": said.private, "language": said.language[:8],
        "about": about, "opened_at": heard.at, "last_message_at": heard.at, "message_count": 1,
        "excerpt": excerpt(said.text), "subject": subject_of(said.subject, said.text, _name(heard)),
        **({"state": Open.CLOSED} if closed else {**waiting, **_beginning(heard)}),
    }  # fmt: skip
    thread = heard.thread or fitting(said.remote_id)
    made = Conversation(account=heard.item.account, thread=thread, **values)
    insert_conversation(made)
    heard.ground.add_talk(made)
    return made


def _message(conversation: Conversation, heard: Heard, direction: Message.Direction) -> Message:
    said = heard.said
    target = Target(
        remote_id=said.remote_id, thread=said.thread or conversation.thread, author_id=said.author.id,
        handle=said.author.handle, private=said.private, sort=said.sort, about=said.about, url=said.url,
    )  # fmt: skip
    message = Message(
        conversation=conversation, direction=direction, text=_words(heard), at=heard.at, key=heard.key(),
        inbound=heard.item if heard.first else None, remote_id=fitting(said.remote_id), target=target.as_data(),
        author=_name(heard)[:120], sort=said.sort, url=_address(said.url), edited_at=heard.at if said.edited else None,
        attachments=attached.keep(heard.key(), said.attachments, now=heard.now),
    )  # fmt: skip
    insert_message(message)
    heard.ground.add_message(message)
    return message


def _words(heard: Heard) -> str:
    return heard.said.text[:LONGEST_TEXT]


def _name(heard: Heard) -> str:
    author = heard.said.author
    return author.name or (f"@{author.handle}" if author.handle else author.id)


def _address(url: str) -> str:
    """Only what a browser may open, and whole."""
    return url if url.startswith(("https://", "http://")) and len(url) <= LONGEST_URL else ""


# ── what we said ourselves, there ────────────────────────────────────────────────────────────────
def hear_ourselves(heard: Heard) -> None:
    """Something that we said: what was sent from here is known; what a colleague wrote on the network itself is shown.

    It never opens a conversation again; who was answered there no longer waits.
    """
    account = heard.item.account
    if under_way(account):
        heard.wait("something of ours is just being sent")
    ours = Delivery.objects.filter(account=account, remote_id=heard.said.remote_id)
    if heard.known() is not None or ours.exists() or settled_by(account, heard.said, heard.now):
        return
    conversation = find(heard)
    if conversation is None and not heard.said.private:
        heard.wait("nobody said anything there yet")
        return  # a post or comment of our own that nobody answered: it is no conversation
    if conversation is None:
        _message(open_for(heard, closed=True), heard, Direction.OUT)
        return
    _message(conversation, heard, Direction.OUT)
    _answered_there(conversation, heard)


def _answered_there(conversation: Conversation, heard: Heard) -> None:
    values: dict[str, Any] = {}
    if heard.at >= conversation.last_message_at:
        values |= {"last_message_at": heard.at}
    if conversation.waits_since is not None and heard.at >= (conversation.last_heard_at or conversation.waits_since):
        values |= {"waits_since": None}
    if conversation.first_answered_at is None and conversation.last_heard_at:
        values |= {"first_answered_at": heard.at}
    _count(conversation, values)


# ── what its author does to it ───────────────────────────────────────────────────────────────────
def follow_edit(heard: Heard) -> None:
    """The newest words take the place of older ones. What we did not know yet is new; what was taken away stays so."""
    known = heard.known()
    if known is None:
        hear_new(heard)
        return
    newer = Q(edited_at=None) | Q(edited_at__lt=heard.at)
    words = _words(heard)
    row = Message.objects.filter(newer, pk=known.pk, deleted_at=None)
    if words == known.text or not _change(row, known, text=words, edited_at=heard.at):
        return
    _shown_again(known, heard)
    _tell_colleagues(
        known, heard, _("The author changed this on the network. The contribution still has the first words.")
    )


def take_away(heard: Heard) -> None:
    """What its author took away there is not kept here either. Raises NotYet for what did not come in yet."""
    known = heard.known()
    if known is None:
        _not_there(heard)
        return
    row, files = Message.objects.filter(pk=known.pk, deleted_at=None), known.attachments
    if not _change(row, known, text="", attachments=[], deleted_at=heard.at):
        return
    attached.forget(files)
    _nobody_waits(_shown_again(known, heard))
    _tell_colleagues(
        known,
        heard,
        _("The author took this away on the network. The contribution still has the words. Decide whether it stays."),
    )


def _not_there(heard: Heard) -> None:
    """Something of ours that was taken away there, or something that we do not know."""
    ours = heard.ours.get(heard.said.remote_id)
    if ours is not None:
        Delivery.objects.filter(pk=ours.pk, retracted_at=None).update(retracted_at=heard.at)
        Message.objects.filter(delivery=ours, deleted_at=None).update(deleted_at=heard.at)
        return
    before = heard.item.remote_id.rpartition(DELETED)[0]
    passed = InboundItem.objects.filter(account=heard.item.account_id, remote_id=before, state=DueState.DONE)
    if not passed.exists():
        heard.wait("what was taken away did not come yet")


def _shown_again(known: Message, heard: Heard) -> Conversation:
    """The list shows of a conversation what is still there."""
    conversation = heard.ground.locked(known.conversation_id)
    there = conversation.messages.filter(deleted_at=None).exclude(direction=Direction.NOTE)
    last = there.order_by("-at", "-id").first()
    values = {"excerpt": excerpt(last.text) if last else ""}
    first = there.filter(direction=Direction.IN).order_by("at", "id").first()
    if conversation.contribution_id is None and conversation.thread:
        values["subject"] = subject_of("", first.text if first else "", conversation.person.get("name", ""))
    _change(Conversation.objects.filter(pk=conversation.pk), conversation, **values)
    return conversation


def _nobody_waits(conversation: Conversation) -> None:
    """Who took away all that we did not answer does not wait for an answer; nothing left to read closes it."""
    if conversation.contribution_id is not None:
        return
    there = conversation.messages.filter(direction=Direction.IN, deleted_at=None)
    row = Conversation.objects.filter(pk=conversation.pk)
    if conversation.waits_since is not None and not there.filter(at__gte=conversation.waits_since).exists():
        _change(row, conversation, waits_since=None)
    if not there.exists():
        _change(row, conversation, state=Open.CLOSED, snoozed_until=None, claimed_by=None, claimed_until=None)


def _tell_colleagues(known: Message, heard: Heard, text: str) -> None:
    """A note where it was taken up as a contribution: there the first words stay until somebody decides."""
    taken_up = Conversation.objects.filter(pk=known.conversation_id, contribution__isnull=False)
    if taken_up.exists():
        note = {"conversation_id": known.conversation_id, "direction": Direction.NOTE, "at": heard.now, "text": text}
        Message.objects.get_or_create(key=f"inbound:{heard.item.pk}", defaults=note)
