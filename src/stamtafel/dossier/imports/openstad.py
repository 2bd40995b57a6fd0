"""OpenStad: the export of the admin server (XLSX, Dutch headers), and the same with English keys.

Headers as in apps/admin-server/src/lib/keyMap.ts and comments-export.tsx of openstad-headless.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from stamtafel.dossier.imports.contract import Format, Given, plain_names

_KEYS: Final = {
    "inzending id": "id",
    "titel": "title",
    "samenvatting": "summary",
    "beschrijving": "description",
    "locatie (lat)": "location.lat",
    "locatie (lng)": "location.lng",
    "datum aangemaakt (leesbaar)": "createdatehumanized",
    "datum (leesbaar)": "createdatehumanized",
    "verwijderd op": "deletedat",
    "aantal likes": "yes",
    "aantal dislikes": "no",
    "reactie likes": "yes",
    "reactie dislikes": "no",
    "voortgang": "progress",
    "waarschijnlijk spam": "isspam",
    "statussen": "statuses",
    "moderatie berichten": "modbreaks",
    "embedded url": "extradata.embeddedurl",
    "gebruiker naam": "user.name",
    "gebruiker e-mailadres": "user.email",
}
_NO: Final = frozenset({"", "0", "false", "nee", "no", "onwaar", "[]", "null"})


def _names(header: Sequence[str]) -> list[str]:
    return [_KEYS.get(name, name) for name in plain_names(header)]


def _adjust(given: Given, fields: dict[str, str]) -> None:
    summary, description = given("summary"), given("description")
    # The summary is its own field there and often says what the description does not repeat.
    if summary and description and summary not in description and fields.get("text") == description:
        fields["text"] = f"{summary}\n\n{description}"
    if given("reactie id"):
        fields["source_id"] = f"reactie-{given('reactie id')}"
    if any(given(name).casefold() not in _NO for name in ("deletedat", "isspam", "modbreaks")):
        fields["hidden"] = "yes"


OPENSTAD: Final = Format(
    name="openstad",
    fields={
        "source_id": ("reactie id", "id"),
        "title": ("title",),
        "text": ("reactie", "description", "summary"),
        "category": ("tags.theme", "tags.thema", "tags.*"),
        "area_name": ("tags.area", "tags.gebied", "tags.buurt", "tags.wijk", "tags.place", "tags.locatie"),
        "lat": ("location.lat",),
        "lon": ("location.lng",),
        "created": ("createdat", "createdatehumanized"),
        "status": ("statuses",),
        "support": ("yes",),
        "url": ("extradata.embeddedurl", "url"),
        "author_name": ("user.name", "user.displayname"),
        "author_email": ("user.email",),
    },
    extra=("budget", "no", "progress", "sentiment"),
    reads=("summary", "deletedat", "isspam", "modbreaks"),
    others=frozenset({"stem id"}),
    names=_names,
    adjust=_adjust,
)
