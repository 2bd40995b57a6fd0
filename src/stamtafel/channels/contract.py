"""What a channel is: data and small protocols. Pure: no Django, no clock, no network of its own.

A kind that only listens (street, café, paper) is a ``Kind``; one that also publishes is a ``Channel``. Every further
ability is a protocol of its own, found with ``isinstance``; an adapter never has a method that only raises.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any, Final, Protocol, Self, runtime_checkable

CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")  # all that could end a header line
Credentials = Mapping[str, str]


# ── what can go wrong ────────────────────────────────────────────────────────────────────────────
class ChannelError(Exception):
    """Publishing did not happen; the sentence is the network's own, for the desk."""


class Temporary(ChannelError):
    """It did not happen now and may happen later, at the earliest after ``retry_after``."""

    def __init__(self, reason: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class Permanent(ChannelError):
    """It will never happen like this. ``bounced``: the address of the recipient does not exist."""

    def __init__(self, reason: str, *, bounced: bool = False) -> None:
        super().__init__(reason)
        self.bounced = bounced


class NeedsSignIn(ChannelError):
    """The network no longer knows us: somebody has to connect the account again."""


class OutcomeUnknown(ChannelError):
    """It was handed over and no answer came: it may or may not have happened."""


class UnsafeHeader(ValueError):
    """A value for a header holds a line break or control character (header injection, CWE-93)."""


def safe_header(name: str, value: str) -> str:
    """The value as it is, or UnsafeHeader when it could start another header."""
    if CONTROL.search(value):
        raise UnsafeHeader(f"{name} holds a line break or control character")
    return value


def one_line(text: str) -> str:
    """Text as one line: every run of white space and control characters becomes one space."""
    return " ".join(CONTROL.sub(" ", text).split())


# ── what goes out ────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Picture:
    """A picture with the words that stand in for it; ``url`` is absolute."""

    url: str
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One thing to tell, whatever the channel.

    ``body`` and ``footer`` are Markdown without HTML. ``headers`` is for channels that have such (mail:
    ``List-Unsubscribe`` and the like). ``sender`` is the name of the municipality; empty = filled in on sending.
    The subject is made one line; a header or reply address that is not one line raises UnsafeHeader.
    """

    subject: str
    body: str
    link: str = ""
    link_text: str = ""
    pictures: tuple[Picture, ...] = ()
    language: str = "nl"
    headers: Mapping[str, str] = field(default_factory=dict)
    reply_to: str = ""
    footer: str = ""
    sender: str = ""

    def __post_init__(self) -> None:
        """Make the subject and sender one line and refuse what could break out of a header."""
        object.__setattr__(self, "subject", one_line(self.subject))
        object.__setattr__(self, "sender", one_line(self.sender))
        for name, value in {**self.headers, "reply_to": self.reply_to, "link": self.link}.items():
            safe_header(safe_header("name", name), value)

    def as_data(self) -> dict[str, Any]:
        """As JSON, without what is empty: a newsletter stores this once per recipient."""
        return {name: value for name, value in asdict(self).items() if value or name in {"subject", "body"}}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """From what ``as_data`` made; names of a later version are passed over."""
        known = {item.name for item in fields(cls)}
        values = {name: value for name, value in data.items() if name in known}
        values["pictures"] = tuple(Picture(**picture) for picture in data.get("pictures", ()))
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Limits:
    """What fits. None = no limit. ``counted_in`` says how the network counts, for the words beside the field."""

    text: int | None = None
    pictures: int | None = None
    needs_picture: bool = False
    counted_in: str = "characters"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A draft as this channel will show it.

    ``over`` is by how much the text is too long; 0 = it fits. ``recipient`` and ``message_id`` (made once, the same
    over every attempt) are filled in on sending, for channels that write to one person.
    """

    subject: str
    text: str
    html: str = ""
    link: str = ""
    language: str = "nl"
    pictures: tuple[Picture, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    reply_to: str = ""
    sender: str = ""
    recipient: str = ""
    message_id: str = ""
    over: int = 0


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that it is out: the network's own id and, where there is one, the public address."""

    remote_id: str
    url: str = ""


# ── what comes in ────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One thing that somebody said on the network. ``payload`` is the raw thing, kept as it came."""

    remote_id: str
    text: str
    author: str
    at: datetime
    in_reply_to: str = ""
    private: bool = False
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure about something published; the name is the network's own."""

    name: str
    value: int
    at: datetime


# ── what a channel can do ────────────────────────────────────────────────────────────────────────
@runtime_checkable
class Kind(Protocol):
    """A way to tell or hear."""

    kind: str


@runtime_checkable
class Channel(Kind, Protocol):
    """A kind that publishes.

    ``repeatable``: publishing the same key again is harmless (the network or the recipient sees one), so an
    attempt with an unknown outcome may be made again. Everything else is looked up or left to a person.
    """

    limits: Limits
    repeatable: bool

    def render(self, draft: Draft) -> Rendered:
        """What it will look like. Pure: the preview shows the same."""
        ...

    def publish(self, rendered: Rendered, credentials: Credentials, key: str) -> Receipt:
        """Hand it over. Raises Temporary, Permanent, NeedsSignIn or OutcomeUnknown."""
        ...

    def check(self, credentials: Credentials) -> None:
        """Try whether publishing could work, without publishing; raises like ``publish``."""
        ...


Publish = Callable[[Rendered, str], Receipt]


@runtime_checkable
class Batches(Protocol):
    """Publishes many over one connection."""

    def batch(self, credentials: Credentials) -> AbstractContextManager[Publish]:
        """Open the connection; what it gives publishes (rendered, key) like ``publish``."""
        ...


@runtime_checkable
class FindsByKey(Protocol):
    """Can look up what was published under our key."""

    def find(self, key: str, credentials: Credentials) -> Receipt | None:
        """The receipt of what is out, or None when nothing was found (which is no proof that nothing is)."""
        ...


@runtime_checkable
class Listens(Protocol):
    """Can fetch what people said."""

    def listen(self, cursor: str, credentials: Credentials) -> tuple[Sequence[Incoming], str]:
        """What came in since the cursor, and the next cursor."""
        ...


@runtime_checkable
class Replies(Protocol):
    """Can answer what somebody said, where they said it."""

    def reply(self, to: str, rendered: Rendered, credentials: Credentials, key: str) -> Receipt:
        """Answer the thing with this remote id; raises like ``publish``."""
        ...


@runtime_checkable
class Measures(Protocol):
    """Can say how many saw it."""

    def measure(self, remote_id: str, credentials: Credentials) -> Sequence[Metric]:
        """The figures as they are now."""
        ...


@runtime_checkable
class Retracts(Protocol):
    """Can take back what was published."""

    def retract(self, remote_id: str, credentials: Credentials) -> None:
        """Take it away; harmless when it is already gone."""
        ...
