"""What both kinds ask when an account is connected."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from stamtafel.channels.adapters.setup import Field

VERSION: Final = "v26.0"  # lives at least two years from 2026-07-29 (Graph API changelog)
API: Final = "https://graph.facebook.com"

TOKEN: Final = Field(
    "token", _("Access token"), _("Of a system user with these permissions. Meta shows it once."), secret=True
)
APP_SECRET: Final = Field(
    "app_secret", _("App secret"), _("In the app at Meta: App settings, Basic. It proves that a call comes from Meta."),
    secret=True, required=False,
)  # fmt: skip
VERIFY_TOKEN: Final = Field(
    "verify_token", _("Verification word"), _("Make up a long word. Meta says it when it registers our address."),
    secret=True, required=False,
)  # fmt: skip
APP_ID: Final = Field("app_id", _("App ID"), _("In the app at Meta, at the top of the page."), required=False)
API_VERSION: Final = Field(
    "version", _("Version of the Graph API"), _("Change it only when Meta ends this version."),
    required=False, default=VERSION,
)  # fmt: skip
API_URL: Final = Field("api_url", _("Address of the API"), "", required=False, default=API)
HUMAN_AGENT: Final = Field(
    "human_agent", _("Meta granted Human Agent"),
    _("Fill in “yes” when Meta approved it. We may then answer a private message for 7 days instead of 24 hours."),
    required=False,
)  # fmt: skip
MESSAGES: Final = Field(
    "messages", _("Take in private messages"),
    _("Leave this empty to take them in. Fill in “no” when you answer them elsewhere."),
    required=False,
)  # fmt: skip


def text(options: Mapping[str, Any], name: str, default: str = "") -> str:
    """An option as text; what is empty counts as not set."""
    return str(options.get(name) or default).strip()


def switched_on(options: Mapping[str, Any], name: str, *, default: bool) -> bool:
    """An option that is yes or no, as a form or a file may write it."""
    said = options.get(name)
    if said in {None, ""}:
        return default
    return str(said).strip().lower() in {"yes", "true", "1", "on", "ja"}
