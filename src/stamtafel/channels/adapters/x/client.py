"""The calls to X (API v2, docs.x.com), and what its refusals mean."""

import base64
import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from stamtafel.channels.adapters.calls import Calls, field, retry_after, short, until
from stamtafel.channels.adapters.x.options import API, AUTHORIZE, SCOPES, Names
from stamtafel.channels.contract import (
    ByHand,
    Credentials,
    NeedsSignIn,
    OutcomeUnknown,
    Permanent,
    Picture,
    Temporary,
)
from stamtafel.outbound import Answer

PAGES: Final = 8  # X shows at most the 800 newest mentions
HOUR: Final = timedelta(hours=1)
# what X says with 403, in lower case → what it means; the same words are in no document, only in its answers
NOT_SUMMONED: Final = (
    "mentioned or otherwise engaged", "reply to this conversation is not allowed", "restricted who can reply",
    "not permitted to reply", "posts where you are mentioned",
)  # fmt: skip
DUPLICATE: Final = ("duplicate content",)
NOT_ALLOWED_IN: Final = (
    "account is temporarily locked", "account is suspended", "client-not-enrolled", "client-forbidden",
    "oauth2-permissions", "oauth1-permissions", "unsupported-authentication", "missing required scope",
    "when authenticating requests",
)  # fmt: skip
RENAMED: Final = {
    "referenced_tweets": "referenced_posts", "edit_history_tweet_ids": "edit_history_post_ids",
    "note_tweet": "note_post", "retweet_count": "repost_count", "tweets": "posts", "tweet_count": "post_count",
}  # fmt: skip
FIELDS: Final = {
    Names.POST: {
        "post.fields": "conversation_id,created_at,display_text_range,edit_controls,entities,lang,note_post,"
                       "public_metrics,text",
        "expansions": "author_id,in_reply_to_user_id,referenced_posts,edit_history_post_ids,attachments.media_keys",
    },
    Names.TWEET: {
        "tweet.fields": "author_id,conversation_id,created_at,display_text_range,edit_controls,edit_history_tweet_ids,"
                        "entities,in_reply_to_user_id,lang,note_tweet,public_metrics,referenced_tweets,text",
        "expansions": "author_id,in_reply_to_user_id,referenced_tweets.id,edit_history_tweet_ids,"
                      "attachments.media_keys",
    },
}  # fmt: skip
PEOPLE: Final = {"user.fields": "name,username", "media.fields": "alt_text,type,url,variants"}
MESSAGES: Final = {
    Names.POST: {"dm_event.fields": "attachments,created_at,dm_conversation_id,entities,event_type,id,text",
                 "expansions": "attachments.media_keys,participant_ids,sender_id"},
    Names.TWEET: {"dm_event.fields": "attachments,created_at,dm_conversation_id,entities,event_type,id,sender_id,text",
                  "expansions": "attachments.media_keys,participant_ids,sender_id"},
}  # fmt: skip


class Duplicate(Permanent):
    """X has this text from us already."""


def renamed(found: Any) -> Any:
    """JSON of X with the names of after August 2026, whichever it was sent with."""
    if isinstance(found, Mapping):
        return {RENAMED.get(name, name): renamed(value) for name, value in found.items()}
    if isinstance(found, list):
        return [renamed(value) for value in found]
    return found


# ── what a refusal means ─────────────────────────────────────────────────────────────────────────
def said(answer: Answer) -> str:
    """X's own sentence in an answer that is an error; its forms are many ("Response codes and errors")."""
    data = answer.data if isinstance(answer.data, Mapping) else {}
    errors = data.get("errors")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], Mapping) else {}
    for words in (data.get("detail"), first.get("detail"), first.get("message"), data.get("message"),
                  data.get("error_description"), data.get("error"), data.get("title")):  # fmt: skip
        if isinstance(words, str) and words:
            return short(words)
    return short(answer.text)


