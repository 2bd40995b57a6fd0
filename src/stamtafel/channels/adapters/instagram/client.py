"""What we ask of Instagram, call by call.

Sources: Instagram Platform "Content Publishing", and its reference pages IG User (media, media_publish,
content_publishing_limit, mentions, tags), IG Container, IG Media, IG Comment.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from stamtafel import outbound
from stamtafel.channels.adapters.calls import field
from stamtafel.channels.adapters.meta.errors import Gone, NoPermission
from stamtafel.channels.adapters.meta.graph import Graph, moment, things
from stamtafel.channels.adapters.meta.hooks import update
from stamtafel.channels.adapters.meta.messages import SLACK
from stamtafel.channels.adapters.meta.words import same_words
from stamtafel.channels.contract import ByHand, ChannelError, Permanent, Picture, Quota, Receipt, Temporary, Update

LARGEST: Final = 8_000_000  # bytes of a picture
OK: Final = 200
BROKEN: Final = 500
HOME: Final = "https://www.instagram.com/"
COMMENT: Final = "id,text,timestamp,username,from,parent_id"
POST: Final = "id,caption,timestamp,permalink,username,media_type,media_url"


# ── out ──────────────────────────────────────────────────────────────────────────────────────────
def preflight(picture: Picture) -> None:
    """Whether Instagram will be able to fetch a picture: it answers at once, for everybody, and is a JPEG.

    Raises Temporary for what may pass, Permanent for what will not.
    """
    try:
        answer = outbound.call("GET", picture.url, largest=LARGEST)
    except (outbound.Refused, outbound.TooLarge) as error:
        raise Permanent(f"Instagram can't fetch the picture: {error}") from error
    except outbound.OutboundError as error:
        raise Temporary(f"Instagram can't fetch the picture now: {error}") from error
    if answer.status >= BROKEN:
        raise Temporary(f"Instagram can't fetch the picture now: our site answers {answer.status}.")
    if answer.status != OK:
        raise Permanent(f"Instagram can't fetch the picture: its address answers {answer.status}, and must answer 200.")
    media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "image/jpeg":
        raise Permanent(f"Instagram takes JPEG only, and the picture is {media_type or 'of no known kind'}.")


def item(graph: Graph, ig: str, picture: Picture, *, caption: str | None) -> str:
    """Make a picture ready, as a post by itself or (without a caption) as part of a carousel; gives the container."""
    role = {"is_carousel_item": "true"} if caption is None else {"caption": caption}
    return _container(graph.post(f"/{ig}/media", image_url=picture.url, alt_text=picture.alt, **role))


def carousel(graph: Graph, ig: str, children: Sequence[str], caption: str) -> str:
    """Join what was made ready into one post; gives the container."""
    found = graph.post(f"/{ig}/media", media_type="CAROUSEL", children=",".join(children), caption=caption)
    return _container(found)


def _container(found: Mapping[str, Any]) -> str:
    if not found.get("id"):
        raise Temporary("Instagram made the post ready and gave no id for it.")
    return str(found["id"])


def status(graph: Graph, container: str) -> tuple[str, str]:
    """FINISHED, IN_PROGRESS, PUBLISHED, ERROR or EXPIRED, and Instagram's words for it."""
    found = graph.get(f"/{container}", fields="status_code,status")
    return str(found.get("status_code", "")), str(found.get("status", ""))


def publish(graph: Graph, ig: str, container: str) -> Receipt:
    """Let everybody see what was made ready. That it is out counts more than its address, so that may be missing."""
    made = str(field(graph.publish(f"/{ig}/media_publish", creation_id=container), "id"))
    try:
        return Receipt(made, str(graph.get(f"/{made}", fields="permalink").get("permalink", "")))
    except ChannelError:
        return Receipt(made)


def said(graph: Graph, path: str, **fields: str) -> Receipt:
    """Say something under a post; Instagram has no addresses for comments."""
    return Receipt(str(field(graph.publish(path, **fields), "id")))


def delete(graph: Graph, remote_id: str) -> None:
    """Take it away; fine when it is gone already. Raises ByHand where Instagram lets only a person do it."""
    try:
        graph.delete(f"/{remote_id}")
    except (Permanent, NoPermission) as error:
        url = _where(graph, remote_id)
        if url is not None:
            raise ByHand(str(error), url=url) from error


