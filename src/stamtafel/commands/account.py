"""``stamtafel account``: connect the channels of the municipality, and look how they are doing."""

import argparse
import sys
from pathlib import Path

from django.utils import timezone, translation

from stamtafel.channels import accounts, overview, registry
from stamtafel.channels.accounts import Answers
from stamtafel.channels.checking import check_account
from stamtafel.channels.models import Account
from stamtafel.channels.vault import CannotOpen, lock_anew

LARGEST_SECRET = 20_000  # bytes of a file


class BadPair(ValueError):
    """A ``KEY=VALUE`` that is not one, or a file that can't be read. The sentence never holds the value."""


def parser() -> argparse.ArgumentParser:
    """The options."""
    made = argparse.ArgumentParser(prog="stamtafel account", description="The accounts through which things go out.")
    actions = made.add_subparsers(dest="action", required=True)
    add = actions.add_parser("add", help="connect an account; it is tried at the network first")
    add.add_argument("kind", help=f"one of: {', '.join(accounts.can_be_connected())}")
    add.add_argument("--name", required=True, help="what colleagues call it")
    add.add_argument("--api-url", default="", help="another address of the network than its own")
    add.add_argument("--option", action="append", default=[], metavar="KEY=VALUE", help="repeat it")
    how = "KEY=@FILE reads a file, KEY=@- standard input; a value written here shows in the list of processes"
    add.add_argument("--secret", action="append", default=[], metavar="KEY=VALUE|@FILE", help=how)
    check = actions.add_parser(
        "check", help="ask each network how we are doing; exit code 1 when one does not let us in"
    )
    check.add_argument("name", nargs="?", default="", help="the name or kind of one account")
    actions.add_parser("list", help="every account and how it was doing when last looked at")
    actions.add_parser("lock-anew", help="lock all secrets with the first key of STAMTAFEL_VAULT_KEYS")
    return made


def run(arguments: list[str]) -> int:
    """Run one action; exit code 1 with the reason when it is refused."""
    options = parser().parse_args(arguments)
    with translation.override("en"):
        try:
            return {"add": add, "check": check, "list": show, "lock-anew": lock}[options.action](options)
        except accounts.NotLetIn as refused:
            print(f"stamtafel: the network does not let us in: {refused}", file=sys.stderr)
        except registry.UnknownKind:
            known = ", ".join(accounts.can_be_connected())
            print(f"stamtafel: '{options.kind}' can't be connected. Known: {known}.", file=sys.stderr)
        except (accounts.AccountRefused, BadPair, CannotOpen) as refused:
            print(f"stamtafel: {refused}", file=sys.stderr)
    return 1


def add(options: argparse.Namespace) -> int:
    """Try it, then keep it."""
    given = dict(_pair(each) for each in options.option)
    if options.api_url:
        given["api_url"] = options.api_url
    answers = Answers(name=options.name, options=given, secrets=dict(_secret(each) for each in options.secret))
    made = accounts.connect_account(actor=None, kind=options.kind, answers=answers, now=timezone.now())
    print(f"Connected: {made.kind} {made.name}.")
    if not made.enabled:
        print("One step is left: sign in at the network, on the desk under Channels.")
    return 0


def check(options: argparse.Namespace) -> int:
    """Ask every network, or one."""
    lines = [line for line in _lines() if not options.name or options.name in {line.name, line.kind}]
    if not lines:
        print(f"stamtafel: there is no account '{options.name}'.", file=sys.stderr)
        return 1
    bad = 0
    for line in lines:
        found = check_account(Account.objects.get(pk=line.pk), timezone.now()) if line.known.enabled else None
        said = "switched off" if found is None else found.problem or "works"
        bad += found is not None and not found.good
        print(f"{line.kind:<10} {line.name:<30} {said}")
    return 1 if bad else 0


def show(_options: argparse.Namespace) -> int:
    """One line for each."""
    for line in _lines():
        ends = f"access ends {line.known.expires_at:%Y-%m-%d}" if line.known.expires_at else ""
        cost = f"{line.spent} this month" if line.spent else ""
        said = [", ".join(line.conditions), line.known.problem, ends, cost]
        print(f"{line.kind:<10} {line.name:<30} {' · '.join(part for part in said if part)}")
    return 0


def lock(_options: argparse.Namespace) -> int:
    """Lock every secret anew."""
    print(f"{lock_anew()} secrets are locked with the first key. The other keys may go.")
    return 0


def _lines() -> list[overview.AccountLine]:
    return overview.account_lines(viewer=None, now=timezone.now())


def _pair(given: str) -> tuple[str, str]:
    name, sign, value = given.partition("=")
    if not sign or not name:
        raise BadPair("An option is written as KEY=VALUE.")
    return name, value


def _secret(given: str) -> tuple[str, str]:
    """A value, a file (``@FILE``) or standard input (``@-``)."""
    name, sign, value = given.partition("=")
    if not sign or not name:
        raise BadPair("A secret is written as KEY=VALUE or KEY=@FILE.")
    if not value.startswith("@"):
        return name, value
    if value == "@-":
        return name, sys.stdin.read(LARGEST_SECRET).strip()
    try:
        return name, Path(value[1:]).read_text(encoding="utf-8")[:LARGEST_SECRET].strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadPair(f"The file of the secret {name} can't be read: {type(error).__name__}.") from None
