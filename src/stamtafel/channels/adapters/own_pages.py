"""Publishing on our own pages: they are made from the rows, so publishing is naming their address."""

from collections.abc import Mapping
from typing import Any

from stamtafel.channels.contract import Credentials, Draft, Limits, Receipt, Rendered


class OwnPages:
    """What the website and the feeds share; each says its ``kind``."""

    limits = Limits()
    repeatable = True

    def __init__(self, options: Mapping[str, Any]) -> None:
        """Needs no options."""

    def render(self, draft: Draft) -> Rendered:
        """The text as it is: the page or the feed does the rest."""
        return Rendered(
            subject=draft.subject,
            text=draft.body,
            link=draft.link,
            language=draft.language,
            pictures=draft.pictures,
        )

    def publish(self, rendered: Rendered, _credentials: Credentials, key: str) -> Receipt:
        """The public address of the page."""
        return Receipt(remote_id=key, url=rendered.link)

    def check(self, _credentials: Credentials) -> None:
        """Nothing that could be wrong: we are running."""
