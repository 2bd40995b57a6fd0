"""Mail as a channel. The same Message-ID may be sent again: mail programs and servers show it once."""

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parseaddr
from pathlib import Path
from typing import Any, Final, Self

from stamtafel.channels.adapters.email import client, letter
from stamtafel.channels.adapters.email.options import BadAddress, Server, server
from stamtafel.channels.contract import (
    Credentials,
    Draft,
    Limits,
    NeedsSignIn,
    Permanent,
    Publish,
    Receipt,
    Rendered,
    UnsafeHeader,
)

COLOUR: Final = re.compile(r"#[0-9a-fA-F]{3,6}")


class Email:
    """Sends by SMTP; without a server it keeps the mails in a folder.

    Options: ``site_url`` (completes links), ``sender`` (``Name <address>``), ``folder``, ``theme``
    (names of tokens → colours, checked when they were saved). Credentials: ``url``.
    """

    kind = "email"
    limits = Limits()
    repeatable = True

    def __init__(self, options: Mapping[str, Any]) -> None:
        """The date is the only thing a mail needs of the clock; a test may set ``clock``."""
        self._site = str(options.get("site_url", ""))
        self._sender = str(options.get("sender", ""))
        self._folder = Path(options.get("folder", "mail"))
        self._colours = _colours(options.get("theme", {}))
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def render(self, draft: Draft) -> Rendered:
        """Both texts of the mail; UnsafeHeader for a header that a draft may not set."""
        return letter.render(draft, self._site, self._colours)

    def publish(self, rendered: Rendered, credentials: Credentials, key: str) -> Receipt:
        """Send one mail under its own Message-ID."""
        with self.batch(credentials) as publish:
            return publish(rendered, key)

    def check(self, credentials: Credentials) -> None:
        """Connect and sign in, or see whether the folder can be written."""
        with self.batch(credentials):
            pass

    @contextlib.contextmanager
    def batch(self, credentials: Credentials) -> Iterator[Publish]:
        """Many mails over one connection; it is opened anew after it broke."""
        if not credentials.get("url"):
            yield self._keep
            return
        with _Line(_server(credentials["url"])) as line:

            def publish(rendered: Rendered, _key: str) -> Receipt:
                content = self._message(rendered)
                line.send(parseaddr(self._sender)[1], letter.ascii_address(rendered.recipient), content)
                return Receipt(remote_id=rendered.message_id)

            yield publish

    def _message(self, rendered: Rendered) -> bytes:
        try:
            return letter.message(rendered, sender=self._sender, date=self.clock())
        except UnsafeHeader as error:
            raise Permanent(str(error)) from error

    def _keep(self, rendered: Rendered, _key: str) -> Receipt:
        client.keep(self._folder, rendered.message_id, self._message(rendered))
        return Receipt(remote_id=rendered.message_id)


def _colours(theme: Mapping[str, str]) -> letter.Colours:
    """Those of the site, as far as the theme sets them; what could be more than a colour is left out."""
    accent = "--basis-color-accent-1"
    names = {"link": f"{accent}-color-default", "button": f"{accent}-inverse-bg-default",
             "on_button": f"{accent}-inverse-color-default"}  # fmt: skip
    found = {part: theme.get(name, "") for part, name in names.items()}
    return letter.Colours(**{part: value for part, value in found.items() if COLOUR.fullmatch(value)})


def _server(url: str) -> Server:
    try:
        return server(url)
    except BadAddress as error:
        raise NeedsSignIn(str(error)) from error


class _Line:
    """A connection that is there from the start and comes back after it broke."""

    def __init__(self, target: Server) -> None:
        self._server = target
        self._stack = contextlib.ExitStack()
        self._open: client.Connection | None = None

    def __enter__(self) -> Self:
        self._open = self._stack.enter_context(client.connected(self._server))
        return self

    def __exit__(self, *_error: object) -> None:
        self._stack.close()

    def send(self, sender: str, recipient: str, content: bytes) -> None:
        if self._open is None or not self._open.whole:
            self._stack.close()
            self._open = self._stack.enter_context(client.connected(self._server))
        self._open.send(sender, recipient, content)
