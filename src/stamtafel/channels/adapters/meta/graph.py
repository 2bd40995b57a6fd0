"""Calls to the Graph API: which version, how we come in, pages of lists, moments.

The token travels in a header and never in an address, where logs would keep it. ``appsecret_proof`` shows that the call
comes from a server of the app (Graph API "Securing Requests").
"""

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from stamtafel.channels.adapters.calls import Calls
from stamtafel.channels.adapters.meta.errors import explain
from stamtafel.channels.contract import Credentials, NeedsSignIn, Temporary
from stamtafel.outbound import Answer

MOST_PAGES: Final = 20
AT_ONCE: Final = 50
MILLISECONDS: Final = 100_000_000_000  # seconds reach that in the year 5138


class Graph:
    """The API as one account may use it. Raises NeedsSignIn at once where there is no token."""

    def __init__(self, api_url: str, version: str, credentials: Credentials, *, token: str = "") -> None:
        """``token``: another than that of the account, such as the app's own."""
        found = token or credentials.get("token", "")
        if not found:
            raise NeedsSignIn("There is no access token.")
        headers = {"Authorization": f"Bearer {found}"}
        base = f"{api_url.rstrip('/')}/{version}"
        self._reads = Calls(base, headers=headers, explain=partial(explain, harmless=True))
        self._writes = Calls(base, headers=headers, explain=partial(explain, harmless=False))
        secret = "" if token else credentials.get("app_secret", "")
        self._proof = {"appsecret_proof": proof(found, secret)} if secret else {}

    def get(self, path: str, **params: str) -> Mapping[str, Any]:
        """One object. Raises Temporary where the answer is none."""
        return _whole(self._reads.read("GET", path, params={**params, **self._proof}))

    def post(self, path: str, **fields: str) -> Mapping[str, Any]:
        """A change that may be made again without harm."""
        return _whole(self._reads.read("POST", path, data={**fields, **self._proof}))

    def upload(self, path: str, picture: bytes, **fields: str) -> Mapping[str, Any]:
        """A file that nobody sees yet."""
        files = {"source": ("picture.jpg", picture, "image/jpeg")}
        return _whole(self._reads.read("POST", path, data={**fields, **self._proof}, files=files))

    def delete(self, path: str) -> None:
        """Take something away; to do it twice is harmless."""
        self._reads.read("DELETE", path, params=self._proof)

    def publish(self, path: str, **fields: str) -> Answer:
        """A change that somebody sees: never made again blindly."""
        return self._writes.write("POST", path, data={**fields, **self._proof})

    def listed(self, path: str, *, pages: int = MOST_PAGES, **params: str) -> Iterator[Mapping[str, Any]]:
        """The things of a list, page by page as they are wanted (Graph API "Paginated Results")."""
        asked = {"limit": str(AT_ONCE), **params}
        for _ in range(pages):
            found = self.get(path, **asked)
            yield from things(found)
            after = found.get("paging", {}).get("cursors", {}).get("after", "")
            if not after or "next" not in found.get("paging", {}):
                return
            asked["after"] = after


def proof(token: str, secret: str) -> str:
    """``appsecret_proof``: HMAC-SHA256 of the token under the app's secret, in hex."""
    return hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()


def things(found: Any) -> list[Mapping[str, Any]]:
    """The objects in ``data`` of a list, also of a list inside another object; empty where there is none."""
    data = found.get("data") if isinstance(found, Mapping) else None
    return [one for one in data if isinstance(one, Mapping)] if isinstance(data, list) else []


def _whole(answer: Answer) -> Mapping[str, Any]:
    if not isinstance(answer.data, Mapping):
        raise Temporary("Meta answered with something that is no JSON.")
    return answer.data


def moment(said: Any) -> datetime:
    """A moment as Meta writes it: ``2026-11-23T10:00:00+0000``, or seconds or milliseconds since 1970.

    Raises ValueError.
    """
    if isinstance(said, str) and not said.isdigit():
        found = datetime.fromisoformat(said)
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    number = float(said)
    seconds = number / 1000 if number > MILLISECONDS else number
    return datetime.fromtimestamp(seconds, UTC)
