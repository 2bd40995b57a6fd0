"""What withdrawing and erasing do to the rows, whoever asked for it. The caller holds the row and tells the log."""

from datetime import datetime
from typing import Final

from django.db import transaction

from stamtafel.dossier.actions.aside import part_joined
from stamtafel.dossier.actions.photos import forget_photo
from stamtafel.dossier.models import Contribution, ImportedDetails, Moderation, State, Step

TEXTS: Final = ("text", "public_text", "title", "excerpt", "terms", "signature")


def take_off(kept: Contribution, *, now: datetime) -> None:
    """Off the site for good. What was joined with it stands by itself again."""
    kept.state, kept.merged_into = State.WITHDRAWN, None
    kept.save(update_fields=["state", "merged_into"])
    part_joined(contribution=kept, now=now)


def wipe(kept: Contribution, *, now: datetime) -> None:
    """Empty the row and all that this package keeps with it, down to a tombstone.

    The inbox empties its conversation and mails by what it sees here, and people the address that nobody needs.
    """
    photo = kept.photo
    for field in (*TEXTS, "photo"):
        setattr(kept, field, "")
    for field in ("author", "area", "lon", "lat", "form_key", "content_key", "merged_into"):
        setattr(kept, field, None)
    kept.state, kept.erased_at = State.WITHDRAWN, now
    kept.save()
    part_joined(contribution=kept, now=now)
    Step.objects.filter(contribution=kept).exclude(text="").update(text="")
    ImportedDetails.objects.filter(contribution=kept).delete()
    Moderation.objects.filter(contribution=kept).update(objection="")
    transaction.on_commit(lambda: forget_photo(photo))
