"""Residents of whom nothing is left."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from stamtafel.people.models import Resident

BATCH: Final = 500


@transaction.atomic
def forget_residents(_now: datetime) -> int:
    """Delete addresses that no row needs any more: what was said is erased, no news is asked for (job).

    Gives how many. First locked, then looked at once more: whoever comes back meanwhile waits, and stays.
    """
    locked = list(_unused().select_for_update().values_list("pk", flat=True)[:BATCH])
    _unused().filter(pk__in=locked).delete()
    return len(locked)


def _unused() -> QuerySet[Resident]:
    """Without a row of whatever package pointing there: this one knows none of them."""
    links = Resident._meta.related_objects  # noqa: SLF001 - Django's own list of what points here
    managers = [(link.related_model._base_manager, link.field.name) for link in links]  # noqa: SLF001 - of any model
    pointing = [Exists(manager.filter(**{field: OuterRef("pk")})) for manager, field in managers]
    return Resident.objects.filter(*(~rows for rows in pointing)).order_by("pk")
