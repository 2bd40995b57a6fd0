"""A server of the AT Protocol with an index, as far as a municipality and its residents use it.

What it does where the lexicons are silent follows Bluesky's own server 0.4.217: a record key that is taken answers 500,
an access token lasts two hours, signing in is limited to 30 times in 5 minutes, and a picture must be named by a post.
"""

import base64
import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import regex

from tests.fakes.base import Fake, Refuse, Request, Response, route

POST: Final = "app.bsky.feed.post"
HOURS: Final = 2
SIGN_INS: Final = 30
XRPC: Final = "/xrpc/"


def cid_of(value: Any) -> str:
    """A content id: the same for the same content."""
    content = value if isinstance(value, bytes) else json.dumps(value, sort_keys=True).encode()
    return "bafyrei" + base64.b32encode(hashlib.sha256(content).digest()).decode().lower().rstrip("=")


def token(**claims: Any) -> str:
    """A JWT; who holds it is in ``sub``."""
    parts = [{"alg": "HS256", "typ": "at+jwt"}, claims]
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + ".sig"


@dataclass
class Person:
    """An account. ``passwords`` are app passwords; ``own`` is the password of the account itself."""

    did: str
    handle: str
    name: str
    passwords: set[str] = field(default_factory=set)
    own: str = ""
    status: str = ""
    quiet: bool = False  # lets nobody answer


@dataclass
class Record:
    """What stands under an address."""

    uri: str
    cid: str
    value: dict[str, Any]
    at: str

    @property
    def did(self) -> str:
        """Whose it is."""
        return self.uri.split("/")[2]


