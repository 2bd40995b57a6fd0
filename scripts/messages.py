"""Extract messages of our packages and bring their Dutch catalogues up to date; ``--check`` only looks.

    python -m scripts.messages [PACKAGE …] [--check]

A package is a folder under src/stamtafel (``web/site``). Without names: all of them. Message ids are English.
``--check`` fails on a message that is missing, empty or fuzzy, or that nothing uses any more.
"""

import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1] / "src" / "stamtafel"
PACKAGES = [
    "work", "ledger", "places", "people", "channels", "dossier", "announce", "inbox", "participate", "reach",
    "outreach", "api", "commands", "demo", "web/design", "web/site", "web/desk", "web/street",
]  # fmt: skip
METHODS = [("**.py", "python"), ("**.html", "jinja2"), ("**.txt", "jinja2")]
EXTENSIONS = {
    "extensions": "jinja2.ext.do",
    "silent": "false",
}  # else a template with ``do`` is left out without a word
OPTIONS = {
    "**.html": {"trimmed": "true", "newstyle_gettext": "true", **EXTENSIONS},
    "**.txt": {"newstyle_gettext": "true", **EXTENSIONS},
}
KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2), "pgettext": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
    "pgettext_lazy": ((1, "c"), 2),
}  # fmt: skip


def extract(package: str) -> Catalog:
    """Every message in one package."""
    catalog = Catalog(charset="utf-8")
    found = extract_from_dir(
        str(ROOT / package),
        METHODS,
        OPTIONS,
        keywords=KEYWORDS,
        comment_tags=("Translators:",),
        strip_comment_tags=True,
    )
    for filename, line, message, comments, context in found:
        if not message or message == ("", ""):
            continue
        catalog.add(message, None, [(filename, line)], auto_comments=comments, context=context)
    return catalog


def catalogue(package: str) -> Path:
    """Where the Dutch of a package is."""
    return ROOT / package / "locale" / "nl" / "LC_MESSAGES" / "django.po"


def read(path: Path) -> Catalog:
    """The catalogue as it is, or an empty Dutch one."""
    if not path.exists():
        return Catalog(locale="nl", charset="utf-8")
    return read_po(BytesIO(path.read_bytes()), locale="nl")


def problems(package: str) -> list[str]:
    """What is wrong with one package's Dutch."""
    path = catalogue(package)
    wanted = {(m.context, str(m.id)): m for m in extract(package) if m.id}
    present = {(m.context, str(m.id)): m for m in read(path) if m.id}
    found = [f"{path}: nothing uses {key[1]!r} any more" for key in present.keys() - wanted.keys()]
    for key in wanted:
        message = present.get(key)
        if message is None:
            found.append(f"{path}: missing {key[1]!r}")
        elif message.fuzzy or not message.string or (isinstance(message.string, tuple) and not all(message.string)):
            found.append(f"{path}: not translated {key[1]!r}")
        else:
            found += [f"{path}: {key[1]!r}: {error}" for error in message.check()]
    return sorted(found)


def update(package: str) -> None:
    """Add what is new, drop what is gone, keep every translation; never guess."""
    fresh = extract(package)
    path = catalogue(package)
    if not len(fresh) and not path.exists():
        return
    catalog = read(path)
    catalog.update(fresh, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    path.parent.mkdir(parents=True, exist_ok=True)
    out = BytesIO()
    write_po(out, catalog, width=110, no_location=True, omit_header=False, sort_output=True)
    path.write_bytes(out.getvalue())


def compile_all() -> None:
    """Write the compiled catalogues beside the sources."""
    for path in ROOT.rglob("django.po"):
        catalog = read(path)
        target = path.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= path.stat().st_mtime:
            continue
        with target.open("wb") as out:
            write_mo(out, catalog)


def main(arguments: list[str]) -> int:
    """Run; the exit code is 1 when ``--check`` found something."""
    packages = [a.strip("/") for a in arguments if not a.startswith("--")] or PACKAGES
    if "--check" in arguments:
        found = [line for package in packages for line in problems(package)]
        print("\n".join(found[:200]) or "All messages are translated.")
        return 1 if found else 0
    if "--compile" not in arguments:
        for package in packages:
            update(package)
    compile_all()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
