"""X: posts, answers, edits, pictures, private messages, notices, quotas and its rules about who may answer whom.

Behaviour as docs.x.com tells (API v2, X Activity API) and as its answers are known: a refresh token works once, an app
answers only who called it by name or quoted it, the same text twice is refused, addresses become t.co, an edit is a post
with a new id. ``generation`` is which names it uses: "post" as of API 2.167, "tweet" before.
"""

import base64
import hashlib
import hmac
import html
import http.client
import itertools
import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.fakes.base import Fake, Refuse, Request, Response, route

EPOCH = 1_288_834_974_657
NEW_TO_OLD = {
    "referenced_posts": "referenced_tweets", "edit_history_post_ids": "edit_history_tweet_ids", "note_post": "note_tweet",
    "repost_count": "retweet_count", "posts": "tweets", "post_count": "tweet_count", "most_recent_post_id": "most_recent_tweet_id",
}  # fmt: skip
URL = re.compile(r"https?://[^\s]*[^\s.,!?)]|\b[a-z0-9-]+\.(?:nl|com)\b[^\s.,!?)]*", re.IGNORECASE)
NAME = re.compile(r"(?<!\w)@(\w{1,15})")
LIMITS = {
    "POST /2/tweets": 100, "DELETE /2/tweets/": 50, "GET /2/users/mentions": 300, "GET /2/tweets/search/recent": 300,
    "PUT /2/tweets/hidden": 50, "GET /2/dm_events": 15,
}  # fmt: skip
PRICE, PRICE_WITH_URL = 15, 200


def old_names(found: Any) -> Any:
    if isinstance(found, dict):
        return {NEW_TO_OLD.get(name, name): old_names(value) for name, value in found.items()}
    return [old_names(value) for value in found] if isinstance(found, list) else found


def problem(status: int, detail: str, kind: str = "about:blank", title: str = "", **more: Any) -> Refuse:
    """An error in X's form; 403s about a post have no type of their own."""
    body = {"title": title or http.client.responses[status], "detail": detail, "type": kind, "status": status, **more}
    return Refuse(status, body, {"Content-Type": "application/problem+json"})


def invalid(detail: str) -> Refuse:
    return problem(400, detail, "https://api.x.com/2/problems/invalid-request", "Invalid Request")


def weight(text: str) -> int:
    """Counted on its own, for plain text: the test data has no joined emoji."""
    text = unicodedata.normalize("NFC", text)
    rest = URL.sub("", text)
    light = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
    signs = sum(1 if any(low <= ord(sign) <= high for low, high in light) else 2 for sign in rest)
    return signs + 23 * len(URL.findall(text))


