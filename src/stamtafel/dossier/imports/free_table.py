"""Any other table: the columns are named by hand, or recognised where they have usual names.

Numbers are taken as they are. Two tables that both count from 1 need a number that tells them
apart: `source_id=year+number`. A table without numbers gets ones that are made of its contents.
"""

from __future__ import annotations

from typing import Final

from stamtafel.dossier.imports.contract import Format

TABLE: Final = Format(
    name="table",
    fields={
        "source_id": ("id", "nr", "nr.", "nummer", "number", "kenmerk", "source_id"),
        "title": ("title", "titel", "onderwerp", "subject", "title/*", "titel/*"),
        "text": ("text", "tekst", "beschrijving", "omschrijving", "toelichting", "description", "body",
                 "idee", "bijdrage", "text/*", "tekst/*", "description/*"),
        "kind": ("kind", "soort"),
        "category": ("category", "categorie", "thema", "theme", "category/*"),
        "area_name": ("area_name", "area", "buurt", "buurtnaam", "wijk", "neighbourhood"),
        "lat": ("lat", "latitude", "breedtegraad"),
        "lon": ("lon", "lng", "long", "longitude", "lengtegraad"),
        "created": ("created", "created_at", "datum", "date", "ingediend op"),
        "status": ("status", "state"),
        "support": ("support", "supports", "stemmen", "votes", "likes", "aantal likes", "steun"),
        "url": ("url", "link"),
        "author_name": ("author_name", "naam", "name"),
        "author_email": ("author_email", "email", "e-mail", "e-mailadres"),
    },
    needs_id=False,
)  # fmt: skip
