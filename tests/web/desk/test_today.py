"""What waits for whom, and what it costs."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from stamtafel.announce.models import Announcement
from stamtafel.channels.actions import deliver
from stamtafel.channels.contract import Draft
from stamtafel.channels.models import Delivery
from stamtafel.dossier.models import Decision, Moderation, Topic
from stamtafel.inbox.models import Conversation
from stamtafel.people.models import StaffMember
from stamtafel.people.rules import Role
from tests import builders
from tests.people.builders import signed_in

pytestmark = pytest.mark.django_db


def much(staff: StaffMember, many: int) -> None:
    """``many`` of everything that can wait."""
    now = timezone.now()
    before = builders.topic(moderation=Topic.Moderation.BEFORE)
    for number in range(many):
        for assignee in (staff, None):
            Conversation.objects.create(
                subject=f"Vraag {number}", assignee=assignee, opened_at=now, last_message_at=now, waits_since=now,
                answer_due_at=now - timedelta(days=1),
            )  # fmt: skip
        Announcement.objects.create(slug=f"b{number}", title=f"Bericht {number}", state="waiting")
        read = builders.contribution(f"Ongelezen {number}", topic=before, published_at=None)
        Moderation.objects.create(contribution=read, hide=True, reason="r", at=now, objected_at=now, objection="nee")
        Decision.objects.create(
            slug=f"d{number}",
            topic=before,
            title=f"Besluit {number}",
            decided_by="college",
            decided_on=now.date(),
            decided="x",
        )
        for state in ("failed", "unsure"):
            draft = Draft(subject=f"Verzending {number}", body="b")
            row = deliver(
                kind="email", key=f"{state}{number}", purpose="notice", draft=draft, recipient="a@b.example", due_at=now
            )
            Delivery.objects.filter(pk=row.pk).update(state=state)


@pytest.mark.parametrize("many", [3, 30])
def test_the_page_costs_the_same_however_much_waits(client: Client, django_assert_num_queries, many: int) -> None:
    builders.municipality()
    staff = builders.staff(Role.ADMINISTRATOR)
    much(staff, many)
    signed_in(client, staff)
    client.get("/desk/")
    with django_assert_num_queries(10):
        page = client.get("/desk/").content.decode()
    for text in ("wachten te lang op ons", "gesprekken zijn van u", "zijn nog van niemand", "wachten op uw akkoord",
                 "zijn pas te zien als u ze hebt gelezen", "niet eens met iets", "verzendingen zijn mislukt",
                 "weten wij niet", "nog niet gepubliceerd"):  # fmt: skip
        assert text in page
    assert ("Meer dan 5" in page) == (many > 5)
    assert page.index("wachten te lang") < page.index("gesprekken zijn van u")


def test_nothing_waits_and_it_is_said_kindly(client: Client) -> None:
    signed_in(client, builders.staff(Role.EDITOR, name="Marieke"))
    assert "Er wacht niets op u, Marieke" in client.get("/desk/").content.decode()


def test_nobody_sees_what_is_not_theirs(client: Client) -> None:
    much(builders.staff(Role.CONVERSATIONALIST), 2)
    signed_in(client, builders.staff(Role.FIELD_WORKER, name="Fenna"))
    assert "Er wacht niets op u, Fenna" in client.get("/desk/").content.decode()


def test_nobody_is_asked_to_approve_their_own_text(client: Client) -> None:
    staff = builders.staff(Role.APPROVER)
    Announcement.objects.create(slug="b", title="Eigen bericht", state="waiting", author=staff)
    signed_in(client, staff)
    assert "Eigen bericht" not in client.get("/desk/").content.decode()


def test_the_menu_shows_what_opens(client: Client) -> None:
    signed_in(client, builders.staff(Role.FIELD_WORKER))
    page = client.get("/desk/").content.decode()
    assert "/desk/people/" not in page
    signed_in(client, builders.staff(Role.ADMINISTRATOR))
    assert "/desk/people/" in client.get("/desk/").content.decode()
