"""The menus of the site and the desk, and the address of the municipality's own style sheet.

An entry shows once its page exists: an installation may leave parts out (no projects, no street work).
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

SITE_MENU: Final[tuple[tuple[str, Promise], ...]] = (
    ("site:announcements", _("News")),
    ("site:tell_us", _("Tell us")),
    ("site:contributions", _("Contributions")),
    ("site:topics", _("Topics")),
    ("site:decisions", _("You said, we did")),
    ("site:find_us", _("Find us")),
)
SITE_FOOTER: Final[tuple[tuple[str, Promise], ...]] = (
    ("site:accessibility", _("Accessibility")),
    ("site:privacy", _("Privacy")),
    ("site:logbook", _("Logbook")),
    ("site:open_data", _("Open data")),
    ("site:follow_start", _("Follow your contribution")),
    ("site:subscribe", _("News by e-mail")),
    ("site:contact", _("Contact")),
)
DESK_MENU: Final[tuple[tuple[str, Promise, str, str], ...]] = (
    ("desk:today", _("Today"), "house", "g t"),
    ("desk:inbox", _("Inbox"), "inbox", "g i"),
    ("desk:contributions", _("Contributions"), "lightbulb", "g b"),
    ("desk:topics", _("Topics"), "folder", "g o"),
    ("desk:decisions", _("Decisions"), "gavel", "g d"),
    ("desk:announcements", _("Announcements"), "megaphone", "g a"),
    ("desk:calendar", _("Calendar"), "calendar", "g c"),
    ("desk:projects", _("Projects"), "users", "g p"),
    ("desk:sessions", _("Field work"), "coffee", "g v"),
    ("desk:reach", _("Reach"), "map", "g r"),
    ("desk:deliveries", _("Sent and failed"), "send", "g s"),
    ("desk:crisis", _("Crisis stop"), "pause", "g x"),
    ("desk:figures", _("Figures"), "chart-column", "g f"),
    ("desk:accounts", _("Channels"), "radio", "g k"),
    ("desk:people", _("People"), "user", "g m"),
    ("desk:settings", _("Settings"), "settings", "g z"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a menu; ``keys`` is the desk's shortcut, ``icon`` a file in design/icons."""

    view: str
    name: str
    address: str
    icon: str = ""
    keys: str = ""

    def is_current(self, path: str) -> bool:
        """Whether the page at ``path`` is this one or lies under it (but all lies under ``/desk/``)."""
        return path == self.address or (self.address != "/desk/" and path.startswith(self.address.rstrip("/") + "/"))


def _address(view: str) -> str | None:
    try:
        return reverse(view)
    except NoReverseMatch:
        return None


MENUS: Final = {
    "site": tuple((view, name, "", "") for view, name in SITE_MENU),
    "footer": tuple((view, name, "", "") for view, name in SITE_FOOTER),
    "desk": DESK_MENU,
}


@cache
def _entries(menu: str, language: str) -> tuple[Entry, ...]:
    """Names and addresses differ by language only, so each menu is made once per language."""
    with override(language):
        made = (Entry(view, str(name), _address(view) or "", icon, keys) for view, name, icon, keys in MENUS[menu])
        return tuple(entry for entry in made if entry.address)


def site_menu() -> tuple[Entry, ...]:
    """The main menu of the site in the language in use."""
    return _entries("site", get_language() or "nl")


def site_footer() -> tuple[Entry, ...]:
    """The menu at the foot of the site."""
    return _entries("footer", get_language() or "nl")


def desk_menu() -> tuple[Entry, ...]:
    """The side bar of the desk."""
    return _entries("desk", get_language() or "nl")


@cache
def theme_address() -> str | None:
    """Where the municipality's own tokens are served as a style sheet, once that page exists."""
    return _address("theme")


@cache
def desk_search() -> str | None:
    """Where the desk's search line goes, once that page exists."""
    return _address("desk:search")


@cache
def desk_account() -> str | None:
    """Where one's own name in the top bar leads, once that page exists."""
    return _address("desk:account")


@cache
def desk_sign_out() -> str | None:
    """Where the button "Sign out" goes, once that page exists."""
    return _address("desk:sign_out")
