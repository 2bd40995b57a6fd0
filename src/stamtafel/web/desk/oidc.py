"""Signing in at the municipality's own identity provider (OpenID Connect Core 1.0, code flow with PKCE).

What the provider says is believed only after its signature, issuer, audience, expiry and nonce were checked.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import httpx
from authlib.oauth2.rfc7523 import private_key_jwt_sign
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from joserfc import jwk, jwt
from joserfc.errors import JoseError

from stamtafel.people.rules import Identity

ALGORITHMS: Final = ("RS256", "PS256", "ES256")  # signatures with a public key only: never "none", never HMAC
LEEWAY_SECONDS: Final = 60
TIMEOUT_SECONDS: Final = 10
ASSERTION: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"  # RFC 7523


class ProviderRefused(ValueError):
    """The provider gave no answer, or one that we may not believe. ``why`` is for the log."""

    def __init__(self, why: str) -> None:
        super().__init__(
            _("Signing in at your organisation did not work. Try again, or ask for a link by mail instead.")
        )
        self.why = why


@dataclass(frozen=True, slots=True)
class Attempt:
    """What has to come back unchanged; lies in the session and is taken out at the first return."""

    state: str
    nonce: str
    verifier: str
    go_to: str


def new_attempt(go_to: str) -> Attempt:
    """Fresh random values; the verifier has 64 characters (RFC 7636 asks 43 to 128)."""
    return Attempt(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48), go_to)


def return_address() -> str:
    """Where the provider sends people back to; has to be registered there."""
    return settings.SITE_URL + reverse("desk:oidc_return")


def authorization_address(attempt: Attempt) -> str:
    """Where the browser goes to sign in. Raises ProviderRefused."""
    query = {
        "response_type": "code",
        "client_id": settings.OIDC["client_id"],
        "redirect_uri": return_address(),
        "scope": settings.OIDC["scope"],
        "state": attempt.state,
        "nonce": attempt.nonce,
        "code_challenge": create_s256_code_challenge(attempt.verifier),  # type: ignore[no-untyped-call]
        "code_challenge_method": "S256",
    }
    endpoint = _discover()["authorization_endpoint"]
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"


def identity(*, attempt: Attempt, answer: Mapping[str, str], now: datetime) -> Identity:
    """Who came back, from the query of the return address. Raises ProviderRefused."""
    if not secrets.compare_digest(answer.get("state", "").encode(), attempt.state.encode()):
        raise ProviderRefused("wrong state")
    if "error" in answer or not answer.get("code"):
        raise ProviderRefused(f"provider said: {answer.get('error', 'no code')[:80]}")
    if answer.get("iss", settings.OIDC["issuer"]) != settings.OIDC["issuer"]:  # RFC 9207: mix-up
        raise ProviderRefused("wrong issuer")
    document = _discover()
    token = _exchange(document["token_endpoint"], code=answer["code"], verifier=attempt.verifier)
    claims = _checked_claims(token, keys=_get(document["jwks_uri"]), nonce=attempt.nonce, now=now)
    return _identity_of(claims)


def _identity_of(claims: Mapping[str, Any]) -> Identity:
    said = claims.get(settings.OIDC["roles_claim"])
    names = [said] if isinstance(said, str) else said
    roles = tuple(str(name) for name in names) if isinstance(names, list) else None
    return Identity(
        subject=str(claims["sub"]),
        email=str(claims.get("email", "")),
        email_verified=claims.get("email_verified") is True,
        roles=roles,
    )


def _checked_claims(token: str, *, keys: Mapping[str, Any], nonce: str, now: datetime) -> dict[str, Any]:
    """The claims of an ID token, by OpenID Connect Core 3.1.3.7."""
    client = settings.OIDC["client_id"]
    rules = jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": settings.OIDC["issuer"]},
        aud={"essential": True, "value": client},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    try:
        claims = jwt.decode(
            token, jwk.KeySet.import_key_set({"keys": keys["keys"]}), algorithms=list(ALGORITHMS)
        ).claims
        rules.validate(claims)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise ProviderRefused(f"id token: {error}") from error
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if several else client) != client:
        raise ProviderRefused("id token: azp")
    return dict(claims)


def _exchange(endpoint: str, *, code: str, verifier: str) -> str:
    """The ID token for a code; we show who we are by a signed assertion, else by the secret."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": return_address(),
        "code_verifier": verifier,
        "client_id": settings.OIDC["client_id"],
    }
    auth = None
    if settings.OIDC["private_key"]:
        assertion = private_key_jwt_sign(signing_key(), settings.OIDC["client_id"], endpoint, expires_in=60)  # type: ignore[no-untyped-call]
        form |= {"client_assertion_type": ASSERTION, "client_assertion": assertion}
    elif settings.OIDC["client_secret"]:
        auth = httpx.BasicAuth(settings.OIDC["client_id"], settings.OIDC["client_secret"])
    said = _ask("POST", endpoint, data=form, auth=auth)
    if not isinstance(said.get("id_token"), str):
        raise ProviderRefused("no id token")
    return str(said["id_token"])


def signing_key() -> jwk.RSAKey:
    """Our private key, to sign with in place of a secret. Raises ProviderRefused, ``why`` says what is wrong."""
    try:
        key = jwk.RSAKey.import_key(Path(settings.OIDC["private_key"]).read_bytes())
    except OSError as error:
        raise ProviderRefused(f"our key can't be read: {error.strerror}") from error
    except (JoseError, ValueError, TypeError) as error:
        raise ProviderRefused("our key is not an RSA key in PEM without a password") from error
    if not key.is_private:
        raise ProviderRefused("our key is a public key: the private half is needed")
    return key


def _discover() -> dict[str, Any]:
    """The provider's own description (OpenID Connect Discovery); it has to name itself."""
    document = _get(settings.OIDC["issuer"].rstrip("/") + "/.well-known/openid-configuration")
    if document.get("issuer") != settings.OIDC["issuer"]:
        raise ProviderRefused("discovery names another issuer")
    if not {"authorization_endpoint", "token_endpoint", "jwks_uri"} <= document.keys():
        raise ProviderRefused("discovery is not complete")
    return document


def _get(address: str) -> dict[str, Any]:
    return _ask("GET", address)


def _ask(method: str, address: str, **options: Any) -> dict[str, Any]:
    """One request; no redirects: an endpoint that moved is a mistake in the provider's description."""
    try:
        with httpx.Client(timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False) as client:
            answer = client.request(method, address, **options)
        said = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise ProviderRefused(f"no answer: {type(error).__name__}") from error
    if answer.status_code != HTTPStatus.OK or not isinstance(said, dict):
        raise ProviderRefused(f"answered {answer.status_code}")
    return said
