"""Announcements at the desk: the list, and the page where one is written, approved, planned and withdrawn."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stamtafel.announce import actions
from stamtafel.announce.actions.problems import NotDone, Outdated, TextRefused
from stamtafel.announce.actions.telling import DoesNotFit, tellings
from stamtafel.announce.models import Announcement, Picture, Version
from stamtafel.announce.queries import desk
from stamtafel.announce.queries.looks import looks, told
from stamtafel.announce.rules.comparison import compare
from stamtafel.announce.rules.content import Content
from stamtafel.announce.rules.readability import read
from stamtafel.announce.rules.telling import Telling
from stamtafel.channels.amending import done_by_hand
from stamtafel.channels.standing_still import stands_still
from stamtafel.people.models import StaffMember
from stamtafel.people.rules import Permission
from stamtafel.places.queries import municipality
from stamtafel.web.desk.access import staff_of, staff_page
from stamtafel.web.desk.forms.channels import CROPS, tellings_of
from stamtafel.web.desk.forms.compose import ComposeForm, PictureForm

State = Announcement.State
WRITE: Final = Permission.WRITE_ANNOUNCEMENTS
STATES: Final = (State.DRAFT, State.WAITING, State.SCHEDULED, State.PUBLISHED, State.WITHDRAWN)
KINDS: Final = {
    State.DRAFT: "neutral", State.WAITING: "attention", State.SCHEDULED: "attention", State.PUBLISHED: "good",
    State.WITHDRAWN: "wrong",
}  # fmt: skip
FIELDS: Final = ("title", "lead", "body", "meaning")


@staff_page(WRITE)
def announcements(request: HttpRequest) -> HttpResponse:
    """The list by state; a title begins a new one."""
    staff = staff_of(request)
    if request.method == "POST":
        try:
            made = actions.create_draft(title=request.POST.get("title", ""), actor=staff, now=timezone.now())
        except TextRefused as refused:
            return _list(request, staff, str(refused))
        return redirect("desk:compose", pk=made.pk)
    return _list(request, staff, "")


@staff_page(WRITE)
def compose(request: HttpRequest, pk: int) -> HttpResponse:
    """Text left, what it will look like right. Each button says in ``do`` what it does."""
    staff = staff_of(request)
    found = desk.to_write(viewer=staff, pk=pk)
    if request.method != "POST":
        return _page(request, found, ComposeForm.of(found))
    if request.POST.get("do") == "look":  # the preview without script: nothing is saved
        return _page(request, found, ComposeForm(request.POST))
    step = STEPS.get(request.POST.get("do", "save"))
    if step is None:
        return HttpResponseBadRequest()
    return _take(request, found, step)


@staff_page(WRITE)
@require_POST
def autosave(request: HttpRequest, pk: int) -> JsonResponse:
    """Keep what is being typed; 409 with a sentence when somebody else saved, 422 when it can't be kept like this."""
    found = desk.to_write(viewer=staff_of(request), pk=pk)
    form = ComposeForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"sentence": _first_error(form)}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        saved = actions.autosave(
            announcement=found, content=form.content(), version=form.cleaned_data["version"], actor=staff_of(request),
            tellings=tellings_of(request.POST),
        )  # fmt: skip
    except Outdated as outdated:
        return JsonResponse({"sentence": str(outdated)}, status=HTTPStatus.CONFLICT)
    except NotDone as refused:
        return JsonResponse({"sentence": str(refused)}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return JsonResponse({"version": saved.version})


@staff_page(WRITE)
@require_POST
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """How it will look and read, for the text as it is in the form."""
    found = desk.to_write(viewer=staff_of(request), pk=pk)
    content = Content.from_data({name: request.POST.get(name, "") for name in FIELDS})
    shown = _looks(request, found, content)
    return render(request, "desk/announce/preview.html", {**shown, "beside": True})


@staff_page(WRITE)
@require_safe
def versions(request: HttpRequest, pk: int) -> HttpResponse:
    """The versions, and what one changed against the one before it (or against ``met``)."""
    staff = staff_of(request)
    found = desk.to_write(viewer=staff, pk=pk)
    listed = list(desk.versions(viewer=staff, announcement=found))
    shown = _numbered(listed, request.GET.get("versie", "")) or (listed[0] if listed else None)
    other = _numbered(listed, request.GET.get("met", "")) or _before(listed, shown)
    context = {
        "announcement": found,
        "versions": listed,
        "shown": shown,
        "other": other,
        "changes": _changes(other, shown),
    }
    return render(
        request, "desk/announce/versions.html", {**context, "may_restore": not actions.why_not_change(found, staff)}
    )


@staff_page(WRITE)
@require_POST
def restore(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Put a version back."""
    staff = staff_of(request)
    found = desk.to_write(viewer=staff, pk=pk)
    actions.restore_version(announcement=found, number=number, version=found.version, actor=staff, now=timezone.now())
    messages.success(request, _("Version %(n)d is back. What was there before is kept as a version.") % {"n": number})
    return redirect("desk:compose", pk=pk)


@staff_page(WRITE)
@require_POST
def add_picture(request: HttpRequest, pk: int) -> HttpResponse:
    """Upload a picture with its words."""
    staff = staff_of(request)
    found = desk.to_write(viewer=staff, pk=pk)
    form = PictureForm(request.POST, request.FILES)
    if form.is_valid():
        data = form.cleaned_data
        try:
            words = {"alt": data["alt"], "caption": data["caption"]}
            actions.add_picture(announcement=found, data=data["file"].read(), **words, actor=staff, now=timezone.now())
        except TextRefused as refused:
            form.add_error(refused.field, str(refused))
    if form.errors:
        return _page(request, found, ComposeForm.of(found), picture_form=form, status=422)
    messages.success(request, _("The picture is there."))
    return redirect("desk:compose", pk=pk)


@staff_page(WRITE)
@require_POST
def picture(request: HttpRequest, pk: int, picture: int) -> HttpResponse:
    """Change the words of a picture, its place, or take it away."""
    staff, now = staff_of(request), timezone.now()
    row = get_object_or_404(Picture, pk=picture, announcement_id=pk)
    do = request.POST.get("do")
    if do in {"up", "down"}:
        actions.move_picture(picture=row, up=do == "up", actor=staff, now=now)
    elif do == "remove":
        actions.remove_picture(picture=row, actor=staff, now=now)
    else:
        alt, caption = request.POST.get("alt", ""), request.POST.get("caption", "")
        actions.describe_picture(picture=row, alt=alt, caption=caption, actor=staff, now=now)
    return redirect("desk:compose", pk=pk)


@staff_page(WRITE)
@require_POST
def by_hand(request: HttpRequest, pk: int, amendment: int) -> HttpResponse:
    """Somebody did on the network itself what no program may do there."""
    done_by_hand(actor=staff_of(request), amendment_id=amendment, now=timezone.now())
    messages.success(request, _("Thank you. It is crossed off."))
    return redirect("desk:compose", pk=pk)


# ── what the buttons do ──────────────────────────────────────────────────────────────────────────
Step = Callable[[HttpRequest, Announcement, ComposeForm, datetime], str]


def _save(request: HttpRequest, found: Announcement, form: ComposeForm, now: datetime) -> str:
    _written(request, found, form, now)
    return _("Saved.")


def _submit(request: HttpRequest, found: Announcement, form: ComposeForm, now: datetime) -> str:
    current = _written(request, found, form, now)
    actions.submit_for_approval(announcement=current, version=current.version, actor=staff_of(request))
    return _("A colleague is asked to approve this.")


def _publish(request: HttpRequest, found: Announcement, form: ComposeForm, now: datetime) -> str:
    current = _written(request, found, form, now)
    actions.publish(announcement=current, version=current.version, actor=staff_of(request), now=now)
    return _("Published. Subscribers get their mail now.")


def _schedule(request: HttpRequest, found: Announcement, form: ComposeForm, now: datetime) -> str:
    moment = form.cleaned_data["publish_at"]
    if moment is None:
        raise TextRefused("publish_at", _("Choose a day and a time."))
    current = _written(request, found, form, now)
    kept = actions.schedule(
        announcement=current, publish_at=moment, version=current.version, actor=staff_of(request), now=now
    )
    if kept.state == State.SCHEDULED:
        return _("Scheduled.")
    return _("The moment is kept. It is published then, once a colleague approved it.")


def _approve(request: HttpRequest, found: Announcement, form: ComposeForm, now: datetime) -> str:
    version = form.cleaned_data["version"]
    done = actions.approve(announcement=found, version=version, actor=staff_of(request), now=now)
    return _("Approved and published.") if done.state == State.PUBLISHED else _("Approved and scheduled.")


def _send_back(request: HttpRequest, found: Announcement, form: ComposeForm, _now: datetime) -> str:
    actions.send_back(announcement=found, version=form.cleaned_data["version"], actor=staff_of(request))
    return _("This is a draft again.")


def _withdraw(request: HttpRequest, found: Announcement, form: ComposeForm, now: datetime) -> str:
    reason = request.POST.get("withdrawn_reason", "")
    version = form.cleaned_data["version"]
    actions.withdraw(announcement=found, reason=reason, version=version, actor=staff_of(request), now=now)
    return _("Withdrawn. The page stays, with your reason.")


STEPS: Final[dict[str, Step]] = {
    "save": _save, "submit": _submit, "publish": _publish, "schedule": _schedule, "approve": _approve,
    "send_back": _send_back, "withdraw": _withdraw,
}  # fmt: skip


def _written(request: HttpRequest, found: Announcement, form: ComposeForm, now: datetime) -> Announcement:
    """The text of the form, kept by hand."""
    version = form.cleaned_data["version"]
    return actions.save_version(
        announcement=found, content=form.content(), version=version, actor=staff_of(request), now=now,
        tellings=tellings_of(request.POST),
    )  # fmt: skip


def _take(request: HttpRequest, found: Announcement, step: Step) -> HttpResponse:
    """Do one step; whatever is refused, the form comes back as it was filled in."""
    form = ComposeForm(request.POST) if "title" in request.POST else ComposeForm.of(found, bound=request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    try:
        done = step(request, found, form, timezone.now())
    except Outdated as outdated:
        fresh = desk.to_write(viewer=staff_of(request), pk=found.pk)
        return _page(request, fresh, form, seen=fresh.version, outdated=outdated, status=409)
    except TextRefused as refused:
        fresh = desk.to_write(viewer=staff_of(request), pk=found.pk)
        for sentence in refused.sentences if isinstance(refused, DoesNotFit) else [str(refused)]:
            form.add_error(refused.field if refused.field in form.fields else None, sentence)
        return _page(request, fresh, form, seen=fresh.version, status=422)
    messages.success(request, done)
    return redirect("desk:compose", pk=found.pk)


# ── pages ────────────────────────────────────────────────────────────────────────────────────────
def _list(request: HttpRequest, staff: StaffMember, error: str) -> HttpResponse:
    state = request.GET.get("staat", "")
    shelf = desk.shelf(viewer=staff, state=state if state in State.values else None)
    tabs = [(_("Everything"), "?", not state, sum(shelf.counts.values()))]
    tabs += [
        (str(each.label), f"?staat={each.value}", state == each, shelf.counts.get(each.value, 0)) for each in STATES
    ]
    context = {"announcements": shelf.items, "tabs": tabs, "kinds": KINDS, "error": error, "state": state}
    return render(request, "desk/announce/list.html", context, status=422 if error else 200)


def _page(
    request: HttpRequest, found: Announcement, form: ComposeForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    """The page; ``seen`` is the version that the next save builds on, where that is not the form's own."""
    staff = staff_of(request)
    content = Content.from_data({name: form[name].value() or "" for name in FIELDS})
    why_not = actions.why_not_change(found, staff)
    context: dict[str, Any] = {
        "announcement": found, "form": form, "pictures": list(found.pictures.all()), "outdated": None,
        "seen": form["version"].value(), "picture_form": PictureForm(), "kind": KINDS[State(found.state)],
        "why_not": why_not, "writable": not why_not, "four_eyes": municipality().four_eyes,
        "why_no_approval": actions.why_not_approve(found, staff) if found.state == State.WAITING else "",
        "typed": content if form.is_bound and why_not and "title" in request.POST else None,
    }  # fmt: skip
    context |= {
        "told": told(viewer=staff, announcement=found) if found.published_at else [],
        "crops": CROPS,
        "beside": False,
        "stands_still": stands_still(),
    }
    context |= _looks(request, found, content) | more
    return render(request, "desk/announce/compose.html", context, status=status)


def _looks(request: HttpRequest, found: Announcement, content: Content) -> dict[str, Any]:
    """What the preview shows: the card, the page, the mail, every network, and how it reads."""
    pictures = list(found.pictures.all())
    first = next(iter(pictures), None)
    text = "\n\n".join(part for part in (content.lead, content.body, content.meaning) if part)
    now = timezone.now()
    chosen = _chosen(request, found)
    shown = looks(
        viewer=staff_of(request), announcement=found, content=content, chosen=chosen, pictures=pictures, now=now
    )
    return {
        "networks": [each for each in shown if each.telling.wanted or not found.published_at],
        "content": content,
        "picture": first,
        "picture_address": default_storage.url,
        "reading": read(text),
        "shown_at": found.published_at or found.publish_at or now,
    }  # fmt: skip


def _chosen(request: HttpRequest, found: Announcement) -> dict[int, Telling]:
    """What was chosen per account: as it is in the form, else as it was kept."""
    kept = tellings(found)
    if request.method == "POST" and "kanaal" in request.POST:
        return {**kept, **{each.account: each for each in tellings_of(request.POST)}}
    return kept


def _first_error(form: ComposeForm) -> str:
    return str(next(iter(form.errors.values()))[0])


def _numbered(listed: list[Version], number: str) -> Version | None:
    return next((each for each in listed if str(each.number) == number), None)


def _before(listed: list[Version], shown: Version | None) -> Version | None:
    return next((each for each in listed if shown is not None and each.number < shown.number), None)


def _changes(old: Version | None, new: Version | None) -> list[tuple[str, list[Any]]]:
    """Per field the pieces that stayed, went and came; only fields that changed."""
    if new is None:
        return []
    before, after = Content.from_data(old.content if old else {}), Content.from_data(new.content)
    names = {
        "title": _("Title"),
        "lead": _("In short"),
        "body": _("Text"),
        "meaning": _("What does this mean for you?"),
    }
    return [
        (label, compare(getattr(before, name), getattr(after, name)))
        for name, label in names.items()
        if getattr(before, name) != getattr(after, name)
    ]


urlpatterns = [
    path("berichten/", announcements, name="announcements"),
    path("berichten/<int:pk>/", compose, name="compose"),
    path("berichten/<int:pk>/bewaar/", autosave, name="compose_autosave"),
    path("berichten/<int:pk>/voorbeeld/", preview, name="compose_preview"),
    path("berichten/<int:pk>/met-de-hand/<int:amendment>/", by_hand, name="compose_by_hand"),
    path("berichten/<int:pk>/versies/", versions, name="compose_versions"),
    path("berichten/<int:pk>/versies/<int:number>/terug/", restore, name="compose_restore"),
    path("berichten/<int:pk>/foto/", add_picture, name="compose_add_picture"),
    path("berichten/<int:pk>/foto/<int:picture>/", picture, name="compose_picture"),
]
