"""Small invented shapes for the tests of places."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from stamtafel.places.rules.geometry import Geometry


def rectangle(west: float, south: float, east: float, north: float) -> list[list[float]]:
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def polygon(*rings: list[list[float]]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def feature(**changes: Any) -> dict[str, Any]:
    """A valid neighbourhood; `geometry` and properties may be replaced, None leaves one out."""
    geometry = changes.pop("geometry", polygon(rectangle(5.0, 51.0, 5.1, 51.1)))
    properties = {"code": "BU99990101", "naam": "Lindepark", **changes}
    kept = {name: value for name, value in properties.items() if value is not None}
    return {"type": "Feature", "properties": kept, "geometry": geometry}


def collection(*features: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features)}).encode()


@st.composite
def grids(draw: st.DrawFn) -> list[tuple[str, Geometry]]:
    """A land cut into wobbly quarters that share all their corners: a real partition.

    The corners are moved by less than half a cell, so no side crosses another.
    """
    size = draw(st.integers(2, 5))
    wobble = st.floats(-0.45, 0.45, allow_nan=False)
    corners = {
        (column, row): [5 + 0.01 * (column + draw(wobble)), 52 + 0.01 * (row + draw(wobble))]
        for column in range(size + 1)
        for row in range(size + 1)
    }
    return [
        (
            f"BU{column}{row}",
            polygon([corners[column + right, row + up] for right, up in ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))]),
        )
        for column in range(size)
        for row in range(size)
    ]
