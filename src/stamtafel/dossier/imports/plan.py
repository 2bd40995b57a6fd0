"""From the header of a file to what is read from where, and what is left out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
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
    personal: dict[str, int]
    """Columns that were asked for by name, by header: for staff only."""
    kept: list[str]
    dropped: list[str]
    unused: list[str]
    readable: dict[str, int]
    """Every column that may become public, by its plain name: no personal ones."""

    def column(self, field: str) -> str:
        """Return the header from which a field comes, for a message about it."""
        sources = self.sources.get(field)
        return "+".join(self.header[column] for column in sources[0].columns) if sources else field


def made_plan(form: Format, header: list[str], *, columns: Mapping[str, str], keep_personal: Collection[str]) -> Plan:
    """Return what to read from a table with this header.

    `columns` (ours → theirs, or "theirs+theirs") goes before what the format says. Personal
    columns are read only when `keep_personal` names them or their field, and then never into a
    field that everybody reads, unless `columns` says so. Raises ImportRefused.
    """
    names = form.names(header)
    if form.others & set(names):
        found = next(iter(form.others & set(names)))
        raise refused("not_contributions", row=1, column=header[names.index(found)])
    chosen = _chosen(header, columns)
    given = {column for field, source in chosen.items() if field not in PERSONAL_FIELDS for column in source.columns}
    authors = _authors(form, names, chosen)
    personal = (_personal_columns(form, header, names) | {*_columns(authors)}) - given
    sources = _sources(form, names, chosen, personal)
    extra = {name: names.index(name) for name in form.extra if name in names}
    extra = {name: column for name, column in extra.items() if column not in personal | {*_columns(sources)}}
    public = {*_columns(sources), *extra.values()} | {names.index(name) for name in form.reads if name in names}
    kept = _kept(header, names, authors, set(plain_names(keep_personal))) - (public - personal)
    mail = [source for source in authors["author_email"] if kept.issuperset(source.columns)]
    contact = {column for source in mail for column in source.columns}
    return Plan(
        header=header,
        names=names,
        sources={**sources, "author_email": mail} if mail else sources,
        extra=extra,
        personal={header[column]: column for column in sorted(kept - contact)},
        kept=[header[column] for column in sorted(kept)],
        dropped=[header[column] for column in sorted(personal - kept) if header[column]],
        unused=[name for column, name in enumerate(header) if name and column not in public | personal | kept],
        readable={name: column for column, name in reversed(list(enumerate(names))) if column not in personal},
    )


def check_kept(keep_personal: Collection[str], plans: Sequence[Plan]) -> None:
    """Refuse a column asked for that is nowhere: a slip of the pen must not go unseen. Raises ImportRefused."""
    known = {name for plan in plans for name in (*plan.names, *plain_names(plan.header)) if name}
    missing = sorted(set(plain_names(keep_personal)) - known - set(PERSONAL_FIELDS))
    if missing:
        raise ImportRefused([Problem(1, name, "no_such_column") for name in missing])


def _authors(form: Format, names: Sequence[str], chosen: Mapping[str, Source]) -> dict[str, list[Source]]:
    """Return where the fields about the author would come from."""
    return {
        field: [chosen[field]] if field in chosen else _by_format(form, names, field, set())
        for field in PERSONAL_FIELDS
    }


def _columns(sources: Mapping[str, Sequence[Source]]) -> Iterator[int]:
    return (column for found in sources.values() for source in found for column in source.columns)


def _kept(
    header: Sequence[str], names: Sequence[str], authors: Mapping[str, Sequence[Source]], wanted: set[str]
) -> set[int]:
    """Return the columns that were asked for by their name or by their field."""
    originals = plain_names(header)
    named = {column for column, name in enumerate(names) if originals[column] and wanted & {name, originals[column]}}
    return named | {*_columns({field: found for field, found in authors.items() if field in wanted})}


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
        if field in PERSONAL_FIELDS:
            continue
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
