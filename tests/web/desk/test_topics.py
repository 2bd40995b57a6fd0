"""The desk's pages of subjects."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from stamtafel.dossier.actions.topics import highlight
from stamtafel.dossier.models import Document, Highlight, Topic
from stamtafel.dossier.rules.slugs import RESERVED
from stamtafel.people.models import StaffMember
from stamtafel.people.rules import Role
from tests import builders
from tests.builders import NOW
from tests.people.builders import signed_in

pytestmark = pytest.mark.django_db
FORM = {
    "name": "Marktplein",
    "moderation": "after",
    "open_until": "2026-12-24T17:00",
    "question": "Waar moet de kiosk?",
}


@pytest.fixture
def boss(client: Client) -> StaffMember:
    builders.municipality()
    staff = builders.staff(Role.ADMINISTRATOR)
    signed_in(client, staff)
    return staff


def test_the_list_costs_the_same_for_three_and_thirty(
    client: Client, boss: StaffMember, django_assert_num_queries
) -> None:
    client.get(reverse("desk:topics"))  # the municipality is remembered from here on
    for many in (3, 27):
        for number in range(many):
            builders.contribution(topic=builders.topic(f"Onderwerp {many} {number}"))
        with django_assert_num_queries(7):
            client.get(reverse("desk:topics"))


def test_a_new_subject_with_all_that_it_says(client: Client, boss: StaffMember) -> None:
    area = builders.area()
    assert "Maak het eerste onderwerp" in client.get(reverse("desk:topics")).content.decode()
    assert client.get(reverse("desk:topic_new")).status_code == 200
    answer = client.post(reverse("desk:topic_new"), {**FORM, "areas": [area.pk], "attacked": "on"})
    made = Topic.objects.get()
    assert answer.headers["Location"] == reverse("desk:topic", kwargs={"slug": "marktplein"})
    assert (made.attacked, list(made.areas.all()), made.question) == (True, [area], "Waar moet de kiosk?")
    assert f"{made.open_until:%Y-%m-%d %H:%M}" == "2026-12-24 16:00"
    html = client.get(answer.headers["Location"]).content.decode()
    assert "2026-12-24T17:00" in html
    assert client.post(reverse("desk:topic_new"), FORM).status_code == 422
    assert Topic.objects.count() == 1


def test_a_subject_called_new_has_a_page_of_its_own(client: Client, boss: StaffMember) -> None:
    answer = client.post(reverse("desk:topic_new"), {**FORM, "name": "Nieuw"})
    assert answer.headers["Location"] != reverse("desk:topic_new")
    assert "Waar moet de kiosk?" in client.get(answer.headers["Location"]).content.decode()
    assert client.get(reverse("site:topic", kwargs={"slug": Topic.objects.get().slug})).status_code == 200


def literals_beside_names(patterns: list[Any], before: str = "") -> set[str]:
    """The fixed words in addresses that stand where another address has a name that somebody chose."""
    routes = [f"{before}{route.pattern}" for route in patterns if isinstance(route, URLPattern)]
    prefixes = {route.partition("<slug:slug>/")[0] for route in routes if "<slug:slug>/" in route}
    rests = [
        route[len(prefix) :].partition("/")[0] for route in routes for prefix in prefixes if route.startswith(prefix)
    ]
    inner = [literals_beside_names(one.url_patterns) for one in patterns if isinstance(one, URLResolver)]
    return {rest for rest in rests if rest and "<" not in rest}.union(*inner)


def test_no_subject_or_decision_gets_an_address_that_a_page_has_already() -> None:
    found = literals_beside_names(get_resolver().url_patterns)
    assert "nieuw" in found
    assert found <= RESERVED


def test_another_document_with_the_same_title_has_another_address(
    client: Client, boss: StaffMember, django_capture_on_commit_callbacks
) -> None:
    topic = builders.topic()

    def put(text: bytes) -> str:
        upload = SimpleUploadedFile("verslag.txt", text)
        fields = {"title": "Verslag bijeenkomst", "upload": upload}
        client.post(reverse("desk:topic_add_document", kwargs={"slug": topic.slug}), fields)
        return Document.objects.get().file.url

    old = put(b"Verkeerd verslag")
    served = client.get(old)
    assert b"".join(served.streaming_content) == b"Verkeerd verslag"
    assert "immutable" not in served.headers["Cache-Control"]
    assert int(served.headers["Cache-Control"].partition("max-age=")[2]) <= 300
    with django_capture_on_commit_callbacks(execute=True):
        address = {"slug": topic.slug, "pk": Document.objects.get().pk}
        client.post(reverse("desk:topic_remove_document", kwargs=address))
    new = put(b"Goed verslag")
    assert new != old
    assert "verslag-bijeenkomst-" in new
    assert client.get(old).status_code == 404


def test_a_change_that_is_not_right_keeps_what_was_typed(client: Client, boss: StaffMember) -> None:
    topic = builders.topic("Plein")
    address = reverse("desk:topic", kwargs={"slug": topic.slug})
    answer = client.post(address, {**FORM, "name": "", "summary": "Nieuwe tekst"})
    assert answer.status_code == 422
    assert "Nieuwe tekst" in answer.content.decode()
    assert client.post(address, {**FORM, "name": "Plein", "archived": "on"}).status_code == 302
    topic.refresh_from_db()
    assert topic.archived
    assert "Plein" in client.get(reverse("desk:topics") + "?lijst=klaar").content.decode()


def test_documents_come_and_go(client: Client, boss: StaffMember) -> None:
    topic = builders.topic()
    address = reverse("desk:topic_add_document", kwargs={"slug": topic.slug})
    assert client.post(address, {"title": "Plan"}).status_code == 422
    assert client.post(address, {"title": "P", "upload": SimpleUploadedFile("x.html", b"<script>")}).status_code == 422
    assert client.post(address, {"title": "P", "url": "javascript:alert(1)"}).status_code == 422
    client.post(address, {"title": "Plan", "upload": SimpleUploadedFile("plan.pdf", b"%PDF-1.7")})
    client.post(address, {"title": "Rapport", "url": "https://voorbeeld.example/rapport"})
    html = client.get(reverse("desk:topic", kwargs={"slug": topic.slug})).content.decode()
    assert "https://voorbeeld.example/rapport" in html
    for document in Document.objects.all():
        client.post(reverse("desk:topic_remove_document", kwargs={"slug": topic.slug, "pk": document.pk}))
    assert not Document.objects.exists()


def test_words_of_residents_can_be_taken_off(client: Client, boss: StaffMember) -> None:
    topic = builders.topic()
    made = highlight(topic=topic, text="Het is er donker.", answer="", channel="cafe", actor=None, now=NOW)
    assert "Het is er donker." in client.get(reverse("desk:topic", kwargs={"slug": topic.slug})).content.decode()
    client.post(reverse("desk:topic_remove_highlight", kwargs={"slug": topic.slug, "pk": made.pk}))
    assert not Highlight.objects.exists()
