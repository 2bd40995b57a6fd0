"""What people say to us: from the notifications, and from the threads under our newest posts.

Both are needed: a reply that the index took in before the post it answers gives no notification.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Self

from stamtafel.channels.adapters.bluesky import keys, wording
from stamtafel.channels.adapters.bluesky.client import Server
from stamtafel.channels.contract import Attachment, Author, Incoming, Sort, Update

REASONS: Final = ("reply", "mention", "quote")
PAGES: Final = 10  # of notifications in one call; what lies behind them comes with the next
PAGE: Final = 100
DEPTH: Final = 30
REMEMBERED: Final = 100  # newest things said, of which we look whether they are still there
GONE_AFTER: Final = 2  # times that a post must be missing: the index may miss one once


@dataclass(frozen=True, slots=True)
class Place:
    """How far we are. ``seen`` is the moment of the newest notification that was read; when a round ended before it
    came there, ``page`` is where the next goes on and ``newest`` what ``seen`` becomes at the end.
    """

    seen: str = ""
    page: str = ""
    newest: str = ""
    heard: dict[str, int] = field(default_factory=dict)  # key of an update → how often it was missing

    @classmethod
    def of(cls, cursor: str) -> Self:
        """From the kept cursor; anything else begins anew."""
        try:
            found = json.loads(cursor or "{}")
            return cls(**found)
        except (ValueError, TypeError):
            return cls()

    def kept(self) -> str:
        """As a cursor."""
        return json.dumps(asdict(self))


def listen(server: Server, cursor: str, recent: Sequence[str], now: datetime) -> tuple[list[Update], str]:
    """What was said since the cursor, what vanished, and the next cursor."""
    place = Place.of(cursor)
    told, seen, page, newest = _notifications(server, place)
    views = {str(view["uri"]): view for view in told}
    views |= {str(view["uri"]): view for view in server.posts(list(views)) if "uri" in view}
    views |= {str(view["uri"]): view for uri in recent for view in server.thread(uri, DEPTH) if "uri" in view}
    updates = [_update(view, server.did) for view in views.values() if not _is_part_of_chain(view, server.did)]
    fresh = {update.remote_id: 0 for update in updates}
    gone, missing = _vanished(server, [key for key in place.heard if key not in fresh], place.heard, now)
    heard = dict(list({**missing, **fresh}.items())[-REMEMBERED:])
    return [*updates, *gone], Place(seen, page, newest, heard).kept()


def _notifications(server: Server, place: Place) -> tuple[list[Mapping[str, Any]], str, str, str]:
    """Those after ``seen``, newest first, and the three that the next round begins with."""
    found: list[Mapping[str, Any]] = []
    page, newest = place.page, place.newest
    for _ in range(PAGES):
        asked = {"limit": PAGE, "reasons": list(REASONS), **({"cursor": page} if page else {})}
        answer = server.ask("app.bsky.notification.listNotifications", **asked)
        shown = [one for one in answer.get("notifications", ()) if isinstance(one, Mapping) and "uri" in one]
        moments = [str(one.get("indexedAt", "")) for one in shown]
        newest = max([newest, *moments])
        found += [one for one in shown if one.get("reason") in REASONS and str(one.get("indexedAt")) >= place.seen]
        page = str(answer.get("cursor") or "")
        if not page or not place.seen or not moments or min(moments) < place.seen:
            return found, max(newest, place.seen), "", ""
    return found, place.seen, page, newest


def _vanished(
    server: Server, wanted: Sequence[str], heard: Mapping[str, int], now: datetime
) -> tuple[list[Update], dict[str, int]]:
    """What is gone, and how often the others were missing."""
    there = {str(view.get("uri")) for view in server.posts([_address(key) for key in wanted])}
    counts = {key: 0 if _address(key) in there else heard[key] + 1 for key in wanted}
    gone = [
        Update(remote_id=f"{key}:deleted", payload={"deleted": _address(key), "key": key, "at": now.isoformat()})
        for key, count in counts.items()
        if count >= GONE_AFTER
    ]
    return gone, {key: count for key, count in counts.items() if count < GONE_AFTER}


def _address(key: str) -> str:
    return key.partition(":")[2]


def _answered(view: Mapping[str, Any]) -> tuple[str, str]:
    """The root and the parent that a post answers; both "" where it answers nothing."""
    record = view.get("record")
    reply = record.get("reply") if isinstance(record, Mapping) else None
    if not isinstance(reply, Mapping):
        return "", ""
    root, parent = (reply.get(name) for name in ("root", "parent"))
    return tuple(str(one.get("uri", "")) if isinstance(one, Mapping) else "" for one in (root, parent))  # type: ignore[return-value]


def _is_part_of_chain(view: Mapping[str, Any], me: str) -> bool:
    """Whether it is the next post of a chain that we wrote ourselves."""
    uri, (_root, parent) = str(view["uri"]), _answered(view)
    if {keys.owner(uri), keys.owner(parent)} != {me} or not keys.TID.fullmatch(keys.record_of(parent)):
        return False
    return keys.following(keys.record_of(parent)) == keys.record_of(uri)


def _update(view: Mapping[str, Any], me: str) -> Update:
    root, parent = _answered(view)
    sort = Sort.COMMENT if me in {keys.owner(root), keys.owner(parent)} else Sort.MENTION
    kept = {name: view[name] for name in ("uri", "cid", "author", "record", "indexedAt", "embed") if name in view}
    return Update(remote_id=f"{sort}:{view['uri']}", payload={"post": kept, "me": me, "sort": str(sort)})


# ── what it says ─────────────────────────────────────────────────────────────────────────────────
def read(update: Update, web: str) -> Sequence[Incoming]:
    """The thing that was said. Pure."""
    payload = update.payload
    if "deleted" in payload:
        return [_deleted(payload)]
    post, me = payload.get("post"), str(payload.get("me", ""))
    if not isinstance(post, Mapping) or not isinstance(post.get("record"), Mapping):
        return []
    record, uri = post["record"], str(post["uri"])
    root, parent = _answered(post)
    languages = record.get("langs")
    return [
        Incoming(
            remote_id=uri, sort=Sort(payload["sort"]), text=_text(record, post.get("embed")),
            author=_author(post.get("author"), web), at=_moment(post.get("indexedAt")), thread=root or uri,
            in_reply_to=_beyond(me, root, parent), about=_ours(me, root, parent, _quoted(record)),
            url=address(uri, web),
            echo=keys.owner(uri) == me, language=str(languages[0]) if isinstance(languages, list) and languages else "",
            attachments=tuple(_attachments(post.get("embed"))),
        )
    ]  # fmt: skip


def _beyond(me: str, root: str, parent: str) -> str:
    """What is answered; of a chain of ours its first post, which is the one that we know it by."""
    ours = keys.owner(root) == keys.owner(parent) == me
    return root if ours and keys.in_chain(keys.record_of(root), keys.record_of(parent)) else parent


def _deleted(payload: Mapping[str, Any]) -> Incoming:
    uri, sort = str(payload["deleted"]), str(payload["key"]).partition(":")[0]
    author = Author(id=keys.owner(uri))
    return Incoming(remote_id=uri, sort=Sort(sort), text="", author=author, at=_moment(payload["at"]), deleted=True)


def address(uri: str, web: str) -> str:
    """Where people see a post. By DID, because a handle may change."""
    return f"{web}/profile/{keys.owner(uri)}/post/{keys.record_of(uri)}"


def _author(found: Any, web: str) -> Author:
    author = found if isinstance(found, Mapping) else {}
    did, handle = str(author.get("did", "")), str(author.get("handle", ""))
    return Author(id=did, handle=handle, name=str(author.get("displayName") or ""), url=f"{web}/profile/{did}")


def _moment(text: Any) -> datetime:
    moment = datetime.fromisoformat(str(text))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _ours(me: str, *addresses: str) -> str:
    return next((one for one in addresses if one and keys.owner(one) == me), "")


def _quoted(record: Mapping[str, Any]) -> str:
    """The post that is quoted (app.bsky.embed.record, also within recordWithMedia)."""
    found: Any = record.get("embed")
    for _ in range(3):
        if not isinstance(found, Mapping):
            return ""
        if isinstance(found.get("uri"), str):
            return str(found["uri"])
        found = found.get("record")
    return ""


def _text(record: Mapping[str, Any], embed: Any) -> str:
    """What was written, with the address of a link card where the words do not have it."""
    text = wording.whole_links(str(record.get("text", "")), record.get("facets"))
    card = embed.get("external") if isinstance(embed, Mapping) else None
    link = str(card.get("uri", "")) if isinstance(card, Mapping) else ""
    return f"{text}\n\n{link}".strip() if link and link not in text else text


def _attachments(embed: Any) -> Iterator[Attachment]:
    """Pictures and films, as the index shows them; also beside a quote (recordWithMedia)."""
    view: Mapping[str, Any] = embed if isinstance(embed, Mapping) else {}
    media: Mapping[str, Any] = view["media"] if isinstance(view.get("media"), Mapping) else view
    for image in media.get("images", ()):
        yield Attachment(media_type="image/jpeg", url=str(image.get("fullsize", "")), alt=str(image.get("alt", "")))
    if isinstance(media.get("playlist"), str):
        yield Attachment(
            media_type="application/vnd.apple.mpegurl", url=media["playlist"], alt=str(media.get("alt", ""))
        )
