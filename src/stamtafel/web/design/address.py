"""Where a request came from."""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

Network = IPv4Network | IPv6Network


def client_address(request: HttpRequest) -> str:
    """The visitor's address; X-Forwarded-For is believed only from proxies named in the settings, right to left."""
    address = request.META.get("REMOTE_ADDR", "")
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    proxies = _proxies(tuple(settings.TRUSTED_PROXIES))
    while hops and _within(address, proxies):
        address = hops.pop()
    return str(address)


def network(word: str) -> Network:
    """An address (``192.0.2.7``, ``::1``) or a network (``10.0.0.0/8``); raises ValueError for anything else.

    Everybody (``0.0.0.0/0``) is refused too: who trusts every proxy lets each visitor choose an address.
    """
    found = ip_network(word)
    if found.prefixlen == 0:
        raise ValueError(f"{word} is everybody")
    return found


@lru_cache(maxsize=8)
def _proxies(words: tuple[str, ...]) -> tuple[Network, ...]:
    """The networks among these words; the others are what ``stamtafel check`` refuses, and match nothing."""
    return tuple(_readable(words))


def _readable(words: Iterable[str]) -> Iterable[Network]:
    for word in words:
        try:
            yield network(word)
        except ValueError:
            continue


def _within(address: str, proxies: Iterable[Network]) -> bool:
    try:
        found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:  # one socket for both kinds
        found = found.ipv4_mapped
    return any(found in proxy for proxy in proxies)
