"""System checks: unsafe or half-done settings, each with an id and a hint."""

import os
from collections.abc import Callable
from email.utils import getaddresses
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning  # noqa: A004 - Django's names
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from stamtafel.channels.adapters.email.options import BadAddress, server
from stamtafel.web.design.address import network

Check = Callable[..., list[CheckMessage]]
SHORTEST_KEY = 50
FEWEST_CHARACTERS = 10
SAMPLE = "insecure-development-key"
NEW_KEY = "python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"


def secrets(**_kwargs: Any) -> list[CheckMessage]:
    """Keys that others could know or guess."""
    found: list[CheckMessage] = []
    if any(_weak(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)):
        hint = f"Set STAMTAFEL_SECRET_KEY (and _FALLBACKS) to 50 or more random characters: {NEW_KEY}"
        found.append(
            Error("A secret key is missing, short, easy to guess or the sample.", hint=hint, id="stamtafel.E001")
        )
    if settings.FOLLOW_KEY == settings.SECRET_KEY:
        hint = (
            "Set STAMTAFEL_FOLLOW_KEY to its own random characters, "
            "so that SECRET_KEY can be changed without ending follow codes."
        )
        found.append(Warning("Follow codes hang on the secret key.", hint=hint, id="stamtafel.W001"))
    elif _weak(settings.FOLLOW_KEY):
        hint = f"Before the first contribution, set STAMTAFEL_FOLLOW_KEY to 50 or more random characters: {NEW_KEY}"
        found.append(Error("The follow key is short or easy to guess.", hint=hint, id="stamtafel.E012"))
    return found


def _weak(key: str) -> bool:
    """Whether it is too short, has hardly any different characters, or is the sample."""
    return len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_CHARACTERS or key.startswith(SAMPLE)


def addresses(**_kwargs: Any) -> list[CheckMessage]:
    """Where the site says it is, and whom it believes."""
    found: list[CheckMessage] = []
    url = urlsplit(settings.SITE_URL)
    if url.scheme != "https":
        hint = "Set STAMTAFEL_URL to the public address, beginning with https://."
        found.append(Error("The site is not on HTTPS.", hint=hint, id="stamtafel.E002"))
    open_ones = [host for host in settings.ALLOWED_HOSTS if "*" in host or host.startswith(".")]
    if open_ones or url.hostname not in settings.ALLOWED_HOSTS:
        hint = "Set STAMTAFEL_HOSTS to exactly the host names of this site, with commas between them."
        found.append(Error("The host names are open or miss the site's own.", hint=hint, id="stamtafel.E003"))
    if settings.DEBUG:
        found.append(
            Error("Debug pages are on.", hint="Unset STAMTAFEL_DEBUG: they show secrets.", id="stamtafel.E004")
        )
    return [*found, *_proxies(on_https=url.scheme == "https")]


def _proxies(*, on_https: bool) -> list[CheckMessage]:
    """Whose word on where a visitor comes from is taken."""
    unreadable = [word for word in settings.TRUSTED_PROXIES if not _is_network(word)]
    if unreadable:
        hint = "Set STAMTAFEL_TRUSTED_PROXIES to addresses (127.0.0.1) or networks (10.0.0.0/8), with commas between."
        said = f"No address or network of a proxy: {', '.join(unreadable)}."
        return [Error(said, hint=hint, id="stamtafel.E014")]
    if on_https and not settings.TRUSTED_PROXIES:
        hint = (
            "Set STAMTAFEL_TRUSTED_PROXIES to the address of nginx or Caddy (often 127.0.0.1); "
            "else all visitors look like one."
        )
        return [Warning("No proxy is trusted.", hint=hint, id="stamtafel.W002")]
    return []


def _is_network(word: str) -> bool:
    try:
        network(word)
    except ValueError:
        return False
    return True


def mail(**_kwargs: Any) -> list[CheckMessage]:
    """Whether mail can leave."""
    found: list[CheckMessage] = []
    if not settings.EMAIL_URL:
        hint = "Set STAMTAFEL_EMAIL, e.g. smtp://user:password@mail.example.nl:587?tls=starttls."
        found.append(Error("No mail server is set: nobody would get mail.", hint=hint, id="stamtafel.E005"))
    else:
        try:
            server(settings.EMAIL_URL)
        except BadAddress as problem:
            hint = "STAMTAFEL_EMAIL looks like smtp://user:password@mail.example.nl:587?tls=starttls."
            found.append(Error(f"The mail server can't be read: {problem}.", hint=hint, id="stamtafel.E010"))
    if "localhost" in settings.EMAIL_FROM or not _is_mailbox(settings.EMAIL_FROM):
        hint = "Set STAMTAFEL_EMAIL_FROM, e.g. 'Gemeente Lindewaard <noreply@lindewaard.nl>'."
        found.append(Error("The sender of mail is not set, or no mail address.", hint=hint, id="stamtafel.E006"))
    if settings.EMAIL_REPLY_TO and not _is_mailbox(settings.EMAIL_REPLY_TO):
        hint = "Set STAMTAFEL_EMAIL_REPLY_TO to one mail address, or leave it empty."
        found.append(Error("Answers to mails go to no mail address.", hint=hint, id="stamtafel.E013"))
    return found


