"""Read municipalities, districts and neighbourhoods from a GeoJSON file (RFC 7946).

Made for the area files of CBS, PDOK and the municipalities' own open data. All or nothing: a
file with one broken area is refused as a whole, and every problem is named.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, ClassVar, Final

from stamtafel.places.rules.geometry import Geometry, contains, label_point, ring_area
from stamtafel.places.rules.problems import MOST_PROBLEMS, FileRefusedError, Problem, shortened

REASONS: Final = {
    "not_utf8": "The file is not UTF-8 text.",
    "not_json": "The file is not valid JSON.",
    "too_deep": "The file is nested too deeply.",
    "not_a_collection": "The file is not a GeoJSON FeatureCollection.",
    "no_features": "The file holds no areas.",
    "not_a_feature": "This is not a GeoJSON Feature.",
    "no_code": "The area has no code.",
    "bad_code": "The code may hold only letters, digits, hyphens and underscores, 12 at most.",
    "duplicate_code": "This code appears more than once.",
    "no_name": "The area has no name.",
    "bad_name": "The name is too long or holds signs that cannot be shown.",
    "unknown_level": "The level is not municipality, district or neighbourhood.",
    "level_conflict": "The level does not fit the first letters of the code.",
    "bad_parent": "The code of the surrounding area is not a valid code.",
    "not_a_polygon": "The shape is not a Polygon or MultiPolygon.",
    "empty_polygon": "The shape has no surface.",
    "unclosed_ring": "A ring does not end where it began.",
    "bad_position": "A position is not a pair of numbers.",
    "rd_coordinates": "These are RD coordinates (metres); save the file as WGS84 (EPSG:4326).",
    "swapped_coordinates": "Latitude stands before longitude; GeoJSON wants longitude first.",
    "outside_netherlands": "A position lies outside the Netherlands.",
}

LEVELS: Final = ("municipality", "district", "neighbourhood")
_LEVEL_NAMES: Final = {
    **{level: level for level in LEVELS},
    "gemeente": "municipality",
    "wijk": "district",
    "buurt": "neighbourhood",
}
_LEVEL_OF_PREFIX: Final = {"GM": "municipality", "WK": "district", "BU": "neighbourhood"}
# The smallest area first: a neighbourhood in a file of PDOK carries the codes of its parents too.
_CODE_KEYS: Final = ("code", "statcode", "buurtcode", "wijkcode", "gemeentecode")
_NAME_KEYS: Final = ("naam", "name", "statnaam", "buurtnaam", "wijknaam", "gemeentenaam")
_PARENT_KEYS: Final = {
    "municipality": (),
    "district": ("ouder_code", "gemeente_code", "gemeentecode"),
    "neighbourhood": ("ouder_code", "wijk_code", "wijkcode"),
}
# CBS codes hold those of the parent: BU07721110 lies in WK077211, and that in GM0772.
_CBS_PARENT: Final = {"WK": ("GM", 6), "BU": ("WK", 8)}
_CBS_LENGTH: Final = {"WK": 8, "BU": 10}
# As wide as the columns that keep them.
_LONGEST_NAME: Final = 120
_LONGEST_CODE: Final = 12
_CORNERS_OF_A_RING: Final = 4
# Square degrees: less than a hundredth of a square metre is a line with rounding errors.
_SMALLEST_SURFACE: Final = 1e-12

# With the territorial sea, and some room. The Caribbean Netherlands has no municipalities.
_WEST, _SOUTH, _EAST, _NORTH = 2.5, 50.5, 7.5, 54.0
# The Dutch grid (RD New, EPSG:28992), in metres.
_RD_WEST, _RD_SOUTH, _RD_EAST, _RD_NORTH = 0.0, 300_000.0, 300_000.0, 650_000.0


class AreasFileError(FileRefusedError):
    """The file with areas is refused; rows are the numbers of the features, from 1."""

    reasons: ClassVar[dict[str, str]] = REASONS


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One area of the file, checked. The geometry is two-dimensional and in WGS84."""

    code: str
    name: str
    level: str
    parent_code: str | None
    label: tuple[float, float]
    geometry: dict[str, Any]
    city_part: str = ""


