"""The program: ``stamtafel COMMAND …``."""

import os
import sys
from importlib import import_module

COMMANDS = {
    "serve": ("stamtafel.commands.serve", "serve site, desk and worker"),
    "work": ("stamtafel.commands.work", "do what is due, for ever or --once"),
    "check": ("stamtafel.commands.check", "look whether this installation is sound"),
    "demo": ("stamtafel.commands.demo", "set up and serve the demo municipality"),
    "staff": ("stamtafel.commands.staff", "add a staff member, or make a sign-in link"),
    "account": ("stamtafel.commands.account", "connect channels, and look how they are doing"),
    "announce": ("stamtafel.commands.announce", "tell something from a file"),
    "inbox": ("stamtafel.commands.inbox", "list conversations, and answer"),
    "import": ("stamtafel.commands.imports", "bring in areas, key figures or contributions"),
    "export": ("stamtafel.commands.exports", "write contributions or decisions to a file"),
    "migrate": ("stamtafel.commands.migrate", "bring the database up to date"),
}


def usage() -> str:
    """The list of commands."""
    lines = [f"  {name:<9} {about}" for name, (_module, about) in COMMANDS.items()]
    return "\n".join(["usage: stamtafel COMMAND [options]   (stamtafel COMMAND --help says more)", "", *lines])


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    if not words or words[0] in {"-h", "--help"}:
        print(usage())
        return 0 if words else 2
    if words[0] not in COMMANDS:
        print(f"stamtafel: there is no command '{words[0]}'.\n\n{usage()}", file=sys.stderr)
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stamtafel.settings")
    import django  # noqa: PLC0415 - only now: the settings read the environment
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415

    try:
        django.setup()
    except ImproperlyConfigured as problem:
        print(f"stamtafel: {problem}", file=sys.stderr)
        return 1
    return int(import_module(COMMANDS[words[0]][0]).run(words[1:]))


if __name__ == "__main__":
    sys.exit(main())
