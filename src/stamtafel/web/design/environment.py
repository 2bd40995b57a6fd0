"""The Jinja environment of all pages."""

import json
from datetime import date, datetime
from functools import cache
from typing import Any

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext, npgettext, pgettext
from jinja2 import Environment, StrictUndefined

from stamtafel.web.design.navigation import desk_menu, desk_search, desk_sign_out, site_footer, site_menu, theme_address
from stamtafel.web.design.prose import lines, prose


@cache
def manifest() -> dict[str, Any]:
    """What the front-end build made: entry name → hashed file. Empty when nothing was built."""
    path = settings.PACKAGE / "web" / "static" / "build" / "manifest.json"
    return dict(json.loads(path.read_text())) if path.exists() else {}


def asset(entry: str) -> str:
    """Address of a built file, e.g. ``asset("site.css")``. Raises KeyError for an entry that was never built."""
    built = manifest()[entry]
    return static(f"build/{built['file'] if isinstance(built, dict) else built}")


def locale() -> str:
    """Babel's name of the language in use."""
    return "en_GB" if (get_language() or "nl").startswith("en") else "nl_NL"


def show_date(value: date | datetime, style: str = "long") -> str:
    """A date as people write it: 22 november 2026."""
    day = timezone.localtime(value).date() if isinstance(value, datetime) else value
    return format_date(day, format="d MMM y" if style == "short" else "d MMMM y", locale=locale())


def show_datetime(value: datetime) -> str:
    """A moment as people write it: zondag 22 november, 14:05."""
    return format_datetime(timezone.localtime(value), "EEEE d MMMM y, HH:mm", locale=locale())


def show_number(value: float) -> str:
    """A number with the separators of the language."""
    return format_decimal(value, locale=locale())


def url(name: str, /, **parts: Any) -> str:
    """Address of a page by its name: ``url("site:topic", slug="…")``."""
    return reverse(name, kwargs=parts or None)


def environment(**options: Any) -> Environment:
    """Build the environment (called once by Django)."""
    options["undefined"] = StrictUndefined
    options["extensions"] = ["jinja2.ext.i18n", "jinja2.ext.do"]
    options["trim_blocks"] = True
    options["lstrip_blocks"] = True
    made = Environment(**options)  # noqa: S701 - Django's backend passes autoescape=True
    made.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=gettext, ngettext=ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext,
    )  # fmt: skip
    made.globals.update(
        url=url, static=static, asset=asset, date=show_date, datetime=show_datetime, number=show_number,
        language=get_language, site_url=settings.SITE_URL,
        site_menu=site_menu, site_footer=site_footer, desk_menu=desk_menu,
        desk_search=desk_search, desk_sign_out=desk_sign_out, theme_address=theme_address,
    )  # fmt: skip
    made.filters.update(date=show_date, datetime=show_datetime, number=show_number, prose=prose, lines=lines)
    return made
