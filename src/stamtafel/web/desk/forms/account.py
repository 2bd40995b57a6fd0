"""The form that connects an account, made from what its adapter asks."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamtafel.channels.accounts import LONGEST_NAME, Answers
from stamtafel.channels.adapters.setup import Field, Setup

LONGEST_SECRET: Final = 4000
LONGEST_OPTION: Final = 500


class AccountForm(forms.Form):
    """The name, then a field for each thing that the network wants to know. No secret is ever filled in beforehand."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        setup: Setup,
        filled_in: Collection[str] = (),
        options: Mapping[str, Any] | None = None,
        name: str = "",
        named: bool = True,
    ) -> None:
        """``filled_in``: the secrets that are there; ``options``: what was chosen before; ``named``: ask for a name."""
        super().__init__(data)
        if named:
            self.fields["name"] = forms.CharField(
                label=gettext_lazy("Name for colleagues"),
                help_text=gettext_lazy("For example the name of the page. Residents do not see it."),
                max_length=LONGEST_NAME,
                initial=name,
                error_messages={"required": gettext_lazy("Give the account a name.")},
            )
        before = options or {}
        self._asked = setup.fields
        for one in setup.fields:
            kept = one.name in filled_in
            self.fields[f"set_{one.name}"] = _secret(one, kept=kept) if one.secret else _option(one, before)

    def answers(self) -> Answers:
        """What was filled in; after ``is_valid``."""
        given = {one: str(self.cleaned_data.get(f"set_{one.name}") or "") for one in self._asked}
        return Answers(
            name=str(self.cleaned_data.get("name", "")),
            options={one.name: value for one, value in given.items() if not one.secret},
            secrets={one.name: value for one, value in given.items() if one.secret},
        )

    def refuse(self, where: str, sentence: str) -> None:
        """Put a sentence at the field that it is about, or at the form."""
        names = (where, f"set_{where}")
        self.add_error(next((name for name in names if name in self.fields), None), sentence)


def _secret(one: Field, *, kept: bool) -> forms.CharField:
    """Write-only: what is there is said to be there, and stays when the field is left empty."""
    stays = _("Filled in. Leave this empty to keep it.") if kept else ""
    return forms.CharField(
        label=str(one.label),
        help_text=" ".join(part for part in (stays, str(one.help)) if part),
        required=one.required and not kept,
        max_length=LONGEST_SECRET,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password", "spellcheck": "false"}),
        error_messages={"required": _("Fill in “%(what)s”.") % {"what": one.label}},
    )


def _option(one: Field, before: Mapping[str, Any]) -> forms.CharField:
    return forms.CharField(
        label=str(one.label),
        help_text=str(one.help),
        required=one.required and not one.default,
        max_length=LONGEST_OPTION,
        initial=str(before.get(one.name) or one.default),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Fill in “%(what)s”.") % {"what": one.label}},
    )
