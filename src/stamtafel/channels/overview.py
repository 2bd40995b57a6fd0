"""Reads on accounts for the desk: how each is doing, what it costs, how many it reaches."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Sum
from django.utils import timezone

from stamtafel.channels import costs, hearing, queries, registry
from stamtafel.channels.accounts import setup_of, signs_in
from stamtafel.channels.condition import Condition, Known, conditions, tone
from stamtafel.channels.contract import FIGURES, Costs
from stamtafel.channels.models import Account, Delivery, Snapshot
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import require
from stamtafel.people.rules import Permission

DAYS: Final = 30
MOST_POSTS: Final = 50
URGENT: Final = frozenset({Condition.SIGN_IN, Condition.EXPIRED, Condition.EXPIRES, Condition.MISSING})


# ── how each is doing ────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account as the desk shows it. There is no secret in it, only the names of those that are filled in."""

    pk: int
    kind: str
    name: str
    conditions: list[Condition]
    tone: str
    known: Known
    their_name: str
    their_url: str
    notes: list[str]
    quota_resets_at: datetime | None
    spent: str
    ceiling: str
    checked_at: datetime | None
    can_change: bool
    can_sign_in: bool
    hook: str
    filled_in: frozenset[str]


def account_lines(*, viewer: StaffMember | None, now: datetime) -> list[AccountLine]:
    """Every account through which something goes out, the ones in trouble first. Raises Forbidden."""
    require(viewer, Permission.MANAGE_ACCOUNTS)
    rows = Account.objects.prefetch_related("secrets").filter(kind__in=list(registry.kinds())).order_by("kind", "name")
    spent = _spent(now)
    lines = [_line(row, spent.get(row.pk, 0), now) for row in rows if queries.publishes(row)]
    order = {"wrong": 0, "attention": 1, "good": 2, "neutral": 3}
    return sorted(lines, key=lambda line: order[line.tone])


def account_line(*, viewer: StaffMember | None, account_id: int, now: datetime) -> AccountLine:
    """One account. Raises Forbidden, Account.DoesNotExist."""
    require(viewer, Permission.MANAGE_ACCOUNTS)
    row = Account.objects.get(pk=account_id)
    return _line(row, costs.spent(row, now), now)


def account_options(*, viewer: StaffMember | None, account_id: int) -> dict[str, Any]:
    """What is filled in on an account, without what is secret. Raises Forbidden, Account.DoesNotExist."""
    require(viewer, Permission.MANAGE_ACCOUNTS)
    row = Account.objects.get(pk=account_id)
    setup = setup_of(row.kind)
    shown = {one.name for one in setup.fields if not one.secret} if setup else set()
    return {name: value for name, value in row.options.items() if name in shown}


def ending_soon(*, viewer: StaffMember, now: datetime) -> list[AccountLine]:
    """The accounts that somebody has to look at, for the page of today: one query while all is well.

    Raises Forbidden.
    """
    require(viewer, Permission.MANAGE_ACCOUNTS)
    rows = Account.objects.filter(enabled=True, kind__in=list(registry.kinds())).order_by("kind", "name")
    return [_line(row, 0, now) for row in rows if URGENT.intersection(conditions(_known(row, 0), now))]


def _line(row: Account, spent: int, now: datetime) -> AccountLine:
    health: Mapping[str, Any] = row.health
    known, charges = _known(row, spent), isinstance(queries.channel_of(row), Costs)
    found = conditions(known, now)
    resets = (health.get("quota") or {}).get("resets_at")
    return AccountLine(
        pk=row.pk, kind=row.kind, name=row.name, conditions=found, tone=tone(found), known=known,
        their_name=health.get("name", ""), their_url=health.get("url", ""), notes=list(health.get("notes", [])),
        quota_resets_at=datetime.fromisoformat(resets) if resets else None,
        spent=costs.dollars(spent) if charges else "",
        ceiling=costs.dollars(known.ceiling) if known.ceiling is not None else "",
        checked_at=row.checked_at, can_change=setup_of(row.kind) is not None, can_sign_in=signs_in(row),
        hook=hearing.hook_address(row), filled_in=frozenset(secret.name for secret in row.secrets.all()),
    )  # fmt: skip


