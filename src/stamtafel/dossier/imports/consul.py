"""CONSUL Democracy: the CSV of investments, proposals and debates, and the old public CSV files.

The headers are translated by the installation, so a file whose headers we do not know is read by
the order of its columns: app/models/{budget/investment,proposal,debate}/exporter.rb.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from stamtafel.dossier.imports.contract import Format, Given, plain_names

_INVESTMENT: Final = (
    "investment id", "title", "description", "admin", "valuator", "valuation_group", "geozone", "feasibility",
    "valuation_finished", "unfeasibility_explanation", "selected", "visible_to_valuators", "author_username",
)  # fmt: skip
_OLD_INVESTMENT: Final = (
    "investment id", "title", "supports", "admin", "valuator", "valuation_group", "geozone", "feasibility",
    "valuation_finished", "selected", "visible_to_valuators", "author_username",
)  # fmt: skip
_PROPOSAL: Final = ("id", "title", "author", "summary", "created_at")
_DEBATE: Final = ("debate id", "title", "author")
_ORDERS: Final = {len(order): order for order in (_INVESTMENT, _OLD_INVESTMENT, _PROPOSAL, _DEBATE)}

_TRANSLATED: Final = {
    "título": "title", "titulo": "title", "titel": "title",
    "descripción": "description", "beschrijving": "description", "omschrijving": "description",
    "apoyos": "supports", "steun": "supports", "steunt": "supports", "total supports": "supports",
    "administrator": "admin", "administrador": "admin", "beheerder": "admin",
    "evaluador": "valuator", "beoordelaar": "valuator",
    "valuation group": "valuation_group", "grupos evaluadores": "valuation_group",
    "scope of operation": "geozone", "ámbito de actuación": "geozone", "heading": "geozone",
    "partida": "geozone",
    "viabilidad": "feasibility", "haalbaarheid": "feasibility",
    "val. fin.": "valuation_finished", "ev. fin.": "valuation_finished",
    "unfeasibility explanation": "unfeasibility_explanation",
    "seleccionado": "selected", "geselecteerd": "selected",
    "show to valuators": "visible_to_valuators", "mostrar a evaluadores": "visible_to_valuators",
    "author username": "author_username", "usuario autor": "author_username",
    "autor": "author", "auteur": "author", "autor/a": "author",
    "resumen": "summary", "samenvatting": "summary", "proposal summary": "summary",
    "creation date": "created_at", "created at": "created_at", "fecha de creación": "created_at",
    "fecha creación": "created_at", "aangemaakt op": "created_at", "aanmaakdatum": "created_at",
}  # fmt: skip


def _names(header: Sequence[str]) -> list[str]:
    plain = plain_names(header)
    names = [_TRANSLATED.get(name, name) for name in plain]
    order = _ORDERS.get(len(names))
    # The old public files have the names of the database, with underscores.
    if order is None or names[0] != "id" or any("_" in name for name in plain):
        return names
    if set(names[1:]) == set(order[1:]):
        return [order[0], *names[1:]]
    return list(order)


def _adjust(given: Given, fields: dict[str, str]) -> None:
    # Each kind counts from 1. The proposals go without a prefix.
    for kind in ("investment", "debate"):
        if number := given(f"{kind} id"):
            fields["source_id"] = f"{kind}-{number}"
    for field in ("area_name", "status"):
        if fields.get(field) == "-":
            fields[field] = ""
    if given("retired_at"):
        fields["hidden"] = "yes"


CONSUL: Final = Format(
    name="consul",
    fields={
        "source_id": ("id", "investment id", "debate id"),
        "title": ("title",),
        "text": ("description", "summary"),
        "area_name": ("geozone",),
        "created": ("created_at",),
        "status": ("feasibility",),
        "support": ("supports", "cached_votes_up"),
        "url": ("url", "external_url"),
        "author_name": ("author_username",),
        "author_email": ("author",),
    },
    extra=("selected", "unfeasibility_explanation"),
    reads=("retired_at",),
    personal=frozenset({"admin", "valuator", "author", "author_username", "public_author_id"}),
    others=frozenset({"commentable_id", "votable_id", "taggable_id", "taggings_count", "html_map_coordinates"}),
    date_patterns=("%d/%m/%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S"),
    names=_names,
    adjust=_adjust,
)
