"""The form of "Zeg het ons"."""

from math import isfinite
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy

from stamtafel.dossier.models import Kind, Topic
from stamtafel.dossier.rules import personal_data
from stamtafel.dossier.rules.personal_data import Finding
from stamtafel.dossier.rules.pictures import CleanPicture, Reason
from stamtafel.dossier.rules.texts import LONGEST_CONTRIBUTION
from stamtafel.places.models import Area
from stamtafel.places.queries import locate, neighbourhoods
from stamtafel.web.site.forms.fields import PHOTO_SENTENCES, BoundedUpload, KeptPhotoField, PhotoField, Words

KINDS: Final[tuple[tuple[str, str | Promise], ...]] = (
    (Kind.IDEA, gettext_lazy("I have an idea")),
    (Kind.WISH, gettext_lazy("I have a wish")),
    (Kind.QUESTION, gettext_lazy("I have a question")),
    (Kind.CRITICISM, gettext_lazy("I want to criticise how something goes")),
    (Kind.COMPLIMENT, gettext_lazy("I want to give a compliment")),
)

WRONG_ADDRESS = gettext_lazy("This is not a complete e-mail address. It looks like this: name@example.nl.")
OUTSIDE = gettext_lazy(
    "The pin lies outside our municipality. Put it elsewhere, take it away, or choose a neighbourhood."
)


def open_topics() -> QuerySet[Topic]:
    """What can be spoken about now."""
    return (
        Topic.objects.filter(archived=False).only("slug", "name", "name_en", "moderation", "attacked").order_by("name")
    )


class PlainChoice(forms.ModelChoiceField):  # type: ignore[type-arg] # generic for the type checker only
    """A choice out of the table; what could never be a key does not come near the database."""

    def to_python(self, value: Any) -> Any:
        """The row, or the usual error."""
        if isinstance(value, str) and "\x00" in value:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice", params={"value": ""})
        return super().to_python(value)


class TopicChoice(PlainChoice):
    """A topic by its slug, named in the language of the page."""

    def label_from_instance(self, obj: Topic) -> str:
        """Its name."""
        return (get_language() == "en" and obj.name_en) or obj.name


class AreaChoice(PlainChoice):
    """A neighbourhood by its code."""

    def label_from_instance(self, obj: Area) -> str:
        """Its name."""
        return obj.name


class TellUs(forms.Form):
    """What, about what or where, how to answer: only the first is needed."""

    kind = forms.ChoiceField(
        choices=KINDS, label=gettext_lazy("What do you want to tell us?"),
        error_messages={"required": gettext_lazy("Choose what it is. If you don't know: choose an idea.")},
    )  # fmt: skip
    text = Words(
        max_length=LONGEST_CONTRIBUTION, label=gettext_lazy("Your text"),
        empty=gettext_lazy("Write what you want to tell us. A few words are enough."),
    )  # fmt: skip
    photo = PhotoField(required=False, label=gettext_lazy("A photo with it"))
    photo_kept = KeptPhotoField(required=False)
    photo_away = forms.BooleanField(required=False, label=gettext_lazy("Take this photo away"))
    topic = TopicChoice(
        queryset=Topic.objects.none(), to_field_name="slug", required=False, label=gettext_lazy("Subject"),
        empty_label=gettext_lazy("Something else, or I don't know"),
    )  # fmt: skip
    area = AreaChoice(
        queryset=Area.objects.none(), to_field_name="code", required=False, label=gettext_lazy("Neighbourhood"),
        empty_label=gettext_lazy("Everywhere, or I don't know"),
    )  # fmt: skip
    lon = forms.FloatField(required=False, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, widget=forms.HiddenInput)
    email = forms.EmailField(
        required=False, label=gettext_lazy("How may we answer you?"), max_length=254,
        help_text=gettext_lazy("Leave your e-mail address and you hear every step. Nobody else sees it."),
        error_messages={"invalid": WRONG_ADDRESS},
        widget=forms.EmailInput(attrs={"autocomplete": "email", "placeholder": ""}),
    )  # fmt: skip
    about = forms.SlugField(required=False, max_length=100, widget=forms.HiddenInput)
    form_key = forms.CharField(required=False, widget=forms.HiddenInput)
    proof = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, upload: BoundedUpload | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.upload = upload
        self.photo_so_far: CleanPicture | None = None
        self.topic_field.queryset = open_topics()
        self.area_field.queryset = neighbourhoods()

    @property
    def topic_field(self) -> TopicChoice:
        """The field with the topics."""
        field = self.fields["topic"]
        assert isinstance(field, TopicChoice)  # noqa: S101 - for the type checker
        return field

    @property
    def area_field(self) -> AreaChoice:
        """The field with the neighbourhoods."""
        field = self.fields["area"]
        assert isinstance(field, AreaChoice)  # noqa: S101 - for the type checker
        return field

    def clean(self) -> dict[str, Any]:
        """The photo of this time or of the time before; a point on earth and in the municipality."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.upload is not None and self.upload.refused:
            self.add_error("photo", ValidationError(PHOTO_SENTENCES[Reason.TOO_LARGE]))
        kept = None if cleaned.get("photo_away") else cleaned.get("photo_kept")
        self.photo_so_far = cleaned.get("photo") or kept
        cleaned["point"] = self._point(cleaned.get("lon"), cleaned.get("lat"))
        return cleaned

    def _point(self, lon: float | None, lat: float | None) -> tuple[float, float] | None:
        if lon is None or lat is None:
            return None
        if isfinite(lon) and isfinite(lat) and locate(lon, lat) is not None:
            return lon, lat
        self.add_error("area", ValidationError(OUTSIDE))
        return None

    def findings(self) -> list[Finding]:
        """Personal data in the text."""
        return personal_data.find(self.cleaned_data["text"])
