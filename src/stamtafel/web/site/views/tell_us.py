"""Zeg het ons: the text field is the page."""

import json
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.core.files.uploadhandler import FileUploadHandler
from django.core.validators import slug_re
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stamtafel.announce.models import Announcement
from stamtafel.dossier.actions.keys import new_form_key, read_form_key
from stamtafel.dossier.actions.proof import challenge, is_proven
from stamtafel.dossier.actions.submit import (
    FormUsed,
    LinkRefused,
    confirm_address,
    resident_of_token,
    submit_contribution,
)
from stamtafel.dossier.models import Kind
from stamtafel.people.flood import Limit, TooMany, allow
from stamtafel.places.queries import drawn_map
from stamtafel.web.design.address import client_address
from stamtafel.web.site.forms.fields import BoundedUpload, photo_to_keep, thumbnail
from stamtafel.web.site.forms.pointed_out import pointed_out
from stamtafel.web.site.forms.tell_us import TellUs, open_topic

TELLING = Limit(burst=30, per_seconds=3600)  # a library or a school is one address too
LONGEST_SLUG = 100
UNREADABLE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent, MultiPartParserError)
CONFIRMING = Limit(burst=30, per_seconds=600)


@require_http_methods(["GET", "HEAD", "POST"])
def tell_us(request: HttpRequest) -> HttpResponse:
    """Show the form, or take it."""
    if request.method == "POST":
        return _take(request)
    asked = request.GET
    about = _announcement(asked.get("over", ""))
    form = TellUs(initial={
        "kind": asked.get("soort") if asked.get("soort") in Kind.values else Kind.IDEA,
        "topic": asked.get("onderwerp") or (about.topics.values_list("slug", flat=True).first() if about else None),
        "area": asked.get("buurt"), "about": about.slug if about else "", "form_key": new_form_key(),
    })  # fmt: skip
    return _page(request, form, about=about)


def _announcement(slug: str) -> Announcement | None:
    """The announcement that somebody reacts to, when it is public."""
    if len(slug) > LONGEST_SLUG or not slug_re.match(slug):
        return None
    return Announcement.objects.filter(slug=slug, state=Announcement.State.PUBLISHED).only("slug", "title").first()


def _take(request: HttpRequest) -> HttpResponse:
    upload = BoundedUpload(request)
    handlers: list[FileUploadHandler] = [upload]
    request.upload_handlers = handlers
    try:
        allow("tell-us", client_address(request), TELLING, now=timezone.now())
        form = TellUs(request.POST, request.FILES, upload=upload)
    except TooMany as refused:
        return _too_often(request, refused)
    except UNREADABLE:
        return _unreadable(request)
    return _checked(request, form) if form.is_valid() else _again(request, form, 422)


def _too_often(request: HttpRequest, refused: TooMany) -> HttpResponse:
    """The words stay; a photo is not opened, for whoever floods us would have us unpack it each time."""
    try:
        words = request.POST.copy()
    except UNREADABLE:
        return _unreadable(request)
    words.pop("photo_kept", None)
    response = _again(request, TellUs(words), 429, problem=str(refused))
    response.headers["Retry-After"] = str(refused.retry_after_seconds)
    return response


def _unreadable(request: HttpRequest) -> HttpResponse:
    """Far too much, or not a form at all: nothing of it could be read."""
    form = TellUs(initial={"kind": Kind.IDEA, "form_key": new_form_key()})
    problem = _(
        "What you sent was too large, so we could not read it. Use the back button of your browser: your text is still "
        "there. Make it shorter, or send without a photo."
    )
    return _page(request, form, status=413, problem=problem)


def _checked(request: HttpRequest, form: TellUs) -> HttpResponse:
    """A right form: our own key, proof where machines attack, and a word about personal data."""
    form_key = read_form_key(form.cleaned_data["form_key"])
    if form_key is None:
        problem = _("This page was open for a long time. Nothing is lost. Please press Send once more.")
        return _again(request, form, 422, fresh=True, problem=problem)
    topic = form.cleaned_data["topic"]
    if topic is not None and topic.attacked and not is_proven(form.cleaned_data["proof"], form_key, now=timezone.now()):
        return _again(request, form, 422, prove=True)
    found = pointed_out(request.POST, form.cleaned_data["text"])
    return _again(request, form, 422, found=found) if found else _store(request, form, form_key)


