"""What the desk's search line finds among contributions, subjects and decisions."""

import re
from typing import Final, TypeVar

from django.db.models import Model, Q, QuerySet

from stamtafel.dossier.models import Contribution, Decision, Topic
from stamtafel.dossier.queries.desk import HEAVY
from stamtafel.dossier.queries.public import LARGEST_ID
from stamtafel.dossier.queries.search import LONGEST_QUERY, MOST_WORDS, matching
from stamtafel.dossier.rules.search import query_terms
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import require
from stamtafel.people.rules import Permission

_NUMBER: Final = re.compile(r"(?:#|nr\.?|no\.?)?\s*([0-9]{1,18})", re.IGNORECASE)
Row = TypeVar("Row", bound=Model)


def containing(rows: QuerySet[Row], query: str, *fields: str) -> QuerySet[Row]:
    """The rows that have every word of ``query`` (at most eight) somewhere in ``fields``. None without a word."""
    words = query[:LONGEST_QUERY].split()[:MOST_WORDS]
    for word in words:
        anywhere = Q()
        for name in fields:
            anywhere |= Q(**{f"{name}__icontains": word})
        rows = rows.filter(anywhere)
    return rows if words else rows.none()


def by_number(viewer: StaffMember, typed: str) -> Contribution | None:
    """The contribution with this number ("123", "#123" or "nr 123"). Raises Forbidden."""
    require(viewer, Permission.SEE_CONTRIBUTIONS)
    match = _NUMBER.fullmatch(typed.strip())
    number = int(match[1]) if match else 0
    return _whole().filter(pk=number).first() if 0 < number <= LARGEST_ID else None


def by_code(viewer: StaffMember, digest: str | None) -> Contribution | None:
    """The contribution of a follow code, by its digest (None: what was typed is no code). Raises Forbidden."""
    require(viewer, Permission.SEE_CONTRIBUTIONS)
    return _whole().filter(code_digest=digest).first() if digest else None


def contributions_with(viewer: StaffMember, text: str) -> QuerySet[Contribution]:
    """Contributions that say something of each word, in any state, newest first. Raises Forbidden."""
    require(viewer, Permission.SEE_CONTRIBUTIONS)
    found = matching(_whole(), text) if query_terms(text[:LONGEST_QUERY]) else Contribution.objects.none()
    return found.order_by("-created_at", "-pk")


def topics_with(viewer: StaffMember, text: str) -> QuerySet[Topic]:
    """Subjects with these words, the open ones first. Raises Forbidden."""
    require(viewer, Permission.EDIT_TOPICS)
    found = containing(Topic.objects.all(), text, "name", "name_en", "summary", "stands", "question")
    return found.only("slug", "name", "summary", "archived").order_by("archived", "name")


def decisions_with(viewer: StaffMember, text: str) -> QuerySet[Decision]:
    """Decisions and drafts with these words, newest first. Raises Forbidden."""
    require(viewer, Permission.DECIDE)
    found = containing(Decision.objects.all(), text, "title", "decided", "decided_by", "heard", "done", "not_done")
    shown = found.select_related("topic").only("title", "decided", "decided_on", "published_at", "topic__name")
    return shown.order_by("-decided_on", "-pk")


def _whole() -> QuerySet[Contribution]:
    return Contribution.objects.select_related("topic", "area").defer(*HEAVY)
