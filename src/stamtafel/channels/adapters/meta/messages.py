"""Private messages, the same on Messenger and Instagram (Messenger Platform "Send API", "Conversations API").

A talk is known by the id of the resident: a webhook tells no other. We may write for 24 hours after they last wrote,
and for 7 days where Meta granted Human Agent ("Messenger Platform Policy: Standard Messaging Window", "Human Agent").
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from stamtafel.channels.adapters.calls import field
from stamtafel.channels.adapters.meta.errors import INBOX
from stamtafel.channels.adapters.meta.graph import Graph, moment, things
from stamtafel.channels.adapters.meta.hooks import update
from stamtafel.channels.adapters.meta.words import same_words
from stamtafel.channels.contract import (
    Attachment,
    Attempt,
    Author,
    ByHand,
    Incoming,
    Permanent,
    Receipt,
    Sort,
    Target,
    Update,
    Window,
)

A_DAY: Final = timedelta(hours=24)
A_WEEK: Final = timedelta(days=7)
SLACK: Final = timedelta(minutes=5)  # our clock and theirs
FIELDS: Final = "id,message,from,to,created_time,attachments"
KINDS: Final = {"image": "image/*", "video": "video/*", "audio": "audio/*"}


@dataclass(frozen=True, slots=True)
class Talks:
    """The private messages of one account. ``node`` is whose they are, ``own`` the ids that are us."""

    node: str
    platform: str  # MESSENGER or INSTAGRAM
    longest: int
    in_bytes: bool  # Instagram counts bytes, Messenger characters
    human_agent: bool
    own: Collection[str]

    # ── out ──
    def window(self, to: Target, now: datetime) -> Window:
        """Until when we may write; ``now`` decides whether that is past."""
        note = "" if not self.in_bytes else str(_("Letters with an accent and emoji count for more than one."))
        if to.last_heard_at is None:
            return Window(text=self.longest, note=note)
        until = to.last_heard_at + (A_WEEK if self.human_agent else A_DAY)
        if now < until:
            return Window(until=until, text=self.longest, note=note)
        closed = _("Meta lets us write for a limited time after somebody's last message, and that time is over.")
        return Window(until=until, text=self.longest, closed=str(closed), by_hand=INBOX)

    def send(self, graph: Graph, to: Target, text: str, now: datetime) -> Receipt:
        """Write to somebody who wrote to us. Raises ByHand when the time for it is over."""
        person = to.author_id or to.thread
        if self.window(to, now).closed:
            raise ByHand("The time in which Meta lets us write has passed.", url=INBOX)
        late = to.last_heard_at is not None and now >= to.last_heard_at + A_DAY
        tag = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"} if late else {"messaging_type": "RESPONSE"}
        return self._send(graph, {"id": person}, text, tag)

    def send_about(self, graph: Graph, comment_id: str, text: str) -> Receipt:
        """Write to who said something in public: one message, within 7 days ("Private Replies")."""
        return self._send(graph, {"comment_id": comment_id}, text, {})

    def _send(self, graph: Graph, recipient: Mapping[str, str], text: str, tag: Mapping[str, str]) -> Receipt:
        if not self.node:
            raise ByHand("Only a person can do this: the account has no page ID to write from.", url=INBOX)
        self._fits(text)
        answer = graph.publish(
            f"/{self.node}/messages", recipient=json.dumps(recipient), message=json.dumps({"text": text}), **tag
        )
        return Receipt(str(field(answer, "message_id")))

    def _fits(self, text: str) -> None:
        size = len(text.encode()) if self.in_bytes else len(text)
        if size > self.longest:
            raise Permanent(f"The message is too long: {size}, and {self.longest} fit.")

    def find(self, graph: Graph, person: str, attempt: Attempt) -> Receipt | None:
        """Our own message with these words, since the attempt."""
        for talk in graph.listed(f"/{self.node}/conversations", platform=self.platform, user_id=person,
                                 fields=f"id,messages.limit(25){{{FIELDS}}}", pages=1):  # fmt: skip
            for one in things(talk.get("messages")):
                ours = _id(one.get("from")) in self.own
                fresh = moment(one["created_time"]) >= attempt.since - SLACK
                if ours and fresh and same_words(str(one.get("message", "")), attempt.rendered.text):
                    return Receipt(str(one["id"]))
        return None

    # ── in ──
    def newer(self, graph: Graph, since: datetime) -> Iterator[Update]:
        """Every message since a moment, the talk that was last busy first."""
        listed = graph.listed(f"/{self.node}/conversations", platform=self.platform,
                              fields=f"id,updated_time,messages.limit(25){{{FIELDS}}}")  # fmt: skip
        for talk in listed:
            if moment(talk["updated_time"]) < since:
                return
            for one in things(talk.get("messages")):
                if moment(one["created_time"]) >= since:
                    yield update(f"message:{one['id']}", "asked", one)

    def read(self, update: Update) -> list[Incoming]:
        """What a message says, told by webhook or asked for."""
        value, shape = update.payload["value"], update.payload["shape"]
        return [self._asked(value)] if shape == "asked" else [self._told(value, update.payload.get("name", {}))]

    def _asked(self, one: Mapping[str, Any]) -> Incoming:
        echo = _id(one.get("from")) in self.own
        receivers = things(one.get("to"))
        person = (receivers[0] if receivers else {}) if echo else one.get("from", {})
        return Incoming(
            remote_id=str(one["id"]), sort=Sort.MESSAGE, text=str(one.get("message", "")), author=_author(one["from"]),
            at=moment(one["created_time"]), thread=_id(person), private=True, echo=echo, url=INBOX,
            attachments=tuple(_kept(part) for part in things(one.get("attachments"))),
        )  # fmt: skip

    def _told(self, value: Mapping[str, Any], name: Mapping[str, Any]) -> Incoming:
        edit, postback = value.get("message_edit"), value.get("postback")
        said = edit or postback or value["message"]
        sender = _id(value.get("sender"))
        echo = bool(said.get("is_echo")) or sender in self.own
        return Incoming(
            remote_id=str(said["mid"]), sort=Sort.MESSAGE, text=str(said.get("text") or said.get("title") or ""),
            author=_author({**name, "id": sender}), at=moment(value.get("timestamp", 0)),
            thread=_id(value.get("recipient")) if echo else sender,
            in_reply_to=str(said.get("reply_to", {}).get("mid", "")), private=True, echo=echo, url=INBOX,
            deleted=bool(said.get("is_deleted")), edited=edit is not None,
            attachments=tuple(_sent(part) for part in said.get("attachments", ())),
        )  # fmt: skip

    def complete(self, graph: Graph, update: Update) -> Update:
        """With the name of who wrote; as it is where Meta does not tell ("User Profile API")."""
        sender = _id(update.payload["value"].get("sender"))
        if update.payload["shape"] != "messaging" or sender in self.own or update.payload.get("name"):
            return update
        wanted = "name,username" if self.platform == "INSTAGRAM" else "name"
        try:
            found = graph.get(f"/{sender}", fields=wanted)
        except Permanent:
            return update
        return Update(remote_id=update.remote_id, payload={**update.payload, "name": dict(found)})


def happened(value: Mapping[str, Any], time: Any) -> Update | None:
    """What a webhook tells of a private talk; None for what is no word of anybody (seen, delivered, a heart)."""
    for part in ("message", "message_edit", "postback"):
        said = value.get(part)
        if isinstance(said, Mapping) and said.get("mid"):
            key = f"message:{said['mid']}"
            if said.get("is_deleted"):
                key += ":deleted"
            elif part == "message_edit":
                key += f":edited:{value.get('timestamp', time)}"
            return update(key, "messaging", value, time)
    return None


def _id(person: Any) -> str:
    return str(person.get("id", "")) if isinstance(person, Mapping) else ""


def _author(person: Mapping[str, Any]) -> Author:
    handle = str(person.get("username", ""))
    url = f"https://www.instagram.com/{handle}/" if handle else ""
    return Author(id=_id(person), handle=handle, name=str(person.get("name", "")), url=url)


def _kept(part: Mapping[str, Any]) -> Attachment:
    """Something that came along, as the Conversations API tells."""
    data = part.get("image_data") or part.get("video_data") or {}
    url = str(data.get("url") or part.get("file_url") or "")
    return Attachment(media_type=str(part.get("mime_type", "")), url=url, name=str(part.get("name", "")))


def _sent(part: Mapping[str, Any]) -> Attachment:
    """Something that came along, as a webhook tells."""
    media_type = KINDS.get(str(part.get("type")), "application/octet-stream")
    return Attachment(media_type=media_type, url=str((part.get("payload") or {}).get("url", "")))
