"""Builders: the least that a test needs, with everything that matters to it as an argument."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

from stamtafel.dossier.models import Contribution, Topic
from stamtafel.people.models import Resident, StaffMember
from stamtafel.people.rules import Role
from stamtafel.places.models import Area, Level, Municipality

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
_next = count(1)


def municipality(**fields: Any) -> Municipality:
    return Municipality.objects.update_or_create(
        id=1, defaults={"name": "Lindewaard", "code": "GM9999", "code_prefix": "LIND", **fields}
    )[0]


def area(name: str = "Molenwijk", **fields: Any) -> Area:
    number = next(_next)
    west, south = 5.30 + number % 50 * 0.01, 51.96
    ring = [
        [west, south],
        [west + 0.01, south],
        [west + 0.01, south + 0.01],
        [west, south + 0.01],
        [west, south],
    ]
    defaults: dict[str, Any] = {
        "code": f"BU9999{number:04}",
        "level": Level.NEIGHBOURHOOD,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "label_lon": west + 0.005,
        "label_lat": south + 0.005,
    }
    return Area.objects.create(name=name, **{**defaults, **fields})


def topic(name: str = "Stationsplein", **fields: Any) -> Topic:
    return Topic.objects.create(name=name, **{"slug": f"onderwerp-{next(_next)}", **fields})


def staff(*roles: Role, **fields: Any) -> StaffMember:
    number = next(_next)
    defaults = {"email": f"m{number}@lindewaard.example", "name": f"Medewerker {number}"}
    return StaffMember.objects.create(roles=[str(role) for role in roles], **{**defaults, **fields})


def resident(**fields: Any) -> Resident:
    return Resident.objects.create(
        **{"email": f"inwoner{next(_next)}@voorbeeld.example", "confirmed_at": NOW, **fields}
    )


def contribution(text: str = "Meer bomen op het plein, alstublieft.", **fields: Any) -> Contribution:
    """A public contribution as it lies in the table (without the rules at the door: those are in actions)."""
    defaults: dict[str, Any] = {
        "title": text[:80], "public_text": text, "excerpt": text[:200], "created_at": NOW, "published_at": NOW,
    }  # fmt: skip
    return Contribution.objects.create(text=text, **{**defaults, **fields})
