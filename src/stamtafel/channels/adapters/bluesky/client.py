"""Calls to a server of the AT Protocol (XRPC), with a session that is kept as long as it lasts.

Signing in is limited (30 times in 5 minutes, 300 a day: Bluesky documentation, "Rate Limits"), so whoever has an access
token that still works uses that.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from stamtafel.channels.adapters.bluesky import keys
from stamtafel.channels.adapters.bluesky.options import Options
from stamtafel.channels.adapters.calls import Calls, field, retry_after, short, until
from stamtafel.channels.contract import Credentials, NeedsSignIn, OutcomeUnknown, Permanent, Temporary
from stamtafel.outbound import Answer

EXPIRED: Final = frozenset({"ExpiredToken", "InvalidToken"})
SHUT_OUT: Final = frozenset(
    {"AuthMissing", "AuthenticationRequired", "AuthFactorTokenRequired", "AccountTakedown", "AccountDeactivated",
     "AccountSuspended"}
)  # fmt: skip
TOO_MANY: Final = 429
AT_ONCE: Final = 25  # posts in one app.bsky.feed.getPosts
EARLY: Final = timedelta(minutes=5)  # an access token is exchanged so long before it ends
UPLOAD_SECONDS: Final = 60.0


class Expired(NeedsSignIn):
    """The token is no longer taken; a new session may be."""


class LostBlob(Permanent):
    """The server threw away a picture that no post named in time."""


class Missing(Permanent):
    """There is no such record or post."""


def explain(answer: Answer) -> Exception | None:
    """What the name of an error stands for (lexicons com.atproto.*); None for the general rule."""
    said = answer.data if isinstance(answer.data, Mapping) else {}
    name = str(said.get("error", ""))
    words = f"HTTP {answer.status}: {name}: {short(str(said.get('message', '')))}"
    if answer.status == TOO_MANY or name == "RateLimitExceeded":
        wait = until(answer.headers.get("ratelimit-reset", "")) or retry_after(answer)
        return Temporary(words, retry_after=wait)
    if name in EXPIRED:
        return Expired(words)
    if name in SHUT_OUT:
        return NeedsSignIn(words)
    if name == "InvalidSwap":  # somebody else wrote between our reading and our writing
        return Temporary(words)
    if name in {"RecordNotFound", "NotFound"}:
        return Missing(words)
    return LostBlob(words) if name == "BlobNotFound" else None


# ── the session ──────────────────────────────────────────────────────────────────────────────────
def claims(token: str) -> Mapping[str, Any]:
    """What a token says of itself (RFC 7519); empty where it says nothing. The server checks it, not we."""
    try:
        body = token.split(".")[1]
        found = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (IndexError, ValueError):
        return {}
    return found if isinstance(found, Mapping) else {}


def is_over(token: str, now: datetime) -> bool:
    """Whether there is no token, or it ends within five minutes. One that does not say when lasts."""
    ends = claims(token).get("exp")
    return not token or (isinstance(ends, int) and datetime.fromtimestamp(ends, UTC) <= now + EARLY)


def _name(options: Options, credentials: Credentials) -> str:
    return options.identifier or credentials.get("identifier", "")


def mark(options: Options, credentials: Credentials) -> str:
    """Which name and password a session was made with, without saying what they are."""
    both = f"{_name(options, credentials)}\n{credentials.get('password', '')}"
    return hashlib.sha256(both.encode()).hexdigest()[:32]


def is_ours(options: Options, credentials: Credentials) -> bool:
    """Whether the kept session was made with this name and password: who connects anew may be another."""
    ours = mark(options, credentials)
    return credentials.get("session_of", ours) == ours


def kept_access(options: Options, credentials: Credentials) -> str:
    """The access token that was kept; "" for one of another name or password."""
    return credentials.get("access", "") if is_ours(options, credentials) else ""


def sign_in(options: Options, credentials: Credentials) -> dict[str, str]:
    """A new session: ``access``, ``refresh``, ``did`` and ``session_of``. Raises NeedsSignIn or Temporary."""
    name = _name(options, credentials)
    if not name or not credentials.get("password"):
        raise NeedsSignIn("The account name or the app password is missing.")
    sent = {"identifier": name, "password": credentials["password"]}
    session = _session(_calls(options).read("POST", "/xrpc/com.atproto.server.createSession", json=sent))
    return {**session, "session_of": mark(options, credentials)}


def refresh(options: Options, token: str) -> dict[str, str]:
    """A session for a refresh token, which is used up by it. Raises Expired, NeedsSignIn or Temporary."""
    return _session(_calls(options, token).read("POST", "/xrpc/com.atproto.server.refreshSession"))


def _session(answer: Answer) -> dict[str, str]:
    data = answer.data if isinstance(answer.data, Mapping) else {}
    if data.get("active") is False:
        raise NeedsSignIn(f"The account is not active: {data.get('status', 'the server does not say why')}.")
    found = {"access": "accessJwt", "refresh": "refreshJwt", "did": "did"}
    if not all(isinstance(data.get(name), str) for name in found.values()):
        raise Temporary(f"The server did not answer with a session: {short(answer.text)}")
    return {ours: str(data[theirs]) for ours, theirs in found.items()}


def _calls(options: Options, token: str = "") -> Calls:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return Calls(options.api_url, headers=headers, explain=explain)


# ── what we ask of the server ────────────────────────────────────────────────────────────────────
class Server:
    """The server of one account, seen by that account. Signs in by itself when what it has is over."""

    def __init__(self, options: Options, credentials: Credentials, now: datetime) -> None:
        self._options = options
        self._credentials = credentials
        self._signed_in = False
        access = kept_access(options, credentials)
        if is_over(access, now):
            self._begin()
        else:
            self.access = access
            self.did = str(claims(access).get("sub") or credentials.get("did", ""))

    def _begin(self) -> None:
        session = sign_in(self._options, self._credentials)
        self.access, self.did, self._signed_in = session["access"], session["did"], True

    def _signed(self, act: Callable[[Calls], Answer]) -> Answer:
        """Do it; once more in a new session where the old one was refused, for then nothing was done."""
        try:
            return act(_calls(self._options, self.access))
        except Expired:
            if self._signed_in:
                raise
        self._begin()
        return act(_calls(self._options, self.access))

    def ask(self, name: str, **params: Any) -> Mapping[str, Any]:
        """A query. Raises Temporary also where the answer is none."""
        answer = self._signed(lambda calls: calls.read("GET", f"/xrpc/{name}", params=params))
        return _object(answer)

    def do(self, name: str, **sent: Any) -> Mapping[str, Any]:
        """A procedure that may be repeated."""
        answer = self._signed(lambda calls: calls.read("POST", f"/xrpc/{name}", json=sent))
        return _object(answer)

    def upload(self, content: bytes, media_type: str) -> Mapping[str, Any]:
        """A picture, for a post that names it soon; the reference to put in the post."""
        sent: dict[str, Any] = {"content": content, "headers": {"Content-Type": media_type}, "seconds": UPLOAD_SECONDS}
        answer = self._signed(lambda calls: calls.read("POST", "/xrpc/com.atproto.repo.uploadBlob", **sent))
        blob = _object(answer).get("blob")
        if not isinstance(blob, Mapping):
            raise Temporary(f"The server did not say where it put the picture: {short(answer.text)}")
        return blob

    def create(self, record_key: str, record: Mapping[str, Any]) -> dict[str, str]:
        """Put a post under its own key: ``uri`` and ``cid``. What is there already stays and is given back.

        After any answer but yes we read: the first attempt may have been done, and then the second is refused (the
        server of Bluesky says 500 to it). Raises OutcomeUnknown only where reading shows nothing.
        """
        sent = {"repo": self.did, "collection": keys.POSTS, "rkey": record_key, "record": record}
        try:
            answer = self._signed(lambda calls: calls.write("POST", "/xrpc/com.atproto.repo.createRecord", json=sent))
            return {"uri": str(field(answer, "uri")), "cid": str(field(answer, "cid"))}
        except LostBlob:
            raise
        except (OutcomeUnknown, Permanent) as error:
            try:
                found = self.record(record_key)
            except (Temporary, Permanent, NeedsSignIn):
                raise error from None
            if found is None:
                raise
            return {"uri": str(found["uri"]), "cid": str(found["cid"])}

    def record(self, record_key: str, collection: str = keys.POSTS) -> Mapping[str, Any] | None:
        """A record of our own with its ``uri``, ``cid`` and ``value``, or None."""
        try:
            found = self.ask("com.atproto.repo.getRecord", repo=self.did, collection=collection, rkey=record_key)
        except Missing:
            return None
        if not {"uri", "cid", "value"} <= found.keys():
            raise Temporary("The server did not answer with a record.")
        return found

    def resolve(self, handle: str) -> str:
        """The DID of a handle; "" where it is nobody's."""
        try:
            return str(self.ask("com.atproto.identity.resolveHandle", handle=handle).get("did", ""))
        except Permanent:
            return ""

    def posts(self, uris: Sequence[str]) -> Iterator[Mapping[str, Any]]:
        """The posts that are there, as the index shows them."""
        for start in range(0, len(uris), AT_ONCE):
            found = self.ask("app.bsky.feed.getPosts", uris=list(uris[start : start + AT_ONCE]))
            yield from _objects(found.get("posts"))

    def thread(self, uri: str, depth: int) -> Iterator[Mapping[str, Any]]:
        """All that stands under a post, whoever wrote it."""
        try:
            found = self.ask("app.bsky.feed.getPostThread", uri=uri, depth=depth, parentHeight=0)
        except Missing:
            return
        left = [found.get("thread")]
        while left:
            node = left.pop()
            if isinstance(node, Mapping) and isinstance(node.get("post"), Mapping):
                if node["post"].get("uri") != uri:
                    yield node["post"]
                left += list(_objects(node.get("replies")))


def _object(answer: Answer) -> Mapping[str, Any]:
    if not isinstance(answer.data, Mapping):
        raise Temporary(f"The server answered with something else than JSON: {short(answer.text)}")
    return answer.data


def _objects(found: Any) -> Iterator[Mapping[str, Any]]:
    yield from (one for one in found if isinstance(one, Mapping)) if isinstance(found, list) else ()
