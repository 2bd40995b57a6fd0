"""The inbox: one list of conversations, and the page on which one is read and answered.

Every form carries the view of the list in its address, so that people come back where they were.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from stamtafel.dossier.actions.keys import new_form_key, read_form_key
from stamtafel.dossier.models import Kind
from stamtafel.dossier.queries.life import life_of
from stamtafel.dossier.queries.topics import topics
from stamtafel.inbox import queries, rules
from stamtafel.inbox.actions import handle, undo
from stamtafel.inbox.actions.reply import can_reply, reply
from stamtafel.inbox.deadline import holiday
from stamtafel.inbox.models import Conversation
from stamtafel.people.models import StaffMember
from stamtafel.people.rules import Permission
from stamtafel.places.queries import neighbourhoods
from stamtafel.web.desk import inbox as words
from stamtafel.web.desk import network
from stamtafel.web.desk.access import staff_of, staff_page

UNDO: Final = "inbox_undo"  # in the session: what can be taken back
FORGET: Final = "inbox_forget"  # in the session: the half-written reply that the browser may forget now
SAID: Final = "inbox_said"  # in the session: what was just done, shown once
TABS: Final = ("open", "mine", "free", "late", "answered", "later", "closed")
Act = Callable[[Conversation], object]


# ── pages ────────────────────────────────────────────────────────────────────────────────────────
@require_safe
@staff_page(Permission.SEE_INBOX)
def inbox(request: HttpRequest) -> HttpResponse:
    """The list, narrowed by what stands in the address line."""
    viewer, now, filters = staff_of(request), timezone.now(), queries.Filters.of(request.GET)
    topic_names, area_names = dict(topics().values_list("slug", "name")), _area_names()
    names = {
        "kind": str(Kind(filters.kind).label) if filters.kind in Kind.values else filters.kind,
        "channel": str(words.CHANNELS[filters.channel][0]) if filters.channel in words.CHANNELS else filters.channel,
        "topic": topic_names.get(filters.topic, filters.topic),
        "area": area_names.get(filters.area, filters.area),
        "text": f"“{filters.text}”",
    }
    context = {
        **_list(request, viewer, filters, now),
        "kinds": Kind.choices,
        "channels": {name: word for name, (word, _icon) in words.CHANNELS.items()},
        "topics": topic_names,
        "areas": area_names,
        "chips": words.chosen(filters, names),
        "saved": queries.saved_filters(viewer),
        "said": request.session.pop(SAID, None),
        "may_reply": viewer.can(Permission.REPLY),
        "colleagues": queries.answerers(viewer),
        "moments": words.moments(now),
    }
    return render(request, "desk/inbox/inbox.html", context)


@require_safe
@staff_page(Permission.SEE_INBOX)
def conversation(request: HttpRequest, pk: int) -> HttpResponse:
    """One thread, with what waits beside it; ``sjabloon`` in the address begins with a canned reply."""
    viewer, now = staff_of(request), timezone.now()
    found = queries.conversation(viewer, pk)
    canned = request.GET.get("sjabloon", "")
    draft = queries.filled(viewer, slug=canned, conversation=found, now=now) if canned else ""
    return _page(request, found, draft=draft)


def _page(
    request: HttpRequest, found: Conversation, *, draft: str = "", problem: str = "", note_problem: str = "",
    note: str = "",
) -> HttpResponse:  # fmt: skip
    viewer, now, filters = staff_of(request), timezone.now(), queries.Filters.of(request.GET)
    said = queries.thread(viewer, found)
    mine = words.is_mine(found, viewer, now)
    may_reply = viewer.can(Permission.REPLY)
    context: dict[str, Any] = {
        **_list(request, viewer, filters, now),
        **network.shown(found, said, viewer=viewer, now=now),
        "posted": request.POST,
        "found": found,
        "thread": [(one, words.went(one) if one.direction == "out" else "", network.line_of(one)) for one in said],
        "last_seen": max((one.pk for one in said if one.direction != "note"), default=0),
        "life": life_of(found.contribution) if found.contribution else None,
        "clock": words.clock(found, now),
        "claimed": "" if mine else words.claimed(found, now),
        "answering": may_reply and can_reply(found, now=now) and (mine or bool(draft or problem)),
        "may_reply": may_reply,
        "can_reply": can_reply(found, now=now),
        "reached": network.where(found, now=now) or words.reached(found.resident),
        "who": words.who(found.resident),
        "kind": words.kind_of(found),
        "channel": words.channel_of(found)[0],
        "contribution_address": words.contribution_address(found),
        "earlier": queries.earlier(viewer, found),
        "canned": queries.canned_replies(viewer) if may_reply else (),
        "colleagues": queries.answerers(viewer),
        "moments": words.moments(now),
        "days": words.days(now),
        "form_key": new_form_key(),
        "draft": draft,
        "problem": problem,
        "note": note,
        "note_problem": note_problem,
        "said": request.session.pop(SAID, None),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problem or note_problem else HTTPStatus.OK
    return render(request, "desk/inbox/conversation.html", context, status=status)


def _list(request: HttpRequest, viewer: StaffMember, filters: queries.Filters, now: datetime) -> dict[str, Any]:
    """One page of the list with its boxes: what both pages show. Two queries."""
    after = request.GET.get("na", "")
    found, more = queries.page_of(queries.conversations(viewer, filters, now=now), box=filters.box, after=after)
    query = filters.as_query()
    here = {**query, **({"na": after} if after else {})}
    counts = queries.counts(viewer, now=now)
    boxes = [(words.BOXES[box], _box_address(box), box == filters.box, counts.get(box)) for box in TABS]
    return {
        "rows": words.rows_of(found, here, viewer, now),
        "boxes": boxes,
        "box": filters.box,
        "filters": filters,
        "query": query,
        "here": urlencode(here),
        "more": f"?{urlencode({**query, 'na': more})}" if more else "",
        "back": f"?{urlencode(query)}" if after else "",
        "list_address": reverse("desk:inbox") + (f"?{urlencode(here)}" if here else ""),
        "viewer": viewer,
        "forget": request.session.pop(FORGET, ""),
    }


def _box_address(box: str) -> str:
    return reverse("desk:inbox") + ("" if box == "open" else f"?box={box}")


def _area_names() -> dict[str, str]:
    return dict(neighbourhoods().values_list("code", "name"))


# ── what the buttons do ──────────────────────────────────────────────────────────────────────────
@require_POST
@staff_page(Permission.REPLY)
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin to answer; a colleague who was first is named."""
    viewer, now = staff_of(request), timezone.now()
    found = queries.conversation(viewer, pk)
    if not handle.claim(conversation=found, actor=viewer, now=now):
        colleague = words.claimed(queries.conversation(viewer, pk), now)
        _say(request, colleague or _("A colleague is on this."), kind="attention")
        return redirect(_address(request, pk))
    return redirect(_address(request, pk) + "#tekst")


