"""Load the demo municipality through the same rules and actions as everything else."""

from datetime import datetime

from django.db import transaction

from stamtafel.demo.ground import load_meetings, load_municipality, load_staff, load_topics
from stamtafel.demo.source import Calendar
from stamtafel.demo.tell import load_announcements
from stamtafel.demo.voices import Voices
from stamtafel.dossier.models import Topic
from stamtafel.places.queries import forget_areas, forget_municipality


def is_loaded() -> bool:
    """Whether there is anything here already: the demo never mixes with what is."""
    return Topic.objects.exists()


@transaction.atomic
def load(*, now: datetime) -> None:
    """Everything, all or nothing; dates lie just before ``now`` (local time)."""
    calendar = Calendar(now)
    load_municipality()
    load_staff()
    load_topics(calendar)
    load_meetings(now)
    load_announcements(calendar)
    Voices(calendar).load()
    forget_areas()
    forget_municipality()
