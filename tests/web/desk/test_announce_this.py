"""The button "Announce this" of decisions, subjects and contributions."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from stamtafel.announce.models import Announcement
from stamtafel.dossier.models import State
from stamtafel.people.models import StaffMember
from stamtafel.people.rules import Role
from tests import builders
from tests.dossier.builders import decision
from tests.people.builders import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client: Client) -> StaffMember:
    builders.municipality()
    staff = builders.staff(Role.ADMINISTRATOR)
    signed_in(client, staff)
    return staff


def button(client: Client, page: str) -> tuple[str, dict[str, str]] | None:
    """Where the button on this page sends what, as a browser would."""
    html = client.get(page).content.decode()
    form = re.search(r'action="(/desk/berichten/over/[^"]+)">.*?name="form_key" value="([^"]+)"', html, re.DOTALL)
    return (form[1], {"form_key": form[2]}) if form else None


def pages() -> dict[str, str]:
    return {
        "De bank komt er": reverse("desk:decision", kwargs={"pk": decision("De bank komt er").pk}),
        "Plein": reverse("desk:topic", kwargs={"slug": builders.topic("Plein").slug}),
        "U zei: “Een bank”": reverse("desk:contribution", kwargs={"pk": builders.contribution("Een bank").pk}),
    }


def test_each_button_opens_compose_with_a_draft_of_ones_own(client: Client, boss: StaffMember) -> None:
    for title, page in pages().items():
        pressed = button(client, page)
        assert pressed
        answer = client.post(*pressed)
        made = Announcement.objects.get(title=title)
        assert made.author == boss
        assert answer.headers["Location"] == reverse("desk:compose", kwargs={"pk": made.pk})
        written = client.get(answer.headers["Location"]).content.decode()
        assert written.count("eerste concept") == 1
        assert made.body.splitlines()[0] in written.replace("&gt;", ">")


def test_a_double_click_makes_one_draft_and_a_new_page_another(client: Client, boss: StaffMember) -> None:
    for number, page in enumerate(pages().values()):
        pressed = button(client, page)
        assert pressed
        assert len({client.post(*pressed).headers["Location"] for _time in range(2)}) == 1
        assert Announcement.objects.count() == 2 * number + 1
        again = button(client, page)
        assert again
        client.post(*again)
        assert Announcement.objects.count() == 2 * number + 2


def test_a_key_of_somebody_else_or_of_nobody_opens_nothing_of_theirs(client: Client, boss: StaffMember) -> None:
    page = pages()["Plein"]
    pressed = button(client, page)
    assert pressed
    client.post(*pressed)
    signed_in(client, builders.staff(Role.EDITOR))
    answers = [client.post(pressed[0], form) for form in (pressed[1], {}, {"form_key": "made:up"})]
    assert answers[0].status_code == 422
    assert Announcement.objects.filter(author=boss).count() == 1
    assert Announcement.objects.exclude(author=boss).count() == 2


def test_what_not_everybody_can_read_has_no_button_and_is_refused(client: Client, boss: StaffMember) -> None:
    hidden, draft = builders.contribution(state=State.HIDDEN), decision(published_at=None)
    for name, one in (("contribution", hidden), ("decision", draft)):
        assert button(client, reverse(f"desk:{name}", kwargs={"pk": one.pk})) is None
        assert client.post(reverse(f"desk:announce_{name}", kwargs={"pk": one.pk})).status_code == 422
    assert not Announcement.objects.exists()


def test_who_does_not_write_announcements_has_no_button(client: Client) -> None:
    builders.municipality()
    found = pages()
    signed_in(client, builders.staff(Role.MODERATOR))
    assert button(client, found["Plein"]) is None
    assert button(client, found["U zei: “Een bank”"]) is None
