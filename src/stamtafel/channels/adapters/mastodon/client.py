"""Calls to a Mastodon server (docs.joinmastodon.org/methods)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from stamtafel.channels.adapters.calls import LONGEST_WAIT, Calls, field, retry_after, short
from stamtafel.channels.adapters.mastodon.options import Server
from stamtafel.channels.contract import NeedsSignIn, Permanent, Picture, Quota, Temporary
from stamtafel.outbound import Answer

SOON: Final = timedelta(seconds=10)  # a picture is made ready by the server
PAGE: Final = 40
MOST_PAGES: Final = 5
SIGN_IN_WORDS: Final = ("authorized scopes", "login is currently disabled", "suspended", "confirm")
NOT_READY: Final = ("not finished processing", "not been processed", "still being processed")
GONE: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


class Gone(Permanent):
    """It is not there, or no longer."""


def explain(answer: Answer) -> Exception | None:
    """What a refusal means; Mastodon says why in ``error`` (docs.joinmastodon.org, Error)."""
    said = _said(answer)
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        return Temporary(said, retry_after=_reset(answer) or retry_after(answer))
    if answer.status in GONE:
        return Gone(said)
    if answer.status == HTTPStatus.UNAUTHORIZED or (
        answer.status == HTTPStatus.FORBIDDEN and any(words in said for words in SIGN_IN_WORDS)
    ):
        return NeedsSignIn(said)
    if answer.status == HTTPStatus.UNPROCESSABLE_ENTITY and any(words in said for words in NOT_READY):
        return Temporary(said, retry_after=SOON)
    if answer.status < HTTPStatus.INTERNAL_SERVER_ERROR and answer.status != HTTPStatus.REQUEST_TIMEOUT:
        return Permanent(said)
    return None


def _said(answer: Answer) -> str:
    error = answer.data.get("error") if isinstance(answer.data, Mapping) else None
    return f"Mastodon ({answer.status}): {short(error if isinstance(error, str) else answer.text)}"


def moment(said: Any) -> datetime | None:
    """A moment as Mastodon writes it (ISO 8601); None for anything else."""
    try:
        found = datetime.fromisoformat(said)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _reset(answer: Answer) -> timedelta | None:
    """``X-RateLimit-Reset`` is a moment (docs.joinmastodon.org, Rate limits)."""
    at = moment(answer.headers.get("x-ratelimit-reset", ""))
    return min(max(at - datetime.now(UTC), timedelta(0)), LONGEST_WAIT) if at else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What is asked of the server: one status."""

    text: str
    visibility: str
    language: str
    in_reply_to: str = ""
    media: Sequence[str] = ()

    def as_data(self) -> dict[str, Any]:
        """The body of ``POST /api/v1/statuses``."""
        data: dict[str, Any] = {"status": self.text, "visibility": self.visibility, "language": self.language}
        if self.in_reply_to:
            data["in_reply_to_id"] = self.in_reply_to
        if self.media:
            data["media_ids"] = list(self.media)
        return data


