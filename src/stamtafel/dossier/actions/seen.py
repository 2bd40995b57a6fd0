"""What a member of staff read before they decided: a decision about other words than those does not count."""

from hashlib import sha256

from django.utils.translation import gettext as _

from stamtafel.dossier.actions.refusals import DossierRefused
from stamtafel.dossier.models import Contribution

_DIGITS = 24


class TextChanged(DossierRefused):
    """The resident put other words or another photo there after the page was made."""

    def __init__(self) -> None:
        super().__init__(_("The text changed while you read it. Read it again. Nothing was shown or hidden."))


def version_of(contribution: Contribution) -> str:
    """What stands for the words and the photo that everybody would see; other words give another version."""
    parts = (contribution.title, contribution.public_text, contribution.photo)
    return sha256("\x1f".join(parts).encode()).hexdigest()[:_DIGITS]


def require_seen(contribution: Contribution, seen: str | None) -> None:
    """Raise TextChanged where ``seen`` is not its version now; ``None``: nobody read a page (a job, a command).

    The row must be held, else the words could still change afterwards.
    """
    if seen is not None and seen != version_of(contribution):
        raise TextChanged
