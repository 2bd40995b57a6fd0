"""Builders for decisions and answers."""

from datetime import date
from itertools import count
from typing import Any

from stamtafel.dossier.models import Answer, Contribution, Decision, Outcome, State, Topic
from tests.builders import NOW, contribution, topic

_next = count(1)


def decision(title: str = "Het plein wordt een tuin", *, about: Topic | None = None, **fields: Any) -> Decision:
    defaults: dict[str, Any] = {
        "slug": f"besluit-{next(_next)}", "decided_by": "gemeenteraad", "decided_on": date(2026, 11, 1),
        "decided": "De raad koos de tuin.", "published_at": NOW,
    }  # fmt: skip
    return Decision.objects.create(title=title, topic=about or topic(), **{**defaults, **fields})


def answer(
    found: Decision, outcome: str = Outcome.USED, text: str = "Alle banken krijgen een leuning.", **fields: Any
) -> Answer:
    said: Contribution = fields.pop("contribution", None) or contribution(
        topic=found.topic, state=State.ANSWERED, answered_at=NOW, **fields.pop("said", {})
    )
    return Answer.objects.create(
        contribution=said, decision=found, outcome=outcome, text=text, **{"published_at": found.published_at, **fields}
    )
