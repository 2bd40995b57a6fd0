"""What is done with staff: letting them in, their second factor, their roles."""

from stamtafel.people.actions.sign_in import (
    LinkRefused,
    UnknownIdentity,
    ask_for_link,
    make_sign_in_link,
    sign_in_by_identity,
    use_sign_in_link,
)

__all__ = [
    "LinkRefused",
    "UnknownIdentity",
    "ask_for_link",
    "make_sign_in_link",
    "sign_in_by_identity",
    "use_sign_in_link",
]
