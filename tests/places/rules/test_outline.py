from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamtafel.places.rules.geometry import Geometry, Locator, bounding_box, contains
from stamtafel.places.rules.outline import LONGEST_LINE, MapShapes, close_up, paths, two_lines
from tests.places.rules.shapes import grids, polygon, rectangle

NUMBER = re.compile(r"-?[0-9]+")


def rings_of(path: str) -> list[list[tuple[int, int]]]:
    """Read a path back as a browser would."""
    rings = []
    for part in path.removesuffix("z").split("z"):
        numbers = [int(found) for found in NUMBER.findall(part)]
        assert re.fullmatch(r"M[0-9]+ [0-9]+l(-?[0-9]+| -?[0-9]+)*", part)
        ring = [(numbers[0], numbers[1])]
        for x, y in zip(numbers[2::2], numbers[3::2], strict=True):
            ring.append((ring[-1][0] + x, ring[-1][1] + y))
        rings.append(ring)
    return rings


def drawn(shapes: MapShapes) -> dict[str, Geometry]:
    """The areas as drawn, as geometries in units of the map."""
    return {
        code: {"type": "Polygon", "coordinates": [[*ring, ring[0]] for ring in rings_of(path)]}
        for code, path in shapes.shapes
    }


def real_areas(real_data: Path, name: str) -> list[tuple[str, Geometry]]:
    features = json.loads((real_data / f"nl/{name}.geojson").read_bytes())["features"]
    return [(one["properties"]["code"], one["geometry"]) for one in features]


def test_a_square_map():
    shapes = paths([("A", polygon(rectangle(5.0, 52.0, 5.1, 52.1)))], width=100)
    assert shapes.view_box == f"0 0 100 {shapes.height}"
    assert shapes.height > 140, "a degree of latitude is longer than one of longitude here"
    ((code, path),) = shapes.shapes
    assert code == "A"
    assert sorted(rings_of(path)[0]) == sorted([(4, 4), (96, 4), (96, shapes.height - 4), (4, shapes.height - 4)])


def test_no_areas_no_map():
    with pytest.raises(ValueError, match="at least one"):
        paths([])


def test_a_lake_is_a_second_ring():
    land = polygon(rectangle(5.0, 52.0, 5.1, 52.1), rectangle(5.02, 52.02, 5.03, 52.03))
    assert len(rings_of(paths([("A", land)]).shapes[0][1])) == 2


def test_an_enclave_is_drawn_like_the_hole_around_it():
    """Both begin elsewhere and run the other way, yet must be simplified to the same corners."""
    circle = [[5.05 + 0.01 * x, 52.05 + 0.006 * y] for x, y in
              [(1, 0), (0.9, 0.45), (0.7, 0.7), (0, 1), (-0.7, 0.7), (-1, 0), (-0.7, -0.7), (0, -1), (0.7, -0.7)]]  # fmt: skip
    hole, enclave = [*circle, circle[0]], [*circle[4::-1], *circle[:3:-1]]
    areas = [("land", polygon(rectangle(5.0, 52.0, 5.1, 52.1), hole)), ("enclave", polygon(enclave))]
    shapes = dict(paths(areas, tolerance=3).shapes)
    assert set(rings_of(shapes["enclave"])[0]) == set(rings_of(shapes["land"])[1])


def test_an_area_smaller_than_a_unit_is_still_there():
    areas = [
        ("land", polygon(rectangle(5.0, 52.0, 6.0, 52.5))),
        ("speck", polygon(rectangle(5.5, 52.2, 5.50001, 52.20001))),
    ]
    assert rings_of(dict(paths(areas, width=100).shapes)["speck"])


def test_a_narrow_strip_does_not_make_an_endless_map():
    strip = polygon(rectangle(5.0, 51.0, 5.00001, 53.0))
    assert paths([("A", strip)], width=100).height <= 410


@given(grids(), st.floats(4.99, 5.06), st.floats(51.99, 52.06))
def test_there_and_back(areas, lon, lat):
    shapes = paths(areas)
    assert list(shapes.to_lonlat(*shapes.to_xy(lon, lat))) == pytest.approx([lon, lat])


