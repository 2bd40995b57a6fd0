"""What is set per account.

There are two ways in, and they may do different things (Instagram Platform "Overview"): by Facebook Login, through the
page that the account is linked to, or by Instagram Login, without a page and with a token that wears out in 60 days.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from django.utils.translation import gettext_lazy as _

from stamtafel.channels.adapters.meta import options as meta
from stamtafel.channels.adapters.setup import Field, Setup

SCOPES: Final = (
    "instagram_basic", "instagram_content_publish", "instagram_manage_comments", "instagram_manage_messages",
    "instagram_manage_insights", "instagram_manage_contents", "pages_manage_metadata", "pages_read_engagement",
)  # fmt: skip
IN_PRIVATE: Final = "instagram_manage_messages"
INSTAGRAM_API: Final = "https://graph.instagram.com"

SETUP: Final = Setup(
    needs=(
        _("A professional account on Instagram."),
        _("A page on Facebook that the account is linked to, unless you come in by Instagram Login."),
        _("An app at Meta (developers.facebook.com) of the type Business, in the name of your organisation."),
        _("A website that everybody can reach: Instagram fetches the pictures from it."),
    ),
    fields=(
        Field("ig_id", _("Instagram account ID"), _("In Meta Business Suite: Settings, Instagram accounts.")),
        Field(
            "page_id", _("Page ID"), _("Of the page that the account is linked to. Not needed with Instagram Login."),
            required=False,
        ),
        Field(
            "login", _("How you come in"),
            _("Fill in “facebook” or “instagram”. Posts can be removed by Facebook only."),
            required=False, default="facebook",
        ),
        meta.TOKEN, meta.APP_ID, meta.APP_SECRET, meta.VERIFY_TOKEN, meta.HUMAN_AGENT, meta.MESSAGES, meta.API_VERSION,
        Field("api_url", _("Address of the API"), "", required=False),
    ),
    scopes=SCOPES,
    help_url="https://developers.facebook.com/docs/instagram-platform/",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Options:
    """The options of one account, with what holds where nothing is set."""

    ig_id: str
    page_id: str
    by_instagram: bool
    app_id: str
    version: str
    api_url: str
    site_url: str
    human_agent: bool
    messages: bool

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Self:
        """Read them."""
        by_instagram = meta.text(options, "login").lower() == "instagram"
        return cls(
            ig_id=meta.text(options, "ig_id"),
            page_id=meta.text(options, "page_id"),
            by_instagram=by_instagram,
            app_id=meta.text(options, "app_id"),
            version=meta.text(options, "version", meta.VERSION),
            api_url=meta.text(options, "api_url", INSTAGRAM_API if by_instagram else meta.API),
            site_url=meta.text(options, "site_url"),
            human_agent=meta.switched_on(options, "human_agent", default=False),
            messages=meta.switched_on(options, "messages", default=True),
        )

    @property
    def talks_at(self) -> str:
        """Whose the private messages are: the page's, or our own with Instagram Login."""
        return self.ig_id if self.by_instagram else self.page_id
