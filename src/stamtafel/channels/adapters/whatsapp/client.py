"""Calls to the Cloud API of WhatsApp, and what its errors stand for."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

from stamtafel.channels.adapters.calls import Calls, field, retry_after, short
from stamtafel.channels.adapters.meta import errors
from stamtafel.channels.adapters.whatsapp.options import Options
from stamtafel.channels.contract import Credentials, NeedsSignIn, OutcomeUnknown, Permanent, Picture, Temporary
from stamtafel.outbound import Answer

# WhatsApp Cloud API, "Error codes"
TOO_FAST: Final = {
    130429: timedelta(minutes=1),  # too many messages at once
    131056: timedelta(minutes=1),  # too many to the same person
    131048: timedelta(hours=1),  # too many of ours were reported or blocked
    80007: timedelta(hours=1),  # too many calls for the account
}
PERSON: Final = frozenset(
    {0, 368, 131005, 131031, 131042, 131045, 133010}
)  # the account: locked, unpaid, not registered
BROKEN: Final = frozenset(
    {131000, 131016, 131057, 133004}
)  # their side; after a write nobody knows whether it was done
CLOSED: Final = 131047
LARGEST: Final = 5_000_000  # bytes of a file that somebody sent; WhatsApp itself takes documents of 100 MB
META: Final = (".fbsbx.com", ".facebook.com", ".whatsapp.net")  # where files lie: only there our token may be shown
CLOSED_WORDS: Final = "More than 24 hours passed since this person wrote. WhatsApp now only takes approved templates."


def explain(answer: Answer, *, harmless: bool) -> Exception | None:
    """The error for a code of WhatsApp; else what the code stands for in all of Meta's APIs."""
    said = answer.data.get("error") if isinstance(answer.data, Mapping) else None
    if not isinstance(said, Mapping):
        return None
    code = said.get("code")
    words = f"{short(str(said.get('message', '')))} ({code})"
    if code == CLOSED:
        return Permanent(f"{CLOSED_WORDS} {words}")
    if code in TOO_FAST:
        return Temporary(words, retry_after=retry_after(answer) or TOO_FAST[code])
    if code in PERSON:
        return NeedsSignIn(words)
    if code in BROKEN:
        return Temporary(words) if harmless else OutcomeUnknown(words)
    return errors.explain(answer, harmless=harmless)


class Number:
    """One phone number, as whoever holds its token."""

    def __init__(self, options: Options, credentials: Credentials) -> None:
        token = credentials.get("token", "")
        if not token or not options.phone_number_id.isdecimal():
            raise NeedsSignIn("The access token or the ID of the phone number is missing.")
        base, headers = f"{options.api_url}/{options.version}", {"Authorization": f"Bearer {token}"}
        self._path = f"/{options.phone_number_id}"
        self._number, self._host = options.phone_number_id, urlsplit(options.api_url).netloc
        self._reads = Calls(base, headers=headers, explain=partial(explain, harmless=True))
        self._writes = Calls(base, headers=headers, explain=partial(explain, harmless=False))

    def about(self) -> Mapping[str, Any]:
        """Its name, how it is written, and how well its messages are received."""
        return _object(self._reads.read("GET", self._path))

    def upload(self, picture: Picture) -> str:
        """A picture for a message; nobody sees it before a message names it. It is kept for 30 days."""
        media_type = picture.media_type or "image/jpeg"
        answer = self._reads.read(
            "POST",
            f"{self._path}/media",
            data={"messaging_product": "whatsapp", "type": media_type},
            files={"file": ("picture", picture.data, media_type)},
        )
        found = _object(answer).get("id")
        if not isinstance(found, str) or not found:
            raise Temporary(f"WhatsApp did not say where it put the picture: {short(answer.text)}")
        return found

    def fetch(self, media: str) -> bytes:
        """A file that somebody sent (Cloud API, "Download media"); b"" for one that is too large, or lies elsewhere.

        Raises Permanent for one that is no longer there: WhatsApp keeps it for 30 days.
        """
        found = _object(self._reads.read("GET", f"/{media}", params={"phone_number_id": self._number}))
        address, size = str(found.get("url", "")), str(found.get("file_size", "0"))
        parts = urlsplit(address)
        theirs = parts.netloc == self._host or (parts.scheme == "https" and str(parts.hostname).endswith(META))
        if not theirs or (size.isdecimal() and int(size) > LARGEST):
            return b""
        return self._reads.read("GET", address).body

    def send(self, to: str, message: Mapping[str, Any]) -> str:
        """Write to somebody; the id of the message. Raises OutcomeUnknown where no answer says whether it was sent."""
        sent = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": to, **message}
        answer = self._writes.write("POST", f"{self._path}/messages", json=sent)
        messages = field(answer, "messages")
        if not isinstance(messages, list) or not messages or not isinstance(messages[0], Mapping):
            raise OutcomeUnknown(f"WhatsApp did not say which message it is: {short(answer.text)}")
        if not messages[0].get("id"):
            raise OutcomeUnknown(f"WhatsApp did not say which message it is: {short(answer.text)}")
        return str(messages[0]["id"])

    def subscribe(self, business_account: str, callback: str, word: str) -> None:
        """Let WhatsApp call this address for all numbers of the account; to ask it again is harmless."""
        wanted = {"override_callback_uri": callback, "verify_token": word} if word else {}
        self._reads.read("POST", f"/{business_account}/subscribed_apps", json=wanted)


def _object(answer: Answer) -> Mapping[str, Any]:
    if not isinstance(answer.data, Mapping):
        raise Temporary(f"WhatsApp answered with something else than JSON: {short(answer.text)}")
    return answer.data
