"""Residents' photos on disk: under a name that nobody can guess, complete or not there at all."""

import os
import secrets
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from django.conf import settings

from stamtafel.dossier.rules.pictures import CleanPicture

FOLDER = "contributions"  # below MEDIA_ROOT; not served as such, only through the page that may show it


def keep_photo(photo: CleanPicture | None, *, now: datetime) -> str:
    """Write a photo and return its path under MEDIA_ROOT; "" without one. It is on disk when this returns."""
    if photo is None:
        return ""
    name = f"{FOLDER}/{now:%Y/%m}/{secrets.token_urlsafe(15)}.{photo.extension}"
    target = photo_path(name)
    target.parent.mkdir(parents=True, exist_ok=True)
    written = target.with_suffix(".part")
    with written.open("wb") as out:
        out.write(photo.data)
        out.flush()
        os.fsync(out.fileno())
    written.replace(target)
    return name


def forget_photo(name: str) -> None:
    """Remove a photo; one that is gone already is fine."""
    if name:
        with suppress(FileNotFoundError):
            photo_path(name).unlink()


def photo_path(name: str) -> Path:
    """Where a photo of ours lies."""
    return Path(settings.MEDIA_ROOT) / name
