"""Files that were uploaded: only what may be seen, only from folders that are public."""

from pathlib import Path
from typing import Final

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest
from django.urls import path

from stamtafel.dossier.queries.public import visible
from stamtafel.web.design.files import file_response, photo_response

SHORT: Final = "public, max-age=60"  # what is taken away is soon gone from caches too
PUBLIC_FOLDERS: Final = {
    "announcements": "public, max-age=31536000, immutable",  # a picture never changes under its name
    "documents": SHORT,
}


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
    return file_response(found, cache=PUBLIC_FOLDERS[folder])


def contribution_photo(_request: HttpRequest, pk: int) -> FileResponse:
    """The photo of a public contribution; gone at once when that is hidden or withdrawn."""
    name = visible().filter(pk=pk).exclude(photo="").values_list("photo", flat=True).first()
    response = photo_response(name or "")
    response.headers["Cache-Control"] = SHORT
    return response


site_patterns = [path("bijdragen/<int:pk>/foto", contribution_photo, name="contribution_photo")]
urlpatterns = [path("media/<str:folder>/<path:name>", media, name="media")]
