"""Asking X what people said: mentions, answers and quotes under our newest posts, and private messages."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from stamtafel.channels.adapters.x import reading
from stamtafel.channels.adapters.x.client import Api
from stamtafel.channels.contract import Update

SEARCHED: Final = timedelta(days=6, hours=23)  # recent search holds seven days and refuses older ids
JUST_NOW: Final = timedelta(minutes=5)  # our clock and theirs differ
LONGEST_QUERY: Final = 512  # signs, of a self-serve app ("Search operators" on docs.x.com)


@dataclass(frozen=True, slots=True)
class Cursor:
    """The newest ids that we have of each source, and when private messages were asked for; "" = none yet."""

    mentions: str = ""
    search: str = ""
    messages: str = ""
    asked: str = ""

    @classmethod
    def read(cls, text: str) -> "Cursor":
        """From what ``write`` made; what is not that begins anew, which brings nothing twice."""
        try:
            found = json.loads(text or "{}")
        except ValueError:
            return cls()
        names = ("mentions", "search", "messages", "asked")
        return cls(**{name: str(found.get(name, "")) for name in names}) if isinstance(found, dict) else cls()

    def write(self) -> str:
        """As text."""
        return json.dumps(asdict(self))

    def wants_messages(self, now: datetime, pause: timedelta) -> bool:
        """Whether private messages were not asked for in this while."""
        return not self.asked.isdigit() or now - datetime.fromtimestamp(int(self.asked), UTC) >= pause


class Round:
    """One time of asking."""

    def __init__(self, api: Api, now: datetime) -> None:
        self._api, self._now = api, now
        self._me = api.my_id()
        self._found: dict[int, Update] = {}  # by the network's number, which grows with time

    def listen(self, cursor: Cursor, recent: Sequence[str], *, in_private: bool) -> tuple[list[Update], Cursor]:
        """What is new since the cursor, the oldest first, and the next cursor. ``in_private``: messages as well."""
        after = Cursor(
            mentions=self._mentions(cursor.mentions),
            search=self._search(cursor.search, [post for post in recent if post.isdigit()]),
            messages=self._messages(cursor.messages) if in_private else cursor.messages,
            asked=str(int(self._now.timestamp())) if in_private else cursor.asked,
        )
        return [self._found[number] for number in sorted(self._found)], after

    def _keep(self, number: str, update: Update) -> None:
        if reading.read(update):  # not our own posts, which a search finds too
            self._found.setdefault(int(number), update)

    def _posts(self, pages: Iterator[tuple[list[dict[str, Any]], dict[str, Any]]], newest: str) -> str:
        for rows, includes in pages:
            for post in rows:
                self._keep(post["id"], reading.update_of_post(post, includes, self._me))
                newest = max(newest, str(post["id"]), key=_number)
        return newest

    def _mentions(self, since: str) -> str:
        if since:
            return self._posts(self._api.mentions({"since_id": since, "max_results": "100"}), since)
        newest = [next(self._api.mentions({"max_results": "20"}))]  # where we begin one page is enough: each costs
        return self._posts(iter(newest), since) or self._begun()

    def _begun(self) -> str:
        """Where to go on from when there was nothing at all: an id of about now."""
        return reading.number_at(self._now - JUST_NOW)

    def _search(self, since: str, recent: Sequence[str]) -> str:
        """Answers and quotes: X tells of an answer to an answer in no list of mentions once our name is taken out."""
        oldest = self._now - SEARCHED
        if since and reading.moment(since) > oldest:
            sent = {"since_id": since}
        else:
            sent = {"start_time": f"{oldest.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"}
        newest = since
        for query in queries([post for post in recent if reading.moment(post) > oldest]):
            newest = self._posts(self._api.search(query, sent), newest)
        # what was said after we began, under a post that was asked for first, is not passed over the next time
        began = reading.number_at(self._now + timedelta(milliseconds=1))
        return min(newest, max(since, began, key=_number), key=_number)

    def _messages(self, since: str) -> str:
        newest = since
        for rows, includes in self._api.messages():
            fresh = [row for row in rows if _number(str(row.get("id", ""))) > _number(since)]
            for message in fresh:
                self._keep(message["id"], reading.update_of_message(message, includes, self._me))
                newest = max(newest, str(message["id"]), key=_number)
            if not since or len(fresh) < len(rows):
                break
        return newest or self._begun()


def queries(posts: Sequence[str], longest: int = LONGEST_QUERY) -> list[str]:
    """Searches for all that is said under these posts or quotes them, as few as there may be."""
    found: list[str] = []
    for post in posts:
        part = f"conversation_id:{post} OR quotes_of_tweet_id:{post}"
        if found and len(found[-1]) + len(part) + 4 <= longest:
            found[-1] += f" OR {part}"
        else:
            found.append(part)
    return found


def _number(post: str) -> int:
    return int(post) if post.isdigit() else 0
