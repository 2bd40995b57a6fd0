"""Conversations in the street and on the market: people listen there and write down what they hear."""

from collections.abc import Mapping
from typing import Any


class Street:
    """A kind that only listens."""

    kind = "street"

    def __init__(self, options: Mapping[str, Any]) -> None:
        """Needs no options."""
