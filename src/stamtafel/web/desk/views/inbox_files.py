"""Files that came along with a message: for colleagues only, and never shown as a page of ours."""

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from stamtafel.inbox import queries
from stamtafel.inbox.actions.attached import path_of
from stamtafel.people.rules import Permission
from stamtafel.web.desk.access import staff_of, staff_page

# what a network says that a file is counts only for these; of everything else the browser makes nothing
KNOWN: Final = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "application/pdf"})


@require_safe
@staff_page(Permission.SEE_INBOX)
def attachment(request: HttpRequest, pk: int, message: int, number: int) -> HttpResponse:
    """One file, to keep on one's own machine; 404 where it is not kept (any more)."""
    found = queries.conversation(staff_of(request), pk)
    said = found.messages.filter(pk=message, deleted_at=None).first()
    files = said.attachments if said is not None else []
    one = files[number] if number < len(files) else {}
    try:
        content = path_of(one["file"]).read_bytes()  # at most attached.LARGEST
    except (KeyError, OSError, ValueError):
        raise Http404 from None
    kind = one.get("media_type", "")
    answer = HttpResponse(content, content_type=kind if kind in KNOWN else "application/octet-stream")
    name = one.get("name") or f"bijlage-{number + 1}"
    answer.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


urlpatterns = [
    path("inbox/<int:pk>/files/<int:message>/<int:number>/", attachment, name="conversation_attachment"),
]
