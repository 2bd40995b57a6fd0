"""Keep out of the log what opens something: follow codes and the tokens of links stand in addresses."""

import logging
import re
from typing import Final

SECRET: Final = re.compile(r"/(volg|bevestig|aanmelden/\w+|sign-in/link|hooks/\w+/\d+)/(?!kijk-in-uw-mail)[^/\s?#]+")


def without_secrets(text: str) -> str:
    """The text with "…" in place of every code and token in an address."""
    return SECRET.sub(r"/\1/…", text)


class WithoutSecrets(logging.Filter):
    """Cuts them out of each message that is logged."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the message; nothing is left out."""
        record.msg, record.args = without_secrets(record.getMessage()), None
        return True
