"""Registers the system checks."""

from django.apps import AppConfig
from django.core.checks import register

from stamtafel.commands import checks


class CommandsConfig(AppConfig):
    """The subcommands, as a Django app for its checks."""

    name = "stamtafel.commands"

    def ready(self) -> None:
        """Let ``check`` and ``serve`` run ours beside Django's."""
        for check in checks.ALL:
            register(check, "stamtafel")
