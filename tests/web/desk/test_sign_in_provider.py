"""Signing in at a real provider on loopback, honest and lying."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from joserfc import jwk

from stamtafel.ledger.models import Entry
from stamtafel.people.rules import Role
from tests import builders
from tests.people.provider import Provider, provider

pytestmark = pytest.mark.django_db


@pytest.fixture
def there(settings) -> Iterator[Provider]:
    with provider() as made:
        made.claims = {"sub": "abc-1", "email": "m@lindewaard.example", "email_verified": True}
        settings.OIDC = {
            "issuer": made.address, "client_id": made.client_id, "client_secret": made.secret, "private_key": "",
            "scope": "openid email", "roles_claim": "roles",
        }  # fmt: skip
        yield made


def sign_in(client: Client, there: Provider, **changed: str):
    start = client.get(reverse("desk:oidc_start"), {"next": "/desk/?a=b"})
    back: dict[str, Any] = {**there.authorize(start["Location"]), **changed}
    return client.get(reverse("desk:oidc_return"), back)


def test_a_known_member_comes_in_without_a_second_factor_of_ours(client: Client, there: Provider) -> None:
    staff = builders.staff(Role.EDITOR, email="m@lindewaard.example")
    answer = sign_in(client, there)
    assert answer.status_code == 302
    assert answer["Location"] == "/desk/?a=b"
    assert client.get("/desk/").status_code == 200
    staff.refresh_from_db()
    assert staff.oidc_subject == "abc-1"
    assert staff.roles == ["editor"]
    assert Entry.objects.filter(kind="staff_linked", subject=f"staff:{staff.pk}").count() == 1


def test_the_button_is_there_only_with_a_provider(client: Client, there: Provider, settings) -> None:
    assert reverse("desk:oidc_start") in client.get(reverse("desk:sign_in")).content.decode()
    settings.OIDC = {**settings.OIDC, "issuer": ""}
    assert reverse("desk:oidc_start") not in client.get(reverse("desk:sign_in")).content.decode()
    assert client.get(reverse("desk:oidc_start")).status_code == 404


def test_a_signed_assertion_instead_of_a_secret(client: Client, there: Provider, settings, tmp_path) -> None:
    builders.staff(Role.EDITOR, email="m@lindewaard.example")
    key = jwk.RSAKey.generate_key(2048)
    (tmp_path / "key.pem").write_bytes(key.as_pem(private=True))
    there.client_key = jwk.RSAKey.import_key(key.as_dict(private=False))
    settings.OIDC = {**settings.OIDC, "private_key": str(tmp_path / "key.pem"), "client_secret": ""}
    assert sign_in(client, there)["Location"] == "/desk/?a=b"


def test_a_key_that_is_not_there_is_refused_in_words(client: Client, there: Provider, settings, tmp_path) -> None:
    builders.staff(Role.EDITOR, email="m@lindewaard.example")
    settings.OIDC = {**settings.OIDC, "private_key": str(tmp_path / "no.pem"), "client_secret": ""}
    refused = sign_in(client, there)
    assert refused.status_code == 400
    assert "link per mail" in refused.content.decode()


LIES: dict[str, dict[str, Any]] = {
    "nonce of another": {"nonce": "other"},
    "no nonce": {"nonce": None},
    "audience of another": {"aud": "other"},
    "two audiences, meant for the other": {"aud": ["stamtafel", "other"]},
    "issuer of another": {"iss": "https://evil.example"},
    "expired": {"exp": int(time.time()) - 3600},
    "no expiry": {"exp": None},
    "from the future": {"iat": int(time.time()) + 3600},
    "no subject": {"sub": None},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_a_token_that_lies_is_refused(client: Client, there: Provider, lie: dict[str, Any]) -> None:
    builders.staff(Role.EDITOR, email="m@lindewaard.example")
    there.lies = lie
    assert sign_in(client, there).status_code == 400
    assert client.get("/desk/").status_code == 302


@pytest.mark.parametrize("alg", ["none", "HS256"])
def test_a_token_without_a_public_signature_is_refused(client: Client, there: Provider, alg: str) -> None:
    builders.staff(Role.EDITOR, email="m@lindewaard.example")
    there.alg = alg
    assert sign_in(client, there).status_code == 400


def test_a_token_signed_by_another_key_is_refused(client: Client, there: Provider) -> None:
    builders.staff(Role.EDITOR, email="m@lindewaard.example")
    there.other_key = jwk.RSAKey.generate_key(2048, {"kid": "k1"})
    assert sign_in(client, there).status_code == 400


def test_another_state_and_a_replayed_return_are_refused(client: Client, there: Provider) -> None:
    builders.staff(Role.EDITOR, email="m@lindewaard.example")
    assert sign_in(client, there, state="other").status_code == 400
    start = client.get(reverse("desk:oidc_start"))
    back = there.authorize(start["Location"])
    assert client.get(reverse("desk:oidc_return"), back).status_code == 302
    assert client.get(reverse("desk:oidc_return"), back).status_code == 400
    assert Client().get(reverse("desk:oidc_return"), back).status_code == 400  # another browser


def test_a_stolen_code_is_no_use_without_the_verifier(client: Client, there: Provider) -> None:
    builders.staff(Role.EDITOR, email="m@lindewaard.example")
    victim = there.authorize(client.get(reverse("desk:oidc_start"))["Location"])
    thief = Client()
    own = there.authorize(thief.get(reverse("desk:oidc_start"))["Location"])
    assert thief.get(reverse("desk:oidc_return"), {**own, "code": victim["code"]}).status_code == 400


def test_a_provider_that_is_away_or_names_another_is_refused_in_words(
    client: Client, there: Provider, settings
) -> None:
    there.lies = {"discovery": "https://evil.example"}
    assert client.get(reverse("desk:oidc_start")).status_code == 400
    settings.OIDC = {**settings.OIDC, "issuer": "http://127.0.0.1:9"}
    answer = client.get(reverse("desk:oidc_start"))
    assert answer.status_code == 400
    assert "organisatie" in answer.content.decode()


@pytest.mark.parametrize(
    "claims",
    [{"email": "stranger@elsewhere.example"}, {"email_verified": False}, {"email_verified": "true"}, {"email": ""}],
)
def test_who_is_not_in_the_list_is_refused_in_words(client: Client, there: Provider, claims: dict[str, Any]) -> None:
    builders.staff(Role.EDITOR, email="m@lindewaard.example")
    there.claims |= claims
    answer = sign_in(client, there)
    assert answer.status_code == 403
    assert "beheerder" in answer.content.decode()


def test_an_address_given_to_a_new_colleague_does_not_give_the_old_account(client: Client, there: Provider) -> None:
    builders.staff(Role.EDITOR, email="m@lindewaard.example", oidc_subject="somebody-before")
    assert sign_in(client, there).status_code == 403


def test_who_left_stays_out(client: Client, there: Provider) -> None:
    builders.staff(Role.EDITOR, email="m@lindewaard.example", oidc_subject="abc-1", is_active=False)
    assert sign_in(client, there).status_code == 403


def test_roles_follow_the_provider_when_it_gives_them(client: Client, there: Provider) -> None:
    staff = builders.staff(Role.EDITOR, email="m@lindewaard.example")
    there.claims["roles"] = ["moderator", "something-else", "analyst"]
    sign_in(client, there)
    staff.refresh_from_db()
    assert staff.roles == ["moderator", "analyst"]


def test_the_provider_does_not_take_the_last_administrator_away(client: Client, there: Provider) -> None:
    staff = builders.staff(Role.ADMINISTRATOR, email="m@lindewaard.example")
    there.claims["roles"] = ["editor"]
    sign_in(client, there)
    staff.refresh_from_db()
    assert staff.roles == ["editor", "administrator"]
    builders.staff(Role.ADMINISTRATOR)
    sign_in(Client(), there)
    staff.refresh_from_db()
    assert staff.roles == ["editor"]