class Client:
    """One account at one server."""

    def __init__(self, api_url: str, token: str) -> None:
        if not (api_url and token):
            raise NeedsSignIn("The account has no address of a server or no access token.")
        headers = {"Authorization": f"Bearer {token.strip()}", "Accept-Language": "en"}
        self._calls = Calls(api_url, headers=headers, explain=explain)

    # ── what the server and we are ───────────────────────────────────────────────────────────────
    def server(self) -> Server:
        """What it takes."""
        return Server.from_instance(self._calls.read("GET", "/api/v2/instance").data)

    def me(self) -> dict[str, Any]:
        """Our account."""
        return _mapping(self._calls.read("GET", "/api/v1/accounts/verify_credentials"))

    def scopes(self) -> tuple[str, ...]:
        """What the application may do; empty where the server does not say (before 4.3, or other software)."""
        try:
            said = _mapping(self._calls.read("GET", "/api/v1/apps/verify_credentials")).get("scopes")
        except (NeedsSignIn, Permanent):
            return ()
        return tuple(str(scope) for scope in said) if isinstance(said, list) else ()

    def quota(self) -> Quota:
        """From the headers of a harmless call."""
        answer = self._calls.read("GET", "/api/v1/accounts/verify_credentials")
        left, total = (answer.headers.get(f"x-ratelimit-{name}", "") for name in ("remaining", "limit"))
        if not (left.isdigit() and total.isdigit()):
            return Quota(used=0)
        resets_at = moment(answer.headers.get("x-ratelimit-reset", ""))
        return Quota(used=max(0, int(total) - int(left)), total=int(total), resets_at=resets_at)

    # ── writing ──────────────────────────────────────────────────────────────────────────────────
    def upload(self, picture: Picture) -> tuple[str, bool]:
        """The id of the picture and whether it is ready. Nobody sees it yet, so doing it again is harmless."""
        files = {
            "file": (picture.file.rpartition("/")[2] or "picture.jpg", picture.data, picture.media_type or "image/jpeg")
        }
        answer = self._calls.read("POST", "/api/v2/media", files=files, data={"description": picture.alt})
        return str(_mapping(answer).get("id") or _missing("id")), answer.status == HTTPStatus.OK

    def is_ready(self, medium: str) -> bool:
        """Whether the server made it ready (206 while it does not); Gone when it threw it away."""
        return self._calls.read("GET", f"/api/v1/media/{quote(medium)}").status == HTTPStatus.OK

    def post(self, post: Post, key: str) -> tuple[str, str]:
        """Make it public; id and address. The same key within an hour gives the same post."""
        answer = self._calls.write("POST", "/api/v1/statuses", json=post.as_data(), headers={"Idempotency-Key": key})
        return str(field(answer, "id")), str(field(answer, "url") or field(answer, "uri"))

    def edit(self, status: str, data: Mapping[str, Any]) -> None:
        """Other words; doing it again is harmless."""
        self._calls.read("PUT", f"/api/v1/statuses/{quote(status)}", json=dict(data))

    def delete(self, status: str) -> None:
        """Take it away; doing it again is harmless."""
        self._calls.read("DELETE", f"/api/v1/statuses/{quote(status)}")

    # ── reading ──────────────────────────────────────────────────────────────────────────────────
    def status(self, status: str) -> dict[str, Any]:
        """One status; raises Gone."""
        return _mapping(self._calls.read("GET", f"/api/v1/statuses/{quote(status)}"))

    def statuses(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        """Those of the named that are still there, at most twenty at once (since 4.3)."""
        wanted = "&".join(f"id[]={quote(one)}" for one in ids)
        return _list(self._calls.read("GET", f"/api/v1/statuses?{wanted}"))

    def context(self, status: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """What stands before and after it in the talk."""
        data = _mapping(self._calls.read("GET", f"/api/v1/statuses/{quote(status)}/context"))
        return _things(data.get("ancestors")), _things(data.get("descendants"))

    def mentions(self, since: str) -> list[dict[str, Any]]:
        """Notifications of mentions, those just after ``since``; without it the newest page."""
        after = {"min_id": since} if since else {}
        sent = {"types[]": "mention", "limit": str(PAGE), **after}
        return _list(self._calls.read("GET", "/api/v1/notifications", params=sent))

    def own_since(self, account: str, since: datetime) -> Iterator[dict[str, Any]]:
        """Our own posts, the newest first, back to a moment."""
        sent = {"limit": str(PAGE), "exclude_reblogs": "true"}
        for _number in range(MOST_PAGES):
            page = _list(self._calls.read("GET", f"/api/v1/accounts/{quote(account)}/statuses", params=sent))
            young = [one for one in page if (moment(one.get("created_at")) or since) >= since]
            yield from young
            if len(young) < len(page) or not page:
                return
            sent = {**sent, "max_id": str(page[-1].get("id"))}


def _missing(name: str) -> str:
    raise Temporary(f"The answer of Mastodon lacks {name}.")


def _mapping(answer: Answer) -> dict[str, Any]:
    if not isinstance(answer.data, dict):
        raise Temporary(f"Mastodon gave an answer that we can't read: {short(answer.text)}")
    return answer.data


def _list(answer: Answer) -> list[dict[str, Any]]:
    if not isinstance(answer.data, list):
        raise Temporary(f"Mastodon gave an answer that we can't read: {short(answer.text)}")
    return _things(answer.data)


def _things(found: Any) -> list[dict[str, Any]]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