def _store(request: HttpRequest, form: TellUs, form_key: str) -> HttpResponse:
    said = form.cleaned_data
    about = _announcement(said["about"])
    try:
        submitted = submit_contribution(
            kind=Kind(said["kind"]), text=said["text"], topic=said["topic"], area=said["area"], point=said["point"],
            photo=form.photo_so_far, email=said["email"], language=get_language() or "nl",
            device="" if "nogmaals" in request.POST else device(request),
            form_key=form_key, about=about.title if about else "", now=timezone.now(),
        )  # fmt: skip
    except FormUsed as refused:
        return _again(request, form, 422, fresh=True, problem=str(refused))
    if not submitted.code:
        problem = _(
            "We received these words from this device a short while ago, so we have them. Your follow code is on the "
            "page that you saw then. Do you want to send them as a new contribution all the same? Press Send once more."
        )
        return _again(request, form, 409, fresh=True, problem=problem, once_more=True)
    return redirect(reverse("site:follow", kwargs={"code": submitted.code}) + "?nieuw=1")


def device(request: HttpRequest) -> str:
    """Address and browser: enough to see that something was sent twice. Only ever digested."""
    return f"{client_address(request)}|{request.headers.get('User-Agent', '')[:300]}"


def _again(request: HttpRequest, form: TellUs, status: int, **more: Any) -> HttpResponse:
    """The form as it was filled in, with a key: the same one when it was ours, so that a resent form stays one."""
    form.is_valid()
    if form.photo_so_far is not None:
        more["photo_kept"] = photo_to_keep(form.photo_so_far)
        more["photo_shown"] = thumbnail(form.photo_so_far)
    about = _announcement(form["about"].value() or "")
    return _page(request, form, status=status, about=about, **more)


def _page(request: HttpRequest, form: TellUs, *, status: int = 200, fresh: bool = False, **more: Any) -> HttpResponse:
    """``fresh`` asks for a new key: the old one is not ours, or was used for other words."""
    signed = "" if fresh else str(form["form_key"].value() or "")
    if read_form_key(signed) is None:
        signed = new_form_key()
    topic = _chosen_topic(form)
    attacked = topic is not None and topic.attacked
    context = {
        "form": form, "drawn": drawn_map(), "form_key": signed, "about": None, "problem": "", "found": None,
        "once_more": False,
        "prove": False, "photo_kept": "", "photo_shown": "", **more,
    }  # fmt: skip
    context["challenge"] = json.dumps(challenge(read_form_key(signed) or "", now=timezone.now())) if attacked else ""
    return render(request, "site/contributions/tell_us.html", context, status=status)


def _chosen_topic(form: TellUs) -> Any:
    slug = form["topic"].value()
    return open_topic(str(slug)) if slug and "\x00" not in str(slug) else None


def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """A resident confirms an address: a button first, because mail programs open links by themselves."""
    try:
        allow("confirm", client_address(request), CONFIRMING, now=timezone.now())
        if request.method == "POST":
            confirm_address(token=token, now=timezone.now())
            done = True
        else:
            done = resident_of_token(token).confirmed_at is not None
    except (LinkRefused, TooMany) as refused:
        status = 429 if isinstance(refused, TooMany) else 410
        return _confirm_page(request, {"problem": str(refused), "done": False}, status)
    return _confirm_page(request, {"problem": "", "done": done}, 200)


confirm.csrf_exempt = True  # type: ignore[attr-defined] # the token in the address is the right; no-referrer makes Origin "null"


def _confirm_page(request: HttpRequest, context: dict[str, Any], status: int) -> HttpResponse:
    response = render(request, "site/contributions/confirm.html", context, status=status)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


urlpatterns = [
    path("zeg-het-ons/", tell_us, name="tell_us"),
    path("bevestig/<str:token>/", confirm, name="confirm"),
]
