"""The files of the demo municipality, and how their "days ago" become dates."""

import json
import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

DATA: Final = Path(__file__).parent / "data"
SEED: Final = 1


def read(name: str) -> Any:
    """One of the JSON files."""
    return json.loads((DATA / f"{name}.json").read_text("utf-8"))


class Calendar:
    """Turns days ago into moments between eight in the morning and ten at night, always the same for one ``now``."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.chance = random.Random(SEED)

    def moment(self, days_ago: float) -> datetime:
        """A moment that many days ago; never in the future when the day is not."""
        day = (self.now - timedelta(days=days_ago)).replace(hour=8, minute=0, second=0, microsecond=0)
        at = day + timedelta(minutes=self.chance.randrange(14 * 60), seconds=self.chance.randrange(60))
        latest = self.now - timedelta(minutes=self.chance.randrange(5, 90))
        return at if days_ago < 0 else min(at, latest)
