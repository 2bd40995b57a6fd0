"""What can be filled in on the follow page and under a contribution."""

from django import forms
from django.utils.translation import gettext_lazy

from stamtafel.dossier.rules.texts import LONGEST_ADDITION, LONGEST_CONTRIBUTION, LONGEST_REACTION
from stamtafel.web.site.forms.fields import Unseen, Words

NOTHING = gettext_lazy("Write something first. A few words are enough.")


class FollowCode(forms.Form):
    """A code, typed from paper or told by telephone."""

    code = forms.CharField(
        max_length=60, label=gettext_lazy("Your follow code"),
        help_text=gettext_lazy("It looks like LIND-7K4M-92QX. Capitals and dashes don't matter."),
        error_messages={"required": gettext_lazy("Type your follow code."),
                        "max_length": gettext_lazy("This is too long for a follow code.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )  # fmt: skip


class Addition(forms.Form):
    """Something more about one's own contribution."""

    text = Words(
        max_length=LONGEST_ADDITION, label=gettext_lazy("What do you want to add?"), empty=NOTHING,
        help_text=gettext_lazy("Only our staff read this."), widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip


class Correction(forms.Form):
    """The words anew."""

    text = Words(
        max_length=LONGEST_CONTRIBUTION, label=gettext_lazy("Your text"), empty=NOTHING,
        help_text=gettext_lazy("Your new text replaces the old one, also on the site."),
    )  # fmt: skip


class Objection(forms.Form):
    """Why hiding a contribution was wrong."""

    text = Words(
        max_length=LONGEST_ADDITION, label=gettext_lazy("Why do you disagree?"), empty=NOTHING,
        help_text=gettext_lazy("A colleague who did not take this decision looks at it again."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip


class Reacting(forms.Form):
    """Something said under somebody else's contribution."""

    text = Words(
        max_length=LONGEST_REACTION, label=gettext_lazy("Your reaction"), empty=NOTHING,
        help_text=gettext_lazy("Everybody can read this. Leave out names, phone numbers and addresses."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    form_key = Unseen(required=False, widget=forms.HiddenInput)  # these two while its topic is flooded
    proof = Unseen(required=False, widget=forms.HiddenInput)
