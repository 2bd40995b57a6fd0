"""Contributions at the desk: the list, one with all that can be done with it, and two side by side."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from typing import Final

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from stamtafel.dossier.actions import decide, merge, moderate
from stamtafel.dossier.actions import topics as topic_actions
from stamtafel.dossier.actions.house_rules import HOUSE_RULES
from stamtafel.dossier.actions.keys import new_form_key
from stamtafel.dossier.actions.life import mark_read
from stamtafel.dossier.actions.refusals import DossierRefused
from stamtafel.dossier.actions.seen import version_of
from stamtafel.dossier.models import Contribution, Kind, Moderation, Outcome, Reaction, State, StepKind, Topic
from stamtafel.dossier.queries import desk
from stamtafel.dossier.queries.life import answers_of, points_of
from stamtafel.inbox.models import Conversation
from stamtafel.people.rules import Permission
from stamtafel.places.models import Area
from stamtafel.web.design.files import photo_response
from stamtafel.web.desk import dossier as words
from stamtafel.web.desk.access import staff_of, staff_page

SEE: Final = Permission.SEE_CONTRIBUTIONS
Do = Callable[[HttpRequest, Contribution, datetime], str]


# ── pages ────────────────────────────────────────────────────────────────────────────────────────
@require_safe
@staff_page(SEE)
def contributions(request: HttpRequest) -> HttpResponse:
    """The list, narrowed by what stands in the address line."""
    viewer, filters = staff_of(request), desk.Filters.of(request.GET)
    found, more = desk.page_of(desk.contributions(viewer, filters), after=request.GET.get("na", ""))
    topics, areas = words.topic_choices(), words.area_choices()
    waiting, query = desk.counts(viewer), filters.as_query()
    boxes = [
        (
            name,
            f"?{urlencode({'box': box})}" if box else reverse("desk:contributions"),
            box == filters.box,
            waiting.get(box),
        )
        for box, name in words.BOXES.items()
    ]
    may_show = filters.box == "to_read" and viewer.can(Permission.MODERATE)
    context = {
        "rows": words.rows_of(found, whole=may_show),
        "boxes": boxes,
        "filters": filters,
        "chips": words.chips(filters, topics, areas),
        "topics": topics,
        "areas": areas,
        "kinds": Kind.choices,
        "states": State.choices,
        "more": f"?{urlencode({**query, 'na': more})}" if more else "",
        "back": f"?{urlencode(query)}" if request.GET.get("na") else "",
        "may_show": may_show,
        "all": request.GET.get("alles") == "1",
        "here": urlencode(query),
        "said": request.session.pop(words.SAID, None),
    }
    return render(request, "desk/contributions/list.html", context)


@require_POST
@staff_page(Permission.MODERATE)
def show_ticked(request: HttpRequest) -> HttpResponse:
    """Everything that was ticked goes on the site."""
    viewer = staff_of(request)
    seen = words.ticked(request.POST.getlist("chosen"))
    chosen = desk.waiting_among(viewer, map(str, seen))
    number, changed = moderate.show_waiting(contributions=chosen, actor=viewer, now=timezone.now(), seen=seen)
    if changed:
        sentence = ngettext(
            "%(n)d text changed while you read it, and was not shown. Read it again.",
            "%(n)d texts changed while you read them, and were not shown. Read them again.",
            changed,
        )
        messages.warning(request, sentence % {"n": changed})
    if number:
        sentence = ngettext(
            "Everybody can read %(n)d contribution now.", "Everybody can read %(n)d contributions now.", number
        )
        words.say(request, sentence % {"n": number})
    elif not changed:
        messages.error(request, _("Nothing was shown. Tick the contributions that everybody may read."))
    return redirect(f"{reverse('desk:contributions')}?{urlencode(desk.Filters.of(request.GET).as_query())}")


@require_safe
@staff_page(SEE)
def contribution(request: HttpRequest, pk: int) -> HttpResponse:
    """One contribution."""
    return _page(request, desk.contribution(staff_of(request), pk))


@require_safe
@staff_page(SEE)
def photo(request: HttpRequest, pk: int) -> FileResponse:
    """Its photo, also while it is hidden."""
    return photo_response(desk.contribution(staff_of(request), pk).photo)


@require_safe
@staff_page(Permission.MODERATE)
def compare(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    """Two contributions side by side: are they one?"""
    viewer = staff_of(request)
    both = [desk.contribution(viewer, number) for number in (pk, other)]
    context = {"both": both, "channels": [words.channel_of(one)[0] for one in both]}
    return render(request, "desk/contributions/compare.html", context)


def _page(request: HttpRequest, found: Contribution, problem: str = "", about: str = "") -> HttpResponse:
    """The page; with a problem the form that it is about (``about``) is open and still filled in."""
    viewer = staff_of(request)
    may = {name: viewer.can(right) for name, right in RIGHTS.items()}
    steps = list(found.steps.select_related("by").order_by("at", "pk"))
    shown = found.published_at is not None and found.state in Contribution.PUBLIC_STATES
    context = {
        "found": found,
        "title": words.title_of(found),
        "pieces": words.marked(found.text),
        "channel": words.channel_of(found)[0],
        "shown": shown,
        "version": version_of(found),
        "waits": not shown and found.state in Contribution.PUBLIC_STATES and found.erased_at is None,
        "points": points_of([(step.kind, step.at) for step in steps], found.created_at),
        "steps": steps,
        "state_kind": words.STATE_KINDS[found.state],
        "on_request": any(step.kind == StepKind.WITHDRAWN and step.by_id for step in steps),
        "moderations": desk.moderations(viewer, found),
        "answers": answers_of(found),
        "reactions": desk.reactions(viewer, found),
        "joined": desk.joined(viewer, found),
        "imported_details": desk.imported_details(viewer, found) if may["inbox"] else {},
        "doubles": desk.doubles(viewer, found) if may["moderate"] and found.state in Contribution.PUBLIC_STATES else [],
        "may": may,
        "form_key": new_form_key(),
        "viewer": viewer,
        "rules": HOUSE_RULES,
        "outcomes": Outcome.choices,
        "outcome_kinds": words.OUTCOME_KINDS,
        "topics": words.topic_choices(),
        "areas": words.area_choices(),
        "conversation": _conversation(found) if may["inbox"] else "",
        "problem": problem,
        "about": about,
        "typed": request.POST,
        "said": request.session.pop(words.SAID, None),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK
    return render(request, "desk/contributions/contribution.html", context, status=status)


RIGHTS: Final = {
    "moderate": Permission.MODERATE,
    "decide": Permission.DECIDE,
    "inbox": Permission.SEE_INBOX,
    "announce": Permission.WRITE_ANNOUNCEMENTS,
    "erase": Permission.ERASE_ON_REQUEST,
}


def _conversation(found: Contribution) -> str:
    """The address of its conversation; "" while there is none."""
    pk = Conversation.objects.filter(contribution_id=found.pk).values_list("pk", flat=True).first()
    return words.address_if_there("desk:conversation", pk=pk) if pk else ""


# ── what the buttons do ──────────────────────────────────────────────────────────────────────────
def deed(permission: Permission) -> Callable[[Do], Callable[..., HttpResponseBase]]:
    """Make a POST-only page of something that is done with one contribution.

    What it returns is said on the page after it; when it is refused the page comes back as it was filled in.
    """

    def decorate(do: Do) -> Callable[..., HttpResponseBase]:
        @require_POST
        @staff_page(permission)
        @wraps(do)
        def page(request: HttpRequest, pk: int) -> HttpResponse:
            found = desk.contribution(staff_of(request), pk)
            try:
                said = do(request, found, timezone.now())
            except DossierRefused as refused:
                return _page(request, desk.contribution(staff_of(request), pk), str(refused), do.__name__)
            if said and words.SAID not in request.session:
                words.say(request, said)
            return redirect("desk:contribution", pk=pk)

        return page

    return decorate


@deed(SEE)
def read(request: HttpRequest, found: Contribution, now: datetime) -> str:
    """Somebody read it."""
    done = mark_read(contribution=found, actor=staff_of(request), now=now)
    return _("Marked as read.") if done else ""


@deed(Permission.MODERATE)
def hide(request: HttpRequest, found: Contribution, now: datetime) -> str:
    """Off the site, with a reason."""
    rule, reason = request.POST.get("rule", ""), request.POST.get("reason", "")
    seen = _seen(request)
    moderate.hide(contribution=found, rule=rule, reason=reason, actor=staff_of(request), now=now, seen=seen)
    undo = f"{_at('contribution_show', found)}?{urlencode({'seen': seen})}"
    words.say(request, _("Hidden. The writer can read the reason and object."), undo)
    return ""


def _seen(request: HttpRequest) -> str:
    """The version of the text that was on the page; an undo gives it in the address. "" is never one."""
    return request.POST.get("seen") or request.GET.get("seen", "")


@deed(Permission.MODERATE)
def show(request: HttpRequest, found: Contribution, now: datetime) -> str:
    """On the site."""
    reason = request.POST.get("reason", "")
    done = moderate.show(contribution=found, reason=reason, actor=staff_of(request), now=now, seen=_seen(request))
    return _("Everybody can read it now.") if done else ""


@deed(Permission.MODERATE)
def move(request: HttpRequest, found: Contribution, now: datetime) -> str:
    """To another subject or neighbourhood; an undo gives the old ones in the address."""
    old = urlencode({"topic": found.topic.slug if found.topic else "", "area": found.area.code if found.area else ""})
    topic, area = _place_asked(request.POST if "topic" in request.POST else request.GET)
    if merge.move(contribution=found, topic=topic, area=area, actor=staff_of(request), now=now):
        words.say(request, _("Moved."), f"{_at('contribution_move', found)}?{old}")
    return ""


def _place_asked(given: QueryDict) -> tuple[Topic | None, Area | None]:
    """The subject and neighbourhood that a form names; "" is none. DossierRefused for what is not there."""
    slug, code = given.get("topic"), given.get("area")
    topic = Topic.objects.filter(slug=slug).first() if slug else None
    area = Area.objects.defer("geometry", "path").filter(code=code).first() if code else None
    unknown = (slug and topic is None) or (code and area is None)
    if unknown or slug is None or code is None:
        raise DossierRefused(_("This subject or neighbourhood no longer exists. Choose another one."))
    return topic, area


@deed(Permission.MODERATE)
def join(request: HttpRequest, found: Contribution, now: datetime) -> str:
    """Join it with another."""
    number = request.POST.get("into", "")
    into = Contribution.objects.filter(
        pk=int(number) if number.isdecimal() and len(number) < desk.LONGEST_ID else 0
    ).first()
    if into is None:
        raise DossierRefused(_("Choose another contribution to join this one with: one that everybody can read."))
    merge.merge(double=found, into=into, actor=staff_of(request), now=now)
    words.say(request, _("Joined. The writer is told where it continues."), _at("contribution_unjoin", found))
    return ""


@deed(Permission.MODERATE)
def unjoin(request: HttpRequest, found: Contribution, now: datetime) -> str:
    """Let it stand by itself again."""
    done = merge.unmerge(double=found, actor=staff_of(request), now=now)
    return _("It stands by itself again.") if done else ""


@deed(Permission.DECIDE)
def answer(request: HttpRequest, found: Contribution, now: datetime) -> str:
    """Answer this one alone."""
    outcome = request.POST.get("outcome", "")
    if outcome not in Outcome.values:
        raise DossierRefused(_("Choose what you do with it."))
    text = request.POST.get("text", "")
    decide.answer_alone(contribution=found, outcome=Outcome(outcome), text=text, actor=staff_of(request), now=now)
    return _("Answered. The resident is told through the channel they used.")


@deed(Permission.DECIDE)
def done(request: HttpRequest, found: Contribution, now: datetime) -> str:
    """Say what was done with it."""
    decide.mark_done(contribution=found, text=request.POST.get("text", ""), actor=staff_of(request), now=now)
    return _("Done. The resident hears what was done with it.")


@deed(Permission.MODERATE)
def highlight(request: HttpRequest, found: Contribution, now: datetime) -> str:
    """Show a piece of it on the dossier."""
    if found.topic is None:
        raise DossierRefused(_("Put it under a subject first. The words are shown on the page of that subject."))
    topic_actions.highlight(
        topic=found.topic, text=request.POST.get("words", ""), answer=request.POST.get("reply", ""),
        channel=found.channel, actor=staff_of(request), now=now,
    )  # fmt: skip
    return _("The words are on the page of the subject, without who said them.")


def _at(name: str, found: Contribution) -> str:
    return reverse(f"desk:{name}", kwargs={"pk": found.pk})


@require_POST
@staff_page(Permission.MODERATE)
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide on an objection."""
    viewer, now = staff_of(request), timezone.now()
    row = get_object_or_404(Moderation.objects.select_related("contribution"), pk=pk, contribution__isnull=False)
    uphold, text = request.POST.get("do") == "uphold", request.POST.get("settlement", "")
    number = row.contribution_id or 0
    try:
        moderate.settle_objection(
            moderation=row, uphold=uphold, settlement=text, actor=viewer, now=now, seen=_seen(request)
        )
    except DossierRefused as refused:
        return _page(request, desk.contribution(viewer, number), str(refused), "settle")
    words.say(request, _("It stays hidden. The resident reads why.") if uphold else _("Everybody can read it now."))
    return redirect("desk:contribution", pk=number)


