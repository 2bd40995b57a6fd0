"""Go Vocal (CitizenLab): the XLSX of a project, one sheet per phase.

Headers in the order of back/app/services/export/xlsx/input_sheet_generator.rb: number, the fields
of the form, author, dates and counts; then whatever was asked at registration, which is personal.
"""

from __future__ import annotations

from typing import Final

from stamtafel.dossier.imports.contract import Format, Given


def _adjust(_given: Given, fields: dict[str, str]) -> None:
    # Their own hands separate tags by a comma or a semicolon; other formats by a bar.
    tags = fields.get("category", "").replace(";", ",").split(",")
    fields["category"] = " | ".join(tag.strip() for tag in tags if tag.strip())


GOVOCAL: Final = Format(
    name="govocal",
    fields={
        "source_id": ("id",),
        "title": ("title", "titel"),
        "text": ("description", "beschrijving", "omschrijving", "body", "text", "tekst"),
        "category": ("tags", "tag", "topics"),
        "lat": ("latitude",),
        "lon": ("longitude",),
        "created": ("submitted at", "published at"),
        "status": ("status",),
        "support": ("likes", "votes", "picks / participants", "picks/participants", "picks", "participants"),
        "url": ("url",),
        "author_name": ("author name",),
        "author_email": ("author email",),
    },
    extra=("project", "budget", "cost", "dislikes"),
    personal=frozenset({"author id", "assignee", "assignee email"}),
    personal_after="assignee email",
    date_patterns=("%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y"),
    all_sheets=True,
    adjust=_adjust,
)
