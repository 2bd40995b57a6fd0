"""What an editor or subscriber is told when something is not done."""

from datetime import datetime

from django.utils.translation import gettext as _


class NotDone(ValueError):
    """It was not done; the sentence says why, and what to do. Nothing changed."""


class Outdated(NotDone):
    """Somebody else saved in between: ``who`` (may be empty), ``at``, and the number of what is there now."""

    def __init__(self, *, who: str, at: datetime, version: int) -> None:
        name = who or _("Somebody else")
        super().__init__(
            _("%(name)s saved this announcement after you opened it. Your text is still here.") % {"name": name}
        )
        self.who = name
        self.at = at
        self.version = version


class TextRefused(NotDone):
    """A field can't be kept as it is; ``field`` names it."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class WrongState(NotDone):
    """Nothing of the kind can be done with an announcement in this state."""


class FourEyes(NotDone):
    """The one who wrote it may not approve it."""

    def __init__(self) -> None:
        super().__init__(_("You wrote or changed this text yourself. Ask a colleague to approve it."))


class LinkUnknown(LookupError):
    """A secret link that we never gave, or that was changed on its way."""

    def __init__(self) -> None:
        super().__init__(_("We do not know this link. Copy the whole link from the mail, or sign up again."))
