"""What can be decided about deliveries without looking anything up."""

import re
from collections.abc import Mapping
from email.utils import parseaddr
from enum import StrEnum
from typing import Any, Final

from stamtafel.channels.contract import UnsafeHeader, safe_header
from stamtafel.work.rules import State

ONE_ACCOUNT: Final = frozenset({"website", "feed", "email", "street", "cafe", "paper"})  # made when first needed
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


def shortened(address: str) -> str:
    """An address with most of its name left out: ``j…@voorbeeld.nl``."""
    name, at, domain = address.rpartition("@")
    return f"{name[:1]}…@{domain}" if at else address


class Cause(StrEnum):
    """Why a delivery stands where it stands; ``words`` says each in plain language."""

    SENT = "sent"
    WAITS = "waits"
    UNDER_WAY = "under_way"
    HELD = "held"
    CANCELLED = "cancelled"
    NO_ADDRESS = "no_address"
    MAILBOX_FULL = "mailbox_full"
    REFUSED = "refused"
    SIGN_IN = "sign_in"
    UNREACHABLE = "unreachable"
    LATER = "later"
    UNSURE = "unsure"
    CEILING = "ceiling"
    STOPPED = "stopped"
    BY_HAND = "by_hand"
    PERMISSION = "permission"
    QUOTA = "quota"
    TOO_LONG = "too_long"
    PICTURE = "picture"


SETTLED: Final[dict[str, Cause]] = {
    State.DONE: Cause.SENT,
    State.SENDING: Cause.UNDER_WAY,
    State.HELD: Cause.HELD,
    State.CANCELLED: Cause.CANCELLED,
    State.UNSURE: Cause.UNSURE,
}
# what servers and our own adapters say → what it means; the first that fits counts
SAID: Final[tuple[tuple[re.Pattern[str], Cause], ...]] = (
    (re.compile(r"^The monthly ceiling of this account"), Cause.CEILING),
    (re.compile(r"^(530|535)\b"), Cause.SIGN_IN),
    (re.compile(r"^[45]\d\d .*\b[45]\.2\.2\b|^552\b"), Cause.MAILBOX_FULL),
    (re.compile(r"^5\d\d .*\b5\.7\.\d+"), Cause.REFUSED),
    (re.compile(r"^(550|551|553)\b|not an address|domain of the address"), Cause.NO_ADDRESS),
    (
        re.compile(r"cannot be reached|does not let us in|connection to the mail server broke"),
        Cause.UNREACHABLE,
    ),
    (re.compile(r"^4\d\d\b|is still (making|fetching)|can't fetch the picture now"), Cause.LATER),
    (re.compile(r"^Only a person can do this"), Cause.BY_HAND),
    # networks: numbers in brackets are Meta's codes (Graph API, "Handle Errors"), with a subcode behind a slash
    (
        re.compile(
            r"\((17|32|341|613|4|800\d\d|130429|131048|131056)(/\d+)?\)$|\bHTTP 429\b|takes \d+ posts in 24 hours"
        ),
        Cause.QUOTA,
    ),
    (re.compile(r"rate.?limit|too many requests|credits", re.IGNORECASE), Cause.QUOTA),
    (re.compile(r"\((102|190)(/\d+)?\)$|\bHTTP 401\b|(Expired|Invalid)Token|Authentication\w*Required"), Cause.SIGN_IN),
    # WhatsApp: the account is locked, blocked, unpaid, or its number is not registered
    (re.compile(r"\((0|368|131031|131042|131045|133010)\)$|Account(Takedown|Deactivated|Suspended)"), Cause.SIGN_IN),
    (
        re.compile(
            r"access token (is|was|has|no longer|or the ID)|no access token|validating access token|unauthorized|"
            r"app password is "
            r"missing|no token of a bot|not connected yet|account is not active|does not know this (key|secret)|has no "
            r"(page ID|Instagram account ID|channel)\b|STAMTAFEL_VAULT_KEYS|^Telegram \(404\)|group chat was upgraded|"
            r"login is currently disabled",
            re.IGNORECASE,
        ),
        Cause.SIGN_IN,
    ),
    (re.compile(r"\((3|10|2\d\d)(/\d+)?\)$|\bHTTP 403\b"), Cause.PERMISSION),
    (
        re.compile(
            r"permission|not permitted|authorized scopes|administrator rights|not enough rights|not a member|"
            r"was kicked",
            re.IGNORECASE,
        ),
        Cause.PERMISSION,
    ),
    (re.compile(r"too long\b|character limit|graphemes|text is longer|takes at most \d+ characters"), Cause.TOO_LONG),
    (
        re.compile(
            r"picture (\d+ )?can'?(t|not) be|can't fetch the picture|takes JPEG only|no longer in our storage|"
            r"without a picture|words that stand in for it|at most (\d+|one) pictures?|takes \d+ pictures|"
            r"aspect ratio|\(131053\)|BlobTooLarge|"
            r"(image|media|file) (type|size|format)|unsupported (image|media)|can't be made small enough",
            re.IGNORECASE,
        ),
        Cause.PICTURE,
    ),
)


def cause(*, state: str, error: str, held: bool, stopped: bool = False, by_hand: bool = False) -> Cause:
    """Why it stands where it stands, from the row alone.

    ``held``: its account is on hold. ``stopped``: everything is. ``by_hand``: the network said where a person can.
    """
    if state in SETTLED:
        return SETTLED[state]
    if stopped and state == State.WAITING:
        return Cause.STOPPED
    if by_hand and state == State.FAILED:
        return Cause.BY_HAND
    if held and state == State.WAITING:
        return Cause.HELD
    said = next((meaning for pattern, meaning in SAID if pattern.search(error)), None)
    if state == State.WAITING:
        return (said or Cause.LATER) if error else Cause.WAITS
    return said or Cause.REFUSED


CHOICES: Final[dict[str, tuple[str, ...]]] = {
    State.WAITING: ("cancel",),
    State.HELD: ("cancel",),
    State.FAILED: ("retry", "mark_sent", "cancel"),
    State.UNSURE: ("mark_sent", "retry", "cancel"),
}


def choices(state: str) -> tuple[str, ...]:
    """What a person can do with a delivery, the most likely first."""
    return CHOICES.get(state, ())


SECRET_PURPOSES: Final = frozenset({"sign-in"})


def kept_when_done(purpose: str, draft: Mapping[str, Any]) -> dict[str, Any]:
    """Columns to change once it is out: a letter with a secret in it keeps its subject only."""
    if purpose not in SECRET_PURPOSES:
        return {}
    return {"draft": {"subject": draft.get("subject", ""), "body": ""}}
