"""What came in from X: which parts of it we keep, and what it says. Pure.

A post has one key however we came to know of it: a notice, the list of mentions or a search. Payloads: "Event payloads"
of the X Activity API and the ``Post`` and ``DmEvent`` objects on docs.x.com. Both generations of names are read.
"""

import html
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from stamtafel.channels.adapters.x.client import renamed
from stamtafel.channels.contract import Attachment, Author, Incoming, Sort, Update

EPOCH: Final = 1_288_834_974_657  # ms; ids of X hold the moment that they were made
SITE: Final = "https://x.com"
KEPT: Final = (
    "id", "text", "note_post", "author_id", "conversation_id", "created_at", "display_text_range", "entities", "lang",
    "referenced_posts", "in_reply_to_user_id", "edit_history_post_ids", "attachments",
)  # fmt: skip
KEPT_OF_MESSAGE: Final = ("id", "text", "sender_id", "dm_conversation_id", "created_at", "entities", "attachments")
KEPT_OF_MEDIA: Final = ("media_key", "type", "url", "alt_text", "variants")
Found = Mapping[str, Any]


def moment(post: str) -> datetime:
    """When a post was made, by its id."""
    return datetime.fromtimestamp(((int(post) >> 22) + EPOCH) / 1000, UTC)


def number_at(at: datetime) -> str:
    """The id that a post made at this moment would have."""
    return str((int(at.timestamp() * 1000) - EPOCH) << 22)


def post_url(post: str, username: str = "") -> str:
    """Where everybody can read a post."""
    return f"{SITE}/{username or 'i'}/status/{post}"


def history(post: Found) -> list[str]:
    """The ids of a post, the first of them the oldest: an edited post has a new id each time."""
    ids = post.get("edit_history_post_ids")
    return [str(one) for one in ids] if isinstance(ids, list) and ids else [str(post.get("id", ""))]


def answered(post: Found, sort: str = "replied_to") -> str:
    """The id of the post that it answers, or quotes."""
    rows = post.get("referenced_posts")
    return next((str(row.get("id", "")) for row in _rows(rows) if row.get("type") == sort), "")


def _rows(found: Any) -> list[Found]:
    return [row for row in found if isinstance(row, Mapping)] if isinstance(found, list) else []


# ── what we keep ─────────────────────────────────────────────────────────────────────────────────
def update_of_post(post: Found, includes: Found, me: str) -> Update:
    """A post as we keep it: its own words, and the name of who wrote it."""
    first, last = history(post)[0], str(post["id"])
    return Update(
        remote_id=f"post:{first}" if first == last else f"post:{first}:edited:{last}",
        payload={"me": me, "post": _part(post, KEPT), **_around(post, includes, str(post.get("author_id", "")))},
    )


def update_of_message(message: Found, includes: Found, me: str) -> Update:
    """A private message as we keep it."""
    around = _around(message, includes, str(message.get("sender_id", "")))
    return Update(
        remote_id=f"message:{message['id']}",
        payload={"me": me, "message": _part(message, KEPT_OF_MESSAGE), **around},
    )


def _part(found: Found, names: Sequence[str]) -> dict[str, Any]:
    return {name: found[name] for name in names if found.get(name)}


def _around(said: Found, includes: Found, author: str) -> dict[str, Any]:
    """Who wrote it and the pictures with it, from what came along."""
    users = [row.get("data", row) for row in _rows(includes.get("users"))]  # some events wrap each in "data"
    user: Found = next((row for row in users if str(row.get("id", "")) == author), {})
    attachments = said.get("attachments")
    keys = attachments.get("media_keys") if isinstance(attachments, Mapping) else None
    media = [_part(row, KEPT_OF_MEDIA) for row in _rows(includes.get("media")) if row.get("media_key") in (keys or ())]
    return {"author": _part(user, ("id", "username", "name")), **({"media": media} if media else {})}


# ── one call of X ────────────────────────────────────────────────────────────────────────────────
def split(body: bytes) -> Sequence[Update]:
    """The things in one notice of the X Activity API. Raises ValueError for another form."""
    found = renamed(json.loads(body))
    data = found.get("data") if isinstance(found, dict) else None
    if not isinstance(data, dict) or not isinstance(data.get("event_type"), str):
        raise ValueError("not a notice of the X Activity API")  # noqa: TRY004 - the contract says so
    payload = data.get("payload")
    if not isinstance(payload, dict):
        raise ValueError("a notice without a payload")  # noqa: TRY004
    me = str((data.get("filter") or {}).get("user_id", ""))
    includes = data.get("includes")
    return list(_events(data["event_type"], payload, includes if isinstance(includes, dict) else {}, me))


def _events(event: str, payload: Found, includes: Found, me: str) -> Iterator[Update]:
    if event.startswith("post.") and event.endswith(".create") and _is_id(payload.get("id")):
        yield update_of_post(payload, includes, me)
    elif event in {"dm.received", "dm.sent"}:
        users = payload.get("users")
        people = [{"id": key, **_unwrapped(user)} for key, user in users.items()] if isinstance(users, dict) else []
        around = {**includes, "users": [*_rows(includes.get("users")), *people]}
        for message in map(_modern, _rows(payload.get("direct_message_events")) or [payload]):
            if _is_id(message.get("id")):
                yield update_of_message(message, around, me)


def _is_id(found: Any) -> bool:
    return isinstance(found, str) and found.isascii() and found.isdigit()


def _unwrapped(user: Any) -> dict[str, Any]:
    """A person of the older form: ``screen_name`` for ``username``, sometimes wrapped in ``data``."""
    found = user.get("data", user) if isinstance(user, Mapping) else {}
    return {"name": found.get("name", ""), "username": found.get("username") or found.get("screen_name", "")}


