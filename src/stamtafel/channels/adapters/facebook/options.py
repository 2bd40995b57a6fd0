"""What is set per page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from django.utils.translation import gettext_lazy as _

from stamtafel.channels.adapters.meta import options as meta
from stamtafel.channels.adapters.setup import Field, Setup

SCOPES: Final = (
    "pages_manage_posts", "pages_manage_engagement", "pages_read_engagement", "pages_read_user_content",
    "pages_manage_metadata", "pages_messaging", "read_insights",
)  # fmt: skip

SETUP: Final = Setup(
    needs=(
        _("A page on Facebook of which you are an administrator."),
        _("An app at Meta (developers.facebook.com) of the type Business, in the name of your organisation."),
        _("A system user in Meta Business Suite to which the page and the app were given."),
    ),
    fields=(
        Field("page_id", _("Page ID"), _("On your page: About, Page transparency.")),
        Field(
            "token", _("Access token"), _("Of the page itself, not of a person. The guide tells how to get it."),
            secret=True,
        ),
        meta.APP_ID, meta.APP_SECRET, meta.VERIFY_TOKEN, meta.HUMAN_AGENT, meta.MESSAGES, meta.API_VERSION,
        meta.API_URL,
    ),
    scopes=SCOPES,
    help_url="https://developers.facebook.com/docs/pages-api/getting-started/",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Options:
    """The options of one page, with what holds where nothing is set."""

    page_id: str
    app_id: str
    version: str
    api_url: str
    site_url: str
    human_agent: bool
    messages: bool

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Self:
        """Read them."""
        return cls(
            page_id=meta.text(options, "page_id"),
            app_id=meta.text(options, "app_id"),
            version=meta.text(options, "version", meta.VERSION),
            api_url=meta.text(options, "api_url", meta.API),
            site_url=meta.text(options, "site_url"),
            human_agent=meta.switched_on(options, "human_agent", default=False),
            messages=meta.switched_on(options, "messages", default=True),
        )
