"""The bytes that stand for an entry in the tree. Pure. Anybody can make them again from the open data."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from stamtafel.ledger.rules import canonical_json


def entry_bytes(*, at: datetime, kind: str, subject: str, data: Mapping[str, Any]) -> bytes:
    """Canonical JSON of the four parts, in UTF-8; ``at`` in UTC with microseconds, e.g. ``…T10:00:00.000000+00:00``.

    Raises NotCanonicalError for a fraction or something that is no JSON.
    """
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    return canonical_json({"at": moment, "data": data, "kind": kind, "subject": subject})
