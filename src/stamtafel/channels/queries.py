"""Reads on accounts and deliveries, for the loop and for the desk."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db.models import Exists, Min, Q, QuerySet
from django.db.models.fields.json import KT, KeyTextTransform
from django.db.models.functions import Left
from django.utils.functional import Promise

from stamtafel.channels import registry, rules
from stamtafel.channels.contract import Channel, Credentials, Kind
from stamtafel.channels.models import Account, Delivery, InboundItem, Secret, Standstill
from stamtafel.channels.vault import secrets_of
from stamtafel.channels.words import WORDS
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import require
from stamtafel.people.rules import Permission
from stamtafel.places.queries import municipality
from stamtafel.work.models import DueState, Pulse

PAGE: Final = 50
SHORT: Final = 80  # characters of a text that has no subject
STUCK_AFTER: Final = timedelta(minutes=10)
LATE_AFTER: Final = timedelta(minutes=2)


# ── for the loop ─────────────────────────────────────────────────────────────────────────────────
def _environment(kind: str) -> dict[str, Any]:
    """What the settings say to a kind; the account's own options come on top."""
    more: dict[str, dict[str, Any]] = {
        "email": {
            "sender": settings.EMAIL_FROM,
            "folder": str(mail_folder()),
            "reply_to": settings.EMAIL_REPLY_TO,
            "theme": municipality().theme,
        },
        "demo": {"folder": str(Path(settings.DATA) / "demo")},
    }
    return {"site_url": settings.SITE_URL, **more.get(kind, {})}


def channel_of(account: Account) -> Kind:
    """The channel of an account; UnknownKind when its package is no longer installed."""
    return registry.channel(account.kind, {**_environment(account.kind), **account.options})


def credentials_of(account: Account) -> Credentials:
    """What the account comes in with: its own secrets; mail is sent through the server in the settings.

    Raises vault.CannotOpen. Where it may be worn out, ask ``renewing.fresh_credentials``.
    """
    return {**secrets_of(account), **given_credentials(account.kind)}


def given_credentials(kind: str) -> Credentials:
    """What the settings of this installation say to come in with."""
    return {"url": settings.EMAIL_URL} if kind == "email" else {}


def mail_listens() -> bool:
    """Whether answers to our mails come in: a mailbox is read, or a mail server hands them over."""
    ways = Secret.objects.filter(account__kind="email", account__enabled=True, name__in=["imap", "webhook_secret"])
    return ways.exists()


# ── mail that is kept because there is no server ─────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class KeptMail:
    """One mail in the folder."""

    name: str
    to: str
    subject: str
    at: datetime
    text: str


def mail_folder() -> Path:
    """Where mail is kept while no server is set."""
    return Path(settings.DATA) / "mail"


def mail_is_kept() -> bool:
    """Whether mail stays here: nobody gets it. The desk says so."""
    return not settings.EMAIL_URL


def kept_mails(*, viewer: StaffMember | None, limit: int = PAGE) -> list[KeptMail]:
    """The newest mails in the folder."""
    require(viewer, Permission.SEE_DELIVERIES)
    files = sorted(mail_folder().glob("*.eml"), key=lambda path: path.stat().st_mtime, reverse=True)
    return [_kept(path) for path in files[:limit]]


def _kept(path: Path) -> KeptMail:
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    body = mail.get_body(("plain",))
    return KeptMail(
        name=path.stem,
        to=str(mail["To"]),
        subject=str(mail["Subject"]),
        at=parsedate_to_datetime(str(mail["Date"])),
        text=body.get_content() if body else "",
    )


# ── the page with everything that goes out ───────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """One delivery as the desk shows it; the words say what happened, whose move it is and what to do."""

    pk: int
    kind: str
    account: str
    purpose: str
    subject: str
    recipient: str
    state: str
    attempts: int
    due_at: datetime
    done_at: datetime | None
    url: str
    error: str
    what: Promise
    whose: Promise
    do: Promise
    actions: tuple[str, ...]
    look: str = ""  # where on the network a person can look, or do it


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """One page, newest first; ``after`` is the id to go on from, or None at the end."""

    lines: list[DeliveryLine]
    after: int | None


COLUMNS: Final = (
    "pk", "account__kind", "account__name", "account__held", "purpose", "subject", "recipient", "state", "attempts",
    "due_at", "done_at", "remote_url", "last_error", "stopped", "by_hand_url", "page", "beginning",
)  # fmt: skip


