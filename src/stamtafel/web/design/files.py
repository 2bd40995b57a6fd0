"""Files that people sent, served so that a browser can do no harm with them."""

from pathlib import Path
from typing import Final

from django.http import FileResponse, Http404

from stamtafel.dossier.actions.photos import photo_path

SHOWN_IN_PAGE: Final = {
    ".webp": "image/webp", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".pdf": "application/pdf",
}  # fmt: skip


def photo_response(name: str) -> FileResponse:
    """A resident's photo for who may see it; the caller decided that. 404 without one."""
    if not name:
        raise Http404
    return file_response(photo_path(name), cache="no-store")


def file_response(found: Path, *, cache: str) -> FileResponse:
    """Pictures and PDF in the page, everything else as a download; ``cache`` is the header. 404 where there is none."""
    kind = SHOWN_IN_PAGE.get(found.suffix.lower())
    try:
        opened = found.open("rb")
    except OSError as missing:  # gone, a folder, a name that is too long
        raise Http404 from missing
    response = FileResponse(
        opened, as_attachment=kind is None, filename=found.name, content_type=kind or "application/octet-stream"
    )
    response.headers["Cache-Control"] = cache
    response.headers["X-Content-Type-Options"] = "nosniff"
    if kind != "application/pdf":  # browsers refuse to show a PDF in a sandbox
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
