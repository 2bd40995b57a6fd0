"""WhatsApp's Cloud API, as far as a municipality uses it: one number, and the people who write to it.

What the OpenAPI document does not say follows Meta's pages "Send messages", "Error codes" and "Webhooks": an answer within
24 hours of what somebody wrote (131047), 4096 characters, captions of 1024, JPEG and PNG of 5 MB, and signatures over the
raw bytes, in which every sign that is not ASCII is written as ``\\u00eb``.
"""

import base64
import hashlib
import hmac
import http.client
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from tests.fakes.base import Fake, Refuse, Request, Response, route

NUMBER: Final = "106540352242922"
BUSINESS: Final = "102290129340398"
SHOWN: Final = "31612345678"
VERSION: Final = r"/v\d+\.\d"
LARGEST: Final = 5_000_000


@dataclass
class Contact:
    """Somebody with WhatsApp."""

    number: str
    name: str
    wrote_at: datetime | None = None
    reachable: bool = True


@dataclass
class Sent:
    """A message of ours."""

    id: str
    to: str
    message: dict[str, Any]
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


class WhatsApp(Fake):
    """``sent`` is what people got, ``contacts`` who there is, by number."""

    name = "whatsapp"

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.token = "EAAtoken"
        self.secret = "app-secret"
        self.verify = "verify-word"
        self.contacts: dict[str, Contact] = {}
        self.sent: list[Sent] = []
        self.media: dict[str, tuple[str, bytes]] = {}
        self.sizes: dict[str, int] = {}
        self.files_at = ""  # another host than this one
        self.callback = ""
        self.serial = 0
        self.quality = "GREEN"

    # ── what people do ───────────────────────────────────────────────────────────────────────────
    def join(self, number: str, name: str) -> Contact:
        """Somebody with WhatsApp."""
        self.contacts[number] = Contact(number, name)
        return self.contacts[number]

    def says(self, by: Contact, text: str, *, context: str = "", at: datetime | None = None) -> dict[str, Any]:
        """A text of somebody, as the webhook brings it."""
        return self.message(by, "text", {"body": text}, context=context, at=at)

    def message(
        self, by: Contact, kind: str, content: dict[str, Any], *, context: str = "", at: datetime | None = None
    ) -> dict[str, Any]:
        """Something that somebody sent; the window opens."""
        moment = at or datetime.now(UTC)
        by.wrote_at = max(by.wrote_at or moment, moment)
        made = {
            "from": by.number,
            "id": self._id(),
            "timestamp": str(int(moment.timestamp())),
            "type": kind,
            kind: content,
        }
        if context:
            made["context"] = {"from": SHOWN, "id": context}
        contacts = [{"profile": {"name": by.name}, "wa_id": by.number}]
        return self.change({"contacts": contacts, "messages": [made]})

    def photo(self, by: Contact, content: bytes, caption: str = "", *, size: int = 0) -> dict[str, Any]:
        """A photo of somebody; ``size`` is how large WhatsApp says it is."""
        self.serial += 1
        media = str(self.serial)
        self.media[media] = ("image/jpeg", content)
        self.sizes[media] = size or len(content)
        digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
        said = {"caption": caption, "mime_type": "image/jpeg", "sha256": digest, "id": media}
        return self.message(by, "image", said)

    def failed(self, sent: Sent, code: int, title: str) -> dict[str, Any]:
        """A message of ours that did not arrive after all."""
        moment = str(int(sent.at.timestamp()))
        errors = [{"code": code, "title": title, "message": title, "error_data": {"details": title}}]
        status = {"id": sent.id, "status": "failed", "timestamp": moment, "recipient_id": sent.to, "errors": errors}
        return self.change({"statuses": [status]})

    def arrived(self, sent: Sent, status: str) -> dict[str, Any]:
        """A message of ours that was sent, delivered or read."""
        moment = str(int(sent.at.timestamp()))
        return self.change(
            {"statuses": [{"id": sent.id, "status": status, "timestamp": moment, "recipient_id": sent.to}]}
        )

    def change(self, value: dict[str, Any], number: str = NUMBER) -> dict[str, Any]:
        """One change, at one number."""
        metadata = {"display_phone_number": SHOWN, "phone_number_id": number}
        return {"field": "messages", "value": {"messaging_product": "whatsapp", "metadata": metadata, **value}}

    def call(self, *changes: dict[str, Any]) -> tuple[dict[str, str], bytes]:
        """A call of the webhook with its signature: headers and body."""
        said = {"object": "whatsapp_business_account", "entry": [{"id": BUSINESS, "changes": list(changes)}]}
        body = json.dumps(said, ensure_ascii=True).replace("/", "\\/").encode()
        signature = hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()
        return {"content-type": "application/json", "x-hub-signature-256": f"sha256={signature}"}, body

    def writes(self, number: str, name: str, text: str, url: str) -> int:
        """Somebody writes, and the webhook at ``url`` is told: for who plays a resident by hand."""
        return self.push(url, self.says(self.contacts.get(number) or self.join(number, name), text))

    def push(self, url: str, *changes: dict[str, Any]) -> int:
        """Call the webhook at an address; the status that came back."""
        headers, body = self.call(*changes)
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.netloc, timeout=10)
        try:
            connection.request("POST", parts.path, body, headers)
            return connection.getresponse().status
        finally:
            connection.close()

    def _id(self) -> str:
        self.serial += 1
        return f"wamid.HBgLMTY1MDM4Nzk0MzkVAgASGBQz{self.serial:08d}"

    # ── the API ──────────────────────────────────────────────────────────────────────────────────
    @route("POST", VERSION + rf"/{NUMBER}/messages")
    def send(self, request: Request) -> dict[str, Any]:
        """A message of ours to somebody."""
        self._let_in(request)
        message = request.json
        contact = self.contacts.get(message["to"])
        self._look_at(message)
        if contact is None or not contact.reachable:
            raise self._no(400, 131026, "Message undeliverable")
        if contact.wrote_at is None or datetime.now(UTC) > contact.wrote_at + timedelta(hours=24):
            raise self._no(400, 131047, "Re-engagement message")
        sent = Sent(self._id(), contact.number, message)
        self.sent.append(sent)
        contacts = [{"input": message["to"], "wa_id": contact.number}]
        return {"messaging_product": "whatsapp", "contacts": contacts, "messages": [{"id": sent.id}]}

    def _look_at(self, message: dict[str, Any]) -> None:
        if (
            len(message.get("text", {}).get("body", "")) > 4096
            or len(message.get("image", {}).get("caption", "")) > 1024
        ):
            raise self._no(400, 100, "(#100) Param text['body'] must be at most 4096 characters long.")
        if "image" in message and message["image"]["id"] not in self.media:
            raise self._no(400, 131053, "Media upload error")

    @route("POST", VERSION + rf"/{NUMBER}/media")
    def upload(self, request: Request) -> dict[str, Any]:
        """A picture, for a message."""
        self._let_in(request)
        _name, kind, content = request.files["file"]
        if kind not in {"image/jpeg", "image/png"} or len(content) > LARGEST:
            raise self._no(
                400, 100, "(#100) Param file must be a file with one of the following types: image/jpeg, image/png."
            )
        self.serial += 1
        self.media[str(self.serial)] = (kind, content)
        return {"id": str(self.serial)}

    @route("GET", VERSION + rf"/{NUMBER}")
    def number(self, request: Request) -> dict[str, Any]:
        """What the number is."""
        self._let_in(request)
        return {
            "id": NUMBER, "display_phone_number": "+31 6 12345678", "verified_name": "Gemeente Voorbeeld",
            "quality_rating": self.quality,
        }  # fmt: skip

    @route("GET", VERSION + r"/(?P<media>\d{1,9})")
    def about_file(self, request: Request, media: str) -> dict[str, Any]:
        """Where a file lies, for five minutes."""
        self._let_in(request)
        if media not in self.media:
            raise self._no(400, 100, "Unsupported get request. Object does not exist", 33)
        kind, content = self.media[media]
        return {
            "messaging_product": "whatsapp", "url": f"{self.files_at or self.address}/files/{media}", "mime_type": kind,
            "sha256": hashlib.sha256(content).hexdigest(), "file_size": str(self.sizes[media]), "id": media,
        }  # fmt: skip

    @route("GET", r"/files/(?P<media>\d+)")
    def file(self, request: Request, media: str) -> Response:
        """The file; only with our token."""
        self._let_in(request)
        return Response(self.media[media][1], headers={"Content-Type": self.media[media][0]})

    @route("POST", VERSION + rf"/{BUSINESS}/subscribed_apps")
    def subscribe(self, request: Request) -> dict[str, Any]:
        """Where the webhook is."""
        self._let_in(request)
        self.callback = request.json.get("override_callback_uri", self.callback)
        return {"success": True}

    def _let_in(self, request: Request) -> None:
        if request.bearer != self.token:
            raise self._no(401, 190, "Invalid OAuth access token - Cannot parse access token")

    def _no(self, status: int, code: int, message: str, detail: int = 0) -> Refuse:
        error = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "AbC"}
        error |= {"error_subcode": detail} if detail else {}
        return Refuse(status, {"error": error})
