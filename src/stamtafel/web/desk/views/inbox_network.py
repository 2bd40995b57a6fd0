"""The inbox, for what is said on networks: take it up, hide it, see who is typing, take a conversation along."""

import json
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stamtafel.channels.actions import AlreadyMoved, done_by_hand
from stamtafel.dossier.models import Kind, Topic
from stamtafel.inbox import queries
from stamtafel.inbox.actions import typing
from stamtafel.inbox.actions.handle import ConversationRefused
from stamtafel.inbox.actions.hide import hide
from stamtafel.inbox.actions.take_up import take_up
from stamtafel.inbox.models import Conversation, Message
from stamtafel.people.rules import Permission
from stamtafel.places.models import Area
from stamtafel.web.desk.access import staff_of, staff_page

SAID: Final = "inbox_said"  # the sentence that the next page shows, see views.inbox


@require_POST
@staff_page(Permission.REPLY)
def taken_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a contribution of what somebody said."""
    viewer, found = staff_of(request), queries.conversation(staff_of(request), pk)
    kind = request.POST.get("kind", "")
    try:
        made = take_up(
            conversation=found, message=_message(found, request.POST.get("message", "")),
            kind=Kind(kind) if kind in Kind.values else Kind.QUESTION,
            topic=Topic.objects.filter(slug=request.POST.get("topic", "")).first(),
            area=Area.objects.filter(code=request.POST.get("area", "")).defer("geometry", "path").first(),
            actor=viewer, now=timezone.now(),
        )  # fmt: skip
    except ConversationRefused as refused:
        return _back(request, pk, str(refused), kind="attention")
    said = _("This is a contribution now.")
    told = _("Who said it is told on the channel.") if made.told else made.why_not
    return _back(request, pk, f"{said} {told}")


@require_POST
@staff_page(Permission.MODERATE)
def hidden(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one message out of sight on the network, or bring it back."""
    viewer, found = staff_of(request), queries.conversation(staff_of(request), pk)
    out_of_sight = request.POST.get("do") != "show"
    try:
        message = _message(found, request.POST.get("message", ""))
        hide(message=message, hidden=out_of_sight, actor=viewer, now=timezone.now())
    except ConversationRefused as refused:
        return _back(request, pk, str(refused), kind="attention")
    return _back(request, pk, _("Hidden on the network.") if out_of_sight else _("Everybody can see it again."))


@require_POST
@staff_page(Permission.REPLY)
def by_hand(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody answered on the network itself."""
    found = queries.conversation(staff_of(request), pk)
    try:
        message = _message(found, request.POST.get("message", ""))
        done_by_hand(actor=staff_of(request), delivery_id=message.delivery_id or 0, now=timezone.now())
    except (ConversationRefused, AlreadyMoved) as refused:
        return _back(request, pk, str(refused), kind="attention")
    return _back(request, pk, _("Noted: you answered there yourself."))


@require_POST
@staff_page(Permission.REPLY)
def types(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody is typing here; colleagues see it for some seconds."""
    typing.types(conversation_id=pk, actor=staff_of(request), now=timezone.now())
    return HttpResponse(status=204)


@require_safe
@staff_page(Permission.SEE_INBOX)
def who_types(request: HttpRequest, pk: int) -> HttpResponse:
    """The line that says which colleague is typing; empty for nobody."""
    viewer = staff_of(request)
    colleague = typing.who_types(conversation_id=pk, viewer=viewer, now=timezone.now())
    return render(request, "desk/inbox/types.html", {"colleague": colleague})


@require_safe
@staff_page(Permission.SEE_INBOX)
def taken_along(request: HttpRequest, pk: int) -> HttpResponse:
    """A conversation as a file: all that was said, without notes of colleagues."""
    viewer = staff_of(request)
    found = queries.conversation(viewer, pk)
    said = [one for one in queries.thread(viewer, found) if one.direction != Message.Direction.NOTE]
    data = {
        "subject": found.subject, "channel": found.channel, "opened_at": found.opened_at.isoformat(),
        "messages": [
            {"from": "us" if one.direction == Message.Direction.OUT else "resident", "at": one.at.isoformat(),
             "text": one.text, "url": one.url} for one in said
        ],
    }  # fmt: skip
    answer = HttpResponse(json.dumps(data, ensure_ascii=False, indent=1), content_type="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="gesprek-{found.pk}.json"'
    return answer


def _message(found: Conversation, pk: str) -> Message:
    message = found.messages.filter(pk=int(pk)).first() if pk.isdecimal() and len(pk) < queries.LONGEST_NUMBER else None
    if message is None:
        raise ConversationRefused(_("Choose something that the resident said and that is still there."))
    return message


def _back(request: HttpRequest, pk: int, text: str, *, kind: str = "good") -> HttpResponse:
    request.session[SAID] = {"text": text, "kind": kind, "undo": ""}
    query = request.META.get("QUERY_STRING", "")
    return redirect(reverse("desk:conversation", kwargs={"pk": pk}) + (f"?{query}" if query else ""))


urlpatterns = [
    path("inbox/<int:pk>/take-up/", taken_up, name="conversation_take_up"),
    path("inbox/<int:pk>/hide/", hidden, name="conversation_hide"),
    path("inbox/<int:pk>/by-hand/", by_hand, name="conversation_by_hand"),
    path("inbox/<int:pk>/types/", types, name="conversation_types"),
    path("inbox/<int:pk>/who-types/", who_types, name="conversation_who_types"),
    path("inbox/<int:pk>/file/", taken_along, name="conversation_file"),
]