@require_POST
@staff_page(Permission.REPLY)
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """No answer after all."""
    viewer = staff_of(request)
    handle.release(conversation=queries.conversation(viewer, pk), actor=viewer)
    request.session[FORGET] = f"{viewer.pk}-{pk}"
    return redirect(_address(request, pk))


@require_POST
@staff_page(Permission.REPLY)
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Send, send and close, or put a canned reply under what was typed."""
    viewer, now = staff_of(request), timezone.now()
    found = queries.conversation(viewer, pk)
    text, do = request.POST.get("text", ""), request.POST.get("do", "send")
    if do == "fill":
        canned = queries.filled(viewer, slug=request.POST.get("canned", ""), conversation=found, now=now)
        return _page(request, found, draft="\n\n".join(part for part in (text.strip(), canned) if part))
    seen = request.POST.get("seen", "")
    try:
        reply(
            conversation=found, text=text, actor=viewer, now=now, key=read_form_key(request.POST.get("form_key", "")),
            seen=int(seen) if seen.isdecimal() else None, in_private=request.POST.get("in_private") == "yes",
            to=network.chosen(request.POST.get("to", "")),
        )  # fmt: skip
    except handle.ConversationRefused as refused:
        return _page(request, queries.conversation(viewer, pk), draft=text, problem=str(refused))
    request.session[FORGET] = f"{viewer.pk}-{pk}"
    if do == "send_close":
        return _done(
            request, found, partial(handle.close, conversation=found, actor=viewer, now=now), words.sent_and_closed
        )
    _say(request, _("Your answer is on its way."))
    return redirect(_address(request, pk))


@require_POST
@staff_page(Permission.SEE_INBOX)
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """A word among colleagues."""
    viewer = staff_of(request)
    found = queries.conversation(viewer, pk)
    text, key = request.POST.get("text", ""), read_form_key(request.POST.get("form_key", ""))
    try:
        handle.note(conversation=found, text=text, actor=viewer, now=timezone.now(), key=key and f"note:{key}")
    except handle.ConversationRefused as refused:
        return _page(request, found, note=text, note_problem=str(refused))
    _say(request, _("Your note is there. Only colleagues read it."))
    return redirect(_address(request, pk))


@require_POST
@staff_page(Permission.REPLY)
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Take, hand over, put away, close or open one conversation."""
    viewer = staff_of(request)
    found = queries.conversation(viewer, pk)
    act, done = _chosen_move(request, viewer, timezone.now())
    return _done(request, found, partial(act, found), done)


