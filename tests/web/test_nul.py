"""A NUL anywhere in an address gives a page, on both databases."""

import pytest
from django.test import Client
from django.urls import reverse

from stamtafel.inbox.actions.intake import open_conversation
from stamtafel.inbox.models import Message
from stamtafel.people.rules import Role
from tests import builders
from tests.people.builders import signed_in

ADDRESSES = (
    "/bijdragen/?zoek=%00", "/bijdragen/?soort=a%00b&onderwerp=%00&buurt=%00", "/berichten/?onderwerp=%00", "/buurten/?postcode=%00",
    "/onderwerpen/a%00b/", "/volg/LIND%00-7K4M-92QX/", "/berichten/%00/", "/aanmelden/bevestig/%00/", "/desk/?a=%00", "/aanmelden/?onderwerp=%0%000", "/bijdragen/?q=%0%0%0%000000",
)  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("address", ADDRESSES)
def test_nul_is_never_an_error_of_ours(client: Client, address: str) -> None:
    builders.municipality()
    assert client.get(address).status_code < 500


@pytest.mark.django_db
def test_control_characters_in_a_desk_form_are_taken_out(client: Client) -> None:
    """PostgreSQL refuses a NUL, SQLite would keep it: neither gets one."""
    builders.municipality()
    browser = signed_in(client, builders.staff(Role.CONVERSATIONALIST))
    made = open_conversation(builders.contribution("Een bankje bij de bushalte"))
    written = "eerste\x00 regel\x08\ntweede\tregel"
    answer = browser.post(reverse("desk:conversation_note", kwargs={"pk": made.pk}), {"text": written})
    assert answer.status_code < 400
    assert Message.objects.get(conversation=made, direction="note").text == "eerste regel\ntweede\tregel"


MOMENTS = (
    "9999-12-31T23:59:59-23:59",
    "0001-01-01T00:00:00+23:59",
    "2026-13-45T99:99:99Z",
    "2026-11-22T10:00:00",
    "x",
    "",
)


@pytest.mark.django_db
@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("page", ["/bijdragen/", "/berichten/", "/besluiten/", "/onderwerpen/plein/", "/logboek/"])
def test_a_moment_that_no_database_holds_is_the_first_page(client: Client, page: str, moment: str) -> None:
    builders.municipality()
    builders.topic("Plein", slug="plein")
    for value in (moment, f"{moment}_1", f"{moment}_99999999999999999999"):
        assert client.get(page, {"na": value}).status_code == 200
