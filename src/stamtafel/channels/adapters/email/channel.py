"""Mail as a channel, out by SMTP, in by IMAP or handed over by a mail server.

The same Message-ID may be sent again: mail programs and servers show it once.
"""

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parseaddr
from pathlib import Path
from typing import Any, Final, Self

from django.utils.translation import gettext

from stamtafel.channels.adapters.email import arrive, client, letter, mailbox, webhook
from stamtafel.channels.adapters.email.options import SETUP, BadAddress, Server, server
from stamtafel.channels.contract import (
    Credentials,
    Draft,
    Health,
    Incoming,
    Limits,
    NeedsSignIn,
    Permanent,
    Publish,
    Receipt,
    Rendered,
    Target,
    UnsafeHeader,
    Update,
    Window,
)

COLOUR: Final = re.compile(r"#[0-9a-fA-F]{3,6}")


class Email:
    """Sends by SMTP; without a server it keeps the mails in a folder. Listens where a mailbox or a secret is set.

    Options: ``site_url`` (completes links), ``sender`` (``Name <address>``), ``folder`` (of mails that no
    server takes), ``theme`` (names of tokens → colours, checked when they were saved), ``reply_to`` (base of the
    addresses that residents answer to), ``bounces_to`` (who hears of mail that can't be delivered; empty = the sender),
    ``mailbox_folder``. Credentials: ``url``, ``imap``, ``webhook_secret``; each may be missing.
    """

    kind = "email"
    limits = Limits()
    repeatable = True
    setup = SETUP

    def __init__(self, options: Mapping[str, Any]) -> None:
        """The date is the only thing a mail needs of the clock; a test may set ``clock``."""
        self._site = str(options.get("site_url", ""))
        self._sender = str(options.get("sender", ""))
        self._folder = Path(options.get("folder", "mail"))
        self._reply_to = str(options.get("reply_to", ""))
        self._bounces_to = str(options.get("bounces_to", ""))
        self._mailbox_folder = str(options.get("mailbox_folder", "")) or "INBOX"
        self._colours = _colours(options.get("theme", {}))
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def render(self, draft: Draft) -> Rendered:
        """Both texts of the mail; UnsafeHeader for a header that a draft may not set."""
        return letter.render(draft, self._site, self._colours)

    def publish(self, rendered: Rendered, credentials: Credentials, key: str) -> Receipt:
        """Send one mail under its own Message-ID."""
        with self.batch(credentials) as publish:
            return publish(rendered, key)

    def check(self, credentials: Credentials) -> Health:
        """Connect and sign in to the server, or see whether the folder can be written; and to the mailbox, if any."""
        with self.batch(credentials):
            pass
        if credentials.get("imap"):
            with mailbox.opened(_server(credentials["imap"], "imap"), self._mailbox_folder):
                pass
        return Health(name=parseaddr(self._sender)[1])

    @contextlib.contextmanager
    def batch(self, credentials: Credentials) -> Iterator[Publish]:
        """Many mails over one connection; it is opened anew after it broke."""
        if not credentials.get("url"):
            yield self._keep
            return
        envelope = parseaddr(self._bounces_to)[1] or parseaddr(self._sender)[1]
        with _Line(_server(credentials["url"])) as line:

            def publish(rendered: Rendered, _key: str) -> Receipt:
                content = self._message(rendered)
                line.send(envelope, letter.ascii_address(rendered.recipient), content)
                return Receipt(remote_id=rendered.message_id)

            yield publish

    # ── what comes in ────────────────────────────────────────────────────────────────────────────
    def listen(self, cursor: str, credentials: Credentials, recent: Sequence[str]) -> tuple[Sequence[Update], str]:  # noqa: ARG002 - mail is not asked for post by post
        """The next mails in the mailbox, none without one. Begins with what comes after the first call.

        Raises Temporary, NeedsSignIn or Permanent.
        """
        if not credentials.get("imap"):
            return (), cursor
        now = self.clock()
        with mailbox.opened(_server(credentials["imap"], "imap"), self._mailbox_folder) as box:
            found, reached = mailbox.new_mails(box, mailbox.Cursor.read(cursor), now)
        return [arrive.update(one.raw, size=one.size, at=one.at or now) for one in found], reached.write()

    def read(self, update: Update) -> Sequence[Incoming]:
        """What a person said in a mail; nothing for reports of mail servers and what machines answer by themselves."""
        found = arrive.incoming(update.payload, arrive.mail_of(update.payload), self._ours())
        return () if found is None else (found,)

    def _ours(self) -> frozenset[str]:
        return frozenset(parseaddr(address)[1].lower() for address in (self._sender, self._reply_to) if address)

    def challenge(self, query: Mapping[str, str], credentials: Credentials) -> str | None:  # noqa: ARG002 - a mail server asks nothing
        """Mail servers do not ask whether the address is ours."""
        return None

    def is_genuine(self, headers: Mapping[str, str], body: bytes, credentials: Credentials) -> bool:
        """Whether these very bytes were signed with the secret of this account."""
        return webhook.is_genuine(headers, body, credentials.get("webhook_secret", ""))

    def split(self, body: bytes) -> Sequence[Update]:
        """The mail in one call; raises ValueError for what is none."""
        return [webhook.mail(body, self.clock())]

    # ── answering ────────────────────────────────────────────────────────────────────────────────
    def window(self, to: Target, now: datetime) -> Window:  # noqa: ARG002 - an answer by mail may come at any time
        """Always, and as long as it takes; where the other has no address that we can write to, never."""
        if "@" in to.author_id:
            return Window()
        return Window(closed=gettext("This mail came from no address that we can write to."))

    def reply(self, to: Target, rendered: Rendered, credentials: Credentials, key: str) -> Receipt:
        """Answer one mail, so that mail programs show it under what it answers (RFC 5322 section 3.6.4)."""
        answered = arrive.message_id(to.remote_id)
        before = [found for found in (arrive.message_id(to.thread), answered) if found]
        threaded = {"In-Reply-To": answered, "References": " ".join(dict.fromkeys(before))}
        headers = {**{name: value for name, value in threaded.items() if value}, **rendered.headers}
        recipient = rendered.recipient or to.author_id
        return self.publish(replace(rendered, headers=headers, recipient=recipient), credentials, key)

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


def _server(url: str, scheme: str = "smtp") -> Server:
    try:
        return server(url, scheme)
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
