"""The second factor of local accounts: an authenticator app (TOTP, RFC 6238) and recovery codes on paper."""

import secrets
from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from stamtafel.ledger.actions import append
from stamtafel.people.actions.staff import end_sessions
from stamtafel.people.models import RecoveryCode, StaffMember
from stamtafel.people.queries import require
from stamtafel.people.rules import Permission

RECOVERY_CODES: Final = 10
CODE_LENGTH: Final = 6


class WrongCode(ValueError):
    """The code is wrong, was used before, or came too soon after a wrong one."""

    def __init__(self) -> None:
        super().__init__(_("This code is not right. Wait until your app shows the next code, and fill in that one."))


@dataclass(frozen=True, slots=True)
class Setup:
    """What an authenticator app needs: the address for its camera and the same secret as text."""

    address: str
    secret: str


def has_second_factor(staff: StaffMember) -> bool:
    """Whether an app was set up and confirmed."""
    return bool(TOTPDevice.objects.filter(user=staff, confirmed=True).exists())


@transaction.atomic
def start_second_factor(*, staff: StaffMember, replace: bool = False) -> Setup:
    """The secret that waits for confirmation; the same one until that, so that a page may be loaded twice.

    Raises WrongCode when there is a confirmed one, unless that is to be replaced: the caller has just asked a code
    of it then (``prove_second_factor``).
    """
    StaffMember.objects.select_for_update().get(pk=staff.pk)
    if not replace and has_second_factor(staff):
        raise WrongCode
    device, _made = TOTPDevice.objects.get_or_create(user=staff, confirmed=False, defaults={"name": "app"})
    return Setup(address=str(device.config_url), secret=b32encode(device.bin_key).decode().rstrip("="))


def confirm_second_factor(*, staff: StaffMember, code: str, now: datetime, replace: bool = False) -> list[str]:
    """Confirm the app by one of its codes; gives the recovery codes, which are shown this once.

    With ``replace`` the app in use makes room for it and all sessions end: the caller keeps its own.
    Raises WrongCode.
    """
    with transaction.atomic():
        device = TOTPDevice.objects.select_for_update().filter(user=staff, confirmed=False).first()
        allowed = replace or not has_second_factor(staff)
        if device is not None and allowed and device.verify_token(_plain(code)):
            if replace:
                TOTPDevice.objects.filter(user=staff, confirmed=True).delete()
                end_sessions(staff)
            device.confirmed = True
            device.save(update_fields=["confirmed"])
            state = "replaced" if replace else "set"
            append(kind="staff_second_factor", subject=f"staff:{staff.pk}", data={"state": state}, now=now)
            return _new_recovery_codes(staff)
    raise WrongCode  # after the transaction: the count of wrong tries has to stay


def check_second_factor(*, staff: StaffMember, code: str, now: datetime) -> str:
    """What the code was: ``"code"`` from the app or ``"recovery"``. Raises WrongCode; a used code is wrong.

    After a wrong code the app's codes are refused for 1, 2, 4 … seconds (django-otp).
    """
    plain = _plain(code)
    with transaction.atomic():
        if len(plain) != CODE_LENGTH:
            codes = RecoveryCode.objects.filter(staff=staff, digest=_digest(plain), used_at=None)
            kind = "recovery" if codes.update(used_at=now) else ""
        else:
            device = TOTPDevice.objects.select_for_update().filter(user=staff, confirmed=True).first()
            kind = "code" if device is not None and device.verify_token(plain) else ""
    if not kind:
        raise WrongCode
    return kind


def prove_second_factor(*, staff: StaffMember, code: str, now: datetime) -> str:
    """Like ``check_second_factor``, before the app is replaced: a secret that somebody left half set up is gone."""
    kind = check_second_factor(staff=staff, code=code, now=now)
    TOTPDevice.objects.filter(user=staff, confirmed=False).delete()
    return kind


def renew_recovery_codes(*, staff: StaffMember, code: str, now: datetime) -> list[str]:
    """Ten new codes for who gives a code of the app (or an old recovery code); the old ones end. Raises WrongCode."""
    check_second_factor(staff=staff, code=code, now=now)
    return _renewed(staff, now)


@transaction.atomic
def _renewed(staff: StaffMember, now: datetime) -> list[str]:
    append(kind="staff_second_factor", subject=f"staff:{staff.pk}", data={"state": "new_codes"}, now=now)
    return _new_recovery_codes(staff)


@transaction.atomic
def reset_second_factor(*, actor: StaffMember | None, staff: StaffMember, now: datetime) -> None:
    """Take app and recovery codes of a member away (lost phone) and end their sessions."""
    require(actor, Permission.MANAGE_STAFF)
    TOTPDevice.objects.filter(user=staff).delete()
    staff.recovery_codes.all().delete()
    end_sessions(staff)
    by = actor.pk if actor else None
    append(kind="staff_second_factor", subject=f"staff:{staff.pk}", data={"state": "reset", "by": by}, now=now)


def _new_recovery_codes(staff: StaffMember) -> list[str]:
    staff.recovery_codes.all().delete()
    codes = [b32encode(secrets.token_bytes(10)).decode().lower() for _number in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(staff=staff, digest=_digest(code)) for code in codes)
    return ["-".join(code[start : start + 4] for start in range(0, 16, 4)) for code in codes]


def _plain(code: str) -> str:
    return "".join(code.split()).replace("-", "").lower()


def _digest(code: str) -> str:
    return sha256(code.encode()).hexdigest()
