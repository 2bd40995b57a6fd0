"""Append to the log."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from stamtafel.ledger.form import entry_bytes, leaf
from stamtafel.ledger.models import Entry


def append(*, kind: str, subject: str, data: Mapping[str, Any], now: datetime) -> None:
    """Write one event, in the transaction of what it tells about: one INSERT and no lock.

    ``subject`` is e.g. ``contribution:17``; ``data`` holds only ids, states and digests (JSON without fractions),
    never personal data or texts: the log is public and nothing can be taken out of it. The place comes later, by
    a job. Raises TypeError for data that is not such JSON.
    """
    content = entry_bytes(at=now, kind=kind, subject=subject, data=data)
    Entry.objects.create(at=now, kind=kind, subject=subject, data=dict(data), leaf=leaf(content))
