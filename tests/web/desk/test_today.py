"""What waits for whom, and what it costs."""

import re
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
    with django_assert_num_queries(15):
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


def counters(page: str) -> dict[str, str]:
    """Address of an entry of the menu → what a screen reader says of it besides its name."""
    menu = page.partition('class="st-side__list"')[2].partition("</ul>")[0]
    found = re.findall(
        r'href="([^"]+)"(?:(?!</li>).)*?st-side__count(?:(?!</li>).)*?hidden">\((.*?)\)<', menu, re.DOTALL
    )
    return dict(found)


def test_the_menu_says_how_much_waits(client: Client) -> None:
    builders.municipality()
    staff = builders.staff(Role.ADMINISTRATOR)
    signed_in(client, staff)
    assert counters(client.get("/desk/").content.decode()) == {}
    much(staff, 1)
    colleague, now = builders.staff(Role.CONVERSATIONALIST), timezone.now()
    for fields in ({"assignee": colleague, "waits_since": now}, {"waits_since": None}, {"state": "closed"}):
        Conversation.objects.create(**{"subject": "x", "opened_at": now, "last_message_at": now, **fields})
    Announcement.objects.create(slug="eigen", title="Eigen bericht", state="waiting", author=staff)
    assert counters(client.get("/desk/people/").content.decode()) == {
        "/desk/inbox/": "2 wachten", "/desk/bijdragen/": "1 wacht", "/desk/berichten/": "1 wacht",
        "/desk/deliveries/": "2 wachten",
    }  # fmt: skip


def test_a_count_stops_at_a_hundred(client: Client) -> None:
    now = timezone.now()
    rows = (Conversation(subject="x", opened_at=now, last_message_at=now, waits_since=now) for _number in range(100))
    Conversation.objects.bulk_create(rows)
    signed_in(client, builders.staff(Role.CONVERSATIONALIST))
    page = client.get("/desk/").content.decode()
    assert "99+" in page
    assert counters(page) == {"/desk/inbox/": "meer dan 99 wachten"}


@pytest.mark.parametrize(
    ("role", "counted"),
    [
        (Role.EDITOR, {"/desk/deliveries/"}),
        (Role.APPROVER, {"/desk/berichten/", "/desk/deliveries/"}),
        (Role.MODERATOR, {"/desk/inbox/", "/desk/bijdragen/"}),
        (Role.ANALYST, set()),
        (Role.FIELD_WORKER, set()),
    ],
)
def test_each_role_sees_only_what_it_can_do_something_about(client: Client, role: Role, counted: set[str]) -> None:
    builders.municipality()
    much(builders.staff(), 1)
    Conversation.objects.update(assignee=None)
    signed_in(client, builders.staff(role))
    assert set(counters(client.get("/desk/").content.decode())) == counted


def test_a_part_of_a_page_counts_nothing(client: Client, django_assert_num_queries) -> None:
    signed_in(client, builders.staff(Role.ADMINISTRATOR))
    client.get("/desk/")
    with django_assert_num_queries(3):  # session, who I am, what is asked for
        client.get("/desk/bijdragen/0/", headers={"HX-Request": "true"})
