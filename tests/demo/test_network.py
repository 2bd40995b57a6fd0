"""The pretended network of the demo: through the same jobs as a real one."""

from datetime import timedelta

import pytest
from django.utils import timezone

from stamtafel.channels.jobs import send_due
from stamtafel.channels.models import Delivery
from stamtafel.demo.load import load
from stamtafel.demo.network import load_network
from stamtafel.inbox.models import Conversation
from stamtafel.wiring import jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(settings, tmp_path):
    settings.DATA = tmp_path
    load(now=timezone.localtime())
    load_network(now=timezone.localtime())


def test_what_people_said_stands_under_the_post_that_they_speak_of(demo):
    load_network(now=timezone.localtime())  # a second start brings nothing twice
    now = timezone.now()
    while send_due(now):
        pass
    hear = {job.name: job.run for job in jobs()}
    for round_ in range(3):
        for name in ("channels.listen", "inbox.take_in"):
            hear[name](now + timedelta(minutes=10 * round_))
    found = {one.subject[:20]: one for one in Conversation.objects.exclude(thread="").select_related("about")}
    assert len(found) == 6
    bench = next(one for name, one in found.items() if name.startswith("Mooi!"))
    assert "Stationsplein" in bench.about.draft["subject"]
    assert bench.messages.count() == 2
    assert [one.private for one in found.values()].count(True) == 1
    assert Delivery.objects.filter(account__kind="demo", state="done").count() == 3
