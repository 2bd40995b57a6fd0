"""Calls to the Bot API (core.telegram.org/bots/api).

The token stands in the path of every address. So nothing that Telegram, or a proxy before it, says of an address goes
on from here with the token in it, and addresses are never part of an error or a log line.
"""

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from stamtafel.channels.adapters.calls import LONGEST_WAIT, Calls, field, short
from stamtafel.channels.contract import ByHand, NeedsSignIn, OutcomeUnknown, Permanent, Picture, Temporary
from stamtafel.outbound import Answer

HIDDEN: Final = b"<token>"
WANTED: Final = ("message", "edited_message")
# what Telegram says when the bot may no longer do what it needs to; each is mended by a person, in Telegram
RIGHTS_GONE: Final = (
    "not a member", "was kicked", "not enough rights", "need administrator rights", "have no rights",
    "chat_admin_required", "chat_write_forbidden", "group chat was upgraded",
)  # fmt: skip


class WebhookIsSet(Temporary):
    """Telegram calls us, so it does not let us ask."""


class Unchanged(Permanent):
    """It says already what it should say."""


class NoText(Permanent):
    """It is a picture: its words are a caption."""


class Gone(Permanent):
    """The message is not there, or no longer."""


class NotAllowed(ByHand):
    """The API does not do this with this message (any more); a person may be able to."""


MEANINGS: Final[tuple[tuple[str, type[Exception]], ...]] = (
    ("message is not modified", Unchanged),
    ("there is no text in the message", NoText),
    ("there is no caption in the message", NoText),
    ("message to delete not found", Gone),
    ("message to edit not found", Gone),
    ("message_id_invalid", Gone),
    ("message can't be deleted", NotAllowed),
    ("message can't be edited", NotAllowed),
)


def explain(answer: Answer) -> Exception | None:
    """What a refusal means: by ``description`` and ``parameters`` (Bot API, Making requests; ResponseParameters)."""
    data = answer.data if isinstance(answer.data, Mapping) else {}
    said = f"Telegram ({answer.status}): {short(str(data.get('description') or answer.text))}"
    words = said.lower()
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        return Temporary(said, retry_after=_wait(data))
    if answer.status == HTTPStatus.CONFLICT:
        return WebhookIsSet(said) if "webhook" in words else Temporary(said)
    if answer.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND} or any(part in words for part in RIGHTS_GONE):
        return NeedsSignIn(said)  # 404 is the answer to a token that is none
    for part, meaning in MEANINGS:
        if part in words:
            return meaning(said)
    if answer.status < HTTPStatus.INTERNAL_SERVER_ERROR and answer.status != HTTPStatus.REQUEST_TIMEOUT:
        return Permanent(said)
    return None


def _wait(data: Mapping[str, Any]) -> timedelta | None:
    parameters = data.get("parameters")
    seconds = parameters.get("retry_after") if isinstance(parameters, Mapping) else None
    return min(timedelta(seconds=seconds), LONGEST_WAIT) if isinstance(seconds, int) and seconds >= 0 else None


class _WithoutToken(Calls):
    """Calls whose answers never hold the token."""

    def __init__(self, base: str, token: str) -> None:
        super().__init__(f"{base}/bot{quote(token, safe=':')}", explain=explain)
        self._token = token.encode()

    def _call(self, method: str, path: str, sent: dict[str, Any]) -> Answer:
        answer = super()._call(method, path, sent)
        return replace(answer, body=answer.body.replace(self._token, HIDDEN))


def webhook_secret(token: str) -> str:
    """What Telegram sends along to show that it is Telegram; it follows from the token, which only we both know."""
    return hmac.new(token.encode(), b"stamtafel webhook", sha256).hexdigest()


class Bot:
    """One bot."""

    def __init__(self, api_url: str, token: str) -> None:
        self._token = token.strip()
        if not self._token:
            raise NeedsSignIn("The account has no token of a bot.")
        self._calls = _WithoutToken(api_url, self._token)

    @property
    def id(self) -> int:
        """The first part of the token is the bot's own number; 0 for a token that is none."""
        first = self._token.partition(":")[0]
        return int(first) if first.isdecimal() else 0

    # ── harmless ─────────────────────────────────────────────────────────────────────────────────
    def ask(self, method: str, **sent: Any) -> Any:
        """A call that may be made again."""
        answer = self._calls.read("POST", f"/{method}", json=sent)
        if not isinstance(answer.data, Mapping) or "result" not in answer.data:
            raise Temporary(f"Telegram gave an answer that we can't read: {short(answer.text)}")
        return answer.data["result"]

    def described(self, method: str, **sent: Any) -> Mapping[str, Any]:
        """The same for what is answered with one thing."""
        found = self.ask(method, **sent)
        if not isinstance(found, Mapping):
            raise Temporary(f"Telegram gave an answer to {method} that we can't read.")
        return found

    def updates(self, offset: str) -> list[Mapping[str, Any]]:
        """What came in. Asking from an offset makes Telegram forget what is before it."""
        after = {"offset": int(offset)} if offset else {}
        found = self.ask("getUpdates", limit=100, allowed_updates=list(WANTED), **after)
        return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []

    def subscribe(self, callback: str) -> None:
        """Let Telegram call us with a secret that only it knows."""
        secret = webhook_secret(self._token)
        self.ask("setWebhook", url=callback, secret_token=secret, allowed_updates=list(WANTED))

    # ── public ───────────────────────────────────────────────────────────────────────────────────
    def send_text(self, sent: Mapping[str, Any]) -> tuple[int, tuple[int, ...]]:
        """One message; the number of the chat and of the message."""
        return _sent([field(self._calls.write("POST", "/sendMessage", json=dict(sent)), "result")])

    def send_picture(self, sent: Mapping[str, Any], picture: Picture) -> tuple[int, tuple[int, ...]]:
        """One picture with a caption."""
        files = {"photo": _file(picture)}
        return _sent([field(self._calls.write("POST", "/sendPhoto", data=_form(sent), files=files), "result")])

    def send_album(self, sent: Mapping[str, Any], pictures: Sequence[Picture]) -> tuple[int, tuple[int, ...]]:
        """Two to ten pictures; the caption is that of the first, and shown as that of the album."""
        of_all = {name: value for name, value in sent.items() if name not in {"caption", "caption_entities"}}
        of_first = {name: value for name, value in sent.items() if name not in of_all}
        media = [
            {"type": "photo", "media": f"attach://picture{number}", **({} if number else of_first)}
            for number in range(len(pictures))
        ]
        files = {f"picture{number}": _file(picture) for number, picture in enumerate(pictures)}
        answer = self._calls.write("POST", "/sendMediaGroup", data=_form({**of_all, "media": media}), files=files)
        return _sent(field(answer, "result"))


def _file(picture: Picture) -> tuple[str, bytes, str]:
    return (picture.file.rpartition("/")[2] or "picture.jpg", picture.data, picture.media_type or "image/jpeg")


def _form(sent: Mapping[str, Any]) -> dict[str, str]:
    """As fields of a form: what is no text goes as JSON (Bot API, Making requests)."""
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in sent.items()}


def _sent(messages: Any) -> tuple[int, tuple[int, ...]]:
    """The chat and the messages in it. Raises OutcomeUnknown for an answer that does not say."""
    try:
        return int(messages[0]["chat"]["id"]), tuple(int(one["message_id"]) for one in messages)
    except (TypeError, LookupError, ValueError) as error:
        raise OutcomeUnknown("Telegram did not say where the message is.") from error