class Bluesky(Fake):
    """``people`` by DID, ``records`` by address, oldest first. ``deaf`` are posts that gave no notification."""

    name = "bluesky"

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.people: dict[str, Person] = {}
        self.records: dict[str, Record] = {}
        self.blobs: dict[str, tuple[bytes, str]] = {}
        self.likes: dict[str, int] = {}
        self.used: set[str] = set()  # refresh tokens that were exchanged
        self.revoked: set[str] = set()
        self.sign_ins: list[datetime] = []
        self.deaf: set[str] = set()
        self.now = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
        self.serial = 0
        self.us = self.join("gemeente.test", "Gemeente Voorbeeld", "abcd-efgh-ijkl-mnop")

    # ── what people do ───────────────────────────────────────────────────────────────────────────
    def join(self, handle: str, name: str, password: str = "") -> Person:
        """A new account."""
        did = "did:plc:" + base64.b32encode(hashlib.sha256(handle.encode()).digest()).decode().lower()[:24]
        self.people[did] = Person(did, handle, name, {password} if password else set())
        return self.people[did]

    def say(self, by: Person | str, text: str, *, under: str = "", deaf: bool = False, **more: Any) -> str:
        """A post, under another one where that is named; its address. ``deaf``: nobody gets a notification.

        ``by`` may be a handle, of who joins when they are not there yet.
        """
        with self.lock:
            if isinstance(by, str):
                handle = by
                by = next((one for one in self.people.values() if one.handle == handle), None) or self.join(
                    handle, handle
                )
            value: dict[str, Any] = {"$type": POST, "text": text, "createdAt": self._tick(), "langs": ["nl"], **more}
            if under:
                parent = self.records[under]
                root = parent.value.get("reply", {}).get("root", {"uri": parent.uri, "cid": parent.cid})
                value["reply"] = {"root": root, "parent": {"uri": parent.uri, "cid": parent.cid}}
            self.serial += 1
            uri = self._put(by.did, POST, f"3m{self.serial:011d}".translate(str.maketrans("0189", "abcd")), value).uri
            if deaf:
                self.deaf.add(uri)
            return uri

    def mention(self, by: Person | str, text: str) -> str:
        """A post with our handle in it."""
        handle = f"@{self.us.handle}"
        start = len(text[: text.index(handle)].encode())
        feature = {"$type": "app.bsky.richtext.facet#mention", "did": self.us.did}
        index = {"byteStart": start, "byteEnd": start + len(handle)}
        return self.say(by, text, facets=[{"index": index, "features": [feature]}])

    def quote(self, by: Person | str, text: str, uri: str) -> str:
        """A post that shows another one."""
        shown = {"uri": uri, "cid": self.records[uri].cid}
        return self.say(by, text, embed={"$type": "app.bsky.embed.record", "record": shown})

    def remove(self, uri: str) -> None:
        """The author takes it away."""
        with self.lock:
            del self.records[uri]

    def posts(self, person: Person | None = None) -> list[Record]:
        """The posts of somebody (us), oldest first."""
        did = (person or self.us).did
        return [one for one in self.records.values() if one.did == did and f"/{POST}/" in one.uri]

    def hidden(self, root: str) -> list[str]:
        """The answers that are hidden under a post."""
        gate = self.records.get(root.replace(POST, "app.bsky.feed.threadgate"))
        return list(gate.value.get("hiddenReplies", [])) if gate else []

    def _tick(self) -> str:
        self.now += timedelta(seconds=1)
        return self.now.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def _put(self, did: str, collection: str, rkey: str, value: dict[str, Any]) -> Record:
        uri = f"at://{did}/{collection}/{rkey}"
        self.records[uri] = Record(uri, cid_of(value), value, self._tick())
        return self.records[uri]

    # ── sessions ─────────────────────────────────────────────────────────────────────────────────
    def session(self, person: Person, *, own: bool = False) -> dict[str, str]:
        """Tokens for somebody."""
        self.serial += 1
        ends = int((datetime.now(UTC) + timedelta(hours=HOURS)).timestamp())
        scope = "com.atproto.access" if own else "com.atproto.appPass"
        return {
            "accessJwt": token(scope=scope, sub=person.did, exp=ends, jti=self.serial),
            "refreshJwt": token(scope="com.atproto.refresh", sub=person.did, exp=ends + 5_000_000, jti=self.serial),
            "handle": person.handle, "did": person.did,
        }  # fmt: skip

    @route("POST", XRPC + r"com\.atproto\.server\.createSession")
    def create_session(self, request: Request) -> Response | dict[str, Any]:
        """Sign in; limited."""
        moment = datetime.now(UTC)
        self.sign_ins = [one for one in self.sign_ins if one > moment - timedelta(minutes=5)] + [moment]
        if len(self.sign_ins) > SIGN_INS:
            reset = str(int((moment + timedelta(minutes=5)).timestamp()))
            raise Refuse(
                429, {"error": "RateLimitExceeded", "message": "Rate Limit Exceeded"}, {"ratelimit-reset": reset}
            )
        sent = request.json
        for person in self.people.values():
            if sent["identifier"] in {person.handle, person.did} and sent["password"] in {
                *person.passwords,
                person.own,
            } - {""}:
                state = {"active": False, "status": person.status} if person.status else {"active": True}
                return {**self.session(person, own=sent["password"] == person.own), **state}
        raise Refuse(401, {"error": "AuthenticationRequired", "message": "Invalid identifier or password"})

    @route("POST", XRPC + r"com\.atproto\.server\.refreshSession")
    def refresh_session(self, request: Request) -> dict[str, Any]:
        """Exchange a refresh token, which works once here."""
        person = self._who(request, "com.atproto.refresh")
        if request.bearer in self.used:
            raise Refuse(400, {"error": "ExpiredToken", "message": "Token has been revoked"})
        self.used.add(request.bearer)
        return {**self.session(person), "active": not person.status}

    @route("GET", XRPC + r"com\.atproto\.server\.getSession")
    def get_session(self, request: Request) -> dict[str, Any]:
        """Whose session it is."""
        person = self._who(request)
        state = {"active": False, "status": person.status} if person.status else {"active": True}
        return {"handle": person.handle, "did": person.did, **state}

    def _who(self, request: Request, scope: str = "") -> Person:
        if not request.bearer:
            raise Refuse(401, {"error": "AuthMissing", "message": "Authentication Required"})
        if request.bearer in self.revoked:
            raise Refuse(400, {"error": "ExpiredToken", "message": "Token has expired"})
        try:
            body = request.bearer.split(".")[1]
            claims = json.loads(base64.urlsafe_b64decode(body + "=="))
            person = self.people[claims["sub"]]
        except (IndexError, KeyError, ValueError):
            raise Refuse(400, {"error": "InvalidToken", "message": "Malformed token"}) from None
        if claims["exp"] < datetime.now(UTC).timestamp():
            raise Refuse(400, {"error": "ExpiredToken", "message": "Token has expired"})
        if (claims["scope"] == "com.atproto.refresh") != (scope == "com.atproto.refresh"):
            raise Refuse(400, {"error": "InvalidToken", "message": "Bad token scope"})
        return person

    # ── records ──────────────────────────────────────────────────────────────────────────────────
    @route("POST", XRPC + r"com\.atproto\.repo\.uploadBlob")
    def upload_blob(self, request: Request) -> dict[str, Any]:
        """Take in a picture."""
        self._who(request)
        cid, kind = cid_of(request.body), request.headers["content-type"]
        self.blobs[cid] = (request.body, kind)
        return {"blob": {"$type": "blob", "ref": {"$link": cid}, "mimeType": kind, "size": len(request.body)}}

    @route("POST", XRPC + r"com\.atproto\.repo\.createRecord")
    def create_record(self, request: Request) -> dict[str, Any]:
        """Put a new record; a taken key is an error of the server."""
        person, sent = self._who(request), request.json
        self._look_at(sent["record"])
        uri = f"at://{person.did}/{sent['collection']}/{sent['rkey']}"
        if uri in self.records:
            raise Refuse(500, {"error": "InternalServerError", "message": "Internal Server Error"})
        made = self._put(person.did, sent["collection"], sent["rkey"], sent["record"])
        return {"uri": made.uri, "cid": made.cid, "validationStatus": "valid"}

    @route("POST", XRPC + r"com\.atproto\.repo\.putRecord")
    def put_record(self, request: Request) -> dict[str, Any]:
        """Put a record in the place of the one that was read."""
        person, sent = self._who(request), request.json
        there = self.records.get(f"at://{person.did}/{sent['collection']}/{sent['rkey']}")
        if "swapRecord" in sent and sent["swapRecord"] != (there.cid if there else None):
            raise Refuse(400, {"error": "InvalidSwap", "message": "Record was at another version"})
        made = self._put(person.did, sent["collection"], sent["rkey"], sent["record"])
        return {"uri": made.uri, "cid": made.cid, "validationStatus": "valid"}

    @route("POST", XRPC + r"com\.atproto\.repo\.deleteRecord")
    def delete_record(self, request: Request) -> dict[str, Any]:
        """Take it away, also when it is gone already."""
        person, sent = self._who(request), request.json
        self.records.pop(f"at://{person.did}/{sent['collection']}/{sent['rkey']}", None)
        return {}

    @route("GET", XRPC + r"com\.atproto\.repo\.getRecord")
    def get_record(self, request: Request) -> dict[str, Any]:
        """One record."""
        found = self.records.get("at://{repo}/{collection}/{rkey}".format(**request.query))
        if found is None:
            raise Refuse(400, {"error": "RecordNotFound", "message": "Could not locate record"})
        return {"uri": found.uri, "cid": found.cid, "value": found.value}

    def _look_at(self, record: dict[str, Any]) -> None:
        """What the server refuses of a post (app.bsky.feed.post)."""
        text = record["text"]
        if len(regex.findall(r"\X", text)) > 300:
            self._refuse("Invalid app.bsky.feed.post record: Record/text must not be longer than 300 graphemes")
        if len(text.encode()) > 3000:
            self._refuse("Invalid app.bsky.feed.post record: Record/text must not be longer than 3000 characters")
        embed = record.get("embed", {})
        images = embed.get("images", [])
        if len(images) > 4:
            self._refuse("Invalid app.bsky.feed.post record: Record/embed/images must not have more than 4 elements")
        if any("alt" not in image for image in images):
            self._refuse('Invalid app.bsky.feed.post record: Record/embed/images/0 must have the property "alt"')
        pictures = [(image["image"], 2_000_000) for image in images]
        pictures += [(embed["external"]["thumb"], 1_000_000)] if embed.get("external", {}).get("thumb") else []
        for blob, largest in pictures:
            if blob["ref"]["$link"] not in self.blobs:
                self._refuse(f"Could not find blob: {blob['ref']['$link']}", "BlobNotFound")
            if len(self.blobs[blob["ref"]["$link"]][0]) > largest:
                self._refuse("This file is too large.", "BlobTooLarge")

    def _refuse(self, message: str, name: str = "InvalidRequest") -> None:
        raise Refuse(400, {"error": name, "message": message})

    # ── the index ────────────────────────────────────────────────────────────────────────────────
    @route("GET", XRPC + r"com\.atproto\.identity\.resolveHandle")
    def resolve_handle(self, request: Request) -> dict[str, Any]:
        """Whose handle it is."""
        found = [one.did for one in self.people.values() if one.handle == request.query["handle"]]
        if not found:
            raise Refuse(400, {"error": "InvalidRequest", "message": "Unable to resolve handle"})
        return {"did": found[0]}

    @route("GET", XRPC + r"app\.bsky\.actor\.getProfile")
    def get_profile(self, request: Request) -> dict[str, Any]:
        """An account with its numbers."""
        self._who(request)
        person = self.people[request.query["actor"]]
        return {**self._person(person), "followersCount": 12, "followsCount": 3, "postsCount": len(self.posts(person))}

    @route("GET", XRPC + r"app\.bsky\.feed\.getPosts")
    def get_posts(self, request: Request) -> dict[str, Any]:
        """Those that are there."""
        self._who(request)
        wanted = request.every["uris"]
        if len(wanted) > 25:
            self._refuse("Error: Params must not have more than 25 elements")
        return {"posts": [self._view(self.records[uri]) for uri in wanted if uri in self.records]}

    @route("GET", XRPC + r"app\.bsky\.feed\.getPostThread")
    def get_post_thread(self, request: Request) -> dict[str, Any]:
        """A post and all under it."""
        self._who(request)
        if request.query["uri"] not in self.records:
            raise Refuse(400, {"error": "NotFound", "message": f"Post not found: {request.query['uri']}"})
        return {"thread": self._node(self.records[request.query["uri"]], int(request.query.get("depth", "6")))}

    @route("GET", XRPC + r"app\.bsky\.notification\.listNotifications")
    def list_notifications(self, request: Request) -> dict[str, Any]:
        """What others did to us, newest first; the cursor is a moment."""
        person = self._who(request)
        before, size = request.query.get("cursor", "9"), int(request.query.get("limit", "50"))
        wanted = set(request.every.get("reasons", ["reply", "mention", "quote", "like"]))
        found = [(record, self._reason(record, person)) for record in self.records.values()]
        shown = [one for one in found if one[1] in wanted and one[0].at < before and one[0].uri not in self.deaf]
        shown.sort(key=lambda one: one[0].at, reverse=True)
        page = [
            {
                "uri": record.uri, "cid": record.cid, "author": self._person(self.people[record.did]), "reason": reason,
                "record": record.value, "isRead": False, "indexedAt": record.at,
            }
            for record, reason in shown[:size]
        ]  # fmt: skip
        more = {"cursor": shown[size - 1][0].at} if len(shown) > size else {}
        return {"notifications": page, "priority": False, **more}

    def _reason(self, record: Record, person: Person) -> str:
        value = record.value
        if record.did == person.did or f"/{POST}/" not in record.uri:
            return ""
        reply = value.get("reply", {})
        if any(f"at://{person.did}/" in reply.get(name, {}).get("uri", "") for name in ("root", "parent")):
            return "reply"
        if f"at://{person.did}/" in value.get("embed", {}).get("record", {}).get("uri", ""):
            return "quote"
        features = [feature for facet in value.get("facets", ()) for feature in facet["features"]]
        return "mention" if any(one.get("did") == person.did for one in features) else ""

    def _person(self, person: Person) -> dict[str, Any]:
        return {"did": person.did, "handle": person.handle, "displayName": person.name}

    def _node(self, record: Record, depth: int) -> dict[str, Any]:
        under = [
            one for one in self.records.values()
            if one.value.get("reply", {}).get("parent", {}).get("uri") == record.uri
        ]  # fmt: skip
        replies = [self._node(one, depth - 1) for one in under] if depth else []
        kind = "app.bsky.feed.defs#threadViewPost"
        return {"$type": kind, "post": self._view(record), "replies": replies, "threadContext": {}}

    def _view(self, record: Record) -> dict[str, Any]:
        under = [
            one for one in self.records.values()
            if one.value.get("reply", {}).get("parent", {}).get("uri") == record.uri
        ]  # fmt: skip
        quotes = [one for one in self.records.values() if record.uri == _shown(one.value)]
        embed = self._embed(record)
        author = self.people[record.did]
        return {
            "uri": record.uri, "cid": record.cid, "author": self._person(author), "record": record.value,
            "indexedAt": record.at, "likeCount": self.likes.get(record.uri, 0), "replyCount": len(under),
            "repostCount": 0, "quoteCount": len(quotes), "viewer": {"replyDisabled": author.quiet},
            **({"embed": embed} if embed else {}),
        }  # fmt: skip

    def _embed(self, record: Record) -> dict[str, Any] | None:
        """Pictures and cards as the index shows them."""
        embed = record.value.get("embed", {})
        if embed.get("images"):
            shown = [
                {"thumb": self._picture(record, one), "fullsize": self._picture(record, one), "alt": one["alt"]}
                for one in embed["images"]
            ]
            return {"$type": "app.bsky.embed.images#view", "images": shown}
        if embed.get("external"):
            card = {name: embed["external"][name] for name in ("uri", "title", "description")}
            return {"$type": "app.bsky.embed.external#view", "external": card}
        return None

    def _picture(self, record: Record, image: dict[str, Any]) -> str:
        return f"{self.address}/img/{record.did}/{image['image']['ref']['$link']}@jpeg"

    def not_found(self, request: Request) -> Response:
        """An unknown method."""
        if re.match(XRPC, request.path):
            return Response({"error": "MethodNotImplemented", "message": "Method Not Implemented"}, 501)
        return super().not_found(request)


def _shown(value: dict[str, Any]) -> str:
    return str(value.get("embed", {}).get("record", {}).get("uri", ""))
