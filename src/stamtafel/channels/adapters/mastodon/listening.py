"""Asking a Mastodon server what people said to us.

There are no webhooks for accounts, so we ask: for mentions (also in private), for what stands under our newest posts
(a reply need not mention us), and what became of what we know already (edited, taken away).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Self

from stamtafel.channels.adapters.mastodon import reading
from stamtafel.channels.adapters.mastodon.client import Client, Gone
from stamtafel.channels.contract import Permanent, Update

MOST_POSTS: Final = 20  # of ours whose answers are asked for in a round
WATCHED: Final = 120  # things said of which we still see when they change
AT_ONCE: Final = 20  # statuses in one question
MOST_CALLS: Final = 2  # of such questions in a round
MOST_PAGES: Final = 5


@dataclass
class Cursor:
    """Up to where we asked. ``watched``: status → [key, edited at, author]; ``turn``: which of them are next."""

    me: str = ""
    since: str = ""
    turn: int = 0
    watched: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def read(cls, text: str) -> Self:
        """From what ``packed`` made; what is no cursor of ours begins anew."""
        try:
            return cls(**json.loads(text))
        except (ValueError, TypeError):
            return cls()

    def packed(self) -> str:
        """As text, with the newest of what is watched."""
        newest = sorted(self.watched, key=_age)[-WATCHED:]
        kept = {status: self.watched[status] for status in newest}
        data = {"me": self.me, "since": self.since, "turn": self.turn, "watched": kept}
        return json.dumps(data, separators=(",", ":"))


def _age(status: str) -> tuple[int, str]:
    """Ids grow with time, as numbers or (elsewhere than Mastodon) as text of one length."""
    return (len(status), status)


class Round:
    """One time of asking."""

    def __init__(self, client: Client, cursor: str, now: datetime) -> None:
        self.client, self.now = client, now
        self.cursor = Cursor.read(cursor)
        self.seen: set[str] = set()
        self.cursor.me = self.cursor.me or str(client.me().get("id", ""))

    def updates(self, recent: Sequence[str]) -> list[Update]:
        """All that is new; the cursor is then after it."""
        known = list(self.cursor.watched)
        found = [*self._mentions()]
        for post in recent[:MOST_POSTS]:
            found += self._under(post)
        return [*found, *self._changes([status for status in known if status not in self.seen])]

    def _mentions(self) -> Iterator[Update]:
        """Just after where we were, the oldest first, so that nothing is passed over."""
        for _number in range(MOST_PAGES):
            page = self.client.mentions(self.cursor.since)
            for note in sorted(page, key=lambda one: _age(str(one.get("id")))):
                self.cursor.since = str(note.get("id"))
                status = note.get("status")
                if isinstance(status, Mapping):
                    yield from self._new(status, self._above(status))
            if not page:
                return

    def _above(self, status: Mapping[str, Any]) -> list[dict[str, Any]]:
        if not status.get("in_reply_to_id"):
            return []
        try:
            return self.client.context(str(status.get("id")))[0]
        except Gone:  # taken away again in the meantime
            return []

    def _under(self, post: str) -> Iterator[Update]:
        try:
            above, below = self.client.context(post)
        except Gone:  # our post was taken away
            return
        own = {post, *(str(one.get("id")) for one in above)}
        by_id = {str(one.get("id")): one for one in [*above, {"id": post, "account": {"id": self.cursor.me}}, *below]}
        for status in below:
            if reading.author_id(status) == self.cursor.me and str(status.get("in_reply_to_id")) in own:
                own.add(str(status.get("id")))  # the next post of a chain of ours
            else:
                yield from self._new(status, _path(status, by_id))

    def _new(self, status: Mapping[str, Any], above: Sequence[Mapping[str, Any]]) -> Iterator[Update]:
        """Unless we know it as it is."""
        name = str(status.get("id"))
        self.seen.add(name)
        edited = str(status.get("edited_at") or "")
        known = self.cursor.watched.get(name)
        if known is not None and known[1] == edited:
            return
        self.cursor.watched[name] = [reading.key(status), edited, reading.author_id(status)]
        yield reading.update(status, reading.place(status, above, self.cursor.me), self.cursor.me)

    def _changes(self, known: Sequence[str]) -> Iterator[Update]:
        """What became of things that did not come by in this round: a few at a time, each in its turn."""
        for _number in range(min(MOST_CALLS, -(-len(known) // AT_ONCE))):
            start = self.cursor.turn % len(known)
            some = known[start : start + AT_ONCE]
            self.cursor.turn = start + len(some)
            try:
                there = {str(one.get("id")): one for one in self.client.statuses(some)}
            except Permanent:  # servers before 4.3 do not answer this
                return
            for name in some:
                yield from self._change(name, there.get(name))

    def _change(self, name: str, status: Mapping[str, Any] | None) -> Iterator[Update]:
        key, edited, author = self.cursor.watched[name]
        if status is None:
            del self.cursor.watched[name]
            yield reading.deleted(key, name, author, self.now)
        elif str(status.get("edited_at") or "") != edited:
            yield from self._new(status, self._above(status))


def _path(status: Mapping[str, Any], by_id: Mapping[str, Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """From the beginning of the talk to what the status answers."""
    path: list[Mapping[str, Any]] = []
    above = by_id.get(str(status.get("in_reply_to_id")))
    while above is not None and above not in path:
        path.insert(0, above)
        above = by_id.get(str(above.get("in_reply_to_id")))
    return path
