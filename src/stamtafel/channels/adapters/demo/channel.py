"""A network for demonstrations and tests: it keeps all in files and fails in every way we know."""

import hmac
import json
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from stamtafel.channels.adapters.demo.journal import Journal
from stamtafel.channels.adapters.demo.options import SETUP, Behaviour, moment, number
from stamtafel.channels.adapters.demo.residents import signature
from stamtafel.channels.contract import (
    Attempt,
    Author,
    Credentials,
    Draft,
    Health,
    Incoming,
    Limits,
    Metric,
    NeedsSignIn,
    Permanent,
    Quota,
    Receipt,
    Rendered,
    Sort,
    Target,
    Temporary,
    Update,
    Window,
)

PAGE: Final = 500  # things that it tells in one answer
PRIVATE_WINDOW: Final = timedelta(days=7)  # how long one may be answered in private
MOST_POSTS: Final = 10_000
OURS: Final = "gemeente"  # who we are there


class Demo:
    """Posts are lines in ``folder/posts.jsonl``, what we did to them in ``done.jsonl``, what its people said in
    ``said.jsonl`` (see ``residents``). It does not notice doubles, but can be searched by key.
    """

    kind = "demo"
    limits = Limits(text=500, pictures=4, reply=500)
    repeatable = False
    setup = SETUP

    def __init__(self, options: Mapping[str, Any]) -> None:
        """Options: ``behaviour`` (see options), ``folder``, and the other fields of ``setup``."""
        self._behaviour = Behaviour(options.get("behaviour") or Behaviour.SUCCEED)
        self._latency, self._price = number(options.get("latency")), int(number(options.get("price")))
        self._expires_at = moment(options.get("expires_at"))
        folder = Path(options.get("folder", "."))
        self._posts, self._done = Journal(folder / "posts.jsonl"), Journal(folder / "done.jsonl")
        self._said = Journal(folder / "said.jsonl")
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)

    # ── telling ──────────────────────────────────────────────────────────────────────────────────
    def render(self, draft: Draft) -> Rendered:
        """Subject, text and link under each other, counted in characters."""
        parts = (draft.subject, draft.body, draft.link, draft.invitation)
        text = "\n\n".join(part for part in parts if part)
        over = max(0, len(text) - (self.limits.text or len(text)))
        return Rendered(
            subject=draft.subject, text=text, link=draft.link, language=draft.language, pictures=draft.pictures,
            count=len(text), over=over,
        )  # fmt: skip

    def publish(self, rendered: Rendered, _credentials: Credentials, key: str) -> Receipt:
        """Do as told."""
        return self._publish(rendered, key)

    def check(self, credentials: Credentials) -> Health:
        """Whether it would take a post now; raises like publish. A secret that begins with ``wrong`` is not known."""
        if self._behaviour is Behaviour.STALL:
            raise Temporary("The demo network is busy.")
        if credentials.get("secret", "").startswith("wrong"):
            raise NeedsSignIn("The demo network does not know this secret.")
        missing = ("write",) if self._behaviour is Behaviour.REFUSE else ()
        return Health(name="Demo", url="https://demo.example/gemeente", expires_at=self._expires_at, missing=missing)

    def quota(self, _credentials: Credentials) -> Quota:
        """How many posts it has of us."""
        return Quota(used=len(self.posts()), total=MOST_POSTS)

    def cost(self, _rendered: Rendered) -> int:
        """The price that was set."""
        return self._price

    def find(self, attempt: Attempt, _credentials: Credentials) -> Receipt | None:
        """The first post under this key."""
        return next((Receipt(post["id"], post["url"]) for post in self.posts() if post["key"] == attempt.key), None)

    def edit(self, remote_id: str, rendered: Rendered, _credentials: Credentials) -> None:
        """Put other words in the place of a post."""
        self._do("edit", remote_id, text=rendered.text)

    def retract(self, remote_id: str, _credentials: Credentials) -> None:
        """Take a post away."""
        self._do("retract", remote_id)

    # ── hearing ──────────────────────────────────────────────────────────────────────────────────
    def listen(
        self, cursor: str, _credentials: Credentials, _recent: Sequence[str]
    ) -> tuple[Sequence[Update], str]:  # fmt: skip
        """What its people did since the cursor, which counts the lines."""
        if self._behaviour is Behaviour.STALL:
            raise Temporary("The demo network is busy.", retry_after=timedelta(minutes=10))
        before = int(cursor or 0)
        events = self._said.read(before, PAGE)
        return [_update(event) for event in events], str(before + len(events))

    def challenge(self, query: Mapping[str, str], credentials: Credentials) -> str | None:
        """The word it gave us to say back, when it knows our secret."""
        known = credentials.get("secret", "")
        fits = known and hmac.compare_digest(query.get("token", "").encode(), known.encode())
        return query.get("challenge", "") if fits else None

    def is_genuine(self, headers: Mapping[str, str], body: bytes, credentials: Credentials) -> bool:
        """Whether it was signed with our secret."""
        known, given = credentials.get("secret", ""), headers.get("x-demo-signature", "")
        return bool(known) and hmac.compare_digest(given.encode(), signature(body, known).encode())

    def split(self, body: bytes) -> Sequence[Update]:
        """The events in one call; ValueError for anything else."""
        try:
            return [_update(event) for event in json.loads(body)["events"]]
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("not the form of the demo network") from error

    def read(self, update: Update) -> Sequence[Incoming]:
        """What one event says; reactions and the like are of no concern."""
        event = update.payload
        if event["what"] not in {"said", "edited", "deleted"}:
            return []
        by = event["by"]
        return [
            Incoming(
                remote_id=event["id"], sort=Sort(event["sort"]), text=event["text"],
                author=Author(id=f"id-{by}", handle=by, name=by.capitalize(), url=f"https://demo.example/@{by}"),
                at=datetime.fromisoformat(event.get("deleted") or event.get("edited") or event["at"]),
                thread=event.get("thread", ""), in_reply_to=event.get("in_reply_to", ""), about=event.get("about", ""),
                url=f"https://demo.example/said/{event['id']}", private=event["sort"] == Sort.MESSAGE,
                echo=by == OURS, edited=event["what"] == "edited", deleted=event["what"] == "deleted",
                language=event.get("language", "nl"),
            )
        ]  # fmt: skip

    # ── answering ────────────────────────────────────────────────────────────────────────────────
    def window(self, to: Target, now: datetime) -> Window:
        """In public always; in private for a week after they last wrote."""
        if not to.private or to.last_heard_at is None:
            return Window(text=self.limits.reply)
        until = to.last_heard_at + PRIVATE_WINDOW
        closed = "The demo network lets us write in private for a week only." if now >= until else ""
        return Window(until=until, text=self.limits.reply, closed=closed, by_hand=to.url if closed else "")

    def reply(self, to: Target, rendered: Rendered, _credentials: Credentials, key: str) -> Receipt:
        """Do as told."""
        return self._publish(rendered, key, to=to.remote_id, thread=to.thread)

    def reply_in_private(self, to: Target, rendered: Rendered, _credentials: Credentials, key: str) -> Receipt:
        """Do as told."""
        return self._publish(rendered, key, to=to.remote_id, thread=f"private-{to.handle}")

    def hide(self, to: Target, _credentials: Credentials, *, hidden: bool) -> None:
        """Take what somebody said out of sight, or bring it back."""
        self._do("hide" if hidden else "show", to.remote_id)

    # ── counting ─────────────────────────────────────────────────────────────────────────────────
    def measure(self, remote_id: str, _credentials: Credentials) -> Sequence[Metric]:
        """Replies as they are; the others are invented, and the same each time for the same number of replies."""
        replies = len({event["id"] for event in self._said.read() if event.get("about") == remote_id})
        views = 120 + zlib.crc32(remote_id.encode()) % 400 + 35 * replies
        figures = {"views": views, "reach": views * 4 // 5, "reactions": views // 20, "replies": replies}
        return [Metric(name, value, self.now()) for name, value in figures.items()]

    def measure_account(self, _credentials: Credentials) -> Sequence[Metric]:
        """One more follower for each post."""
        return [Metric("followers", 1200 + len(self.posts()), self.now())]

    # ── looking ──────────────────────────────────────────────────────────────────────────────────
    def posts(self) -> list[dict[str, str]]:
        """Everything that was published and not taken away, oldest first, with the words as they are now."""
        posts = {post["id"]: post for post in self._posts.read()}
        for deed in self._done.read():
            if deed["what"] == "retract":
                posts.pop(deed["id"], None)
            elif deed["what"] == "edit" and deed["id"] in posts:
                posts[deed["id"]]["text"] = deed["text"]
        return list(posts.values())

    def hidden(self) -> set[str]:
        """The ids of what is out of sight."""
        last = {deed["id"]: deed["what"] for deed in self._done.read() if deed["what"] in {"hide", "show"}}
        return {said for said, what in last.items() if what == "hide"}

    # ── what lies behind ─────────────────────────────────────────────────────────────────────────
    def _publish(self, rendered: Rendered, key: str, **more: str) -> Receipt:
        time.sleep(self._latency)
        if self._behaviour is Behaviour.STALL:
            raise Temporary("The demo network is busy.", retry_after=timedelta(minutes=10))
        if self._behaviour is Behaviour.REFUSE or rendered.over:
            raise Permanent("The demo network does not want this post.")
        receipt = self._write(rendered, key, more)
        if self._behaviour is Behaviour.CRASH:
            raise RuntimeError("The demo network broke after it published.")
        if self._behaviour is Behaviour.DOUBLE:
            self._write(rendered, key, more)
        return receipt

    def _write(self, rendered: Rendered, key: str, more: Mapping[str, str]) -> Receipt:
        with self._posts.alone():
            which = len(self._posts) + 1
            receipt = Receipt(f"demo-{which}", f"https://demo.example/posts/{which}")
            self._posts.add({"id": receipt.remote_id, "url": receipt.url, "key": key, "text": rendered.text, **more})
        return receipt

    def _do(self, what: str, remote_id: str, **more: str) -> None:
        if self._behaviour is Behaviour.STALL:
            raise Temporary("The demo network is busy.")
        if self._behaviour is Behaviour.REFUSE:
            raise Permanent("The demo network does not want this.")
        self._done.add({"what": what, "id": remote_id, **more})


def _update(event: Mapping[str, Any]) -> Update:
    """Under an id that is the same by webhook and by asking."""
    done = event["what"]
    moment = f":{event['edited']}" if done == "edited" else ""
    return Update(
        remote_id=f"{event['sort']}:{event['id']}" + (f":{done}{moment}" if done != "said" else ""), payload=event
    )
