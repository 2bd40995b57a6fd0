"""From the header of a file to what is read from where, and what is left out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from stamtafel.dossier.imports.contract import (
    FIELDS,
    PERSONAL_FIELDS,
    Format,
    ImportRefused,
    plain_names,
    refused,
)
from stamtafel.dossier.imports.personal import is_personal
from stamtafel.places.rules.problems import Problem

_JOINTS: Final = {"source_id": "-", "text": "\n\n"}
_LANGUAGES_FIRST: Final = {"nl": 0, "en": 1}


@dataclass(frozen=True, slots=True)
class Source:
    """Columns that together fill a field, joined by `joint`."""

    columns: tuple[int, ...]
    joint: str = ""

    def cell(self, cells: Sequence[str]) -> str:
        """Return what the columns hold; empty parts are left out."""
        parts = [cells[column].strip() for column in self.columns]
        return self.joint.join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to read from a table."""

    header: list[str]
    names: list[str]
    sources: dict[str, list[Source]]
    extra: dict[str, int]
    dropped: list[str]
    unused: list[str]
    readable: dict[str, int]
    """Every column that may be read, by its plain name: no personal ones that nobody asked for."""

    def column(self, field: str) -> str:
        """Return the header from which a field comes, for a message about it."""
        sources = self.sources.get(field)
        return "+".join(self.header[column] for column in sources[0].columns) if sources else field


def made_plan(form: Format, header: list[str], *, columns: Mapping[str, str], keep_personal: Collection[str]) -> Plan:
    """Return what to read from a table with this header.

    `columns` (ours → theirs, or "theirs+theirs") goes before what the format says. Personal
    columns are read only when `keep_personal` names them or their field, or when `columns` gives
    them to a field that is not about the author. Raises ImportRefused.
    """
    names = form.names(header)
    if form.others & set(names):
        found = next(iter(form.others & set(names)))
        raise refused("not_contributions", row=1, column=header[names.index(found)])
    kept = set(plain_names(list(keep_personal)))
    chosen = _chosen(header, columns)
    _check_kept(kept, [*names, *plain_names(header)])
    personal = _personal_columns(form, header, names)
    asked = _asked(form, header, names, chosen=chosen, kept=kept)
    closed = personal - asked
    sources = _sources(form, names, chosen, closed)
    extra = _extra(form, names, personal & asked, sources)
    used = {column for found in sources.values() for source in found for column in source.columns}
    used |= {*extra.values()} | {column for column, name in enumerate(names) if name in form.reads}
    return Plan(
        header=header,
        names=names,
        sources=sources,
        extra=extra,
        dropped=[header[column] for column in sorted(closed) if header[column]],
        unused=[name for column, name in enumerate(header) if name and column not in used | closed],
        readable={name: column for column, name in reversed(list(enumerate(names))) if column not in closed},
    )


def _asked(
    form: Format, header: Sequence[str], names: Sequence[str], *, chosen: Mapping[str, Source], kept: set[str]
) -> set[int]:
    """Return the columns that were asked for by name, personal or not."""
    originals = plain_names(header)
    asked = {column for column, name in enumerate(names) if kept & {name, originals[column]}}
    for field, source in chosen.items():
        if field not in PERSONAL_FIELDS:
            asked.update(source.columns)
    for field in kept.intersection(PERSONAL_FIELDS):
        mine = [chosen[field]] if field in chosen else _by_format(form, names, field, set())
        asked.update(column for source in mine for column in source.columns)
    return asked


def _chosen(header: Sequence[str], columns: Mapping[str, str]) -> dict[str, Source]:
    """Return the sources that were chosen by hand. Raises ImportRefused."""
    places = {name: column for column, name in reversed(list(enumerate(plain_names(header)))) if name}
    problems = [Problem(None, field, "unknown_field") for field in columns if field not in FIELDS]
    chosen: dict[str, Source] = {}
    for field, theirs in columns.items():
        # A name may hold a plus sign itself.
        wanted = [theirs] if plain_names([theirs])[0] in places else theirs.split("+")
        found = [places.get(name) for name in plain_names(wanted)]
        problems += [
            Problem(1, name.strip(), "no_such_column")
            for name, column in zip(wanted, found, strict=True)
            if column is None
        ]
        chosen[field] = Source(tuple(column for column in found if column is not None), _JOINTS.get(field, " "))
    if problems:
        raise ImportRefused(problems)
    return chosen


def _check_kept(kept: set[str], names: Collection[str]) -> None:
    """Refuse a personal column asked for that is not there: a slip of the pen must not go unseen."""
    missing = sorted(kept - set(names) - set(PERSONAL_FIELDS))
    if missing:
        raise ImportRefused([Problem(1, name, "no_such_column") for name in missing])


def _personal_columns(form: Format, header: Sequence[str], names: Sequence[str]) -> set[int]:
    originals = plain_names(header)
    known = form.personal_after and form.personal_after in names
    last = names.index(form.personal_after) if known else len(names)
    return {
        column
        for column, name in enumerate(names)
        if column > last or name in form.personal or is_personal(name) or is_personal(originals[column])
    }


def _sources(
    form: Format, names: Sequence[str], chosen: Mapping[str, Source], closed: set[int]
) -> dict[str, list[Source]]:
    named = {column for source in chosen.values() for column in source.columns}
    named |= {names.index(name) for found in form.fields.values() for name in found if name in names}
    sources: dict[str, list[Source]] = {}
    for field in FIELDS:
        found = [chosen[field]] if field in chosen else _by_format(form, names, field, named)
        readable = [source for source in found if not closed.intersection(source.columns)]
        if readable:
            sources[field] = readable
    return sources


def _by_format(form: Format, names: Sequence[str], field: str, named: Collection[int]) -> list[Source]:
    """Return the columns of a field in order of preference; a "*" takes none that is named elsewhere."""
    columns: list[int] = []
    for wanted in form.fields.get(field, ()):
        if wanted.endswith("*"):
            stem = wanted.removesuffix("*")
            fitting = [column for column, name in enumerate(names) if name.startswith(stem)]
            fitting.sort(key=lambda column: _LANGUAGES_FIRST.get(names[column].removeprefix(stem), 2))
            columns += [column for column in fitting if column not in named]
        elif wanted in names:
            columns.append(names.index(wanted))
    return [Source((column,)) for column in dict.fromkeys(columns)]


def _extra(
    form: Format, names: Sequence[str], asked: Collection[int], sources: Mapping[str, list[Source]]
) -> dict[str, int]:
    """Return the columns kept beside our fields: those of the format and the personal ones asked for."""
    taken = {column for found in sources.values() for source in found for column in source.columns}
    worth = [names.index(name) for name in form.extra if name in names]
    return {names[column]: column for column in [*worth, *sorted(asked)] if column not in taken}