@require_POST
@staff_page(Permission.REPLY)
def bulk(request: HttpRequest) -> HttpResponse:
    """The same with everything that was ticked."""
    viewer, now = staff_of(request), timezone.now()
    pks = [int(pk) for pk in request.POST.getlist("chosen") if pk.isdecimal() and len(pk) < 19]  # noqa: PLR2004
    every = queries.conversations(viewer, queries.Filters(box="all"), now=now)
    chosen = list(every.filter(pk__in=pks[: handle.MOST_AT_ONCE]))
    if not chosen:
        _say(request, _("Tick one or more conversations first."), kind="attention")
        return redirect(_list_address(request))
    act, done = _chosen_move(request, viewer, now)
    _remember(request, [one.pk for one in chosen], partial(handle.in_bulk, conversations=chosen, action=act), done)
    return redirect(_list_address(request))


def _chosen_move(request: HttpRequest, viewer: StaffMember, now: datetime) -> tuple[Act, Callable[[int], str]]:
    """What the button asks: the action for one conversation, and the sentence for how many."""
    do = request.POST.get("do", "")
    if do == "assign":
        to = _colleague(viewer, request.POST.get("to", ""))
        return lambda one: handle.assign(conversation=one, to=to, actor=viewer), partial(words.assigned, to)
    if do == "later":
        until = _until(request, now)
        return (
            lambda one: handle.snooze(conversation=one, until=until, actor=viewer, now=now),
            partial(words.put_away, until),
        )
    moves: dict[str, tuple[Act, Callable[[int], str]]] = {
        "mine": (lambda one: handle.assign(conversation=one, to=viewer, actor=viewer), partial(words.assigned, viewer)),
        "close": (lambda one: handle.close(conversation=one, actor=viewer, now=now), words.closed),
        "reopen": (lambda one: handle.reopen(conversation=one, actor=viewer), words.opened),
    }
    if do not in moves:
        raise Http404
    return moves[do]


def _colleague(viewer: StaffMember, pk: str) -> StaffMember | None:
    """Whom to hand it to; nobody when the field is empty."""
    if not pk:
        return None
    found = next((one for one in queries.answerers(viewer) if str(one.pk) == pk), None)
    if found is None:
        raise handle.ConversationRefused(_("This colleague can't answer residents (any more). Choose somebody else."))
    return found


def _until(request: HttpRequest, now: datetime) -> datetime:
    """The moment that was chosen: a date of one's own goes before the list. Raises ConversationRefused."""
    typed = request.POST.get("date", "").strip()
    if not typed:
        moments = rules.snooze_moments(timezone.localtime(now), holiday)
        return moments.get(request.POST.get("until", ""), moments["tomorrow"])
    own = rules.typed_day(typed)
    if own is None:
        raise handle.ConversationRefused(_("We do not know this day. Write it like this: 31-12-2026."))
    return timezone.make_aware(datetime.combine(own, rules.OPENING_TIME))


