"""Files that were uploaded: only what may be seen, only from folders that are public."""

from pathlib import Path
from typing import Final

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest
from django.urls import path

from stamtafel.dossier.actions.photos import photo_path
from stamtafel.dossier.queries.public import visible

IMMUTABLE: Final = "public, max-age=31536000, immutable"  # a file of ours never changes under its name
PUBLIC_FOLDERS: Final = ("announcements", "documents")
SHOWN_IN_PAGE: Final = {
    ".webp": "image/webp", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".pdf": "application/pdf",
}  # fmt: skip


def media(_request: HttpRequest, folder: str, name: str) -> FileResponse:
    """A picture of an announcement or a document of a dossier. Anything else, or a way out of the folder: 404."""
    root = (Path(settings.MEDIA_ROOT) / folder).resolve()
    if folder not in PUBLIC_FOLDERS or "\x00" in name:
        raise Http404
    try:
        found = (root / name).resolve()
        found.relative_to(root)
    except (ValueError, OSError) as outside:
        raise Http404 from outside
    return _file(found, IMMUTABLE)


def photo_response(name: str) -> FileResponse:
    """A resident's photo for who may see it; the caller decided that. 404 without one."""
    if not name:
        raise Http404
    return _file(photo_path(name), "no-store")


def contribution_photo(_request: HttpRequest, pk: int) -> FileResponse:
    """The photo of a public contribution; gone at once when that is hidden or withdrawn."""
    name = visible().filter(pk=pk).exclude(photo="").values_list("photo", flat=True).first()
    response = photo_response(name or "")
    response.headers["Cache-Control"] = "public, max-age=60"
    return response


def _file(found: Path, cache: str) -> FileResponse:
    """Shown in the page only where a browser can do no harm with it; everything else is a download."""
    kind = SHOWN_IN_PAGE.get(found.suffix.lower())
    try:
        opened = found.open("rb")
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError, OSError) as missing:
        raise Http404 from missing
    response = FileResponse(
        opened, as_attachment=kind is None, filename=found.name, content_type=kind or "application/octet-stream"
    )
    response.headers["Cache-Control"] = cache
    response.headers["X-Content-Type-Options"] = "nosniff"
    if kind != "application/pdf":  # browsers refuse to show a PDF in a sandbox
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


site_patterns = [path("bijdragen/<int:pk>/foto", contribution_photo, name="contribution_photo")]
urlpatterns = [path("media/<str:folder>/<path:name>", media, name="media")]