def deliveries(
    *,
    viewer: StaffMember | None,
    filters: Mapping[str, str] | None = None,
    after: int | None = None,
    limit: int = PAGE,
) -> DeliveryPage:
    """A page of deliveries in one query. ``filters``: any of state, purpose and account (an id); empty = all.

    Raises Forbidden. A resident's address is shown with its name shortened.
    """
    require(viewer, Permission.SEE_DELIVERIES)
    chosen = {name: value for name, value in (filters or {}).items() if value and name in {"state", "purpose"}}
    rows = Delivery.objects.filter(**chosen).annotate(**_shown()).order_by("-pk")
    wanted = (filters or {}).get("account", "")
    if wanted:
        rows = rows.filter(account_id=int(wanted) if wanted.isdecimal() else 0)
    if after is not None:
        rows = rows.filter(pk__lt=after)
    found = list(rows.values(*COLUMNS)[: limit + 1])
    lines = [_line(row) for row in found[:limit]]
    return DeliveryPage(lines, lines[-1].pk if len(found) > limit else None)


def in_trouble(viewer: StaffMember) -> QuerySet[Delivery]:
    """What failed, or may have: a person has to look at it. Raises Forbidden."""
    require(viewer, Permission.SEE_DELIVERIES)
    return Delivery.objects.filter(state__in=[DueState.FAILED, DueState.UNSURE])


def _shown() -> dict[str, Any]:
    """What a line needs beside its columns: the subject, or where there is none the beginning of the text."""
    return {
        "subject": KT("draft__subject"),
        "beginning": Left(KT("draft__body"), SHORT),
        "page": KeyTextTransform("url", "account__health"),
        "stopped": Exists(Standstill.objects.filter(open=True)) & Q(let_through=False),
    }  # fmt: skip


def _line(row: Mapping[str, Any]) -> DeliveryLine:
    cause = rules.cause(
        state=row["state"], error=row["last_error"], held=row["account__held"],
        stopped=bool(row["stopped"]), by_hand=bool(row["by_hand_url"]),
    )  # fmt: skip
    words = WORDS[cause]
    return DeliveryLine(
        pk=row["pk"], kind=row["account__kind"], account=row["account__name"], purpose=row["purpose"],
        subject=row["subject"] or row["beginning"] or "", recipient=rules.shortened(row["recipient"]),
        state=row["state"],
        attempts=row["attempts"], due_at=row["due_at"], done_at=row["done_at"], url=row["remote_url"],
        error=row["last_error"], what=words.what, whose=words.whose, do=words.do,
        actions=rules.choices(row["state"]), look=row["by_hand_url"] or row["page"] or "",
    )  # fmt: skip


def accounts(*, viewer: StaffMember | None) -> list[Account]:
    """Every account with its health, by kind; raises Forbidden."""
    require(viewer, Permission.SEE_DELIVERIES)
    return list(Account.objects.order_by("kind", "name"))


def sending_accounts(*, viewer: StaffMember | None) -> list[Account]:
    """The accounts through which something goes out; raises Forbidden."""
    installed = [one for one in accounts(viewer=viewer) if one.kind in registry.kinds()]
    return [one for one in installed if publishes(one)]


def publishes(account: Account) -> bool:
    """Whether something can be sent to it at all."""
    return isinstance(channel_of(account), Channel)


# ── the watchdog ─────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Health:
    """What stands still: deliveries that are due and do not move, things that came in and can't be read, and jobs of
    the loop that do not run.
    """

    stuck: int
    stuck_since: datetime | None
    trouble: int
    late_jobs: list[str]
    failing_jobs: dict[str, str]
    unread: int = 0

    @property
    def good(self) -> bool:
        """Whether nothing needs a person."""
        return not (self.stuck or self.trouble or self.unread or self.late_jobs or self.failing_jobs)


def health(*, now: datetime) -> Health:
    """How sending is going, counted up to 1000."""
    before = now - STUCK_AFTER
    waiting = Delivery.objects.filter(state=DueState.WAITING, due_at__lt=before, account__held=False)
    waiting = waiting.exclude(Exists(Standstill.objects.filter(open=True)))  # what is stopped on purpose is not stuck
    lost = Delivery.objects.filter(state=DueState.SENDING, lease_until__lt=before)
    trouble = Delivery.objects.filter(state__in=[DueState.FAILED, DueState.UNSURE])
    pulses = list(Pulse.objects.order_by("job"))
    return Health(
        stuck=len(waiting.values("pk")[:1000]) + len(lost.values("pk")[:1000]),
        stuck_since=waiting.aggregate(first=Min("due_at"))["first"],
        trouble=len(trouble.values("pk")[:1000]),
        late_jobs=[pulse.job for pulse in pulses if pulse.beat_at < now - LATE_AFTER],
        failing_jobs={pulse.job: pulse.error for pulse in pulses if pulse.error},
        unread=len(InboundItem.objects.filter(state=DueState.FAILED).values("pk")[:1000]),
    )