class X(Fake):
    """``us`` is our account; ``credentials()`` is what an account that was connected comes in with."""

    name: ClassVar[str] = "x"

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.sequence = itertools.count(1)
        self.generation = "post"
        self.users: dict[str, dict[str, Any]] = {}
        self.posts: dict[str, dict[str, Any]] = {}
        self.media: dict[str, dict[str, Any]] = {}
        self.messages: list[dict[str, Any]] = []
        self.hidden: set[str] = set()
        self.hooks: dict[str, dict[str, Any]] = {}
        self.subscribed: list[dict[str, Any]] = []
        self.used: dict[str, int] = {}
        self.asks_to_be_called = True  # the rule of February 2026
        self.premium = True
        self.credit: int | None = None
        self.spent = 0
        self.page = 100
        self.lag: set[str] = set()  # posts that no list shows yet
        self.client_id, self.client_secret, self.consumer_secret = "client-1", "client-secret-1", "consumer-secret-1"
        self.bearer_token = "app-bearer-1"
        self.codes: dict[str, dict[str, str]] = {}
        self.tokens: dict[str, datetime] = {}
        self.refresh = ""
        self.scope = (
            "tweet.read tweet.write users.read media.write tweet.moderate.write dm.read dm.write offline.access"
        )
        self.us = self.user("gemeente", "Gemeente Lindewaard")

    # ── people ───────────────────────────────────────────────────────────────────────────────────
    def new_id(self) -> str:
        at = int(self.clock().timestamp() * 1000) - EPOCH
        return str((at << 22) + next(self.sequence))

    def user(self, username: str, name: str = "") -> dict[str, Any]:
        """An account, made when first named."""
        for one in self.users.values():
            if one["username"] == username:
                return one
        figures = {"followers_count": 1234, "following_count": 5, "post_count": 6, "listed_count": 0}
        one = {
            "id": str(1000 + len(self.users)),
            "username": username,
            "name": name or username.title(),
            "public_metrics": figures,
        }
        self.users[one["id"]] = one
        return one

    def credentials(self, *, lasts: timedelta = timedelta(hours=2)) -> dict[str, str]:
        """As kept for a connected account."""
        made = self._tokens(lasts)
        return {
            "access_token": made["access_token"], "refresh_token": made["refresh_token"], "scope": self.scope,
            "expires_at": (self.clock() + lasts).isoformat(), "user_id": self.us["id"], "username": self.us["username"],
            "client_secret": self.client_secret, "consumer_secret": self.consumer_secret, "bearer_token": self.bearer_token,
        }  # fmt: skip

    def say(
        self, text: str, by: str = "fatima", *, to: str = "", quotes: str = "", replaces: str = "", pictures: int = 0
    ) -> dict[str, Any]:
        """Somebody posts on the site or app, where nobody asks whether they may."""
        with self.lock:
            media = [self._picture(alt_text=f"foto {n}") for n in range(pictures)]
            return self._make(self.user(by)["id"], text, to=to, quotes=quotes, replaces=replaces, media=media)

    def comment(self, post: str, text: str, by: str = "fatima") -> dict[str, Any]:
        """Somebody answers a post."""
        return self.say(text, by, to=post)

    def write(self, text: str, by: str = "fatima", to: str = "gemeente") -> dict[str, Any]:
        """Somebody writes in private."""
        with self.lock:
            return self._message(self.user(by)["id"], self.user(to)["id"], text)

    def grow(self, post: str, **figures: int) -> None:
        """People see, like and share a post."""
        self.posts[post]["public_metrics"].update(figures)

    def texts(self) -> list[str]:
        """What we have out, the oldest first, as people read it."""
        return [one["plain"] for one in self.posts.values() if one["author_id"] == self.us["id"]]

    # ── posts ────────────────────────────────────────────────────────────────────────────────────
    def _make(
        self, author: str, text: str, *, to: str = "", quotes: str = "", replaces: str = "", media: list[str]
    ) -> dict[str, Any]:
        post = self.new_id()
        parent = self.posts.get(to)
        front = ""
        if parent and parent["author_id"] != author and f"@{self.users[parent['author_id']]['username']}" not in text:
            front = f"@{self.users[parent['author_id']]['username']} "
        shown, urls = self._shorten(front + text, media, author, post)
        names = [{"start": m.start(), "end": m.end(), "username": m[1]} for m in NAME.finditer(shown)]
        before = self.posts.pop(replaces, None)
        refs = [{"type": kind, "id": one} for kind, one in (("replied_to", to), ("quoted", quotes)) if one]
        made = {
            "id": post, "text": shown, "plain": text, "author_id": author, "created_at": self._now(),
            "conversation_id": parent["conversation_id"] if parent else (before or {}).get("conversation_id", post),
            "edit_history_post_ids": [*(before["edit_history_post_ids"] if before else []), post],
            "edit_controls": {
                "is_edit_eligible": True, "edits_remaining": before["edit_controls"]["edits_remaining"] - 1 if before else 5,
                "editable_until": f"{self.clock() + timedelta(hours=1):%Y-%m-%dT%H:%M:%S.000Z}",
            },
            "lang": "nl", "display_text_range": [len(front), len(shown)],
            "public_metrics": dict.fromkeys(("repost_count", "reply_count", "like_count", "quote_count", "bookmark_count", "impression_count"), 0),
            "non_public_metrics": {"url_link_clicks": 0, "user_profile_clicks": 0},
        }  # fmt: skip
        if refs:
            made["referenced_posts"] = refs
        if parent:
            made["in_reply_to_user_id"] = parent["author_id"]
            parent["public_metrics"]["reply_count"] += 1
        if urls or names:
            made["entities"] = {**({"urls": urls} if urls else {}), **({"mentions": names} if names else {})}
        if media:
            made["attachments"] = {"media_keys": [self.media[one]["media_key"] for one in media]}
        self.posts[post] = made
        return made

    def _shorten(self, text: str, media: list[str], author: str, post: str) -> tuple[str, list[dict[str, Any]]]:
        urls: list[dict[str, Any]] = []

        def short(full: str, **more: str) -> str:
            url = f"https://t.co/{next(self.sequence):010d}"
            urls.append(
                {
                    "start": 0,
                    "end": 23,
                    "url": url,
                    "expanded_url": full,
                    "display_url": full.rpartition("//")[2][:25],
                    **more,
                }
            )
            return url

        shown = URL.sub(lambda m: short(m[0] if "://" in m[0] else f"http://{m[0]}"), text)
        for one in media:
            where = f"https://x.com/{self.users[author]['username']}/status/{post}/photo/1"
            shown += " " + short(where, media_key=self.media[one]["media_key"])
        return html.escape(shown, quote=False), urls

    def _now(self) -> str:
        return f"{self.clock():%Y-%m-%dT%H:%M:%S}.000Z"

    def _public(self, posts: list[dict[str, Any]], request: Request) -> dict[str, Any]:
        fields = request.query.get("post.fields", request.query.get("tweet.fields", "")).split(",")
        drop = {"plain", *(() if "non_public_metrics" in fields else ("non_public_metrics",))}
        rows = [{key: value for key, value in one.items() if key not in drop} for one in posts]
        users = [self._person(self.users[key]) for key in dict.fromkeys(one["author_id"] for one in posts)]
        keys = {key for one in posts for key in one.get("attachments", {}).get("media_keys", ())}
        media = [self._shown_media(one) for one in self.media.values() if one["media_key"] in keys]
        return {
            "data": rows,
            "includes": {**({"users": users} if users else {}), **({"media": media} if media else {})},
        }

    def _person(self, user: dict[str, Any]) -> dict[str, Any]:
        return {key: user[key] for key in ("id", "name", "username")}

    def _shown_media(self, media: dict[str, Any]) -> dict[str, Any]:
        return {key: media[key] for key in ("media_key", "type", "url", "alt_text") if media.get(key)}

    def _answer(self, body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
        return Response(old_names(body) if self.generation == "tweet" else body, status, headers or {})

    # ── who asks, how often ──────────────────────────────────────────────────────────────────────
    def _user(self, request: Request, limit: str = "") -> dict[str, str]:
        until = self.tokens.get(request.bearer)
        if until is None or until <= self.clock():
            raise problem(401, "Unauthorized", title="Unauthorized")
        return self._count(limit) if limit else {}

    def _app(self, request: Request) -> None:
        if request.bearer != self.bearer_token:
            raise problem(403, "Authenticating with OAuth 2.0 User Context is forbidden for this endpoint.",
                          "https://api.x.com/2/problems/unsupported-authentication", "Unsupported Authentication")  # fmt: skip

    def _count(self, limit: str) -> dict[str, str]:
        most = LIMITS[limit]
        self.used[limit] = self.used.get(limit, 0) + 1
        headers = {
            "x-rate-limit-limit": str(most), "x-rate-limit-remaining": str(max(0, most - self.used[limit])),
            "x-rate-limit-reset": str(int((self.clock() + timedelta(minutes=15)).timestamp())),
        }  # fmt: skip
        if self.used[limit] > most:
            raise Refuse(
                429,
                {"title": "Too Many Requests", "detail": "Too Many Requests", "type": "about:blank", "status": 429},
                headers,
            )
        return headers

    # ── signing in ───────────────────────────────────────────────────────────────────────────────
    def consent(self, address: str) -> str:
        """Our colleague says yes at the address of ``authorization``; the code that X sends back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["client_id"] == self.client_id
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{next(self.sequence)}"
        self.codes[code] = asked
        return code

    @route("GET", "/i/oauth2/authorize")
    def authorize(self, request: Request) -> Response:
        """Our colleague says yes at once, and the browser goes back."""
        code = self.consent(f"{self.address}{request.path}?{urlencode(request.query)}")
        back = urlencode({"state": request.query["state"], "code": code})
        return Response("", 302, {"Location": f"{request.query['redirect_uri']}?{back}"})

    def _tokens(self, lasts: timedelta = timedelta(hours=2)) -> dict[str, Any]:
        access, self.refresh = f"access-{next(self.sequence)}", f"refresh-{next(self.sequence)}"
        self.tokens = {access: self.clock() + lasts}
        return {
            "token_type": "bearer", "expires_in": int(lasts.total_seconds()), "access_token": access, "scope": self.scope,
            "refresh_token": self.refresh,
        }  # fmt: skip

    @route("POST", "/2/oauth2/token")
    def token(self, request: Request) -> Any:
        basic = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {basic}":
            raise Refuse(
                401, {"error": "unauthorized_client", "error_description": "Missing valid authorization header"}
            )
        form = request.form
        if form.get("grant_type") == "refresh_token":
            if not self.refresh or form.get("refresh_token") != self.refresh:
                self.refresh, self.tokens = "", {}  # a second use ends the access altogether
                raise Refuse(
                    400, {"error": "invalid_request", "error_description": "Value passed for the token was invalid."}
                )
            return self._tokens()
        asked = self.codes.pop(form.get("code", ""), {})
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        good = asked.get("code_challenge") == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if not good or asked.get("redirect_uri") != form.get("redirect_uri"):
            raise Refuse(
                400,
                {
                    "error": "invalid_request",
                    "error_description": "Value passed for the authorization code was invalid.",
                },
            )
        self.scope = asked["scope"]
        return self._tokens()

    @route("GET", "/2/users/me")
    def me(self, request: Request) -> Any:
        self._user(request)
        return self._answer({"data": self.us})

    # ── writing ──────────────────────────────────────────────────────────────────────────────────
    @route("POST", "/2/tweets")
    def create(self, request: Request) -> Any:
        headers = self._user(request, "POST /2/tweets")
        body = request.json
        text, to = body.get("text", ""), body.get("reply", {}).get("in_reply_to_tweet_id", "")
        replaces = body.get("edit_options", {}).get("previous_post_id", "")
        media = body.get("media", {}).get("media_ids", [])
        self._may_post(text, to, replaces, media)
        self._pay(PRICE_WITH_URL if URL.search(text) else PRICE)
        made = self._make(self.us["id"], text, to=to, replaces=replaces, media=media)
        data = {"id": made["id"], "text": made["text"], "edit_history_post_ids": made["edit_history_post_ids"]}
        return self._answer({"data": data}, 201, headers)

    def _may_post(self, text: str, to: str, replaces: str, media: list[str]) -> None:
        if not text and not media:
            raise invalid("One or more parameters to your request was invalid.")
        if weight(text) > 280:
            raise problem(
                403,
                "Your post text is too long. For more information on how X determines text length see our documentation.",
            )
        if any(one not in self.media for one in media):
            raise invalid("Your media IDs are invalid.")
        if to and to not in self.posts:
            raise problem(403, "You attempted to reply to a Post that is deleted or not visible to you.")
        if to and not self._summoned(self.posts[to]):
            raise problem(403, "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author of the post you are replying to.")  # fmt: skip
        if replaces:
            self._may_replace(replaces)
        elif text in self.texts():
            raise problem(403, "You are not allowed to create a Post with duplicate content.")

    def _may_replace(self, replaces: str) -> None:
        controls = self.posts.get(replaces, {}).get("edit_controls", {})
        if not self.premium or not controls.get("edits_remaining") or controls["editable_until"] < self._now():
            raise problem(403, "You are not permitted to edit this Post.")

    def _summoned(self, post: dict[str, Any]) -> bool:
        if not self.asks_to_be_called or post["author_id"] == self.us["id"]:
            return True
        called = f"@{self.us['username']}" in post["plain"]
        return called or any(
            ref["type"] == "quoted" and ref["id"] in self.posts for ref in post.get("referenced_posts", ())
        )

    def _pay(self, price: int) -> None:
        if self.credit is not None and self.credit < price:
            raise problem(402, "Your enrolled account [1] does not have any credits to fulfill this request.",
                          "https://api.x.com/2/problems/credits", "CreditsDepleted")  # fmt: skip
        self.credit = None if self.credit is None else self.credit - price
        self.spent += price

    @route("DELETE", r"/2/tweets/(?P<post>\d+)")
    def delete(self, request: Request, post: str) -> Any:
        self._user(request, "DELETE /2/tweets/")
        if post not in self.posts:
            raise problem(404, f"Could not find tweet with id: [{post}].", "https://api.x.com/2/problems/resource-not-found",
                          "Not Found Error", resource_type="tweet")  # fmt: skip
        if self.posts[post]["author_id"] != self.us["id"]:
            raise problem(403, "You are not authorized to delete this Post.")
        del self.posts[post]
        return {"data": {"deleted": True}}

    @route("PUT", r"/2/tweets/(?P<post>\d+)/hidden")
    def hide(self, request: Request, post: str) -> Any:
        self._user(request, "PUT /2/tweets/hidden")
        root = self.posts.get(self.posts.get(post, {}).get("conversation_id", ""), {})
        if root.get("author_id") != self.us["id"]:
            raise problem(403, "You are not the author of this conversation.")
        (self.hidden.add if request.json["hidden"] else self.hidden.discard)(post)
        return {"data": {"hidden": request.json["hidden"]}}

    def _picture(self, **more: Any) -> str:
        media = self.new_id()
        self.media[media] = {
            "media_key": f"3_{media}",
            "type": "photo",
            "url": f"https://pbs.twimg.com/media/{media}.jpg",
            **more,
        }
        return media

    @route("POST", "/2/media/upload")
    def upload(self, request: Request) -> Any:
        self._user(request)
        _name, kind, data = request.files["media"]
        if kind not in {"image/jpeg", "image/png", "image/gif", "image/webp"} or len(data) > 5_000_000:
            raise invalid("The media could not be processed.")
        media = self._picture(data=data, category=request.form["media_category"])
        made = {"id": media, "media_key": f"3_{media}", "size": len(data), "expires_after_secs": 86400}
        return {"data": made, **({"meta": {}} if self.generation == "tweet" else {})}

    @route("POST", "/2/media/metadata")
    def describe(self, request: Request) -> Any:
        self._user(request)
        media = self.media[request.json["id"]]
        media["alt_text"] = request.json["metadata"]["alt_text"]["text"]
        return {"data": {"id": request.json["id"], "associated_metadata": request.json["metadata"]}}

    # ── reading ──────────────────────────────────────────────────────────────────────────────────
    def _listed(self, request: Request, chosen: Callable[[dict[str, Any]], bool]) -> Any:
        """Newest first, in pages, as the filters ask."""
        query = request.query
        rows = [one for one in reversed(list(self.posts.values())) if chosen(one) and one["id"] not in self.lag]
        rows = [one for one in rows if int(one["id"]) > int(query.get("since_id", 0))]
        begin, end = (
            datetime.fromisoformat(query.get(name, other))
            for name, other in (("start_time", "2006-03-21T00:00:00Z"), ("end_time", "2999-01-01T00:00:00Z"))
        )
        rows = [one for one in rows if begin <= datetime.fromisoformat(one["created_at"]) < end]
        size = min(int(query.get("max_results", 10)), self.page)
        first = int((query.get("next_token") or query.get("pagination_token") or "t0")[1:])
        page = rows[first : first + size]
        meta: dict[str, Any] = {"result_count": len(page)}
        if page:
            meta |= {"newest_id": page[0]["id"], "oldest_id": page[-1]["id"]}
        if first + size < len(rows):
            meta["next_token"] = f"t{first + size}"
        found = self._public(page, request)
        return {**(found if page else {}), "meta": meta}

    @route("GET", "/2/tweets")
    def lookup(self, request: Request) -> Any:
        self._user(request)
        asked = request.query["ids"].split(",")
        rows = [one for one in self.posts.values() if set(asked) & set(one["edit_history_post_ids"])]
        if not rows:
            error = {"title": "Not Found Error", "detail": f"Could not find tweet with ids: {asked}.", "resource_type": "tweet",
                     "type": "https://api.x.com/2/problems/resource-not-found"}  # fmt: skip
            return self._answer({"errors": [error]})
        return self._answer(self._public(rows, request))

    @route("GET", r"/2/users/(?P<user>\d+)/tweets")
    def timeline(self, request: Request, user: str) -> Any:
        self._user(request)
        return self._answer(self._listed(request, lambda one: one["author_id"] == user))

    @route("GET", r"/2/users/(?P<user>\d+)/mentions")
    def mentions(self, request: Request, user: str) -> Any:
        headers = self._user(request, "GET /2/users/mentions")
        name = re.compile(rf"@{self.users[user]['username']}\b")
        return self._answer(self._listed(request, lambda one: one["author_id"] != user and name.search(one["text"])), headers=headers)  # fmt: skip

    @route("GET", "/2/tweets/search/recent")
    def search(self, request: Request) -> Any:
        headers = self._user(request, "GET /2/tweets/search/recent")
        query, week = request.query, self.clock() - timedelta(days=7)
        oldest = str((int(week.timestamp() * 1000) - EPOCH) << 22)
        if int(query.get("since_id", oldest)) < int(oldest):
            raise invalid("'since_id' must be a tweet id created after [7 days ago].")
        if query.get("start_time", "9") < f"{week:%Y-%m-%dT%H:%M:%SZ}" or len(query["query"]) > 512:
            raise invalid("'start_time' must be on or after 7 days ago, or the query is too long.")
        talks = set(re.findall(r"conversation_id:(\d+)", query["query"]))
        quoted = set(re.findall(r"quotes_of_tweet_id:(\d+)", query["query"]))

        def chosen(one: dict[str, Any]) -> bool:
            refs = {ref["id"] for ref in one.get("referenced_posts", ()) if ref["type"] == "quoted"}
            return (one["conversation_id"] in talks and one["created_at"] >= f"{week:%Y-%m-%dT%H:%M:%S}") or bool(
                refs & quoted
            )

        return self._answer(self._listed(request, chosen), headers=headers)

    # ── in private ───────────────────────────────────────────────────────────────────────────────
    def _message(self, sender: str, recipient: str, text: str, media: list[str] | None = None) -> dict[str, Any]:
        made: dict[str, Any] = {
            "id": self.new_id(), "event_type": "MessageCreate", "text": html.escape(text, quote=False), "sender_id": sender,
            "dm_conversation_id": "-".join(sorted((sender, recipient), key=int)), "created_at": self._now(),
        }  # fmt: skip
        if media:
            made["attachments"] = {"media_keys": [self.media[one]["media_key"] for one in media]}
        self.messages.append(made)
        return made

    @route("GET", r"/2/(?:dm_events|dm_conversations/(?P<talk>[\d-]+)/dm_events)")
    def events(self, request: Request, talk: str) -> Any:
        headers = self._user(request, "" if talk else "GET /2/dm_events")
        rows = [one for one in reversed(self.messages) if not talk or one["dm_conversation_id"] == talk]
        size = min(int(request.query.get("max_results", 100)), self.page)
        begin = int(request.query.get("pagination_token", "t" + "0" * 16)[1:])
        page = rows[begin : begin + size]
        meta: dict[str, Any] = {"result_count": len(page)}
        if begin + size < len(rows):
            meta["next_token"] = f"t{begin + size:016d}"
        users = [self._person(self.users[key]) for key in dict.fromkeys(one["sender_id"] for one in page)]
        return self._answer(
            {**({"data": page, "includes": {"users": users}} if page else {}), "meta": meta}, headers=headers
        )

    @route("POST", r"/2/dm_conversations/(?:with/(?P<person>\d+)|(?P<talk>[\d-]+))/messages")
    def tell(self, request: Request, person: str, talk: str) -> Any:
        self._user(request)
        who = person or next(one for one in talk.split("-") if one != self.us["id"])
        if who not in self.users:
            raise problem(403, "You cannot send messages to this user.")
        media = [one["media_id"] for one in request.json.get("attachments", ())]
        made = self._message(self.us["id"], who, request.json["text"], media)
        return Response({"data": {"dm_conversation_id": made["dm_conversation_id"], "dm_event_id": made["id"]}}, 201)

    # ── notices ──────────────────────────────────────────────────────────────────────────────────
    @route("GET", "/2/webhooks")
    def list_hooks(self, request: Request) -> Any:
        self._app(request)
        return {"data": list(self.hooks.values()), "meta": {"result_count": len(self.hooks)}}

    @route("POST", "/2/webhooks")
    def add_hook(self, request: Request) -> Any:
        self._app(request)
        hook = {"id": self.new_id(), "url": request.json["url"], "valid": True, "created_at": self._now()}
        self.hooks[hook["id"]] = hook
        return {"data": hook}

    @route("PUT", r"/2/webhooks/(?P<hook>\d+)")
    def try_hook(self, request: Request, hook: str) -> Any:
        self._app(request)
        self.hooks[hook]["valid"] = True
        return {"data": {"valid": True}}

    @route("GET", "/2/activity/subscriptions")
    def list_subscribed(self, request: Request) -> Any:
        self._user(request)
        return {"data": self.subscribed, "meta": {"total_subscriptions": len(self.subscribed)}}

    @route("POST", "/2/activity/subscriptions")
    def subscribe(self, request: Request) -> Any:
        self._user(request)
        made = {"subscription_id": self.new_id(), "created_at": self._now(), "updated_at": self._now(), **request.json}
        self.subscribed.append(made)
        return {"data": {"subscription": made}}

    def notice(self, event: str, said: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
        """What X sends for an event: always with the older names, signs outside ASCII escaped, signed."""
        payload: dict[str, Any] = {
            key: value for key, value in said.items() if key not in {"plain", "non_public_metrics"}
        }
        if event.startswith("dm."):
            talk = said["dm_conversation_id"].split("-")
            other = next(one for one in talk if one != said["sender_id"])
            sender = self.users[said["sender_id"]]
            payload = {
                "direct_message_events": [{
                    "type": "message_create", "id": said["id"], "created_timestamp": str(int(self.clock().timestamp() * 1000)),
                    "message_create": {"sender_id": said["sender_id"], "target": {"recipient_id": other},
                                       "message_data": {"text": said["text"], "entities": {"urls": []}}},
                }],
                "users": {said["sender_id"]: {"id": sender["id"], "name": sender["name"], "screen_name": sender["username"]}},
            }  # fmt: skip
        users = [self._person(self.users[said["author_id"]])] if "author_id" in said else []
        data = {"event_uuid": self.new_id(), "filter": {"user_id": self.us["id"]}, "event_type": event, "tag": "stamtafel",
                "payload": payload, "includes": {"users": users}}  # fmt: skip
        return self.signed(json.dumps({"data": old_names(data)}).encode())

    def signed(self, body: bytes) -> tuple[bytes, dict[str, str]]:
        digest = hmac.new(self.consumer_secret.encode(), body, hashlib.sha256).digest()
        return body, {
            "x-twitter-webhooks-signature": f"sha256={base64.b64encode(digest).decode()}",
            "content-type": "application/json",
        }

    def send(self, url: str, event: str, said: dict[str, Any]) -> int:
        """Call an address with an event; the status it answers."""
        body, headers = self.notice(event, said)
        parts = urlsplit(url)
        line = http.client.HTTPConnection(parts.netloc, timeout=10)
        line.request("POST", parts.path, body, headers)
        status = line.getresponse().status
        line.close()
        return status

    def conversations(self) -> Iterator[str]:
        """The private talks there are."""
        yield from dict.fromkeys(one["dm_conversation_id"] for one in self.messages)
