"""What comes in: the raw thing, what it says, and figures. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One raw thing that happened on the network, kept before anything is done with it.

    ``remote_id`` is the same each time that the same thing comes, by webhook or by asking: ``comment:17``, and for what
    is done to it later ``comment:17:edited:<moment>``, ``comment:17:deleted``.
    """

    remote_id: str
    payload: Mapping[str, Any]


class Sort(StrEnum):
    """What kind of thing was said."""

    COMMENT = "comment"  # under something of ours
    MENTION = "mention"  # somewhere else, with our name in it
    POST = "post"  # on our page, by a visitor
    MESSAGE = "message"  # in private


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who said it, as the network tells: ``id`` is theirs for ever, the others may change or be empty."""

    id: str
    handle: str = ""
    name: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """Something that came along; ``url`` is the network's own and may end."""

    media_type: str
    url: str = ""
    name: str = ""
    alt: str = ""
    data: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One thing that somebody said on the network.

    ``thread`` is the same for all that belongs to one talk: the id of the first comment, or of the private talk.
    ``about`` is the id of our post under which it was said. ``echo``: it is our own; it came back.
    ``deleted``: the author took ``remote_id`` away; ``edited``: the text is a newer one of a thing that came before.
    """

    remote_id: str
    sort: Sort
    text: str
    author: Author
    at: datetime
    thread: str = ""
    in_reply_to: str = ""
    about: str = ""
    url: str = ""
    private: bool = False
    echo: bool = False
    deleted: bool = False
    edited: bool = False
    language: str = ""
    subject: str = ""
    attachments: tuple[Attachment, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure, about something published or a whole account; see ``FIGURES`` for the names that we compare."""

    name: str
    value: int
    at: datetime


FIGURES = ("views", "reach", "reactions", "replies", "shares", "clicks", "followers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How an account is doing: its name there, until when we may come in, and what we may not do."""

    name: str = ""
    url: str = ""
    expires_at: datetime | None = None
    missing: tuple[str, ...] = ()  # permissions that were not given, in the network's own words
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """How much the network still takes from us; None where it does not say."""

    used: int
    total: int | None = None
    resets_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Until when and how long an answer may be; ``closed`` says in words why we can't answer there."""

    until: datetime | None = None
    text: int | None = None
    closed: str = ""
    note: str = ""
    by_hand: str = ""  # where a person can answer on the network itself
