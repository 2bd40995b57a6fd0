"""Every message has its Dutch."""

import pytest
from scripts.messages import PACKAGES, problems


@pytest.mark.parametrize("package", PACKAGES)
def test_every_message_is_translated(package: str) -> None:
    assert problems(package) == []
