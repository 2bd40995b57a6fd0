"""What is known of a handful of items before the first of them is brought in: read at once, and locked.

Reading it for each item alone took two thirds of the time of taking in.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from django.utils import timezone

from stamtafel.channels.contract import Incoming
from stamtafel.channels.hearing import LONGEST_ID, fitting
from stamtafel.channels.models import Delivery, InboundItem
from stamtafel.inbox import rules
from stamtafel.inbox.deadline import holiday
from stamtafel.inbox.models import Conversation, Message, ResponseTerm

DELETED: Final = ":deleted"  # how the key of what was taken away ends, see channels.contract.Update


def said_key(account_id: int, remote_id: str) -> str:
    """The unique key of the message that has this id on the network of that account."""
    return "said:" + hashlib.sha256(f"{account_id}:{remote_id}".encode()).hexdigest()[:48]


def gone_key(item: InboundItem) -> str:
    """The key under which it would be told that this was taken away."""
    return item.remote_id.partition(":edited:")[0][: LONGEST_ID - len(DELETED)] + DELETED


class Ground:
    """Made in the transaction in which the items are brought in: a conversation that it gives stays locked until the
    end of it. What is written there is written here too.
    """

    def __init__(self, read: Sequence[tuple[InboundItem, Sequence[Incoming]]]) -> None:
        """Four queries, however many items there are."""
        said = [(item.account_id, one) for item, incoming in read for one in incoming]
        self._accounts = {item.account_id for item, _incoming in read}
        self._deliveries = self._read_deliveries([one for _account, one in said])
        keys = [gone_key(item) for item, _incoming in read]
        gone = InboundItem.objects.filter(account__in=self._accounts, remote_id__in=keys)
        self._gone = set(gone.values_list("account_id", "remote_id"))
        self._talks = self._read_talks(one for _account, one in said)
        self._keys = {said_key(account, one.remote_id) for account, one in said}
        self._messages = {one.key: one for one in Message.objects.filter(key__in=self._keys)}

    def _read_deliveries(self, said: Iterable[Incoming]) -> dict[int, dict[str, Delivery]]:
        ids = {name for one in said for name in (one.remote_id, one.thread, one.in_reply_to, one.about) if name}
        found: dict[int, dict[str, Delivery]] = {}
        rows = Delivery.objects.filter(account__in=self._accounts, remote_id__in=ids).defer("draft", "progress")
        for row in rows:
            found.setdefault(row.account_id, {})[row.remote_id] = row
        return found

    def _read_talks(self, said: Iterable[Incoming]) -> dict[tuple[int | None, str], Conversation]:
        threads = {fitting(name) for one in said for name in (one.remote_id, one.thread) if name}
        rows = Conversation.objects.select_for_update(of=("self",)).order_by("pk")
        return {
            (row.account_id, row.thread): row for row in rows.filter(account__in=self._accounts, thread__in=threads)
        }

    def ours(self, account_id: int) -> dict[str, Delivery]:
        """What we sent to one account, by the network's id."""
        return self._deliveries.get(account_id, {})

    def is_gone(self, item: InboundItem) -> bool:
        """Whether we were told that what it says was taken away since."""
        key = gone_key(item)
        return key != item.remote_id and (item.account_id, key) in self._gone

    def message(self, key: str) -> Message | None:
        """The message under a key."""
        if key not in self._keys:
            self._keys.add(key)
            found = Message.objects.filter(key=key).first()
            self._messages |= {key: found} if found else {}
        return self._messages.get(key)

    def add_message(self, message: Message) -> None:
        """Keep a new one."""
        self._messages[message.key] = message
        self._keys.add(message.key or "")

    def talk(self, account_id: int, thread: str) -> Conversation | None:
        """The conversation of a thread, locked."""
        return self._talks.get((account_id, thread))

    def add_talk(self, conversation: Conversation) -> None:
        """Keep a new one."""
        self._talks[conversation.account_id, conversation.thread] = conversation

    def locked(self, pk: int) -> Conversation:
        """Any conversation, as it is now, locked."""
        found = Conversation.objects.select_for_update(of=("self",)).get(pk=pk)
        if found.thread:
            self.add_talk(found)
        return found

    def due(self, kind: str, at: datetime) -> datetime:
        """When a first answer to this kind is due."""
        days = self._terms.get(kind) or rules.DEFAULT_WORKING_DAYS
        return rules.answer_due(timezone.localtime(at), days, holiday)

    @cached_property
    def _terms(self) -> dict[str, Any]:
        return dict(ResponseTerm.objects.values_list("kind", "working_days"))
