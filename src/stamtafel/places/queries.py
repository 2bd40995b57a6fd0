"""Reads on municipality and areas."""

import time

from django.db.models import QuerySet

from stamtafel.places.models import Area, Level, Municipality

SECONDS_KEPT = 5.0  # settings change rarely; every page shows the name
_kept: list[tuple[float, Municipality]] = []


def municipality() -> Municipality:
    """The municipality of this installation; a nameless one before it is set up. Kept for a few seconds."""
    now = time.monotonic()
    if _kept and now - _kept[0][0] < SECONDS_KEPT:
        return _kept[0][1]
    found = Municipality.objects.first() or Municipality(id=1, name="Gemeente")
    _kept[:] = [(now, found)]
    return found


def forget_municipality() -> None:
    """Read the municipality afresh next time (after a change, between tests)."""
    _kept.clear()


def neighbourhoods() -> QuerySet[Area]:
    """All neighbourhoods by name, without their heavy outlines."""
    return Area.objects.filter(level=Level.NEIGHBOURHOOD).defer("geometry", "path").order_by("name")
