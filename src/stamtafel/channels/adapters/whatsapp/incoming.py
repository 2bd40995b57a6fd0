"""What the webhook of WhatsApp brings (Cloud API, "Webhooks"): messages of people, and what became of ours."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from stamtafel.channels.adapters.meta.graph import moment
from stamtafel.channels.contract import Attachment, Author, Incoming, Sort, Update

FILES: Final = ("image", "video", "audio", "document", "sticker")
NOT_THEIRS: Final = "That is not the form of WhatsApp's webhook."
UNREADABLE: Final = _(
    "This person sent something that WhatsApp does not pass on to us. Ask them to send it another way."
)


def split(body: bytes, number: str) -> list[Update]:
    """The messages to one number, and those of ours that did not arrive. Raises ValueError.

    That a message was sent, delivered or read is passed over: it is three calls for each, and nobody acts on them.
    """
    said = _mapping(json.loads(body))
    if said.get("object") != "whatsapp_business_account":
        raise ValueError(NOT_THEIRS)
    found: list[Update] = []
    for entry in _list(said, "entry"):
        for change in _list(entry, "changes"):
            value = _mapping(change.get("value", {}))
            if change.get("field") == "messages" and value.get("metadata", {}).get("phone_number_id") == number:
                found += [*_messages(value), *_failures(value)]
    return found


def _messages(value: Mapping[str, Any]) -> Iterator[Update]:
    people = {str(one.get("wa_id")): one for one in _list(value, "contacts")}
    for message in _list(value, "messages"):
        contact = people.get(str(message.get("from")), {})
        yield Update(
            remote_id=f"message:{message.get('id')}", payload={"message": dict(message), "contact": dict(contact)}
        )


def _failures(value: Mapping[str, Any]) -> Iterator[Update]:
    for status in _list(value, "statuses"):
        if status.get("status") == "failed":
            yield Update(remote_id=f"status:{status.get('id')}:failed", payload={"status": dict(status)})


def _mapping(found: Any) -> Mapping[str, Any]:
    if not isinstance(found, Mapping):
        raise ValueError(NOT_THEIRS)  # noqa: TRY004 - the contract asks for a ValueError
    return found


def _list(found: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    many = found.get(name, [])
    if not isinstance(many, list):
        raise ValueError(NOT_THEIRS)  # noqa: TRY004 - the contract asks for a ValueError
    return [_mapping(one) for one in many]


# ── what it says ─────────────────────────────────────────────────────────────────────────────────
def read(update: Update) -> Sequence[Incoming]:
    """What a person said; nothing for a thumb under a message, for WhatsApp's own notices and for a message of ours
    that did not arrive (kept, so that it can be found).
    """
    message = update.payload.get("message")
    if not isinstance(message, Mapping) or message.get("type") in {"reaction", "system"}:
        return []
    sender = str(message.get("from", ""))
    name = str(_part(_part(update.payload, "contact"), "profile").get("name", ""))
    return [
        Incoming(
            remote_id=str(message.get("id", "")), sort=Sort.MESSAGE, text=_text(message),
            author=Author(id=sender, handle=f"+{sender}", name=name, url=f"https://wa.me/{sender}"),
            at=moment(message.get("timestamp", "0")), thread=sender, private=True,
            in_reply_to=str(_part(message, "context").get("id", "")), attachments=tuple(_files(update.payload)),
        )
    ]  # fmt: skip


def _part(found: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = found.get(name)
    return part if isinstance(part, Mapping) else {}


def _text(message: Mapping[str, Any]) -> str:
    """The words, whatever kind of message they are in."""
    kind = str(message.get("type", ""))
    part = _part(message, kind)
    if kind in FILES:
        return str(part.get("caption", ""))
    if kind in SIMPLE:
        return str(part.get(SIMPLE[kind], ""))
    return OTHER[kind](message) if kind in OTHER else str(UNREADABLE)


def _place(message: Mapping[str, Any]) -> str:
    part = _part(message, "location")
    named = ", ".join(str(part[name]) for name in ("name", "address") if part.get(name))
    spot = f"{part.get('latitude')},{part.get('longitude')}"
    return "\n".join(
        line for line in (named, f"https://www.openstreetmap.org/?mlat={spot.replace(',', '&mlon=')}") if line
    )


def _cards(message: Mapping[str, Any]) -> str:
    cards = message.get("contacts")
    lines = []
    for card in cards if isinstance(cards, list) else ():
        phones = [str(one.get("phone", "")) for one in card.get("phones", ())]
        lines.append(", ".join([str(_part(card, "name").get("formatted_name", "")), *phones]))
    return "\n".join(lines)


def _chosen(message: Mapping[str, Any]) -> str:
    part = _part(message, "interactive")
    return str(_part(part, str(part.get("type", ""))).get("title", ""))


SIMPLE: Final = {"text": "body", "button": "text"}
OTHER: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "interactive": _chosen,
    "location": _place,
    "contacts": _cards,
}


def file_of(update: Update) -> str:
    """The id of the file in a message, of which we do not have the bytes yet; "" where there is none."""
    message = _part(update.payload, "message")
    kind = str(message.get("type", ""))
    found = str(_part(message, kind).get("id", "")) if kind in FILES else ""
    return found if found.isdecimal() and "file" not in update.payload else ""


def is_whole(update: Update, content: bytes) -> bool:
    """Whether these are the bytes that the message announced, where it says which."""
    message = _part(update.payload, "message")
    said = _part(message, str(message.get("type", ""))).get("sha256")
    return not said or said == base64.b64encode(hashlib.sha256(content).digest()).decode()


def with_file(update: Update, content: bytes) -> Update:
    """The update with the bytes in it; without any, so that it is not asked for again."""
    return Update(remote_id=update.remote_id, payload={**update.payload, "file": base64.b64encode(content).decode()})


def _files(payload: Mapping[str, Any]) -> Iterator[Attachment]:
    message = _part(payload, "message")
    kind = str(message.get("type", ""))
    if kind in FILES:
        part, content = _part(message, kind), base64.b64decode(str(payload.get("file", "")))
        yield Attachment(media_type=str(part.get("mime_type", "")), name=str(part.get("filename", "")), data=content)
