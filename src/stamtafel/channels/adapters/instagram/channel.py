"""A professional account on Instagram, both ways."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final

from django.utils.translation import gettext_lazy as _

from stamtafel.channels.adapters.instagram import client, reading
from stamtafel.channels.adapters.instagram.options import IN_PRIVATE, SCOPES, SETUP, Options
from stamtafel.channels.adapters.instagram.steps import Making
from stamtafel.channels.adapters.meta import figures, hooks, messages
from stamtafel.channels.adapters.meta.access import App, keep_subscribed
from stamtafel.channels.adapters.meta.errors import INBOX
from stamtafel.channels.adapters.meta.graph import Graph
from stamtafel.channels.adapters.meta.rounds import Round
from stamtafel.channels.adapters.meta.words import InMemory, units
from stamtafel.channels.adapters.posts import told
from stamtafel.channels.contract import (
    Attempt,
    ByHand,
    Credentials,
    Draft,
    Health,
    Incoming,
    Limits,
    Metric,
    Permanent,
    Progress,
    Quota,
    Receipt,
    Rendered,
    Sort,
    Target,
    Update,
    Window,
)

TOLD: Final = ("comments",)
TOLD_OF_NAMES: Final = ("mentions",)  # with Instagram Login they come as comments
TOLD_IN_PRIVATE: Final = ("messages", "message_edit")
COMMENT: Final = 300  # characters, reference "IG Comment Replies"
MESSAGE: Final = 1000  # bytes, "Instagram Messaging: Send Messages"
HASHTAGS: Final = 30  # reference "IG User Media", caption
NAMES: Final = 20
TOO_YOUNG: Final = timedelta(hours=25)  # a token can be renewed when it is a day old
OF_POST: Final = {"views": "views", "reach": "reach", "likes": "reactions", "comments": "replies", "shares": "shares",
                  "saved": "saved"}  # fmt: skip
OF_ACCOUNT: Final = {"views": "views", "reach": "reach", "accounts_engaged": "engaged",
                     "total_interactions": "interactions"}  # fmt: skip


class Instagram:
    """Options: see ``options``. Credentials: ``token``, ``app_secret``, ``verify_token``; with Instagram Login also
    ``expires_at`` and ``renew_after``, which ``renew`` keeps.
    """

    kind = "instagram"
    setup = SETUP
    repeatable = False
    limits: ClassVar[Limits] = Limits(
        text=2200, pictures=10, needs_picture=True, picture_bytes=client.LARGEST, picture_side=1440,
        picture_shape=(0.8, 1.91), reply=COMMENT, private=MESSAGE,
    )  # fmt: skip

    def __init__(self, options: Mapping[str, Any]) -> None:
        """A test may set ``clock``."""
        self._set = Options.of(options)
        self._app = App(self._set.api_url, self._set.version, "" if self._set.by_instagram else self._set.app_id)
        self._talks = messages.Talks(self._set.talks_at, "INSTAGRAM", MESSAGE, in_bytes=True,
                                     human_agent=self._set.human_agent, own=(self._set.ig_id,))  # fmt: skip
        self._private = self._set.messages and bool(self._set.talks_at)
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def _graph(self, credentials: Credentials) -> Graph:
        if not self._set.ig_id:
            raise Permanent("The account has no Instagram account ID.")
        return Graph(self._set.api_url, self._set.version, credentials)

    # ── tell ──
    def render(self, draft: Draft) -> Rendered:
        """The caption; a link in it can be read and not clicked."""
        text = told(draft, link=draft.link, base=self._set.site_url)
        count = units(text)
        return Rendered(
            subject=draft.subject, text=text, link=draft.link, language=draft.language, pictures=draft.pictures,
            count=count, over=max(0, count - (self.limits.text or count)),
        )  # fmt: skip

    def publish(self, rendered: Rendered, credentials: Credentials, key: str) -> Receipt:
        """All steps at once; Temporary while Instagram is still fetching the pictures."""
        return self.publish_in_steps(rendered, credentials, key, InMemory())

    def publish_in_steps(self, rendered: Rendered, credentials: Credentials, _key: str, progress: Progress) -> Receipt:
        """Make it ready and keep where; once it is ready, publish it. Nobody sees anything before that.

        Temporary while Instagram is busy: coming back goes on where it stood, and finds what was published already.
        """
        self._fits(rendered)
        return Making(self._graph(credentials), self._set.ig_id, rendered, progress, self.clock()).publish()

    def _fits(self, rendered: Rendered) -> None:
        if rendered.over:
            raise Permanent(f"The caption is {rendered.over} characters too long for Instagram.")
        if not rendered.pictures:
            raise Permanent("Instagram takes no post without a picture.")
        if len(rendered.pictures) > (self.limits.pictures or 0):
            raise Permanent(f"Instagram takes at most {self.limits.pictures} pictures in a post.")
        for sign, most, words in (("#", HASHTAGS, "hashtags"), ("@", NAMES, "names")):
            found = len(re.findall(rf"(?<!\w){sign}\w", rendered.text))
            if found > most:
                raise Permanent(f"Instagram takes at most {most} {words} in a post, and there are {found}.")

    def find(self, attempt: Attempt, credentials: Credentials) -> Receipt | None:
        """What the container says, then our own newest posts; or our own answers or messages with the same words."""
        graph, to, text = self._graph(credentials), attempt.to, attempt.rendered.text
        if to is None:
            container = attempt.reached.get("container", "")
            if container and client.status(graph, container)[0] != "PUBLISHED":
                return None
            return client.find_post(graph, self._set.ig_id, text, attempt.since)
        found = None
        if to.sort == Sort.COMMENT and not to.private:
            found = client.find_answer(graph, self._set.ig_id, to.thread or to.remote_id, text, attempt.since)
        person = to.author_id or (to.thread if to.private else "")
        return found or (self._talks.find(graph, person, attempt) if person and self._private else None)

    def retract(self, remote_id: str, credentials: Credentials) -> None:
        """Take away a post or comment. Raises ByHand where Instagram lets only a person do it."""
        if not remote_id.isdigit():
            raise ByHand("Instagram lets no program take back a private message.", url=INBOX)
        client.delete(self._graph(credentials), remote_id)

    def quota(self, credentials: Credentials) -> Quota:
        """Posts in the last 24 hours."""
        return client.quota(self._graph(credentials), self._set.ig_id)

    # ── hear ──
    def listen(self, cursor: str, credentials: Credentials, recent: Sequence[str]) -> tuple[list[Update], str]:
        """Comments under our newest posts, pictures with our name in them, private messages."""
        graph, now = self._graph(credentials), self.clock()
        if not cursor:
            return [], Round(now).cursor()
        asking = Round.of(cursor)
        found = [one for post, since in asking.turns(recent).items() for one in client.comments(graph, post, since)]
        found += client.tags(graph, self._set.ig_id, asking.since)
        if self._private:
            found += self._talks.newer(graph, asking.since)
        return found, asking.after(now, recent).cursor()

    def read(self, update: Update) -> list[Incoming]:
        """What the raw thing says."""
        if update.payload["shape"] in {"messaging", "asked"}:
            return self._talks.read(update)
        return [reading.read(self._set.ig_id, update)]

    def complete(self, update: Update, credentials: Credentials) -> Update:
        """With what was said, or who: of a mention the webhook tells the place only, of a message a number."""
        shape = update.payload["shape"]
        if shape == "messaging":
            return self._talks.complete(self._graph(credentials), update)
        if shape != "mention" or update.payload.get("found"):
            return update
        found = client.mentioned(self._graph(credentials), self._set.ig_id, update.payload["value"])
        return Update(remote_id=update.remote_id, payload={**update.payload, "found": found})

    def challenge(self, query: Mapping[str, str], credentials: Credentials) -> str | None:
        """The handshake."""
        return hooks.challenge(query, credentials)

    def is_genuine(self, headers: Mapping[str, str], body: bytes, credentials: Credentials) -> bool:
        """Whether Meta signed it."""
        return hooks.is_genuine(headers, body, credentials)

    def split(self, body: bytes) -> list[Update]:
        """What happened at this account."""
        found = []
        for name, value, time in hooks.happenings(body, "instagram", self._set.ig_id):
            if name == "messaging":
                one = messages.happened(value, time) if self._set.messages else None
            else:
                one = reading.happened(name, value, time)
            found += [one] if one else []
        return found

    # ── talk ──
    def window(self, to: Target, now: datetime) -> Window:
        """A comment may be answered at any time, a private message for a day (or a week)."""
        return self._talks.window(to, now) if to.private else Window(text=COMMENT)

    def reply(self, to: Target, rendered: Rendered, credentials: Credentials, _key: str) -> Receipt:
        """Answer where it was said."""
        graph, text = self._graph(credentials), rendered.text
        if rendered.pictures:
            raise Permanent("An answer on Instagram is sent without pictures.")
        if to.private:
            return self._talks.send(graph, to, text, self.clock())
        if units(text) > COMMENT:
            raise Permanent(f"The answer is too long: {units(text)} characters, and {COMMENT} fit.")
        if to.sort != Sort.MENTION:
            return client.said(graph, f"/{to.remote_id}/replies", message=text)
        place = {"media_id": to.thread or to.remote_id}
        if to.remote_id != place["media_id"]:
            place["comment_id"] = to.remote_id
        return client.said(graph, f"/{self._set.ig_id}/mentions", message=text, **place)

    def reply_in_private(self, to: Target, rendered: Rendered, credentials: Credentials, key: str) -> Receipt:
        """One private message to who commented, within 7 days."""
        if to.private:
            return self.reply(to, rendered, credentials, key)
        return self._talks.send_about(self._graph(credentials), to.remote_id, rendered.text)

    def hide(self, to: Target, credentials: Credentials, *, hidden: bool) -> None:
        """Only who wrote it still sees a hidden comment."""
        self._graph(credentials).post(f"/{to.remote_id}", hide="true" if hidden else "false")

    # ── figures and health ──
    def measure(self, remote_id: str, credentials: Credentials) -> list[Metric]:
        """The figures of a post; Instagram says nothing rather than 0."""
        return figures.asked(self._graph(credentials), f"/{remote_id}/insights", OF_POST, self.clock())

    def measure_account(self, credentials: Credentials) -> list[Metric]:
        """The account in the last day, and how many follow it."""
        graph, now = self._graph(credentials), self.clock()
        followers = graph.get(f"/{self._set.ig_id}", fields="followers_count").get("followers_count")
        counted = [Metric("followers", followers, now)] if isinstance(followers, int) else []
        path = f"/{self._set.ig_id}/insights"
        return figures.asked(graph, path, OF_ACCOUNT, now, period="day", metric_type="total_value") + counted

    def check(self, credentials: Credentials) -> Health:
        """Whether the token works for this account, until when, and what it may not do."""
        found = self._graph(credentials).get(f"/{self._set.ig_id}", fields="username,name")
        handle = str(found.get("username", ""))
        name, url = f"@{handle}" if handle else "", f"{client.HOME}{handle}/"
        if self._set.by_instagram:
            ends = credentials.get("expires_at", "")
            note = _("With Instagram Login posts can be removed by hand only.")
            return Health(name=name, url=url, expires_at=datetime.fromisoformat(ends) if ends else None,
                          notes=(str(note),))  # fmt: skip
        allowed = self._app.permissions(credentials)
        if allowed is None:
            note = _("Fill in the app ID and the app secret to see until when the access works and what it may do.")
            return Health(name=name, url=url, notes=(str(note),))
        wanted = [scope for scope in SCOPES if self._private or scope != IN_PRIVATE]
        missing = tuple(scope for scope in wanted if scope not in allowed[0])
        return Health(name=name, url=url, expires_at=allowed[1], missing=missing)

    def subscribe(self, credentials: Credentials, callback: str) -> None:
        """See to it that Meta calls us; by Facebook Login the page has to be subscribed to something."""
        graph, private = self._graph(credentials), TOLD_IN_PRIVATE if self._set.messages else ()
        if self._set.by_instagram:
            keep_subscribed(graph, self._set.ig_id, self._set.app_id, TOLD + private)
            return
        self._app.register(credentials, "instagram", TOLD + TOLD_OF_NAMES + private, callback)
        if self._set.page_id:
            keep_subscribed(graph, self._set.page_id, self._set.app_id, ("feed",))

    # ── renewing ──
    def is_stale(self, credentials: Credentials, now: datetime) -> bool:
        """Only a token of Instagram Login wears out; it is exchanged when half its time is over."""
        if not self._set.by_instagram or not credentials.get("token"):
            return False
        after = credentials.get("renew_after", "")
        return not after or now >= datetime.fromisoformat(after)

    def renew(self, credentials: Credentials, now: datetime) -> Mapping[str, str]:
        """The new token and when to exchange that; for one that is too young only when to come back."""
        try:
            token, seconds = client.renewed(self._graph(credentials), credentials["token"])
        except Permanent:
            return {"renew_after": (now + TOO_YOUNG).isoformat()}
        lasts = timedelta(seconds=seconds)
        return {"token": token, "expires_at": (now + lasts).isoformat(),
                "renew_after": (now + max(lasts / 2, TOO_YOUNG)).isoformat()}  # fmt: skip
