from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamtafel.places.rules.areas_file import REASONS, AreasFileError, read_areas
from stamtafel.places.rules.geometry import contains
from stamtafel.places.rules.problems import MOST_PROBLEMS, Problem
from tests.places.rules.shapes import collection, feature, polygon, rectangle

SQUARE = rectangle(5.0, 51.0, 5.1, 51.1)


def problems_of(text: bytes) -> tuple[Problem, ...]:
    with pytest.raises(AreasFileError) as caught:
        read_areas(text)
    assert caught.value.problems
    assert str(caught.value)
    return caught.value.problems


def refusal(text: bytes) -> set[str]:
    """The reasons why a file is refused; none when it is taken."""
    try:
        read_areas(text)
    except AreasFileError as error:
        return {problem.reason for problem in error.problems}
    return set()


def reasons_of(text: bytes) -> list[str]:
    return [problem.reason for problem in problems_of(text)]


def test_an_area_as_it_should_be():
    (row,) = read_areas(collection(feature(wijk_code="WK999901", labelpunt=[5.02, 51.03], stadsdeel="Oost")))
    assert (row.code, row.name, row.level) == ("BU99990101", "Lindepark", "neighbourhood")
    assert (row.parent_code, row.city_part) == ("WK999901", "Oost")
    assert row.label == (5.02, 51.03)
    assert row.geometry == polygon(SQUARE)


@pytest.mark.parametrize(
    ("properties", "level", "parent"),
    [
        ({"code": "GM9999"}, "municipality", None),
        ({"code": "WK999901"}, "district", "GM9999"),
        ({"code": "BU99990101"}, "neighbourhood", "WK999901"),
        ({"code": "noord", "niveau": "wijk"}, "district", None),
        ({"code": "noord-1", "niveau": "Buurt ", "ouder_code": "noord"}, "neighbourhood", "noord"),
        ({"code": "BU1", "niveau": "buurt"}, "neighbourhood", None),
        ({"code": None, "buurtcode": "BU99990102", "wijkcode": "WK999977"}, "neighbourhood", "WK999977"),
        ({"code": None, "statcode": "GM9999"}, "municipality", None),
    ],
)
def test_level_and_parent_from_the_file_or_from_the_code(properties, level, parent):
    (row,) = read_areas(collection(feature(**properties)))
    assert (row.level, row.parent_code) == (level, parent)


def test_the_id_of_the_feature_serves_as_code():
    one = feature(code=None)
    one["id"] = "WK999901"
    assert read_areas(collection(one))[0].code == "WK999901"


def test_heights_are_dropped():
    ring = [[*corner, 12.5] for corner in SQUARE]
    (row,) = read_areas(collection(feature(geometry=polygon(ring))))
    assert row.geometry == polygon(SQUARE)


def test_a_label_outside_the_area_is_replaced():
    (row,) = read_areas(collection(feature(labelpunt=[5.5, 51.5])))
    assert contains(row.geometry, *row.label)


def test_a_file_with_a_byte_order_mark():
    assert read_areas(b"\xef\xbb\xbf" + collection(feature()))


def test_several_parts_with_a_hole():
    parts = [[SQUARE, rectangle(5.02, 51.02, 5.03, 51.03)], [rectangle(5.2, 51.0, 5.3, 51.1)]]
    shape = {"type": "MultiPolygon", "coordinates": parts}
    (row,) = read_areas(collection(feature(geometry=shape)))
    assert row.geometry == shape


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b"\xff\xfe", "not_utf8"),
        (b"[" * 100_000, "too_deep"),
        (b'{"a":' * 100_000, "too_deep"),
        (b'{"type":"FeatureCollection","features":[' + b"9" * 5000 + b"]}", "not_json"),
        (b"[]", "not_a_collection"),
        (b'"FeatureCollection"', "not_a_collection"),
        (b'{"type":"Feature"}', "not_a_collection"),
        (b'{"type":"FeatureCollection"}', "not_a_collection"),
        (b'{"type":"FeatureCollection","features":{}}', "not_a_collection"),
        (b'{"type":"FeatureCollection","features":[]}', "no_features"),
    ],
)
def test_a_file_that_is_no_collection_of_areas(text, reason):
    (problem,) = problems_of(text)
    assert (problem.row, problem.reason) == (None, reason)


