"""Secrets of accounts: kept encrypted, opened only to use them.

Fernet (AES-128-CBC with HMAC-SHA256) of the ``cryptography`` library; its keys are derived from those in the settings
(HKDF, RFC 5869), so that any long text will do. The first key locks, all of them open: that is how keys are changed.
"""

import base64
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction

from stamtafel.channels.models import Account, Secret

INFO: Final = b"stamtafel.channels.vault"


class CannotOpen(ValueError):
    """No key of this installation opens the secret; the sentence says what to do and nothing of the secret."""

    def __init__(self, account: str) -> None:
        super().__init__(
            f"The secrets of {account} can't be opened: STAMTAFEL_VAULT_KEYS lacks the key they were locked with."
        )


def secrets_of(account: Account) -> dict[str, str]:
    """The secrets of an account by name. Raises CannotOpen."""
    box = _box(tuple(settings.VAULT_KEYS))
    try:
        return {row.name: box.decrypt(row.locked.encode()).decode() for row in account.secrets.all()}
    except InvalidToken:
        raise CannotOpen(account.name) from None


@transaction.atomic
def keep_secrets(account: Account, secrets: Mapping[str, str]) -> None:
    """Lock and keep; an empty value never takes the place of one that is there (that breaks accounts at others)."""
    box = _box(tuple(settings.VAULT_KEYS))
    for name, value in secrets.items():
        if value:
            locked = box.encrypt(value.encode()).decode()
            Secret.objects.update_or_create(account=account, name=name, defaults={"locked": locked})


@transaction.atomic
def lock_anew() -> int:
    """Lock every secret with the first key; afterwards the old ones may go. Returns how many. Raises CannotOpen."""
    box = _box(tuple(settings.VAULT_KEYS))
    rows = list(Secret.objects.select_related("account").select_for_update(of=("self",)))
    for row in rows:
        try:
            row.locked = box.rotate(row.locked.encode()).decode()
        except InvalidToken:
            raise CannotOpen(row.account.name) from None
    Secret.objects.bulk_update(rows, ["locked"])
    return len(rows)


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    made = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=INFO).derive(key.encode())
    return base64.urlsafe_b64encode(made)
