"""What came in from Telegram: which parts of it we keep, and what it says (Bot API, Update and Message). Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final, Self

from stamtafel.channels.contract import Attachment, Author, Incoming, Sort, Update

KEPT: Final = (
    "message_id", "date", "edit_date", "text", "caption", "is_automatic_forward", "message_thread_id", "media_group_id",
)  # fmt: skip
KEPT_OF_CHAT: Final = ("id", "type", "title", "username")
KEPT_OF_PERSON: Final = ("id", "is_bot", "first_name", "last_name", "username")
KEPT_OF_FILE: Final = ("file_name", "mime_type")
KEPT_OF_ABOVE: Final = ("message_id", "chat", "is_automatic_forward", "forward_origin")
# a picture, a voice … : its media type where the message itself does not say
FILES: Final = {
    "photo": "image/jpeg", "document": "application/octet-stream", "voice": "audio/ogg", "audio": "audio/mpeg",
    "video": "video/mp4", "video_note": "video/mp4", "animation": "video/mp4", "sticker": "image/webp",
}  # fmt: skip
Message = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Home:
    """What is ours: the bot, the channel, and the discussion group linked to it (0 = none)."""

    bot: int = 0
    channel: int = 0
    group: int = 0

    @classmethod
    def read(cls, data: Any) -> Self:
        """From a payload."""
        known = data if isinstance(data, Mapping) else {}
        return cls(**{name: int(known.get(name) or 0) for name in ("bot", "channel", "group")})

    def as_data(self) -> dict[str, int]:
        """As JSON."""
        return {"bot": self.bot, "channel": self.channel, "group": self.group}


def _some(data: Any, names: Sequence[str]) -> dict[str, Any]:
    return {name: data[name] for name in names if name in data} if isinstance(data, Mapping) else {}


def kept(message: Message) -> dict[str, Any]:
    """The parts of a message that we need. No profile, phone number or position of anybody is kept."""
    found = _some(message, KEPT)
    found["chat"] = _some(message.get("chat"), KEPT_OF_CHAT)
    for name, parts in (("from", KEPT_OF_PERSON), ("sender_chat", KEPT_OF_CHAT)):
        if message.get(name):
            found[name] = _some(message[name], parts)
    for name in FILES:
        if message.get(name):
            found[name] = _some(message[name], KEPT_OF_FILE)
    origin = message.get("forward_origin")
    if isinstance(origin, Mapping) and isinstance(origin.get("chat"), Mapping):
        found["forward_origin"] = {"message_id": origin.get("message_id"), "chat": _some(origin["chat"], KEPT_OF_CHAT)}
    if isinstance(message.get("reply_to_message"), Mapping):
        found["reply_to_message"] = kept(_some(message["reply_to_message"], KEPT_OF_ABOVE))
    return found


def said_in(update: Mapping[str, Any]) -> tuple[str, Message] | None:
    """Which of the sorts that we asked for it is, and the message; None for another."""
    for name in ("message", "edited_message"):
        message = update.get(name)
        if isinstance(message, Mapping) and isinstance(message.get("chat"), Mapping):
            return name, message
    return None


def place(message: Message) -> str:
    """A message's name for us: its number is unique in its chat only."""
    return f"{message['chat'].get('id')}/{message.get('message_id')}"


def is_private(message: Message) -> bool:
    """Whether it was said to the bot alone."""
    return bool(message["chat"].get("type") == "private")


def made(update: Mapping[str, Any], home: Home | None = None) -> tuple[Update, ...]:
    """As it is kept; nothing for what is of no concern. Without ``home`` it is completed later."""
    found = said_in(update)
    if found is None:
        return ()
    name, message = found
    key = f"{Sort.MESSAGE if is_private(message) else Sort.COMMENT}:{place(message)}"
    if name == "edited_message":
        key = f"{key}:edited:{message.get('edit_date')}"
    payload: dict[str, Any] = {name: kept(message)}
    return (Update(remote_id=key, payload=payload if home is None else {**payload, "home": home.as_data()}),)


# ── what it says ─────────────────────────────────────────────────────────────────────────────────
def read(payload: Mapping[str, Any]) -> Sequence[Incoming]:
    """One thing said to the bot, or in our own discussion group. A bot may be put in any group: others are none of
    our business. What says nothing (a join, a pin, the start of a talk) is passed over.
    """
    found = said_in(payload)
    if found is None:
        return ()
    name, message = found
    home = Home.read(payload.get("home"))
    ours = is_private(message) or (home.group and message["chat"].get("id") == home.group)
    silent = _text(message) == "/start" or not (_text(message) or _files(message))
    if not ours or message.get("is_automatic_forward") or silent:
        return ()
    return (replace(_incoming(message, home, edited=name == "edited_message"), **_about(payload)),)


def _about(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The post that it is about, when that is known better than the message itself tells."""
    about = str(payload.get("about") or "")
    return {"about": about, "in_reply_to": about} if about else {}


def _incoming(message: Message, home: Home, *, edited: bool) -> Incoming:
    private = is_private(message)
    above = message.get("reply_to_message") or {}
    about = post(above)
    return Incoming(
        remote_id=place(message),
        sort=Sort.MESSAGE if private else Sort.COMMENT,
        text=_text(message),
        author=_author(message),
        at=datetime.fromtimestamp(int(message.get("edit_date" if edited else "date") or 0), UTC),
        # a talk in private is one; a comment on the post begins one; what answers a comment goes on where that was
        thread=str(message["chat"]["id"]) if private else "" if above and not about else place(message),
        in_reply_to="" if private or not above else about or place(above),
        about=about,
        url="" if private else link(message["chat"], message.get("message_id")),
        private=private,
        echo=_is_ours(message, home),
        edited=edited,
        attachments=_files(message),
    )


def post(above: Message) -> str:
    """The post of our channel that Telegram put in the group, when it is that which was answered."""
    origin = above.get("forward_origin") if above.get("is_automatic_forward") else None
    return f"{origin['chat'].get('id')}/{origin.get('message_id')}" if origin else ""


def _is_ours(message: Message, home: Home) -> bool:
    """Whether the bot, or an administrator in the name of the group or channel, said it."""
    sender = (message.get("sender_chat") or {}).get("id") or (message.get("from") or {}).get("id")
    return bool(sender) and sender in {home.bot, home.channel, home.group}


def _author(message: Message) -> Author:
    who = message.get("sender_chat") or message.get("from") or {}
    name = " ".join(filter(None, (who.get("first_name"), who.get("last_name")))) or str(who.get("title", ""))
    handle = str(who.get("username", ""))
    return Author(id=str(who.get("id", "")), handle=handle, name=name, url=f"https://t.me/{handle}" if handle else "")


def _text(message: Message) -> str:
    return str(message.get("text") or message.get("caption") or "")


def _files(message: Message) -> tuple[Attachment, ...]:
    """What came along, without an address: Telegram's has the bot's token in it."""
    return tuple(
        Attachment(media_type=str(one.get("mime_type") or usual), name=str(one.get("file_name") or name))
        for name, usual in FILES.items()
        if (one := message.get(name)) is not None
    )


def link(chat: Mapping[str, Any], number: Any) -> str:
    """Where a message is on the web; those of a chat that is not public open for its members."""
    if chat.get("username"):
        return f"https://t.me/{chat['username']}/{number}"
    inner = str(chat.get("id", "")).removeprefix("-100")
    return f"https://t.me/c/{inner}/{number}" if inner.isdigit() else ""
