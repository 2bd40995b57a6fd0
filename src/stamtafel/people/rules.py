"""Roles and what each may do: one table, read by every action and query."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What somebody is at the municipality (design: staff roles)."""

    EDITOR = "editor"
    APPROVER = "approver"
    CONVERSATIONALIST = "conversationalist"
    MODERATOR = "moderator"
    FIELD_WORKER = "field_worker"
    ANALYST = "analyst"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    """One thing that a staff member may do."""

    SEE_DESK = "see_desk"
    WRITE_ANNOUNCEMENTS = "write_announcements"
    APPROVE_ANNOUNCEMENTS = "approve_announcements"
    SEE_INBOX = "see_inbox"
    REPLY = "reply"
    SEE_CONTRIBUTIONS = "see_contributions"
    MODERATE = "moderate"
    ERASE_ON_REQUEST = "erase_on_request"
    EDIT_TOPICS = "edit_topics"
    DECIDE = "decide"
    PUBLISH_DECISIONS = "publish_decisions"
    RECORD_FIELDWORK = "record_fieldwork"
    SEE_DELIVERIES = "see_deliveries"
    RETRY_DELIVERIES = "retry_deliveries"
    STOP_EVERYTHING = "stop_everything"
    SEE_REACH = "see_reach"
    EXPORT = "export"
    MANAGE_STAFF = "manage_staff"
    MANAGE_ACCOUNTS = "manage_accounts"
    MANAGE_SETTINGS = "manage_settings"


P = Permission
PERMISSIONS: Final[dict[Role, frozenset[Permission]]] = {
    Role.EDITOR: frozenset({
        P.SEE_DESK, P.WRITE_ANNOUNCEMENTS, P.SEE_CONTRIBUTIONS, P.EDIT_TOPICS, P.DECIDE, P.SEE_DELIVERIES,
        P.STOP_EVERYTHING,
    }),
    Role.APPROVER: frozenset({
        P.SEE_DESK, P.WRITE_ANNOUNCEMENTS, P.APPROVE_ANNOUNCEMENTS, P.SEE_CONTRIBUTIONS, P.DECIDE,
        P.PUBLISH_DECISIONS, P.SEE_DELIVERIES, P.RETRY_DELIVERIES, P.STOP_EVERYTHING,
    }),
    Role.CONVERSATIONALIST: frozenset({
        P.SEE_DESK, P.SEE_INBOX, P.REPLY, P.SEE_CONTRIBUTIONS, P.SEE_DELIVERIES,
    }),
    Role.MODERATOR: frozenset({P.SEE_DESK, P.SEE_INBOX, P.SEE_CONTRIBUTIONS, P.MODERATE, P.EDIT_TOPICS}),
    Role.FIELD_WORKER: frozenset({P.SEE_DESK, P.RECORD_FIELDWORK}),
    Role.ANALYST: frozenset({P.SEE_DESK, P.SEE_CONTRIBUTIONS, P.SEE_REACH, P.EXPORT}),
    Role.ADMINISTRATOR: frozenset(Permission),
}  # fmt: skip


def permissions(roles: Iterable[str]) -> frozenset[Permission]:
    """All that these roles may do together; an unknown role gives nothing."""
    known = [Role(role) for role in roles if role in set(Role)]
    return frozenset().union(*(PERMISSIONS[role] for role in known))


@dataclass(frozen=True, slots=True)
class Identity:
    """What an identity provider said about somebody, after its signature and claims were checked."""

    subject: str
    email: str
    email_verified: bool
    roles: tuple[str, ...] | None  # None: the provider says nothing about roles


def known_roles(names: Iterable[str]) -> list[str]:
    """The names that are roles of ours, once each, in our own order."""
    wanted = set(names)
    return [str(role) for role in Role if role in wanted]


def is_public_domain(domain: str) -> bool:
    """Whether the part after the @ is a name with a dot, as everybody can reach: no ``[127.0.0.1]``, no ``localhost``.

    No domain ends in a number (RFC 3696 section 2), so that one is a machine's address too.
    """
    last = domain.rpartition(".")[2]
    if "[" in domain or not 0 < len(last) < len(domain) or last.isdecimal():
        return False
    try:
        domain.encode("idna")
    except UnicodeError:
        return False
    return True