@pytest.mark.parametrize(
    ("changes", "column", "reason"),
    [
        ({"code": None}, "code", "no_code"),
        ({"code": "  "}, "code", "no_code"),
        ({"code": 12}, "code", "no_code"),
        ({"code": "BU 1"}, "code", "bad_code"),
        ({"code": "B" * 13}, "code", "bad_code"),
        ({"code": "BÜ1"}, "code", "bad_code"),
        ({"naam": None}, "naam", "no_name"),
        ({"naam": 7}, "naam", "no_name"),
        ({"naam": "x" * 121}, "naam", "bad_name"),
        ({"naam": "Linde\x00park"}, "naam", "bad_name"),
        ({"naam": "Linde\ud800park"}, "naam", "bad_name"),
        ({"naam": "\u202epark"}, "naam", "bad_name"),
        ({"stadsdeel": "x" * 121}, "stadsdeel", "bad_name"),
        ({"code": "noord"}, "niveau", "unknown_level"),
        ({"niveau": "straat"}, "niveau", "unknown_level"),
        ({"niveau": ["buurt"]}, "niveau", "unknown_level"),
        ({"niveau": "wijk"}, "niveau", "level_conflict"),
        ({"wijk_code": "WK 1"}, "ouder_code", "bad_parent"),
        ({"wijk_code": 1}, "ouder_code", "bad_parent"),
        ({"labelpunt": "5,51"}, "labelpunt", "bad_position"),
        ({"labelpunt": [51.0, 5.0]}, "labelpunt", "swapped_coordinates"),
    ],
)
def test_wrong_properties(changes, column, reason):
    (problem,) = problems_of(collection(feature(), feature(**{"code": "BU99990102", **changes})))
    assert (problem.row, problem.column, problem.reason) == (2, column, reason)


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        (None, "not_a_polygon"),
        ({"type": "Point", "coordinates": [5, 51]}, "not_a_polygon"),
        ({"type": ["Polygon"], "coordinates": []}, "not_a_polygon"),
        ({"type": "Polygon"}, "empty_polygon"),
        (polygon(), "empty_polygon"),
        (polygon([]), "empty_polygon"),
        ({"type": "MultiPolygon", "coordinates": []}, "empty_polygon"),
        ({"type": "MultiPolygon", "coordinates": [[]]}, "empty_polygon"),
        (polygon([[5, 51], [5.1, 51], [5, 51]]), "empty_polygon"),
        (polygon([[5, 51], [5.1, 51.1], [5.2, 51.2], [5, 51]]), "empty_polygon"),
        (polygon(SQUARE[:-1]), "unclosed_ring"),
        (polygon([*SQUARE[:-1], [5.0, 51.000001]]), "unclosed_ring"),
        (polygon([[155_000, 463_000], [156_000, 463_000], [156_000, 464_000], [155_000, 463_000]]),
         "rd_coordinates"),
        (polygon([[lat, lon] for lon, lat in SQUARE]), "swapped_coordinates"),
        (polygon(rectangle(13.3, 52.4, 13.5, 52.6)), "outside_netherlands"),
        (polygon(rectangle(-68.3, 12.1, -68.2, 12.2)), "outside_netherlands"),
        (polygon([[5], [6]]), "bad_position"),
        (polygon(["5 51", "6 52"]), "bad_position"),  # type: ignore[list-item]
        (polygon([[True, False], [5, 51]]), "bad_position"),
        (polygon([[10**400, 51], [5, 51]]), "bad_position"),
        (polygon([[float("nan"), 51], [5, 51]]), "bad_position"),
        (polygon([[5, float("inf")], [5, 51]]), "bad_position"),
    ],
)  # fmt: skip
def test_wrong_shapes(shape, reason):
    (problem,) = problems_of(collection(feature(geometry=shape)))
    assert (problem.row, problem.column, problem.reason) == (1, "geometry", reason)


@pytest.mark.parametrize("nothing", [None, 1, "Feature", [], {"type": "Polygon"}])
def test_what_is_no_feature(nothing):
    assert reasons_of(collection(nothing)) == ["not_a_feature"]


def test_a_code_twice():
    (problem,) = problems_of(collection(feature(), feature()))
    assert (problem.row, problem.reason, problem.detail) == (2, "duplicate_code", "BU99990101")


def test_all_problems_are_told_up_to_fifty():
    text = collection(*(feature(code=f"BU{n}", naam=None) for n in range(80)))
    assert [problem.row for problem in problems_of(text)] == list(range(1, MOST_PROBLEMS + 1))


def test_the_sentence_names_place_and_reason():
    with pytest.raises(AreasFileError, match=r"row 1, column naam: The area has no name\."):
        read_areas(collection(feature(naam=None)))


@pytest.mark.parametrize(
    ("name", "count", "level", "parents"),
    [
        ("eindhoven-buurten", 116, "neighbourhood", 20),
        ("eindhoven-wijken", 20, "district", 1),
        ("gemeenten", 342, "municipality", 1),
    ],
)
def test_real_files(real_data, name, count, level, parents):
    rows = read_areas((real_data / f"nl/{name}.geojson").read_bytes())
    assert len(rows) == count
    assert {row.level for row in rows} == {level}
    assert len({row.parent_code for row in rows}) == parents
    assert all(contains(row.geometry, *row.label) for row in rows)


def test_the_real_neighbourhoods_lie_in_the_real_districts(real_data):
    districts = read_areas((real_data / "nl/eindhoven-wijken.geojson").read_bytes())
    neighbourhoods = read_areas((real_data / "nl/eindhoven-buurten.geojson").read_bytes())
    assert {row.parent_code for row in neighbourhoods} == {row.code for row in districts}


any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
    | st.sampled_from(["Polygon", "MultiPolygon", "BU99990101"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=15,
)  # fmt: skip


@given(st.binary() | any_json.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_refused_in_words(text):
    assert set(reasons_of(text)) <= set(REASONS)


@given(
    st.lists(
        st.builds(
            lambda geometry, properties: {
                "type": "Feature",
                "properties": properties,
                "geometry": {"type": "Polygon", "coordinates": geometry},
            },
            any_json,
            st.dictionaries(st.sampled_from(["code", "naam", "niveau", "labelpunt", "wijk_code"]), any_json),
        ),
        min_size=1,
        max_size=3,
    )
)
def test_any_feature_is_taken_or_refused_in_words(features):
    assert refusal(collection(*features)) <= set(REASONS)
