"""Showing several contributions that wait to be read first, with one button."""

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from stamtafel.channels.models import Delivery
from stamtafel.dossier.actions.follow import correct
from stamtafel.dossier.actions.moderate import hide, show_waiting
from stamtafel.dossier.actions.seen import version_of
from stamtafel.dossier.models import Contribution, Moderation, State, Step, StepKind, Topic
from stamtafel.dossier.queries.public import visible
from stamtafel.inbox.actions.notices import tell_steps
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import Forbidden
from stamtafel.people.rules import Role
from tests import builders
from tests.builders import NOW
from tests.people.builders import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator(client: Client) -> StaffMember:
    builders.municipality()
    staff = builders.staff(Role.MODERATOR)
    signed_in(client, staff)
    return staff


def waiting(text: str = "Een bankje.", **fields: object) -> Contribution:
    topic = Topic.objects.filter(slug="vooraf").first() or builders.topic(slug="vooraf", moderation="before")
    return builders.contribution(text, published_at=None, topic=topic, author=builders.resident(), **fields)


def tick(client: Client, *chosen: object, query: str = "?box=to_read") -> HttpResponse:
    return client.post(reverse("desk:contributions_show") + query, {"chosen": [_box(one) for one in chosen]})


def _box(one: object) -> str:
    """What the box of a contribution sends; anything else as it is."""
    return f"{one.pk}-{version_of(one)}" if isinstance(one, Contribution) else str(one)


def listed(client: Client, query: str = "?box=to_read") -> str:
    return client.get(reverse("desk:contributions") + query).content.decode()


def test_what_was_ticked_is_shown_and_each_resident_hears_it(client: Client, moderator: StaffMember) -> None:
    first, second, other = waiting("Een"), waiting("Twee"), waiting("Drie")
    answer = tick(client, first, second)
    assert answer.headers["Location"] == reverse("desk:contributions") + "?box=to_read"
    assert set(visible()) == {first, second}
    steps = Step.objects.filter(kind=StepKind.SHOWN, by=moderator, tell=True)
    assert set(steps.values_list("contribution_id", flat=True)) == {first.pk, second.pk}
    assert Moderation.objects.filter(hide=False, by=moderator).count() == 2
    tell_steps(NOW)
    authors = {one.author.email for one in (first, second) if one.author}
    assert set(Delivery.objects.values_list("recipient", flat=True)) == authors
    page = listed(client)
    assert "2 bijdragen" in page
    assert "Drie" in page
    assert "Twee" not in page.partition('class="st-rows"')[2]
    assert other.steps.count() == 0


def test_the_same_again_changes_nothing_and_tells_nobody_twice(client: Client, moderator: StaffMember) -> None:
    one = waiting()
    tick(client, one, one)
    tick(client, one)
    assert one.steps.count() == 1
    assert "Er is niets getoond" in listed(client)


@pytest.mark.parametrize("chosen", [[], ["x"], ["-1"], ["9" * 40], ["0"], ["²-x"], ["-"]])
def test_nothing_that_can_be_shown(client: Client, moderator: StaffMember, chosen: list[str]) -> None:
    waiting()
    tick(client, *chosen)
    assert not visible().exists()
    assert "Er is niets getoond" in listed(client)


def test_what_is_hidden_withdrawn_or_erased_stays_so(client: Client, moderator: StaffMember) -> None:
    hidden, late = waiting(), waiting()
    hide(contribution=hidden, reason="Er staat een naam in.", actor=None, now=NOW)
    gone = [waiting(state=State.WITHDRAWN), waiting("", erased_at=NOW)]
    tick(client, hidden, *gone)
    hide(contribution=late, reason="Er staat een naam in.", actor=None, now=NOW)  # a colleague, in the meantime
    late.state = State.RECEIVED
    assert show_waiting(contributions=[late], actor=moderator, now=NOW) == (0, 0)
    assert not visible().exists()


def test_only_moderators_see_the_button_and_only_where_something_waits(client: Client, moderator: StaffMember) -> None:
    one = waiting()
    assert 'name="chosen"' in listed(client)
    assert "checked" not in listed(client)
    assert f'value="{_box(one)}" checked' in listed(client, "?box=to_read&alles=1")
    assert 'name="chosen"' not in listed(client, "")
    editor = builders.staff(Role.EDITOR)
    signed_in(client, editor)
    assert 'name="chosen"' not in listed(client)
    with pytest.raises(Forbidden):
        show_waiting(contributions=[one], actor=editor, now=NOW)
    assert tick(client, one).status_code == 403
    assert not visible().exists()


def test_the_whole_text_can_be_read_before_it_is_ticked_and_costs_no_more(
    client: Client, moderator: StaffMember, django_assert_num_queries
) -> None:
    listed(client)
    for many in (3, 27):
        for number in range(many):
            waiting("Woord " * 300 + f"en dan nog dit {many} {number}. <b>", photo="x.jpg")
        with django_assert_num_queries(10):
            page = listed(client)
    assert "en dan nog dit 27 26. &lt;b&gt;" in page
    assert "Er zit een foto bij" in page


def test_the_choice_of_the_list_is_kept(client: Client, moderator: StaffMember) -> None:
    one = waiting()
    answer = tick(client, one, query="?box=to_read&topic=vooraf&alles=1&x=y")
    assert answer.headers["Location"] == reverse("desk:contributions") + "?box=to_read&topic=vooraf"


def test_what_changed_while_the_list_was_read_is_not_shown(client: Client, moderator: StaffMember) -> None:
    same, other = waiting("Een bankje."), waiting("Een perk.")
    boxes = [_box(one) for one in (same, other)]
    correct(contribution=other, text="Koop pillen.", now=NOW)
    tick(client, *boxes)
    assert list(visible()) == [same]
    page = listed(client)
    assert "1 tekst veranderde terwijl u die las" in page
    assert "Iedereen kan nu 1 bijdrage lezen" in page
    assert "Koop pillen." in page
    tick(client, boxes[1])
    assert list(visible()) == [same]
    assert "Er is niets getoond. Vink" not in listed(client)
    tick(client, Contribution.objects.get(pk=other.pk))
    assert visible().count() == 2
