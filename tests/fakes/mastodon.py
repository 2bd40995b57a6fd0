"""A Mastodon server: statuses, pictures, notifications, idempotency, limits, and residents who answer.

Behaviour is that of Mastodon 4.x as its documentation and its source describe it: ids grow, an Idempotency-Key is
remembered for an hour once the status is made, a status without its mentions is shown with short names, an edit without
``media_ids`` takes the pictures away.
"""

import itertools
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any, ClassVar
from uuid import uuid4

from tests.fakes.base import Fake, Refuse, Request, Response, route

HOUR = timedelta(hours=1)
LINK = re.compile(r"https?://[^\s]+")
MENTION = re.compile(r"(?<![=/\w])@(\w+)(?:@([\w.-]+\w))?")


class Mastodon(Fake):
    """``town`` is our account, under the token in ``token``."""

    name: ClassVar[str] = "mastodon"

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.ids = itertools.count(113_500_000_000_000_000, 7)
        self.accounts: dict[str, dict[str, Any]] = {}
        self.statuses: dict[str, dict[str, Any]] = {}
        self.media: dict[str, dict[str, Any]] = {}
        self.notifications: list[dict[str, Any]] = []
        self.keys: dict[str, tuple[str, datetime]] = {}
        self.characters, self.pictures, self.alt = 500, 4, 1500
        self.left = 300
        self.slow_pictures = 0  # how often a new picture is not ready yet
        self.scopes = ["read", "write:statuses", "write:media"]
        self.bulk = True  # GET /api/v1/statuses, since 4.3
        self.token = f"token-{uuid4().hex}"
        self.town = self.person("gemeente", "Gemeente Lindewaard")["id"]

    # ── residents ────────────────────────────────────────────────────────────────────────────────
    def person(self, acct: str, name: str = "") -> dict[str, Any]:
        """An account; ``fatima@elders.example`` lives on another server."""
        for account in self.accounts.values():
            if account["acct"] == acct:
                return account
        one = self._account(str(next(self.ids)), acct, name or acct.partition("@")[0].title())
        self.accounts[one["id"]] = one
        return one

    def say(self, text: str, by: str = "fatima", **how: Any) -> dict[str, Any]:
        """Somebody posts: ``to`` what it answers, ``visibility``, ``language``, ``spoiler_text``."""
        with self.lock:
            return self._create(self.person(by)["id"], {"status": text, "in_reply_to_id": how.pop("to", None), **how})

    comment = say

    def change(self, status: str, text: str) -> None:
        """Its author edits it."""
        with self.lock:
            one = self.statuses[status]
            one.update(text=text, content=self._html(text), edited_at=self._stamp())

    def remove(self, status: str) -> None:
        """Its author takes it away."""
        with self.lock:
            del self.statuses[status]

    def react(self, status: str, *, favourites: int = 0, boosts: int = 0, quotes: int = 0) -> None:
        """Residents like it."""
        one = self.statuses[status]
        one["favourites_count"] += favourites
        one["reblogs_count"] += boosts
        one["quotes_count"] += quotes

    def ours(self) -> list[dict[str, Any]]:
        """What we posted, the oldest first."""
        return [one for one in self.statuses.values() if one["account"]["id"] == self.town]

    # ── what it is made of ───────────────────────────────────────────────────────────────────────
    def _stamp(self) -> str:
        return self.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def _account(self, number: str, acct: str, name: str) -> dict[str, Any]:
        server = acct.partition("@")[2] or "mastodon.example"
        url = f"https://{server}/@{acct.partition('@')[0]}"
        return {
            "id": number, "acct": acct, "username": acct.partition("@")[0], "display_name": name, "url": url, "uri": url,
            "avatar": f"{url}/a.png", "avatar_static": f"{url}/a.png", "header": f"{url}/h.png",
            "header_static": f"{url}/h.png", "bot": False, "created_at": self._stamp(), "emojis": [], "fields": [],
            "followers_count": 42, "following_count": 1, "group": False, "indexable": True, "locked": False,
            "note": "<p>lives here</p>", "statuses_count": 3, "discoverable": True, "last_status_at": None, "hide_collections": False,
        }  # fmt: skip

    def _html(self, text: str) -> str:
        def link(found: re.Match[str]) -> str:
            url = found[0]
            start = len("https://")
            return (
                f'<a href="{url}" rel="nofollow noopener"><span class="invisible">{url[:start]}</span>'
                f'<span class="ellipsis">{url[start : start + 30]}</span><span class="invisible">{url[start + 30 :]}</span></a>'
            )

        def paragraph(one: str) -> str:
            shown = MENTION.sub(
                lambda found: f'<span class="h-card"><a href="#">@<span>{found[1]}</span></a></span>', one
            )
            return "<p>" + shown.replace("\n", "<br />") + "</p>"

        pieces, at = [], 0
        safe = escape(text, quote=False)
        for found in LINK.finditer(safe):
            pieces += [safe[at : found.start()], link(found)]
            at = found.end()
        whole = "".join([*pieces, safe[at:]])
        return "".join(paragraph(one) for one in re.split(r"\n{2,}", whole))

    def _create(self, author: str, asked: dict[str, Any]) -> dict[str, Any]:
        number, text = str(next(self.ids)), asked.get("status") or ""
        to = self.statuses.get(str(asked.get("in_reply_to_id")))
        mentioned = [
            self.person(found[1] + (f"@{found[2]}" if found[2] else ""))
            for found in MENTION.finditer(LINK.sub("", text))
        ]
        account = self.accounts[author]
        url = f"{account['url']}/{number}"
        one = {
            "id": number, "uri": url, "url": url, "account": account, "content": self._html(text), "text": text,
            "created_at": self._stamp(), "edited_at": None, "emojis": [], "tags": [], "sensitive": False, "poll": None,
            "favourites_count": 0, "reblogs_count": 0, "replies_count": 0, "quotes_count": 0, "card": None, "reblog": None,
            "in_reply_to_id": to["id"] if to else None, "in_reply_to_account_id": to["account"]["id"] if to else None,
            "language": asked.get("language", "nl"), "spoiler_text": asked.get("spoiler_text", ""),
            "visibility": asked.get("visibility", "public"),
            "mentions": [{"id": who["id"], "acct": who["acct"], "url": who["url"], "username": who["username"]} for who in mentioned],
            "media_attachments": [dict(self.media[medium]) for medium in asked.get("media_ids", [])],
        }  # fmt: skip
        self.statuses[number] = one
        if to:
            to["replies_count"] += 1
        if author != self.town and self.town in [who["id"] for who in mentioned]:
            note = {
                "id": str(next(self.ids)),
                "type": "mention",
                "created_at": self._stamp(),
                "group_key": f"ungrouped-{number}",
            }
            self.notifications.append({**note, "account": account, "status": one})
        return one

    def _count(self, text: str) -> int:
        return len(MENTION.sub(r"@\1", LINK.sub("x" * 23, text)))

    # ── answers ──────────────────────────────────────────────────────────────────────────────────
    def answer(self, request: Request) -> Response:
        """With the headers of the quota; who is not signed in gets 401, who asks too much 429."""
        if request.path != "/api/v2/instance" and request.bearer != self.token:
            return Response({"error": "The access token is invalid"}, 401)
        reset = {"X-RateLimit-Reset": (self.now() + timedelta(minutes=3)).isoformat().replace("+00:00", "Z")}
        if self.left <= 0:
            return Response(
                {"error": "Too many requests"}, 429, {"X-RateLimit-Limit": "300", "X-RateLimit-Remaining": "0", **reset}
            )
        self.left -= 1
        response = super().answer(request)
        response.headers |= {"X-RateLimit-Limit": "300", "X-RateLimit-Remaining": str(self.left), **reset}
        return response

    def not_found(self, request: Request) -> Response:
        """As Rails does."""
        return Response({"error": "Not Found"}, 404)

    def _status(self, number: str) -> dict[str, Any]:
        if number not in self.statuses:
            raise Refuse(404, {"error": "Record not found"})
        return self.statuses[number]

    @route("GET", "/api/v2/instance")
    def instance(self, request: Request) -> Any:
        return {
            "domain": "mastodon.example", "title": "Mastodon", "version": "4.7.0", "description": "", "source_url": "https://github.com/mastodon/mastodon",
            "api_versions": {"mastodon": 9}, "languages": ["nl"], "rules": [], "icon": [], "usage": {"users": {"active_month": 12}},
            "thumbnail": {"url": "https://mastodon.example/t.png"}, "contact": {"email": "a@mastodon.example", "account": None},
            "registrations": {"enabled": False, "approval_required": False, "message": None, "reason_required": None, "min_age": None, "url": None},
            "configuration": {
                "accounts": {"max_featured_tags": 10, "max_pinned_statuses": 5},
                "statuses": {"max_characters": self.characters, "max_media_attachments": self.pictures, "characters_reserved_per_url": 23},
                "media_attachments": {
                    "supported_mime_types": ["image/jpeg", "image/png"], "image_size_limit": 16_777_216, "image_matrix_limit": 33_177_600,
                    "video_size_limit": 103_809_024, "video_frame_rate_limit": 120, "video_matrix_limit": 8_294_400, "description_limit": self.alt,
                },
                "polls": {"max_options": 4, "max_characters_per_option": 50, "min_expiration": 300, "max_expiration": 2_629_746},
                "translation": {"enabled": False}, "urls": {"streaming": "wss://mastodon.example"},
            },
        }  # fmt: skip

    @route("GET", "/api/v1/accounts/verify_credentials")
    def me(self, request: Request) -> Any:
        source = {
            "fields": [],
            "follow_requests_count": 0,
            "indexable": True,
            "note": "",
            "privacy": "public",
            "sensitive": False,
            "language": "nl",
        }
        role = {
            "id": "-99",
            "name": "",
            "permissions": "65536",
            "color": "",
            "highlighted": False,
            "collection_limit": 10,
        }
        return {**self.accounts[self.town], "source": source, "role": role}

    @route("GET", "/api/v1/apps/verify_credentials")
    def application(self, request: Request) -> Any:
        return {"id": "1", "name": "Stamtafel", "website": None, "scopes": self.scopes, "redirect_uri": "urn:ietf:wg:oauth:2.0:oob",
                "redirect_uris": ["urn:ietf:wg:oauth:2.0:oob"], "vapid_key": "x"}  # fmt: skip

    @route("POST", "/api/v2/media")
    def upload(self, request: Request) -> Any:
        _name, media_type, data = request.files["file"]
        if not media_type.startswith("image/") or not data:
            raise Refuse(422, {"error": "Validation failed: File content type is invalid, File is invalid"})
        if len(request.form.get("description", "")) > self.alt:
            raise Refuse(
                422, {"error": f"Validation failed: Description is too long (maximum is {self.alt} characters)"}
            )
        number = str(next(self.ids))
        self.media[number] = {"id": number, "type": "image", "url": f"https://files.mastodon.example/{number}.jpg", "preview_url": None,
                              "remote_url": None, "meta": {}, "description": request.form.get("description") or None, "blurhash": None}  # fmt: skip
        self.media[number]["waits"] = self.slow_pictures
        return Response(self._medium(number), 202 if self.slow_pictures else 200)

    def _medium(self, number: str) -> dict[str, Any]:
        one = {name: value for name, value in self.media[number].items() if name != "waits"}
        return {**one, "url": None} if self.media[number]["waits"] else one

    @route("GET", r"/api/v1/media/(?P<number>\d+)")
    def medium(self, request: Request, number: str) -> Any:
        if number not in self.media:
            raise Refuse(404, {"error": "Record not found"})
        self.media[number]["waits"] = max(0, self.media[number]["waits"] - 1)
        return Response(self._medium(number), 206 if self.media[number]["waits"] else 200)

    @route("POST", "/api/v1/statuses")
    def post(self, request: Request) -> Any:
        key = request.headers.get("idempotency-key", "")
        number, made = self.keys.get(key, ("", self.now()))
        if number in self.statuses and self.now() - made < HOUR:
            return self._shown(self.statuses[number])
        asked = request.json
        self._refuse(asked)
        one = self._create(self.town, asked)
        for medium in asked.get("media_ids", []):
            self.media[medium]["used"] = True
        if key:
            self.keys[key] = (one["id"], self.now())
        return self._shown(one)

    def _refuse(self, asked: dict[str, Any]) -> None:
        media = [self.media.get(number) for number in asked.get("media_ids", [])]
        if not asked.get("status") and not media:
            raise Refuse(422, {"error": "Validation failed: Text can't be blank"})
        if self._count(asked.get("status", "")) > self.characters:
            raise Refuse(422, {"error": f"Validation failed: Text character limit of {self.characters} exceeded"})
        if len(media) > self.pictures or None in media:
            raise Refuse(422, {"error": "Validation failed: Cannot attach more than 4 files"})
        if any(one and one["waits"] for one in media):
            raise Refuse(
                422, {"error": "Cannot attach files that have not finished processing. Try again in a moment!"}
            )
        if asked.get("in_reply_to_id") and asked["in_reply_to_id"] not in self.statuses:
            raise Refuse(404, {"error": "The post you are trying to reply to does not appear to exist."})

    def _shown(self, one: dict[str, Any]) -> dict[str, Any]:
        clean = [
            {name: value for name, value in medium.items() if name not in {"waits", "used"}}
            for medium in one["media_attachments"]
        ]
        return {**{name: value for name, value in one.items() if name != "text"}, "media_attachments": clean}

    @route("GET", "/api/v1/statuses")
    def several(self, request: Request) -> Any:
        if not self.bulk:
            raise Refuse(404, {"error": "Not Found"})
        wanted = request.every.get("id[]", [])[:20]
        return [self._shown(self.statuses[number]) for number in wanted if number in self.statuses]

    @route("GET", r"/api/v1/statuses/(?P<number>\d+)")
    def one(self, request: Request, number: str) -> Any:
        return self._shown(self._status(number))

    @route("PUT", r"/api/v1/statuses/(?P<number>\d+)")
    def edit(self, request: Request, number: str) -> Any:
        one, asked = self._status(number), request.json
        self._refuse(
            {name: value for name, value in asked.items() if name != "media_ids"} | {"status": asked["status"]}
        )
        media = [dict(self.media[medium]) for medium in asked.get("media_ids", [])]
        one.update(
            text=asked["status"], content=self._html(asked["status"]), edited_at=self._stamp(), media_attachments=media
        )
        return self._shown(one)

    @route("DELETE", r"/api/v1/statuses/(?P<number>\d+)")
    def delete(self, request: Request, number: str) -> Any:
        if self._status(number)["account"]["id"] != self.town:
            raise Refuse(404, {"error": "Record not found"})
        return self._shown(self.statuses.pop(number))

    @route("GET", r"/api/v1/statuses/(?P<number>\d+)/context")
    def context(self, request: Request, number: str) -> Any:
        above: list[dict[str, Any]] = []
        at = self._status(number)["in_reply_to_id"]
        while at in self.statuses:
            above.insert(0, self._shown(self.statuses[at]))
            at = self.statuses[at]["in_reply_to_id"]
        return {"ancestors": above, "descendants": list(self._below(number))}

    def _below(self, number: str) -> Any:
        for one in list(self.statuses.values()):
            if one["in_reply_to_id"] == number:
                yield self._shown(one)
                yield from self._below(one["id"])

    @route("GET", "/api/v1/notifications")
    def notes(self, request: Request) -> Any:
        limit = min(int(request.query.get("limit", 40)), 80)
        there = [one for one in self.notifications if one["status"]["id"] in self.statuses]
        shown = [{**one, "status": self._shown(one["status"])} for one in there]
        after = int(request.query.get("min_id") or 0)
        if after:
            return list(reversed([one for one in shown if int(one["id"]) > after][:limit]))
        return list(reversed(shown))[:limit]

    @route("GET", r"/api/v1/accounts/(?P<number>\d+)/statuses")
    def of_account(self, request: Request, number: str) -> Any:
        before = int(request.query.get("max_id") or 10**19)
        mine = [one for one in self.statuses.values() if one["account"]["id"] == number and int(one["id"]) < before]
        return [self._shown(one) for one in reversed(mine)][: int(request.query.get("limit", 20))]
