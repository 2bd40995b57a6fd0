"""What we ask of Facebook, call by call (Pages API, Graph API reference: Page, Page Feed, Page Post, Comment)."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from stamtafel.channels.adapters.calls import field
from stamtafel.channels.adapters.meta.errors import Gone, NoPermission
from stamtafel.channels.adapters.meta.graph import Graph, moment
from stamtafel.channels.adapters.meta.hooks import update
from stamtafel.channels.adapters.meta.messages import SLACK
from stamtafel.channels.adapters.meta.words import same_words
from stamtafel.channels.contract import ByHand, Permanent, Picture, Receipt, Update

POST: Final = "id,message,from,created_time,permalink_url"
COMMENT: Final = "id,message,from,created_time,permalink_url,parent,attachment"


def address(remote_id: str) -> str:
    """Where a post or comment can be seen."""
    return f"https://www.facebook.com/{remote_id}"


# ── out ──────────────────────────────────────────────────────────────────────────────────────────
def photo(graph: Graph, page: str, picture: Picture) -> str:
    """Upload a picture that nobody sees yet; gives its id."""
    fields = {"published": "false", "alt_text_custom": picture.alt}
    if picture.data:
        return _made(graph.upload(f"/{page}/photos", picture.data, **fields))
    return _made(graph.post(f"/{page}/photos", url=picture.url, **fields))


def _made(found: Mapping[str, Any]) -> str:
    if not found.get("id"):
        raise Permanent("Meta took the picture and gave no id for it.")
    return str(found["id"])


def post(graph: Graph, page: str, text: str, *, photos: Sequence[str] = (), link: str = "") -> Receipt:
    """Put it on the page."""
    fields = {"message": text}
    if photos:
        fields["attached_media"] = json.dumps([{"media_fbid": one} for one in photos])
    elif link:
        fields["link"] = link
    made = str(field(graph.publish(f"/{page}/feed", **fields), "id"))
    return Receipt(made, address(made))


def comment(graph: Graph, under: str, text: str) -> Receipt:
    """Answer under a post or comment."""
    made = str(field(graph.publish(f"/{under}/comments", message=text), "id"))
    return Receipt(made, address(made))


def edit(graph: Graph, remote_id: str, text: str) -> None:
    """Put other words in its place. Raises ByHand for what another app made: Facebook lets only that one change it."""
    try:
        graph.post(f"/{remote_id}", message=text)
    except (Permanent, NoPermission) as error:
        raise ByHand(str(error), url=address(remote_id)) from error


def delete(graph: Graph, remote_id: str) -> None:
    """Take it away; fine when it is gone already. Raises ByHand when it is still there."""
    try:
        graph.delete(f"/{remote_id}")
    except (Permanent, NoPermission) as error:
        if not _is_gone(graph, remote_id):
            raise ByHand(str(error), url=address(remote_id)) from error


def _is_gone(graph: Graph, remote_id: str) -> bool:
    try:
        graph.get(f"/{remote_id}", fields="id")
    except Gone:
        return True
    return False


# ── looking something up ─────────────────────────────────────────────────────────────────────────
def find_post(graph: Graph, page: str, text: str, since: datetime) -> Receipt | None:
    """Our post with these words, since a moment. The list is "bounded and ranked": not found is no proof."""
    for one in graph.listed(f"/{page}/published_posts", fields=POST, pages=3):
        if moment(one["created_time"]) < since - SLACK:
            return None
        if same_words(str(one.get("message", "")), text):
            return Receipt(str(one["id"]), str(one.get("permalink_url") or address(str(one["id"]))))
    return None


def find_comment(graph: Graph, page: str, under: str, text: str, since: datetime) -> Receipt | None:
    """Our answer with these words, since a moment."""
    begin = str(int((since - SLACK).timestamp()))
    for one in graph.listed(f"/{under}/comments", fields=COMMENT, since=begin, order="chronological"):
        ours = one.get("from", {}).get("id") == page
        if ours and same_words(str(one.get("message", "")), text):
            return Receipt(str(one["id"]), address(str(one["id"])))
    return None


# ── in ───────────────────────────────────────────────────────────────────────────────────────────
def comments(graph: Graph, about: str, since: datetime) -> Iterator[Update]:
    """All that was said under one of our posts since a moment, answers to answers too; nothing when it is gone."""
    begin = str(int(since.timestamp()))
    listed = graph.listed(f"/{about}/comments", filter="stream", order="chronological", since=begin, fields=COMMENT)
    try:
        for one in listed:
            yield update(f"comment:{one['id']}", "comment", {**one, "post_id": about})
    except Gone:
        return


def posts(graph: Graph, page: str, edge: str, since: datetime) -> Iterator[Update]:
    """Posts of visitors (``visitor_posts``) or with our name in them (``tagged``) since a moment, newest first."""
    for one in graph.listed(f"/{page}/{edge}", fields=POST):
        if moment(one["created_time"]) < since:
            return
        on_our_page = str(one["id"]).startswith(f"{page}_")
        if edge == "visitor_posts":
            yield update(f"post:{one['id']}", "post", one)
        elif not on_our_page:  # what a visitor wrote on our own page is in the other list
            yield update(f"mention:{one['id']}", "tagged", one)


# ── figures ──────────────────────────────────────────────────────────────────────────────────────
def counts(graph: Graph, remote_id: str) -> dict[str, int]:
    """What can be counted without insights."""
    found = graph.get(f"/{remote_id}", fields="shares,comments.limit(0).summary(true),reactions.limit(0).summary(true)")
    return {
        "shares": int(found.get("shares", {}).get("count", 0)),
        "replies": _total(found.get("comments")),
        "reactions": _total(found.get("reactions")),
    }


def _total(found: Any) -> int:
    return int(found.get("summary", {}).get("total_count", 0)) if isinstance(found, Mapping) else 0
