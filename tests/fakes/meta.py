"""Meta's Graph API for one page on Facebook and one professional account on Instagram, as far as we use it.

Stateful; the limits are those of the Pages API, "Content Publishing", the "Send API" and "Private Replies". What residents
do there is a method; each also becomes a webhook event (``hooked``, ``push``), signed over raw bytes as Meta does.
By hand: ``make fakes``.
"""

import hashlib
import hmac
import json
import re
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, ClassVar

from tests.fakes.base import Fake, Refuse, Request, Response, route

POST_METRICS = ("post_media_view", "post_total_media_view_unique", "post_clicks", "post_reactions_by_type_total")
PAGE_METRICS = ("page_media_view", "page_total_media_view_unique", "page_follows", "page_post_engagements")
MEDIA_METRICS = ("views", "reach", "likes", "comments", "saved", "shares", "total_interactions")
ACCOUNT_METRICS = ("views", "reach", "accounts_engaged", "total_interactions", "follower_count")
DAY = timedelta(hours=24)
WEEK = timedelta(days=7)
Params = Mapping[str, str]


def error(code: int, message: str, subcode: int = 0, **more: Any) -> dict[str, Any]:
    """An error in Meta's own form."""
    found: dict[str, Any] = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "Afake", **more}
    return {"error": {**found, "error_subcode": subcode} if subcode else found}


def refuse(code: int, message: str, subcode: int = 0, status: int = 400, **more: Any) -> Refuse:
    """Say no as Meta does."""
    return Refuse(status, error(code, message, subcode, **more))


def parse_fields(text: str) -> dict[str, str]:
    """``id,from{name},comments.limit(0).summary(true)`` → name to what stands in its braces."""
    found: dict[str, str] = {}
    depth, begin = 0, 0
    for place, sign in enumerate(text + ","):
        depth += (sign in "{(") - (sign in "})")
        if sign == "," and not depth:
            part = text[begin:place].strip()
            begin = place + 1
            if part:
                found[re.split(r"[.{(]", part)[0]] = part[part.index("{") + 1 : -1] if part.endswith("}") else ""
    return found


def pick(thing: Mapping[str, Any], fields: str) -> dict[str, Any]:
    """The asked fields of an object; ``id`` always."""
    found: dict[str, Any] = {"id": thing["id"]} if "id" in thing else {}
    for name, inner in parse_fields(fields).items():
        if thing.get(name) is not None:
            found[name] = inside(thing[name], inner) if inner else thing[name]
    return found


def inside(value: Any, fields: str) -> Any:
    """The same within lists."""
    if isinstance(value, Mapping) and isinstance(value.get("data"), list):
        return {**value, "data": [pick(one, fields) for one in value["data"]]}
    return pick(value, fields) if isinstance(value, Mapping) else value


