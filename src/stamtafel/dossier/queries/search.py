"""Find contributions by what they say."""

from django.db import connection
from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from stamtafel.dossier.models import Contribution
from stamtafel.dossier.rules.search import query_terms

MOST_WORDS = 8
LONGEST_QUERY = 200

# Both read the index that migration 0002_search made.
_SQLITE = "dossier_contribution.id IN (SELECT rowid FROM dossier_contribution_search WHERE terms MATCH %s)"
_POSTGRES = "to_tsvector('simple', dossier_contribution.terms) @@ to_tsquery('simple', %s)"


def matching(rows: QuerySet[Contribution], query: str) -> QuerySet[Contribution]:
    """The contributions among ``rows`` that say something of each word of ``query`` (at most eight words).

    *huizen* finds *huis*. A query without words that can be searched for (only *de* or *?*) leaves ``rows`` as
    they are, so that nobody sees an empty page for a stop word.
    """
    groups = query_terms(query[:LONGEST_QUERY])[:MOST_WORDS]
    if not groups:
        return rows
    if connection.vendor == "sqlite":
        condition = RawSQL(_SQLITE, [_match(groups)], output_field=BooleanField())  # noqa: S611 - a parameter
    else:
        condition = RawSQL(_POSTGRES, [_tsquery(groups)], output_field=BooleanField())  # noqa: S611 - a parameter
    return rows.filter(condition)


def _match(groups: list[list[str]]) -> str:
    """FTS5's language. Terms are letters and digits only; quotes keep AND, OR, NEAR and NOT plain words."""
    return " AND ".join("(" + " OR ".join(f'"{term}"' for term in group) + ")" for group in groups)


def _tsquery(groups: list[list[str]]) -> str:
    """PostgreSQL's language; quotes for the same reason."""
    return " & ".join("(" + " | ".join(f"'{term}'" for term in group) + ")" for group in groups)
