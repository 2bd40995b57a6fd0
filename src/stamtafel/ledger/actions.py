"""Append to the log, and give places in the tree."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from stamtafel.ledger.form import entry_bytes
from stamtafel.ledger.models import Entry, TreeHead
from stamtafel.ledger.rules import Frontier, leaf_hash
from stamtafel.prepared import Insert

BATCH: Final = 500
_INSERT: Final = Insert(Entry)


def append(*, kind: str, subject: str, data: Mapping[str, Any], now: datetime) -> None:
    """Write one event, in the transaction of what it tells about: one INSERT and no lock.

    ``subject`` is e.g. ``contribution:17``; ``data`` holds only ids, states and digests (JSON without
    fractions), never personal data or texts: the log is public and nothing can be taken out of it. The place
    comes later, by a job. Raises NotCanonicalError for data that is not such JSON.
    """
    leaf = leaf_hash(entry_bytes(at=now, kind=kind, subject=subject, data=data))
    _INSERT(Entry(at=now, kind=kind, subject=subject, data=dict(data), leaf=leaf))


@transaction.atomic
def place(*, now: datetime, limit: int = BATCH) -> int:
    """Give the oldest entries without a place theirs, and publish the root over all; returns how many.

    Two at once cannot both succeed: a place and a size exist once, so the second raises IntegrityError and
    changes nothing.
    """
    entries = list(Entry.objects.filter(place=None).order_by("pk")[:limit])
    if not entries:
        return 0
    head = TreeHead.objects.order_by("-size").first()
    frontier = Frontier.from_hex(head.size, head.frontier) if head else Frontier()
    for number, entry in enumerate(entries, start=frontier.size):
        entry.place = number
    Entry.objects.bulk_update(entries, ["place"], batch_size=100)
    after = frontier.extended(bytes(entry.leaf) for entry in entries)
    TreeHead.objects.create(size=after.size, root=after.root(), frontier=after.as_hex(), at=now)
    return len(entries)
