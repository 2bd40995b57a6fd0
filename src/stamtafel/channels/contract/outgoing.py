"""What goes out: a draft, how a channel shows it, and the proof that it is out. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from stamtafel.channels.contract.errors import one_line, safe_header


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture with the words that stand in for it; ``url`` is absolute and public.

    ``crop`` says how it is made to fit: "" or "whole" (nothing is lost), "centre", "top" or "bottom" (what stays when
    it is cut).

    ``file`` is its name in our storage. ``data`` is filled in on sending, within the ``Limits`` of the channel; a draft
    that is stored leaves it out.
    """

    url: str
    alt: str
    file: str = ""
    width: int = 0
    height: int = 0
    data: bytes = b""
    media_type: str = ""
    crop: str = ""


class Form(StrEnum):
    """How a text is put on a network."""

    SINGLE = "single"  # one post; too long is refused, never cut
    THREAD = "thread"  # a chain of posts, each an answer to the one before


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One thing to tell, whatever the channel.

    ``body`` and ``footer`` are Markdown without HTML. ``headers`` is for channels that have such (mail:
    ``List-Unsubscribe`` and the like). ``sender`` is the name of the municipality; empty = filled in on sending.
    ``form`` is what the editor chose for a text that is too long for one post; ``invitation`` is the closing line that
    asks for an answer. The subject is made one line; a header or reply address that is not raises UnsafeHeader.
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
    form: str = Form.SINGLE
    invitation: str = ""

    def __post_init__(self) -> None:
        """Make the subject and sender one line and refuse what could break out of a header."""
        object.__setattr__(self, "subject", one_line(self.subject))
        object.__setattr__(self, "sender", one_line(self.sender))
        for name, value in {**self.headers, "reply_to": self.reply_to, "link": self.link}.items():
            safe_header(safe_header("name", name), value)

    def as_data(self) -> dict[str, Any]:
        """As JSON, without what is empty: a newsletter stores this once per recipient."""
        data = {name: value for name, value in asdict(self).items() if value or name in {"subject", "body"}}
        if data.get("form") == Form.SINGLE:
            del data["form"]
        if self.pictures:
            data["pictures"] = [_stored(picture) for picture in self.pictures]
        return data

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """From what ``as_data`` made; names of a later version are passed over."""
        known = {item.name for item in fields(cls)}
        values = {name: value for name, value in data.items() if name in known}
        values["pictures"] = tuple(Picture(**picture) for picture in data.get("pictures", ()))
        return cls(**values)


def _stored(picture: Picture) -> dict[str, Any]:
    return {
        name: value for name, value in asdict(picture).items() if name != "data" and (value or name in {"url", "alt"})
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What fits. None = no limit, or not known. ``counted_in`` says how the network counts, for the words beside the
    field. Pictures: how many, in bytes, the longest side in pixels, width : height between ``picture_shape``.
    """

    text: int | None = None
    pictures: int | None = None
    needs_picture: bool = False
    counted_in: str = "characters"
    alt: int | None = None
    picture_bytes: int | None = None
    picture_side: int | None = None
    picture_shape: tuple[float, float] | None = None
    picture_types: tuple[str, ...] = ("image/jpeg",)
    threads: bool = False  # a long text may go on in a chain
    reply: int | None = None
    private: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A draft as this channel will show it.

    ``count`` is how long the text is, counted as the network counts, ``over`` by how much it is too long; 0 = it fits.
    ``parts`` are the posts of a chain, the first included; empty for a single post. ``recipient`` and ``message_id``
    (made once, the same over every attempt) are filled in on sending, for channels that write to one person.
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
    count: int = 0
    over: int = 0
    parts: tuple[str, ...] = ()
    link_title: str = ""
    link_summary: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that it is out: the network's own id and, where there is one, the public address."""

    remote_id: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What an answer answers: the thing somebody said, as the network knows it.

    ``thread`` is the root or the private talk it belongs to, ``last_heard_at`` when they last said something there
    (some networks let us write only for a day after it).
    """

    remote_id: str
    thread: str = ""
    author_id: str = ""
    handle: str = ""
    private: bool = False
    sort: str = "comment"
    about: str = ""  # our post under which it was said
    url: str = ""
    last_heard_at: datetime | None = None

    def as_data(self) -> dict[str, Any]:
        """As JSON."""
        data = {name: value for name, value in asdict(self).items() if value}
        if self.last_heard_at is not None:
            data["last_heard_at"] = self.last_heard_at.isoformat()
        return data

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """From what ``as_data`` made; names of a later version are passed over."""
        known = {item.name for item in fields(cls)}
        values = {name: value for name, value in data.items() if name in known}
        if values.get("last_heard_at"):
            values["last_heard_at"] = datetime.fromisoformat(values["last_heard_at"])
        return cls(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A try whose outcome nobody knows, with all there is to look for: ``since`` is when it was first tried,
    ``reached`` what its steps kept (see ``Progress``), ``to`` what it answered.
    """

    key: str
    rendered: Rendered
    since: datetime
    reached: Mapping[str, str] = field(default_factory=dict)
    to: Target | None = None
