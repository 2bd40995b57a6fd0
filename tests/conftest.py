"""What all tests share."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import HealthCheck, settings

from stamtafel.people import flood
from stamtafel.places.queries import forget_areas, forget_municipality

# how long an example may take says nothing on a busy machine; speed is measured in benchmarks/
settings.register_profile("stamtafel", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("stamtafel")


@pytest.fixture(autouse=True)
def _fresh_world() -> Iterator[None]:
    """No test sees another's language, remembered municipality or limits."""
    forget_municipality()
    flood.forget()
    forget_areas()
    translation.activate("nl")
    yield
    forget_municipality()
    translation.deactivate()


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder with real files; outsiders without it skip, CI may not."""
    folder = Path(os.environ.get("STAMTAFEL_TEST_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if not folder.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail(f"The real test data is missing: {folder}")
        pytest.skip("needs the real test data: set STAMTAFEL_TEST_DATA")
    return folder
