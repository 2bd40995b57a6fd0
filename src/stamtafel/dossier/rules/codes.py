"""Follow codes: LIND-7K4M-92QX, read from paper, typed on a phone, told by telephone.

The eight characters after the prefix are 40 bits in Crockford's base 32, which has no I, L, O
or U. The prefix only shows whose code it is; it is not part of the secret. Codes are few
against 2^40, so guessing stays hopeless as long as tries are limited. Two codes can be equal
(one chance in two for 1.2 million codes): the digest is unique in the database, take a new seed.
"""

import hashlib
import hmac
import re
import unicodedata
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 8
_MOST_PREFIX = 8
_MISREAD = str.maketrans("OIL", "011")
_SEPARATORS = re.compile(r"[\s.\-‐‑‒–—_/]+")
_PREFIX = re.compile(rf"[A-Z]{{2,{_MOST_PREFIX}}}")
_TYPED = re.compile(rf"[A-Z0-9]{{0,{_MOST_PREFIX}}}([{ALPHABET}OIL]{{{_LENGTH}}})")
_LONGEST_TYPED = 64


def make(prefix: str, seed: bytes, key: bytes) -> str:
    """The code for ``seed`` (unique to the contribution) under the secret ``key``.

    ``prefix`` is 2 to 8 letters A-Z. Raises ValueError for another prefix or an empty key.
    """
    if not _PREFIX.fullmatch(prefix):
        raise ValueError(f"A prefix is 2 to {_MOST_PREFIX} letters A-Z, not {prefix!r}")
    bits = int.from_bytes(_mac(key, b"make", seed)[:5], "big")
    body = "".join(ALPHABET[bits >> shift & 31] for shift in range(35, -5, -5))
    return f"{prefix}-{_grouped(body)}"


def normalise(typed: str) -> str | None:
    """What was meant, as ``7K4M-92QX`` without prefix; None where this cannot be a code.

    Takes lower case, spaces or no dashes, O for 0, I and L for 1, with or without prefix.
    """
    plain = _SEPARATORS.sub("", unicodedata.normalize("NFKC", typed[:_LONGEST_TYPED]))
    match = _TYPED.fullmatch(plain.upper()) if plain.isascii() and len(typed) <= _LONGEST_TYPED else None
    return _grouped(match[1].translate(_MISREAD)) if match else None


def digest(code: str, key: bytes) -> str:
    """What is stored to find the code: 64 hexadecimal digits, the same for every way of typing it.

    Raises ValueError where ``code`` is none.
    """
    meant = normalise(code)
    if meant is None:
        raise ValueError("This is not a follow code")
    return _mac(key, b"digest", meant.encode()).hex()


def _mac(key: bytes, purpose: bytes, message: bytes) -> bytes:
    """HMAC-SHA256 (RFC 2104); the purpose keeps what is shown apart from what is stored."""
    if not key:
        raise ValueError("Follow codes need a secret key")
    return hmac.new(key, b"follow-code:" + purpose + b":" + message, hashlib.sha256).digest()


def _grouped(body: str) -> str:
    return f"{body[:4]}-{body[4:]}"