def _is_mailbox(text: str) -> bool:
    """Whether it is exactly one address, with or without a name, and fits in the head of a mail."""
    several = getaddresses([text])
    if len(several) != 1 or not text.isprintable():
        return False
    try:
        validate_email(several[0][1])
    except ValidationError:
        return False
    return True


def storage(**_kwargs: Any) -> list[CheckMessage]:
    """Database and folders."""
    found: list[CheckMessage] = []
    if settings.SQLITE_SYNC not in {"FULL", "NORMAL", "EXTRA"}:
        hint = "Use FULL (nothing lost when the power fails) or NORMAL (faster)."
        found.append(Error("STAMTAFEL_SQLITE_SYNC is not known.", hint=hint, id="stamtafel.E007"))
    folder = next(p for p in (settings.DATA, *settings.DATA.parents) if p.exists())
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        hint = "Give the user that runs Stamtafel the right to write there, or set STAMTAFEL_DATA."
        found.append(Error(f"The data folder can't be written: {settings.DATA}", hint=hint, id="stamtafel.E008"))
    if not settings.DEVELOPMENT and not (Path(settings.STATIC_ROOT) / "build" / "manifest.json").exists():
        hint = "Run 'make build' (needs npm), or install the released package, which holds the built files."
        found.append(Warning("The front end is not built.", hint=hint, id="stamtafel.W003"))
    return found


def identity(**_kwargs: Any) -> list[CheckMessage]:
    """Sign-in by OIDC, and whom to tell about a leak."""
    found: list[CheckMessage] = []
    wanted = [settings.OIDC["issuer"], settings.OIDC["client_id"]]
    if any(wanted) and not all(wanted):
        hint = "Set STAMTAFEL_OIDC_ISSUER and STAMTAFEL_OIDC_CLIENT_ID both, or neither."
        found.append(Error("OIDC is set half.", hint=hint, id="stamtafel.E009"))
    issuer = urlsplit(settings.OIDC["issuer"])
    if settings.OIDC["issuer"] and (issuer.scheme != "https" or not issuer.hostname):
        hint = "Set STAMTAFEL_OIDC_ISSUER to an address that begins with https://: who is in between could be anybody."
        found.append(Error("The identity provider is not on HTTPS.", hint=hint, id="stamtafel.E015"))
    if problem := _key_problem():
        hint = "Set STAMTAFEL_OIDC_PRIVATE_KEY to the path of a PEM file with an RSA key, readable, without a password."
        found.append(Error(f"Signing in at the provider can't work: {problem}.", hint=hint, id="stamtafel.E016"))
    if not settings.SECURITY_CONTACT:
        hint = "Set STAMTAFEL_SECURITY_CONTACT to a mail address or page (security.txt, mandatory for municipalities)."
        found.append(Warning("Nobody is named for security reports.", hint=hint, id="stamtafel.W004"))
    return found


def _key_problem() -> str:
    """What is wrong with the key for the identity provider; "" for nothing, or no key."""
    if not settings.OIDC["private_key"]:
        return ""
    from stamtafel.web.desk import oidc  # noqa: PLC0415 - much to load, for few

    try:
        oidc.signing_key()
    except oidc.ProviderRefused as refused:
        return refused.why
    return ""


def numbers(**_kwargs: Any) -> list[CheckMessage]:
    """Numbers with which nothing would run, or nobody could come in."""
    at_least_one = {
        "WORKERS": settings.WORKERS, "THREADS": settings.THREADS, "SIGN_IN_TRIES": settings.AXES_FAILURE_LIMIT,
        "SESSION_HOURS": settings.SESSION_COOKIE_AGE,
    }  # fmt: skip
    return [
        Error(
            f"STAMTAFEL_{name} is {number}.",
            hint=f"Set STAMTAFEL_{name} to 1 or more, or unset it.",
            id="stamtafel.E011",
        )
        for name, number in at_least_one.items()
        if number < 1
    ]


def production(check: Check) -> Check:
    """A check that a developer's own machine is spared: demo and tests run on unsafe settings knowingly."""

    def checked(**kwargs: Any) -> list[CheckMessage]:
        return [] if settings.DEVELOPMENT else check(**kwargs)

    return checked


ALL = (storage, numbers, *(production(check) for check in (secrets, addresses, mail, identity)))
