"""Putting posts out, once: pictures first, then post after post, each looked for before it is made again."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import regex

from stamtafel.channels.adapters.x import reading, weighted
from stamtafel.channels.adapters.x.client import Api, Duplicate
from stamtafel.channels.contract import (
    ChannelError,
    OutcomeUnknown,
    Permanent,
    Picture,
    Progress,
    Rendered,
)

MOST_PICTURES: Final = 4
CLOCKS_DIFFER: Final = timedelta(minutes=2)
SOON_GONE: Final = timedelta(minutes=10)
NAMES_IN_FRONT: Final = regex.compile(r"\A(?:@\w{1,15}\s+)+")


class InMemory(dict[str, str]):
    """Progress that ends with the call."""

    def get(self, step: str, default: str = "") -> str:  # type: ignore[override]
        """What was kept of a step."""
        return super().get(step, default)

    def keep(self, step: str, value: str) -> None:
        """Keep it as long as we live."""
        self[step] = value


class Sending:
    """One text on its way. ``clock`` tells the moment; ``category`` is what X calls the use of the pictures."""

    def __init__(self, api: Api, progress: Progress, clock: Callable[[], datetime]) -> None:
        self._api, self._progress, self._clock = api, progress, clock

    def chain(self, rendered: Rendered) -> str:
        """Put the post out, or the posts of the chain that are not out yet; the id of the first."""
        posts = texts(rendered)
        before = ""
        for number, text in enumerate(posts):
            known = self._progress.get(f"post:{number}")
            before = known or self._next(number, text, before, rendered.pictures if number == 0 else ())
        return self._progress.get("post:0")

    def _next(self, number: int, text: str, before: str, pictures: Sequence[Picture]) -> str:
        """One post. What was tried and not refused is looked for first: it may be out."""
        tried = self._progress.get(f"tried:{number}")
        post = find(self._api, text, since=datetime.fromisoformat(tried), answers=before) if tried else ""
        if not post:
            body = self.body(text, pictures, answers=before)
            self._progress.keep(f"tried:{number}", tried or self._clock().isoformat())
            post = self._post(number, body, again=bool(tried))
        self._progress.keep(f"post:{number}", post)
        return post

    def _post(self, number: int, body: Mapping[str, Any], *, again: bool) -> str:
        try:
            return self._api.post(body)
        except OutcomeUnknown:
            raise
        except Duplicate as error:
            if again:
                raise OutcomeUnknown(f"{error} It seems to be out since the first time.") from error
            self._progress.keep(f"tried:{number}", "")
            raise
        except ChannelError:
            if not again:
                self._progress.keep(f"tried:{number}", "")
            raise

    def body(self, text: str, pictures: Sequence[Picture], *, answers: str = "") -> dict[str, Any]:
        """What is asked of X for one post; its pictures are brought over first."""
        body: dict[str, Any] = {"text": text} if text else {}
        media = self.pictures(pictures)
        if media:
            body["media"] = {"media_ids": media}
        if answers:
            body["reply"] = {"in_reply_to_tweet_id": answers}
        return body

    def pictures(self, pictures: Sequence[Picture], category: str = "tweet_image") -> list[str]:
        """The ids of the pictures on X. One that is there already and stays a while is not brought over again."""
        if len(pictures) > MOST_PICTURES:
            raise Permanent(f"X takes {MOST_PICTURES} pictures with a post; these are {len(pictures)}.")
        return [self._picture(number, picture, category) for number, picture in enumerate(pictures)]

    def _picture(self, number: int, picture: Picture, category: str) -> str:
        media, _, until = self._progress.get(f"media:{number}").partition("@")
        now = self._clock().astimezone(UTC)
        if not media or datetime.fromisoformat(until) < now + SOON_GONE:
            if not picture.data:
                raise Permanent(f"Picture {number + 1} cannot be read.")
            media, seconds = self._api.upload(picture, category)
            until = (now + timedelta(seconds=seconds or 86_400)).isoformat()
            self._progress.keep(f"media:{number}", f"{media}@{until}")
            self._progress.keep(f"described:{number}", "")
        if picture.alt and not self._progress.get(f"described:{number}"):
            self._api.describe(media, picture.alt)
            self._progress.keep(f"described:{number}", "yes")
        return media


def texts(rendered: Rendered) -> tuple[str, ...]:
    """The posts that a text becomes."""
    return rendered.parts or (rendered.text,)


# ── looking up what became of it ─────────────────────────────────────────────────────────────────
def find(api: Api, text: str, *, since: datetime, answers: str = "") -> str:
    """The id of our own post with this text, "" when there is none in the list, which is no proof."""
    for post in api.own_posts(since - CLOCKS_DIFFER):
        if reading.answered(post) == answers and same(text, post):
            return reading.history(post)[0]
    return ""


def find_chain(api: Api, rendered: Rendered, reached: Mapping[str, str], since: datetime) -> str:
    """The id of the first post when the whole chain is out, else ""."""
    first = before = ""
    for number, text in enumerate(texts(rendered)):
        before = reached.get(f"post:{number}", "") or find(api, text, since=since, answers=before)
        if not before:
            return ""
        first = first or before
    return first


def find_message(api: Api, text: str, *, conversation: str, since: datetime) -> str:
    """The id of our own private message with this text, "" when there is none."""
    me = api.my_id()
    for rows, _ in api.messages(conversation, most=50):
        for row in rows:
            late = reading.moment(str(row["id"])) >= since - CLOCKS_DIFFER
            if late and str(row.get("sender_id")) == me and same(text, row):
                return str(row["id"])
    return ""


def same(text: str, said: Mapping[str, Any]) -> bool:
    """Whether a thing on X says this: X shortens addresses, escapes signs and puts names in front of an answer."""
    ours, theirs = bare(text), bare(reading.words(said))
    return theirs in {ours, ours.strip()} or NAMES_IN_FRONT.sub("", theirs) == NAMES_IN_FRONT.sub("", ours)


def bare(text: str) -> str:
    """A text without what X changes in it: white space, and how an address is written."""
    text = unicodedata.normalize("NFC", text)
    out, at = "", 0
    for found in weighted.urls(text):
        url = regex.sub(r"\Ahttps?://", "", text[found.start : found.end].casefold()).rstrip("/")
        out, at = out + text[at : found.start] + url, found.end
    return " ".join((out + text[at:]).split())