def explain(answer: Answer) -> Exception | None:
    """The error an answer stands for; None leaves it to the general rule."""
    words = f"X: {said(answer)}"
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        return Temporary(words, retry_after=_wait(answer))
    if answer.status == HTTPStatus.PAYMENT_REQUIRED:
        return Temporary(words, retry_after=HOUR)  # the credits are used up: somebody has to buy some
    if answer.status == HTTPStatus.UNAUTHORIZED:
        return NeedsSignIn(words)
    if answer.status == HTTPStatus.FORBIDDEN:
        return _forbidden(words, answer.text.lower())
    if HTTPStatus.BAD_REQUEST <= answer.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return Permanent(words) if answer.status != HTTPStatus.REQUEST_TIMEOUT else None
    return None


def _forbidden(words: str, text: str) -> Exception:
    if any(part in text for part in NOT_SUMMONED):
        return ByHand(words)
    if any(part in text for part in DUPLICATE):
        return Duplicate(words)
    return NeedsSignIn(words) if any(part in text for part in NOT_ALLOWED_IN) else Permanent(words)


def _wait(answer: Answer) -> timedelta | None:
    """Until the used-up limit begins anew: that of a quarter of an hour, or those of a day ("Rate limits")."""
    waits = [
        until(answer.headers.get(f"{limit}-reset", ""))
        for limit in ("x-rate-limit", "x-user-limit-24hour", "x-app-limit-24hour")
        if answer.headers.get(f"{limit}-remaining", "").strip() == "0"
    ]
    used_up = max((wait for wait in waits if wait is not None), default=None)
    return used_up or retry_after(answer) or until(answer.headers.get("x-rate-limit-reset", ""))


# ── signing in ("OAuth 2.0 Authorization Code Flow with PKCE") ───────────────────────────────────
def new_verifier() -> str:
    """The secret that shows at the end that the one who began is the one who comes back (RFC 7636)."""
    return secrets.token_urlsafe(48)