def _where(graph: Graph, remote_id: str) -> str | None:
    """Where it can be seen; None when it is gone."""
    try:
        return str(graph.get(f"/{remote_id}", fields="permalink").get("permalink") or HOME)
    except Gone:
        return None
    except Permanent:  # a comment has no address of its own
        return HOME


def quota(graph: Graph, ig: str) -> Quota:
    """How many posts Instagram took in the last day, and how many it takes."""
    found = things(graph.get(f"/{ig}/content_publishing_limit", fields="quota_usage,config"))
    one = found[0] if found else {}
    total = one.get("config", {}).get("quota_total")
    return Quota(used=int(one.get("quota_usage", 0)), total=total if isinstance(total, int) else None)


# ── looking something up ─────────────────────────────────────────────────────────────────────────
def find_post(graph: Graph, ig: str, caption: str, since: datetime) -> Receipt | None:
    """Our post with this caption, since a moment; the list begins with the newest."""
    for one in graph.listed(f"/{ig}/media", fields="id,caption,timestamp,permalink", pages=2):
        if moment(one["timestamp"]) < since - SLACK:
            return None
        if same_words(str(one.get("caption", "")), caption):
            return Receipt(str(one["id"]), str(one.get("permalink", "")))
    return None


def find_answer(graph: Graph, ig: str, under: str, text: str, since: datetime) -> Receipt | None:
    """Our answer under a comment with these words, since a moment."""
    for one in graph.listed(f"/{under}/replies", fields=COMMENT, pages=2):
        ours = one.get("from", {}).get("id") == ig
        if ours and moment(one["timestamp"]) >= since - SLACK and same_words(str(one.get("text", "")), text):
            return Receipt(str(one["id"]))
    return None


# ── in ───────────────────────────────────────────────────────────────────────────────────────────
def comments(graph: Graph, about: str, since: datetime) -> Iterator[Update]:
    """What was said under one of our posts since a moment. The list has no ``since``: it begins with the newest.

    An answer stands with the comment that it answers, so that one under an old comment is told by webhook only.
    """
    listed = graph.listed(f"/{about}/comments", fields=f"{COMMENT},replies{{{COMMENT}}}")
    try:
        for one in listed:
            fresh = [part for part in (one, *things(one.get("replies"))) if moment(part["timestamp"]) >= since]
            for part in fresh:
                parent = {} if part is one else {"parent_id": one["id"]}
                value = {name: what for name, what in part.items() if name != "replies"}
                yield update(f"comment:{part['id']}", "comment", {**value, **parent, "media": {"id": about}})
            if not fresh:
                return
    except Gone:
        return


def tags(graph: Graph, ig: str, since: datetime) -> Iterator[Update]:
    """Pictures of others in which we are named, since a moment, newest first."""
    for one in graph.listed(f"/{ig}/tags", fields=POST):
        if moment(one["timestamp"]) < since:
            return
        yield update(f"mention:{one['id']}", "tag", one)


def mentioned(graph: Graph, ig: str, value: Mapping[str, Any]) -> Mapping[str, Any]:
    """What somebody said with our name in it: the webhook tells only where. Empty when we may not see it."""
    where = f"mentioned_media.media_id({value.get('media_id')}){{{POST}}}"
    if value.get("comment_id"):
        where = (
            f"mentioned_comment.comment_id({value['comment_id']}){{id,text,timestamp,username,media{{id,permalink}}}}"
        )
    try:
        found = graph.get(f"/{ig}", fields=where)
    except Permanent:
        return {}
    said = found.get("mentioned_comment") or found.get("mentioned_media") or {}
    return dict(said) if isinstance(said, Mapping) else {}


# ── coming in ────────────────────────────────────────────────────────────────────────────────────
def renewed(graph: Graph, token: str) -> tuple[str, int]:
    """A new token for the one we have, and for how many seconds it works (Instagram Login "Refresh Access Token")."""
    found = graph.get("/refresh_access_token", grant_type="ig_refresh_token", access_token=token)
    if not found.get("access_token"):
        raise Temporary("Instagram renewed the access and did not tell the new token.")
    return str(found["access_token"]), int(found.get("expires_in", 0))
