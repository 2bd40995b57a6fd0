"""Mail that a mail server hands over by HTTP: the mail itself as the body, or JSON with the mail in ``raw``. Pure.

Signed with ``X-Stamtafel-Signature: sha256=<hex>``, the HMAC-SHA256 of the raw body under the account's secret
(RFC 2104). The same call again is harmless: a mail has one key, whichever way it comes.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from stamtafel.channels.adapters.email import arrive
from stamtafel.channels.contract import Update

HEADER: Final = "x-stamtafel-signature"
SHORTEST_SECRET: Final = 16  # without a real secret nobody is let in


def signature(body: bytes, secret: str) -> str:
    """What the header has to hold."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def is_genuine(headers: Mapping[str, str], body: bytes, secret: str) -> bool:
    """Whether whoever knows the secret signed these very bytes."""
    if len(secret) < SHORTEST_SECRET:
        return False
    return hmac.compare_digest(headers.get(HEADER, "").strip().lower().encode(), signature(body, secret).encode())


def mail(body: bytes, now: datetime) -> Update:
    """The mail in one call. Raises ValueError for what holds none."""
    if not body.lstrip().startswith(b"{"):
        return _update(body, "", now)
    told = json.loads(body)
    if not isinstance(told, dict) or not isinstance(told.get("raw"), str):
        raise ValueError("The mail is missing: JSON has to hold it in “raw”.")  # noqa: TRY004 - of the contract
    return _update(_raw(told["raw"], str(told.get("encoding", ""))), str(told.get("recipient", "")), now)


def _raw(text: str, encoding: str) -> bytes:
    if encoding != "base64":
        return text.encode("utf-8", "replace")
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("“raw” is not base64.") from error


def _update(raw: bytes, to: str, now: datetime) -> Update:
    if b":" not in raw[:1000]:
        raise ValueError("This is not a mail: it has no headers.")
    return arrive.update(raw, size=len(raw), at=now, to=to)