def _known(row: Account, spent: int) -> Known:
    quota = row.health.get("quota") or {}
    return Known(
        enabled=row.enabled, held=row.held, problem=row.problem, checked=row.checked_at is not None,
        must_sign_in=row.health.get("trouble") == "sign_in", expires_at=row.expires_at,
        missing=tuple(row.health.get("missing", ())), quota_used=quota.get("used", 0), quota_total=quota.get("total"),
        spent=spent, ceiling=costs.ceiling_of(row),
    )  # fmt: skip


def _spent(now: datetime) -> dict[int, int]:
    rows = Delivery.objects.filter(state__in=costs.SPENT, tried_at__gte=costs.month(now), cost__gt=0)
    return {pk: int(total) for pk, total in rows.values_list("account").annotate(total=Sum("cost")).order_by()}


# ── figures ──────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class AccountFigures:
    """One account over the last month: the newest figure of each name, and one name day by day."""

    pk: int
    kind: str
    name: str
    latest: dict[str, int]
    daily: list[tuple[date, int]]
    daily_name: str


@dataclass(frozen=True, slots=True)
class PostFigures:
    """The newest figures of one post."""

    pk: int
    kind: str
    account: str
    subject: str
    url: str
    at: datetime
    figures: dict[str, int]


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that the page of figures shows; ``names`` are the columns that at least one post fills."""

    accounts: list[AccountFigures]
    posts: list[PostFigures]
    names: list[str]


def figures(*, viewer: StaffMember | None, now: datetime, account_id: int | None = None) -> Figures:
    """The figures of the last 30 days, in four queries however much there is. Raises Forbidden."""
    require(viewer, Permission.SEE_REACH)
    since = timezone.localdate(now) - timedelta(days=DAYS)
    chosen = {"account_id": account_id} if account_id is not None else {}
    snapshots = Snapshot.objects.filter(day__gte=since, **chosen).order_by("day", "pk")
    whole = list(snapshots.filter(delivery=None).values_list("account_id", "name", "day", "value"))
    out = Delivery.objects.filter(done_at__gte=now - timedelta(days=DAYS), snapshots__day__gte=since, **chosen)
    posts = list(out.distinct().select_related("account").order_by("-done_at", "-pk")[:MOST_POSTS])
    of_posts = snapshots.filter(delivery__in=[post.pk for post in posts])
    latest: dict[int, dict[str, int]] = {}
    for pk, name, value in of_posts.values_list("delivery_id", "name", "value"):
        latest.setdefault(pk or 0, {})[name] = value  # by day: the newest stays
    shown = [_post(post, latest.get(post.pk, {})) for post in posts]
    known = {name for post in shown for name in post.figures}
    names = [name for name in FIGURES if name in known] + sorted(known - set(FIGURES))
    return Figures(_accounts(whole), shown, names)


def measured_accounts(*, viewer: StaffMember | None) -> list[Account]:
    """The accounts of which there are figures, to choose from. Raises Forbidden."""
    require(viewer, Permission.SEE_REACH)
    return list(Account.objects.filter(pk__in=Snapshot.objects.values("account_id")).order_by("kind", "name"))


def _post(row: Delivery, latest: dict[str, int]) -> PostFigures:
    return PostFigures(
        pk=row.pk, kind=row.account.kind, account=row.account.name, subject=str(row.draft.get("subject", "")),
        url=row.remote_url, at=row.done_at or row.created_at, figures=latest,
    )  # fmt: skip


def _accounts(rows: list[tuple[int, str, date, int]]) -> list[AccountFigures]:
    by_account: dict[int, dict[str, list[tuple[date, int]]]] = {}
    for pk, name, day, value in rows:
        by_account.setdefault(pk, {}).setdefault(name, []).append((day, value))
    found = Account.objects.in_bulk(by_account)
    made = []
    for pk, series in by_account.items():
        longest = max(series, key=lambda name: (name == "followers", len(series[name])))
        latest = {name: values[-1][1] for name, values in series.items()}
        made.append(AccountFigures(pk, found[pk].kind, found[pk].name, latest, series[longest], longest))
    return sorted(made, key=lambda one: (one.kind, one.name))
