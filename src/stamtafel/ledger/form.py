"""The bytes that stand for an entry in the tree. Pure. Anybody can make them again from the open data."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


def _reject_floats(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError("The log holds no fractions: databases write them differently.")
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _reject_floats(inner)


def entry_bytes(*, at: datetime, kind: str, subject: str, data: Mapping[str, Any]) -> bytes:
    """Canonical JSON (RFC 8785 for what we allow: text, whole numbers, yes/no, lists, mappings), in UTF-8.

    ``at`` is written in UTC with microseconds. Raises TypeError for a fraction or something that is no JSON.
    """
    content = json.loads(json.dumps({"at": at.astimezone(UTC).isoformat(timespec="microseconds"), "data": dict(data),
                                     "kind": kind, "subject": subject}))  # fmt: skip
    _reject_floats(content)
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def leaf(content: bytes) -> bytes:
    """Hash of a leaf: SHA-256 over 0x00 and the content (RFC 6962 section 2.1)."""
    return hashlib.sha256(b"\x00" + content).digest()
