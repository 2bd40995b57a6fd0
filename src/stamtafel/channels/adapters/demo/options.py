"""What the pretended network does with a post, and what is asked when it is connected."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from stamtafel.channels.adapters.setup import Field, Setup


class Behaviour(StrEnum):
    """Set on the account: ``{"behaviour": "crash"}``."""

    SUCCEED = "succeed"
    STALL = "stall"  # asks us to come back later
    REFUSE = "refuse"  # never wants this
    CRASH = "crash"  # publishes, then breaks before it answers
    DOUBLE = "double"  # publishes twice for one call, as real networks sometimes do


SETUP: Final = Setup(
    needs=(_("Nothing. This network lives on this machine: it is there to try things out and to practise."),),
    fields=(
        Field("secret", _("Secret"), _("Any word will do. A word that begins with “wrong” is refused."), secret=True),
        Field(
            "behaviour",
            _("What it does with a post"),
            _("One of: succeed, stall, refuse, crash, double."),
            required=False,
            default=Behaviour.SUCCEED,
        ),
        Field("latency", _("Seconds until it answers"), required=False),
        Field("price", _("Price of a post"), _("In thousandths of a dollar, to try out the ceiling."), required=False),
        Field("expires_at", _("Day on which the key ends"), _("For example 2027-03-31."), required=False),
    ),
)


def number(value: Any) -> float:
    """A number that somebody may have typed; 0 for anything else."""
    try:
        return max(0.0, float(str(value or 0).replace(",", ".")))
    except ValueError:
        return 0.0


def moment(value: Any) -> datetime | None:
    """A day or moment that somebody may have typed; None for anything else."""
    try:
        found = datetime.fromisoformat(str(value or ""))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
