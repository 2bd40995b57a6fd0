"""What Facebook tells, as we understand it. Pure.

Sources: Webhooks reference "Page" (fields ``feed`` and ``mention``), Graph API reference "Comment" and "Page Post".
"""

from collections.abc import Mapping
from typing import Any, Final

from stamtafel.channels.adapters.facebook.client import address
from stamtafel.channels.adapters.meta.graph import moment
from stamtafel.channels.adapters.meta.hooks import update
from stamtafel.channels.contract import Attachment, Author, Incoming, Sort, Update

POSTS: Final = frozenset({"post", "status", "photo", "video", "share"})
SAID: Final[dict[str, str]] = {"add": "", "edit": "edited", "edited": "edited", "remove": "deleted"}
MEDIA: Final = {"photo": "image/*", "sticker": "image/*", "video": "video/*", "video_inline": "video/*"}


def happened(page: str, name: str, value: Mapping[str, Any], time: Any) -> Update | None:
    """What a webhook tells of the page; None for what is no word of anybody (likes, hiding, our own posts)."""
    verb = SAID.get(str(value.get("verb")))
    if verb is None:
        return None
    if name == "mention":
        key = f"mention:{value.get('comment_id') or value.get('post_id')}"
    elif name == "feed" and value.get("item") == "comment":
        key = f"comment:{value.get('comment_id')}"
    elif name == "feed" and value.get("item") in POSTS and _who(value)["id"] != page:
        key = f"post:{value.get('post_id')}"
    else:
        return None
    later = {"": "", "deleted": ":deleted", "edited": f":edited:{time}"}[verb]
    return update(key + later, name if name == "mention" else key.partition(":")[0], value, time)


def read(page: str, update: Update) -> Incoming:
    """What was said, whether we were told or asked."""
    value, shape = update.payload["value"], update.payload["shape"]
    verb = SAID.get(str(value.get("verb")), "")
    sort = {"comment": Sort.COMMENT, "post": Sort.POST}.get(shape, Sort.MENTION)
    remote_id = str(value.get("id") or value.get("comment_id") or value.get("post_id"))
    if sort is Sort.POST:
        remote_id = str(value.get("id") or value.get("post_id"))
    parent = _parent(value)
    who = _who(value)
    return Incoming(
        remote_id=remote_id, sort=sort, text=str(value.get("message") or ""),
        author=Author(id=who["id"], name=who["name"]), at=moment(_when(value, update)),
        thread=parent or remote_id, in_reply_to=parent,
        about=str(value.get("post_id", "")) if sort is Sort.COMMENT else "",
        url=str(value.get("permalink_url") or address(remote_id)), echo=bool(page) and who["id"] == page,
        deleted=verb == "deleted", edited=verb == "edited", attachments=_attachments(value),
    )  # fmt: skip


def _parent(value: Mapping[str, Any]) -> str:
    """The comment that it answers; Facebook names the post itself as parent of a first comment."""
    parent = value.get("parent") or {}
    found = str(parent.get("id") or value.get("parent_id") or "")
    return "" if found == str(value.get("post_id", "")) else found


def _who(value: Mapping[str, Any]) -> dict[str, str]:
    """Who said it; Facebook leaves it out for people who did not allow it."""
    who = value.get("from") or {"id": value.get("sender_id"), "name": value.get("sender_name")}
    return {"id": str(who.get("id") or ""), "name": str(who.get("name") or "")}


def _when(value: Mapping[str, Any], update: Update) -> Any:
    return value.get("created_time") or update.payload.get("time") or 0


def _attachments(value: Mapping[str, Any]) -> tuple[Attachment, ...]:
    found = value.get("attachment")
    if isinstance(found, Mapping):
        kind = str(found.get("type", "")).partition("_")[0]
        url = str(found.get("media", {}).get("image", {}).get("src") or found.get("url") or "")
        return (Attachment(media_type=MEDIA.get(kind, "text/html"), url=url, name=str(found.get("title", ""))),)
    told = [(name, str(value[name])) for name in ("photo", "video") if isinstance(value.get(name), str)]
    return tuple(Attachment(media_type=MEDIA[name], url=url) for name, url in told)
