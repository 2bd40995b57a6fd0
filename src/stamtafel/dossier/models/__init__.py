"""Topic → contribution → decision → answer."""

from stamtafel.dossier.models.contribution import (
    Contribution,
    ImportedDetails,
    Kind,
    Moderation,
    Reaction,
    State,
    Step,
    StepKind,
    Support,
)
from stamtafel.dossier.models.decision import Answer, Decision, Outcome
from stamtafel.dossier.models.topic import Document, Highlight, Topic

__all__ = [
    "Answer",
    "Contribution",
    "Decision",
    "Document",
    "Highlight",
    "ImportedDetails",
    "Kind",
    "Moderation",
    "Outcome",
    "Reaction",
    "State",
    "Step",
    "StepKind",
    "Support",
    "Topic",
]
