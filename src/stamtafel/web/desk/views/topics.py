"""Subjects at the desk: the list, and one with its documents and the words shown on its page."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stamtafel.dossier.actions import topics as actions
from stamtafel.dossier.actions.keys import new_form_key
from stamtafel.dossier.actions.refusals import DossierRefused
from stamtafel.dossier.models import Document, Highlight, Topic
from stamtafel.dossier.queries import desk
from stamtafel.dossier.queries.topics import documents
from stamtafel.people.rules import Permission
from stamtafel.web.desk import dossier as words
from stamtafel.web.desk.access import staff_of, staff_page
from stamtafel.web.desk.forms.dossier import DocumentForm, TopicForm, fields_of

EDIT = Permission.EDIT_TOPICS


@require_safe
@staff_page(EDIT)
def topics(request: HttpRequest) -> HttpResponse:
    """All subjects, finished ones apart."""
    archived = request.GET.get("lijst") == "klaar"
    here = reverse("desk:topics")
    context = {
        "topics": list(desk.topics(staff_of(request), archived=archived)),
        "tabs": [(_("Now"), here, not archived, None), (_("Finished"), f"{here}?lijst=klaar", archived, None)],
        "archived": archived,
        "now": timezone.now(),
        "said": request.session.pop(words.SAID, None),
    }
    return render(request, "desk/topics/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(EDIT)
def topic_new(request: HttpRequest) -> HttpResponse:
    """A new subject."""
    form = TopicForm(request.POST) if request.method == "POST" else TopicForm.of(None)
    made = _saved(request, None, form)
    if made is not None:
        words.say(request, _("The subject has its page now."))
        return redirect("desk:topic", slug=made.slug)
    return render(request, "desk/topics/new.html", {"form": form}, status=_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(EDIT)
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    """One subject: all fields, its documents, and words from conversations."""
    found = get_object_or_404(Topic, slug=slug)
    form = TopicForm(request.POST) if request.method == "POST" else TopicForm.of(found)
    if _saved(request, found, form) is not None:
        words.say(request, _("Saved."))
        return redirect("desk:topic", slug=slug)
    return _page(request, get_object_or_404(Topic, slug=slug), form, DocumentForm())


def _saved(request: HttpRequest, found: Topic | None, form: TopicForm) -> Topic | None:
    """The subject as it was kept; None when there was nothing to keep, or something is wrong with it."""
    if not form.is_bound or not form.is_valid():
        return None
    try:
        return actions.save_topic(topic=found, fields=fields_of(form), actor=staff_of(request), now=timezone.now())
    except DossierRefused as refused:
        form.add_error("name", str(refused))
        return None


def _page(request: HttpRequest, found: Topic, form: TopicForm, document_form: DocumentForm) -> HttpResponse:
    context: dict[str, Any] = {
        "topic": found,
        "form": form,
        "document_form": document_form,
        "documents": documents(found),
        "highlights": list(found.highlights.order_by("-at", "-pk")[:100]),
        "may_announce": words.may_announce(staff_of(request)),
        "form_key": new_form_key(),
        "may_moderate": staff_of(request).can(Permission.MODERATE),
        "said": request.session.pop(words.SAID, None),
    }
    status = _status(form) if form.is_bound else _status(document_form)
    return render(request, "desk/topics/topic.html", context, status=status)


def _status(form: TopicForm | DocumentForm) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound and form.errors else HTTPStatus.OK


@require_POST
@staff_page(EDIT)
def add_document(request: HttpRequest, slug: str) -> HttpResponse:
    """Put a file or link in the dossier."""
    found = get_object_or_404(Topic, slug=slug)
    form = DocumentForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            actions.add_document(topic=found, **form.cleaned_data, actor=staff_of(request), now=timezone.now())
        except DossierRefused as refused:
            form.add_error("upload", str(refused))
    if form.errors:
        return _page(request, found, TopicForm.of(found), form)
    words.say(request, _("The document is in the dossier."))
    return redirect(reverse("desk:topic", kwargs={"slug": slug}) + "#stukken")


@require_POST
@staff_page(EDIT)
def remove_document(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take a document out."""
    row = get_object_or_404(Document, pk=pk, topic__slug=slug)
    actions.remove_document(document=row, actor=staff_of(request), now=timezone.now())
    words.say(request, _("The document is out of the dossier."))
    return redirect(reverse("desk:topic", kwargs={"slug": slug}) + "#stukken")


@require_POST
@staff_page(Permission.MODERATE)
def remove_highlight(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take words of a conversation off the page; they can be put back."""
    row = get_object_or_404(Highlight, pk=pk, topic__slug=slug)
    actions.remove_highlight(highlight=row, actor=staff_of(request), now=timezone.now())
    words.say(request, _("These words are off the page."))
    return redirect(reverse("desk:topic", kwargs={"slug": slug}) + "#stemmen")


urlpatterns = [
    path("onderwerpen/", topics, name="topics"),
    path("onderwerpen/nieuw/", topic_new, name="topic_new"),
    path("onderwerpen/<slug:slug>/", topic, name="topic"),
    path("onderwerpen/<slug:slug>/stukken/", add_document, name="topic_add_document"),
    path("onderwerpen/<slug:slug>/stukken/<int:pk>/weg/", remove_document, name="topic_remove_document"),
    path("onderwerpen/<slug:slug>/stemmen/<int:pk>/weg/", remove_highlight, name="topic_remove_highlight"),
]
