"""What the pretended network does with a post."""

from enum import StrEnum


class Behaviour(StrEnum):
    """Set on the account: ``{"behaviour": "crash"}``."""

    SUCCEED = "succeed"
    STALL = "stall"  # asks us to come back later
    REFUSE = "refuse"  # never wants this
    CRASH = "crash"  # publishes, then breaks before it answers
    DOUBLE = "double"  # publishes twice for one call, as real networks sometimes do
