"""Words of the desk for what the code keeps as short names."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stamtafel.people.rules import Role

ROLES: Final[dict[Role, tuple[Promise, Promise]]] = {
    Role.EDITOR: (_("Editor"), _("writes news, dossiers and decisions")),
    Role.APPROVER: (_("Approver"), _("approves news and publishes decisions")),
    Role.CONVERSATIONALIST: (_("Conversationalist"), _("reads the inbox and answers residents")),
    Role.MODERATOR: (_("Moderator"), _("reads contributions, hides and shows them, merges doubles")),
    Role.FIELD_WORKER: (_("Field worker"), _("writes down what is said in the street and the café")),
    Role.ANALYST: (_("Analyst"), _("sees figures and exports them")),
    Role.ADMINISTRATOR: (_("Administrator"), _("lets people in, changes settings, may do everything")),
}
PURPOSES: Final[dict[str, Promise]] = {
    "announcement": pgettext_lazy("delivery", "News"),
    "reply": _("Answer"),
    "notice": _("Message about a contribution"),
    "confirmation": _("Confirmation of an address"),
    "digest": _("Newsletter"),
    "sign-in": _("Sign-in link"),
}
ACCOUNTS: Final[dict[str, Promise]] = {
    "email": pgettext_lazy("account", "Mail"),
    "website": _("Website"),
    "feed": _("News feed (RSS)"),
}
STATES: Final[dict[str, tuple[Promise, str]]] = {
    "waiting": (_("Waits"), "neutral"),
    "sending": (_("Under way"), "neutral"),
    "done": (_("Sent"), "good"),
    "failed": (_("Failed"), "wrong"),
    "unsure": (_("Unsure"), "attention"),
    "held": (_("On hold"), "attention"),
    "cancelled": (_("Cancelled"), "neutral"),
}
