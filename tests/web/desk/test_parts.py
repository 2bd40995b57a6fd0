"""What HTMX gets: the same addresses, without what stays on the page."""

import pytest
from django.test import Client
from django.urls import reverse

from stamtafel.people.rules import Role
from tests import builders
from tests.people.builders import signed_in

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def browser(client: Client) -> Client:
    builders.municipality()
    return signed_in(client, builders.staff(Role.CONVERSATIONALIST))


def test_the_inbox_answers_htmx_with_its_parts_alone(browser: Client) -> None:
    whole = browser.get(reverse("desk:inbox")).content.decode()
    part = browser.get(reverse("desk:inbox"), headers=HTMX).content.decode()
    assert part.lstrip().startswith("<title>Postvak")
    for outside in ("<!doctype", "<head>", "<header", "<script"):
        assert outside in whole
        assert outside not in part
    for inside in ('<main id="inhoud"', '<nav class="st-side" id="menu"', '<dialog class="st-dialog" id="toetsen"'):
        assert inside in whole
        assert inside in part


def test_a_page_that_leads_elsewhere_is_not_asked_for_in_parts(browser: Client) -> None:
    assert 'hx-boost="true"' in browser.get(reverse("desk:inbox")).content.decode()
    assert 'hx-boost="true"' not in browser.get(reverse("desk:contributions")).content.decode()


def test_a_refusal_comes_where_it_is_seen_and_leaves_the_page(browser: Client) -> None:
    answer = browser.get(reverse("desk:conversation", kwargs={"pk": 9}), headers=HTMX)
    assert answer.status_code == 404
    assert answer.headers["HX-Retarget"] == "#melding"
    assert 'role="alert"' in answer.content.decode()
    assert "<main" not in answer.content.decode()


def test_who_is_signed_out_meanwhile_goes_to_the_door_with_the_whole_page(client: Client) -> None:
    answer = client.get(reverse("desk:inbox"), headers=HTMX)
    assert answer.headers["HX-Redirect"].startswith(reverse("desk:sign_in") + "?next=")
