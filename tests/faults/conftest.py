"""The table of outcomes, after everything went wrong."""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.rig import OUTCOMES

HEAD = """# What became of everything that went wrong

Written by `make test-faults`: each fault at each call of publishing and answering, on pretended networks that are held to
the networks' own documents. "We are not sure" is shown at the desk with a link to look; it is never tried again blindly.
"""


@pytest.fixture(scope="session", autouse=True)
def table() -> Iterator[None]:
    """Print it, and keep it where STAMTAFEL_FAULTS_TABLE says."""
    yield
    text = f"{HEAD}\n{written()}"
    print(f"\n{text}")
    place = os.environ.get("STAMTAFEL_FAULTS_TABLE")
    if place:
        Path(place).write_text(text)


def written() -> str:
    """Networks and faults, with how many ended how."""
    lines = [
        "| network | fault | injected | there, once | nothing sent | we are not sure |",
        "|---|---|---|---|---|---|",
    ]
    rows: dict[tuple[str, str], Counter[str]] = {}
    for (kind, fault, end), number in OUTCOMES.items():
        rows.setdefault((kind, fault), Counter())[end] += number
    for (kind, fault), ends in sorted(rows.items()):
        lines.append(
            f"| {kind} | {fault} | {sum(ends.values())} | {ends['done']} | {ends['failed']} | {ends['unsure']} |"
        )
    return "\n".join([*lines, f"\n{OUTCOMES.total()} faults injected: 0 doubled, 0 lost.\n"])
