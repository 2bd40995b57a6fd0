"""What is wrong with a file that somebody brought in, told so that they can mend it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

MOST_PROBLEMS: Final = 50
"""After so many, the reader stops looking: nobody reads a longer list."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a file. `reason` is a key of the REASONS of the reader that found it."""

    row: int | None
    """Row of the table (the header is row 1), or number of the feature from 1; None: whole file."""
    column: str
    """Name of the column or property; empty when the whole row is meant."""
    reason: str
    detail: str = ""
    """What was found there, shortened."""


class FileRefusedError(ValueError):
    """Nothing of the file was taken; `problems` holds at most MOST_PROBLEMS, in file order."""

    reasons: ClassVar[dict[str, str]] = {}

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems[:MOST_PROBLEMS])
        super().__init__("\n".join(self._sentence(problem) for problem in self.problems))

    def _sentence(self, problem: Problem) -> str:
        row = "" if problem.row is None else f"row {problem.row}"
        column = f"column {problem.column}" if problem.column else ""
        where = ", ".join(part for part in (row, column) if part)
        detail = f" ({problem.detail})" if problem.detail else ""
        return f"{where}{': ' if where else ''}{self.reasons[problem.reason]}{detail}"


def shortened(value: object, longest: int = 40) -> str:
    """Return what was found in one printable line of at most `longest` characters."""
    text = "".join(sign if sign.isprintable() else "?" for sign in str(value)[: longest + 1])
    return text if len(text) <= longest else text[: longest - 1] + "…"
