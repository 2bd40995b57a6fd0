"""What the page that connects an account asks: data of each adapter, so that a new network needs no page of its own."""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to fill in. A ``secret`` is locked away and never shown again; the others are the account's options."""

    name: str
    label: Promise
    help: Promise | str = ""
    secret: bool = False
    required: bool = True
    default: str = ""


@dataclass(frozen=True, slots=True)
class Setup:
    """How an account is connected: what to have before beginning, what to fill in, which permissions to ask for."""

    needs: tuple[Promise, ...]
    fields: tuple[Field, ...]
    scopes: tuple[str, ...] = ()
    help_url: str = ""  # the network's own page
