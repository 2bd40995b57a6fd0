"""What can go wrong between us and a network. Pure."""

import re
from datetime import timedelta
from typing import Final

CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")  # all that could end a header line


class ChannelError(Exception):
    """Publishing did not happen; the sentence is the network's own, for the desk."""


class Temporary(ChannelError):
    """It did not happen now and may happen later, at the earliest after ``retry_after``."""

    def __init__(self, reason: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class Permanent(ChannelError):
    """It will never happen like this. ``bounced``: the address of the recipient does not exist."""

    def __init__(self, reason: str, *, bounced: bool = False) -> None:
        super().__init__(reason)
        self.bounced = bounced


class NeedsSignIn(ChannelError):
    """The network no longer knows us: somebody has to connect the account again."""


class OutcomeUnknown(ChannelError):
    """It was handed over and no answer came: it may or may not have happened."""


class ByHand(ChannelError):
    """The network lets no program do this, but a person may: ``url`` is where, on the network itself."""

    def __init__(self, reason: str, *, url: str = "") -> None:
        super().__init__(reason)
        self.url = url


class UnsafeHeader(ValueError):
    """A value for a header holds a line break or control character (header injection, CWE-93)."""


def safe_header(name: str, value: str) -> str:
    """The value as it is, or UnsafeHeader when it could start another header."""
    if CONTROL.search(value):
        raise UnsafeHeader(f"{name} holds a line break or control character")
    return value


def one_line(text: str) -> str:
    """Text as one line: every run of white space and control characters becomes one space."""
    return " ".join(CONTROL.sub(" ", text).split())
