"""``stamtafel import areas|key-figures|contributions FILE``."""

import argparse
import sys
from pathlib import Path

from stamtafel.places.actions import Imported, import_areas, import_key_figures
from stamtafel.places.rules.problems import FileRefusedError

LATEST_CBS_YEAR = 2024


def parser() -> argparse.ArgumentParser:
    """The options."""
    made = argparse.ArgumentParser(
        prog="stamtafel import", description="Bring in data from a file; all of it or nothing."
    )
    kinds = made.add_subparsers(dest="what", required=True)
    areas = kinds.add_parser("areas", help="GeoJSON with CBS codes")
    areas.add_argument("file", type=Path)
    figures = kinds.add_parser("key-figures", help="CSV of CBS key figures")
    figures.add_argument("file", type=Path)
    figures.add_argument("--year", type=int, default=LATEST_CBS_YEAR)
    return made


def tell(what: str, imported: Imported) -> None:
    """Say what came in."""
    print(f"{what}: {imported.new} new, {imported.changed} renewed.")
    if imported.unknown:
        some = ", ".join(imported.unknown[:5])
        print(f"Left out, because no area here has the code: {len(imported.unknown)} codes ({some} …).")


def run(arguments: list[str]) -> int:
    """Run the command; exit code 1 and every problem by row and column when the file is refused."""
    options = parser().parse_args(arguments)
    try:
        data = options.file.read_bytes()
    except OSError as error:
        print(f"The file can't be read: {error}", file=sys.stderr)
        return 1
    try:
        if options.what == "areas":
            tell("Areas", import_areas(text=data))
        else:
            tell("Key figures", import_key_figures(text=data, year=options.year))
    except FileRefusedError as error:
        print(f"Nothing was brought in. What is wrong in {options.file}:\n{error}", file=sys.stderr)
        return 1
    return 0
