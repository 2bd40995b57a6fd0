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
HOUSEHOLDS: Final = 8


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

    IPv4 counts per address, IPv6 per /64: that is what one household gets. Who rents a server often gets a /48
    with 65,536 of those, so that counts as well, for as much as eight households. Text that is no address shares one
    bucket. Does nothing when the setting FLOOD_LIMITS is off.
    """
    if not settings.FLOOD_LIMITS:
        return
    household, *network = prefixes(address)
    _take(f"{what}|{household}", limit, now.timestamp())
    for wider in network:
        _take(f"{what}|{wider}", Limit(limit.burst * HOUSEHOLDS, limit.per_seconds), now.timestamp())


def _take(name: str, limit: Limit, moment: float) -> None:
    digest = blake2b(name.encode(), key=_KEY, digest_size=16).digest()
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


def prefixes(address: str) -> tuple[str, ...]:
    """What belongs to one connection: an IPv4 address; of IPv6 the first 64 bits, and the first 48 of its network.

    A proxy may add a port: ``192.0.2.7:4711``, ``[2001:db8::1]:4711``.
    """
    bare = address.strip().partition("%")[0]
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        parsed: IPv4Address | IPv6Address = ip_address(bare)
    except ValueError:
        return ("unknown",)
    if isinstance(parsed, IPv4Address):
        return (str(parsed),)
    if parsed.ipv4_mapped is not None:
        return (str(parsed.ipv4_mapped),)
    return (f"{int(parsed) >> 64:x}/64", f"{int(parsed) >> 80:x}/48")


def forget() -> None:
    """Empty all buckets (between tests)."""
    with _lock:
        _buckets.clear()
