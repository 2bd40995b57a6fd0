"""Proof of work (ALTCHA, version 1) for a topic that machines attack: the browser calculates, nobody solves a puzzle.

A challenge belongs to one form. A form key makes one contribution, so a proof can't be used twice and nothing
has to be remembered.
"""

import json
from base64 import b64decode
from binascii import Error
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from typing import Any, Final
from urllib.parse import parse_qs

from altcha.v1 import create_challenge, verify_solution
from django.conf import settings

VALID: Final = timedelta(hours=2)
HARDEST: Final = 60_000  # hashes at most; about a second on an old phone
_LONGEST: Final = 2000


def challenge(form_key: str, *, now: datetime) -> dict[str, Any]:
    """What the browser must solve before this form is taken, as ALTCHA's JSON."""
    made = create_challenge(
        algorithm="SHA-256", max_number=HARDEST, salt_length=12, hmac_key=_key(), salt="", number=None,
        expires=now + VALID, params={"form": _short(form_key)},
    )  # fmt: skip
    return dict(made.to_dict())


def is_proven(payload: str, form_key: str, *, now: datetime) -> bool:
    """Whether ``payload`` (base64 of JSON) solves a challenge of ours for this form that has not run out."""
    try:
        solved = json.loads(b64decode(payload[:_LONGEST], validate=True))
        asked = parse_qs(str(solved["salt"]).partition("?")[2])
        intact, _reason = verify_solution(solved, _key(), check_expires=False)
    except (ValueError, TypeError, KeyError, AttributeError, Error):
        return False
    return bool(intact) and _is_for(asked, form_key, now)


def _is_for(asked: dict[str, list[str]], form_key: str, now: datetime) -> bool:
    """The form and the end are part of the signed salt."""
    form, until = asked.get("form", [""])[0], asked.get("expires", ["0"])[0]
    return compare_digest(form, _short(form_key)) and until.isdecimal() and int(until) >= now.timestamp()


def _short(form_key: str) -> str:
    return sha256(form_key.encode()).hexdigest()[:32]


def _key() -> str:
    return f"altcha:{settings.SECRET_KEY}"
