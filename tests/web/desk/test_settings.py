"""Settings: saved, checked, in the log."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stamtafel.dossier.actions.submit import submit_contribution
from stamtafel.dossier.models import Kind
from stamtafel.inbox.actions.terms import response_terms
from stamtafel.ledger.models import Entry
from stamtafel.people import flood
from stamtafel.people.actions.municipality import change_municipality
from stamtafel.people.queries import Forbidden
from stamtafel.people.rules import Role
from stamtafel.places.models import Municipality
from tests import builders
from tests.people.builders import signed_in

pytestmark = pytest.mark.django_db
FORM = {
    "name": "Lindewaard", "crisis_nl": "Het water stijgt.", "four_eyes": "on", "website": "lindewaard.example", "theme": "",
    "code_prefix": "LIND",
    **{f"days_{kind}": "4" for kind in ("idea", "wish", "question", "criticism", "compliment")},
}  # fmt: skip


@pytest.fixture
def boss(client: Client) -> Client:
    builders.municipality(theme={"--basis-color-accent-1-color-default": "#0b5d3b"})
    return signed_in(client, builders.staff(Role.ADMINISTRATOR))


def save(client: Client, **changed: str):
    return client.post(reverse("desk:settings"), {**FORM, **changed})


def test_what_is_saved_is_there_and_the_log_has_names_only(boss: Client) -> None:
    assert "--basis-color-accent-1-color-default: #0b5d3b" in boss.get(reverse("desk:settings")).content.decode()
    assert save(boss).status_code == 302
    row = Municipality.objects.get()
    assert (row.crisis_nl, row.four_eyes, row.website, row.theme) == (
        "Het water stijgt.",
        True,
        "https://lindewaard.example",
        {},
    )
    assert set(response_terms().values()) == {4}
    entry = Entry.objects.get(kind="settings_changed")
    assert entry.data["fields"] == ["crisis_nl", "four_eyes", "theme", "website"]
    assert "water" not in str(entry.data)
    assert Entry.objects.get(kind="response_terms").data["working_days"]["idea"] == 4
    save(boss)
    assert Entry.objects.count() == 2  # nothing changed: nothing to tell


@pytest.mark.parametrize(
    ("theme", "words"),
    [
        ("--basis-color-accent-1-inverse-bg-default: #ffee00", "is niet goed te lezen"),
        ("--no-such-token: #000000", "geen token"),
        ("--basis-color-accent-1-color-default: url(//evil.example)", "klopt niet"),
        ("zomaar iets", "geen naam met een waarde"),
    ],
)
def test_a_theme_that_cannot_be_read_is_refused_and_nothing_is_saved(boss: Client, theme: str, words: str) -> None:
    answer = save(boss, theme=theme, days_idea="9")
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Municipality.objects.get().crisis_nl == ""
    assert response_terms()["idea"] != 9
    # the remembered municipality is not touched by a form that failed
    assert "Het water stijgt." not in boss.get(reverse("desk:today")).content.decode()


@pytest.mark.parametrize("days", ["0", "61", "veel", ""])
def test_a_term_is_between_one_and_sixty_days(boss: Client, days: str) -> None:
    assert save(boss, days_question=days).status_code == 422
    assert Municipality.objects.get().crisis_nl == ""


def test_new_letters_before_follow_codes_and_the_old_codes_keep_working(
    boss: Client, django_capture_on_commit_callbacks: Any
) -> None:
    flood.forget()
    old = submit_contribution(kind=Kind.IDEA, text="Een bankje bij de bushalte.", now=timezone.now()).code
    assert 'value="LIND"' in boss.get(reverse("desk:settings")).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert save(boss, code_prefix=" dorp ").status_code == 302
    assert Municipality.objects.get().code_prefix == "DORP"
    new = old.replace("LIND-", "DORP-")
    for code in (old, new):
        answer = Client().get(f"/volg/{code}/")
        assert answer.status_code == 200
        assert new in answer.content.decode()
    assert Client().post("/volg/", {"code": old}).headers["Location"] == f"/volg/{new}/"


@pytest.mark.parametrize("letters", ["", "L", "LANGER", "L1", "LÏ", "A B", "A-"])
def test_other_letters_before_a_code_are_refused_in_words(boss: Client, letters: str) -> None:
    answer = save(boss, code_prefix=letters)
    assert answer.status_code == 422
    assert "Gebruik 2 tot 5 letters" in answer.content.decode()
    assert Municipality.objects.get().code_prefix == "LIND"


def test_only_an_administrator_by_whatever_way() -> None:
    with pytest.raises(Forbidden):
        change_municipality(actor=builders.staff(Role.EDITOR), values={"name": "Anders"}, now=timezone.now())
