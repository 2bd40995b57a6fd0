"""Areas as SVG paths: a map that the server draws, which works without script.

Borders are simplified as shared lines: every stretch between two meeting points is made plainer
once, and both its areas use that. So there are no gaps and no overlaps, and the paths are small.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, radians
from typing import TypeAlias

from stamtafel.places.rules.geometry import Geometry, bounding_box, polygons, ring_area

Point: TypeAlias = tuple[int, int]

MARGIN = 4
"""Units around the map, so that the line of the outer border is not cut off."""

_CLOSE_UP = 2.2
"""How many times wider than the area its close-up is: its neighbours show where it lies."""
_WIDE = 3 / 2
"""Width of a close-up as a share of its height, as pictures on cards have it."""
_NUMBER = re.compile(r"-?\d+")

LONGEST_LINE = 16
"""Characters of a name that stand on the map in one line."""

_NARROWEST_SPAN = 1e-6
_TALLEST = 4
"""A narrow strip of land makes no map higher than so many times its width."""
_CORNERS = 3


@dataclass(frozen=True, slots=True)
class MapShapes:
    """A drawn map: paths in whole units, and the way from the earth to the paper and back."""

    width: int
    height: int
    shapes: list[tuple[str, str]]
    """Code and path ("M…z", one per ring; draw with fill-rule evenodd), in the order given."""
    west: float
    north: float
    units_per_degree: float
    """Units per degree of latitude."""
    narrowing: float
    """Width of a degree of longitude as a share of one of latitude: cos(middle latitude)."""

    @property
    def view_box(self) -> str:
        """The value of the attribute viewBox."""
        return f"0 0 {self.width} {self.height}"

    def to_xy(self, lon: float, lat: float) -> tuple[float, float]:
        """Return where the point lies in the viewBox."""
        x = MARGIN + (lon - self.west) * self.narrowing * self.units_per_degree
        y = MARGIN + (self.north - lat) * self.units_per_degree
        return x, y

    def to_lonlat(self, x: float, y: float) -> tuple[float, float]:
        """Return the point on the earth below a point of the viewBox."""
        lon = self.west + (x - MARGIN) / (self.narrowing * self.units_per_degree)
        lat = self.north - (y - MARGIN) / self.units_per_degree
        return lon, lat


def paths(areas: Iterable[tuple[str, Geometry]], *, width: int = 720, tolerance: float = 0.7) -> MapShapes:
    """Draw the areas on a map of `width` units; the height follows from the land.

    Equirectangular projection around the middle of the map. A border may lie at most about
    `tolerance` units from where it should. Raises ValueError without areas.
    """
    given = list(areas)
    if not given:
        raise ValueError("A map needs at least one area.")
    paper = _paper([geometry for _, geometry in given], width)
    outlines = {
        number: [_on_grid(paper, ring) for polygon in polygons(geometry) for ring in polygon]
        for number, (_, geometry) in enumerate(given)
    }
    simplifier = _Simplifier((ring for rings in outlines.values() for ring in rings), tolerance)
    shapes = [
        (code, _path([simplifier.ring(ring) for ring in outlines[number]], outlines[number]))
        for number, (code, _) in enumerate(given)
    ]
    return MapShapes(
        paper.width,
        paper.height,
        shapes,
        paper.west,
        paper.north,
        paper.units_per_degree,
        paper.narrowing,
    )


def close_up(path: str, frame: tuple[int, int]) -> str:
    """Return the viewBox of a picture of one area, 3 : 2, with what lies around it in a map of these two sides."""
    xs, ys = zip(*(corner for ring in path.split("z") if ring for corner in _corners(ring)), strict=True)
    span = max(max(xs) - min(xs), (max(ys) - min(ys)) * _WIDE, 1)
    width, height = round(span * _CLOSE_UP), round(span * _CLOSE_UP / _WIDE)
    west, north = (min(xs) + max(xs) - width) // 2, (min(ys) + max(ys) - height) // 2
    return f"{_inside(west, width, frame[0])} {_inside(north, height, frame[1])} {width} {height}"


def _inside(start: int, length: int, whole: int) -> int:
    """Move a stretch so that it shows the map and not the emptiness beside it; a longer one to the middle."""
    if length >= whole:
        return (whole - length) // 2
    return min(max(start, 0), whole - length)


def _corners(ring: str) -> Iterator[Point]:
    """Yield the corners of one ring of a path, which holds the first and then steps."""
    numbers = [int(found) for found in _NUMBER.findall(ring)]
    x = y = 0
    for east, south in zip(numbers[::2], numbers[1::2], strict=True):
        x, y = x + east, y + south
        yield x, y


def two_lines(name: str) -> tuple[str, ...]:
    """Return the name in one line, or a long one in two, parted at the space nearest to its middle."""
    spaces = [number for number, sign in enumerate(name) if sign == " "]
    if len(name) <= LONGEST_LINE or not spaces:
        return (name,)
    cut = min(spaces, key=lambda number: abs(number - len(name) / 2))
    return name[:cut], name[cut + 1 :]


def _paper(geometries: Sequence[Geometry], width: int) -> MapShapes:
    boxes = [bounding_box(geometry) for geometry in geometries]
    west, east = min(box.west for box in boxes), max(box.east for box in boxes)
    south, north = min(box.south for box in boxes), max(box.north for box in boxes)
    narrowing = cos(radians((south + north) / 2))
    units = min(
        (width - 2 * MARGIN) / max((east - west) * narrowing, _NARROWEST_SPAN),
        _TALLEST * width / max(north - south, _NARROWEST_SPAN),
    )
    height = round((north - south) * units) + 2 * MARGIN
    return MapShapes(width, height, [], west, north, units, narrowing)


def _on_grid(paper: MapShapes, ring: Iterable[Sequence[float]]) -> list[Point]:
    """Return the ring in whole units, without repeated corners and without the closing one."""
    corners: list[Point] = []
    for position in ring:
        x, y = paper.to_xy(position[0], position[1])
        corner = (round(x), round(y))
        if not corners or corners[-1] != corner:
            corners.append(corner)
    if len(corners) > 1 and corners[0] == corners[-1]:
        corners.pop()
    return corners


class _Simplifier:
    """Simplifies rings by their shared lines; what two rings share comes out the same in both."""

    def __init__(self, rings: Iterable[list[Point]], tolerance: float) -> None:
        self._tolerance = tolerance
        self._lines: dict[tuple[Point, ...], list[Point]] = {}
        self._meetings = _meeting_points(rings)

    def ring(self, corners: list[Point]) -> list[Point]:
        """Return the ring with fewer corners, again without the closing one."""
        if len(corners) < _CORNERS:
            return []
        plain: list[Point] = []
        for line in self._split(corners):
            plain += self._simplified(line)[:-1]
        return plain

    def _split(self, corners: list[Point]) -> Iterator[list[Point]]:
        """Yield the lines between meeting points; a ring without any is one line, closed."""
        cuts = [number for number, corner in enumerate(corners) if corner in self._meetings]
        # An island and the hole around it must begin at the same corner.
        cuts = cuts or [corners.index(min(corners))]
        turned = corners[cuts[0] :] + corners[: cuts[0]]
        ends = [cut - cuts[0] for cut in cuts] + [len(corners)]
        turned.append(turned[0])
        for start, end in pairwise(ends):
            yield turned[start : end + 1]

    def _simplified(self, line: list[Point]) -> list[Point]:
        forward = tuple(line)
        backward = forward[::-1]
        if forward > backward:
            return self._canonical(backward)[::-1]
        return self._canonical(forward)

    def _canonical(self, line: tuple[Point, ...]) -> list[Point]:
        if line not in self._lines:
            self._lines[line] = _douglas_peucker(line, self._tolerance)
        return self._lines[line]


def _meeting_points(rings: Iterable[list[Point]]) -> set[Point]:
    """Return the corners where rings part: not all that pass come and go the same way."""
    ways: dict[Point, set[frozenset[Point]]] = defaultdict(set)
    for corners in rings:
        for number, corner in enumerate(corners):
            following = corners[(number + 1) % len(corners)]
            ways[corner].add(frozenset((corners[number - 1], following)))
    return {corner for corner, pairs in ways.items() if len(pairs) > 1}


def _douglas_peucker(line: Sequence[Point], tolerance: float) -> list[Point]:
    """Return the line without the corners that lie within `tolerance` of the rest.

    Douglas and Peucker, 1973; with a stack, for a coast may have more corners than Python has
    levels. A closed line keeps its farthest corner, so that it does not fall to a point.
    """
    last = len(line) - 1
    kept = {0, last}
    open_stretches = [(0, last)]
    while open_stretches:
        start, end = open_stretches.pop()
        number, distance = _farthest(line, start, end)
        if distance > tolerance or (distance > 0 and line[start] == line[end]):
            kept.add(number)
            open_stretches += [(start, number), (number, end)]
    return [line[number] for number in sorted(kept)]


def _farthest(line: Sequence[Point], start: int, end: int) -> tuple[int, float]:
    """Return the corner farthest from the straight line between two corners, and how far."""
    (x1, y1), (x2, y2) = line[start], line[end]
    along, up = x2 - x1, y2 - y1
    length = along * along + up * up
    best, best_square = start, 0.0
    for number in range(start + 1, end):
        east, south = line[number][0] - x1, line[number][1] - y1
        share = min(1.0, max(0.0, (east * along + south * up) / length)) if length else 0.0
        square = (east - share * along) ** 2 + (south - share * up) ** 2
        if square > best_square:
            best, best_square = number, square
    return best, best_square**0.5


def _path(rings: Iterable[list[Point]], originals: Sequence[list[Point]]) -> str:
    """Return the path of the rings with a surface; of an area smaller than that, a small square."""
    drawn = [ring for ring in rings if _has_surface(ring)]
    if not drawn:
        whole = [ring for ring in originals if _has_surface(ring)]
        x, y = originals[0][0]
        drawn = whole[:1] or [[(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)]]
    return "".join(_ring_path(ring) for ring in drawn)


def _has_surface(ring: Sequence[Point]) -> bool:
    return len(ring) >= _CORNERS and ring_area([*ring, ring[0]]) != 0


def _ring_path(ring: Sequence[Point]) -> str:
    """Return "Mx yl…z" with steps from corner to corner: a third shorter than places."""
    steps = "".join(
        _pair(here[0] - before[0], here[1] - before[1], first=number == 0)
        for number, (before, here) in enumerate(pairwise(ring))
    )
    return f"M{ring[0][0]} {ring[0][1]}l{steps}z"


def _pair(x: int, y: int, *, first: bool) -> str:
    lead = "" if first or x < 0 else " "
    return f"{lead}{x}{'' if y < 0 else ' '}{y}"
