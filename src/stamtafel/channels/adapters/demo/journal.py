"""What the pretended network remembers: lines of JSON in a file, only ever added to."""

import fcntl
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class Journal:
    """One file; a line that is being written is not there yet."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        """Add one line; gives back what it says."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")
        return dict(entry)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other writers out, whatever thread or process they are in."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.with_suffix(".lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def read(self, after: int = 0, most: int | None = None) -> list[dict[str, Any]]:
        """The lines after the first so many."""
        lines = self._lines()[after:]
        return [json.loads(line) for line in lines[:most]]

    def __len__(self) -> int:
        return len(self._lines())

    def _lines(self) -> list[str]:
        if not self._path.exists():
            return []
        whole, _sign, _unfinished = self._path.read_text(encoding="utf-8").rpartition("\n")
        return whole.split("\n") if whole else []
