"""What came along with a message: kept on disk where no page of the site reaches, or only named with its address."""

import hashlib
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from stamtafel.channels.contract import Attachment

FOLDER: Final = "inbound"  # below the data folder; not below MEDIA_ROOT
LARGEST: Final = 20_000_000  # bytes of one file
MOST: Final = 20


def keep(key: str, attachments: Sequence[Attachment], *, now: datetime) -> list[dict[str, Any]]:
    """What the message says of each: media type, name, alt, and its address or (``file``, ``size``) where it lies."""
    return [_kept(f"{key}:{number}", one, now) for number, one in enumerate(attachments[:MOST])]


def path_of(name: str) -> Path:
    """Where a kept file lies; a name that leads elsewhere raises ValueError."""
    root = (Path(settings.DATA) / FOLDER).resolve()
    found = (root / name).resolve()
    found.relative_to(root)
    return found


def forget(attachments: Iterable[dict[str, Any]]) -> None:
    """Remove the files; what is gone already is fine."""
    for one in attachments:
        if one.get("file"):
            with suppress(FileNotFoundError):
                path_of(one["file"]).unlink()


def _kept(key: str, one: Attachment, now: datetime) -> dict[str, Any]:
    said: dict[str, Any] = {"media_type": one.media_type[:120], "name": one.name[:200], "alt": one.alt[:2000]}
    if one.data and len(one.data) <= LARGEST:
        return said | {"file": _write(key, one.data, now), "size": len(one.data)}
    if one.data:
        return said | {"size": len(one.data), "too_large": True}
    safe = one.url if one.url.startswith(("https://", "http://")) else ""
    return said | {"url": safe}


def _write(key: str, data: bytes, now: datetime) -> str:
    """On disk when this returns; the same thing taken in twice is the same file."""
    name = f"{now:%Y}/{hashlib.sha256(key.encode()).hexdigest()[:40]}"
    target = path_of(name)
    target.parent.mkdir(parents=True, exist_ok=True)
    written = target.with_suffix(".part")
    with written.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    written.replace(target)
    return name
