"""Words, addresses, dates and numbers in a given language, each worked out once."""

from collections.abc import Callable
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any, Final

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from django.urls import reverse
from django.utils import timezone, translation
from markupsafe import Markup

BABEL: Final = {"nl": "nl_NL", "en": "en_GB"}
STYLES: Final = {"short": "d MMM y", "long": "d MMMM y", "day": "EEEE d MMMM y", "month": "LLLL y"}
MOST: Final = 20_000


@cache
def _message(language: str, message: str) -> Markup:
    with translation.override(language):
        return Markup(translation.gettext(message))  # noqa: S704 - message ids and catalogues are ours


@cache
def _context_message(language: str, context: str, message: str) -> Markup:
    with translation.override(language):
        return Markup(translation.pgettext(context, message))  # noqa: S704


@lru_cache(maxsize=MOST)
def _plural(language: str, singular: str, plural: str, number: int) -> Markup:
    with translation.override(language):
        return Markup(translation.ngettext(singular, plural, number))  # noqa: S704


def gettext(language: str, message: str, /, **variables: Any) -> Markup:
    """A message; variables are escaped unless they are markup themselves."""
    found = _message(language, message)
    return found % variables if "%" in found else found


def pgettext(language: str, context: str, message: str, /, **variables: Any) -> Markup:
    """A message that depends on where it stands."""
    found = _context_message(language, context, message)
    return found % variables if "%" in found else found


def ngettext(language: str, singular: str, plural: str, number: int, /, **variables: Any) -> Markup:
    """A message that depends on how many there are; ``num`` is the number."""
    found = _plural(language, singular, plural, number)
    return found % {"num": number, **variables} if "%" in found else found


def npgettext(language: str, context: str, singular: str, plural: str, number: int, /, **variables: Any) -> Markup:
    """Both."""
    with translation.override(language):
        found = Markup(translation.npgettext(context, singular, plural, number))  # noqa: S704
    return found % {"num": number, **variables} if "%" in found else found


@lru_cache(maxsize=MOST)
def _day(language: str, day: date, style: str) -> str:
    return format_date(day, format=STYLES.get(style, STYLES["long"]), locale=BABEL[language])


def here(moment: datetime) -> datetime:
    """The moment on the clocks of the municipality; every request has the same zone."""
    return moment.astimezone(timezone.get_default_timezone())


def show_date(language: str, value: date | datetime, style: str = "long") -> str:
    """A date as people write it: 22 november 2026."""
    return _day(language, here(value).date() if isinstance(value, datetime) else value, style)


def show_datetime(language: str, value: datetime) -> str:
    """A moment as people write it: zondag 22 november, 14:05."""
    return format_datetime(here(value), "EEEE d MMMM y, HH:mm", locale=BABEL[language])


@lru_cache(maxsize=MOST)
def show_number(language: str, value: float) -> str:
    """A number with the separators of the language."""
    return format_decimal(value, locale=BABEL[language])


@lru_cache(maxsize=MOST)
def _address(language: str, name: str, parts: tuple[tuple[str, Any], ...]) -> str:
    with translation.override(language):
        return reverse(name, kwargs=dict(parts) or None)


def url(language: str, name: str, /, **parts: Any) -> str:
    """Address of a page by its name: ``url("site:topic", slug="…")``."""
    return _address(language, name, tuple(parts.items()))


def language_itself(language: str) -> str:
    """The language of this environment."""
    return language


def dutch(language: str) -> Markup:
    """Say that what people wrote is Dutch, on pages in another language."""
    return Markup("" if language == "nl" else ' lang="nl"')  # noqa: S704 - our own words


BY_LANGUAGE: Final[dict[str, Callable[..., Any]]] = {
    "gettext": gettext, "ngettext": ngettext, "pgettext": pgettext, "npgettext": npgettext, "date": show_date,
    "datetime": show_datetime, "number": show_number, "url": url, "language": language_itself, "dutch": dutch,
}  # fmt: skip
