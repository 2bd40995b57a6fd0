"""Decisions at the desk, in four steps: the words, the contributions it rests on, the answers, publishing."""

from http import HTTPStatus
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stamtafel.dossier.actions import decide
from stamtafel.dossier.actions.keys import new_form_key
from stamtafel.dossier.actions.refusals import DossierRefused
from stamtafel.dossier.models import Answer, Decision, Kind, Outcome, State, Step, StepKind, Topic
from stamtafel.dossier.queries import desk
from stamtafel.inbox.mail import about_step
from stamtafel.people.rules import Permission
from stamtafel.web.desk import dossier as words
from stamtafel.web.desk.access import staff_of, staff_page
from stamtafel.web.desk.forms.dossier import DecisionForm, fields_of

DECIDE: Final = Permission.DECIDE


@require_safe
@staff_page(DECIDE)
def decisions(request: HttpRequest) -> HttpResponse:
    """Drafts, or what is published."""
    published = request.GET.get("lijst") == "openbaar"
    found, more = desk.decisions_page(
        desk.decisions(staff_of(request), published=published), before=request.GET.get("na", "")
    )
    here = reverse("desk:decisions")
    query = {"lijst": "openbaar"} if published else {}
    context = {
        "decisions": found,
        "tabs": [(_("Drafts"), here, not published, None), (_("Published"), f"{here}?lijst=openbaar", published, None)],
        "published": published,
        "more": f"?{urlencode({**query, 'na': more})}" if more else "",
        "back": f"{here}?{urlencode(query)}" if request.GET.get("na") else "",
        "said": request.session.pop(words.SAID, None),
    }
    return render(request, "desk/decisions/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(DECIDE)
def decision_new(request: HttpRequest) -> HttpResponse:
    """Begin a decision: about which subject, and the words."""
    given = request.POST if request.method == "POST" else request.GET
    topic = Topic.objects.filter(slug=given.get("onderwerp", "")).first()
    today = timezone.localdate()
    form = DecisionForm(request.POST) if request.method == "POST" else DecisionForm(initial={"decided_on": today})
    valid = form.is_bound and form.is_valid()
    if form.is_bound and topic is None:
        form.add_error(None, _("Choose the subject that the decision is about."))
    elif valid and topic is not None:
        try:
            made = decide.record_decision(topic=topic, fields=fields_of(form), actor=staff_of(request))
        except DossierRefused as refused:
            form.add_error(None, str(refused))
        else:
            words.say(request, _("Kept as a draft. Now choose the contributions that it answers."))
            return redirect("desk:decision_pick", pk=made.pk)
    context = {"form": form, "topics": words.topic_choices(), "chosen": topic.slug if topic else ""}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "desk/decisions/new.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(DECIDE)
def decision(request: HttpRequest, pk: int) -> HttpResponse:
    """The words."""
    found = _found(pk)
    form = DecisionForm(request.POST) if request.method == "POST" else DecisionForm.of(found)
    if form.is_bound and form.is_valid():
        actor, now = staff_of(request), timezone.now()
        try:
            changed = decide.change_decision(decision=found, fields=fields_of(form), actor=actor, now=now)
        except DossierRefused as refused:
            form.add_error(None, str(refused))
        else:
            words.say(request, _("Saved.") if changed else _("Nothing was changed."))
            return redirect("desk:decision", pk=pk)
    may_change = found.published_at is None or staff_of(request).can(Permission.PUBLISH_DECISIONS)
    context = {**_frame(request, found, "words"), "form": form, "may_change": may_change}
    context |= {"may_announce": words.may_announce(staff_of(request)), "form_key": new_form_key()}
    return render(request, "desk/decisions/words.html", context, status=_status(form.is_bound))


def _status(wrong: bool) -> HTTPStatus:  # noqa: FBT001 - a condition
    return HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK


def _found(pk: int) -> Decision:
    return get_object_or_404(Decision.objects.select_related("topic", "created_by", "published_by"), pk=pk)


def _frame(request: HttpRequest, found: Decision, here: str) -> dict[str, Any]:
    """What the four pages of a decision share: its tabs with numbers, and what was just done."""
    counts = desk.outcome_counts(staff_of(request), found)
    at = {name: reverse(f"desk:{name}", kwargs={"pk": found.pk})
          for name in ("decision", "decision_pick", "decision_answers", "decision_preview")}  # fmt: skip
    draft, total = found.published_at is None, sum(counts.values())
    tabs: list[tuple[str, str, bool, int | None]] = [
        (_("1. The decision") if draft else _("The decision"), at["decision"], here == "words", None),
        (_("2. Choose contributions"), at["decision_pick"], here == "pick", None),
        (_("3. Answers") if draft else _("Answers"), at["decision_answers"], here == "answers", total),
        (_("4. Look and publish"), at["decision_preview"], here == "preview", None),
    ]
    return {
        "decision": found,
        "tabs": tabs if draft else tabs[::2],  # what is published is not chosen or published again
        "counts": [
            (label, counts[value], words.OUTCOME_KINDS[value]) for value, label in Outcome.choices if value in counts
        ],
        "total": total,
        "outcomes": Outcome.choices,
        "outcome_kinds": words.OUTCOME_KINDS,
        "said": request.session.pop(words.SAID, None),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(DECIDE)
def pick(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose contributions and give them one answer."""
    found = _found(pk)
    if found.published_at is not None:
        return redirect("desk:decision_answers", pk=pk)
    filters = _pick_filters(request, found)
    if request.method == "POST":
        try:
            number = _answered(request, found)
        except DossierRefused as refused:
            return _pick_page(request, found, filters, str(refused))
        sentence = ngettext(
            "%(n)d contribution has its answer ready.", "%(n)d contributions have their answer ready.", number
        )
        words.say(request, sentence % {"n": number})
        return redirect(f"{reverse('desk:decision_pick', kwargs={'pk': pk})}?{urlencode(_query(filters))}")
    return _pick_page(request, found, filters, "")


def _pick_filters(request: HttpRequest, found: Decision) -> desk.Filters:
    """Those of the address line; without any choice the subject of the decision."""
    given = request.GET.dict()
    if "topic" not in given:
        given["topic"] = found.topic.slug
    return desk.Filters.of(given)


def _query(filters: desk.Filters) -> dict[str, str]:
    return {"topic": filters.topic, **filters.as_query()}


def _pick_page(request: HttpRequest, found: Decision, filters: desk.Filters, problem: str) -> HttpResponse:
    rows, more = desk.page_of(desk.answerable(staff_of(request), found, filters), after=request.GET.get("na", ""))
    topics, areas, query = words.topic_choices(), words.area_choices(), _query(filters)
    here = {**query, **({"na": request.GET["na"]} if request.GET.get("na") else {})}
    context = {
        **_frame(request, found, "pick"),
        "rows": words.rows_of(rows),
        "filters": filters,
        "topics": topics,
        "areas": areas,
        "kinds": Kind.choices,
        "chips": words.chips(filters, topics, areas),
        "problem": problem,
        "typed": request.POST,
        "ticked": {int(number) for number in request.POST.getlist("chosen") if number.isdecimal()},
        "all": request.GET.get("alles") == "1",
        "here": urlencode(here),
        "all_address": f"?{urlencode({**here, 'alles': '1'})}",
        "none_address": f"?{urlencode(here)}",
        "more": f"?{urlencode({**query, 'na': more})}" if more else "",
        "back": f"?{urlencode(query)}" if request.GET.get("na") else "",
    }
    return render(request, "desk/decisions/pick.html", context, status=_status(bool(problem)))


def _answered(request: HttpRequest, found: Decision) -> int:
    chosen = desk.picked(staff_of(request), request.POST.getlist("chosen"))
    outcome = request.POST.get("outcome", "")
    if not chosen:
        raise DossierRefused(_("Tick the contributions that get this answer."))
    if outcome not in Outcome.values:
        raise DossierRefused(_("Choose what you do with it."))
    text = request.POST.get("text", "")
    return decide.answer(
        decision=found, contributions=chosen, outcome=Outcome(outcome), text=text, actor=staff_of(request)
    )


@require_safe
@staff_page(DECIDE)
def answers(request: HttpRequest, pk: int) -> HttpResponse:
    """The answers, each with its own way to change it."""
    return _answers_page(request, _found(pk))


def _answers_page(request: HttpRequest, found: Decision, problem: str = "", about: int = 0) -> HttpResponse:
    rows, more = desk.answers(staff_of(request), found, before=request.GET.get("na", ""))
    context = {
        **_frame(request, found, "answers"),
        "answers": rows,
        "problem": problem,
        "about": about,
        "typed": request.POST,
        "more": f"?na={more}" if more else "",
        "back": "?" if request.GET.get("na") else "",
    }
    return render(request, "desk/decisions/answers.html", context, status=_status(bool(problem)))


@require_POST
@staff_page(DECIDE)
def change_answer(request: HttpRequest, pk: int, answer: int) -> HttpResponse:
    """Give one contribution words of its own, or take it out."""
    found = _found(pk)
    row = get_object_or_404(Answer.objects.select_related("contribution"), pk=answer, decision=found)
    actor = staff_of(request)
    try:
        if request.POST.get("do") == "leave_out":
            decide.leave_out(decision=found, contributions=[row.contribution], actor=actor)
            words.say(request, _("Taken out. It has no answer from this decision."))
        else:
            outcome = request.POST.get("outcome", "")
            chosen = Outcome(outcome if outcome in Outcome.values else row.outcome)
            text = request.POST.get("text", "")
            decide.answer(
                decision=found, contributions=[row.contribution], outcome=chosen, text=text, actor=actor, own_text=True
            )
            words.say(request, _("This contribution has its own answer."))
    except DossierRefused as refused:
        return _answers_page(request, found, str(refused), row.pk)
    return redirect("desk:decision_answers", pk=pk)


@require_safe
@staff_page(DECIDE)
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What each resident will read, and the button."""
    found = _found(pk)
    if found.published_at is not None:
        return redirect("desk:decision", pk=pk)
    return _preview_page(request, found, "")


def _preview_page(request: HttpRequest, found: Decision, problem: str) -> HttpResponse:
    rows, more = desk.answers(staff_of(request), found, before=request.GET.get("na", ""))
    context = {
        **_frame(request, found, "preview"),
        "letters": [_letter(row) for row in rows],
        "may_publish": staff_of(request).can(Permission.PUBLISH_DECISIONS),
        "problem": problem,
        "more": f"?na={more}" if more else "",
        "back": "?" if request.GET.get("na") else "",
    }
    return render(request, "desk/decisions/preview.html", context, status=_status(bool(problem)))


def _letter(row: Answer) -> dict[str, Any]:
    """What one resident reads, made by the same code as the mail itself, and how it reaches them."""
    one, now = row.contribution, timezone.now()
    author = one.author
    step = Step(contribution=one, kind=StepKind.ANSWERED, at=now, text=decide.read_as(row))
    mailed = author is not None and author.confirmed_at is not None and author.bounced_at is None
    silent = one.erased_at is not None or one.state == State.WITHDRAWN
    return {
        "answer": row,
        "title": words.title_of(one),
        "draft": about_step(step),
        "mailed": mailed and not silent,
        "silent": silent,
    }


@require_POST
@staff_page(Permission.PUBLISH_DECISIONS)
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Make it public; everybody hears it. Pressing twice publishes once."""
    found = _found(pk)
    try:
        number = decide.publish_decision(decision=found, actor=staff_of(request), now=timezone.now())
    except DossierRefused as refused:
        return _preview_page(request, found, str(refused))
    if number:
        sentence = ngettext(
            "Published. %(n)d contribution has its answer.", "Published. %(n)d contributions have their answer.", number
        )
        words.say(request, sentence % {"n": number})
    return redirect("desk:decision", pk=pk)


urlpatterns = [
    path("besluiten/", decisions, name="decisions"),
    path("besluiten/nieuw/", decision_new, name="decision_new"),
    path("besluiten/<int:pk>/", decision, name="decision"),
    path("besluiten/<int:pk>/kies/", pick, name="decision_pick"),
    path("besluiten/<int:pk>/antwoorden/", answers, name="decision_answers"),
    path("besluiten/<int:pk>/antwoorden/<int:answer>/", change_answer, name="decision_answer"),
    path("besluiten/<int:pk>/voorbeeld/", preview, name="decision_preview"),
    path("besluiten/<int:pk>/publiceer/", publish, name="decision_publish"),
]
