"""Secret links: a number, and a signature over that number and the resident's own secret."""

from enum import StrEnum

from django.core.signing import BadSignature, Signer

from stamtafel.announce.actions.problems import LinkUnknown
from stamtafel.people.models import Resident


class Purpose(StrEnum):
    """What a link may do; a link for one thing never does another."""

    CONFIRM = "confirm"
    MANAGE = "manage"
    END = "end"


def _signer(purpose: Purpose) -> Signer:
    return Signer(salt=f"stamtafel.announce.subscription.{purpose}", sep=":")


def token(purpose: Purpose, resident: Resident) -> str:
    """The secret part of a link. A new ``Resident.secret`` ends all links that went out."""
    signature = _signer(purpose).signature(f"{resident.pk}.{resident.secret}")
    return f"{resident.pk}-{signature}"


def resident_of(purpose: Purpose, found: str) -> Resident:
    """Whose link this is; LinkUnknown for one that we never gave."""
    number, _dash, signature = found.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) < 18):  # noqa: PLR2004 - fits a bigint
        raise LinkUnknown
    resident = Resident.objects.filter(pk=int(number)).first()
    if resident is None:
        raise LinkUnknown
    try:
        _signer(purpose).unsign(f"{resident.pk}.{resident.secret}:{signature}")
    except BadSignature as bad:
        raise LinkUnknown from bad
    return resident
