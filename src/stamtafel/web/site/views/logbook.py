"""Het logboek: every entry, the newest root, and the proof for each entry, so that anybody can count it again."""

from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from stamtafel.ledger import queries
from stamtafel.ledger.form import entry_bytes
from stamtafel.ledger.models import Entry, TreeHead
from stamtafel.web.design.caching import public_page

PAGE: Final = 40
EXPORTED: Final = 1000


@public_page
def logbook(request: HttpRequest) -> HttpResponse:
    """What the log is for, what it says, and how to check it."""
    before = _number(request.GET.get("voor", ""))
    rows = queries.entries(before=before, limit=PAGE + 1)
    shown = rows[:PAGE]
    here = reverse("site:logbook")
    context = {
        "head": queries.head(),
        "entries": shown,
        "older": f"{here}?voor={shown[-1].place}" if len(rows) > PAGE else "",
        "newer": here if before is not None else "",
    }
    return render(request, "site/about/logbook.html", context)


@require_safe
def head_json(_request: HttpRequest) -> HttpResponse:
    """The newest root over the log."""
    head = queries.head()
    return _json(_head(head) if head is not None else {"size": 0})


@require_safe
def entries_json(request: HttpRequest) -> HttpResponse:
    """Entries, the newest first; ``?voor=`` goes on below a place."""
    rows = queries.entries(before=_number(request.GET.get("voor", "")), limit=EXPORTED)
    last = rows[-1].place if len(rows) == EXPORTED else None
    return _json({"entries": [_entry(row) for row in rows], "next": f"?voor={last}" if last else None})


@require_safe
def proof_json(_request: HttpRequest, place: int) -> HttpResponse:
    """One entry, its bytes, and the proof that it is under the newest root (RFC 9162 section 2.1.3)."""
    head = queries.head()
    found = Entry.objects.filter(place=place).first()
    if head is None or found is None or place >= head.size:
        raise Http404
    proof = queries.inclusion_proof(place=place, size=head.size)
    content = entry_bytes(at=found.at, kind=found.kind, subject=found.subject, data=found.data)
    return _json({**_entry(found), "content": content.decode(), "leaf": bytes(found.leaf).hex(), "tree": _head(head),
                  "proof": [step.hex() for step in proof]})  # fmt: skip


@require_safe
def consistency_json(_request: HttpRequest, old: int, new: int) -> HttpResponse:
    """The proof that the log of ``new`` entries begins with that of ``old`` (RFC 9162 section 2.1.4)."""
    head = queries.head()
    if head is None or not 0 <= old <= new <= head.size:
        raise Http404
    return _json(
        {"old": old, "new": new, "proof": [step.hex() for step in queries.consistency_proof(old=old, new=new)]}
    )


def _head(head: TreeHead) -> dict[str, Any]:
    return {"size": head.size, "root": bytes(head.root).hex(), "at": head.at.isoformat()}


def _entry(row: Entry) -> dict[str, Any]:
    return {"place": row.place, "at": row.at.isoformat(), "kind": row.kind, "subject": row.subject, "data": row.data}


def _json(data: dict[str, Any]) -> JsonResponse:
    response = JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response.headers["Cache-Control"] = "public, max-age=1"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None  # noqa: PLR2004 - fits a bigint


urlpatterns = [path("logboek/", logbook, name="logbook")]
machine_patterns = [
    path("logboek/stand.json", head_json, name="logbook_head"),
    path("logboek/regels.json", entries_json, name="logbook_entries"),
    path("logboek/<int:place>.json", proof_json, name="logbook_proof"),
    path("logboek/groei/<int:old>-<int:new>.json", consistency_json, name="logbook_growth"),
]
