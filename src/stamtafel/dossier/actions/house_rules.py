"""The rules of the house in plain words: the reasons to hide that staff choose from, and that the writer reads."""

from typing import Final

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# key → (name of the rule, at most 80 characters; the sentence to who wrote it)
HOUSE_RULES: Final[dict[str, tuple[Promise, Promise]]] = {
    "personal": (
        _("No personal data"),
        _("Your text says something by which people can recognise you or somebody else. Without that part we show it."),
    ),
    "insult": (
        _("Stay friendly"),
        _("Your text insults somebody. You may be angry with us. Please say it without hurting a person."),
    ),
    "discrimination": (
        _("Everybody belongs"),
        _("Your text puts a group of people down. That is not allowed here, and often not by law."),
    ),
    "threat": (_("No threats"), _("Your text threatens somebody, or asks others to use violence.")),
    "accusation": (
        _("No accusations against people"),
        _("Your text accuses somebody of something that we can't check. Please report a crime to the police."),
    ),
    "advertising": (_("No advertising"), _("Your text tries to sell something, or it was sent many times.")),
    "elsewhere": (
        _("About this municipality"),
        _("Your text is not about something that this municipality decides on or takes care of."),
    ),
    "rights": (
        _("Your own words and pictures"),
        _("The text or picture was made by somebody else, and we may not show it."),
    ),
}


def rule_name(rule: str, *, language: str) -> str:
    """The name of a rule as its reader knows it; "" for no rule."""
    with translation.override(language):
        return str(HOUSE_RULES[rule][0]) if rule in HOUSE_RULES else ""


def reason_of(rule: str, own: str, *, language: str) -> str:
    """The sentence of the rule with the words of the moderator after it."""
    with translation.override(language):
        said = str(HOUSE_RULES[rule][1]) if rule in HOUSE_RULES else ""
    return " ".join(part for part in (said, own.strip()) if part)
