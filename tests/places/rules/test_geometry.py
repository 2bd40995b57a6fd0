from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamtafel.places.rules.geometry import Locator, bounding_box, contains, label_point, polygons
from tests.places.rules.shapes import grids, polygon, rectangle

LAKE = rectangle(2, 2, 4, 4)
LAND_WITH_LAKE = polygon(rectangle(0, 0, 10, 10), LAKE)
ISLANDS = {"type": "MultiPolygon", "coordinates": [[rectangle(0, 0, 1, 1)], [rectangle(5, 5, 9, 9)]]}


@pytest.mark.parametrize(
    ("lon", "lat", "inside"),
    [(1, 1, True), (3, 3, False), (9.99, 9.99, True), (11, 5, False), (-1, 0, False), (5, 10.1, False)],
)
def test_a_lake_is_not_part_of_the_land(lon, lat, inside):
    assert contains(LAND_WITH_LAKE, lon, lat) is inside


def test_all_islands_count():
    assert contains(ISLANDS, 0.5, 0.5)
    assert contains(ISLANDS, 7, 7)
    assert not contains(ISLANDS, 3, 3)


def test_a_ray_through_a_corner_counts_once():
    diamond = polygon([[0, -1], [1, 0], [0, 1], [-1, 0], [0, -1]])
    assert contains(diamond, 0, 0)
    assert not contains(diamond, -2, 0)
    assert not contains(diamond, -2, 1)


def test_a_line_is_no_area():
    with pytest.raises(ValueError, match="LineString"):
        polygons({"type": "LineString", "coordinates": [[0, 0], [1, 1]]})


def test_box():
    assert bounding_box(ISLANDS) == (0, 0, 9, 9)
    assert bounding_box(ISLANDS).holds(9, 0)
    assert not bounding_box(ISLANDS).holds(9.1, 0)


def test_not_a_number_is_nowhere():
    locator = Locator([("A", LAND_WITH_LAKE)])
    assert locator.locate(math.nan, 5) is None
    assert locator.locate(5, math.inf) is None


def test_no_areas_find_nothing():
    assert Locator([]).locate(5, 52) is None


def test_a_lake_that_is_an_area_of_its_own():
    locator = Locator([("land", LAND_WITH_LAKE), ("lake", polygon(LAKE))])
    assert locator.locate(3, 3) == "lake"
    assert locator.locate(1, 1) == "land"


def test_overlap_goes_to_the_first_code_whatever_the_order():
    areas = [("B", polygon(rectangle(0, 0, 2, 2))), ("A", polygon(rectangle(1, 1, 3, 3)))]
    assert Locator(areas).locate(1.5, 1.5) == "A"
    assert Locator(areas[::-1]).locate(1.5, 1.5) == "A"


def test_the_outer_border_is_inside():
    locator = Locator([("A", polygon(rectangle(0, 0, 1, 1)))])
    assert {locator.locate(*point) for point in [(0, 0), (1, 1), (1, 0.5), (0.5, 1), (0, 1)]} == {"A"}
    assert locator.locate(1.0001, 0.5) is None


def test_a_hair_crack_between_corners_that_do_not_match():
    """The northern area has a corner halfway the border that the southern one lacks."""
    south = polygon([[0, 0], [3, 0], [3, 1.1], [0, 1], [0, 0]])
    middle = [1.0, 1 + 0.1 / 3]
    north = polygon([[0, 1], middle, [3, 1.1], [3, 2], [0, 2], [0, 1]])
    assert Locator([("N", north), ("S", south)]).locate(*middle) in {"N", "S"}


@given(grids(), st.integers(0, 1000), st.floats(0, 1))
def test_a_point_on_a_shared_border_belongs_to_exactly_one(areas, pick, share):
    _, geometry = areas[pick % len(areas)]
    ring = geometry["coordinates"][0]
    (x1, y1), (x2, y2) = ring[pick % 4], ring[pick % 4 + 1]
    lon, lat = x1 + share * (x2 - x1), y1 + share * (y2 - y1)
    holders = [code for code, shape in areas if contains(shape, lon, lat)]
    assert len(holders) <= 1
    found = Locator(areas).locate(lon, lat)
    assert found is not None
    assert found == Locator(areas[::-1]).locate(lon, lat)
    assert holders in ([], [found])


@given(grids(), st.floats(5.005, 5.015), st.floats(52.005, 52.015))
def test_a_point_inside_belongs_to_exactly_one(areas, lon, lat):
    assert sum(contains(shape, lon, lat) for _, shape in areas) == 1
    assert contains(dict(areas)[Locator(areas).locate(lon, lat)], lon, lat)


@given(grids())
def test_the_label_lies_inside(areas):
    for _, shape in areas:
        assert contains(shape, *label_point(shape))


def test_the_label_avoids_the_hole_and_picks_the_largest_part():
    ring_land = polygon(rectangle(0, 0, 10, 10), rectangle(1, 1, 9, 9))
    assert contains(ring_land, *label_point(ring_land))
    lon, lat = label_point(ISLANDS)
    assert lon == pytest.approx(7)
    assert lat == pytest.approx(7, abs=0.1)


def test_the_label_of_a_bent_area_lies_inside():
    bent = polygon([[0, 0], [10, 0], [10, 10], [9, 10], [9, 1], [0, 1], [0, 0]])
    assert contains(bent, *label_point(bent))


def test_the_label_of_nothing_is_the_middle():
    assert label_point(polygon([[1, 1], [3, 1], [1, 1], [1, 1]])) == (2, 1)


@pytest.mark.parametrize("name", ["eindhoven-buurten", "eindhoven-wijken"])
def test_every_real_label_point_is_found_in_its_own_area(real_data, name):
    features = json.loads((real_data / f"nl/{name}.geojson").read_bytes())["features"]
    locator = Locator([(one["properties"]["code"], one["geometry"]) for one in features])
    for one in features:
        assert locator.locate(*one["properties"]["labelpunt"]) == one["properties"]["code"]
        assert locator.locate(*label_point(one["geometry"])) == one["properties"]["code"]
    for elsewhere in [(4.9, 52.37), (5.35, 51.44), (5.48, 51.6), (0, 0), (51.44, 5.48)]:
        assert locator.locate(*elsewhere) is None


def test_every_corner_of_the_real_areas_belongs_to_an_area_that_has_it(real_data):
    features = json.loads((real_data / "nl/eindhoven-buurten.geojson").read_bytes())["features"]
    locator = Locator([(one["properties"]["code"], one["geometry"]) for one in features])
    holders: dict[tuple[float, float], set[str]] = {}
    for one in features:
        for corner in one["geometry"]["coordinates"][0]:
            holders.setdefault((corner[0], corner[1]), set()).add(one["properties"]["code"])
    for corner, codes in list(holders.items())[::7]:
        assert locator.locate(*corner) in codes
