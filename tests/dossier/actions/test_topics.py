"""Subjects, their documents, and words of residents on their page."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from stamtafel.dossier.actions.refusals import DossierRefused
from stamtafel.dossier.actions.topics import (
    LARGEST_DOCUMENT,
    add_document,
    highlight,
    remove_document,
    remove_highlight,
    save_topic,
)
from stamtafel.dossier.models import Document, Highlight, Topic
from stamtafel.ledger.models import Entry
from stamtafel.people.queries import Forbidden
from stamtafel.people.rules import Role
from tests import builders
from tests.builders import NOW

pytestmark = pytest.mark.django_db


def test_a_subject_keeps_its_address_when_its_name_changes() -> None:
    area = builders.area()
    made = save_topic(topic=None, fields={"name": " Het Plein ", "areas": [area]}, actor=None, now=NOW)
    assert (made.slug, made.name, list(made.areas.all())) == ("het-plein", "Het Plein", [area])
    save_topic(topic=made, fields={"name": "Marktplein", "summary": "Over het plein."}, actor=None, now=NOW)
    made.refresh_from_db()
    assert (made.slug, made.name, made.summary) == ("het-plein", "Marktplein", "Over het plein.")
    assert list(made.areas.all()) == [area]


@pytest.mark.parametrize("name", ["", "  ", "stationsplein"])
def test_a_name_is_needed_and_free(name: str) -> None:
    builders.topic("Stationsplein")
    with pytest.raises(DossierRefused):
        save_topic(topic=None, fields={"name": name}, actor=None, now=NOW)
    assert Topic.objects.count() == 1


def test_how_it_is_moderated_is_logged_for_everybody() -> None:
    made = save_topic(topic=None, fields={"name": "Plein"}, actor=None, now=NOW)
    save_topic(topic=made, fields={"summary": "Iets."}, actor=None, now=NOW)
    save_topic(topic=made, fields={"moderation": "before"}, actor=None, now=NOW)
    save_topic(topic=made, fields={"attacked": True}, actor=None, now=NOW)
    logged = [entry.data for entry in Entry.objects.order_by("pk")]
    assert [(data["moderation"], data["attacked"]) for data in logged] == [
        ("after", False), ("before", False), ("before", True),
    ]  # fmt: skip


def pdf(name: str = "plan.pdf", data: bytes = b"%PDF-1.7") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def test_a_document_sent_twice_is_one_and_can_be_taken_out(django_capture_on_commit_callbacks) -> None:
    topic = builders.topic()
    for _time in range(2):
        made = add_document(topic=topic, title="Plan", description="", upload=pdf(), actor=None, now=NOW)
    assert Document.objects.count() == 1
    assert made.file.name.startswith("documents/2026/")
    other = add_document(topic=topic, title="Plan", description="", upload=pdf(data=b"%PDF-1.7 2"), actor=None, now=NOW)
    assert Document.objects.count() == 2
    with django_capture_on_commit_callbacks(execute=True):
        remove_document(document=other, actor=None, now=NOW)
    assert made.file.storage.exists(made.file.name)
    assert not made.file.storage.exists(other.file.name)
    assert Entry.objects.filter(kind="document.removed").count() == 1


@pytest.mark.parametrize("name", ["page.html", "drawing.svg", "run.exe", "noending", "empty.pdf"])
def test_files_that_could_do_harm_are_refused(name: str) -> None:
    upload = pdf(name, b"" if name == "empty.pdf" else b"x")
    with pytest.raises(DossierRefused):
        add_document(topic=builders.topic(), title="Plan", description="", upload=upload, actor=None, now=NOW)
    assert not Document.objects.exists()


def test_a_file_that_is_too_large_is_refused() -> None:
    upload = pdf()
    upload.size = LARGEST_DOCUMENT + 1
    with pytest.raises(DossierRefused):
        add_document(topic=builders.topic(), title="Plan", description="", upload=upload, actor=None, now=NOW)


def test_a_link_is_a_document_too_and_nothing_is_none() -> None:
    topic = builders.topic()
    url = "https://voorbeeld.example/rapport"
    for _time in range(2):
        add_document(topic=topic, title="Rapport", description="", upload=None, url=url, actor=None, now=NOW)
    with pytest.raises(DossierRefused):
        add_document(topic=topic, title="Rapport", description="", upload=None, actor=None, now=NOW)
    assert Document.objects.get().url == url


def test_words_on_the_page_are_without_personal_data_and_once() -> None:
    topic = builders.topic()
    with pytest.raises(DossierRefused, match="06-12345678"):
        highlight(topic=topic, text="Bel mij op 06-12345678.", answer="", channel="cafe", actor=None, now=NOW)
    with pytest.raises(DossierRefused):
        highlight(topic=topic, text=" ", answer="Ja.", channel="cafe", actor=None, now=NOW)
    for _time in range(2):
        made = highlight(
            topic=topic, text="Het is er donker.", answer="Dat klopt.", channel="cafe", actor=None, now=NOW
        )
    assert Highlight.objects.get() == made
    for _time in range(2):
        remove_highlight(highlight=made, actor=None, now=NOW)
    assert not Highlight.objects.exists()
    assert Entry.objects.filter(kind="highlight.removed").count() == 1


def test_who_may_do_what() -> None:
    topic, analyst, editor = builders.topic(), builders.staff(Role.ANALYST), builders.staff(Role.EDITOR)
    with pytest.raises(Forbidden):
        save_topic(topic=topic, fields={"name": "X"}, actor=analyst, now=NOW)
    with pytest.raises(Forbidden):
        add_document(topic=topic, title="P", description="", upload=pdf(), actor=analyst, now=NOW)
    with pytest.raises(Forbidden):
        highlight(topic=topic, text="x", answer="", channel="cafe", actor=editor, now=NOW)
