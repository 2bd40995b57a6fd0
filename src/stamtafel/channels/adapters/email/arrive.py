"""From a mail that came to what somebody said in it. Pure.

The payload of an update is JSON: ``raw`` (the mail in base64, at most 10 MB of it), ``size`` (of all of it), ``at``
(when our server got it) and ``to`` (whom the server delivered it to, where it says so).
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parseaddr
from typing import Any, Final

from stamtafel.channels.adapters.email import html, quotes
from stamtafel.channels.adapters.email.attached import attachments
from stamtafel.channels.adapters.email.mime import MESSAGE_ID, Mail, read
from stamtafel.channels.adapters.email.nature import Nature, nature
from stamtafel.channels.contract import Author, Incoming, Sort, Update, one_line

LARGEST: Final = 10_000_000
LONGEST_ID: Final = 240
LONGEST_SUBJECT: Final = 200
PREFIX: Final = re.compile(r"^\s*(?:(?:re|antw|aw|betr|fw|fwd|doorst)\s*(?:\[[0-9]+\])?\s*:\s*)+", re.IGNORECASE)
# where servers write to whom they delivered it, and where the sender wrote it
DELIVERED_TO: Final = ("delivered-to", "x-original-to", "x-envelope-to", "envelope-to", "to", "cc")
TAG: Final = re.compile(r"\+([0-9]{1,18})\.([a-z2-7]{24})")
EMPTY: Final = Mail(headers={})


@dataclass(frozen=True, slots=True)
class Tag:
    """What stands in a reply address of ours: ``reacties+12.<signature>@…``. Nobody checked the signature yet."""

    conversation: int
    signature: str


def reply_address(base: str, tag: Tag) -> str:
    """The reply address of one conversation; "" without a base."""
    local, at, domain = parseaddr(base)[1].rpartition("@")
    return f"{local}+{tag.conversation}.{tag.signature}@{domain}" if at else ""


def tags(payload: Mapping[str, Any], mail: Mail, base: str) -> tuple[Tag, ...]:
    """The tags of all addresses of ours that it was sent to, in their order, at most ten."""
    local, at, domain = parseaddr(base)[1].lower().rpartition("@")
    if not at:
        return ()
    told = (parseaddr(str(payload.get("to", "")))[1].lower(),)
    sent_to = told + tuple(address for _name, address in mail.addresses(*DELIVERED_TO))
    found = [TAG.fullmatch(address.removesuffix(f"@{domain}").removeprefix(local)) for address in sent_to
             if address.startswith(f"{local}+") and address.endswith(f"@{domain}")]  # fmt: skip
    return tuple(dict.fromkeys(Tag(int(one[1]), one[2]) for one in found if one))[:10]


# ── the raw thing ────────────────────────────────────────────────────────────────────────────────
def update(raw: bytes, *, size: int, at: datetime, to: str = "") -> Update:
    """A mail as it is kept. The same mail gives the same key, whichever way it came."""
    kept = raw[:LARGEST]
    payload = {"raw": base64.b64encode(kept).decode("ascii"), "size": size, "at": at.isoformat(), "to": one_line(to)}
    return Update(remote_id=f"message:{_key(read(kept))}", payload=payload)


def _key(mail: Mail) -> str:
    """From what mail servers leave alone on the way. Not the Message-ID alone: some programs give the same one to all
    their mails, and then only the first would be heard.
    """
    fixed = [" ".join(mail.headers.get(name, ())) for name in ("message-id", "from", "date", "subject")]
    if not mail.ids("message-id"):
        fixed.append(words_of(mail))
    return _digest("\x00".join(fixed))


def mail_of(payload: Mapping[str, Any]) -> Mail:
    """The mail in a payload, as far as it can be read; an empty one for what holds none."""
    try:
        return read(base64.b64decode(str(payload.get("raw", "")).encode("ascii", "replace")))
    except (binascii.Error, ValueError):
        return EMPTY


# ── what was said ────────────────────────────────────────────────────────────────────────────────
def words_of(mail: Mail) -> str:
    """The new words: from the plain text, else from the HTML."""
    return quotes.new_words(mail.text if mail.text.strip() else html.as_text(mail.html))


def incoming(payload: Mapping[str, Any], mail: Mail, ours: frozenset[str]) -> Incoming | None:
    """What a person said; None for what no person wrote or nobody sent. ``ours`` are the addresses we send from."""
    name, address = mail.sender
    # our own mail that comes back is nothing said, and neither is one that pretends to be ours: so no loop can begin
    if not address or without_tag(address) in ours or nature(mail) is not Nature.PERSON:
        return None
    kept = attachments(mail.parts)
    text = words_of(mail)
    if not text and not kept:
        return None
    return Incoming(
        remote_id=remote_id(mail),
        sort=Sort.MESSAGE, text=text,
        author=Author(id=address[:LONGEST_ID], name=name[:120]),
        at=moment(payload, mail), thread=thread(mail), in_reply_to=_short((mail.ids("in-reply-to") or ("",))[-1]),
        private=True, subject=subject(mail), attachments=kept,
        language=mail.header("content-language").partition(",")[0].strip()[:8],
    )  # fmt: skip


def without_tag(address: str) -> str:
    """The address without what stands behind a plus in it."""
    local, at, domain = address.lower().rpartition("@")
    return f"{TAG.sub('', local)}{at}{domain}"


def remote_id(mail: Mail) -> str:
    """Its Message-ID, and the beginning of our own key for it, see ``_key``."""
    found = mail.ids("message-id")
    short = found[0] if found and len(found[0]) <= LONGEST_ID - 20 else "no-id"
    return f"{short} {_key(mail)[:16]}"


def thread(mail: Mail) -> str:
    """The talk that a mail belongs to: its first mail, and who writes. Two people never share one by what their mail
    says of itself, for that costs nothing to forge.
    """
    first = (mail.ids("references") or mail.ids("in-reply-to") or mail.ids("message-id") or (remote_id(mail),))[0]
    whole = f"{first} {mail.sender[1]}"
    return whole if len(whole) <= LONGEST_ID else f"thread:{_digest(whole)}"


def message_id(text: str) -> str:
    """The Message-ID at the beginning of what we call a mail or a talk; "" where it has none, or too long a one."""
    found = MESSAGE_ID.match(text)
    return found[0] if found else ""


def subject(mail: Mail) -> str:
    """What it is about, without "Re:" and the like."""
    return PREFIX.sub("", mail.header("subject"))[:LONGEST_SUBJECT]


def moment(payload: Mapping[str, Any], mail: Mail) -> datetime:
    """When our server got it; what the mail says of itself only where nothing else is known."""
    try:
        got = datetime.fromisoformat(str(payload.get("at", "")))
    except ValueError:
        got = mail.date or datetime(1970, 1, 1, tzinfo=UTC)
    return got if got.tzinfo else got.replace(tzinfo=UTC)


def _short(message_id: str) -> str:
    return message_id if len(message_id) <= LONGEST_ID else ""


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:40]
