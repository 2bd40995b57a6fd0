"""Reads on municipality and areas."""

import re
import time
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet, Subquery
from django.utils.safestring import mark_safe

from stamtafel.places.models import Area, KeyFigure, Level, MapFrame, Municipality
from stamtafel.places.rules.geometry import Locator
from stamtafel.places.rules.outline import MapShapes, close_up, two_lines
from stamtafel.prepared import Prepared

PATH = re.compile(r"[A-Za-z0-9 .,-]*")
MARGIN = 48  # units around the whole map on a card
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


_NAMES = Prepared(lambda: neighbourhoods().values_list("id", "code", "name"))


def neighbourhood_names() -> list[tuple[int, str, str]]:
    """Id, code and name of all neighbourhoods, by name."""
    return _NAMES()


def neighbourhoods() -> QuerySet[Area]:
    """All neighbourhoods by name, without their heavy outlines."""
    return Area.objects.filter(level=Level.NEIGHBOURHOOD).defer("geometry", "path").order_by("name")


_locator: list[Locator] = []
_stamp: list[tuple[float, datetime | None]] = []


def _forget_old_areas() -> None:
    """An import runs in a process of its own: see every few seconds whether there was one."""
    now = time.monotonic()
    if _stamp and now - _stamp[0][0] < SECONDS_KEPT:
        return
    made_at = MapFrame.objects.values_list("made_at", flat=True).first()
    if _stamp and _stamp[0][1] != made_at:
        forget_areas()
    _stamp[:] = [(now, made_at)]


def locate(lon: float, lat: float) -> str | None:
    """Code of the neighbourhood that holds this point (WGS84), or None outside the municipality."""
    _forget_old_areas()
    if not _locator:
        rows = Area.objects.filter(level=Level.NEIGHBOURHOOD).order_by("code").values_list("code", "geometry")
        _locator.append(Locator(rows))
    return _locator[0].locate(lon, lat)


@dataclass(frozen=True)
class DrawnArea:
    """One neighbourhood on the map: its path in the map's units, and where its label stands."""

    code: str
    name: str
    path: str
    x: float
    y: float

    @property
    def lines(self) -> tuple[str, ...]:
        """The name for on the map: one line, or two where it is long."""
        return two_lines(self.name)


@dataclass(frozen=True)
class DrawnMap:
    """The map of all neighbourhoods; ``frame`` converts points both ways."""

    frame: MapShapes
    areas: tuple[DrawnArea, ...]
    outline: str  # all paths as one

    def close_up(self, code: str | None) -> tuple[str, str]:
        """(viewBox, path) of one neighbourhood with what lies around it; of the whole, without a path, for no code."""
        for area in self.areas:
            if area.code == code:
                return close_up(area.path, (self.frame.width, self.frame.height)), area.path
        return f"{-MARGIN} {-MARGIN} {self.frame.width + 2 * MARGIN} {self.frame.height + 2 * MARGIN}", ""


_map: list[DrawnMap] = []


def _drawn(path: str) -> str:
    """A path that needs no escaping any more: it is all letters and numbers, and long. Raises ValueError."""
    if not PATH.fullmatch(path):
        raise ValueError("The outline of a neighbourhood holds something that is no outline.")
    return mark_safe(path)


def drawn_map() -> DrawnMap | None:
    """The map of the neighbourhoods, drawn at import; None before areas came in. Kept in the process."""
    _forget_old_areas()
    if not _map:
        row = MapFrame.objects.first()
        if row is None:
            return None
        frame = MapShapes(shapes=[], **row.data)
        rows = Area.objects.filter(level=Level.NEIGHBOURHOOD).order_by("name")
        fields = rows.values_list("code", "name", "path", "label_lon", "label_lat")
        drawn = [DrawnArea(code, name, _drawn(path), *frame.to_xy(lon, lat)) for code, name, path, lon, lat in fields]
        _map.append(DrawnMap(frame, tuple(drawn), _drawn("".join(area.path for area in drawn))))
    return _map[0]


def forget_areas() -> None:
    """Read the outlines afresh next time (after an import, between tests)."""
    _locator.clear()
    _map.clear()
    _stamp.clear()


def by_postcode(postcode4: str) -> QuerySet[Area]:
    """Neighbourhoods where most people have this four-digit postcode."""
    return neighbourhoods().filter(postcode4=postcode4)


def key_figures(area: Area) -> list[KeyFigure]:
    """The figures of one area in the newest year that we have; ``value`` None is withheld or unknown."""
    newest = KeyFigure.objects.filter(area=area).order_by("-year").values("year")[:1]
    return list(KeyFigure.objects.filter(area=area, year=Subquery(newest)).order_by("name"))
