"""What came in from Mastodon: which parts of it we keep, and what it says. Pure.

The sort in a key follows from the status alone, so that it is the same whether a notification told of it or we found it
under a post of ours.
"""

import mimetypes
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from stamtafel.channels.adapters.mastodon.client import moment
from stamtafel.channels.adapters.mastodon.html import as_text
from stamtafel.channels.adapters.mastodon.options import Visibility
from stamtafel.channels.contract import Attachment, Author, Incoming, Sort, Update

KEPT: Final = (
    "id", "created_at", "edited_at", "in_reply_to_id", "in_reply_to_account_id", "visibility", "language", "url", "uri",
    "content", "spoiler_text",
)  # fmt: skip
KEPT_OF_AUTHOR: Final = ("id", "acct", "display_name", "url")  # never the profile: we keep none of anybody
KEPT_OF_MEDIA: Final = ("type", "url", "remote_url", "description")
MEDIA_TYPES: Final = {"image": "image/*", "gifv": "video/mp4", "video": "video/*", "audio": "audio/*"}
NOT_PUBLIC: Final = frozenset({Visibility.DIRECT, Visibility.PRIVATE})
Status = Mapping[str, Any]


def kept(status: Status) -> dict[str, Any]:
    """The parts of a status that we need."""
    return {
        **{name: status[name] for name in KEPT if status.get(name)},
        "account": {name: value for name in KEPT_OF_AUTHOR if (value := author_of(status).get(name))},
        "media_attachments": [
            {name: one[name] for name in KEPT_OF_MEDIA if one.get(name)}
            for one in status.get("media_attachments") or ()
            if isinstance(one, Mapping)
        ],
    }


def author_of(status: Status) -> Mapping[str, Any]:
    """Who wrote it; empty where the server does not say."""
    found = status.get("account")
    return found if isinstance(found, Mapping) else {}


def author_id(status: Status) -> str:
    """The id of who wrote it."""
    return str(author_of(status).get("id", ""))


def key(status: Status) -> str:
    """What it is called among what came in."""
    if status.get("visibility") == Visibility.DIRECT:
        sort = Sort.MESSAGE
    else:
        sort = Sort.COMMENT if status.get("in_reply_to_id") else Sort.MENTION
    return f"{sort}:{status.get('id')}"


def place(status: Status, ancestors: Sequence[Status], me: str) -> dict[str, str]:
    """Where it belongs: our first post above it, and the first thing that somebody else said there.

    ``ancestors`` go from the beginning of the talk to what it answers.
    """
    ours = [str(one.get("id")) for one in ancestors if author_id(one) == me]
    theirs = [str(one.get("id")) for one in ancestors if author_id(one) != me]
    return {"about": ours[0] if ours else "", "thread": theirs[0] if theirs else str(status.get("id"))}


def update(status: Status, where: Mapping[str, str], me: str) -> Update:
    """As it is kept; an edited one is a thing of its own."""
    edited = status.get("edited_at")
    name = f"{key(status)}:edited:{edited}" if edited else key(status)
    return Update(remote_id=name, payload={"me": me, **where, "status": kept(status)})


def deleted(name: str, status: str, author: str, now: datetime) -> Update:
    """Its author took it away."""
    return Update(
        remote_id=f"{name}:deleted",
        payload={"deleted": status, "sort": name.partition(":")[0], "author": author, "at": now.isoformat()},
    )


# ── what it says ─────────────────────────────────────────────────────────────────────────────────
def read(payload: Mapping[str, Any]) -> Sequence[Incoming]:
    """One thing said, changed or taken away; nothing for what is not in our form."""
    if payload.get("deleted"):
        return (_deleted(payload),)
    status = payload.get("status")
    if not isinstance(status, Mapping) or not status.get("id") or not author_id(status):
        return ()
    return (_said(status, payload),)


def _deleted(payload: Mapping[str, Any]) -> Incoming:
    sort = Sort(payload["sort"])
    return Incoming(
        remote_id=str(payload["deleted"]),
        sort=sort,
        text="",
        author=Author(id=str(payload["author"])),
        at=moment(payload["at"]) or datetime.fromtimestamp(0, UTC),
        private=sort is Sort.MESSAGE,
        deleted=True,
    )


def _sort(status: Status, payload: Mapping[str, Any]) -> Sort:
    if status.get("visibility") == Visibility.DIRECT:
        return Sort.MESSAGE
    ours = payload.get("about") or (status.get("in_reply_to_account_id") == payload.get("me") and payload.get("me"))
    return Sort.COMMENT if ours else Sort.MENTION


def _said(status: Status, payload: Mapping[str, Any]) -> Incoming:
    who = author_of(status)
    return Incoming(
        remote_id=str(status["id"]),
        sort=_sort(status, payload),
        text=as_text(str(status.get("content", ""))),
        subject=str(status.get("spoiler_text", "")),  # a warning that stands above the text
        author=Author(
            id=str(who["id"]),
            handle=str(who.get("acct", "")),
            name=str(who.get("display_name", "")),
            url=str(who.get("url", "")),
        ),
        at=moment(status.get("edited_at")) or moment(status.get("created_at")) or datetime.fromtimestamp(0, UTC),
        thread=str(payload.get("thread", "")),
        in_reply_to=str(status.get("in_reply_to_id", "")),
        about=str(payload.get("about", "")),
        url=str(status.get("url") or status.get("uri") or ""),
        private=status.get("visibility") in NOT_PUBLIC,
        echo=str(who["id"]) == payload.get("me"),
        edited=bool(status.get("edited_at")),
        language=str(status.get("language", "")),
        attachments=tuple(_attachment(one) for one in status.get("media_attachments") or ()),
    )


def _attachment(one: Mapping[str, Any]) -> Attachment:
    url = str(one.get("url") or one.get("remote_url") or "")
    guessed = mimetypes.guess_type(url.partition("?")[0])[0]
    general = MEDIA_TYPES.get(str(one.get("type")), "application/octet-stream")
    return Attachment(media_type=guessed or general, url=url, alt=str(one.get("description", "")))
