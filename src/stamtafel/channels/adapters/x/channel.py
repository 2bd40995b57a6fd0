"""X: posts with pictures, chains, answers, private messages; paid by the call and only answering who asked us."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from stamtafel.channels.adapters.posts import chain, told
from stamtafel.channels.adapters.x import client, reading, sending, weighted
from stamtafel.channels.adapters.x.client import Api
from stamtafel.channels.adapters.x.listening import Cursor, Round
from stamtafel.channels.adapters.x.options import EARLY, EVENTS, SCOPES, SETUP, Options
from stamtafel.channels.adapters.x.sending import InMemory, Sending
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
    Progress,
    Receipt,
    Rendered,
    Target,
    Update,
    Window,
)

LONGEST_MESSAGE: Final = 10_000
LONGEST_ADDRESS: Final = 500
CHAINED_WITHIN: Final = timedelta(minutes=30)  # the posts of a chain go out in one go
SAME_ANSWER: Final = timedelta(days=2)
OWN_FIGURES: Final = timedelta(days=29)  # X shows how often a link was followed for 30 days
FIGURES: Final = {
    "impression_count": "views", "like_count": "reactions", "reply_count": "replies", "repost_count": "reposts",
    "quote_count": "quotes", "bookmark_count": "bookmarks", "url_link_clicks": "clicks",
    "user_profile_clicks": "profile_clicks",
}  # fmt: skip


class X:
    """Nothing is repeatable: X knows no key of ours. What was tried and not answered is looked up among our own posts
    before it is made again, and X itself refuses a text that it has from us already.
    """

    kind = "x"
    limits = Limits(
        text=weighted.LONGEST, pictures=sending.MOST_PICTURES, counted_in="weighted", alt=1000,
        picture_bytes=5_000_000, picture_side=4096, threads=True, reply=weighted.LONGEST, private=LONGEST_MESSAGE,
    )  # fmt: skip
    repeatable = False
    setup = SETUP

    def __init__(self, options: Mapping[str, Any]) -> None:
        """Options: see ``options.Options``. The moment is needed for what was tried; a test may set ``clock``."""
        self._options = Options.read(options)
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def _api(self, credentials: Credentials) -> Api:
        if not credentials.get("access_token"):
            raise NeedsSignIn("X: this account is not connected yet.")
        return Api(self._options.api_url, credentials, self._options.names)

    # ── telling ──────────────────────────────────────────────────────────────────────────────────
    def render(self, draft: Draft) -> Rendered:
        """The text as X counts it; a chain where the editor chose one and the text is too long."""
        text = weighted.UNSENDABLE.sub("", told(draft, link=draft.link, base=self._options.site_url))
        count = weighted.length(text)
        long = count > weighted.LONGEST
        threaded = long and draft.form == Form.THREAD
        return Rendered(
            subject=draft.subject, text=text, link=draft.link, language=draft.language, pictures=draft.pictures,
            count=count, over=count - weighted.LONGEST if long and not threaded else 0,
            parts=chain(text, _fits) if threaded else (),
        )  # fmt: skip

    def cost(self, rendered: Rendered) -> int:
        """Thousandths of a dollar: a post with an address in it, with ``https://`` or without, costs far more."""
        prices = self._options
        return sum(
            prices.price_with_url if any(weighted.urls(text)) else prices.price for text in sending.texts(rendered)
        )

    def publish(self, rendered: Rendered, credentials: Credentials, key: str) -> Receipt:
        """Put it out in one go."""
        return self.publish_in_steps(rendered, credentials, key, InMemory())

    def publish_in_steps(self, rendered: Rendered, credentials: Credentials, _key: str, progress: Progress) -> Receipt:
        """Pictures, then post after post, going on where ``progress`` stands."""
        if rendered.over:
            raise Permanent(f"The text is {rendered.over} too long for X.")
        post = Sending(self._api(credentials), progress, self.clock).chain(rendered)
        return self._receipt(post, credentials)

    def find(self, attempt: Attempt, credentials: Credentials) -> Receipt | None:
        """By the words, among what we said since; a chain only when all of it is out."""
        api, to, text = self._api(credentials), attempt.to, attempt.rendered.text
        if to is None:
            found = sending.find_chain(api, attempt.rendered, attempt.reached, attempt.since)
        elif to.private:
            found = sending.find_message(api, text, conversation=to.thread, since=attempt.since)
            return Receipt(found, f"{reading.SITE}/messages/{to.thread}") if found else None
        else:
            found = sending.find(api, text, since=attempt.since, answers=to.remote_id)
        return self._receipt(found, credentials) if found else None

    def _receipt(self, post: str, credentials: Credentials) -> Receipt:
        return Receipt(post, reading.post_url(post, credentials.get("username", "")))

    # ── how the account is doing ─────────────────────────────────────────────────────────────────
    def check(self, credentials: Credentials) -> Health:
        """Who we are there, and which permissions were not given."""
        me = self._api(credentials).me()
        given = credentials.get("scope", "").split()
        name = str(me.get("username", ""))
        notes = () if credentials.get("consumer_secret") and credentials.get("bearer_token") else (
            _("X does not tell us what people say, so we ask X ourselves. That costs money each time."),
        )  # fmt: skip
        return Health(
            name=f"@{name}", url=f"{reading.SITE}/{name}",
            missing=tuple(scope for scope in SCOPES if given and scope not in given), notes=notes,
        )  # fmt: skip

    def sign_in_address(self, _credentials: Credentials, *, callback: str, state: str, verifier: str) -> str:
        """Where the browser goes to give us leave."""
        ours = self._options
        return client.authorization(
            ours.client_id, callback, state=state, verifier=verifier, authorize_url=ours.authorize_url
        )

    def signed_in(
        self, code: str, credentials: Credentials, *, callback: str, verifier: str, now: datetime
    ) -> Mapping[str, str]:
        """The tokens for the code of X, with the id and name of the account."""
        return client.exchange(
            code, verifier, redirect_uri=callback, client_id=self._options.client_id, now=now,
            client_secret=credentials.get("client_secret", ""), api_url=self._options.api_url,
        )  # fmt: skip

    def is_stale(self, credentials: Credentials, now: datetime) -> bool:
        """Whether the access token ends within minutes; one that never ends is never stale."""
        if not credentials.get("refresh_token"):
            return False
        try:
            return datetime.fromisoformat(credentials.get("expires_at", "")) - EARLY <= now
        except (ValueError, TypeError):
            return True

    def renew(self, credentials: Credentials, now: datetime) -> Mapping[str, str]:
        """New tokens for old ones. X takes a refresh token once."""
        if not credentials.get("refresh_token"):
            raise NeedsSignIn("X: this account is not connected yet.")
        return client.renewed(credentials, client_id=self._options.client_id, now=now, api_url=self._options.api_url)

    def measure_account(self, credentials: Credentials) -> Sequence[Metric]:
        """How many follow us."""
        figures = self._api(credentials).me().get("public_metrics") or {}
        count = figures.get("followers_count")
        return [Metric("followers", count, self.clock())] if isinstance(count, int) else []

    def measure(self, remote_id: str, credentials: Credentials) -> Sequence[Metric]:
        """The figures of a post, of its newest edit; empty where it is gone."""
        young = reading.moment(remote_id) > self.clock() - OWN_FIGURES
        post = self._newest(self._api(credentials), remote_id, private_figures=young)
        figures = {**(post.get("public_metrics") or {}), **(post.get("non_public_metrics") or {})}
        now = self.clock()
        found = [
            Metric(name, figures[said], now) for said, name in FIGURES.items() if isinstance(figures.get(said), int)
        ]
        shares = [metric.value for metric in found if metric.name in {"reposts", "quotes"}]
        return [*found, Metric("shares", sum(shares), now)] if shares else found

    def _newest(self, api: Api, remote_id: str, *, private_figures: bool = False) -> dict[str, Any]:
        post = next(iter(api.posts([remote_id], private_figures=private_figures)), {})
        newest = reading.history(post)[-1] if post else remote_id
        if newest == remote_id:
            return post
        return next(iter(api.posts([newest], private_figures=private_figures)), post)

    # ── taking back and changing ─────────────────────────────────────────────────────────────────
    def retract(self, remote_id: str, credentials: Credentials) -> None:
        """Take the post away, and before it the rest of its chain, the last first."""
        api = self._api(credentials)
        for post in reversed(self._chain(api, remote_id)):
            api.delete(post)

    def _chain(self, api: Api, first: str) -> list[str]:
        """The post and those of ours that follow it: each answers the one before, made in the same minutes."""
        made = reading.moment(first)
        answers = {reading.answered(post): str(post["id"]) for post in api.own_posts(made, made + CHAINED_WITHIN)}
        found = [first]
        while answers.get(found[-1]):
            found.append(answers.pop(found[-1]))
        return found

    def edit(self, remote_id: str, rendered: Rendered, credentials: Credentials) -> None:
        """Other words in its place, within the hour and the five times that X allows, to Premium accounts alone."""
        if rendered.over or rendered.parts:
            raise Permanent("An edited post on X is one post of at most 280.")
        api = self._api(credentials)
        post = self._newest(api, remote_id)
        if not post or not self._may_edit(post):
            raise Permanent("X: this post can't be edited any more. Delete it and make a new one.")
        body = Sending(api, InMemory(), self.clock).body(rendered.text, rendered.pictures)
        api.post({**body, "edit_options": {"previous_post_id": str(post["id"])}})

    def _may_edit(self, post: Mapping[str, Any]) -> bool:
        controls = post.get("edit_controls") or {}
        if not controls.get("is_edit_eligible") or controls.get("edits_remaining") == 0:
            return False
        try:
            return datetime.fromisoformat(str(controls.get("editable_until"))) > self.clock()
        except ValueError:
            return True  # X does not say until when; it will say no itself

    # ── answering ────────────────────────────────────────────────────────────────────────────────
    def window(self, to: Target, _now: datetime) -> Window:
        """Always open; but in public X refuses programs that were not asked by name or by a quote."""
        if to.private:
            return Window(text=LONGEST_MESSAGE, by_hand=f"{reading.SITE}/messages/{to.thread}")
        note = "" if to.sort == "mention" else _(
            "X may refuse this answer, because they did not call us by name. Then you can answer on X itself with one "
            "click."
        )  # fmt: skip
        return Window(text=weighted.LONGEST, note=note, by_hand=intent(to.remote_id))

    def reply(self, to: Target, rendered: Rendered, credentials: Credentials, key: str) -> Receipt:
        """Answer it. Where X lets no program do so, ByHand with the address at which a person can.

        A colleague may send again what nobody knew of: where X has it from us already, that is the answer.
        """
        if to.private:
            return self.reply_in_private(to, rendered, credentials, key)
        if rendered.over or rendered.parts:
            raise Permanent(f"The answer is {rendered.count} long; X takes {weighted.LONGEST}.")
        api = self._api(credentials)
        body = Sending(api, InMemory(), self.clock).body(rendered.text, rendered.pictures, answers=to.remote_id)
        try:
            return self._receipt(api.post(body), credentials)
        except ByHand as error:
            raise ByHand(str(error), url=intent(to.remote_id, rendered.text)) from error
        except client.Duplicate:
            since = self.clock() - SAME_ANSWER
            found = sending.find(api, rendered.text, since=since, answers=to.remote_id)
            if not found:
                raise
            return self._receipt(found, credentials)

    def reply_in_private(self, to: Target, rendered: Rendered, credentials: Credentials, _key: str) -> Receipt:
        """Write to the author alone: in the talk there is, or in a new one."""
        if len(rendered.text) > LONGEST_MESSAGE:
            raise Permanent(f"A private message on X is at most {LONGEST_MESSAGE} long.")
        api = self._api(credentials)
        body: dict[str, Any] = {"text": rendered.text}
        media = Sending(api, InMemory(), self.clock).pictures(rendered.pictures[:1], "dm_image")
        if media:
            body["attachments"] = [{"media_id": media[0]}]
        talk = to.thread if to.private else ""
        return Receipt(api.message(talk, to.author_id, body), f"{reading.SITE}/messages/{talk}" if talk else "")

    def hide(self, to: Target, credentials: Credentials, *, hidden: bool) -> None:
        """Hide an answer under our post, or show it again."""
        self._api(credentials).hide(to.remote_id, hidden=hidden)

    # ── hearing ──────────────────────────────────────────────────────────────────────────────────
    def listen(self, cursor: str, credentials: Credentials, recent: Sequence[str]) -> tuple[Sequence[Update], str]:
        """Mentions, what is said under our newest posts, quotes, and private messages where we may read them."""
        given, now, known = credentials.get("scope", "").split(), self.clock(), Cursor.read(cursor)
        pause = timedelta(seconds=self._options.messages_seconds)
        in_private = (not given or "dm.read" in given) and known.wants_messages(now, pause)
        found, after = Round(self._api(credentials), now).listen(known, recent, in_private=in_private)
        return found, after.write()

    def read(self, update: Update) -> Sequence[Incoming]:
        """What one thing says."""
        return reading.read(update)

    def challenge(self, query: Mapping[str, str], credentials: Credentials) -> str | None:
        """The proof that the address is ours ("Challenge-Response Checks", asked every day and each hour)."""
        token, secret = query.get("crc_token", ""), credentials.get("consumer_secret", "")
        return json.dumps({"response_token": _signature(secret, token.encode())}) if token and secret else None

    def is_genuine(self, headers: Mapping[str, str], body: bytes, credentials: Credentials) -> bool:
        """Whether the signature is that of our app over these very bytes."""
        secret, sent = credentials.get("consumer_secret", ""), headers.get("x-twitter-webhooks-signature", "")
        return bool(secret) and hmac.compare_digest(_signature(secret, body).encode(), sent.encode())

    def split(self, body: bytes) -> Sequence[Update]:
        """The things in one notice."""
        return reading.split(body)

    def subscribe(self, credentials: Credentials, callback: str) -> None:
        """See to it that X calls us; without the two secrets that takes nothing happens, and we go on asking."""
        if not (credentials.get("consumer_secret") and credentials.get("bearer_token")):
            return
        api = self._api(credentials)
        hook = next((row for row in api.webhooks() if row.get("url") == callback), None)
        if hook is not None and hook.get("valid") is False:
            api.try_webhook(str(hook["id"]))
        webhook = str(hook["id"]) if hook is not None else api.add_webhook(callback)
        me = api.my_id()
        told_of = {
            row.get("event_type") for row in api.subscriptions()
            if row.get("webhook_id") == webhook and (row.get("filter") or {}).get("user_id") == me
        }  # fmt: skip
        for event in EVENTS:
            if event not in told_of:
                api.tell_us(event, webhook)


def _fits(text: str) -> bool:
    return weighted.length(text) <= weighted.LONGEST


def _signature(secret: str, signed: bytes) -> str:
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).digest()
    return f"sha256={base64.b64encode(digest).decode()}"


def intent(post: str, text: str = "") -> str:
    """Where a person answers a post on X itself, the words filled in where they fit in an address ("Web intents")."""
    url = f"{reading.SITE}/intent/post?{urlencode({'in_reply_to': post})}"
    full = f"{url}&{urlencode({'text': text})}" if text else url
    return full if len(full) <= LONGEST_ADDRESS else url