class _BadAreaError(Exception):
    """One feature, one problem: what goes wrong first is told."""

    def __init__(self, column: str, reason: str, detail: object = "") -> None:
        super().__init__(reason)
        self.column, self.reason, self.detail = column, reason, shortened(detail)


def read_areas(text: bytes) -> list[AreaRow]:
    """Return the areas of a GeoJSON file in file order.

    The level comes from `niveau`, else from the CBS code (GM, WK, BU); the parent from the file,
    else from the CBS code; the label point from `labelpunt` where that lies inside, else it is
    computed. Third coordinates (heights) are dropped. Raises AreasFileError.
    """
    rows: list[AreaRow] = []
    problems: list[Problem] = []
    seen: set[str] = set()
    for number, feature in enumerate(_features(text), start=1):
        try:
            row = _area(feature, seen)
        except _BadAreaError as bad:
            problems.append(Problem(number, bad.column, bad.reason, bad.detail))
            if len(problems) >= MOST_PROBLEMS:
                break
        else:
            rows.append(row)
    if problems:
        raise AreasFileError(problems)
    return rows


def _features(text: bytes) -> Sequence[object]:
    collection = _parsed(text)
    features = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(collection, dict) or collection.get("type") != "FeatureCollection":
        raise _refused("not_a_collection")
    if not isinstance(features, list):
        raise _refused("not_a_collection", "features")
    if not features:
        raise _refused("no_features")
    return features