@given(grids(), st.sampled_from([200, 720]), st.floats(0, 3))
def test_shared_borders_stay_shared(areas, width, tolerance):
    """Each side is drawn twice, or once on the outside; the outside has the corners of the land."""
    sides: Counter[frozenset[tuple[int, int]]] = Counter()
    for ring in (ring for _, path in paths(areas, width=width, tolerance=tolerance).shapes for ring in rings_of(path)):
        sides.update(frozenset(side) for side in pairwise([*ring, ring[0]]))
    size = round(len(areas) ** 0.5)
    assert set(sides.values()) <= {1, 2}
    assert sum(times == 1 for times in sides.values()) <= 4 * size
    assert sum(times == 2 for times in sides.values()) <= 2 * size * (size - 1)


@given(grids())
def test_the_same_land_is_always_drawn_the_same(areas):
    forward, backward = paths(areas), paths(areas[::-1])
    assert {code: {frozenset(ring) for ring in rings_of(path)} for code, path in forward.shapes} == {
        code: {frozenset(ring) for ring in rings_of(path)} for code, path in backward.shapes
    }


@pytest.mark.parametrize("width", [720, 1440])
def test_the_real_neighbourhoods_are_small(real_data, width):
    shapes = paths(real_areas(real_data, "eindhoven-buurten"), width=width)
    assert len(shapes.shapes) == 116
    assert len(gzip.compress("".join(path for _, path in shapes.shapes).encode())) <= 12_000


def test_the_real_neighbourhoods_have_no_gaps_and_no_overlaps(real_data):
    areas = real_areas(real_data, "eindhoven-buurten")
    shapes = paths(areas)
    on_paper = [(code, bounding_box(shape), shape) for code, shape in drawn(shapes).items()]
    on_earth = Locator(areas)
    inside = 0
    for x in range(3, shapes.width, 12):
        for y in range(3, shapes.height, 12):
            # Off the whole units: a corner touches several areas by right.
            spot = (x + 0.37, y + 0.41)
            near = {
                on_earth.locate(*shapes.to_lonlat(spot[0] + east, spot[1] + south))
                for east, south in ((0, 0), (-2, -2), (-2, 2), (2, -2), (2, 2))
            }
            holders = [code for code, box, shape in on_paper if box.holds(*spot) and contains(shape, *spot)]
            if None not in near:
                inside += 1
                assert len(holders) == 1
            if len(near) == 1:
                assert holders == [code for code in near if code is not None]
    assert inside > 1000


def test_all_municipalities_can_be_drawn(real_data):
    shapes = paths(real_areas(real_data, "gemeenten"))
    assert len(shapes.shapes) == 342
    assert all(rings_of(path) for _, path in shapes.shapes)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Lindehof", ("Lindehof",)),
        ("De Hoge Akker", ("De Hoge Akker",)),
        ("Bedrijvenpark De Slagen", ("Bedrijvenpark", "De Slagen")),
        ("Buitengebied ten noorden van de Linge", ("Buitengebied ten", "noorden van de Linge")),
        ("Bedrijventerreinoostzijde", ("Bedrijventerreinoostzijde",)),
        ("", ("",)),
    ],
)
def test_a_long_name_stands_on_the_map_in_two_lines(name: str, lines: tuple[str, ...]) -> None:
    assert two_lines(name) == lines


@given(st.text(alphabet="ab ", max_size=60))
def test_no_letter_of_a_name_is_lost(name: str) -> None:
    lines = two_lines(name)
    assert " ".join(lines) == name
    assert len(lines) == 1 or len(name) > LONGEST_LINE


@given(grids())
def test_a_close_up_holds_its_area_in_three_by_two(areas: list[tuple[str, Geometry]]) -> None:
    shapes = paths(areas)
    for _code, path in shapes.shapes:
        west, north, width, height = (int(number) for number in close_up(path, (shapes.width, shapes.height)).split())
        assert abs(width / 1.5 - height) <= 1
        for start, length, whole in ((west, width, shapes.width), (north, height, shapes.height)):
            assert (start >= 0 and start + length <= whole) if length < whole else start <= 0
        for ring in rings_of(path):
            for x, y in ring:
                assert west <= x <= west + width
                assert north <= y <= north + height
