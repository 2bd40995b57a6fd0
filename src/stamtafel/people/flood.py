"""How often one address may do something, before it is asked to wait.

A bucket of tokens for each (thing, address): it holds ``burst`` tokens and fills up again in ``per_seconds``.
Buckets live in the memory of one process: several workers each keep their own, so the real limit is that many
times higher. That is fine: a flood is a hundred times higher still, and no resident's address is ever stored.
"""

import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from ipaddress import IPv4Address, IPv6Address, ip_address
from math import ceil
from threading import Lock
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

MOST_BUCKETS: Final = 50_000  # about 10 MB; the longest unused goes first
MINUTE: Final = 60
LONGEST_IN_SECONDS: Final = 90


@dataclass(frozen=True, slots=True)
class Limit:
    """``burst`` times at once, and again as many spread over ``per_seconds``."""

    burst: int
    per_seconds: float


class TooMany(ValueError):
    """Somebody did this too often; the sentence says when it can be done again."""

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(_sentence(retry_after_seconds))
        self.retry_after_seconds = retry_after_seconds


def _sentence(seconds: int) -> str:
    if seconds <= LONGEST_IN_SECONDS:
        wait = ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds}
    else:
        minutes = ceil(seconds / MINUTE)
        wait = ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    return _(
        "This was done very often from your internet address. Please wait %(wait)s and try again. "
        "What you wrote is not lost."
    ) % {"wait": wait}


_KEY: Final = secrets.token_bytes(32)  # of this process: an address can't be read back from a dump of memory
_lock: Final = Lock()
_buckets: Final[OrderedDict[bytes, tuple[float, float]]] = OrderedDict()  # digest → (tokens, seconds)


def allow(what: str, address: str, limit: Limit, *, now: datetime) -> None:
    """Take one token of ``address`` for ``what``, or raise TooMany.

    IPv4 counts per address, IPv6 per /64: that is what one household gets. Text that is no address
    shares one bucket. Does nothing when the setting FLOOD_LIMITS is off.
    """
    if not settings.FLOOD_LIMITS:
        return
    digest = blake2b(f"{what}|{prefix(address)}".encode(), key=_KEY, digest_size=16).digest()
    moment = now.timestamp()
    with _lock:
        tokens, since = _buckets.pop(digest, (float(limit.burst), moment))
        rate = limit.burst / limit.per_seconds
        tokens = min(float(limit.burst), tokens + max(0.0, moment - since) * rate)
        granted = tokens >= 1
        _buckets[digest] = (tokens - 1 if granted else tokens, moment)
        if len(_buckets) > MOST_BUCKETS:
            _buckets.popitem(last=False)
    if not granted:
        raise TooMany(max(1, ceil((1 - tokens) / rate)))


def prefix(address: str) -> str:
    """The part of an address that belongs to one connection: all of IPv4, the first 64 bits of IPv6."""
    try:
        parsed: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return f"{int(parsed) >> 64:x}"
    return str(parsed)


def forget() -> None:
    """Empty all buckets (between tests)."""
    with _lock:
        _buckets.clear()
