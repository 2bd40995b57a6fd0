"""What a dossier shows, and what it keeps to itself."""

from datetime import timedelta

import pytest

from stamtafel.dossier.models import Highlight, State
from stamtafel.dossier.queries import topics as queries
from tests.builders import NOW, area, contribution, topic
from tests.dossier.builders import decision

pytestmark = pytest.mark.django_db


def test_what_can_be_answered_now_ends_first_on_top() -> None:
    late = topic("Later", question="Wat?", open_until=NOW + timedelta(days=9))
    soon = topic("Gauw", question="Hoe?", open_until=NOW + timedelta(days=1))
    topic("Voorbij", question="Hoe?", open_until=NOW - timedelta(minutes=1))
    topic("Zonder vraag", open_until=NOW + timedelta(days=1))
    topic("Gesloten", question="Hoe?", open_until=NOW + timedelta(days=1), archived=True)
    assert list(queries.taking_part(now=NOW)) == [soon, late]


def test_the_timeline_holds_only_what_is_public() -> None:
    plein = topic()
    shown = contribution(topic=plein)
    contribution("verborgen", topic=plein, state=State.HIDDEN)
    contribution("nog niet gelezen", topic=plein, published_at=None)
    contribution("ergens anders", topic=topic("Zwembad"))
    decided = decision(about=plein)
    decision(about=plein, published_at=None)
    assert [event.what.pk for event in queries.contribution_events(plein, before=None).events] == [shown.pk]
    assert [event.what.slug for event in queries.decision_events(plein, before=None).events] == [decided.slug]


def test_earlier_pages_begin_before_the_moment() -> None:
    plein = topic()
    contribution(topic=plein, published_at=NOW)
    old = contribution("ouder", topic=plein, published_at=NOW - timedelta(days=9))
    Highlight.objects.create(topic=plein, text="Mooi plein", at=NOW)
    assert [event.what.pk for event in queries.contribution_events(plein, before=NOW).events] == [old.pk]
    assert queries.highlight_events(plein, before=NOW).events == ()


def test_topics_of_a_neighbourhood_and_of_its_district() -> None:
    district = area("Noord", level="district")
    here = area("Molenwijk", parent=district)
    of_here, of_district = topic("Hier"), topic("Wijk")
    of_here.areas.add(here)
    of_district.areas.add(district)
    topic("Elders").areas.add(area("Zuid"))
    assert list(queries.of_area(here)) == [of_here, of_district]