def _modern(message: Found) -> Found:
    """A private message of the older form (``message_create``), as notices still bring it, in the newer one."""
    old = message.get("message_create")
    if not isinstance(old, Mapping):
        return message
    words, target = old.get("message_data") or {}, old.get("target") or {}
    people = sorted(
        (str(old.get("sender_id", "")), str(target.get("recipient_id", ""))), key=lambda one: (len(one), one)
    )
    made = str(message.get("created_timestamp", ""))
    at = datetime.fromtimestamp(int(made) / 1000, UTC) if made.isdigit() else moment(str(message.get("id")))
    return {
        "id": message.get("id"), "text": words.get("text", ""), "entities": words.get("entities") or {},
        "sender_id": str(old.get("sender_id", "")), "dm_conversation_id": "-".join(people),
        "created_at": at.isoformat(),
    }  # fmt: skip


# ── what it says ─────────────────────────────────────────────────────────────────────────────────
def read(update: Update) -> Sequence[Incoming]:
    """What one thing says; nothing where it is not one of ours."""
    payload = update.payload
    if isinstance(payload.get("post"), Mapping):
        return [] if _to_ourselves(payload["post"], str(payload.get("me", ""))) else [_post(payload["post"], payload)]
    if isinstance(payload.get("message"), Mapping):
        return [_message(payload["message"], payload)]
    return []


def _to_ourselves(post: Found, me: str) -> bool:
    """Our own posts and chains of them; our answers to others, from here or made by hand on X, are of concern."""
    return str(post.get("author_id", "")) == me and str(post.get("in_reply_to_user_id", me)) == me


def _post(post: Found, payload: Found) -> Incoming:
    first, me = history(post)[0], str(payload.get("me", ""))
    author = _author(payload, str(post.get("author_id", "")))
    echo, parent, quoted = author.id == me, answered(post), answered(post, "quoted")
    talk, person = str(post.get("conversation_id") or first), str(post.get("in_reply_to_user_id", ""))
    return Incoming(
        remote_id=first,
        sort=Sort.COMMENT if parent and (person == me or echo) else Sort.MENTION,
        text=words(post, as_answer=bool(parent)),
        author=author,
        at=_at(post, first),
        thread=f"{talk}:{person if echo and person else author.id}",  # one talk with one person
        in_reply_to=parent,
        about=talk if parent else quoted,
        url=post_url(str(post.get("id")), author.handle),
        echo=echo,
        edited=first != str(post.get("id")),
        language="" if post.get("lang") in {None, "und", "zxx", "qme"} else str(post["lang"]),
        attachments=_attachments(payload),
    )


def _message(message: Found, payload: Found) -> Incoming:
    author = _author(payload, str(message.get("sender_id", "")))
    talk = str(message.get("dm_conversation_id", ""))
    return Incoming(
        remote_id=str(message["id"]),
        sort=Sort.MESSAGE,
        text=words(message),
        author=author,
        at=_at(message, str(message["id"])),
        thread=talk,
        url=f"{SITE}/messages/{talk}",
        private=True,
        echo=author.id == str(payload.get("me", "")),
        attachments=_attachments(payload),
    )


def _author(payload: Found, known: str) -> Author:
    user = payload.get("author") or {}
    handle = str(user.get("username", ""))
    return Author(id=known, handle=handle, name=str(user.get("name", "")), url=f"{SITE}/{handle}" if handle else "")


def _at(said: Found, remote_id: str) -> datetime:
    try:
        return datetime.fromisoformat(str(said.get("created_at")))
    except ValueError:
        return moment(remote_id)


def words(said: Found, *, as_answer: bool = False) -> str:
    """The text as people see it: addresses instead of t.co, no link to its own picture, and of an answer not the names
    that X puts in front.
    """
    note = said.get("note_post")
    whole = note if isinstance(note, Mapping) and note.get("text") else said
    text = str(whole.get("text", ""))
    if as_answer and whole is said:
        text = text[_shown_from(said) :]
    entities = whole.get("entities") or said.get("entities") or {}
    for link in _rows(entities.get("urls")):
        short, full = str(link.get("url") or ""), str(link.get("expanded_url") or link.get("url") or "")
        text = text.replace(short, "" if _is_picture(link, full) else full) if short else text
    return html.unescape(text).strip()


def _shown_from(post: Found) -> int:
    shown = post.get("display_text_range")
    return shown[0] if isinstance(shown, list) and shown and isinstance(shown[0], int) else 0


def _is_picture(link: Found, full: str) -> bool:
    return (
        bool(link.get("media_key"))
        or str(link.get("display_url", "")).startswith(("pic.x.com", "pic.twitter.com"))
        or (full.rstrip("0123456789").endswith(("/photo/", "/video/")))
    )


def _attachments(payload: Found) -> tuple[Attachment, ...]:
    return tuple(made for row in _rows(payload.get("media")) if (made := _attachment(row)).url)


def _attachment(media: Found) -> Attachment:
    if media.get("type") == "photo":
        url = str(media.get("url", ""))
        form = "image/png" if ".png" in url or "format=png" in url else "image/jpeg"
        return Attachment(media_type=form, url=url, alt=str(media.get("alt_text", "")))
    films = [one for one in _rows(media.get("variants")) if one.get("content_type") == "video/mp4"]
    best = max(films, key=lambda one: int(one.get("bit_rate") or 0), default={})
    return Attachment(media_type="video/mp4", url=str(best.get("url", "")), alt=str(media.get("alt_text", "")))
