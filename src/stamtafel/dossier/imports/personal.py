"""Which columns of a foreign export are about people."""

from __future__ import annotations

import re
from typing import Final

_TELLING: Final = re.compile(
    r"e-?mail|correo|phone|telefo|mobiel|mobile|whatsapp|(?<![a-z])(?:ip|tel|gsm|zip|bsn|iban)(?![a-z])"
    r"|address|adres|postcode|postal|woonplaats|birth|geboorte|(?<![a-z])(?:gender|geslacht)"
    r"|voornaam|achternaam|surname|(?:first|last|full|nick|display|sur)[ _-]?name"
    r"|(?<![a-z])user|gebruiker|usuario|author(?!i)|auteur|autor(?!i)|indiener|inzender|melder|afzender"
    r"|submitter|creator|assignee|(?:participant|voter|session)[ _-]?(?:id|token|name)|contact"
    r"|admin|valuator|(?:naam|name) (?:van|of) "
)
_WHOLE: Final = frozenset({"naam", "name", "nombre", "wie", "door"})


def is_personal(name: str) -> bool:
    """Say whether a column with this name, in small letters, is likely about a person.

    Rather too strict: a column left out by mistake is listed and can be asked for by name.
    """
    return name in _WHOLE or _TELLING.search(name) is not None
