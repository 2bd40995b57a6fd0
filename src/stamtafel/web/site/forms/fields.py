"""Fields that take what people really type and choose, and say plainly what is wrong with it."""

import base64
import binascii
from collections.abc import Callable
from math import nan
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from stamtafel.dossier.rules.limits import TextRefused, clean_text
from stamtafel.dossier.rules.pictures import LARGEST_FILE, CleanPicture, PictureRefused, Reason, clean_picture
from stamtafel.people.addresses import check_mail_address

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

REPLACED: Final = "\ufffd"  # what is left of bytes that were no letter
LONGEST_KEPT_PHOTO: Final = 900_000  # characters of base64, well inside DATA_UPLOAD_MAX_MEMORY_SIZE
SMALLER_SIDES: Final = (1600, 1200, 800)

NOT_IN_LIST: Final = gettext_lazy("This is not in the list. Choose something from the list.")
PHOTO_SENTENCES: Final[dict[Reason, "str | _StrPromise"]] = {
    Reason.TOO_LARGE: gettext_lazy(
        "This photo is too large: at most 50 MB. Choose a smaller one, or send without a photo."
    ),
    Reason.TOO_MANY_PIXELS: gettext_lazy(
        "This picture is too large to open. Choose a smaller one, or send without a photo."
    ),
    Reason.DRAWING: gettext_lazy("This is a drawing (SVG). Choose a photo: JPEG, PNG or WebP."),
    Reason.HEIC: gettext_lazy(
        "We can't open this kind of photo (HEIC) yet. Choose a JPEG, or take a screenshot of the photo."
    ),
    Reason.NO_PICTURE: gettext_lazy("This file is not a photo that we can open. Choose a JPEG, PNG or WebP."),
    Reason.BROKEN: gettext_lazy(
        "This photo is damaged: it breaks off halfway. Choose another one, or send without a photo."
    ),
}


class BoundedUpload(TemporaryFileUploadHandler):
    """Stops keeping a file at 50 million bytes; the other fields of the form still come in."""

    received = 0
    refused = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Count from nothing for each file."""
        self.received = 0
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write on, or stop."""
        self.received += len(raw_data)
        if self.received > LARGEST_FILE:
            self.refused = True
            raise SkipFile
        super().receive_data_chunk(raw_data, start)


class SharedFields(dict[str, forms.Field]):
    """The fields of a form that never changes them: forms share them, instead of each copying all of them."""

    def __deepcopy__(self, _memo: object) -> dict[str, forms.Field]:
        return dict(self)


class Address(forms.EmailField):
    """A mail address that we can write to."""

    default_validators = [check_mail_address]


class RowOf(forms.ChoiceField):
    """A choice out of a table: the value is the row, or None when nothing was chosen.

    ``find`` gives the row of a key; ``choices`` are only read to draw the list.
    """

    def __init__(self, find: Callable[[str], Any], choices: Callable[[], Any], **options: Any) -> None:
        self.find = find
        super().__init__(choices=choices, required=False, error_messages={"invalid_choice": NOT_IN_LIST}, **options)

    def clean(self, value: Any) -> Any:
        """The row; an error for what is not to be chosen."""
        key = str(value or "").strip()
        if not key:
            return None
        found = None if "\x00" in key else self.find(key)
        if found is None:
            raise ValidationError(NOT_IN_LIST, code="invalid_choice")
        return found


class Unseen(forms.Field):
    """Text that nobody typed, in a field that nobody sees. It never stops a form: who uses it judges it."""

    def to_python(self, value: Any) -> str:
        """The text as it came."""
        return str(value or "")


class Degrees(forms.Field):
    """Half of a point that the map filled in; what is no number becomes NaN, which is nowhere."""

    def to_python(self, value: Any) -> float | None:
        """The number, or None where nothing was filled in."""
        text = str(value or "").strip()
        try:
            return float(text) if text else None
        except ValueError:
            return nan


class Words(forms.Field):
    """Text as a resident writes it; ``max_length`` in characters after cleaning."""

    widget = forms.Textarea

    def __init__(self, *, max_length: int, empty: "str | _StrPromise", **options: Any) -> None:
        self.longest = max_length
        super().__init__(error_messages={"required": empty}, **options)

    def to_python(self, value: Any) -> str:
        """The cleaned text. An empty one is left to ``required``."""
        if REPLACED in (value or ""):
            raise ValidationError(_("Some letters did not come through well (�). Type them again, or take them out."))
        try:
            return clean_text(value or "", max_length=self.longest)
        except TextRefused as refused:
            if refused.reason == "empty":
                return ""
            raise ValidationError(_sentence(refused)) from refused


def _sentence(refused: TextRefused) -> str:
    if refused.reason == "broken":
        return _("Some letters did not come through well. Type them again, or take them out.")
    return ngettext(
        "Your text is %(n)d character too long. Make it a little shorter, or send the rest as a second text.",
        "Your text is %(n)d characters too long. Make it a little shorter, or send the rest as a second text.",
        refused.too_many,
    ) % {"n": refused.too_many}


class PhotoField(forms.Field):
    """A photo, made safe: the value is a CleanPicture or None."""

    widget = forms.FileInput

    def to_python(self, value: "UploadedFile[bytes] | None") -> CleanPicture | None:
        """Clean it, or say why it can't be taken."""
        if not value:
            return None
        return cleaned_photo(value.read(LARGEST_FILE + 1))

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:  # noqa: ARG002 - Django asks for it
        """Phones offer camera and photos; iPhones then send JPEG and not HEIC."""
        return {"accept": "image/jpeg,image/png,image/webp"}


class KeptPhotoField(forms.Field):
    """A photo that came before and travels in the form, because a browser never fills in a file again."""

    widget = forms.HiddenInput

    def to_python(self, value: str | None) -> CleanPicture | None:
        """Open it as carefully as a new one: it comes from a browser."""
        if not value:
            return None
        try:
            return cleaned_photo(base64.b64decode(value, validate=True))
        except (binascii.Error, ValueError) as problem:
            raise ValidationError(PHOTO_SENTENCES[Reason.BROKEN]) from problem


def cleaned_photo(data: bytes) -> CleanPicture:
    """A clean picture, or the sentence why not."""
    try:
        return clean_picture(data)
    except PictureRefused as refused:
        raise ValidationError(PHOTO_SENTENCES[refused.reason]) from refused


def photo_to_keep(photo: CleanPicture) -> str:
    """A photo as text for a hidden field, made smaller until it fits."""
    data = photo.data
    for side in SMALLER_SIDES:
        text = base64.b64encode(data).decode()
        if len(text) <= LONGEST_KEPT_PHOTO:
            return text
        data = clean_picture(data, max_side=side).data
    return base64.b64encode(clean_picture(data, max_side=400).data).decode()


def thumbnail(photo: CleanPicture) -> str:
    """A small copy as a data address, to show what the form holds."""
    return "data:image/webp;base64," + base64.b64encode(clean_picture(photo.data, max_side=240).data).decode()