@require_POST
@staff_page(Permission.MODERATE)
def reaction_hide(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a reaction off the page."""
    row = get_object_or_404(Reaction, pk=pk)
    rule, reason = request.POST.get("rule", ""), request.POST.get("reason", "")
    try:
        moderate.hide_reaction(reaction=row, rule=rule, reason=reason, actor=staff_of(request), now=timezone.now())
    except DossierRefused as refused:
        return _page(request, desk.contribution(staff_of(request), row.contribution_id), str(refused), f"reaction{pk}")
    words.say(
        request,
        _("The reaction is hidden; the reason stands in its place."),
        reverse("desk:reaction_show", kwargs={"pk": pk}),
    )
    return redirect(reverse("desk:contribution", kwargs={"pk": row.contribution_id}) + "#reacties")


@require_POST
@staff_page(Permission.MODERATE)
def reaction_show(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a reaction."""
    row = get_object_or_404(Reaction, pk=pk)
    moderate.show_reaction(reaction=row, actor=staff_of(request), now=timezone.now())
    words.say(request, _("Everybody can read the reaction now."))
    return redirect(reverse("desk:contribution", kwargs={"pk": row.contribution_id}) + "#reacties")


urlpatterns = [
    path("bijdragen/", contributions, name="contributions"),
    path("bijdragen/toon/", show_ticked, name="contributions_show"),
    path("bijdragen/<int:pk>/", contribution, name="contribution"),
    path("bijdragen/<int:pk>/foto/", photo, name="contribution_photo"),
    path("bijdragen/<int:pk>/naast/<int:other>/", compare, name="contribution_compare"),
    path("bijdragen/<int:pk>/gelezen/", read, name="contribution_read"),
    path("bijdragen/<int:pk>/verberg/", hide, name="contribution_hide"),
    path("bijdragen/<int:pk>/toon/", show, name="contribution_show"),
    path("bijdragen/<int:pk>/verplaats/", move, name="contribution_move"),
    path("bijdragen/<int:pk>/voeg-samen/", join, name="contribution_join"),
    path("bijdragen/<int:pk>/haal-uit-elkaar/", unjoin, name="contribution_unjoin"),
    path("bijdragen/<int:pk>/antwoord/", answer, name="contribution_answer"),
    path("bijdragen/<int:pk>/gedaan/", done, name="contribution_done"),
    path("bijdragen/<int:pk>/licht-uit/", highlight, name="contribution_highlight"),
    path("bezwaren/<int:pk>/", settle, name="objection_settle"),
    path("reacties/<int:pk>/verberg/", reaction_hide, name="reaction_hide"),
    path("reacties/<int:pk>/toon/", reaction_show, name="reaction_show"),
]
