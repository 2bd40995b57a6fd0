"""``stamtafel migrate``: bring the database up to date."""

import argparse
import os

from django.conf import settings
from django.core.management import call_command


def prepare() -> None:
    """Make the data folder (private), with the one for photos in it, and bring the tables up to date."""
    settings.DATA.mkdir(parents=True, exist_ok=True, mode=0o750)
    settings.MEDIA_ROOT.mkdir(exist_ok=True, mode=0o750)  # so that a backup finds it from the first day
    call_command("migrate", interactive=False, verbosity=0)
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        os.chmod(settings.DATABASES["default"]["NAME"], 0o640)  # noqa: PTH101


def run(arguments: list[str]) -> int:
    """Run the command."""
    argparse.ArgumentParser(prog="stamtafel migrate", description=run.__doc__).parse_args(arguments)
    prepare()
    print("The database is up to date.")
    return 0
