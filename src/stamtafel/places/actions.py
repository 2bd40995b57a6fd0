"""Writes on areas and their figures: files brought in by an administrator at the command line."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils import timezone

from stamtafel.places.models import Area, KeyFigure, Level, MapFrame
from stamtafel.places.queries import forget_areas
from stamtafel.places.rules.areas_file import AreaRow, read_areas
from stamtafel.places.rules.key_figures_file import FigureRow, read_key_figures
from stamtafel.places.rules.outline import paths

ORDER: Final = {Level.MUNICIPALITY: 0, Level.DISTRICT: 1, Level.NEIGHBOURHOOD: 2}
POSTCODE_FIGURE: Final = "postcode4_meest_voorkomend"
BATCH: Final = 2000


@dataclass(frozen=True)
class Imported:
    """What a file brought: rows that are new, changed, and the codes that no area here has."""

    new: int
    changed: int
    unknown: tuple[str, ...] = ()


@transaction.atomic
def import_areas(*, text: bytes) -> Imported:
    """Bring in areas from GeoJSON, all or nothing; what is there already is renewed. Raises AreasFileError."""
    rows = sorted(read_areas(text), key=lambda row: ORDER[Level(row.level)])
    known = {area.code: area for area in Area.objects.defer("geometry", "path")}
    counts: Counter[bool] = Counter()
    for row in rows:
        counts[row.code in known] += 1
        known[row.code] = save_area(row, known)
    draw_map()
    forget_areas()
    return Imported(new=counts[False], changed=counts[True])


def save_area(row: AreaRow, known: dict[str, Area]) -> Area:
    """Write one area under its parent, when that is here."""
    parent = known.get(row.parent_code or "") if row.parent_code != row.code else None
    fields = {
        "name": row.name, "level": row.level, "parent": parent, "city_part": row.city_part, "geometry": row.geometry,
        "label_lon": row.label[0], "label_lat": row.label[1],
    }  # fmt: skip
    return Area.objects.update_or_create(code=row.code, defaults=fields)[0]


def draw_map() -> None:
    """Make the outlines of the neighbourhoods anew, in one view box."""
    areas = list(Area.objects.filter(level=Level.NEIGHBOURHOOD).order_by("code"))
    if not areas:
        return
    shapes = paths([(area.code, area.geometry) for area in areas])
    drawn = dict(shapes.shapes)
    for area in areas:
        area.path = drawn[area.code]
    Area.objects.bulk_update(areas, ["path"], batch_size=100)
    frame = {
        "width": shapes.width, "height": shapes.height, "west": shapes.west, "north": shapes.north,
        "units_per_degree": shapes.units_per_degree, "narrowing": shapes.narrowing,
    }  # fmt: skip
    MapFrame.objects.update_or_create(id=1, defaults={
        "view_box": f"0 0 {shapes.width} {shapes.height}", "data": frame, "made_at": timezone.now(),
    })  # fmt: skip


@transaction.atomic
def import_key_figures(*, text: bytes, year: int) -> Imported:
    """Bring in the figures of one year, all or nothing. A suppressed figure stays unknown. Raises KeyFiguresFileError.

    Codes without an area here are left out and named: a file of the whole country is welcome. What the file does
    not name stays as it was.
    """
    rows = read_key_figures(text, year=year)
    areas = {area.code: area for area in Area.objects.only("code", "postcode4")}
    unknown = sorted({row.code for row in rows} - areas.keys())
    kept = [row for row in rows if row.code in areas]
    figures = [
        KeyFigure(area=areas[row.code], year=row.year, name=row.name, value=row.value)
        for row in kept
        if row.name != POSTCODE_FIGURE
    ]
    before = KeyFigure.objects.filter(year=year).count()
    KeyFigure.objects.bulk_create(
        figures,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["area", "year", "name"],
        update_fields=["value"],
    )
    new = KeyFigure.objects.filter(year=year).count() - before
    keep_postcodes(kept, areas)
    return Imported(new=new, changed=len(figures) - new, unknown=tuple(unknown))


def keep_postcodes(rows: list[FigureRow], areas: dict[str, Area]) -> None:
    """Remember the commonest four-digit postcode of each area."""
    changed = []
    for row in rows:
        if row.name == POSTCODE_FIGURE and row.text:
            areas[row.code].postcode4 = row.text[:4]
            changed.append(areas[row.code])
    Area.objects.bulk_update(changed, ["postcode4"], batch_size=500)
