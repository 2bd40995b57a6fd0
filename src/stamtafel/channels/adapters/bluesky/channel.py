"""Bluesky as a channel. Each post has a record key of ours, so that the same one can't come twice."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from stamtafel.channels.adapters.bluesky import client, incoming, keys, wording
from stamtafel.channels.adapters.bluesky.options import (
    HIDDEN,
    PICTURE_BYTES,
    PICTURES,
    SETUP,
    TEXT,
    THUMB_BYTES,
    Options,
)
from stamtafel.channels.adapters.plain import as_plain
from stamtafel.channels.adapters.posts import chain, told
from stamtafel.channels.contract import (
    Attempt,
    ByHand,
    Credentials,
    Draft,
    Form,
    Health,
    Incoming,
    Limits,
    Metric,
    NeedsSignIn,
    Permanent,
    Picture,
    Progress,
    Receipt,
    Rendered,
    Target,
    Temporary,
    Update,
    Window,
    one_line,
)

GATES: Final = "app.bsky.feed.threadgate"
SUMMARY: Final = 200  # signs of the text in the card of a link; Bluesky shows about two lines
OWN_PASSWORD: Final = "com.atproto.access"  # noqa: S105 - the scope of a session with the account's own password
LIMITS: Final = Limits(
    text=TEXT, pictures=PICTURES, counted_in="graphemes", picture_bytes=PICTURE_BYTES, threads=True, reply=TEXT
)


class _Remembered:
    """Progress for who keeps none: it lasts as long as one call."""

    def __init__(self, **begun: str) -> None:
        self.steps = begun

    def get(self, step: str) -> str:
        return self.steps.get(step, "")

    def keep(self, step: str, value: str) -> None:
        self.steps[step] = value


class Bluesky:
    """Options: see ``options.Options``. Credentials: ``password`` (an app password) and, kept by us, ``access``,
    ``refresh``, ``did`` and ``session_of`` of the session.
    """

    kind = "bluesky"
    setup = SETUP
    limits = LIMITS
    repeatable = True  # by the record key

    def __init__(self, options: Mapping[str, Any]) -> None:
        """A test may set ``clock``."""
        self.options = Options.of(options)
        if self.options.picture_in_card:
            self.limits = replace(LIMITS, pictures=1, picture_bytes=THUMB_BYTES)
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self._servers: dict[str, client.Server] = {}

    # ── out ──────────────────────────────────────────────────────────────────────────────────────
    def render(self, draft: Draft) -> Rendered:
        """The text, counted in graphemes. A link becomes a card; beside pictures it stands in the text, shortened."""
        in_card = draft.link and (not draft.pictures or self.options.picture_in_card)
        shown = "" if in_card else wording.short_link(draft.link)
        text = told(draft, link=shown, base=self.options.site_url)
        over = wording.excess(text)
        parts = chain(text, wording.fits) if over and draft.form == Form.THREAD else ()
        return Rendered(
            subject=draft.subject, text=text, link=draft.link, language=draft.language, pictures=draft.pictures,
            count=wording.graphemes(text), over=0 if parts else over, parts=parts,
            link_title=draft.subject or draft.link_text or wording.short_link(draft.link),
            link_summary=_beginning(as_plain(draft.body, self.options.site_url)),
        )  # fmt: skip

    def publish(self, rendered: Rendered, credentials: Credentials, key: str) -> Receipt:
        """One post, or a chain. Its record keys follow from ``key`` alone."""
        return self.publish_in_steps(rendered, credentials, key, _Remembered(moment=_alone(key)))

    def publish_in_steps(self, rendered: Rendered, credentials: Credentials, key: str, progress: Progress) -> Receipt:
        """The pictures first, then post after post, each an answer to the one before."""
        self._refuse_unfit(rendered)
        if not progress.get("moment"):
            progress.keep("moment", self.clock().isoformat())
        server = self._server(credentials)
        moment = datetime.fromisoformat(progress.get("moment"))
        embed = self._embed(server, rendered, progress)
        placed: list[Mapping[str, str]] = []
        for place, text in enumerate(rendered.parts or (rendered.text,)):
            step = f"post:{place}"
            if not progress.get(step):
                record = self._record(server, text, rendered)
                record |= {"embed": embed} if embed and not placed else {}
                record |= {"reply": {"root": placed[0], "parent": placed[-1]}} if placed else {}
                progress.keep(step, json.dumps(_create(server, keys.record_key(key, moment, place), record, progress)))
            placed.append(json.loads(progress.get(step)))
        return self._receipt(placed[0]["uri"])

    def find(self, attempt: Attempt, credentials: Credentials) -> Receipt | None:
        """By record key: no list that may leave something out. A chain of which a post is missing is not out yet."""
        server = self._server(credentials)
        moment = _answering(attempt.to, attempt.key) if attempt.to else _begun(attempt)
        posts = attempt.rendered.parts or (attempt.rendered.text,)
        names = [keys.record_key(attempt.key, moment, place) for place in range(len(posts))]
        if any(server.record(name) is None for name in names):
            return None
        return self._receipt(keys.uri(server.did, names[0]))

    def check(self, credentials: Credentials) -> Health:
        """Whether the session holds and whose it is. Raises NeedsSignIn or Temporary."""
        server = self._server(credentials)
        session = server.ask("com.atproto.server.getSession")
        if session.get("active") is False:
            raise NeedsSignIn(f"The account is not active: {session.get('status', 'the server does not say why')}.")
        handle = str(session.get("handle", ""))
        own = client.claims(server.access).get("scope") == OWN_PASSWORD
        notes = (str(_("This is the account's own password. Make an app password, so that you can withdraw it.")),)
        url = f"{self.options.web_url}/profile/{server.did}"
        return Health(name=f"@{handle}", url=url, notes=notes if own else ())

    def is_stale(self, credentials: Credentials, now: datetime) -> bool:
        """Whether the access token ends within five minutes, or is of another name or password."""
        return client.is_over(client.kept_access(self.options, credentials), now)

    def renew(self, credentials: Credentials, now: datetime) -> Mapping[str, str]:
        """The tokens of the next session: by the refresh token, or by the app password where that is over."""
        token = credentials.get("refresh", "") if client.is_ours(self.options, credentials) else ""
        if not client.is_over(token, now):
            try:
                return client.refresh(self.options, token)
            except NeedsSignIn:
                pass  # used up or withdrawn: the app password may still do
        return client.sign_in(self.options, credentials)

    # ── to and fro ───────────────────────────────────────────────────────────────────────────────
    def listen(self, cursor: str, credentials: Credentials, recent: Sequence[str]) -> tuple[Sequence[Update], str]:
        """Replies, mentions and quotes since the cursor, and what stands under our newest posts."""
        return incoming.listen(self._server(credentials), cursor, recent, self.clock())

    def read(self, update: Update) -> Sequence[Incoming]:
        """What it says."""
        return incoming.read(update, self.options.web_url)

    def window(self, to: Target, _now: datetime) -> Window:
        """Always, and as long as a post. Private talks on Bluesky do not come in here."""
        closed = str(_("Private messages on Bluesky can only be answered on Bluesky itself.")) if to.private else ""
        return Window(text=TEXT, closed=closed, by_hand=to.url)

    def reply(self, to: Target, rendered: Rendered, credentials: Credentials, key: str) -> Receipt:
        """Answer a post. Its key follows from ours and from the post that it answers."""
        self._refuse_unfit(rendered)
        server = self._server(credentials)
        found = next(iter(server.posts([to.remote_id])), None)
        name = keys.record_key(key, _answering(to, key))
        if found is None:
            raise Permanent("The post that this answers is no longer there.")
        if found.get("viewer", {}).get("replyDisabled"):
            raise ByHand("The author does not let us answer under this post.", url=self._receipt(to.remote_id).url)
        parent = {"uri": to.remote_id, "cid": str(found.get("cid", ""))}
        root = found.get("record", {}).get("reply", {}).get("root", parent)
        record = {**self._record(server, rendered.text, rendered), "reply": {"root": root, "parent": parent}}
        progress = _Remembered()
        embed = self._embed(server, rendered, progress)
        record |= {"embed": embed} if embed else {}
        return self._receipt(_create(server, name, record, progress)["uri"])

    def hide(self, to: Target, credentials: Credentials, *, hidden: bool) -> None:
        """In the thread gate of our post (app.bsky.feed.threadgate); others of its rules stay as they are."""
        server = self._server(credentials)
        root = _root(server, to)
        if keys.owner(root) != server.did:
            url = to.url or self._receipt(to.remote_id).url
            raise ByHand("Only who began a thread can hide an answer in it.", url=url)
        name = keys.record_of(root)
        gate = server.record(name, GATES)
        value = dict(gate["value"]) if gate else {"$type": GATES, "post": root, "createdAt": self._now()}
        before = list(value.get("hiddenReplies", ()))
        after = [one for one in before if one != to.remote_id] + ([to.remote_id] if hidden else [])
        if set(after) == set(before):
            return
        if len(after) > HIDDEN:
            raise Permanent(f"Bluesky hides at most {HIDDEN} answers in one thread.")
        server.do(
            "com.atproto.repo.putRecord", repo=server.did, collection=GATES, rkey=name,
            record={**value, "hiddenReplies": after}, swapRecord=gate["cid"] if gate else None,
        )  # fmt: skip

    def retract(self, remote_id: str, credentials: Credentials) -> None:
        """Delete it, and the chain that follows it: the last post first, so that no end is left loose."""
        server = self._server(credentials)
        names = [keys.record_of(remote_id)]
        while len(names) < keys.LONGEST_CHAIN and _follows(server, names[-1]):
            names.append(keys.following(names[-1]))
        for name in reversed(names):
            server.do("com.atproto.repo.deleteRecord", repo=server.did, collection=keys.POSTS, rkey=name)

    # ── figures ──────────────────────────────────────────────────────────────────────────────────
    def measure(self, remote_id: str, credentials: Credentials) -> Sequence[Metric]:
        """Reactions, replies and shares. Bluesky counts no views."""
        found = next(iter(self._server(credentials).posts([remote_id])), {})
        counts = {"reactions": ("likeCount",), "replies": ("replyCount",), "shares": ("repostCount", "quoteCount")}
        return self._metrics(found, counts)

    def measure_account(self, credentials: Credentials) -> Sequence[Metric]:
        """How many follow us."""
        server = self._server(credentials)
        return self._metrics(
            server.ask("app.bsky.actor.getProfile", actor=server.did), {"followers": ("followersCount",)}
        )

    def _metrics(self, found: Mapping[str, Any], counts: Mapping[str, Sequence[str]]) -> list[Metric]:
        """Those that the index knows: a number that is missing is not 0."""
        now = self.clock()
        known = {
            name: [found[one] for one in theirs if isinstance(found.get(one), int)] for name, theirs in counts.items()
        }
        return [Metric(name, sum(values), now) for name, values in known.items() if values]

    # ── what the calls above share ───────────────────────────────────────────────────────────────
    def _server(self, credentials: Credentials) -> client.Server:
        """One session per set of credentials, for as long as this object lives."""
        whose = client.kept_access(self.options, credentials) or client.mark(self.options, credentials)
        known = self._servers.get(whose)
        if known is None or client.is_over(known.access, self.clock()):
            known = self._servers[whose] = client.Server(self.options, credentials, self.clock())
        return known

    def _receipt(self, uri: str) -> Receipt:
        return Receipt(uri, incoming.address(uri, self.options.web_url))

    def _now(self) -> str:
        return self.clock().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def _refuse_unfit(self, rendered: Rendered) -> None:
        if rendered.over:
            raise Permanent(f"The text is {rendered.over} signs too long for Bluesky.")
        if len(rendered.pictures) > PICTURES:
            raise Permanent(f"Bluesky shows at most {PICTURES} pictures.")
        if not all(picture.alt.strip() for picture in rendered.pictures):
            raise Permanent("A picture lacks the words that stand in for it (alt text).")

    def _record(self, server: client.Server, text: str, rendered: Rendered) -> dict[str, Any]:
        """``createdAt`` is now, also when it is tried again: a post that says it is older is shown lower down."""
        record: dict[str, Any] = {"$type": keys.POSTS, "text": text, "createdAt": self._now()}
        facets = wording.facets(text, rendered.link, server.resolve)
        record |= {"facets": facets} if facets else {}
        return record | ({"langs": [rendered.language]} if rendered.language else {})

    def _embed(self, server: client.Server, rendered: Rendered, progress: Progress) -> dict[str, Any] | None:
        """The pictures, else the card of the link."""
        if rendered.pictures and not (self.options.picture_in_card and rendered.link):
            images = [
                {"image": _blob(server, picture, f"blob:{place}", progress), "alt": picture.alt, **_shape(picture)}
                for place, picture in enumerate(rendered.pictures)
            ]
            return {"$type": "app.bsky.embed.images", "images": images}
        if not rendered.link:
            return None
        card: dict[str, Any] = {
            "uri": rendered.link, "title": rendered.link_title, "description": rendered.link_summary
        }  # fmt: skip
        if rendered.pictures:
            card["thumb"] = _blob(server, rendered.pictures[0], "blob:0", progress)
        return {"$type": "app.bsky.embed.external", "external": card}


def _beginning(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= SUMMARY else line[:SUMMARY].rpartition(" ")[0] + "…"


def _shape(picture: Picture) -> dict[str, Any]:
    known = picture.width > 0 and picture.height > 0
    return {"aspectRatio": {"width": picture.width, "height": picture.height}} if known else {}


def _alone(key: str) -> str:
    return keys.moment_of_key(key).isoformat()


def _begun(attempt: Attempt) -> datetime:
    return datetime.fromisoformat(attempt.reached.get("moment") or _alone(attempt.key))


def _answering(to: Target, key: str) -> datetime:
    """Follows from the post that is answered, so that it is the same over every attempt."""
    return keys.moment_after(to.remote_id) or keys.moment_of_key(key)


def _root(server: client.Server, to: Target) -> str:
    """The post that the thread began with: only its owner hides in it."""
    found = next(iter(server.posts([to.remote_id])), None)
    if found is None:
        return to.about or to.thread
    return str(found.get("record", {}).get("reply", {}).get("root", {}).get("uri", to.remote_id))


def _follows(server: client.Server, name: str) -> bool:
    """Whether the record after this one is ours and answers it."""
    if not keys.TID.fullmatch(name):
        return False
    found = server.record(keys.following(name))
    return found is not None and found["value"].get("reply", {}).get("parent", {}).get("uri", "").endswith(f"/{name}")


def _blob(server: client.Server, picture: Picture, step: str, progress: Progress) -> Any:
    """The reference to a picture on the server; sent once and kept."""
    if not progress.get(step):
        media_type = picture.media_type or "image/jpeg"
        progress.keep(step, json.dumps(server.upload(picture.data, media_type)))
    return json.loads(progress.get(step))


def _create(server: client.Server, name: str, record: Mapping[str, Any], progress: Progress) -> Mapping[str, str]:
    """Put it there. A server throws pictures away that no post names in time: then they are sent again next time."""
    try:
        return server.create(name, record)
    except client.LostBlob as error:
        for place in range(PICTURES):
            progress.keep(f"blob:{place}", "")
        raise Temporary(str(error)) from error
