"""The program as an administrator starts it: a process of its own, with an environment of its own."""

import os
import subprocess
import sys
from pathlib import Path

SOUND = {
    "STAMTAFEL_DEVELOPMENT": "no",
    "STAMTAFEL_URL": "https://praat.lindewaard.example",
    "STAMTAFEL_HOSTS": "praat.lindewaard.example",
    "STAMTAFEL_SECRET_KEY": "k" * 30 + "0123456789" * 3,
    "STAMTAFEL_FOLLOW_KEY": "f" * 30 + "0123456789" * 3,
    "STAMTAFEL_EMAIL": "smtp://post.lindewaard.example:587?tls=starttls",
    "STAMTAFEL_EMAIL_FROM": "Gemeente Lindewaard <noreply@lindewaard.example>",
    "STAMTAFEL_TRUSTED_PROXIES": "127.0.0.1",
    "STAMTAFEL_SECURITY_CONTACT": "mailto:security@lindewaard.example",
}


def stamtafel(
    *words: str, folder: Path, env: dict[str, str] | None = None, seconds: float = 60
) -> "subprocess.CompletedProcess[str]":
    """Run one command to its end, on a SQLite database in ``folder``."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("STAMTAFEL_", "DJANGO_"))}
    given = {"STAMTAFEL_DEVELOPMENT": "yes", "STAMTAFEL_DATA": str(folder), **(env or {})}
    return subprocess.run(
        [sys.executable, "-m", "stamtafel", *words],
        env={**kept, **given}, capture_output=True, text=True, timeout=seconds, check=False,
    )  # fmt: skip
