"""Where and how an answer reaches who spoke on a network: known before anybody begins to type."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from stamtafel.channels import registry
from stamtafel.channels.contract import Channel, Draft, Hides, Kind, Replies, RepliesInPrivate, Target, Window
from stamtafel.channels.models import Account
from stamtafel.channels.queries import channel_of
from stamtafel.inbox.models import Conversation, Message


@dataclass(frozen=True, slots=True)
class Way:
    """How a conversation on a network goes on.

    ``longest`` is what fits in an answer, counted as the network counts (None = no limit); ``closed`` says in words why
    we can't answer there, ``by_hand`` is where a person still can; ``may_go_private``: to the author alone.
    """

    account: Account
    to: Target
    longest: int | None
    until: datetime | None
    closed: str
    note: str
    by_hand: str
    private: bool
    may_go_private: bool
    may_hide: bool


def heard_last(conversation: Conversation, *, pk: int | None = None) -> Message | None:
    """The thing that an answer goes to: the last that somebody said and did not take away, or just this one."""
    said = conversation.messages.filter(direction=Message.Direction.IN, deleted_at=None).exclude(target={})
    return (said.filter(pk=pk) if pk else said).order_by("at", "id").last()


def way_of(conversation: Conversation, *, now: datetime, pk: int | None = None) -> Way | None:
    """How an answer reaches them on the network; None for a conversation that is on no network."""
    account = conversation.account
    if account is None or not conversation.thread:
        return None
    channel = _channel(account)
    heard = heard_last(conversation, pk=pk)
    to = Target.from_data({**heard.target, **_heard_at(conversation)}) if heard else Target(remote_id="")
    window = _window(channel, to, now)
    limits = channel.limits if isinstance(channel, Channel) else None
    return Way(
        account=account, to=to, until=window.until, closed=window.closed, note=window.note,
        longest=window.text or (limits.reply or limits.text if limits else None),
        by_hand=window.by_hand or to.url, private=conversation.private,
        may_go_private=not conversation.private and isinstance(channel, RepliesInPrivate),
        may_hide=not conversation.private and isinstance(channel, Hides),
    )  # fmt: skip


def length(account: Account, text: str) -> int:
    """How long an answer is, counted as the network counts."""
    channel = _channel(account)
    return channel.render(Draft(subject="", body=text)).count if isinstance(channel, Channel) else len(text)


def _heard_at(conversation: Conversation) -> dict[str, str]:
    at = conversation.last_heard_at
    return {"last_heard_at": at.isoformat()} if at else {}


def _channel(account: Account) -> Kind | None:
    try:
        return channel_of(account)
    except registry.UnknownKind:
        return None


def _window(channel: object, to: Target, now: datetime) -> Window:
    if not to.remote_id:
        return Window(closed=_("Who said this took it away there, so there is nothing to answer."))
    if isinstance(channel, Replies):
        return channel.window(to, now)
    return Window(closed=_("We can't answer on this channel from here."))
