"""What is the same for the whole municipality: data, hours, crisis message, looks, terms, four eyes."""

import re
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from stamtafel.dossier.models import Kind
from stamtafel.inbox.actions.terms import response_terms, set_response_terms
from stamtafel.people.actions.municipality import change_municipality
from stamtafel.people.rules import Permission
from stamtafel.places.models import Municipality
from stamtafel.places.queries import municipality
from stamtafel.web.design.theme import Problem, check_theme
from stamtafel.web.desk.access import staff_of, staff_page

MOST_DAYS = 60
PREFIX = re.compile(r"[A-Z]{2,5}")
PREFIX_WORDS = gettext_lazy("Use 2 to 5 letters from A to Z, without spaces, signs or numbers.")


class TermsForm(forms.Form):
    """Working days until the first answer, one field per kind."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in Kind:
            self.fields[f"days_{kind}"] = forms.IntegerField(label=kind.label, min_value=1, max_value=MOST_DAYS)

    def days(self) -> dict[str, int]:
        """Kind → working days; after ``is_valid``."""
        return {str(kind): int(self.cleaned_data[f"days_{kind}"]) for kind in Kind}


class MunicipalityForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's class takes none when it runs
    """The municipality's own data. The theme is text: one token and its value per line."""

    theme = forms.CharField(
        label=gettext_lazy("Colours and type"),
        help_text=gettext_lazy(
            "One line for each design token: its name, a colon, its value. Empty gives our own colours. "
            "We check that everybody can read the result."
        ),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )

    code_prefix = forms.CharField(
        label=gettext_lazy("Letters before a follow code"),
        help_text=gettext_lazy(
            "2 to 5 letters, for example LIND: then a code looks like LIND-7K4M-92QX. Codes with the old letters keep "
            "working."
        ),
        max_length=5,
        error_messages={"required": PREFIX_WORDS, "max_length": PREFIX_WORDS},
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "spellcheck": "false"}),
    )
    website = forms.URLField(label=gettext_lazy("Website"), required=False, assume_scheme="https")

    class Meta:
        model = Municipality
        fields = (
            "name", "tagline_nl", "tagline_en", "address", "postcode_city", "phone", "email", "website",
            "opening_hours_nl", "opening_hours_en", "crisis_nl", "crisis_en", "theme", "four_eyes",
            "code_prefix",
        )  # fmt: skip
        labels = {
            "name": gettext_lazy("Name of the municipality"),
            "tagline_nl": gettext_lazy("One sentence on the home page, in Dutch"),
            "tagline_en": gettext_lazy("The same in English"),
            "address": gettext_lazy("Address"),
            "postcode_city": gettext_lazy("Postcode and place"),
            "phone": gettext_lazy("Phone"),
            "email": gettext_lazy("Mail"),
            "opening_hours_nl": gettext_lazy("Opening hours in Dutch"),
            "opening_hours_en": gettext_lazy("Opening hours in English"),
            "crisis_nl": gettext_lazy("Crisis message in Dutch"),
            "crisis_en": gettext_lazy("Crisis message in English"),
            "four_eyes": gettext_lazy("A second person approves news before it is published"),
        }
        error_messages = {"name": {"required": gettext_lazy("Fill in the name of the municipality.")}}
        widgets = {
            name: forms.Textarea(attrs={"rows": rows})
            for name, rows in (("crisis_nl", 3), ("crisis_en", 3), ("opening_hours_nl", 5), ("opening_hours_en", 5))
        }
        help_texts = {
            "opening_hours_nl": gettext_lazy("One line for each day or group of days."),
            "crisis_nl": gettext_lazy("Stands on top of every page of the site as long as it is filled."),
        }

    def clean_code_prefix(self) -> str:
        """In capitals. The digest of a code knows no prefix, so old codes are found as before."""
        prefix = str(self.cleaned_data["code_prefix"]).upper()
        if not PREFIX.fullmatch(prefix):
            raise forms.ValidationError(PREFIX_WORDS)
        return prefix

    def clean_theme(self) -> dict[str, str]:
        """The pairs; every problem of the theme as an error that names the pair."""
        pairs = _pairs(self.cleaned_data["theme"])
        problems = check_theme(pairs)
        if problems:
            raise forms.ValidationError([_sentence(problem) for problem in problems[:5]])
        return pairs


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(Permission.MANAGE_SETTINGS)
def settings(request: HttpRequest) -> HttpResponse:
    """One form; saved together or not at all."""
    current = municipality()
    lines = "\n".join(f"{name}: {value}" for name, value in sorted(current.theme.items()))
    # an unsaved copy: a form writes into its instance, and this one is remembered for all pages
    form = MunicipalityForm(request.POST or None, instance=_copy(current), initial={"theme": lines})
    terms = TermsForm(request.POST or None, initial={f"days_{k}": n for k, n in response_terms().items()})
    if request.method == "POST" and form.is_valid() & terms.is_valid():
        with transaction.atomic():
            actor, now = staff_of(request), timezone.now()
            change_municipality(actor=actor, values=form.cleaned_data, now=now)
            set_response_terms(actor=actor, days=terms.days(), now=now)
        messages.success(request, _("Saved."))
        return redirect("desk:settings")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors or terms.errors else HTTPStatus.OK
    return render(request, "desk/settings/settings.html", {"form": form, "terms": terms}, status=status)


def _copy(row: Municipality) -> Municipality:
    return Municipality(**{field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields})  # noqa: SLF001 - Django's name


def _pairs(text: str) -> dict[str, str]:
    """``name: value`` lines as pairs; raises ValidationError for another line."""
    pairs = {}
    for line in filter(None, (line.strip().rstrip(";") for line in text.splitlines())):
        name, colon, value = line.partition(":")
        if not colon:
            raise forms.ValidationError(_("“%(line)s” is no name with a value.") % {"line": line[:80]})
        pairs[name.strip()] = value.strip()
    return pairs


def _sentence(problem: Problem) -> str:
    """What is wrong, with the pair named."""
    words = {
        "unknown_name": _("There is no token %(name)s that can be set."),
        "bad_value": _("The value of %(name)s is not right. A colour is written as #0b5d3b."),
        "low_contrast": _(
            "%(name)s on %(other)s can't be read well: the contrast is %(contrast)s, it has to be at least %(needed)s."
        ),
    }
    return words[problem.reason] % {
        "name": problem.name, "other": problem.other, "contrast": problem.contrast, "needed": problem.needed,
    }  # fmt: skip


urlpatterns = [path("settings/", settings, name="settings")]
