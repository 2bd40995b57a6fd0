"""Mail addresses that we can write to: what residents and staff leave, checked in one place."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from stamtafel.people.rules import is_public_domain

LONGEST_ADDRESS = 254


def is_mail_address(typed: str) -> bool:
    """Whether this is one address, at a domain that has a name: not a machine's number, not this machine itself."""
    try:
        validate_email(typed)
    except ValidationError:
        return False
    return len(typed) <= LONGEST_ADDRESS and is_public_domain(typed.rpartition("@")[2])


def check_mail_address(typed: str) -> None:
    """The same for a form field; ValidationError with the code ``invalid``."""
    if not is_mail_address(typed):
        raise ValidationError("", code="invalid")
