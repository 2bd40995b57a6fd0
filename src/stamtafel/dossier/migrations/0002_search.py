"""An index over the search terms of contributions, kept right by the database itself.

SQLite: an FTS5 table that reads ``dossier_contribution`` (no copy of the texts) with triggers. A later migration
that makes SQLite build that table anew drops the triggers with it: call ``make_index`` again after it.
PostgreSQL: GIN on ``to_tsvector('simple', terms)``; the terms are base forms already (rules.search).
"""

from django.db import migrations

SQLITE = (
    "CREATE VIRTUAL TABLE dossier_contribution_search USING fts5("
    "terms, content='dossier_contribution', content_rowid='id', tokenize='unicode61 remove_diacritics 0')",
    "CREATE TRIGGER dossier_contribution_search_insert AFTER INSERT ON dossier_contribution BEGIN "
    "INSERT INTO dossier_contribution_search(rowid, terms) VALUES (new.id, new.terms); END",
    "CREATE TRIGGER dossier_contribution_search_delete AFTER DELETE ON dossier_contribution BEGIN "
    "INSERT INTO dossier_contribution_search(dossier_contribution_search, rowid, terms) "
    "VALUES ('delete', old.id, old.terms); END",
    "CREATE TRIGGER dossier_contribution_search_update AFTER UPDATE OF id, terms ON dossier_contribution "
    "WHEN old.terms IS NOT new.terms OR old.id IS NOT new.id BEGIN "
    "INSERT INTO dossier_contribution_search(dossier_contribution_search, rowid, terms) "
    "VALUES ('delete', old.id, old.terms); "
    "INSERT INTO dossier_contribution_search(rowid, terms) VALUES (new.id, new.terms); END",
    "INSERT INTO dossier_contribution_search(dossier_contribution_search) VALUES ('rebuild')",
)
POSTGRES = (
    "CREATE INDEX dossier_contribution_search ON dossier_contribution USING gin (to_tsvector('simple', terms))",
)
DROP_SQLITE = (
    "DROP TRIGGER IF EXISTS dossier_contribution_search_insert",
    "DROP TRIGGER IF EXISTS dossier_contribution_search_delete",
    "DROP TRIGGER IF EXISTS dossier_contribution_search_update",
    "DROP TABLE IF EXISTS dossier_contribution_search",
)
DROP_POSTGRES = ("DROP INDEX IF EXISTS dossier_contribution_search",)


def run(editor, sqlite, postgres):
    """Run what this database understands."""
    for statement in sqlite if editor.connection.vendor == "sqlite" else postgres:
        editor.execute(statement, params=None)


def make_index(_apps, editor):
    """Make the index and fill it with what is there."""
    drop_index(_apps, editor)
    run(editor, SQLITE, POSTGRES)


def drop_index(_apps, editor):
    """Remove it."""
    run(editor, DROP_SQLITE, DROP_POSTGRES)


class Migration(migrations.Migration):
    dependencies = [("dossier", "0001_initial")]
    operations = [migrations.RunPython(make_index, drop_index)]
