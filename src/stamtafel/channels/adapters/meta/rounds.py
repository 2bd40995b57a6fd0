"""Whose turn it is to be asked. Meta counts our calls, and gives a quiet account few: each round asks the newest posts
and one of the others, the one that waited longest. Webhooks tell the rest at once. Pure.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Self

NEWEST: Final = 3
OVERLAP: Final = timedelta(minutes=10)  # lists lag; what comes twice has the same key


@dataclass(frozen=True, slots=True)
class Round:
    """Since when to ask for lists (``since``) and for the comments under each post (``posts``)."""

    since: datetime
    posts: Mapping[str, datetime] = field(default_factory=dict)

    @classmethod
    def of(cls, cursor: str) -> Self:
        """Read a cursor."""
        found = json.loads(cursor)
        posts = {post: datetime.fromisoformat(at) for post, at in found.get("posts", {}).items()}
        return cls(datetime.fromisoformat(found["since"]), posts)

    def cursor(self) -> str:
        """As it is kept."""
        posts = {post: at.isoformat() for post, at in self.posts.items()}
        return json.dumps({"since": self.since.isoformat(), "posts": posts})

    def turns(self, recent: Sequence[str]) -> dict[str, datetime]:
        """The posts to ask about now, and since when; ``recent`` begins with the newest."""
        others = sorted(recent[NEWEST:], key=lambda post: self.posts.get(post, self.since))
        return {post: self.posts.get(post, self.since) for post in (*recent[:NEWEST], *others[:1])}

    def after(self, now: datetime, recent: Sequence[str]) -> Self:
        """The next round, when this one was asked at ``now``; what is no longer recent is forgotten."""
        asked = dict.fromkeys(self.turns(recent), now - OVERLAP)
        waiting = {post: self.posts.get(post, self.since) for post in recent}
        return type(self)(now - OVERLAP, waiting | asked)