def authorization(
    client_id: str,
    redirect_uri: str,
    *,
    state: str,
    verifier: str,
    scopes: Sequence[str] = SCOPES,
    authorize_url: str = AUTHORIZE,
) -> str:
    """The address on X where somebody gives us leave."""
    digest = hashlib.sha256(verifier.encode()).digest()
    asked = {
        "response_type": "code", "client_id": client_id, "redirect_uri": redirect_uri, "scope": " ".join(scopes),
        "state": state, "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }  # fmt: skip
    return f"{authorize_url}?{urlencode(asked)}"


def exchange(
    code: str,
    verifier: str,
    *,
    redirect_uri: str,
    client_id: str,
    client_secret: str = "",
    now: datetime,
    api_url: str = API,
) -> dict[str, str]:
    """The secrets that the code of X stands for, with the id and name of the account. Raises like ``check``."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri, "code_verifier": verifier}
    found = _token(form, client_id, client_secret, now=now, api_url=api_url)
    me = Api(api_url, found).me()
    return {**found, "user_id": str(me["id"]), "username": str(me.get("username", ""))}


def renewed(credentials: Credentials, *, client_id: str, now: datetime, api_url: str = API) -> dict[str, str]:
    """New secrets for old. X takes a refresh token once: keep the new one before anything is done with it."""
    form = {"grant_type": "refresh_token", "refresh_token": credentials["refresh_token"]}
    found = _token(form, client_id, credentials.get("client_secret", ""), now=now, api_url=api_url)
    return {name: value for name, value in found.items() if value}  # never an empty one over one that was


def _token(
    form: Mapping[str, str], client_id: str, client_secret: str, *, now: datetime, api_url: str
) -> dict[str, str]:
    headers = {}
    if client_secret:
        pair = base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()
        headers = {"Authorization": f"Basic {pair}"}
    calls = Calls(api_url, headers=headers, explain=_sign_in_again)
    answer = calls.read("POST", "/2/oauth2/token", data={**form, "client_id": client_id}).data
    if not isinstance(answer, Mapping) or not answer.get("access_token"):
        raise Temporary("X gave an answer without an access token.")
    seconds = answer.get("expires_in")
    lasts = timedelta(seconds=seconds if isinstance(seconds, int) else 7200)
    return {
        "access_token": str(answer["access_token"]),
        "refresh_token": str(answer.get("refresh_token") or ""),
        "expires_at": (now + lasts).isoformat(),
        "scope": str(answer.get("scope") or ""),
    }


def _sign_in_again(answer: Answer) -> Exception | None:
    if answer.status in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return NeedsSignIn(f"X: {said(answer)}")
    return explain(answer)


# ── the calls ────────────────────────────────────────────────────────────────────────────────────
Page = tuple[list[dict[str, Any]], dict[str, Any]]


class Api:
    """X for one account. What only reads, or is harmless when done twice, raises Temporary where it is not answered."""

    def __init__(self, api_url: str, credentials: Credentials, names: Names = Names.POST) -> None:
        self.credentials = credentials
        self.names = names
        self._calls = Calls(
            api_url, headers={"Authorization": f"Bearer {credentials.get('access_token', '')}"}, explain=explain
        )
        self._app = Calls(
            api_url, headers={"Authorization": f"Bearer {credentials.get('bearer_token', '')}"}, explain=explain
        )

    def me(self) -> dict[str, Any]:
        """Who we are, with our number of followers."""
        answer = self._read("/2/users/me", {"user.fields": "public_metrics,username,name"})
        me = answer.get("data")
        if not isinstance(me, dict) or not str(me.get("id", "")).isdigit():
            raise Temporary("X did not say whose account this is.")
        return me

    def my_id(self) -> str:
        """Our own id; kept with the secrets when the account was connected."""
        return self.credentials.get("user_id") or str(self.me()["id"])

    # what is public
    def post(self, body: Mapping[str, Any]) -> str:
        """Put a post out; its id. The one call here that may end in OutcomeUnknown, with ``message``."""
        return _id(self._calls.write("POST", "/2/tweets", json=body), "id")

    def message(self, conversation: str, person: str, body: Mapping[str, Any]) -> str:
        """Write in private, in a talk that there is or to a person; the id of the message."""
        path = f"/2/dm_conversations/{conversation}" if conversation else f"/2/dm_conversations/with/{person}"
        return _id(self._calls.write("POST", f"{path}/messages", json=body), "dm_event_id")

    def delete(self, post: str) -> None:
        """Take a post away; harmless when it is gone."""
        try:
            self._calls.read("DELETE", f"/2/tweets/{post}")
        except Permanent:
            if self.posts([post]):  # X says "not found" in more than one way
                raise

    def hide(self, post: str, *, hidden: bool) -> None:
        """Hide a reply under a post of ours, or show it again."""
        self._calls.read("PUT", f"/2/tweets/{post}/hidden", json={"hidden": hidden})

    # pictures
    def upload(self, picture: Picture, category: str) -> tuple[str, int]:
        """Bring a picture over in one go; its id and for how many seconds X keeps it."""
        sent = {"media": ("picture.jpg", picture.data, picture.media_type or "image/jpeg")}
        answer = self._calls.read("POST", "/2/media/upload", files=sent, data={"media_category": category}).data
        found = answer.get("data") if isinstance(answer, Mapping) else None
        if not isinstance(found, Mapping) or not str(found.get("id", "")).isdigit():
            raise Temporary("X did not say what it calls the picture.")
        return str(found["id"]), int(found.get("expires_after_secs") or 0)

    def describe(self, media: str, alt: str) -> None:
        """Give a picture the words that stand in for it."""
        body = {"id": media, "metadata": {"alt_text": {"text": alt}}}
        self._calls.read("POST", "/2/media/metadata", json=body)

    # reading
    def posts(self, ids: Sequence[str], *, private_figures: bool = False) -> list[dict[str, Any]]:
        """Those of the posts that are there. ``private_figures``: of our own posts younger than 30 days."""
        asked = dict(FIELDS[self.names])
        if private_figures:
            asked[f"{self.names}.fields"] += ",non_public_metrics"
        answer = self._read("/2/tweets", {**asked, "ids": ",".join(ids)})
        return _rows(answer)

    def own_posts(self, since: datetime, until: datetime | None = None) -> Iterator[dict[str, Any]]:
        """Our own posts and answers between these moments, the newest first."""
        sent = {"start_time": _moment(since), "max_results": "100", **({"end_time": _moment(until)} if until else {})}
        for rows, _includes in self._pages(
            f"/2/users/{self.my_id()}/tweets", {**FIELDS[self.names], **sent}, "pagination_token"
        ):
            yield from rows

    def mentions(self, sent: Mapping[str, str]) -> Iterator[Page]:
        """Posts with our name in them, a page at a time, the newest first."""
        asked = {**FIELDS[self.names], **PEOPLE, **sent}
        return self._pages(f"/2/users/{self.my_id()}/mentions", asked, "pagination_token")

    def search(self, query: str, sent: Mapping[str, str]) -> Iterator[Page]:
        """Posts of the last seven days that fit the query, a page at a time, the newest first."""
        asked = {**FIELDS[self.names], **PEOPLE, "max_results": "100", "query": query, **sent}
        return self._pages("/2/tweets/search/recent", asked, "next_token")

    def messages(self, conversation: str = "", most: int = 20) -> Iterator[Page]:
        """What was said in private, a page at a time, the newest first; X knows no "since" here."""
        path = f"/2/dm_conversations/{conversation}/dm_events" if conversation else "/2/dm_events"
        asked = {**MESSAGES[self.names], **PEOPLE, "event_types": "MessageCreate", "max_results": str(most)}
        return self._pages(path, asked, "pagination_token")

    # being told
    def webhooks(self) -> list[dict[str, Any]]:
        """The addresses that X calls for our app."""
        return _rows(self._read("/2/webhooks", {}, self._app))

    def add_webhook(self, url: str) -> str:
        """Let X call an address; it tries at once whether that is ours."""
        answer = self._app.read("POST", "/2/webhooks", json={"url": url}).data
        return str(((answer or {}).get("data") or {}).get("id", ""))

    def try_webhook(self, webhook: str) -> None:
        """Let X try an address again that it holds for broken."""
        self._app.read("PUT", f"/2/webhooks/{webhook}")

    def subscriptions(self) -> list[dict[str, Any]]:
        """What X tells us."""
        return _rows(self._read("/2/activity/subscriptions", {"max_results": "1000"}))

    def tell_us(self, event: str, webhook: str) -> None:
        """Let X tell us of one kind of event."""
        body = {"event_type": event, "filter": {"user_id": self.my_id()}, "tag": "stamtafel", "webhook_id": webhook}
        self._calls.read("POST", "/2/activity/subscriptions", json=body)

    def _read(self, path: str, sent: Mapping[str, str], calls: Calls | None = None) -> dict[str, Any]:
        found = renamed((calls or self._calls).read("GET", path, params=sent).data)
        if not isinstance(found, dict):
            raise Temporary("X gave an answer that is not its form.")
        return found

    def _pages(self, path: str, sent: Mapping[str, str], token_name: str) -> Iterator[Page]:
        token = ""
        for _page in range(PAGES):
            found = self._read(path, {**sent, **({token_name: token} if token else {})})
            includes = found.get("includes")
            yield _rows(found), includes if isinstance(includes, dict) else {}
            meta = found.get("meta")
            token = str(meta.get("next_token") or "") if isinstance(meta, dict) else ""
            if not token:
                return


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _rows(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = found.get("data")
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _id(answer: Answer, name: str) -> str:
    found = field(answer, "data", name)
    if not str(found).isdigit():
        raise OutcomeUnknown(f"X gave no id: {short(json.dumps(answer.data))}")
    return str(found)
