"""Builders for places and sessions."""

from datetime import timedelta
from itertools import count
from typing import Any

from stamtafel.outreach.models import Session, Venue
from tests.builders import NOW

_next = count(1)


def venue(name: str = "Café De Rode Reiger", **fields: Any) -> Venue:
    return Venue.objects.create(name=name, **{"slug": f"plek-{next(_next)}", "kind": Venue.Kind.CAFE, **fields})


def session(title: str = "Koffie met de gemeente", **fields: Any) -> Session:
    starts = fields.pop("starts_at", NOW + timedelta(days=1))
    defaults = {"starts_at": starts, "ends_at": starts + timedelta(hours=2)}
    place = fields.pop("venue", None) or venue()
    return Session.objects.create(title_nl=title, venue=place, **{**defaults, **fields})
