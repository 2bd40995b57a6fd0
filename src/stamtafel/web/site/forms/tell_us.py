"""The form of "Zeg het ons"."""

from math import isfinite
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy

from stamtafel.dossier.models import Kind, Topic
from stamtafel.dossier.rules.pictures import CleanPicture, Reason
from stamtafel.dossier.rules.texts import LONGEST_CONTRIBUTION
from stamtafel.places.models import Area
from stamtafel.places.queries import locate, neighbourhood_names, neighbourhoods
from stamtafel.prepared import WORD, Prepared
from stamtafel.web.site.forms.fields import (
    NOT_IN_LIST,
    PHOTO_SENTENCES,
    Address,
    BoundedUpload,
    Degrees,
    KeptPhotoField,
    PhotoField,
    RowOf,
    SharedFields,
    Unseen,
    Words,
)

KINDS: Final[tuple[tuple[str, str | Promise], ...]] = (
    (Kind.IDEA, gettext_lazy("I have an idea")),
    (Kind.WISH, gettext_lazy("I have a wish")),
    (Kind.QUESTION, gettext_lazy("I have a question")),
    (Kind.CRITICISM, gettext_lazy("I want to criticise how something is done")),
    (Kind.COMPLIMENT, gettext_lazy("I want to give a compliment")),
)

WRONG_ADDRESS = gettext_lazy("This is not a complete e-mail address. It looks like this: name@example.nl.")
OUTSIDE = gettext_lazy(
    "The pin lies outside our municipality. Put it elsewhere, take it away, or choose a neighbourhood."
)


_TOPIC_NAMES: Final = Prepared(
    lambda: Topic.objects.filter(archived=False).order_by("name").values_list("slug", "name", "name_en")
)
_TOPIC: Final = Prepared(
    lambda slug: Topic.objects.filter(archived=False, slug=slug).only(
        "slug", "name", "name_en", "moderation", "attacked"
    ),
    slug=WORD,
)
_AREA: Final = Prepared(lambda code: neighbourhoods().filter(code=code), code=WORD)


def open_topic(slug: str) -> Topic | None:
    """The topic with this slug, when it can be spoken about now."""
    return next(iter(_TOPIC(slug=slug)), None)


def _area(code: str) -> Area | None:
    return next(iter(_AREA(code=code)), None)


def _topic_choices() -> list[tuple[str, str | Promise]]:
    english = get_language() == "en"
    names = [(slug, (english and name_en) or name) for slug, name, name_en in _TOPIC_NAMES()]
    return [("", gettext_lazy("Something else, or I don't know")), *names]


def _area_choices() -> list[tuple[str, str | Promise]]:
    names = [(code, name) for _pk, code, name in neighbourhood_names()]
    return [("", gettext_lazy("Everywhere, or I don't know")), *names]


class TellUs(forms.Form):
    """What, about what or where, how to answer: only the first is needed."""

    kind = forms.ChoiceField(
        choices=KINDS, label=gettext_lazy("What do you want to tell us?"),
        error_messages={
            "required": gettext_lazy("Choose what it is. If you don't know: choose an idea."),
            "invalid_choice": NOT_IN_LIST,
        },
    )  # fmt: skip
    text = Words(
        max_length=LONGEST_CONTRIBUTION, label=gettext_lazy("Your text"),
        empty=gettext_lazy("Write what you want to tell us. A few words are enough."),
    )  # fmt: skip
    photo = PhotoField(required=False, label=gettext_lazy("A photo"))
    photo_kept = KeptPhotoField(required=False)
    photo_away = forms.BooleanField(required=False, label=gettext_lazy("Remove this photo"))
    topic = RowOf(open_topic, _topic_choices, label=gettext_lazy("Topic"))
    area = RowOf(_area, _area_choices, label=gettext_lazy("Neighbourhood"))
    lon = Degrees(required=False, widget=forms.HiddenInput)
    lat = Degrees(required=False, widget=forms.HiddenInput)
    email = Address(
        required=False, label=gettext_lazy("Your e-mail address"), max_length=254,
        help_text=gettext_lazy("Then we e-mail you at every step. Nobody else sees your address."),
        error_messages={"invalid": WRONG_ADDRESS},
        widget=forms.EmailInput(attrs={"autocomplete": "email", "placeholder": ""}),
    )  # fmt: skip
    about = Unseen(required=False, widget=forms.HiddenInput)
    form_key = Unseen(required=False, widget=forms.HiddenInput)
    proof = Unseen(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, upload: BoundedUpload | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.upload = upload
        self.photo_so_far: CleanPicture | None = None

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
        if lon is None and lat is None:
            return None
        if lon is not None and lat is not None and isfinite(lon) and isfinite(lat) and locate(lon, lat) is not None:
            return lon, lat
        self.add_error("area", ValidationError(OUTSIDE))
        return None


TellUs.base_fields = SharedFields(TellUs.base_fields)
