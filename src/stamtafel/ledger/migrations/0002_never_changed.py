"""The database itself refuses to change or take out what is in the log."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

COLUMNS = ("id", "at", "kind", "subject", "data", "leaf")

SQLITE = [
    f"""CREATE TRIGGER ledger_entry_kept BEFORE UPDATE ON ledger_entry
    WHEN OLD.place IS NOT NULL OR {" OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in COLUMNS)}
    BEGIN SELECT RAISE(ABORT, 'the log is only appended to'); END""",
    """CREATE TRIGGER ledger_entry_stays BEFORE DELETE ON ledger_entry WHEN OLD.place IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'the log is only appended to'); END""",
    """CREATE TRIGGER ledger_treehead_kept BEFORE UPDATE ON ledger_treehead
    BEGIN SELECT RAISE(ABORT, 'the log is only appended to'); END""",
    """CREATE TRIGGER ledger_treehead_stays BEFORE DELETE ON ledger_treehead
    BEGIN SELECT RAISE(ABORT, 'the log is only appended to'); END""",
]
POSTGRESQL = [
    """CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the log is only appended to' USING ERRCODE = 'restrict_violation'; END $$""",
    f"""CREATE TRIGGER ledger_entry_kept BEFORE UPDATE ON ledger_entry FOR EACH ROW
    WHEN (OLD.place IS NOT NULL OR {" OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in COLUMNS)})
    EXECUTE FUNCTION ledger_refuse()""",
    """CREATE TRIGGER ledger_entry_stays BEFORE DELETE ON ledger_entry FOR EACH ROW
    WHEN (OLD.place IS NOT NULL) EXECUTE FUNCTION ledger_refuse()""",
    """CREATE TRIGGER ledger_treehead_kept BEFORE UPDATE OR DELETE ON ledger_treehead FOR EACH ROW
    EXECUTE FUNCTION ledger_refuse()""",
]
TRIGGERS = {
    "sqlite": [("ledger_entry_kept", ""), ("ledger_entry_stays", ""), ("ledger_treehead_kept", ""),
               ("ledger_treehead_stays", "")],
    "postgresql": [("ledger_entry_kept", " ON ledger_entry"), ("ledger_entry_stays", " ON ledger_entry"),
                   ("ledger_treehead_kept", " ON ledger_treehead")],
}


def guard(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[editor.connection.vendor]:
        editor.execute(statement)


def unguard(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for name, table in TRIGGERS[editor.connection.vendor]:
        editor.execute(f"DROP TRIGGER {name}{table}")
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP FUNCTION ledger_refuse()")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunPython(guard, unguard, elidable=False)]