class Meta(Fake):
    """See the module."""

    name: ClassVar[str] = "meta"

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.numbers = count(1001)
        self.page, self.ig, self.app = "100", "17841", "900"
        self.secret, self.token, self.verify = "app-secret", "EAA-page-token", "a long word"
        self.ig_token, self.ig_token_made = "IGA-token", self.clock() - DAY * 2
        self.names = {self.page: "Gemeente Voorbeeld", self.ig: "gemeentevoorbeeld"}
        self.scopes = [
            "pages_manage_posts", "pages_manage_engagement", "pages_read_engagement", "pages_read_user_content",
            "pages_manage_metadata", "pages_messaging", "read_insights", "instagram_basic",
            "instagram_content_publish", "instagram_manage_comments", "instagram_manage_messages",
            "instagram_manage_insights", "instagram_manage_contents",
        ]  # fmt: skip
        self.expires_at = self.data_access_expires_at = 0
        self.token_valid = True
        self.human_agent = self.may_delete_media = False
        self.quota_total, self.slow_polls = 100, 0
        self.removed_metrics: set[str] = set()
        self.things: dict[str, dict[str, Any]] = {}  # by id; ``kind`` is the name of Meta's node
        self.subscribed: dict[str, dict[str, list[str]]] = {self.page: {}, self.ig: {}}  # node → app → fields
        self.subscriptions: list[dict[str, Any]] = []
        self.figures: dict[tuple[str, str], Any] = {}
        self.last_heard: dict[str, datetime] = {}
        self.answered_in_private: set[str] = set()
        self.events: list[tuple[str, str, dict[str, Any]]] = []

    # ── the world ──
    def new(self, kind: str, remote_id: str = "", **data: Any) -> dict[str, Any]:
        """Keep a thing."""
        thing = {"id": remote_id or str(next(self.numbers)), "kind": kind, "at": self.clock(), **data}
        self.things[thing["id"]] = thing
        return thing

    def of(self, kind: str, **data: Any) -> list[dict[str, Any]]:
        """The things of a kind with these values, oldest first."""
        alike = [one for one in self.things.values() if one["kind"] == kind]
        return [one for one in alike if all(one.get(name) == value for name, value in data.items())]

    def who(self, person: str) -> dict[str, str]:
        """A person as Facebook names them."""
        return {"id": person, "name": self.names.get(person, f"Resident {person}")}

    def stamp(self, at: datetime) -> str:
        """A moment as Meta writes it."""
        return at.strftime("%Y-%m-%dT%H:%M:%S+0000")

    # ── what residents do on Facebook ──
    def comment(self, post: str, text: str, by: str, under: str = "") -> str:
        """Somebody says something under a post."""
        made = self._comment(post, text, by, under)
        self._feed("comment", "add", made)
        return str(made["id"])

    def _comment(self, post: str, text: str, by: str, under: str = "") -> dict[str, Any]:
        number = f"{post.rpartition('_')[2]}_{next(self.numbers)}"
        return self.new("Comment", number, message=text, by=by, post=post, under=under, is_hidden=False)

    def edit_comment(self, comment: str, text: str) -> None:
        """They change it."""
        self.things[comment]["message"] = text
        self._feed("comment", "edited", self.things[comment])

    def delete_comment(self, comment: str) -> None:
        """They take it away."""
        self._feed("comment", "remove", self.things.pop(comment))

    def visitor_post(self, text: str, by: str) -> str:
        """Somebody writes on our page."""
        made = self.new("PagePost", f"{self.page}_{next(self.numbers)}", message=text, by=by, on=self.page)
        self._feed("post", "add", made)
        return str(made["id"])

    def name_us(self, text: str, by: str) -> str:
        """Somebody writes elsewhere with our name in it."""
        made = self.new("PagePost", f"{by}_{next(self.numbers)}", message=text, by=by, on=by, tagged=True)
        told = {"item": "post", "verb": "add", "post_id": made["id"], "sender_id": by, "message": text,
                "sender_name": self.who(by)["name"], "created_time": int(self.clock().timestamp())}  # fmt: skip
        self._change("page", self.page, "mention", told)
        return str(made["id"])

    def message(self, text: str, by: str, platform: str = "MESSENGER", **more: Any) -> str:
        """Somebody writes to us in private."""
        mid = f"m_{next(self.numbers)}" if platform == "MESSENGER" else f"aWdf{next(self.numbers)}ZD"
        self.new("UnifiedMessage", mid, message=text, by=by, to=self._us(platform), talk=by, platform=platform, **more)
        self.last_heard[by] = self.clock()
        self._messaging(platform, by, {"message": {"mid": mid, "text": text, **more}})
        return mid

    def edit_message(self, mid: str, text: str) -> None:
        """They change it."""
        thing = self.things[mid]
        thing["message"] = text
        self._messaging(thing["platform"], thing["by"], {"message_edit": {"mid": mid, "text": text, "num_edit": "1"}})

    def delete_message(self, mid: str) -> None:
        """They take it back."""
        thing = self.things.pop(mid)
        self._messaging(thing["platform"], thing["by"], {"message": {"mid": mid, "is_deleted": True}})

    # ── what residents do on Instagram ──
    def ig_comment(self, media: str, text: str, by: str, under: str = "") -> str:
        """Somebody says something under a post."""
        made = self.new("IGComment", text=text, by=by, media_id=media, parent_id=under or None, hidden=False)
        value = {"id": made["id"], "text": text, "media": {"id": media, "media_product_type": "FEED"},
                 "from": {"id": by, "username": f"user{by}"}}  # fmt: skip
        self._change("instagram", self.ig, "comments", {**value, "parent_id": under} if under else value)
        return str(made["id"])

    def ig_mention(self, text: str, by: str, *, in_comment: bool) -> str:
        """Somebody names us under a picture of somebody else, or under their own."""
        media = self.new("IGMedia", caption="" if in_comment else text, by=by, tags=False)
        value = {"media_id": media["id"]}
        if in_comment:
            value["comment_id"] = self.new("IGComment", text=text, by=by, media_id=media["id"])["id"]
        self._change("instagram", self.ig, "mentions", value)
        return str(value.get("comment_id", media["id"]))

    def ig_tag(self, caption: str, by: str) -> str:
        """Somebody puts our name on their picture."""
        return str(self.new("IGMedia", caption=caption, by=by, tags=True)["id"])

    # ── webhooks ──
    def _feed(self, item: str, verb: str, thing: Mapping[str, Any]) -> None:
        value = {"from": self.who(thing["by"]), "item": item, "verb": verb, "message": thing["message"],
                 "post_id": thing.get("post", thing["id"]), "created_time": int(thing["at"].timestamp())}  # fmt: skip
        if item == "comment":
            value |= {"comment_id": thing["id"], "parent_id": thing["under"] or thing["post"]}
        self._change("page", self.page, "feed", value)

    def _change(self, kind: str, account: str, name: str, value: Mapping[str, Any]) -> None:
        self.events.append((kind, account, {"changes": [{"field": name, "value": dict(value)}]}))

    def _us(self, platform: str) -> str:
        return self.page if platform == "MESSENGER" else self.ig

    def _messaging(self, platform: str, sender: str, what: Mapping[str, Any], to: str = "") -> None:
        us = self._us(platform)
        told = {"sender": {"id": sender}, "recipient": {"id": to or us},
                "timestamp": int(self.clock().timestamp() * 1000), **what}  # fmt: skip
        self.events.append(("page" if platform == "MESSENGER" else "instagram", us, {"messaging": [told]}))

    def hooked(self, *, at: int | None = None) -> list[tuple[bytes, dict[str, str]]]:
        """What happened since the last time, as Meta would send it: one call for each kind of account."""
        events, self.events = self.events, []
        calls = []
        for kind in ("page", "instagram"):
            told = int(self.clock().timestamp()) if at is None else at
            entries = [{"id": account, "time": told, **what} for of, account, what in events if of == kind]
            if entries:
                calls.append(self.signed({"object": kind, "entry": entries}))
        return calls

    def signed(self, body: Any) -> tuple[bytes, dict[str, str]]:
        r"""A body and its headers. Meta writes ``é`` as ``\u00e9`` and ``/`` as ``\/``, and signs what it writes."""
        raw = json.dumps(body, separators=(",", ":")).replace("/", "\\/").encode()
        digest = hmac.new(self.secret.encode(), raw, hashlib.sha256).hexdigest()
        return raw, {"content-type": "application/json", "x-hub-signature-256": f"sha256={digest}"}

    def push(self, url: str) -> list[int]:
        """Send what happened to a webhook; gives the statuses."""
        statuses = []
        for body, headers in self.hooked():
            with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=10) as answer:
                statuses.append(answer.status)
        return statuses

    # ── coming in ──
    @route("*", r"/(?P<version>v\d+\.\d+)/(?P<node>[^/]+)(?:/(?P<edge>[a-z_]+))?")
    def graph(self, request: Request, version: str, node: str, edge: str) -> Any:
        """Every call: who asks, what for, and is it there."""
        params = {**request.query, **request.form}
        self._let_in(request, params)
        kind = self.kind_of(node)
        handler = getattr(self, f"{request.method.lower()}_{kind}_{edge or 'self'}".lower(), None)
        if handler is None:
            raise refuse(100, f"Unsupported {request.method.lower()} request. Object with ID '{node}' does not exist, "
                              "cannot be loaded due to missing permissions, or does not support this operation", 33)  # fmt: skip
        return handler(node, params, request)

    def kind_of(self, node: str) -> str:
        """Which of Meta's nodes an id is."""
        known = {self.page: "Page", self.ig: "IGUser", self.app: "Application"}
        if node in known or node in self.things:
            return known.get(node) or str(self.things[node]["kind"])
        if node in self.last_heard:
            return "Profile"
        return node if node in {"debug_token", "refresh_access_token"} else "Nothing"

    def _let_in(self, request: Request, params: Params) -> None:
        tokens = {self.token, self.ig_token, f"{self.app}|{self.secret}"}
        if request.bearer not in tokens or (not self.token_valid and request.bearer != f"{self.app}|{self.secret}"):
            raise refuse(190, "Error validating access token: The session has been invalidated.", 460)
        proof = hmac.new(self.secret.encode(), request.bearer.encode(), hashlib.sha256).hexdigest()
        if params.get("appsecret_proof", proof) != proof:
            raise refuse(100, "Invalid appsecret_proof provided in the API argument")

    def listed(self, found: list[dict[str, Any]], params: Params, fields: str = "") -> dict[str, Any]:
        """A page of a list, with the way to the next."""
        begin, size = int(params.get("after") or 0), int(params.get("limit", 25))
        wanted = params.get("fields", fields) or "id"
        paging: dict[str, Any] = {"cursors": {"before": str(begin), "after": str(begin + size)}}
        if len(found) > begin + size:
            paging["next"] = f"{self.address}/next"
        return {"data": [pick(one, wanted) for one in found[begin : begin + size]], "paging": paging}

    # ── Facebook: the page ──
    def get_page_self(self, _node: str, params: Params, _request: Request) -> Any:
        """The page."""
        page = {"id": self.page, "name": self.names[self.page], "link": f"https://www.facebook.com/{self.page}",
                "followers_count": 4321}  # fmt: skip
        return pick(page, params.get("fields", "name"))

    def post_page_photos(self, _node: str, params: Params, request: Request) -> Any:
        """A picture, not to be seen yet."""
        data = request.files["source"][2] if "source" in request.files else b""
        if not data and not params.get("url"):
            raise refuse(324, "Missing or invalid image file", 2069019)
        made = self.new("Photo", data=data, url=params.get("url", ""), used=False,
                        alt_text_custom=params.get("alt_text_custom"), published=params.get("published") != "false")  # fmt: skip
        return {"id": made["id"]}

    def post_page_feed(self, _node: str, params: Params, _request: Request) -> Any:
        """A post."""
        photos = [str(one["media_fbid"]) for one in json.loads(params.get("attached_media", "[]"))]
        for one in photos:
            if one not in self.things or self.things[one]["used"]:
                raise refuse(100, "(#100) attached_media: a picture is not there or was used already")
        if len(params.get("message", "")) > 63_206:
            raise refuse(100, "(#100) Param message is too long")
        if not (params.get("message") or params.get("link") or photos):
            raise refuse(100, "The post is empty. Please enter a message to share.", 33)
        for one in photos:
            self.things[one]["used"] = True
        made = self.new("PagePost", f"{self.page}_{next(self.numbers)}", message=params.get("message", ""),
                        link=params.get("link"), photos=photos, by=self.page, on=self.page, by_app=True)  # fmt: skip
        return {"id": made["id"]}

    def _post(self, thing: Mapping[str, Any]) -> dict[str, Any]:
        comments = self.of("Comment", post=thing["id"])
        return {"id": thing["id"], "message": thing["message"], "from": self.who(thing["by"]),
                "created_time": self.stamp(thing["at"]), "permalink_url": f"https://www.facebook.com/{thing['id']}",
                "shares": {"count": thing["shares"]} if thing.get("shares") else None,
                "comments": {"data": [], "summary": {"total_count": len(comments)}},
                "reactions": {"data": [], "summary": {"total_count": thing.get("reactions", 0)}}}  # fmt: skip

    def _posts(self, params: Params, **those: Any) -> Any:
        return self.listed([self._post(one) for one in reversed(self.of("PagePost", **those))], params)

    def get_page_published_posts(self, _node: str, params: Params, _request: Request) -> Any:
        """Our own."""
        return self._posts(params, by=self.page)

    def get_page_visitor_posts(self, _node: str, params: Params, _request: Request) -> Any:
        """Those of others on our page."""
        mine = [one for one in reversed(self.of("PagePost", on=self.page)) if one["by"] != self.page]
        return self.listed([self._post(one) for one in mine], params)

    def get_page_tagged(self, _node: str, params: Params, _request: Request) -> Any:
        """Those with our name in them, on our page or elsewhere."""
        return self._posts(params, tagged=True)

    def get_pagepost_self(self, node: str, params: Params, _request: Request) -> Any:
        """One."""
        return pick(self._post(self.things[node]), params.get("fields", "message"))

    def post_pagepost_self(self, node: str, params: Params, _request: Request) -> Any:
        """Change the words, or hide it."""
        if "message" in params and not self.things[node].get("by_app"):
            raise refuse(200, "(#200) This post wasn't created by the application", 1349125)
        self.things[node].update({name: params[name] for name in ("message", "is_hidden") if name in params})
        return {"success": True}

    def delete_pagepost_self(self, node: str, _params: Params, _request: Request) -> Any:
        """Take it away."""
        if self.things[node].get("locked"):
            raise refuse(200, "(#200) Permissions error")
        del self.things[node]
        return {"success": True}

    delete_comment_self = delete_igcomment_self = delete_pagepost_self

    # ── Facebook: comments ──
    def _said(self, one: Mapping[str, Any]) -> dict[str, Any]:
        return {"id": one["id"], "message": one["message"], "from": self.who(one["by"]),
                "created_time": self.stamp(one["at"]), "permalink_url": f"https://www.facebook.com/{one['id']}",
                "parent": {"id": one["under"]} if one["under"] else None, "attachment": one.get("attachment")}  # fmt: skip

    def get_pagepost_comments(self, node: str, params: Params, _request: Request) -> Any:
        """Under a post; with filter=stream also the answers to comments."""
        since = datetime.fromtimestamp(int(params.get("since", 0)), UTC)
        found = [one for one in self.of("Comment", post=node) if one["at"] >= since]
        if params.get("filter") != "stream":
            found = [one for one in found if not one["under"]]
        return self.listed([self._said(one) for one in found], params)

    def get_comment_comments(self, node: str, params: Params, _request: Request) -> Any:
        """Under a comment."""
        since = datetime.fromtimestamp(int(params.get("since", 0)), UTC)
        found = [one for one in self.of("Comment", under=node) if one["at"] >= since]
        return self.listed([self._said(one) for one in found], params)

    def post_pagepost_comments(self, node: str, params: Params, _request: Request) -> Any:
        """We say something; it comes back as a webhook too."""
        if len(params["message"]) > 8000:
            raise refuse(100, "(#100) Param message is too long")
        above = self.things[node]
        under = node if above["kind"] == "Comment" else ""
        made = self._comment(above["post"] if under else node, params["message"], self.page, under)
        self._feed("comment", "add", made)
        return {"id": made["id"]}

    post_comment_comments = post_pagepost_comments

    def get_comment_self(self, node: str, params: Params, _request: Request) -> Any:
        """One."""
        return pick(self._said(self.things[node]), params.get("fields", "message"))

    def post_comment_self(self, node: str, params: Params, _request: Request) -> Any:
        """Hide or show."""
        self.things[node]["is_hidden"] = params["is_hidden"] == "true"
        return {"success": True}

    # ── private messages ──
    def post_page_messages(self, node: str, params: Params, _request: Request) -> Any:
        """We write to somebody, or to who commented."""
        platform = "INSTAGRAM" if node == self.ig else "MESSENGER"
        recipient, text = json.loads(params["recipient"]), json.loads(params["message"])["text"]
        person = recipient.get("id") or self._commenter(recipient["comment_id"])
        if person and self._talk_is_on_instagram(str(person), recipient):
            platform = "INSTAGRAM"
        self._fits(text, platform)
        if "id" in recipient:
            self._in_time(person, params)
        mid = f"m_{next(self.numbers)}" if platform == "MESSENGER" else f"aWdf{next(self.numbers)}ZD"
        us = self._us(platform)
        self.new("UnifiedMessage", mid, message=text, by=us, to=person, talk=person, platform=platform)
        self._messaging(platform, us, {"message": {"mid": mid, "text": text, "is_echo": True}}, to=person)
        return {"recipient_id": person, "message_id": mid}

    post_iguser_messages = post_page_messages

    def _talk_is_on_instagram(self, person: str, recipient: Mapping[str, str]) -> bool:
        about = self.things.get(recipient.get("comment_id", ""), {})
        return about.get("kind") == "IGComment" or bool(self.of("UnifiedMessage", by=person, platform="INSTAGRAM"))

    def _commenter(self, comment: str) -> str:
        thing = self.things.get(comment)
        if thing is None:
            raise refuse(100, "(#100) No matching user found", 2018001)
        if comment in self.answered_in_private:
            raise refuse(10900, "(#10900) Activity already replied to")
        if self.clock() - thing["at"] > WEEK:
            raise refuse(10, "(#10) This message is sent outside of allowed window.", 2018278)
        self.answered_in_private.add(comment)
        return str(thing["by"])

    def _fits(self, text: str, platform: str) -> None:
        if platform == "MESSENGER" and len(text) > 2000:
            raise refuse(100, "(#100) Length of param message[text] must be less than or equal to 2000", 2018320)
        if platform == "INSTAGRAM" and len(text.encode()) > 1000:
            raise refuse(100, "(#100) Length of param message[text] must be less than or equal to 1000", 2534022 - 1)

    def _in_time(self, person: str, params: Params) -> None:
        heard = self.last_heard.get(person)
        if heard is None:
            raise refuse(100, "(#100) No matching user found", 2018001)
        tagged = params.get("messaging_type") == "MESSAGE_TAG" and params.get("tag") == "HUMAN_AGENT"
        if params.get("messaging_type") == "MESSAGE_TAG" and not tagged:
            raise refuse(100, "(#100) This message tag is no longer supported")
        if tagged and not self.human_agent:
            raise refuse(10, "(#10) To use HUMAN_AGENT, your use of this endpoint must be reviewed and approved")
        if self.clock() - heard >= (WEEK if tagged else DAY):
            raise refuse(10, "(#10) This message is sent outside of allowed window.", 2018278)

    def get_page_conversations(self, node: str, params: Params, _request: Request) -> Any:
        """Our talks, the one that was last busy first."""
        platform = params.get("platform", "MESSENGER")
        found = self.of("UnifiedMessage", platform=platform)
        people = list(dict.fromkeys(one["talk"] for one in reversed(found)))
        people = [one for one in people if params.get("user_id", one) == one]
        return self.listed([self._talk(one, found) for one in people], params)

    get_iguser_conversations = get_page_conversations

    def _talk(self, person: str, found: list[dict[str, Any]]) -> dict[str, Any]:
        said = [one for one in reversed(found) if one["talk"] == person]
        messages = [{"id": one["id"], "message": one["message"], "from": self.who(one["by"]),
                     "to": {"data": [self.who(one["to"])]}, "created_time": self.stamp(one["at"]),
                     "attachments": {"data": one["attached"]} if one.get("attached") else None} for one in said]  # fmt: skip
        return {"id": f"t_{person}", "updated_time": messages[0]["created_time"], "messages": {"data": messages[:25]}}

    def get_profile_self(self, node: str, params: Params, _request: Request) -> Any:
        """Somebody who wrote to us."""
        return pick({**self.who(node), "username": f"user{node}"}, params["fields"])

    # ── Instagram: publishing ──
    def get_iguser_self(self, _node: str, params: Params, _request: Request) -> Any:
        """The account; what was said of it elsewhere is a field."""
        wanted = params.get("fields", "id")
        found: dict[str, Any] = {"id": self.ig, "username": self.names[self.ig], "name": "Gemeente Voorbeeld",
                                 "followers_count": 987}  # fmt: skip
        asked = re.search(r"mentioned_(comment|media)\.(?:comment|media)_id\((\d+)\)", wanted)
        if asked:
            if asked[2] not in self.things:
                raise refuse(100, "Invalid parameter", 33)
            thing = self.things[asked[2]]
            found[f"mentioned_{asked[1]}"] = self._ig_said(thing) if asked[1] == "comment" else self._media(thing)
        return pick(found, wanted)

    def get_iguser_content_publishing_limit(self, _node: str, params: Params, _request: Request) -> Any:
        """How many in the last day."""
        config = {"quota_total": self.quota_total, "quota_duration": 86400}
        return {"data": [pick({"quota_usage": self._used(), "config": config}, params.get("fields", "quota_usage"))]}

    def _used(self) -> int:
        return len([one for one in self.of("IGMedia", by=self.ig) if self.clock() - one["at"] < DAY])

    def post_iguser_media(self, _node: str, params: Params, _request: Request) -> Any:
        """Make something ready."""
        children = [one for one in params.get("children", "").split(",") if one]
        if params.get("media_type") == "CAROUSEL":
            if not 2 <= len(children) <= 10:
                raise refuse(100, "The number of children is not allowed", 2207028)
            if any(self._state(self.things[one]) != "FINISHED" for one in children):
                raise refuse(9007, "Media ID is not available", 2207027)
        elif not params.get("image_url"):
            raise refuse(100, "The parameter image_url is required", 2207009)
        else:
            self._fetch(params["image_url"])
        if len(params.get("caption", "")) > 2200:
            raise refuse(36004, "The caption was too long.", 2207010)
        made = self.new("ShadowIGMediaBuilder", children=children, caption=params.get("caption", ""),
                        alt_text=params.get("alt_text"), url=params.get("image_url"), polls=self.slow_polls,
                        item=params.get("is_carousel_item") == "true", published=False, state="")  # fmt: skip
        return {"id": made["id"]}

    def _fetch(self, url: str) -> None:
        class Stay(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *_: Any) -> None:
                return None

        try:
            with urllib.request.build_opener(Stay).open(url, timeout=5) as answer:
                fine = answer.headers.get_content_type() == "image/jpeg"
        except (urllib.error.URLError, OSError):
            fine = False
        if not fine:
            raise refuse(9004, "Only photo or video can be accepted as media type.", 2207052)

    def _state(self, container: dict[str, Any]) -> str:
        if container["published"]:
            return "PUBLISHED"
        if self.clock() - container["at"] >= DAY:
            return "EXPIRED"
        return container["state"] or ("IN_PROGRESS" if container["polls"] > 0 else "FINISHED")

    def get_shadowigmediabuilder_self(self, node: str, params: Params, _request: Request) -> Any:
        """How far it is."""
        container = self.things[node]
        state = self._state(container)
        container["polls"] -= 1
        words = {"ERROR": "Error: Media upload has failed with error code 2207026"}.get(
            state, f"{state.title()}: media"
        )
        return pick({"id": node, "status_code": state, "status": words}, params["fields"])

    def post_iguser_media_publish(self, _node: str, params: Params, _request: Request) -> Any:
        """Let everybody see it."""
        container = self.things.get(params["creation_id"])
        if container is None or container["published"] or container["item"]:
            raise refuse(24, "The requested resource does not exist", 2207006)
        state = self._state(container)
        if state == "EXPIRED":
            raise refuse(-2, "The media you are trying to access has expired.", 2207020)
        if state != "FINISHED":
            raise refuse(9007, "Media ID is not available", 2207027)
        if self._used() >= self.quota_total:
            raise refuse(9, "You reached maximum number of posts.", 2207042)
        container["published"] = True
        made = self.new("IGMedia", caption=container["caption"], by=self.ig, container=container["id"],
                        alt_text=container["alt_text"], children=container["children"], tags=False)  # fmt: skip
        return {"id": made["id"]}

    def _media(self, one: Mapping[str, Any]) -> dict[str, Any]:
        return {"id": one["id"], "caption": one["caption"], "timestamp": self.stamp(one["at"]),
                "permalink": f"https://www.instagram.com/p/{one['id']}/", "media_type": "IMAGE",
                "username": self.names.get(one["by"], f"user{one['by']}"),
                "media_url": f"https://cdn.example/{one['id']}.jpg"}  # fmt: skip

    def get_iguser_media(self, _node: str, params: Params, _request: Request) -> Any:
        """Ours, newest first."""
        return self.listed([self._media(one) for one in reversed(self.of("IGMedia", by=self.ig))], params)

    def get_iguser_tags(self, _node: str, params: Params, _request: Request) -> Any:
        """Those of others with our name on them."""
        return self.listed([self._media(one) for one in reversed(self.of("IGMedia", tags=True))], params)

    def get_igmedia_self(self, node: str, params: Params, _request: Request) -> Any:
        """One."""
        return pick(self._media(self.things[node]), params.get("fields", "id"))

    def delete_igmedia_self(self, node: str, _params: Params, _request: Request) -> Any:
        """Take it away, where we may."""
        if not self.may_delete_media:
            raise refuse(10, "(#10) Application does not have permission for this action")
        del self.things[node]
        return {"success": True}

    # ── Instagram: comments ──
    def _ig_said(self, one: Mapping[str, Any]) -> dict[str, Any]:
        name = self.names.get(one["by"], f"user{one['by']}")
        replies = [self._ig_said(part) for part in self.of("IGComment", parent_id=one["id"])]
        return {"id": one["id"], "text": one["text"], "timestamp": self.stamp(one["at"]), "username": name,
                "from": {"id": one["by"], "username": name}, "parent_id": one.get("parent_id"),
                "media": self._media(self.things[one["media_id"]]),
                "replies": {"data": replies} if replies else None}  # fmt: skip

    def get_igmedia_comments(self, node: str, params: Params, _request: Request) -> Any:
        """Under a post, newest first; answers stand inside."""
        found = [one for one in reversed(self.of("IGComment", media_id=node)) if not one.get("parent_id")]
        return self.listed([self._ig_said(one) for one in found], params)

    def get_igcomment_replies(self, node: str, params: Params, _request: Request) -> Any:
        """Under a comment."""
        return self.listed([self._ig_said(one) for one in self.of("IGComment", parent_id=node)], params)

    def post_igcomment_replies(self, node: str, params: Params, _request: Request) -> Any:
        """We say something."""
        return self._we_say(self.things[node]["media_id"], params, self.things[node].get("parent_id") or node)

    def post_iguser_mentions(self, _node: str, params: Params, _request: Request) -> Any:
        """We answer where we were named."""
        if params["media_id"] not in self.things:
            raise refuse(100, "Invalid parameter", 33)
        return self._we_say(params["media_id"], params, params.get("comment_id"))

    def _we_say(self, media: str, params: Params, under: str | None) -> Any:
        if len(params["message"]) > 300:
            raise refuse(100, "(#100) The comment is too long")
        return {"id": self.new("IGComment", text=params["message"], by=self.ig, media_id=media, parent_id=under)["id"]}

    def get_igcomment_self(self, node: str, params: Params, _request: Request) -> Any:
        """One; it has no address."""
        if "permalink" in params.get("fields", ""):
            raise refuse(100, "(#100) Tried accessing nonexisting field (permalink)")
        return pick(self._ig_said(self.things[node]), params.get("fields", "id"))

    def post_igcomment_self(self, node: str, params: Params, _request: Request) -> Any:
        """Hide or show."""
        self.things[node]["hidden"] = params["hide"] == "true"
        return {"success": True}

    # ── figures ──
    def _insights(self, node: str, params: Params, known: tuple[str, ...], *, total: bool = False) -> Any:
        found = []
        for name in params["metric"].split(","):
            if name not in known or name in self.removed_metrics:
                raise refuse(100, "(#100) The value must be a valid insights metric")
            value = self.figures.get((node, name))
            shown = {"total_value": {"value": value}} if total else {"values": [{"value": value}]}
            if value is not None:
                found.append({"name": name, "period": "day", "id": f"{node}/insights/{name}", **shown})
        return {"data": found}

    def get_pagepost_insights(self, node: str, params: Params, _request: Request) -> Any:
        """Of a post."""
        return self._insights(node, params, POST_METRICS)

    def get_page_insights(self, node: str, params: Params, _request: Request) -> Any:
        """Of the page."""
        return self._insights(node, params, PAGE_METRICS)

    def get_igmedia_insights(self, node: str, params: Params, _request: Request) -> Any:
        """Of a post."""
        return self._insights(node, params, MEDIA_METRICS)

    def get_iguser_insights(self, node: str, params: Params, _request: Request) -> Any:
        """Of the account."""
        return self._insights(node, params, ACCOUNT_METRICS, total=True)

    # ── access ──
    def get_debug_token_self(self, _node: str, params: Params, request: Request) -> Any:
        """What a token is worth; only the app may ask."""
        if request.bearer != f"{self.app}|{self.secret}":
            raise refuse(100, "(#100) You must provide an app access token")
        if not self.token_valid or params["input_token"] not in {self.token, self.ig_token}:
            gone = {"code": 190, "message": "Error validating access token", "subcode": 460}
            return {"data": {"is_valid": False, "error": gone, "scopes": []}}
        return {"data": {"app_id": self.app, "is_valid": True, "type": "PAGE", "expires_at": self.expires_at,
                         "data_access_expires_at": self.data_access_expires_at, "scopes": self.scopes}}  # fmt: skip

    def get_refresh_access_token_self(self, _node: str, params: Params, _request: Request) -> Any:
        """A new token for an old one, a day old at least."""
        if self.clock() - self.ig_token_made < DAY:
            raise refuse(100, "The access token is less than 24 hours old.")
        self.ig_token, self.ig_token_made = f"IGA-token-{next(self.numbers)}", self.clock()
        return {"access_token": self.ig_token, "token_type": "bearer", "expires_in": 5_184_000}

    def get_page_subscribed_apps(self, node: str, _params: Params, _request: Request) -> Any:
        """Which apps are told."""
        return {"data": [{"id": app, "subscribed_fields": names} for app, names in self.subscribed[node].items()]}

    def get_iguser_subscribed_apps(self, node: str, _params: Params, _request: Request) -> Any:
        """The same, in other words."""
        return {"data": [{"app_id": app, "subscribed_fields": names} for app, names in self.subscribed[node].items()]}

    def post_page_subscribed_apps(self, node: str, params: Params, _request: Request) -> Any:
        """Tell us; what is sent takes the place of what was there."""
        self.subscribed[node][self.app] = params["subscribed_fields"].split(",")
        return {"success": True}

    post_iguser_subscribed_apps = post_page_subscribed_apps

    def get_application_subscriptions(self, _node: str, _params: Params, _request: Request) -> Any:
        """Where the app is told."""
        return {"data": self.subscriptions}

    def post_application_subscriptions(self, _node: str, params: Params, _request: Request) -> Any:
        """Be told elsewhere."""
        others = [one for one in self.subscriptions if one["object"] != params["object"]]
        fields = [{"name": name, "version": "v26.0"} for name in params["fields"].split(",")]
        self.subscriptions = [*others, {"object": params["object"], "callback_url": params["callback_url"],
                                        "active": True, "fields": fields}]  # fmt: skip
        return {"success": True}

    def not_found(self, request: Request) -> Response:
        """An address without a version."""
        return Response(error(2500, f"Unknown path components: {request.path}"), 400)


class Site(Fake):
    """Our own site, as far as Instagram needs it: pictures at a public address."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.status, self.media_type = 200, "image/jpeg"

    @route("GET", r"/pictures/(?P<name>\w+)\.jpg")
    def picture(self, _request: Request, name: str) -> Response:
        """One picture."""
        return Response(b"\xff\xd8" + name.encode(), self.status,
                        {"Content-Type": self.media_type, "Location": "https://elsewhere.example/"})  # fmt: skip