def _parsed(text: bytes) -> object:
    try:
        return json.loads(text.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise _refused("not_utf8", f"byte {error.start}") from error
    except RecursionError as error:
        raise _refused("too_deep") from error
    # ValueError covers broken JSON and numbers of more digits than Python will read.
    except ValueError as error:
        raise _refused("not_json", str(error)) from error


def _refused(reason: str, detail: str = "") -> AreasFileError:
    return AreasFileError([Problem(None, "", reason, shortened(detail, 80))])


def _area(feature: object, seen: set[str]) -> AreaRow:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise _BadAreaError("", "not_a_feature", feature if isinstance(feature, str) else "")
    properties = feature.get("properties")
    properties = properties if isinstance(properties, dict) else {}
    code = _code(_first(properties, _CODE_KEYS) or feature.get("id"))
    if code in seen:
        raise _BadAreaError("code", "duplicate_code", code)
    seen.add(code)
    level = _level(properties.get("niveau"), code)
    geometry = _geometry(feature.get("geometry"))
    return AreaRow(
        code=code,
        name=_name(_first(properties, _NAME_KEYS)),
        level=level,
        parent_code=_parent(properties, code, level),
        label=_label(properties.get("labelpunt"), geometry),
        geometry=geometry,
        city_part=_city_part(properties.get("stadsdeel")),
    )


def _first(properties: Mapping[str, Any], keys: Sequence[str]) -> object:
    return next((properties[key] for key in keys if properties.get(key)), None)


def _code(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _BadAreaError("code", "no_code", "" if value is None else value)
    code = value.strip()
    if not _is_code(code):
        raise _BadAreaError("code", "bad_code", code)
    return code


def _is_code(code: str) -> bool:
    signs = code.replace("-", "").replace("_", "")
    return len(code) <= _LONGEST_CODE and signs.isascii() and signs.isalnum()


def _name(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _BadAreaError("naam", "no_name")
    return _checked_name(value.strip(), "naam")


def _city_part(value: object) -> str:
    return _checked_name(value.strip(), "stadsdeel") if isinstance(value, str) else ""


def _checked_name(name: str, column: str) -> str:
    if len(name) > _LONGEST_NAME or not name.isprintable():
        raise _BadAreaError(column, "bad_name", name)
    return name


def _level(value: object, code: str) -> str:
    by_code = _LEVEL_OF_PREFIX.get(code[:2]) if code[2:].isdigit() else None
    if value is None or value == "":
        if by_code is None:
            raise _BadAreaError("niveau", "unknown_level", code)
        return by_code
    level = _LEVEL_NAMES.get(value.strip().lower()) if isinstance(value, str) else None
    if level is None:
        raise _BadAreaError("niveau", "unknown_level", value)
    if by_code not in (None, level):
        raise _BadAreaError("niveau", "level_conflict", f"{code}: {value}")
    return level


def _parent(properties: Mapping[str, Any], code: str, level: str) -> str | None:
    given = _first(properties, _PARENT_KEYS[level])
    if given is not None:
        if not isinstance(given, str) or not _is_code(given.strip()):
            raise _BadAreaError("ouder_code", "bad_parent", given)
        return given.strip()
    prefix = code[:2]
    if level == "municipality" or len(code) != _CBS_LENGTH.get(prefix) or not code[2:].isdigit():
        return None
    parent_prefix, length = _CBS_PARENT[prefix]
    return parent_prefix + code[2:length]


def _label(value: object, geometry: Geometry) -> tuple[float, float]:
    if value is None:
        return label_point(geometry)
    lon, lat = _position(value, "labelpunt")
    return (lon, lat) if contains(geometry, lon, lat) else label_point(geometry)


def _geometry(value: object) -> dict[str, Any]:
    """Return the shape with plain pairs of floats. Raises _BadAreaError."""
    kind = value.get("type") if isinstance(value, dict) else None
    if not isinstance(value, dict) or kind not in ("Polygon", "MultiPolygon"):
        raise _BadAreaError("geometry", "not_a_polygon", kind or "")
    given = value.get("coordinates")
    if kind == "Polygon":
        return {"type": kind, "coordinates": _polygon(given)}
    if not isinstance(given, list) or not given:
        raise _BadAreaError("geometry", "empty_polygon")
    return {"type": kind, "coordinates": [_polygon(polygon) for polygon in given]}


def _polygon(value: object) -> list[list[list[float]]]:
    if not isinstance(value, list) or not value:
        raise _BadAreaError("geometry", "empty_polygon")
    rings = [_ring(ring) for ring in value]
    if abs(ring_area(rings[0])) < _SMALLEST_SURFACE:
        raise _BadAreaError("geometry", "empty_polygon")
    return rings


def _ring(value: object) -> list[list[float]]:
    if not isinstance(value, list) or not value:
        raise _BadAreaError("geometry", "empty_polygon")
    ring = [list(_position(position, "geometry")) for position in value]
    if ring[0] != ring[-1]:
        raise _BadAreaError("geometry", "unclosed_ring")
    if len(ring) < _CORNERS_OF_A_RING:
        raise _BadAreaError("geometry", "empty_polygon")
    return ring


def _position(value: object, column: str) -> tuple[float, float]:
    if not isinstance(value, list) or not 2 <= len(value) <= 4:  # noqa: PLR2004 - x, y, height, time
        raise _BadAreaError(column, "bad_position", value)
    if not all(isinstance(part, int | float) and not isinstance(part, bool) for part in value[:2]):
        raise _BadAreaError(column, "bad_position", value)
    try:
        x, y = float(value[0]), float(value[1])
    except OverflowError as error:
        raise _BadAreaError(column, "bad_position", "too large") from error
    if not (isfinite(x) and isfinite(y)):
        raise _BadAreaError(column, "bad_position", value)
    if not _in_the_netherlands(x, y):
        raise _BadAreaError(column, _why_outside(x, y), f"{x}, {y}")
    return x, y


def _in_the_netherlands(lon: float, lat: float) -> bool:
    return _WEST <= lon <= _EAST and _SOUTH <= lat <= _NORTH


def _why_outside(x: float, y: float) -> str:
    if _in_the_netherlands(y, x):
        return "swapped_coordinates"
    if _RD_WEST <= x <= _RD_EAST and _RD_SOUTH <= y <= _RD_NORTH:
        return "rd_coordinates"
    return "outside_netherlands"
