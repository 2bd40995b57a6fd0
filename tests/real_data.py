"""Real files from outside the repository: in $STAMTAFEL_TEST_DATA, else in ../shared/data beside it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

BESIDE_THE_REPOSITORY = Path(__file__).resolve().parents[2] / "shared" / "data"


def real_file(name: str) -> Path:
    """Return the path of a real file; skip the test where it is missing, except under CI=true."""
    root = Path(os.environ.get("STAMTAFEL_TEST_DATA") or BESIDE_THE_REPOSITORY)
    path = root / name
    if not path.is_file():
        if os.environ.get("CI") == "true":
            pytest.fail(f"The real file {name} is missing; set STAMTAFEL_TEST_DATA to its folder.")
        pytest.skip(f"The real file {name} is not on this machine.")
    return path
