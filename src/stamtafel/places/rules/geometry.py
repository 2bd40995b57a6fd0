"""Points, rings and areas on the map, in plain longitude and latitude (WGS84).

Geometries are GeoJSON objects (RFC 7946) of type Polygon or MultiPolygon, as they lie in the
database. At the size of a municipality a degree grid is flat enough for "inside or outside".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import cos, hypot, radians
from typing import Any, NamedTuple, TypeAlias

Geometry: TypeAlias = Mapping[str, Any]
Ring: TypeAlias = Sequence[Sequence[float]]
Polygon: TypeAlias = Sequence[Ring]

ON_BORDER_DEGREES = 1e-9
"""A tenth of a millimetre: what is nearer to a line than this lies on it."""

_SCAN_LINES = 24


class Box(NamedTuple):
    """The smallest upright rectangle around something, in degrees."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, lon: float, lat: float) -> bool:
        """Say whether the point lies in the box or on its edge."""
        return self.west <= lon <= self.east and self.south <= lat <= self.north

    def grown(self, margin: float) -> Box:
        """Return the box with `margin` degrees more on each side."""
        return Box(self.west - margin, self.south - margin, self.east + margin, self.north + margin)


class Edge(NamedTuple):
    """One side of a ring, always from its southern to its northern end.

    The fixed direction makes the arithmetic the same for both areas that share the side.
    """

    x1: float
    y1: float
    x2: float
    y2: float


def polygons(geometry: Geometry) -> Sequence[Polygon]:
    """Return the polygons of a Polygon or MultiPolygon; each is its outer ring and then its holes.

    Raises ValueError for another type of geometry.
    """
    kind, coordinates = geometry.get("type"), geometry.get("coordinates", ())
    if kind == "Polygon":
        return [coordinates]
    if kind == "MultiPolygon":
        return list(coordinates)
    raise ValueError(f"Not a Polygon or MultiPolygon: {kind!r}")


def bounding_box(geometry: Geometry) -> Box:
    """Return the box around all rings. Raises ValueError when there is no point at all."""
    points = [point for polygon in polygons(geometry) for ring in polygon for point in ring]
    lons, lats = [point[0] for point in points], [point[1] for point in points]
    return Box(min(lons), min(lats), max(lons), max(lats))


def contains(geometry: Geometry, lon: float, lat: float) -> bool:
    """Say whether the point lies in the area and in none of its holes.

    Even-odd ray casting to the east. A side holds its southern end and not its northern one, so
    of two areas that share a side (the same two corners) exactly one holds a point on it.
    """
    return _inside(_edges(geometry), lon, lat)


def label_point(geometry: Geometry) -> tuple[float, float]:
    """Return a point well inside the largest polygon, for a name on a map.

    Takes the middle of the widest stretch of each of a number of lines from west to east, and of
    those the one farthest from any border. An area without surface gets the middle of its box.
    """
    largest = max(polygons(geometry), key=_surface)
    shape = {"type": "Polygon", "coordinates": largest}
    edges = list(_edges(shape))
    box = bounding_box(shape)
    narrowing = cos(radians((box.south + box.north) / 2))
    best, best_distance = ((box.west + box.east) / 2, (box.south + box.north) / 2), 0.0
    for lon, lat in _middles(edges, box):
        distance = min(_distance(edge, lon, lat, narrowing) for edge in edges)
        if distance > best_distance:
            best, best_distance = (lon, lat), distance
    return best


class _Area(NamedTuple):
    code: str
    box: Box
    edges: tuple[Edge, ...]


class Locator:
    """Finds the area of a point. Made once from all areas, then asked often.

    Areas are tried in the order of their codes, so that the answer never depends on the order in
    which they came: a point on a shared border, or where areas overlap, belongs to exactly one.
    """

    def __init__(self, areas: Iterable[tuple[str, Geometry]]) -> None:
        self._areas = [
            _Area(code, bounding_box(geometry).grown(ON_BORDER_DEGREES), tuple(_edges(geometry)))
            for code, geometry in sorted(areas, key=lambda area: area[0])
        ]

    def locate(self, lon: float, lat: float) -> str | None:
        """Return the code of the area around the point, or None outside all of them.

        A point on the outer border is inside. NaN is nowhere.
        """
        near = [area for area in self._areas if area.box.holds(lon, lat)]
        for area in near:
            if _inside(area.edges, lon, lat):
                return area.code
        # Corners that do not match exactly leave hair cracks: who is on a line is still somewhere.
        for area in near:
            if any(_distance(edge, lon, lat, 1.0) <= ON_BORDER_DEGREES for edge in area.edges):
                return area.code
        return None


def _edges(geometry: Geometry) -> Iterator[Edge]:
    for polygon in polygons(geometry):
        for ring in polygon:
            for start, end in pairwise(ring):
                low, high = (start, end) if (start[1], start[0]) <= (end[1], end[0]) else (end, start)
                yield Edge(low[0], low[1], high[0], high[1])


def _inside(edges: Iterable[Edge], lon: float, lat: float) -> bool:
    inside = False
    for x1, y1, x2, y2 in edges:
        if y1 <= lat < y2 and lon < x1 + (lat - y1) * (x2 - x1) / (y2 - y1):
            inside = not inside
    return inside


def _crossings(edges: Iterable[Edge], lat: float) -> list[float]:
    return sorted(x1 + (lat - y1) * (x2 - x1) / (y2 - y1) for x1, y1, x2, y2 in edges if y1 <= lat < y2)


def _middles(edges: Sequence[Edge], box: Box) -> Iterator[tuple[float, float]]:
    """Yield the middle of the widest inner stretch on each scan line."""
    for number in range(_SCAN_LINES):
        lat = box.south + (box.north - box.south) * (number + 0.5) / _SCAN_LINES
        crossings = _crossings(edges, lat)
        stretches = list(zip(crossings[::2], crossings[1::2], strict=False))
        if stretches:
            west, east = max(stretches, key=lambda stretch: stretch[1] - stretch[0])
            yield (west + east) / 2, lat


def _distance(edge: Edge, lon: float, lat: float, narrowing: float) -> float:
    """Return the distance to the edge in degrees of latitude; `narrowing` is cos(latitude)."""
    along, up = (edge.x2 - edge.x1) * narrowing, edge.y2 - edge.y1
    east, north = (lon - edge.x1) * narrowing, lat - edge.y1
    length = along * along + up * up
    share = min(1.0, max(0.0, (east * along + north * up) / length)) if length else 0.0
    return hypot(east - share * along, north - share * up)


def _surface(polygon: Polygon) -> float:
    """Return the surface of the outer ring in square degrees (shoelace formula)."""
    return abs(ring_area(polygon[0]))


def ring_area(ring: Ring) -> float:
    """Return the signed surface of a closed ring, in its own units squared; left turns count up.

    Measured from the first corner: far from the origin the products would swallow small rings.
    """
    left, bottom = ring[0][0], ring[0][1]
    doubled = 0.0
    for start, end in pairwise(ring):
        doubled += (start[0] - left) * (end[1] - bottom) - (end[0] - left) * (start[1] - bottom)
    return doubled / 2
