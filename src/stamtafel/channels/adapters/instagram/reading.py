"""What Instagram tells, as we understand it. Pure.

Sources: Instagram Platform "Webhook Notification Examples" (2025-11-24), reference pages IG Comment and IG Media.
"""

from collections.abc import Mapping
from typing import Any

from stamtafel.channels.adapters.instagram.client import HOME
from stamtafel.channels.adapters.meta.graph import moment
from stamtafel.channels.adapters.meta.hooks import update
from stamtafel.channels.contract import Attachment, Author, Incoming, Sort, Update


def happened(name: str, value: Mapping[str, Any], time: Any) -> Update | None:
    """What a webhook tells of the account; None for what is no word of anybody."""
    if name in {"comments", "live_comments"} and value.get("id"):
        return update(f"comment:{value['id']}", "comment", value, time)
    if name == "mentions" and (value.get("comment_id") or value.get("media_id")):
        return update(f"mention:{value.get('comment_id') or value['media_id']}", "mention", value, time)
    return None


def read(ig: str, update: Update) -> Incoming:
    """What was said, whether we were told or asked."""
    value = update.payload["value"]
    if update.payload["shape"] == "comment":
        return _comment(ig, value, update.payload.get("time"))
    return _mention(value, update.payload.get("found") or {}, update.payload.get("time"))


def _comment(ig: str, value: Mapping[str, Any], time: Any) -> Incoming:
    remote_id, parent = str(value["id"]), str(value.get("parent_id") or "")
    who = _author(value)
    return Incoming(
        remote_id=remote_id, sort=Sort.COMMENT, text=str(value.get("text") or ""), author=who,
        at=moment(value.get("timestamp") or time or 0), thread=parent or remote_id, in_reply_to=parent,
        about=str((value.get("media") or {}).get("id", "")), echo=bool(ig) and who.id == ig,
    )  # fmt: skip


def _mention(value: Mapping[str, Any], found: Mapping[str, Any], time: Any) -> Incoming:
    """A picture with our name, or a comment elsewhere; its thread is the picture, which an answer has to name."""
    media = found.get("media") or {}
    picture = str(value.get("media_id") or value.get("id") or media.get("id", ""))
    remote_id = str(value.get("comment_id") or picture)
    seen = {**value, **found}
    url = str(seen.get("permalink") or media.get("permalink") or HOME)
    return Incoming(
        remote_id=remote_id, sort=Sort.MENTION, text=str(seen.get("text") or seen.get("caption") or ""),
        author=_author(seen), at=moment(seen.get("timestamp") or time or 0), thread=picture, url=url,
        attachments=_attachments(seen),
    )  # fmt: skip


def _author(value: Mapping[str, Any]) -> Author:
    """Who said it; for a mention Instagram tells the name only, and that is then all there is to know them by."""
    who = value.get("from") or {}
    handle = str(who.get("username") or value.get("username") or "")
    return Author(id=str(who.get("id") or handle), handle=handle, url=f"{HOME}{handle}/" if handle else "")


def _attachments(value: Mapping[str, Any]) -> tuple[Attachment, ...]:
    if not value.get("media_url"):
        return ()
    kind = "video/*" if value.get("media_type") == "VIDEO" else "image/*"
    return (Attachment(media_type=kind, url=str(value["media_url"])),)
