"""A page on Facebook, both ways."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from django.utils.translation import gettext_lazy as _

from stamtafel.channels.adapters.facebook import client, reading
from stamtafel.channels.adapters.facebook.options import SCOPES, SETUP, Options
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
    Receipt,
    Rendered,
    Target,
    Update,
    Window,
)

TOLD: Final = ("feed", "mention")  # subscribed_fields, see the Page reference "subscribed_apps"
TOLD_IN_PRIVATE: Final = ("messages", "message_echoes", "message_edits", "messaging_postbacks")
COMMENT: Final = 8000
MESSAGE: Final = 2000
OF_POST: Final = {"post_media_view": "views", "post_total_media_view_unique": "reach", "post_clicks": "clicks"}
OF_PAGE: Final = {"page_media_view": "views", "page_total_media_view_unique": "reach",
                  "page_post_engagements": "engagements"}  # fmt: skip


class Facebook:
    """Options: see ``options``. Credentials: ``token`` of the page, ``app_secret``, ``verify_token``."""

    kind = "facebook"
    setup = SETUP
    repeatable = False
    limits: ClassVar[Limits] = Limits(
        text=63_206, pictures=10, picture_bytes=10_000_000, picture_side=2048, reply=COMMENT, private=MESSAGE
    )

    def __init__(self, options: Mapping[str, Any]) -> None:
        """A test may set ``clock``."""
        self._set = Options.of(options)
        self._app = App(self._set.api_url, self._set.version, self._set.app_id)
        self._talks = messages.Talks(self._set.page_id, "MESSENGER", MESSAGE, in_bytes=False,
                                     human_agent=self._set.human_agent, own=(self._set.page_id,))  # fmt: skip
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def _graph(self, credentials: Credentials) -> Graph:
        if not self._set.page_id:
            raise Permanent("The account has no page ID.")
        return Graph(self._set.api_url, self._set.version, credentials)

    # ── tell ──
    def render(self, draft: Draft) -> Rendered:
        """The words; a link becomes a card, and stands in the words where there are pictures instead."""
        text = told(draft, link=draft.link if draft.pictures else "", base=self._set.site_url)
        count = units(text)
        return Rendered(
            subject=draft.subject, text=text, link=draft.link, language=draft.language, pictures=draft.pictures,
            count=count, over=max(0, count - (self.limits.text or count)),
        )  # fmt: skip

    def publish(self, rendered: Rendered, credentials: Credentials, key: str) -> Receipt:
        """All steps at once."""
        return self.publish_in_steps(rendered, credentials, key, InMemory())

    def publish_in_steps(self, rendered: Rendered, credentials: Credentials, _key: str, progress: Progress) -> Receipt:
        """The pictures first, which nobody sees yet; then the post."""
        if rendered.over:
            raise Permanent(f"The text is {rendered.over} characters too long for Facebook.")
        graph = self._graph(credentials)
        photos = []
        for number, picture in enumerate(rendered.pictures):
            step = f"photo:{number}"
            if not progress.get(step):
                progress.keep(step, client.photo(graph, self._set.page_id, picture))
            photos.append(progress.get(step))
        try:
            return client.post(graph, self._set.page_id, rendered.text, photos=photos, link=rendered.link)
        except Permanent:  # perhaps of the pictures: Facebook lets go of those that were not used in a day
            for number in range(len(photos)):
                progress.keep(f"photo:{number}", "")
            raise

    def find(self, attempt: Attempt, credentials: Credentials) -> Receipt | None:
        """Our own newest posts, answers or messages with the same words."""
        graph, to, text = self._graph(credentials), attempt.to, attempt.rendered.text
        if to is None:
            return client.find_post(graph, self._set.page_id, text, attempt.since)
        found = None
        if not to.private:
            found = client.find_comment(graph, self._set.page_id, to.remote_id, text, attempt.since)
        person = to.author_id or (to.thread if to.private else "")
        return found or (self._talks.find(graph, person, attempt) if person else None)

    def edit(self, remote_id: str, rendered: Rendered, credentials: Credentials) -> None:
        """Other words; pictures stay as they are. Raises ByHand for a post that another app made."""
        if rendered.over:
            raise Permanent(f"The text is {rendered.over} characters too long for Facebook.")
        client.edit(self._graph(credentials), remote_id, rendered.text)

    def retract(self, remote_id: str, credentials: Credentials) -> None:
        """Take away a post or comment; a private message only a person can take back."""
        if remote_id.startswith("m_"):
            raise ByHand("Facebook lets no program take back a private message.", url=INBOX)
        client.delete(self._graph(credentials), remote_id)

    # ── hear ──
    def listen(self, cursor: str, credentials: Credentials, recent: Sequence[str]) -> tuple[list[Update], str]:
        """Comments under our newest posts, posts of visitors, posts that name us, private messages."""
        graph, now = self._graph(credentials), self.clock()
        if not cursor:
            return [], Round(now).cursor()
        asking = Round.of(cursor)
        found = [one for post, since in asking.turns(recent).items() for one in client.comments(graph, post, since)]
        for edge in ("visitor_posts", "tagged"):
            found += client.posts(graph, self._set.page_id, edge, asking.since)
        if self._set.messages:
            found += self._talks.newer(graph, asking.since)
        return found, asking.after(now, recent).cursor()

    def read(self, update: Update) -> list[Incoming]:
        """What the raw thing says."""
        if update.payload["shape"] in {"messaging", "asked"}:
            return self._talks.read(update)
        return [reading.read(self._set.page_id, update)]

    def complete(self, update: Update, credentials: Credentials) -> Update:
        """With the name of who wrote us a private message: the webhook tells a number only."""
        if update.payload["shape"] != "messaging":
            return update
        return self._talks.complete(self._graph(credentials), update)

    def challenge(self, query: Mapping[str, str], credentials: Credentials) -> str | None:
        """The handshake."""
        return hooks.challenge(query, credentials)

    def is_genuine(self, headers: Mapping[str, str], body: bytes, credentials: Credentials) -> bool:
        """Whether Meta signed it."""
        return hooks.is_genuine(headers, body, credentials)

    def split(self, body: bytes) -> list[Update]:
        """What happened at this page."""
        found = []
        for name, value, time in hooks.happenings(body, "page", self._set.page_id):
            if name == "messaging":
                one = messages.happened(value, time) if self._set.messages else None
            else:
                one = reading.happened(self._set.page_id, name, value, time)
            found += [one] if one else []
        return found

    # ── talk ──
    def window(self, to: Target, now: datetime) -> Window:
        """A comment may be answered at any time, a private message for a day (or a week)."""
        return self._talks.window(to, now) if to.private else Window(text=COMMENT)

    def reply(self, to: Target, rendered: Rendered, credentials: Credentials, _key: str) -> Receipt:
        """Answer where it was said."""
        graph = self._graph(credentials)
        if rendered.pictures:
            raise Permanent("An answer on Facebook is sent without pictures.")
        if to.private:
            return self._talks.send(graph, to, rendered.text, self.clock())
        if units(rendered.text) > COMMENT:
            raise Permanent(f"The answer is too long: {units(rendered.text)} characters, and {COMMENT} fit.")
        return client.comment(graph, to.remote_id, rendered.text)

    def reply_in_private(self, to: Target, rendered: Rendered, credentials: Credentials, key: str) -> Receipt:
        """One private message to who commented, within 7 days."""
        if to.private:
            return self.reply(to, rendered, credentials, key)
        return self._talks.send_about(self._graph(credentials), to.remote_id, rendered.text)

    def hide(self, to: Target, credentials: Credentials, *, hidden: bool) -> None:
        """Only who wrote it and their friends still see a hidden comment."""
        self._graph(credentials).post(f"/{to.remote_id}", is_hidden="true" if hidden else "false")

    # ── figures and health ──
    def measure(self, remote_id: str, credentials: Credentials) -> list[Metric]:
        """Views, reach and clicks by insights; reactions, replies and shares by counting."""
        graph, now = self._graph(credentials), self.clock()
        counted = [Metric(name, value, now) for name, value in client.counts(graph, remote_id).items()]
        return figures.asked(graph, f"/{remote_id}/insights", OF_POST, now) + counted

    def measure_account(self, credentials: Credentials) -> list[Metric]:
        """The page in the last whole day, and how many follow it."""
        graph, now = self._graph(credentials), self.clock()
        followers = graph.get(f"/{self._set.page_id}", fields="followers_count").get("followers_count")
        counted = [Metric("followers", followers, now)] if isinstance(followers, int) else []
        return figures.asked(graph, f"/{self._set.page_id}/insights", OF_PAGE, now, period="day") + counted

    def check(self, credentials: Credentials) -> Health:
        """Whether the token works for this page, until when, and what it may not do."""
        page = self._graph(credentials).get(f"/{self._set.page_id}", fields="id,name,link")
        allowed = self._app.permissions(credentials)
        wanted = [name for name in SCOPES if self._set.messages or name != "pages_messaging"]
        name, url = str(page.get("name", "")), str(page.get("link", ""))
        if allowed is None:
            note = _("Fill in the app ID and the app secret to see until when the access works and what it may do.")
            return Health(name=name, url=url, notes=(str(note),))
        missing = tuple(name for name in wanted if name not in allowed[0])
        return Health(name=name, url=url, expires_at=allowed[1], missing=missing)

    def subscribe(self, credentials: Credentials, callback: str) -> None:
        """See to it that Meta calls us for this page."""
        wanted = TOLD + (TOLD_IN_PRIVATE if self._set.messages else ())
        self._app.register(credentials, "page", wanted, callback)
        keep_subscribed(self._graph(credentials), self._set.page_id, self._set.app_id, wanted)
