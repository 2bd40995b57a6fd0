"""Whether we may come in, what we may do, and whether Meta still calls us."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from stamtafel.channels.adapters.meta.graph import Graph, things
from stamtafel.channels.contract import Credentials, NeedsSignIn


@dataclass(frozen=True, slots=True)
class App:
    """The app at Meta through which we come in; without its id and secret we can't ask about our token."""

    api_url: str
    version: str
    id: str

    def graph(self, credentials: Credentials) -> Graph | None:
        """The API as the app itself ("App Access Tokens"); None where we do not know its secret."""
        secret = credentials.get("app_secret", "")
        if not self.id or not secret:
            return None
        return Graph(self.api_url, self.version, credentials, token=f"{self.id}|{secret}")

    def permissions(self, credentials: Credentials) -> tuple[frozenset[str], datetime | None] | None:
        """What our token may do and until when; None where we can't ask. Raises NeedsSignIn for a dead one.

        A token may work for ever and yet lose its access to data after 90 days ("Debug Token").
        """
        graph = self.graph(credentials)
        if graph is None:
            return None
        found = graph.get("/debug_token", input_token=credentials.get("token", "")).get("data", {})
        if not found.get("is_valid"):
            raise NeedsSignIn(str(found.get("error", {}).get("message", "The access token no longer works.")))
        ends = [int(found.get(name) or 0) for name in ("expires_at", "data_access_expires_at")]
        first = min((end for end in ends if end), default=0)
        return frozenset(found.get("scopes", ())), datetime.fromtimestamp(first, UTC) if first else None

    def register(self, credentials: Credentials, kind: str, fields: Collection[str], callback: str) -> None:
        """See to it that the app's webhooks for ``kind`` lead to ``callback``; does nothing where they do already."""
        graph = self.graph(credentials)
        if graph is None or not credentials.get("verify_token"):
            return
        for one in things(graph.get(f"/{self.id}/subscriptions")):
            if one.get("object") == kind and one.get("active") and one.get("callback_url") == callback:
                known = {str(name.get("name")) for name in one.get("fields", ())}
                if known >= set(fields):
                    return
        graph.post(f"/{self.id}/subscriptions", object=kind, callback_url=callback, fields=",".join(fields),
                   verify_token=credentials["verify_token"], include_values="true")  # fmt: skip


def keep_subscribed(graph: Graph, node: str, app_id: str, fields: Collection[str]) -> None:
    """Subscribe the page or account again unless it is: Meta ends it after an hour of failing calls."""
    known: set[str] = set()
    for one in things(graph.get(f"/{node}/subscribed_apps")):
        if not app_id or _app(one) == app_id:
            known |= set(one.get("subscribed_fields", ()))
    if not known >= set(fields):  # what is sent takes the place of what was there
        graph.post(f"/{node}/subscribed_apps", subscribed_fields=",".join(sorted({*known, *fields})))


def _app(one: Mapping[str, Any]) -> str:
    return str(one.get("id") or one.get("app_id") or "")
