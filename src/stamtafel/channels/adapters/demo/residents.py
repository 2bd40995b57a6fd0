"""The other side of the pretended network: what its people do there, for demonstrations and tests."""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from stamtafel.channels.adapters.demo.journal import Journal

Event = dict[str, Any]


class Residents:
    """People on the network in ``folder``. Each thing they do is an event, which the network tells when it is asked.

    A call to our webhook holds events too: see ``call``.
    """

    def __init__(self, folder: Path) -> None:
        self._said = Journal(folder / "said.jsonl")

    def say(self, text: str, *, by: str = "fatima", at: datetime | None = None, **more: Any) -> Event:
        """Say something. ``more``: sort (comment, mention, post, message), about and in_reply_to (ids), thread."""
        number = len(self._said) + 1
        private = more.get("sort") == "message"
        event = {
            "id": f"said-{number}", "what": "said", "text": text, "by": by, "at": _moment(at), "sort": "comment",
            "thread": f"private-{by}" if private else f"said-{number}", **more,
        }  # fmt: skip
        return self._said.add(event)

    def answer(self, event: Mapping[str, Any], text: str, *, by: str = "fatima", **more: Any) -> Event:
        """Answer in the same talk."""
        same = {name: event[name] for name in ("thread", "sort", "about") if name in event}
        return self.say(text, by=by, **{**same, "in_reply_to": event["id"], **more})

    def edit(self, event: Mapping[str, Any], text: str, *, at: datetime | None = None) -> Event:
        """Put other words in the place of what was said."""
        return self._said.add({**event, "what": "edited", "text": text, "edited": _moment(at)})

    def take_away(self, event: Mapping[str, Any], *, at: datetime | None = None) -> Event:
        """Take away what was said."""
        return self._said.add({**event, "what": "deleted", "text": "", "deleted": _moment(at)})

    def __iter__(self) -> Iterator[Event]:
        return iter(self._said.read())


def call(events: Sequence[Mapping[str, Any]], secret: str) -> tuple[bytes, dict[str, str]]:
    """One call to a webhook: its body, with everything beyond ASCII escaped, and its headers."""
    body = json.dumps({"events": list(events)}).encode()
    return body, {"X-Demo-Signature": signature(body, secret), "Content-Type": "application/json"}


def signature(body: bytes, secret: str) -> str:
    """HMAC-SHA256 over the very bytes, in hexadecimal."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _moment(at: datetime | None) -> str:
    return (at or datetime.now(UTC)).isoformat()
