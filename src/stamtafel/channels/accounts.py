"""Connect an account, change it, switch it off: for the desk and for the command line."""

import secrets as random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamtafel.channels import costs, hearing, queries, registry, rules
from stamtafel.channels.actions import account as only_account
from stamtafel.channels.adapters.setup import Field, Setup
from stamtafel.channels.checking import Found, check_account, failed, look, write_down
from stamtafel.channels.contract import ChannelError, Costs, Credentials, Kind, Renews, SignsIn, Webhooks
from stamtafel.channels.models import Account
from stamtafel.channels.renewing import fresh_credentials
from stamtafel.channels.vault import keep_secrets
from stamtafel.ledger.actions import append
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import require
from stamtafel.people.rules import Permission

LONGEST_NAME: Final = 120
CEILING: Final = Field(
    costs.CEILING,
    gettext_lazy("Most to spend in a month, in dollars"),
    gettext_lazy("Above it nothing more goes out there until the next month. Empty: no limit."),
    required=False,
)


class AccountRefused(ValueError):
    """What was filled in is not right. ``field`` is where; the sentence is for the person."""

    def __init__(self, where: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = where


class NotLetIn(ValueError):
    """The network does not let us in with this; ``found`` says why. Nothing was kept."""

    def __init__(self, found: Found) -> None:
        super().__init__(found.problem)
        self.found = found


@dataclass(frozen=True, slots=True)
class Answers:
    """What somebody filled in. An empty secret means: as it was."""

    name: str
    options: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


# ── what can be filled in ────────────────────────────────────────────────────────────────────────
def setup_of(kind: str) -> Setup | None:
    """What connecting this kind asks; None for a kind that is not connected by hand. Raises registry.UnknownKind."""
    channel = registry.channel(kind)
    found: Setup | None = getattr(channel, "setup", None)
    if found is None or not isinstance(channel, Costs) or any(one.name == CEILING.name for one in found.fields):
        return found
    return Setup(needs=found.needs, fields=(*found.fields, CEILING), scopes=found.scopes, help_url=found.help_url)


def can_be_connected() -> list[str]:
    """The kinds of which an account can be added."""
    return [kind for kind in registry.kinds() if kind not in rules.ONE_ACCOUNT and setup_of(kind) is not None]


def signs_in(account: Account) -> bool:
    """Whether this account is connected by signing in at the network itself."""
    return isinstance(queries.channel_of(account), SignsIn)


# ── connecting and changing ──────────────────────────────────────────────────────────────────────
def connect_account(*, actor: StaffMember | None, kind: str, answers: Answers, now: datetime) -> Account:
    """Try what was filled in at the network, then keep it. Not to be called in a transaction.

    An account where somebody signs in at the network is kept switched off until they did. Raises Forbidden,
    registry.UnknownKind, AccountRefused, NotLetIn.
    """
    require(actor, Permission.MANAGE_ACCOUNTS)
    setup = setup_of(kind)
    if setup is None:
        raise registry.UnknownKind(kind)
    if kind in rules.ONE_ACCOUNT:  # it is there, or made when first needed: mail begins to listen
        return change_account(actor=actor, account_id=only_account(kind).pk, answers=answers, now=now)
    account = Account(kind=kind, name=_name(answers.name), options=_options(setup, answers, {}))
    if Account.objects.filter(kind=kind, name=account.name).exists():
        raise AccountRefused("name", _("There is an account with this name already. Choose another name."))
    _complete(setup, answers, set())
    return _tried_and_kept(account, answers, {}, "connected", now)


def change_account(*, actor: StaffMember | None, account_id: int, answers: Answers, now: datetime) -> Account:
    """Like ``connect_account``, for one that is there. A secret that is left empty stays as it was."""
    require(actor, Permission.MANAGE_ACCOUNTS)
    account = Account.objects.get(pk=account_id)
    setup = setup_of(account.kind)
    if setup is None:
        raise registry.UnknownKind(account.kind)
    name = account.name if account.kind in rules.ONE_ACCOUNT else _name(answers.name)
    if Account.objects.filter(kind=account.kind, name=name).exclude(pk=account_id).exists():
        raise AccountRefused("name", _("There is an account with this name already. Choose another name."))
    _complete(setup, answers, set(account.secrets.values_list("name", flat=True)))
    stored = _usable(account, now)
    account.name, account.options = name, _options(setup, answers, account.options)
    return _tried_and_kept(account, answers, stored, "changed", now)


def test_account(*, actor: StaffMember | None, account_id: int, now: datetime) -> Found:
    """Look now how the account is doing, and write it down. Raises Forbidden."""
    require(actor, Permission.MANAGE_ACCOUNTS)
    return check_account(Account.objects.get(pk=account_id), now)


@transaction.atomic
def switch_account(*, actor: StaffMember | None, account_id: int, on: bool, now: datetime) -> None:
    """Off: nothing leaves, nothing is heard, nothing is asked; what waited stays where it is. Raises Forbidden."""
    require(actor, Permission.MANAGE_ACCOUNTS)
    if Account.objects.filter(pk=account_id).exclude(enabled=on).update(enabled=on):
        append(kind=f"account.{'on' if on else 'off'}", subject=f"account:{account_id}", data={}, now=now)


# ── signing in at the network ────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class SignIn:
    """Where the browser goes, and what has to be remembered until it is back."""

    address: str
    state: str
    verifier: str = field(repr=False)


def begin_sign_in(*, actor: StaffMember | None, account_id: int, callback: str) -> SignIn:
    """Send somebody to the network (RFC 6749, RFC 7636). Raises Forbidden, AccountRefused where that is not the way."""
    require(actor, Permission.MANAGE_ACCOUNTS)
    account = Account.objects.get(pk=account_id)
    channel = queries.channel_of(account)
    if not isinstance(channel, SignsIn):
        raise AccountRefused("", _("This account is not connected by signing in."))
    state, verifier = random.token_urlsafe(24), random.token_urlsafe(48)
    known = queries.credentials_of(account)
    address = channel.sign_in_address(known, callback=callback, state=state, verifier=verifier)
    return SignIn(address, state, verifier)


def finish_sign_in(
    *, actor: StaffMember | None, account_id: int, code: str, verifier: str, callback: str, now: datetime
) -> Found:
    """Exchange the code for what lets us in, keep it, and look whether it does. Raises Forbidden, NotLetIn."""
    require(actor, Permission.MANAGE_ACCOUNTS)
    account = Account.objects.get(pk=account_id)
    channel, known = queries.channel_of(account), queries.credentials_of(account)
    if not isinstance(channel, SignsIn):
        raise AccountRefused("", _("This account is not connected by signing in."))
    try:
        got = channel.signed_in(code, known, callback=callback, verifier=verifier, now=now)
    except ChannelError as error:
        raise NotLetIn(failed(error, {**known, "code": code})) from None
    with transaction.atomic():
        keep_secrets(account, got)
        Account.objects.filter(pk=account.pk).update(enabled=True)
        append(kind="account.signed_in", subject=f"account:{account.pk}", data={}, now=now)
    return check_account(Account.objects.get(pk=account_id), now)


# ── what lies behind ─────────────────────────────────────────────────────────────────────────────
def _name(given: str) -> str:
    name = " ".join(given.split())
    if not name:
        raise AccountRefused("name", _("Give the account a name, so that colleagues know which one it is."))
    return name[:LONGEST_NAME]


def _options(setup: Setup, answers: Answers, before: Mapping[str, Any]) -> dict[str, Any]:
    """What was there and is not asked stays (the address that the network calls); an empty field goes."""
    asked = {one.name for one in setup.fields}
    kept = {name: value for name, value in before.items() if name not in asked and name not in answers.options}
    secret = {one.name for one in setup.fields if one.secret}
    given = {name: value.strip() for name, value in answers.options.items() if name not in secret}
    return {**kept, **{name: value for name, value in given.items() if value}}


def _complete(setup: Setup, answers: Answers, kept: set[str]) -> None:
    """Raises AccountRefused for the first field that has to be filled in and is not."""
    for one in setup.fields:
        given = (answers.secrets if one.secret else answers.options).get(one.name, "").strip()
        if one.required and not (given or one.default or (one.secret and one.name in kept)):
            raise AccountRefused(one.name, _("Fill in “%(what)s”.") % {"what": one.label})


def _usable(account: Account, now: datetime) -> dict[str, str]:
    """What is kept, exchanged first where it is worn out: trying it must not use up what the worker holds.

    Where it no longer lets us in or can't be opened, the new answers have to do without.
    """
    try:
        return dict(fresh_credentials(account, queries.channel_of(account), now))
    except ChannelError:
        try:
            return dict(queries.credentials_of(account))
        except ValueError:
            return {}


def _channel(account: Account) -> Kind:
    try:
        return queries.channel_of(account)
    except ValueError as error:
        raise AccountRefused("", _("This can't be used: %(why)s") % {"why": error}) from None


def _tried_and_kept(
    account: Account, answers: Answers, stored: Credentials, what: str, now: datetime
) -> Account:  # fmt: skip
    channel = _channel(account)
    given = {name: value.strip() for name, value in answers.secrets.items() if value.strip()}
    tried = {**stored, **given, **queries.given_credentials(account.kind)}
    if isinstance(channel, SignsIn) and not account.checked_at and not _is_signed_in(account.kind, given):
        return _kept(account, given, None, what, now)
    renewed: Mapping[str, str] = {}
    try:
        if isinstance(channel, Renews) and channel.is_stale(tried, now):
            renewed = channel.renew(tried, now)
        found = look(channel, {**tried, **renewed})
    except ChannelError as error:
        found = failed(error, tried)
    if not found.good:
        raise NotLetIn(found)
    return _kept(account, {**given, **renewed}, found, what, now)


def _is_signed_in(kind: str, given: Credentials) -> bool:
    """Whether a script brings along what signing in would give: more than what the page asks."""
    setup = setup_of(kind)
    return setup is not None and bool(set(given) - {one.name for one in setup.fields})


@transaction.atomic
def _kept(account: Account, secrets: Mapping[str, str], found: Found | None, what: str, now: datetime) -> Account:
    """Without ``found`` nobody tried it yet: it stays off until somebody signed in."""
    if found is None:
        account.enabled = False
    if not account.pk:
        account.save()
    else:
        account.save(update_fields=["name", "options", "enabled"])
    keep_secrets(account, secrets)
    if found is not None:
        write_down(account, found, now)
    if isinstance(queries.channel_of(account), Webhooks):
        hearing.open_hook(account=account)
    append(kind=f"account.{what}", subject=f"account:{account.pk}", data={}, now=now)
    return account
