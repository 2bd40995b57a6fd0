"""Reads and inserts whose SQL is written once.

Django writes the SQL of a queryset anew each time it is read, which costs ten times what running it costs. A
``Prepared`` read is an ordinary queryset, compiled at its first use in a thread; after that only the values change.
For the pages that everybody opens and for what a resident sends; everything else stays plain Django.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.expressions import Col
from django.db.models.query import ModelIterable, get_related_populators
from django.db.models.sql import InsertQuery

MOMENT: Final = datetime.fromisoformat("2001-02-03T04:05:06.000789+00:00")
NUMBER: Final = 7_351_904_283
WORD: Final = "\u2063prepared\u2063"


def _read_moment(stored: bytes) -> datetime:
    """A moment as SQLite keeps it: UTC, without saying so."""
    return datetime.fromisoformat(stored.decode() + "+00:00")


_READY: Final = (["convert_datetimefield_value"], ["convert_datefield_value"])

# Django's own reader gives the same without the zone, and then asks of every value again whether it lacks one
sqlite3.register_converter("datetime", _read_moment)


@dataclass(frozen=True, slots=True)
class _Shape:
    """What compiling gave: the SQL, which of its values change, and how a row becomes what the queryset gives."""

    sql: str
    values: tuple[tuple[str | None, Any], ...]
    changes: tuple[tuple[int, Callable[[Any], Any]], ...]
    read: Callable[[Iterable[Any]], list[Any]]


class Prepared:
    """``build(**arguments)`` gives the queryset: model instances (also with ``only`` and ``select_related``) or
    ``values_list``. ``samples`` gives for each argument a value of its type that stands nowhere else in the query:
    MOMENT, NUMBER, WORD. A queryset with prefetches, or whose shape hangs on an argument, can't be prepared.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], **samples: Any) -> None:
        self.build = build
        self.samples = samples
        self.kept = threading.local()  # a compiler belongs to the connection, and that to the thread

    def __call__(self, **arguments: Any) -> list[Any]:
        """The rows for these arguments."""
        shape = self._shape()
        given = {name: _adapted(value) for name, value in arguments.items()}
        with connection.cursor() as cursor:
            cursor.execute(shape.sql, [value if name is None else given[name] for name, value in shape.values])
            rows: Iterable[Any] = cursor.fetchall()
        return shape.read(_changed(rows, shape.changes) if shape.changes else rows)

    def _shape(self) -> _Shape:
        kept: tuple[Any, _Shape] | None = getattr(self.kept, "shape", None)
        if kept is None or kept[0] is not connection.settings_dict:
            kept = (connection.settings_dict, self._compiled())
            self.kept.shape = kept
        return kept[1]

    def _compiled(self) -> _Shape:
        queryset = self.build(**self.samples)
        compiler = queryset.query.get_compiler(connection=connection)
        sql, values = compiler.as_sql()
        marks = {name: _adapted(sample) for name, sample in self.samples.items()}
        named = tuple((_name_of(value, marks), value) for value in values)
        missing = set(marks) - {name for name, _value in named}
        if missing:
            raise ValueError(f"not in the query: {', '.join(sorted(missing))}")
        fields = [column[0] for column in compiler.select[: compiler.col_count]]
        reader = _instances(queryset, compiler) if issubclass(queryset._iterable_class, ModelIterable) else _tuples  # noqa: SLF001
        converters = compiler.get_converters(fields).items()
        changes = tuple((at, _change(*found)) for at, found in converters if not _is_ready(*found))
        return _Shape(sql, named, changes, reader)


def _adapted(value: Any) -> Any:
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value


def _name_of(value: Any, marks: dict[str, Any]) -> str | None:
    return next((name for name, mark in marks.items() if isinstance(value, type(mark)) and value == mark), None)


def _is_ready(converters: list[Callable[..., Any]], expression: Any) -> bool:
    """Whether the values of this column come out of the database as the queryset gives them."""
    asks = [getattr(one, "__name__", "") for one in converters]
    return asks in _READY and isinstance(expression, Col) and connection.timezone is UTC


def _change(converters: list[Callable[..., Any]], expression: Any) -> Callable[[Any], Any]:
    """What Django does with a value of this column, as one function."""

    def all_of(value: Any) -> Any:
        for one in converters:
            value = one(value, expression, connection)
        return value

    return all_of


def _changed(rows: Iterable[Any], changes: tuple[tuple[int, Callable[[Any], Any]], ...]) -> list[Any]:
    found = [list(row) for row in rows]
    for row in found:
        for at, change in changes:
            row[at] = change(row[at])
    return found


def _tuples(rows: Iterable[Any]) -> list[Any]:
    return [tuple(row) for row in rows]


def _instances(queryset: QuerySet[Any, Any], compiler: Any) -> Callable[[Iterable[Any]], list[Any]]:
    """What Django's ModelIterable does with a row."""
    select, info, using = compiler.select, compiler.klass_info, queryset.db
    start, end = info["select_fields"][0], info["select_fields"][-1] + 1
    names = [column[0].target.attname for column in select[start:end]]
    related = get_related_populators(info, select, using)  # type: ignore[call-arg]  # the stubs are of Django 6
    model = info["model"]

    def read(rows: Iterable[Any]) -> list[Any]:
        """Rows as instances, with what belongs to them."""
        found = []
        for row in rows:
            one = model.from_db(using, names, row[start:end])
            for populator in related:
                populator.populate(row, one)
            found.append(one)
        return found

    return read


class Insert:
    """``Insert(Model)(row)`` is ``row.save(force_insert=True)``, compiled once: the same SQL and values of fields, and
    the number of the row afterwards. Without a model's own ``save`` and without signals. Raises what saving raises.
    """

    def __init__(self, model: type[Model]) -> None:
        self.model = model
        self.fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]  # noqa: SLF001
        self.kept = threading.local()

    def __call__(self, row: Model) -> None:
        """Insert a new row."""
        values = [field.get_db_prep_save(field.pre_save(row, True), connection) for field in self.fields]
        with connection.cursor() as cursor:
            cursor.execute(self._sql(), values)
            row.pk = cursor.fetchone()[0]
        row._state.adding, row._state.db = False, connection.alias  # noqa: SLF001 - as save() leaves it

    def _sql(self) -> str:
        kept: tuple[Any, str] | None = getattr(self.kept, "sql", None)
        if kept is None or kept[0] is not connection.settings_dict:
            kept = (connection.settings_dict, self._compiled())
            self.kept.sql = kept
        return kept[1]

    def _compiled(self) -> str:
        query = InsertQuery(self.model)
        query.insert_values(self.fields, [self.model()])
        compiler = query.get_compiler(connection=connection)
        compiler.returning_fields = [self.model._meta.pk]  # noqa: SLF001
        sql: str
        ((sql, values),) = compiler.as_sql()
        if len(values) != len(self.fields):
            raise ValueError(f"{self.model.__name__} has a field that writes SQL of its own")
        return sql
