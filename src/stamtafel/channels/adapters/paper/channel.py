"""Cards and forms on paper: people listen there and write down what they hear; nothing is published there."""

from collections.abc import Mapping
from typing import Any


class Paper:
    """A kind that only listens."""

    kind = "paper"

    def __init__(self, options: Mapping[str, Any]) -> None:
        """Needs no options."""
