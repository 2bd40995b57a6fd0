"""Keys made from secrets: follow codes, and the digests that make one of what was sent twice.

Each key has its own purpose, so that none of them says anything about another.
"""

import hmac
import secrets
from datetime import datetime
from hashlib import sha256
from typing import Final

from django.conf import settings
from django.core import signing

from stamtafel.dossier.models import Contribution
from stamtafel.dossier.rules import codes
from stamtafel.places.queries import municipality

_FORM: Final = "stamtafel.form"
_LONGEST_FORM_KEY: Final = 200


def follow_code(contribution: Contribution) -> str:
    """The code of a contribution, made again from its seed; only its digest lies in the table."""
    return codes.make(municipality().code_prefix, contribution.public_id.bytes, settings.FOLLOW_KEY.encode())


def code_digest(code: str) -> str | None:
    """How the contribution of a code, however it was typed, is found; None where this can't be a code."""
    if codes.normalise(code) is None:
        return None
    return codes.digest(code, settings.FOLLOW_KEY.encode())


def device_digest(purpose: str, *parts: object) -> str:
    """What somebody sent, from which device, as 64 digits that say nothing without our secret."""
    message = "\x1f".join([purpose, *(str(part) for part in parts)])
    return hmac.new(settings.SECRET_KEY.encode(), message.encode(errors="replace"), sha256).hexdigest()


def hour_of(now: datetime) -> str:
    """The hour of a moment: the same words an hour later are said again, not sent twice."""
    return f"{now:%Y-%m-%dT%H}"


def new_form_key() -> str:
    """A key for one form on one page, signed: nobody else's key can be guessed or made."""
    return signing.Signer(salt=_FORM).sign(secrets.token_urlsafe(18))


def read_form_key(signed: str) -> str | None:
    """The key of a form that we gave out; None for anything else."""
    try:
        return signing.Signer(salt=_FORM).unsign(signed[:_LONGEST_FORM_KEY])
    except signing.BadSignature:
        return None
