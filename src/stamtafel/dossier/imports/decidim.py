"""Decidim: the CSV of its exports and open data; proposals, budget projects and comments.

Columns as in proposal_serializer.rb, project_serializer.rb and comment_serializer.rb; older ones
(scope, category, supports, endorsements) are still read.
"""

from __future__ import annotations

from typing import Final

from stamtafel.dossier.imports.contract import Format, Given

_YES: Final = frozenset({"true", "1", "yes", "t"})


def _adjust(given: Given, fields: dict[str, str]) -> None:
    # Proposals, projects and comments each count from 1.
    if fields.get("source_id") and given("commentable_type"):
        fields["source_id"] = f"comment-{fields['source_id']}"
    elif fields.get("source_id") and given("budget/id"):
        fields["source_id"] = f"project-{fields['source_id']}"
    withdrawn = given("withdrawn").casefold() in _YES or bool(given("withdrawn_at"))
    if withdrawn or given("state").casefold() == "withdrawn":
        fields["hidden"] = "yes"


DECIDIM: Final = Format(
    name="decidim",
    fields={
        "source_id": ("id",),
        "title": ("title", "title/*"),
        "text": ("body", "body/*", "description", "description/*"),
        "category": (
            "category/name",
            "category/name/*",
            "taxonomies/name",
            "taxonomies/name/*",
        ),
        "area_name": ("scope/name", "scope/name/*"),
        "lat": ("latitude",),
        "lon": ("longitude",),
        "created": ("created_at", "published_at"),
        "status": ("state",),
        "support": ("votes", "supports", "confirmed_votes", "likes/total_count", "endorsements/total_count"),
        "url": ("url", "root_commentable_url"),
        "author_name": ("author/name",),
    },
    extra=("reference", "budget_amount", "cost", "answer/nl", "answer/en", "alignment", "commentable_id"),
    reads=("withdrawn", "withdrawn_at"),
    # Meetings, results of accountability, and answers to surveys.
    others=frozenset({"attendees", "progress", "ip_hash", "user_status"}),
    date_patterns=("%Y-%m-%d %H:%M:%S %z",),
    adjust=_adjust,
)
