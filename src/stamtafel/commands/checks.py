"""System checks: unsafe or half-done settings, each with an id and a hint."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning  # noqa: A004 - Django's names

from stamtafel.channels.adapters.email.options import BadAddress, server

Check = Callable[..., list[CheckMessage]]
SHORTEST_KEY = 50
SAMPLE = "insecure-development-key"


def secrets(**_kwargs: Any) -> list[CheckMessage]:
    """Keys that others could know."""
    found: list[CheckMessage] = []
    if len(settings.SECRET_KEY) < SHORTEST_KEY or settings.SECRET_KEY.startswith(SAMPLE):
        hint = (
            "Set STAMTAFEL_SECRET_KEY to 50 or more random characters: "
            "python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
        )
        found.append(Error("The secret key is missing, short or the sample.", hint=hint, id="stamtafel.E001"))
    if settings.FOLLOW_KEY == settings.SECRET_KEY:
        hint = (
            "Set STAMTAFEL_FOLLOW_KEY to its own random characters, "
            "so that SECRET_KEY can be changed without ending follow codes."
        )
        found.append(Warning("Follow codes hang on the secret key.", hint=hint, id="stamtafel.W001"))
    return found


def addresses(**_kwargs: Any) -> list[CheckMessage]:
    """Where the site says it is, and whom it believes."""
    found: list[CheckMessage] = []
    url = urlsplit(settings.SITE_URL)
    if url.scheme != "https":
        hint = "Set STAMTAFEL_URL to the public address, beginning with https://."
        found.append(Error("The site is not on HTTPS.", hint=hint, id="stamtafel.E002"))
    if "*" in settings.ALLOWED_HOSTS or url.hostname not in settings.ALLOWED_HOSTS:
        hint = "Set STAMTAFEL_HOSTS to exactly the host names of this site, with commas between them."
        found.append(Error("The host names are open or miss the site's own.", hint=hint, id="stamtafel.E003"))
    if settings.DEBUG:
        found.append(
            Error("Debug pages are on.", hint="Unset STAMTAFEL_DEBUG: they show secrets.", id="stamtafel.E004")
        )
    if url.scheme == "https" and not settings.TRUSTED_PROXIES:
        hint = (
            "Set STAMTAFEL_TRUSTED_PROXIES to the address of nginx or Caddy (often 127.0.0.1); "
            "else all visitors look like one."
        )
        found.append(Warning("No proxy is trusted.", hint=hint, id="stamtafel.W002"))
    return found


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
    if "localhost" in settings.EMAIL_FROM:
        hint = "Set STAMTAFEL_EMAIL_FROM, e.g. 'Gemeente Lindewaard <noreply@lindewaard.nl>'."
        found.append(Error("The sender of mail is not set.", hint=hint, id="stamtafel.E006"))
    return found


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
    if not settings.SECURITY_CONTACT:
        hint = "Set STAMTAFEL_SECURITY_CONTACT to a mail address or page (security.txt, mandatory for municipalities)."
        found.append(Warning("Nobody is named for security reports.", hint=hint, id="stamtafel.W004"))
    return found


def production(check: Check) -> Check:
    """A check that a developer's own machine is spared: demo and tests run on unsafe settings knowingly."""

    def checked(**kwargs: Any) -> list[CheckMessage]:
        return [] if settings.DEVELOPMENT else check(**kwargs)

    return checked


ALL = (storage, *(production(check) for check in (secrets, addresses, mail, identity)))
