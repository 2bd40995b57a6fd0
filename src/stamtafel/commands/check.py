"""``stamtafel check``: look whether this installation is sound."""

import argparse
import sys

from django.conf import settings
from django.core import checks
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

NO_DATABASE = "Look at STAMTAFEL_DATABASE, and whether PostgreSQL runs. On a new installation, run 'stamtafel migrate'."


def complaints() -> list[checks.CheckMessage]:
    """Every system check that has something to say, worst first."""
    found = checks.run_checks(include_deployment_checks=False)
    return sorted((message for message in found if not message.is_silenced()), key=lambda m: -m.level)


def show(messages: list[checks.CheckMessage]) -> None:
    """Print each with its id, sentence and hint."""
    for message in messages:
        print(
            f"{message.id}: {message.msg}" + (f"\n    {message.hint}" if message.hint else ""),
            file=sys.stderr,
        )


def refuses(messages: list[checks.CheckMessage]) -> bool:
    """Whether these keep it from starting."""
    return any(message.level >= checks.ERROR for message in messages)


def pending_migrations() -> int:
    """How many migrations wait."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def run(arguments: list[str]) -> int:
    """Check settings, database and migrations; exit code 1 when something must be mended."""
    argparse.ArgumentParser(prog="stamtafel check", description=run.__doc__).parse_args(arguments)
    messages = complaints()
    show(messages)
    if settings.DEVELOPMENT:
        print("Development mode: what only production asks for was not checked.")
    bad = refuses(messages)
    try:
        waiting = pending_migrations()
    except DatabaseError as error:
        print(f"stamtafel.E020: The database does not answer: {error}\n    {NO_DATABASE}", file=sys.stderr)
        return 1
    if waiting:
        print(f"stamtafel.E021: {waiting} migrations wait.\n    Run 'stamtafel migrate'.", file=sys.stderr)
        bad = True
    print("Something must be mended, see above." if bad else "This installation is sound.")
    return 1 if bad else 0
