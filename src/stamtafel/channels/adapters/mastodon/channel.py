"""Mastodon: posts with pictures, chains, talks in public and in private (docs.joinmastodon.org/methods/statuses)."""

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from stamtafel.channels.adapters.mastodon import reading
from stamtafel.channels.adapters.mastodon.client import SOON, Client, Gone, Post
from stamtafel.channels.adapters.mastodon.counting import count, shown
from stamtafel.channels.adapters.mastodon.html import as_text
from stamtafel.channels.adapters.mastodon.listening import Round
from stamtafel.channels.adapters.mastodon.options import SCOPES, SETUP, Options, Server, Visibility
from stamtafel.channels.adapters.posts import chain, told
from stamtafel.channels.contract import (
    Attempt,
    Credentials,
    Draft,
    Form,
    Health,
    Incoming,
    Metric,
    Permanent,
    Progress,
    Quota,
    Receipt,
    Rendered,
    Target,
    Temporary,
    Update,
    Window,
)

DAY: Final = timedelta(days=1)
CLOCKS_DIFFER: Final = timedelta(minutes=5)
MARK: Final = len(" 99/99")
TRIES: Final = 10  # of looking whether a picture of an answer is ready
_known: dict[str, tuple[datetime, Server]] = {}  # what servers said they take, by address


class _InMemory(dict[str, str]):
    """Progress that ends with the call."""

    def get(self, step: str, default: str = "") -> str:  # type: ignore[override]
        """What was kept of a step."""
        return super().get(step, default)

    def keep(self, step: str, value: str) -> None:
        """Keep it as long as we live."""
        self[step] = value


