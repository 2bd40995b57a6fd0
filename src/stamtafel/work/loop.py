"""The loop: every job in turn, once or for ever."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Job:
    """One kind of work. ``run(now)`` does one small batch and says how much it did; 0 = nothing was due."""

    name: str
    run: Callable[[datetime], int]
    every_seconds: float = 1.0
