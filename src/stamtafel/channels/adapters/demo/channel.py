"""A network for demonstrations and tests: it keeps its posts in one file and fails in every way we know."""

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from stamtafel.channels.adapters.demo.options import Behaviour
from stamtafel.channels.contract import Attempt, Credentials, Draft, Limits, Permanent, Receipt, Rendered, Temporary


class Demo:
    """Posts are lines in ``folder/posts.jsonl``. It does not notice doubles, but can be searched by key."""

    kind = "demo"
    limits = Limits(text=500, pictures=4)
    repeatable = False

    def __init__(self, options: Mapping[str, Any]) -> None:
        """Options: ``behaviour`` (see options) and ``folder``."""
        self._behaviour = Behaviour(options.get("behaviour", Behaviour.SUCCEED))
        self._posts = Path(options.get("folder", ".")) / "posts.jsonl"

    def render(self, draft: Draft) -> Rendered:
        """Subject, text and link under each other, counted in characters."""
        text = "\n\n".join(part for part in (draft.subject, draft.body, draft.link) if part)
        over = max(0, len(text) - (self.limits.text or len(text)))
        return Rendered(
            subject=draft.subject,
            text=text,
            link=draft.link,
            language=draft.language,
            pictures=draft.pictures,
            over=over,
        )

    def publish(self, rendered: Rendered, _credentials: Credentials, key: str) -> Receipt:
        """Do as told."""
        if self._behaviour is Behaviour.STALL:
            raise Temporary("The demo network is busy.", retry_after=timedelta(minutes=10))
        if self._behaviour is Behaviour.REFUSE or rendered.over:
            raise Permanent("The demo network does not want this post.")
        receipt = self._write(rendered, key)
        if self._behaviour is Behaviour.CRASH:
            raise RuntimeError("The demo network broke after it published.")
        if self._behaviour is Behaviour.DOUBLE:
            self._write(rendered, key)
        return receipt

    def check(self, _credentials: Credentials) -> None:
        """Whether it would take a post now; raises like publish."""
        if self._behaviour is Behaviour.STALL:
            raise Temporary("The demo network is busy.")

    def find(self, attempt: Attempt, _credentials: Credentials) -> Receipt | None:
        """The first post under this key."""
        return next((Receipt(post["id"], post["url"]) for post in self.posts() if post["key"] == attempt.key), None)

    def posts(self) -> list[dict[str, str]]:
        """Everything that was published, oldest first."""
        if not self._posts.exists():
            return []
        return [json.loads(line) for line in self._posts.read_text(encoding="utf-8").splitlines()]

    def _write(self, rendered: Rendered, key: str) -> Receipt:
        number = len(self.posts()) + 1
        receipt = Receipt(f"demo-{number}", f"https://demo.example/posts/{number}")
        self._posts.parent.mkdir(parents=True, exist_ok=True)
        line = json.dumps({"id": receipt.remote_id, "url": receipt.url, "key": key, "text": rendered.text})
        with self._posts.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
        return receipt
