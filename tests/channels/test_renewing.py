"""Access that wears out: exchanged once, whoever asks, and kept before it is used."""

import threading
from collections.abc import Mapping
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from stamtafel.channels.contract import NeedsSignIn, Temporary
from stamtafel.channels.models import Account, Secret
from stamtafel.channels.renewing import fresh_credentials
from stamtafel.channels.vault import keep_secrets, secrets_of
from tests.builders import NOW


class Wearing:
    """A network that takes each refresh token once."""

    kind = "wearing"

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.said: Exception | None = None
        self.arrived, self.go_on = threading.Event(), threading.Event()
        self.go_on.set()
        self.locked: bool | None = None

    def is_stale(self, credentials: Mapping[str, str], _now: object) -> bool:
        return credentials.get("access", "old") == "old"

    def renew(self, credentials: Mapping[str, str], _now: object) -> Mapping[str, str]:
        self.arrived.set()
        assert self.go_on.wait(10)
        self.locked = connection.in_atomic_block
        if self.said:
            raise self.said
        self.taken.append(credentials["refresh"])
        return {"access": f"new {len(self.taken)}", "refresh": f"r{len(self.taken)}", "kept": ""}


def account() -> Account:
    made = Account.objects.create(kind="wearing", name="w")
    keep_secrets(made, {"access": "old", "refresh": "r0", "kept": "stays"})
    return made


@pytest.mark.django_db
def test_what_is_fit_for_use_is_given_as_it_is() -> None:
    one, network = account(), Wearing()
    keep_secrets(one, {"access": "good"})
    assert fresh_credentials(one, network, NOW)["access"] == "good"
    assert network.taken == []


@pytest.mark.django_db
def test_what_wore_out_is_exchanged_and_kept_and_empty_wipes_nothing() -> None:
    one, network = account(), Wearing()
    assert fresh_credentials(one, network, NOW) == {"access": "new 1", "refresh": "r1", "kept": "stays"}
    assert secrets_of(one) == {"access": "new 1", "refresh": "r1", "kept": "stays"}
    assert Account.objects.get().busy_until is None


@pytest.mark.django_db
def test_a_refusal_ends_the_turn_and_keeps_what_there_was() -> None:
    one, network = account(), Wearing()
    network.said = NeedsSignIn("The network took us out.")
    with pytest.raises(NeedsSignIn):
        fresh_credentials(one, network, NOW)
    assert (secrets_of(one)["refresh"], Account.objects.get().busy_until) == ("r0", None)


@pytest.mark.django_db
def test_who_finds_it_busy_comes_back_and_a_turn_that_was_left_ends() -> None:
    one, network = account(), Wearing()
    Account.objects.update(busy_until=timezone.now() + timedelta(minutes=1))
    with pytest.raises(Temporary) as told:
        fresh_credentials(one, network, NOW)
    assert told.value.retry_after is not None
    assert network.taken == []
    Account.objects.update(busy_until=timezone.now() - timedelta(seconds=1))
    assert fresh_credentials(one, network, NOW)["access"] == "new 1"


@pytest.mark.django_db
def test_secrets_that_no_key_opens_ask_for_a_person_and_do_not_show(settings) -> None:
    one = account()
    settings.VAULT_KEYS = ["another key of this installation"]
    with pytest.raises(NeedsSignIn) as told:
        fresh_credentials(one, Wearing(), NOW)
    assert Secret.objects.first().locked not in str(told.value)  # type: ignore[union-attr]


@pytest.mark.django_db(transaction=True)
def test_of_ten_at_once_one_exchanges_and_no_lock_is_held_meanwhile() -> None:
    one, network = account(), Wearing()
    network.go_on.clear()
    found: list[str] = []

    def ask() -> None:
        try:
            found.append(fresh_credentials(one, network, NOW)["access"])
        except Temporary:
            found.append("later")
        finally:
            connections.close_all()

    first = threading.Thread(target=ask)
    first.start()
    assert network.arrived.wait(10)
    Account.objects.filter(pk=one.pk).update(problem="written meanwhile")  # would wait for a lock for ever
    others = [threading.Thread(target=ask) for _ in range(9)]
    for thread in others:
        thread.start()
    for thread in others:
        thread.join(20)
    assert found == ["later"] * 9
    network.go_on.set()
    first.join(20)
    assert (found[-1], network.taken, network.locked) == ("new 1", ["r0"], False)
    assert fresh_credentials(one, network, NOW)["access"] == "new 1"
