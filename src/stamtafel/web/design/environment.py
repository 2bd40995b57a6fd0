"""The Jinja environment of all pages."""

import json
from functools import cache
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.utils.translation import get_language
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from stamtafel.web.design.compiling import CompiledEnvironment
from stamtafel.web.design.navigation import (
    desk_account,
    desk_menu,
    desk_search,
    desk_sign_out,
    site_footer,
    site_menu,
    theme_address,
)
from stamtafel.web.design.prose import lines, prose
from stamtafel.web.design.words import BABEL


@cache
def manifest() -> dict[str, Any]:
    """What the front-end build made: entry name → hashed file. Empty when nothing was built."""
    path = settings.PACKAGE / "web" / "static" / "build" / "manifest.json"
    return dict(json.loads(path.read_text())) if path.exists() else {}


@cache
def asset(entry: str) -> str:
    """Address of a built file, e.g. ``asset("site.css")``. Raises KeyError for an entry that was never built."""
    built = manifest()[entry]
    return static(f"build/{built['file'] if isinstance(built, dict) else built}")


def locale() -> str:
    """Babel's name of the language in use, for words that a view makes."""
    return BABEL["en" if (get_language() or "nl").startswith("en") else "nl"]


@cache
def icon(name: str) -> Markup:
    """An SVG of our set, hidden from screen readers: a word always stands beside it. Raises FileNotFoundError."""
    path = settings.PACKAGE / "web" / "design" / "templates" / "design" / "icons" / f"{name}.svg"
    return Markup(path.read_text().strip())  # noqa: S704 - our own file


def environment(**options: Any) -> Environment:
    """Build the environment (called once by Django)."""
    options["undefined"] = StrictUndefined
    options["extensions"] = ["jinja2.ext.i18n", "jinja2.ext.do"]
    options["trim_blocks"] = True
    options["lstrip_blocks"] = True
    made = CompiledEnvironment(**options)
    made.newstyle_gettext = True  # type: ignore[attr-defined]
    made.globals.update(
        static=static, asset=asset, svg_icon=icon, site_url=settings.SITE_URL,
        site_menu=site_menu, site_footer=site_footer, desk_menu=desk_menu,
        desk_account=desk_account, desk_search=desk_search, desk_sign_out=desk_sign_out, theme_address=theme_address,
    )  # fmt: skip
    made.filters.update(prose=prose, lines=lines)
    return made
