"""Meta's webhooks (Graph API "Webhooks: Getting Started"): handshake, signature, and the two shapes that come.

``entry[].changes[]`` brings comments, mentions and what happens on a page; ``entry[].messaging[]`` (and ``standby[]``,
where another app has the talk) brings private messages. Up to 1000 in one call, in any order, and more than once.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from stamtafel.channels.contract import Credentials, Update

NOT_THEIRS: Final = "That is not the form of Meta's webhooks."


def challenge(query: Mapping[str, str], credentials: Credentials) -> str | None:
    """What Meta wants back when the address is registered; None when it is not Meta who knows our word."""
    word = credentials.get("verify_token", "")
    asked = query.get("hub.verify_token", "")
    if not word or query.get("hub.mode") != "subscribe" or not hmac.compare_digest(word.encode(), asked.encode()):
        return None
    return query.get("hub.challenge", "")


def is_genuine(headers: Mapping[str, str], body: bytes, credentials: Credentials) -> bool:
    r"""Whether ``X-Hub-Signature-256`` fits these very bytes.

    Meta writes ``ë`` as ``\u00eb``: JSON that was read and written again no longer fits, but only where there are
    accents or emoji.
    """
    secret = credentials.get("app_secret", "")
    said = headers.get("x-hub-signature-256", "")
    if not secret or not said.isascii():
        return False
    return hmac.compare_digest(sign(body, secret), said)


def sign(body: bytes, secret: str) -> str:
    """The signature of a body."""
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def happenings(body: bytes, kind: str, account: str) -> Iterator[tuple[str, Mapping[str, Any], Any]]:
    """What happened at one account, as (field, value, time): ``messaging`` for private messages. Raises ValueError.

    ``kind`` is ``page`` or ``instagram``. One app has one address for all its accounts: what is another's is passed
    over.
    """
    said = _mapping(json.loads(body))
    if said.get("object") not in {"page", "instagram"}:
        raise ValueError(NOT_THEIRS)
    for entry in _list(said, "entry") if said["object"] == kind else ():
        if str(entry.get("id")) != account:
            continue
        for change in _list(entry, "changes"):
            yield str(change.get("field", "")), _mapping(change.get("value")), entry.get("time", 0)
        # with Instagram Login a change may stand in the entry itself ("Webhook Notification Examples", 2025-11-24)
        if "field" in entry:
            yield str(entry["field"]), _mapping(entry.get("value")), entry.get("time", 0)
        for message in (*_list(entry, "messaging"), *_list(entry, "standby")):
            yield "messaging", message, entry.get("time", 0)


def _mapping(found: Any) -> Mapping[str, Any]:
    if not isinstance(found, Mapping):
        raise ValueError(NOT_THEIRS)  # noqa: TRY004 - the contract asks for a ValueError
    return found


def _list(found: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    many = found.get(name, [])
    if not isinstance(many, list):
        raise ValueError(NOT_THEIRS)  # noqa: TRY004 - the contract asks for a ValueError
    return [_mapping(one) for one in many]


def update(key: str, shape: str, value: Mapping[str, Any], time: Any = 0) -> Update:
    """One raw thing as we keep it: what Meta said, in which shape, and when."""
    return Update(remote_id=key, payload={"shape": shape, "value": dict(value), "time": time})
