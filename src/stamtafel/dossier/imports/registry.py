"""All formats that contributions can be read from. Another one is a file beside these and a line here."""

from __future__ import annotations

from typing import Final

from stamtafel.dossier.imports.consul import CONSUL
from stamtafel.dossier.imports.contract import Format
from stamtafel.dossier.imports.decidim import DECIDIM
from stamtafel.dossier.imports.free_table import TABLE
from stamtafel.dossier.imports.govocal import GOVOCAL
from stamtafel.dossier.imports.openstad import OPENSTAD
from stamtafel.dossier.imports.polis import POLIS

FORMATS: Final[dict[str, Format]] = {
    "openstad": OPENSTAD,
    "decidim": DECIDIM,
    "consul": CONSUL,
    "govocal": GOVOCAL,
    "polis": POLIS,
    "table": TABLE,
}
