"""WhatsApp as a channel: it writes to one person at a time, within a day of what they wrote."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from stamtafel.channels.adapters.meta import hooks
from stamtafel.channels.adapters.posts import told
from stamtafel.channels.adapters.whatsapp import client, incoming
from stamtafel.channels.adapters.whatsapp.options import CAPTION, PICTURE_BYTES, SETUP, TEXT, Options
from stamtafel.channels.contract import (
    Credentials,
    Draft,
    Health,
    Incoming,
    Limits,
    Permanent,
    Receipt,
    Rendered,
    Target,
    Temporary,
    Update,
    Window,
)

A_DAY: Final = timedelta(hours=24)  # "customer service window" (Cloud API, "Send messages")
CLOSED: Final = _(
    "WhatsApp lets us answer for 24 hours after somebody wrote. Those have passed. Wait until they write again, or "
    "reach them another way."
)
QUALITY: Final = _("People often block our messages or report them. WhatsApp may let us send fewer.")


class WhatsApp:
    """Options: see ``options.Options``. Credentials: ``token``, ``app_secret`` and ``verify_token``.

    It can't tell anything in public; ``publish`` writes to the one ``recipient``, under the same rules as an answer.
    """

    kind = "whatsapp"
    setup = SETUP
    limits = Limits(
        text=TEXT, pictures=1, picture_bytes=PICTURE_BYTES, picture_types=("image/jpeg", "image/png"), reply=TEXT,
        private=TEXT,
    )  # fmt: skip
    repeatable = False  # the same message sent twice is two messages

    def __init__(self, options: Mapping[str, Any]) -> None:
        """A test may set ``clock``."""
        self.options = Options.of(options)
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    # ── out ──────────────────────────────────────────────────────────────────────────────────────
    def render(self, draft: Draft) -> Rendered:
        """Plain text, with the link in it. Under a picture it is a caption, which may be less long."""
        text = told(draft, link=draft.link, base=self.options.site_url)
        longest = CAPTION if draft.pictures else TEXT
        return Rendered(
            subject=draft.subject, text=text, link=draft.link, language=draft.language, pictures=draft.pictures,
            count=len(text), over=max(0, len(text) - longest),
        )  # fmt: skip

    def publish(self, rendered: Rendered, credentials: Credentials, key: str) -> Receipt:  # noqa: ARG002 - WhatsApp takes no key
        """Write to ``rendered.recipient``. Without one there is nobody to write to: Permanent."""
        if not rendered.recipient:
            raise Permanent("WhatsApp has no public posts: a message goes to one person.")
        return self._send(rendered.recipient, rendered, credentials, {})

    def check(self, credentials: Credentials) -> Health:
        """Whether the token opens the number, and how its messages are received."""
        about = client.Number(self.options, credentials).about()
        number = str(about.get("display_phone_number", ""))
        digits = "".join(sign for sign in number if sign.isdecimal())
        name = f"{about.get('verified_name', '')} ({number})".strip()
        notes = (str(QUALITY),) if about.get("quality_rating") == "RED" else ()
        return Health(name=name, url=f"https://wa.me/{digits}", notes=notes)

    # ── in ───────────────────────────────────────────────────────────────────────────────────────
    def listen(self, cursor: str, credentials: Credentials, recent: Sequence[str]) -> tuple[Sequence[Update], str]:  # noqa: ARG002
        """Nothing: WhatsApp tells by webhook alone, and goes on trying to reach us for seven days."""
        return (), cursor

    def complete(self, update: Update, credentials: Credentials) -> Update:
        """With the photo, recording or document that came along: WhatsApp tells only its id."""
        media = incoming.file_of(update)
        if not media:
            return update
        try:
            content = client.Number(self.options, credentials).fetch(media)
        except Permanent:  # it is there no more
            content = b""
        if content and not incoming.is_whole(update, content):
            raise Temporary("The file that WhatsApp gave is not the one that was sent.")
        return incoming.with_file(update, content)

    def read(self, update: Update) -> Sequence[Incoming]:
        """What it says."""
        return incoming.read(update)

    def challenge(self, query: Mapping[str, str], credentials: Credentials) -> str | None:
        """As for all of Meta."""
        return hooks.challenge(query, credentials)

    def is_genuine(self, headers: Mapping[str, str], body: bytes, credentials: Credentials) -> bool:
        """As for all of Meta."""
        return hooks.is_genuine(headers, body, credentials)

    def split(self, body: bytes) -> Sequence[Update]:
        """The messages to our number, and those of ours that did not arrive."""
        return incoming.split(body, self.options.phone_number_id)

    def subscribe(self, credentials: Credentials, callback: str) -> None:
        """Ask WhatsApp to call this address; only where we know in which account the number is."""
        if self.options.business_account_id:
            word = credentials.get("verify_token", "")
            client.Number(self.options, credentials).subscribe(self.options.business_account_id, callback, word)

    # ── answers ──────────────────────────────────────────────────────────────────────────────────
    def window(self, to: Target, now: datetime) -> Window:
        """A day from what they last wrote. We never write first: that takes a template that Meta approved."""
        until = to.last_heard_at + A_DAY if to.last_heard_at else None
        closed = "" if until and now < until else str(CLOSED)
        return Window(until=until, text=TEXT, closed=closed)

    def reply(self, to: Target, rendered: Rendered, credentials: Credentials, key: str) -> Receipt:  # noqa: ARG002
        """Answer it, shown under what they wrote. Permanent when their day is over."""
        if not to.author_id:
            raise Permanent("It is not known who wrote this.")
        if to.last_heard_at and self.clock() >= to.last_heard_at + A_DAY:
            raise Permanent(client.CLOSED_WORDS)
        context = {"context": {"message_id": to.remote_id}} if to.remote_id else {}
        return self._send(to.author_id, rendered, credentials, context)

    def _send(self, number: str, rendered: Rendered, credentials: Credentials, more: Mapping[str, Any]) -> Receipt:
        if rendered.over:
            raise Permanent(f"The text is {rendered.over} characters too long for WhatsApp.")
        if len(rendered.pictures) > 1:
            raise Permanent("A message on WhatsApp has at most one picture.")
        ours = client.Number(self.options, credentials)
        if rendered.pictures:
            image = {"id": ours.upload(rendered.pictures[0]), "caption": rendered.text}
            return Receipt(ours.send(number, {"type": "image", "image": image, **more}))
        text = {"body": rendered.text, "preview_url": bool(rendered.link)}
        return Receipt(ours.send(number, {"type": "text", "text": text, **more}))
