"""The inbox in the browser, without script: forms, words, undo, and what a page costs."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stamtafel.dossier.models import Step, StepKind
from stamtafel.inbox.actions import handle, intake
from stamtafel.inbox.models import CannedReply, Conversation, Message, SavedFilter
from stamtafel.people.rules import Role
from tests import builders
from tests.people.builders import signed_in

pytestmark = pytest.mark.django_db
LIST = "/desk/inbox/"


@pytest.fixture
def noor():
    builders.municipality()
    return builders.staff(Role.CONVERSATIONALIST, name="Noor")


@pytest.fixture
def browser(client: Client, noor) -> Client:
    return signed_in(client, noor)


def conversation(text: str = "Een bankje bij de bushalte", **fields) -> Conversation:
    created = fields.pop("created_at", timezone.now())
    return intake.open_conversation(builders.contribution(text, created_at=created, **fields))


def address(made: Conversation, part: str = "conversation") -> str:
    return reverse(f"desk:{part}", kwargs={"pk": made.pk})


def read(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def hidden(answer, name: str) -> str:
    return re.search(rf'name="{name}" value="([^"]*)"', answer.content.decode()).group(1)


def undo(browser: Client, page):
    return browser.post(reverse("desk:inbox_undo"), {"ticket": hidden(page, "ticket")}, follow=True)


def test_the_list_says_in_words_how_long_somebody_may_wait(browser: Client) -> None:
    now = timezone.now()
    late, soon = conversation("Al lang"), conversation("Nieuw")
    Conversation.objects.filter(pk=late.pk).update(answer_due_at=now - timedelta(days=30))
    words = read(browser.get(LIST))
    assert re.search(r"\d+ werkdagen te laat", words)
    assert re.search(r"nog \d+ werkdag", words)
    assert words.index("Al lang") < words.index("Nieuw")
    assert "Nieuw" not in read(browser.get(LIST + "?box=late"))
    assert address(soon) in browser.get(LIST + "?text=nieuw").content.decode()


def test_answering_claims_sends_once_and_tells_where_it_goes(browser: Client, noor) -> None:
    made = conversation(author=builders.resident())
    page = browser.get(address(made))
    assert "krijgt uw antwoord per mail en leest het op de volgpagina" in read(page)
    assert 'name="text"' not in page.content.decode().split("notitie")[0]
    page = browser.post(address(made, "conversation_claim"), follow=True)
    form = {
        "form_key": hidden(page, "form_key"),
        "seen": hidden(page, "seen"),
        "text": "Dank u, wij kijken.",
        "do": "send",
    }
    for _twice in range(2):
        answer = browser.post(address(made, "conversation_answer"), form, follow=True)
        assert "Uw antwoord is onderweg." in read(answer)
    assert Message.objects.filter(direction="out").count() == 1
    assert "Dank u, wij kijken." in read(answer)


def test_a_second_reader_sees_who_is_on_it_and_takes_over_later(browser: Client, noor) -> None:
    made = conversation()
    sam = signed_in(Client(), builders.staff(Role.CONVERSATIONALIST, name="Sam"))
    browser.post(address(made, "conversation_claim"))
    until = timezone.localtime(Conversation.objects.get().claimed_until)
    page = sam.get(address(made))
    assert f"Noor is hiermee bezig tot {until:%H:%M}" in read(page)
    assert address(made, "conversation_claim") not in page.content.decode()
    assert f"Noor is hiermee bezig tot {until:%H:%M}" in read(
        sam.post(address(made, "conversation_claim"), follow=True)
    )
    assert Conversation.objects.get().claimed_by == noor
    Conversation.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    assert 'name="text"' in sam.post(address(made, "conversation_claim"), follow=True).content.decode()
    assert Conversation.objects.get().claimed_by.name == "Sam"


def test_what_was_typed_survives_a_refusal_and_a_canned_reply(browser: Client) -> None:
    CannedReply.objects.create(slug="dag", title="Dag", text="U hoort uiterlijk {datum} meer.")
    made = conversation()
    to = address(made, "conversation_answer")
    answer = browser.post(to, {"text": "Lang verhaal <b> {datum}", "do": "send"})
    assert answer.status_code == 422
    assert "In uw tekst staat nog {datum}" in read(answer)
    assert "Lang verhaal &lt;b&gt; {datum}</textarea>" in answer.content.decode()
    answer = browser.post(to, {"text": "Dag,", "do": "fill", "canned": "dag"})
    assert re.search(r"Dag,\s+U hoort uiterlijk \d+ \w+ \d{4} meer\.</textarea>", answer.content.decode())
    assert re.search(r"U hoort uiterlijk \d+ ", browser.get(address(made) + "?sjabloon=dag").content.decode())
    assert not Message.objects.filter(direction="out").exists()


@pytest.mark.parametrize(
    ("move", "said", "changed"),
    [
        ({"do": "mine"}, "Nu bij Noor.", {"state": "open", "assignee": True}),
        ({"do": "close"}, "Gesloten.", {"state": "closed", "assignee": False}),
        ({"do": "later", "until": "monday"}, "Weggelegd tot", {"state": "snoozed", "assignee": False}),
    ],
)
def test_each_move_can_be_taken_back(browser: Client, move, said, changed) -> None:
    made = conversation()
    page = browser.post(address(made, "conversation_move"), move, follow=True)
    assert said in read(page)
    made.refresh_from_db()
    assert {"state": made.state, "assignee": made.assignee is not None} == changed
    assert "Teruggedraaid." in read(undo(browser, page))
    made.refresh_from_db()
    assert (made.state, made.assignee, made.snoozed_until) == ("open", None, None)
    assert made.waits_since is not None
    assert "al teruggedraaid" in read(undo(browser, page))


def test_after_closing_comes_the_next_of_the_same_view(browser: Client) -> None:
    now = timezone.now()
    made = [conversation(f"Vraag {n}", kind="question", created_at=now - timedelta(days=30 - n)) for n in range(3)]
    query = "?kind=question"
    answer = browser.post(address(made[0], "conversation_move") + query, {"do": "close"})
    assert answer.url == address(made[1]) + query
    answer = browser.post(address(made[2], "conversation_move") + query, {"do": "close"})
    assert answer.url == LIST + query


def test_many_at_once_and_back(browser: Client) -> None:
    made = [conversation(f"Nummer {n}") for n in range(3)]
    answer = browser.post(reverse("desk:inbox_bulk"), {"do": "close"}, follow=True)
    assert "Vink eerst een of meer gesprekken aan." in read(answer)
    page = browser.post(
        reverse("desk:inbox_bulk"), {"do": "close", "chosen": [one.pk for one in made[:2]]}, follow=True
    )
    assert "2 gesprekken zijn gesloten." in read(page)
    assert Conversation.objects.filter(state="closed").count() == 2
    intake.hear(conversation=made[0], text="Hallo?", at=timezone.now(), key="z")
    assert "Met 1 gesprek ging iemand verder" in read(undo(browser, page))
    assert Conversation.objects.filter(state="open").count() == 3


def test_a_note_is_for_colleagues_and_an_empty_one_is_refused(browser: Client) -> None:
    made = conversation()
    assert browser.post(address(made, "conversation_note"), {"text": " "}).status_code == 422
    answer = browser.post(address(made, "conversation_note"), {"text": "Vraag Bas"}, follow=True)
    assert "Vraag Bas" in read(answer)
    assert Message.objects.get(direction="note").by.name == "Noor"


def test_a_view_is_kept_and_thrown_away(browser: Client, noor) -> None:
    other = SavedFilter.objects.create(staff=builders.staff(Role.MODERATOR), name="Van een ander", query="box=late")
    browser.post(reverse("desk:inbox_save_view") + "?kind=idea&kwaad=1", {"name": "Ideeën"})
    kept = SavedFilter.objects.get(staff=noor)
    assert (kept.name, kept.query) == ("Ideeën", "kind=idea")
    words = read(browser.get(LIST))
    assert "Ideeën" in words
    assert "Van een ander" not in words
    for pk in (kept.pk, other.pk):
        browser.post(reverse("desk:inbox_drop_view", kwargs={"pk": pk}))
    assert list(SavedFilter.objects.all()) == [other]


def test_what_a_resident_typed_is_shown_as_typed(browser: Client) -> None:
    made = conversation("<script>alert(1)</script> **vet**")
    for page in (browser.get(LIST), browser.get(address(made))):
        assert "<script>alert" not in page.content.decode()
        assert "&lt;script&gt;alert(1)&lt;/script&gt; **vet**" in page.content.decode()


def test_earlier_contact_shows_only_with_an_address_that_was_confirmed(browser: Client) -> None:
    known, unknown = builders.resident(), builders.resident(confirmed_at=None)
    for author, seen in ((known, True), (unknown, False)):
        conversation(f"Eerder van {author.pk}", author=author)
        page = browser.get(address(conversation("Nu", author=author)))
        facts = page.content.decode().split("<aside")[1]
        assert (f"Eerder van {author.pk}" in facts) is seen
        assert author.email not in page.content.decode()


def test_a_moderator_reads_along_but_has_no_buttons(client: Client, noor) -> None:
    made = conversation()
    words = signed_in(client, builders.staff(Role.MODERATOR)).get(address(made)).content.decode()
    assert "conversation_answer" not in words
    assert address(made, "conversation_claim") not in words
    assert address(made, "conversation_note") in words


@pytest.mark.parametrize(
    "wrong", ["?na=x", "?na=2026-01-01_1", "?box=x&kind=%00", "?topic=geen&area=geen&text=" + "a" * 5000]
)
def test_a_strange_address_gives_a_page(browser: Client, wrong: str) -> None:
    made = conversation()
    assert browser.get(LIST + wrong).status_code == 200
    assert browser.get(address(made) + wrong).status_code == 200


def test_an_unknown_button_colleague_or_day_is_refused_in_words(browser: Client) -> None:
    made = conversation()
    move = address(made, "conversation_move")
    assert browser.post(move, {"do": "nonsense"}).status_code == 404
    assert browser.post(move, {"do": "assign", "to": "999999"}).status_code == 422
    assert browser.get(reverse("desk:conversation", kwargs={"pk": 999999})).status_code == 404


@pytest.mark.parametrize(
    "day", ["2027-02-31", "2027-13-45", "31-02-2099", "x", "1-1-99", "2001-01-01", "01-01-2001", "2099-12-31"]
)
def test_a_day_that_is_none_or_past_is_refused_in_words_and_nothing_is_put_away(browser: Client, day: str) -> None:
    made = conversation()
    form = {"do": "later", "date": day, "chosen": [made.pk]}
    for where in (address(made, "conversation_move"), reverse("desk:inbox_bulk")):
        answer = browser.post(where, form)
        assert answer.status_code == 422
        assert re.search(r"Deze dag kennen wij niet|Kies een moment|Kies een dag binnen een jaar", read(answer))
    made.refresh_from_db()
    assert (made.state, made.snoozed_until) == ("open", None)


@pytest.mark.parametrize("form", ["%Y-%m-%d", "%d-%m-%Y"])
def test_a_day_counts_as_it_is_written_here_and_as_browsers_send_it(browser: Client, form: str) -> None:
    made = conversation()
    day = timezone.localdate() + timedelta(days=300)
    browser.post(address(made, "conversation_move"), {"do": "later", "date": day.strftime(form)})
    made.refresh_from_db()
    assert timezone.localtime(made.snoozed_until).strftime("%Y-%m-%d %H:%M") == f"{day.isoformat()} 09:00"


@pytest.mark.parametrize("count", [3, 30])
def test_a_page_costs_the_same_for_few_and_many(browser: Client, noor, count: int, django_assert_num_queries) -> None:
    made = [conversation(f"Bijdrage {n}", topic=builders.topic(), area=builders.area()) for n in range(count)]
    for number in range(count):
        handle.note(conversation=made[0], text=f"Notitie {number}", actor=noor, now=timezone.now())
        Step.objects.create(contribution=made[0].contribution, kind=StepKind.ADDED, at=timezone.now())
    browser.get(LIST)
    with django_assert_num_queries(LIST_QUERIES):
        browser.get(LIST)
    with django_assert_num_queries(PAGE_QUERIES):
        browser.get(address(made[0]))


LIST_QUERIES = (
    10  # session, who I am, two counts of the menu; list, counts, topics, neighbourhoods, saved views, colleagues
)
PAGE_QUERIES = 11
