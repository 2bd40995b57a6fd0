"""The table in the café: people listen there and write down what they hear; nothing is published there."""

from collections.abc import Mapping
from typing import Any


class Cafe:
    """A kind that only listens."""

    kind = "cafe"

    def __init__(self, options: Mapping[str, Any]) -> None:
        """Needs no options."""
