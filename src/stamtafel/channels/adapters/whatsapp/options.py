"""What is set per account, and what the page that connects it asks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from django.utils.translation import gettext_lazy as _

from stamtafel.channels.adapters.meta.options import API, API_URL, API_VERSION, APP_SECRET, TOKEN, VERIFY_TOKEN, VERSION
from stamtafel.channels.adapters.setup import Field, Setup

# WhatsApp Cloud API, "Text messages" and "Media"; the caption's length is not in the API description
TEXT: Final = 4096
CAPTION: Final = 1024
PICTURE_BYTES: Final = 5_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """``phone_number_id`` is the number we write from, ``business_account_id`` the account that it is in."""

    phone_number_id: str = ""
    business_account_id: str = ""
    api_url: str = API
    version: str = VERSION
    site_url: str = ""

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Self:
        """From what is stored with the account; empty is the default."""
        return cls(
            phone_number_id=str(options.get("phone_number_id") or "").strip(),
            business_account_id=str(options.get("business_account_id") or "").strip(),
            api_url=str(options.get("api_url") or API).rstrip("/"),
            version=str(options.get("version") or VERSION).strip(),
            site_url=str(options.get("site_url") or ""),
        )


SETUP: Final = Setup(
    needs=(
        _("A phone number that no WhatsApp app uses. Residents will see it."),
        _("A WhatsApp Business account at Meta with this number, and an app at Meta with WhatsApp in it."),
        _("A means of payment at Meta. Answering within 24 hours is free; messages from a template are not."),
    ),
    fields=(
        Field("phone_number_id", _("ID of the phone number"), _("In the app at Meta, under WhatsApp, API Setup.")),
        Field(
            "business_account_id",
            _("ID of the WhatsApp Business account"),
            _("On the same page. With it we ask WhatsApp to tell us what people write."),
            required=False,
        ),
        TOKEN,
        APP_SECRET,
        VERIFY_TOKEN,
        API_VERSION,
        API_URL,
    ),
    scopes=("whatsapp_business_messaging", "whatsapp_business_management"),
    help_url="https://developers.facebook.com/docs/whatsapp/cloud-api/get-started",
)
