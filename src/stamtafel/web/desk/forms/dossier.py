"""The forms of topics, documents and decisions."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stamtafel.dossier.actions.topics import FIELDS
from stamtafel.dossier.models import Decision, Topic
from stamtafel.places.queries import neighbourhoods

MOMENT = "%Y-%m-%dT%H:%M"
LONGEST_TEXT = 10_000


def text(label: Any, help_text: Any = "", *, rows: int = 3, missing: Any = "") -> forms.CharField:
    """A field of several lines; ``missing`` says what to do when it may not be empty."""
    return forms.CharField(
        label=label, help_text=help_text, required=bool(missing), max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": rows}), error_messages={"required": missing} if missing else {},
    )  # fmt: skip


class TopicForm(forms.Form):
    """All of a subject, in the order of its page."""

    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("Short, as people say it: “Station square”."),
        error_messages={"required": _("Give the subject a name.")},
    )  # fmt: skip
    name_en = forms.CharField(label=_("Name in English"), max_length=120, required=False)
    summary = text(_("What is it about?"), _("One or two sentences, for the list and for search engines."))
    stands = text(
        _("Where does it stand?"), _("In two sentences, at the top of the page. Change it when something changes.")
    )
    question = forms.CharField(
        label=_("What do you ask people now?"), max_length=300, required=False,
        help_text=_("One question. It stands on the home page as long as people can take part."),
    )  # fmt: skip
    open_until = forms.DateTimeField(
        label=_("Until when can people take part?"), required=False, input_formats=[MOMENT, "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
    )  # fmt: skip
    can_do = text(_("What can people do now?"), _("Concrete: come to the table on Thursday, write to us, walk along."))
    is_open = text(_("What is still open?"), _("What residents can really change. Only promise what you can keep."))
    is_fixed = text(
        _("What is fixed, and why?"), _("Say it at the beginning: it saves people time and disappointment.")
    )
    decides = text(_("Who decides, and when?"), _("The council, the alderman, you? And when is that?"), rows=2)
    areas = forms.TypedMultipleChoiceField(
        label=_("Neighbourhoods"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: it is about the whole municipality."),
    )  # fmt: skip
    moderation = forms.ChoiceField(
        label=_("When do you read what people write?"), choices=Topic.Moderation.choices, widget=forms.RadioSelect,
        help_text=_("After: everybody reads it at once, and you hide what is not allowed. Before: nobody reads it "
                    "until you show it. Choose that only where people could be hurt."),
    )  # fmt: skip
    attacked = forms.BooleanField(
        label=_("This subject is being flooded with messages"), required=False,
        help_text=_("Every browser then does a small sum before it may send, some seconds long. People notice nothing "
                    "but a short wait; programs that send thousands do. Switch it off when it is quiet again."),
    )  # fmt: skip
    archived = forms.BooleanField(
        label=_("This subject is finished"), required=False,
        help_text=_("The page stays, with all answers. It leaves the lists to choose from."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["areas"]
        assert isinstance(field, forms.TypedMultipleChoiceField)  # noqa: S101 - for the type checker
        field.choices = list(neighbourhoods().values_list("pk", "name"))

    @classmethod
    def of(cls, topic: Topic | None) -> "TopicForm":
        """Filled with what is there."""
        if topic is None:
            return cls(initial={"moderation": Topic.Moderation.AFTER})
        values: dict[str, Any] = {name: getattr(topic, name) for name in FIELDS}
        values["open_until"] = topic.open_until and timezone.localtime(topic.open_until)
        values["areas"] = list(topic.areas.values_list("pk", flat=True))
        return cls(initial=values)


class DocumentForm(forms.Form):
    """A file or a link for a dossier."""

    title = forms.CharField(
        label=_("Title"), max_length=200, error_messages={"required": _("Give the document a title.")}
    )
    description = text(_("What does it say?"), _("One sentence, for who does not open it."), rows=2)
    upload = forms.FileField(
        label=_("File"), required=False, help_text=_("A PDF, document, table or picture of at most 25 MB.")
    )
    url = forms.URLField(label=_("Or a link"), required=False, max_length=200, assume_scheme="https")


class DecisionForm(forms.Form):
    """The words of a decision, in the order of its page."""

    title = forms.CharField(
        label=_("Title"), max_length=200, help_text=_("What was decided, in one line: “The square gets twelve trees”."),
        error_messages={"required": _("Give the decision a title.")},
    )  # fmt: skip
    decided_by = forms.CharField(
        label=_("Who decided?"), max_length=120, help_text=_("For example: the mayor and aldermen."),
        error_messages={"required": _("Write who decided.")},
    )  # fmt: skip
    decided_on = forms.DateField(
        label=_("When?"), input_formats=["%Y-%m-%d"], widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages=dict.fromkeys(("required", "invalid"), _("Choose the day of the decision.")),
    )  # fmt: skip
    heard = text(
        _("What did people say?"),
        _("In short and fair, also what you do not do. The numbers come by themselves."),
        rows=4,
    )
    decided = text(
        _("What was decided?"), _("In plain words. A line that begins with - is a list."), rows=5,
        missing=_("Write what was decided."),
    )  # fmt: skip
    done = text(_("What do we do with what people said?"), _("Concrete: what, where, when."), rows=4)
    not_done = text(_("What do we not do, and why?"), rows=4)
    not_heard = text(
        _("Who did we not hear?"), _("For example: few young people told us something. What do you do about it?")
    )

    @classmethod
    def of(cls, decision: Decision) -> "DecisionForm":
        """Filled with what is there."""
        return cls(initial={name: getattr(decision, name) for name in cls.base_fields})


def fields_of(form: forms.Form) -> Mapping[str, Any]:
    """What was filled in, for an action."""
    return form.cleaned_data