def _done(
    request: HttpRequest, found: Conversation, act: Callable[[], object], said: Callable[[int], str]
) -> HttpResponse:
    """Do it with one conversation, and stay there or, where it left this list, go on with the next."""
    viewer, filters = staff_of(request), queries.Filters.of(request.GET)
    mark = queries.mark_of(found, filters.box)
    _remember(request, [found.pk], act, said)
    still = queries.conversations(viewer, filters, now=timezone.now())
    if not mark or still.filter(pk=found.pk).exists():
        return redirect(_address(request, found.pk))
    coming = queries.following(still, filters.box, mark)
    return redirect(_address(request, coming.pk) if coming else _list_address(request))


def _remember(request: HttpRequest, pks: list[int], act: Callable[[], object], said: Callable[[int], str]) -> None:
    """Do it, keep how to take it back, and say so on the next page."""
    before, after = undo.remembering(pks=pks, act=act)
    ticket = get_random_string(12) if before != after else ""
    if ticket:
        request.session[UNDO] = {"ticket": ticket, "before": before, "after": after}
    _say(request, said(len(pks)), ticket=ticket)


@require_POST
@staff_page(Permission.REPLY)
def take_back(request: HttpRequest) -> HttpResponse:
    """Undo the last thing that was done here."""
    kept = request.session.get(UNDO)
    if kept is None or kept["ticket"] != request.POST.get("ticket"):
        _say(request, _("This was taken back before, or too long ago."), kind="attention")
        return redirect(_list_address(request))
    del request.session[UNDO]
    back = undo.restore(before=kept["before"], after=kept["after"], actor=staff_of(request))
    busy = len(kept["after"]) - back
    text = _("Taken back.")
    if busy:
        more = ngettext(
            "With %(n)d conversation somebody went on since; it stays as it is.",
            "With %(n)d conversations somebody went on since; they stay as they are.",
            busy,
        )
        text = f"{text} {more % {'n': busy}}" if back else more % {"n": busy}
    _say(request, text, kind="attention" if busy else "good")
    only = list(kept["after"])
    return redirect(_address(request, int(only[0])) if len(only) == 1 else _list_address(request))


# ── views that somebody keeps ────────────────────────────────────────────────────────────────────
@require_POST
@staff_page(Permission.SEE_INBOX)
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep this view of the list under a name."""
    query = urlencode(queries.Filters.of(request.GET).as_query())
    kept = handle.save_filter(name=request.POST.get("name", ""), query=query, actor=staff_of(request))
    _say(request, _("“%(name)s” is kept above the list.") % {"name": kept.name})
    return redirect(_list_address(request))


@require_POST
@staff_page(Permission.SEE_INBOX)
def drop_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a view away."""
    handle.drop_filter(pk=pk, actor=staff_of(request))
    return redirect(_list_address(request))


# ── addresses ────────────────────────────────────────────────────────────────────────────────────
def _say(request: HttpRequest, text: str, *, kind: str = "good", ticket: str = "") -> None:
    """Keep a sentence for the next page, with the ticket that takes it back."""
    request.session[SAID] = {"text": text, "kind": kind, "undo": ticket}


def _here(request: HttpRequest) -> str:
    kept: Iterable[str] = ("na",) if request.GET.get("na") else ()
    query = {**queries.Filters.of(request.GET).as_query(), **{name: request.GET[name] for name in kept}}
    return f"?{urlencode(query)}" if query else ""


def _address(request: HttpRequest, pk: int) -> str:
    return reverse("desk:conversation", kwargs={"pk": pk}) + _here(request)


def _list_address(request: HttpRequest) -> str:
    return reverse("desk:inbox") + _here(request)


urlpatterns = [
    path("inbox/", inbox, name="inbox"),
    path("inbox/bulk/", bulk, name="inbox_bulk"),
    path("inbox/undo/", take_back, name="inbox_undo"),
    path("inbox/views/", save_view, name="inbox_save_view"),
    path("inbox/views/<int:pk>/", drop_view, name="inbox_drop_view"),
    path("inbox/<int:pk>/", conversation, name="conversation"),
    path("inbox/<int:pk>/claim/", claim, name="conversation_claim"),
    path("inbox/<int:pk>/release/", release, name="conversation_release"),
    path("inbox/<int:pk>/answer/", answer, name="conversation_answer"),
    path("inbox/<int:pk>/note/", note, name="conversation_note"),
    path("inbox/<int:pk>/move/", move, name="conversation_move"),
]
