"""``stamtafel export contributions|decisions|announcements``: written while it is read, memory flat."""

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from stamtafel.commands.tables import TABLES
from stamtafel.dossier.queries.open_data import json_rows
from stamtafel.dossier.rules.spreadsheet import csv_rows, xlsx_rows

Pieces = Iterator[bytes]
STAFF_ONLY: Final = 0o600
EVERYBODY: Final = 0o644


def parser() -> argparse.ArgumentParser:
    """The options."""
    made = argparse.ArgumentParser(prog="stamtafel export", description=run.__doc__)
    made.add_argument("what", choices=sorted(TABLES))
    made.add_argument("--format", choices=sorted(WRITERS), help="default: what the name of FILE ends with, else csv")
    made.add_argument("--out", type=Path, metavar="FILE", help="default: standard output")
    made.add_argument(
        "--internal", action="store_true", help="also what is not public, and columns for staff; never a mail address"
    )
    return made


WRITERS: Final[dict[str, Callable[[Sequence[str], Iterable[Sequence[Any]], str], Pieces]]] = {
    "csv": lambda columns, rows, _sheet: csv_rows(columns, rows),
    "xlsx": lambda columns, rows, sheet: xlsx_rows(columns, rows, sheet_name=sheet),
    "json": lambda columns, rows, _sheet: json_rows(columns, rows),
}


def format_of(options: argparse.Namespace) -> str:
    """The format that was asked for, or that the name of the file tells."""
    ending = options.out.suffix.removeprefix(".").lower() if options.out else ""
    return str(options.format or (ending if ending in WRITERS else "csv"))


def save(pieces: Pieces, path: Path, *, mode: int) -> None:
    """Write the whole file under another name first: a half one never stands at ``path``. Raises OSError."""
    part = path.with_name(path.name + ".part")
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:  # noqa: PTH123 - made with its mode
            file.writelines(pieces)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def run(arguments: list[str]) -> int:
    """Write a table to a file: what everybody may see, unless --internal is given."""
    made = parser()
    options = made.parse_args(arguments)
    kind, table = format_of(options), TABLES[options.what]
    if kind == "xlsx" and options.out is None and sys.stdout.isatty():
        made.error("a workbook is no text for a terminal: give --out FILE")
    columns = table.staff_columns if options.internal else table.columns
    rows = table.staff_rows() if options.internal else table.rows()
    pieces = WRITERS[kind](columns, rows, table.sheet)
    if options.out is None:
        return _print(pieces)
    try:
        save(pieces, options.out, mode=STAFF_ONLY if options.internal else EVERYBODY)
    except OSError as error:
        print(f"stamtafel: the file can't be written: {error}", file=sys.stderr)
        return 1
    return 0


def _print(pieces: Pieces) -> int:
    """To standard output; a reader that has enough (``| head``) is no mistake."""
    try:
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