class Mastodon:
    """``repeatable``: a post has an ``Idempotency-Key``, which the server remembers for an hour once the post is made.
    A post of which we ever did not know whether it was made is besides looked up among our own posts before it is made
    again: the server's list of an account's own posts is complete, so this holds after the hour too, and while a slow
    server is still busy with the first.
    """

    kind = "mastodon"
    repeatable = True
    setup = SETUP

    def __init__(self, options: Mapping[str, Any]) -> None:
        """Options: see ``options.Options``. ``clock`` and ``pause`` are there for tests."""
        self._options = Options.read(options)
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.pause: Callable[[float], None] = time.sleep
        self._take(self._remembered() or Server())

    # ── what the server takes ────────────────────────────────────────────────────────────────────
    def _remembered(self) -> Server | None:
        asked_at, server = _known.get(self._options.api_url, (None, None))
        return server if asked_at is not None and self.clock() - asked_at < DAY else None

    def _take(self, server: Server) -> None:
        self._server = self._options.over(server)
        self.limits = self._server.limits()

    def _learn(self, client: Client) -> None:
        """Ask what the server takes, at most once a day."""
        server = self._remembered()
        if server is None:
            server = client.server()
            _known[self._options.api_url] = (self.clock(), server)
        self._take(server)

    def _client(self, credentials: Credentials) -> Client:
        return Client(self._options.api_url, credentials.get("access_token", ""))

    # ── telling ──────────────────────────────────────────────────────────────────────────────────
    def render(self, draft: Draft) -> Rendered:
        """Plain text: Mastodon has no markup. The link stands in the text, the server makes a card of it."""
        text = told(draft, link=draft.link)
        parts = self._parts(text) if draft.form == Form.THREAD else ()
        size = max((self._count(part) for part in parts), default=self._count(text))
        return Rendered(
            subject=draft.subject,
            text=text,
            link=draft.link,
            language=draft.language,
            pictures=draft.pictures,
            count=size,
            over=max(0, size - self._server.characters),
            parts=parts,
        )

    def _count(self, text: str) -> int:
        return count(text, self._server.url_characters)

    def _parts(self, text: str) -> tuple[str, ...]:
        if self._count(text) <= self._server.characters:
            return ()
        parts = chain(text, lambda part: self._count(part) + MARK <= self._server.characters)
        return tuple(f"{part} {number}/{len(parts)}" for number, part in enumerate(parts, 1))

    def publish(self, rendered: Rendered, credentials: Credentials, key: str) -> Receipt:
        """Publish in one go."""
        return self.publish_in_steps(rendered, credentials, key, _InMemory())

    def publish_in_steps(self, rendered: Rendered, credentials: Credentials, key: str, progress: Progress) -> Receipt:
        """Pictures first, then the posts of the chain, each an answer to the one before."""
        client = self._client(credentials)
        self._learn(client)
        texts = self._texts(rendered, progress)
        media = () if progress.get("post:0") else self._media(rendered, client, progress)
        receipts: list[Receipt] = []
        for number, text in enumerate(texts):
            post = Post(
                text=text,
                visibility=self._options.visibility,
                language=rendered.language,
                in_reply_to=receipts[-1].remote_id if receipts else "",
                media=() if number else media,
            )
            receipts.append(self._step(f"{number}", post, client, key, progress))
        return receipts[0]

    def _texts(self, rendered: Rendered, progress: Progress) -> tuple[str, ...]:
        """The posts of the chain. Once one may be out they stay what they were: what the server takes may have been
        learned since, and a chain that is split otherwise would go on wrongly.
        """
        kept = progress.get("texts")
        if kept and (progress.get("post:0") or progress.get("tried:0")):
            return tuple(json.loads(kept))
        texts = rendered.parts or (rendered.text,)
        self._refuse_what_does_not_fit(rendered, texts)
        progress.keep("texts", json.dumps(texts))
        return texts

    def _refuse_what_does_not_fit(self, rendered: Rendered, texts: Sequence[str]) -> None:
        over = max(self._count(text) for text in texts) - self._server.characters
        if over > 0:
            raise Permanent(f"The text is {over} characters too long for this server.")
        if len(rendered.pictures) > self._server.pictures:
            raise Permanent(f"This server takes at most {self._server.pictures} pictures in a post.")

    def _media(self, rendered: Rendered, client: Client, progress: Progress) -> tuple[str, ...]:
        """Ids of the pictures, all of them ready. Raises Temporary while the server makes one ready."""
        waits = False
        for number, picture in enumerate(rendered.pictures):
            medium, ready = progress.get(f"media:{number}"), False
            if medium:
                medium, ready = self._look_at(medium, client)
            if not medium:
                medium, ready = client.upload(picture)
            progress.keep(f"media:{number}", medium)
            waits = waits or not ready
        if waits:
            raise Temporary("Mastodon is still making a picture ready.", retry_after=SOON)
        return tuple(progress.get(f"media:{number}") for number in range(len(rendered.pictures)))

    def _look_at(self, medium: str, client: Client) -> tuple[str, bool]:
        """Whether it is ready; no id when the server threw it away, as it does after a day without a post."""
        try:
            return medium, client.is_ready(medium)
        except Gone:
            return "", False

    def _step(self, name: str, post: Post, client: Client, key: str, progress: Progress) -> Receipt:
        """One post of the chain, unless it is there already."""
        kept = progress.get(f"post:{name}")
        if not kept:
            status, url = self._once(name, post, client, f"{key}:{name}", progress)
            kept = f"{status} {url}"
            progress.keep(f"post:{name}", kept)
        status, _space, url = kept.partition(" ")
        return Receipt(status, url)

    def _once(self, name: str, post: Post, client: Client, key: str, progress: Progress) -> tuple[str, str]:
        tried = progress.get(f"tried:{name}")
        if tried:
            found = self._out_already(post.text, datetime.fromisoformat(tried), post.in_reply_to, client)
            if found:
                return found
        else:
            progress.keep(f"tried:{name}", self.clock().isoformat())
        try:
            return client.post(post, key)
        except Temporary:  # nothing was made, so there is nothing to look for next time
            if not tried:
                progress.keep(f"tried:{name}", "")
            raise

    def _out_already(self, text: str, since: datetime, to: str, client: Client) -> tuple[str, str] | None:
        """A post of ours with this text under ``to`` (or under nothing), not older than when it was first tried."""
        me = str(client.me().get("id", ""))
        return _same(text, to, client.own_since(me, since - CLOCKS_DIFFER))

    def find(self, attempt: Attempt, credentials: Credentials) -> Receipt | None:
        """Look among our own posts for the same text. A chain is found when all of its posts are."""
        client = self._client(credentials)
        if attempt.to is not None:
            found = self._answered(attempt.to, self._answer(attempt.to, attempt.rendered, client), client)
            return Receipt(*found) if found else None
        receipts: list[Receipt] = []
        kept_texts = json.loads(attempt.reached.get("texts", "[]"))
        for number, text in enumerate(kept_texts or attempt.rendered.parts or (attempt.rendered.text,)):
            to = receipts[-1].remote_id if receipts else ""
            kept = attempt.reached.get(f"post:{number}", "").split(" ")
            found = (kept[0], kept[-1]) if kept[0] else self._out_already(text, attempt.since, to, client)
            if not found:
                return None
            receipts.append(Receipt(*found))
        return receipts[0]

    # ── answering ────────────────────────────────────────────────────────────────────────────────
    def window(self, to: Target, now: datetime) -> Window:  # noqa: ARG002 - the contract's
        """Always open; the name of who is answered counts."""
        return Window(text=self._server.characters - count(f"@{to.handle.removeprefix('@')} "))

    def reply(self, to: Target, rendered: Rendered, credentials: Credentials, key: str) -> Receipt:
        """Answer where it was said, in private what was private."""
        visibility = Visibility.DIRECT if to.private else self._options.reply_visibility
        return self._reply(to, rendered, self._client(credentials), key, visibility)

    def reply_in_private(self, to: Target, rendered: Rendered, credentials: Credentials, key: str) -> Receipt:
        """Answer so that only who is mentioned sees it. It is not encrypted: who runs the servers can read it."""
        return self._reply(to, rendered, self._client(credentials), key, Visibility.DIRECT)

    def _reply(self, to: Target, rendered: Rendered, client: Client, key: str, visibility: Visibility) -> Receipt:
        self._learn(client)
        text = self._answer(to, rendered, client)
        self._refuse_what_does_not_fit(rendered, (text,))
        out = self._answered(to, text, client)  # an answer keeps no progress, so we always look
        if out:
            return Receipt(*out)
        media = self._media_now(rendered, client)
        post = Post(text=text, visibility=visibility, language=rendered.language, in_reply_to=to.remote_id, media=media)
        return Receipt(*client.post(post, key))

    def _answer(self, to: Target, rendered: Rendered, client: Client) -> str:
        """The text with the name of who is answered: without it they are not told, and see nothing in private."""
        handle = to.handle.removeprefix("@") or str(reading.author_of(client.status(to.remote_id)).get("acct", ""))
        mention = f"@{handle}"
        begins = rendered.text.split(maxsplit=1)[:1] == [mention]
        return rendered.text if begins else f"{mention} {rendered.text}"

    def _answered(self, to: Target, text: str, client: Client) -> tuple[str, str] | None:
        me = str(client.me().get("id", ""))
        below = client.context(to.remote_id)[1]
        return _same(text, to.remote_id, [one for one in below if reading.author_id(one) == me])

    def _media_now(self, rendered: Rendered, client: Client) -> tuple[str, ...]:
        progress = _InMemory()
        for _number in range(TRIES):
            try:
                return self._media(rendered, client, progress)
            except Temporary as error:
                if error.retry_after != SOON:
                    raise
                self.pause(1.0)
        raise Temporary("Mastodon is still making a picture ready.", retry_after=SOON)

    # ── changing ─────────────────────────────────────────────────────────────────────────────────
    def edit(self, remote_id: str, rendered: Rendered, credentials: Credentials) -> None:
        """Other words, the same pictures; a chain keeps its number of posts."""
        client = self._client(credentials)
        self._learn(client)
        texts = rendered.parts or (rendered.text,)
        self._refuse_what_does_not_fit(replace(rendered, pictures=()), texts)
        posts = self._chain(remote_id, client)
        if len(posts) != len(texts):
            raise Permanent(f"It is {len(posts)} posts and the new text takes {len(texts)}: publish it anew.")
        for post, text in zip(posts, texts, strict=True):
            media = [str(one.get("id")) for one in post.get("media_attachments") or ()]
            client.edit(str(post["id"]), {"status": text, "language": rendered.language, "media_ids": media})

    def retract(self, remote_id: str, credentials: Credentials) -> None:
        """Take it away, of a chain the last first."""
        client = self._client(credentials)
        try:
            for post in reversed(self._chain(remote_id, client)):
                client.delete(str(post["id"]))
        except Gone:
            return

    def _chain(self, remote_id: str, client: Client) -> list[dict[str, Any]]:
        """The posts of the chain that begins there: ours, each an answer to the one before, marked 1/3, 2/3, 3/3."""
        found = [client.status(remote_id)]
        total = _mark(found[0], 1)
        below = client.context(remote_id)[1] if total else []
        for one in below:
            mine = reading.author_id(one) == reading.author_id(found[0])
            follows = str(one.get("in_reply_to_id")) == str(found[-1].get("id"))
            if mine and follows and _mark(one, len(found) + 1) == total:
                found.append(one)
        return found

    # ── hearing ──────────────────────────────────────────────────────────────────────────────────
    def listen(self, cursor: str, credentials: Credentials, recent: Sequence[str]) -> tuple[Sequence[Update], str]:
        """Mentions, what stands under our newest posts, and what was changed or taken away."""
        asked = Round(self._client(credentials), cursor, self.clock())
        updates = asked.updates(recent)
        return updates, asked.cursor.packed()

    def read(self, update: Update) -> Sequence[Incoming]:
        """What it says."""
        return reading.read(update.payload)

    # ── figures and health ───────────────────────────────────────────────────────────────────────
    def measure(self, remote_id: str, credentials: Credentials) -> Sequence[Metric]:
        """Favourites, boosts, answers and quotes; Mastodon counts no views."""
        status = self._client(credentials).status(remote_id)
        names = {"reactions": "favourites_count", "shares": "reblogs_count", "replies": "replies_count",
                 "quotes": "quotes_count"}  # fmt: skip
        return self._metrics(status, names)

    def measure_account(self, credentials: Credentials) -> Sequence[Metric]:
        """Followers, and how much we posted."""
        return self._metrics(
            self._client(credentials).me(), {"followers": "followers_count", "posts": "statuses_count"}
        )

    def _metrics(self, data: Mapping[str, Any], names: Mapping[str, str]) -> list[Metric]:
        now = self.clock()
        return [Metric(name, data[field], now) for name, field in names.items() if isinstance(data.get(field), int)]

    def quota(self, credentials: Credentials) -> Quota:
        """How many calls of the current five minutes are used."""
        return self._client(credentials).quota()

    def check(self, credentials: Credentials) -> Health:
        """Sign in, ask what we may do and what the server takes. A token of Mastodon does not expire."""
        client = self._client(credentials)
        me = client.me()
        self._learn(client)
        given = client.scopes()
        missing = tuple(scope for scope in SCOPES if given and not _is_given(scope, given))
        return Health(
            name=str(me.get("display_name") or me.get("acct", "")), url=str(me.get("url", "")), missing=missing
        )


def _is_given(scope: str, given: Sequence[str]) -> bool:
    """``write`` holds ``write:statuses`` (docs.joinmastodon.org, OAuth scopes)."""
    return scope in given or scope.partition(":")[0] in given


def _mark(status: Mapping[str, Any], number: int) -> str:
    """Of how many posts this is the ``number``-th, as the mark at its end says; "" for another or none."""
    found = re.search(r" (\d+)/(\d+)$", as_text(str(status.get("content", ""))))
    return found[2] if found and found[1] == str(number) else ""


def _same(text: str, to: str, posts: Any) -> tuple[str, str] | None:
    """The post with this very text in that place."""
    wanted = _flat(shown(text))
    for post in posts:
        if str(post.get("in_reply_to_id") or "") == to and _flat(as_text(str(post.get("content", "")))) == wanted:
            return str(post.get("id")), str(post.get("url") or post.get("uri") or "")
    return None


def _flat(text: str) -> str:
    return " ".join(text.split())
