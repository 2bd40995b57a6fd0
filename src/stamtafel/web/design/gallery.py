"""The living page of all components in all their states, for who builds and for the browser tests: English only."""

from dataclasses import dataclass
from typing import Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


class ExampleForm(forms.Form):
    """One field of each kind."""

    text = forms.CharField(
        label="What do you want to tell us?",
        help_text="Write as you would say it. It need not be neat.",
        widget=forms.Textarea,
    )
    kind = forms.ChoiceField(
        label="What is it?",
        widget=forms.RadioSelect,
        choices=[("idea", "I have an idea"), ("question", "I have a question")],
    )
    subjects = forms.MultipleChoiceField(
        label="Which subjects?",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("green", "Green"), ("traffic", "Traffic"), ("play", "Play"), ("waste", "Waste")],
    )
    area = forms.ChoiceField(
        label="Which neighbourhood is it about?",
        required=False,
        choices=[("", "Choose a neighbourhood"), ("BU1", "Oude Haven"), ("BU2", "Lindehof")],
    )
    email = forms.EmailField(
        label="Your e-mail address", required=False, help_text="Only to answer you. Nobody else sees it."
    )
    day = forms.DateField(label="Day", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    photo = forms.FileField(label="Photo", required=False, help_text="We take out where and when it was made.")
    public = forms.BooleanField(label="Other people may read this", required=False)
    lon = forms.FloatField(required=False, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, widget=forms.HiddenInput)


@dataclass(frozen=True, slots=True)
class ExampleFrame:
    """A paper of 720 by 480 units over an invented piece of land."""

    width: int = 720
    height: int = 480
    view_box: str = "0 0 720 480"

    def to_lonlat(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the paper lies on the earth."""
        return 5.0 + x / 7200, 52.0 - y / 12000


@dataclass(frozen=True, slots=True)
class ExampleArea:
    """One invented neighbourhood."""

    code: str
    name: str
    path: str


@dataclass(frozen=True, slots=True)
class ExampleMap:
    """The shape of ``places.queries.DrawnMap``, without a database."""

    frame: ExampleFrame
    areas: tuple[ExampleArea, ...]

    @property
    def outline(self) -> str:
        """All paths as one."""
        return "".join(area.path for area in self.areas)


EXAMPLE_MAP: Final = ExampleMap(
    ExampleFrame(),
    (
        ExampleArea("BU1", "Oude Haven", "M20 60 210 20 260 170 140 240 30 200z"),
        ExampleArea("BU2", "Lindehof", "M210 20 470 30 450 150 260 170z"),
        ExampleArea("BU3", "De Weide", "M470 30 690 80 640 250 450 150z"),
        ExampleArea("BU4", "Zuiderpoort", "M30 200 140 240 170 420 60 460z"),
        ExampleArea("BU5", "Centrum", "M140 240 260 170 450 150 470 320 330 380 170 420z"),
        ExampleArea("BU6", "Nieuwe Erven", "M450 150 640 250 660 440 330 460 330 380 470 320z"),
    ),
)


def gallery(request: HttpRequest, *, desk: bool = False) -> HttpResponse:
    """Show every component in every state: those of the site, or those of the desk."""
    wrong = ExampleForm({"text": "", "kind": "other", "email": "jan"}, prefix="wrong")
    wrong.is_valid()
    context = {"form": ExampleForm(), "wrong": wrong, "drawn": EXAMPLE_MAP}
    return render(request, "design/gallery_desk.html" if desk else "design/gallery.html", context)
