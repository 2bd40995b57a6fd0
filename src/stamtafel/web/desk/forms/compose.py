"""The forms of the compose page."""

from collections.abc import Mapping
from typing import Any, Self

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stamtafel.announce.models import Announcement
from stamtafel.announce.queries import public
from stamtafel.announce.rules.content import LONGEST_ALT, LONGEST_LEAD, LONGEST_TEXT, LONGEST_TITLE, Content
from stamtafel.dossier.rules.pictures import MEDIA_TYPES

MOMENT = "%Y-%m-%dT%H:%M"


class ComposeForm(forms.Form):
    """The text of an announcement, what it is about, when, and which version the editor saw."""

    title = forms.CharField(
        label=_("Title"),
        max_length=LONGEST_TITLE,
        error_messages={"required": _("Give the announcement a title.")},
    )
    lead = forms.CharField(
        label=_("In short"),
        help_text=_("One or two sentences. They are on the card, in the mail and with a shared link."),
        max_length=LONGEST_LEAD,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    body = forms.CharField(
        label=_("Text"),
        help_text=_("A line that begins with ## is a heading; with - a list."),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 14}),
    )
    meaning = forms.CharField(
        label=_("What does this mean for you?"),
        help_text=_("What changes for residents, from when, and what they can do."),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    topics = forms.TypedMultipleChoiceField(
        label=_("Topics"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    areas = forms.TypedMultipleChoiceField(
        label=_("Neighbourhoods"),
        help_text=_("None chosen: it is for the whole municipality."),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    publish_at = forms.DateTimeField(
        label=_("Day and time"),
        required=False,
        input_formats=[MOMENT, "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
        error_messages={"invalid": _("We do not understand this moment. Choose a day and a time.")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Fill the choices: one query for the topics, one for the neighbourhoods."""
        super().__init__(*args, **kwargs)
        self.fields["topics"].choices = [(topic.pk, topic.name) for topic in public.topics()]  # type: ignore[attr-defined]
        self.fields["areas"].choices = [(area.pk, area.name) for area in public.areas()]  # type: ignore[attr-defined]

    @classmethod
    def of(cls, announcement: Announcement, bound: Mapping[str, Any] | None = None) -> Self:
        """The form with what is in the table; ``bound`` says which version a form without text fields saw."""
        known: dict[str, Any] = {
            "title": announcement.title,
            "lead": announcement.lead,
            "body": announcement.body,
            "meaning": announcement.meaning,
            "topics": [topic.pk for topic in announcement.topics.all()],
            "areas": [area.pk for area in announcement.areas.all()],
            "publish_at": announcement.publish_at,
            "version": announcement.version,
        }
        if bound is None:
            return cls(initial=known)
        moment = timezone.localtime(announcement.publish_at).strftime(MOMENT) if announcement.publish_at else ""
        return cls({**known, "publish_at": moment, "version": bound.get("version", "")})

    def content(self) -> Content:
        """The text as the actions want it; only after is_valid()."""
        return Content.from_data(self.cleaned_data)


class PictureForm(forms.Form):
    """A picture never comes without words."""

    file = forms.FileField(
        label=_("Picture"),
        help_text=_("A JPEG, PNG, WebP, GIF or AVIF of at most 50 MB."),
        widget=forms.FileInput(attrs={"accept": ",".join(MEDIA_TYPES)}),  # an iPhone then sends JPEG, not HEIC
        error_messages={"required": _("Choose a picture."), "empty": _("This file is empty. Choose another one.")},
    )
    alt = forms.CharField(
        label=_("What is in the picture?"),
        help_text=_("For people who can't see it. Say what matters: “Two children plant a tree on the square.”"),
        max_length=LONGEST_ALT,
        error_messages={"required": _("Describe what is in the picture. People who can't see it hear these words.")},
    )
    caption = forms.CharField(label=_("Caption"), max_length=LONGEST_ALT, required=False)
