"""Validators that hold our fakes to documents of the platforms, which we did not write."""

import os
from pathlib import Path

import pytest


def folder(platform: str) -> Path:
    """The folder with a platform's documents; outsiders without it skip, CI may not."""
    everything = Path(os.environ.get("STAMTAFEL_CONTRACTS", Path(__file__).parents[3] / "shared" / "contracts"))
    if not (everything / platform).is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail(f"The documents of the platforms are missing: {everything / platform}")
        pytest.skip("needs the documents of the platforms: set STAMTAFEL_CONTRACTS")
    return everything / platform
