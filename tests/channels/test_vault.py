"""Secrets of accounts at rest."""

import pytest
from django.db import connection

from stamtafel.channels import vault
from stamtafel.channels.models import Account, Secret

pytestmark = pytest.mark.django_db
CANARY = "kanarie-geheim-0c1f"


def account() -> Account:
    return Account.objects.create(kind="demo", name="proef")


def test_a_secret_comes_back_and_does_not_lie_in_the_database():
    made = account()
    vault.keep_secrets(made, {"token": CANARY, "refresh": "ü" * 50})
    assert vault.secrets_of(made) == {"token": CANARY, "refresh": "ü" * 50}
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, locked FROM channels_secret")
        assert CANARY not in str(cursor.fetchall())
    assert CANARY not in f"{Secret.objects.first()} {Secret.objects.first()!r}"


def test_nothing_never_takes_the_place_of_a_secret():
    made = account()
    vault.keep_secrets(made, {"token": CANARY})
    vault.keep_secrets(made, {"token": "", "refresh": "b"})
    assert vault.secrets_of(made) == {"token": CANARY, "refresh": "b"}


def test_keys_are_changed_in_three_steps(settings):
    made = account()
    settings.VAULT_KEYS = ["oud"]
    vault.keep_secrets(made, {"token": CANARY})
    settings.VAULT_KEYS = ["nieuw", "oud"]
    assert vault.secrets_of(made) == {"token": CANARY}
    assert vault.lock_anew() == 1
    settings.VAULT_KEYS = ["nieuw"]
    assert vault.secrets_of(made) == {"token": CANARY}


def test_without_its_key_a_secret_stays_shut_and_nothing_is_changed(settings):
    made = account()
    settings.VAULT_KEYS = ["oud"]
    vault.keep_secrets(made, {"token": CANARY})
    settings.VAULT_KEYS = ["nieuw"]
    with pytest.raises(vault.CannotOpen, match="proef"):
        vault.secrets_of(made)
    with pytest.raises(vault.CannotOpen):
        vault.lock_anew()
    settings.VAULT_KEYS = ["oud"]
    assert vault.secrets_of(made) == {"token": CANARY}
