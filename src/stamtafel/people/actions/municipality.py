"""What an administrator sets for the whole municipality. Here and not in ``places``: rights are of people."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from stamtafel.ledger.actions import append
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import require
from stamtafel.people.rules import Permission
from stamtafel.places.models import Municipality
from stamtafel.places.queries import forget_municipality

FIELDS: Final = frozenset({
    "name", "tagline_nl", "tagline_en", "address", "postcode_city", "phone", "email", "website",
    "opening_hours_nl", "opening_hours_en", "crisis_nl", "crisis_en", "theme", "four_eyes", "code_prefix",
})  # fmt: skip


@transaction.atomic
def change_municipality(*, actor: StaffMember | None, values: Mapping[str, Any], now: datetime) -> list[str]:
    """Write the fields of FIELDS that differ; the log gets their names, never their content. Returns the names.

    ``theme`` has to be checked by ``web.design.theme`` before, ``code_prefix`` to be 2 to 5 letters A-Z.
    Raises Forbidden, KeyError for another field.
    """
    require(actor, Permission.MANAGE_SETTINGS)
    unknown = values.keys() - FIELDS
    if unknown:
        raise KeyError(min(unknown))
    return _write(actor, values, now)


@transaction.atomic
def change_crisis_message(*, actor: StaffMember | None, crisis_nl: str, crisis_en: str, now: datetime) -> list[str]:
    """Pin a message on every page of the site, or take it off with empty texts. Raises Forbidden.

    In a crisis nobody waits for an administrator: whoever may stop everything may say so on the site.
    """
    require(actor, Permission.STOP_EVERYTHING)
    return _write(actor, {"crisis_nl": crisis_nl.strip(), "crisis_en": crisis_en.strip()}, now)


def _write(actor: StaffMember | None, values: Mapping[str, Any], now: datetime) -> list[str]:
    row = Municipality.objects.select_for_update().get_or_create(id=1, defaults={"name": "Gemeente"})[0]
    changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
    if changed:
        for name in changed:
            setattr(row, name, values[name])
        row.save(update_fields=changed)
        by = actor.pk if actor else None
        append(kind="settings_changed", subject="municipality", data={"fields": changed, "by": by}, now=now)
        transaction.on_commit(forget_municipality)
    return changed
