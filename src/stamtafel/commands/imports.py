"""``stamtafel import areas|key-figures|contributions FILE``."""

import argparse
import sys
from pathlib import Path

from django.utils import timezone

from stamtafel.dossier.actions.imports import Brought, import_contributions
from stamtafel.dossier.imports.contract import NOTICES, ImportResult
from stamtafel.dossier.imports.reader import read
from stamtafel.dossier.imports.registry import FORMATS
from stamtafel.dossier.models import Topic
from stamtafel.places.actions import Imported, import_areas, import_key_figures
from stamtafel.places.rules.problems import FileRefusedError

LATEST_CBS_YEAR = 2024
MOST_NAMED = 5


def parser() -> argparse.ArgumentParser:
    """The options."""
    made = argparse.ArgumentParser(prog="stamtafel import", description="Bring in a file; all of it or nothing.")
    kinds = made.add_subparsers(dest="what", required=True)
    areas = kinds.add_parser("areas", help="GeoJSON with CBS codes")
    areas.add_argument("file", type=Path)
    figures = kinds.add_parser("key-figures", help="CSV of CBS key figures")
    figures.add_argument("file", type=Path)
    figures.add_argument("--year", type=int, default=LATEST_CBS_YEAR)
    add_contributions(kinds.add_parser("contributions", help="CSV or XLSX out of another platform"))
    return made


def add_contributions(made: argparse.ArgumentParser) -> None:
    """The options of ``import contributions``."""
    made.add_argument("file", type=Path)
    made.add_argument("--format", required=True, choices=sorted(FORMATS))
    made.add_argument("--column", action="append", default=[], metavar="OURS=THEIRS", help="e.g. text=Omschrijving")
    made.add_argument("--topic", help="slug of the topic that takes all of it")
    keeps = "a column about people to keep, for staff only; a mail address becomes the contact"
    made.add_argument("--keep-personal", action="append", default=[], metavar="COLUMN", help=keeps)
    made.add_argument("--dry-run", action="store_true", help="show what would come in, keep nothing")


def tell(what: str, imported: Imported) -> None:
    """Say what came in."""
    print(f"{what}: {imported.new} new, {imported.changed} renewed.")
    if imported.unknown:
        some = ", ".join(imported.unknown[:MOST_NAMED])
        more = len(imported.unknown) - MOST_NAMED
        print(f"Left out, because no area here has the code: {some}" + (f" and {more} more." if more > 0 else "."))


def tell_contributions(found: ImportResult, brought: Brought, *, dry_run: bool) -> None:
    """Say what came in, or would, and what was left out."""
    print(
        f"Contributions: {brought.new} new, {brought.known} here already." + (" Nothing was kept." if dry_run else "")
    )
    personal = [*found.dropped_columns, *found.kept_columns]
    for title, items in (("New topics", brought.new_topics), ("Unknown neighbourhoods", brought.unknown_areas),
                         ("Personal columns seen", (personal or ["none"]) if dry_run else ()),
                         ("Personal columns left out", found.dropped_columns),
                         ("Personal columns kept, for staff only", found.kept_columns)):  # fmt: skip
        if items:
            print(f"{title}: {', '.join(items)}.")
    for notice in found.warnings:
        print(f"{NOTICES[notice.code]} ({notice.detail})")
    if dry_run:
        for row in found.rows[:10]:
            print(f"  {row.source_id:>12}  {row.kind:<10} {row.title[:70]}  [{row.category or row.area_name}]")


def columns_of(pairs: list[str]) -> dict[str, str]:
    """``ours=theirs`` as a mapping; exits with a plain sentence for anything else."""
    wrong = [pair for pair in pairs if "=" not in pair]
    if wrong:
        sys.exit(f"stamtafel import: --column wants OURS=THEIRS, not '{wrong[0]}'.")
    return dict(pair.split("=", 1) for pair in pairs)


def contributions(options: argparse.Namespace, data: bytes) -> int:
    """Read, then keep (or try) all of it."""
    topic = Topic.objects.filter(slug=options.topic).first() if options.topic else None
    if options.topic and topic is None:
        print(f"There is no topic '{options.topic}'.", file=sys.stderr)
        return 1
    found = read(data, filename=options.file.name, format=options.format, columns=columns_of(options.column),
                 keep_personal=frozenset(options.keep_personal))  # fmt: skip
    brought = import_contributions(
        rows=found.rows, topic=topic, actor=None, now=timezone.now(), dry_run=options.dry_run
    )
    tell_contributions(found, brought, dry_run=options.dry_run)
    return 0


def run(arguments: list[str]) -> int:
    """Run the command; exit code 1 and every problem by row and column when the file is refused."""
    options = parser().parse_args(arguments)
    try:
        data = options.file.read_bytes()
    except OSError as error:
        print(f"The file can't be read: {error}", file=sys.stderr)
        return 1
    try:
        if options.what == "contributions":
            return contributions(options, data)
        if options.what == "areas":
            tell("Areas", import_areas(text=data))
        else:
            tell("Key figures", import_key_figures(text=data, year=options.year))
    except FileRefusedError as error:
        print(f"Nothing was brought in. What is wrong in {options.file}:\n{error}", file=sys.stderr)
        return 1
    return 0
