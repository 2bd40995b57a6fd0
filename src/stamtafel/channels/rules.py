"""What can be decided about deliveries without looking anything up."""

from email.utils import parseaddr
from typing import Final

from stamtafel.channels.contract import UnsafeHeader, safe_header

ONE_ACCOUNT: Final = frozenset(
    {"website", "feed", "email", "street", "cafe", "paper"}
)  # made when first needed
ANSWERS: Final = frozenset({"reply"})  # purposes that a person wrote to one person


def standing_headers(purpose: str) -> dict[str, str]:
    """Headers that follow from the purpose: everything but an answer says that no person sent it (RFC 3834)."""
    return {} if purpose in ANSWERS else {"Auto-Submitted": "auto-generated"}


def mail_domain(sender: str) -> str:
    """The domain of ``Gemeente <noreply@example.nl>``; ``localhost`` where there is none."""
    return parseaddr(sender)[1].rpartition("@")[2] or "localhost"


def message_id(*, unique: str, sender: str) -> str:
    """A Message-ID (RFC 5322 section 3.6.4) under the domain of the sender."""
    return f"<{unique}@{mail_domain(sender)}>"


def recipient(address: str) -> str:
    """The address as it is; UnsafeHeader when it could hold a second recipient or another header."""
    if any(sign in address for sign in ",;<> "):
        raise UnsafeHeader("recipient is more than one plain address")
    return safe_header("recipient", address)
