"""An address that nobody said yes to yet: one question, nothing else; and after the yes nothing was missed."""

import re
from datetime import datetime, timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from stamtafel.announce import actions as news
from stamtafel.channels.actions import account
from stamtafel.channels.adapters.email.letter import texts
from stamtafel.channels.contract import Draft
from stamtafel.channels.models import Delivery
from stamtafel.dossier.actions.decide import answer_alone
from stamtafel.dossier.actions.keys import follow_code
from stamtafel.dossier.actions.life import mark_read
from stamtafel.dossier.actions.submit import confirm_address, confirmation_token
from stamtafel.dossier.models import Contribution, Outcome, StepKind
from stamtafel.inbox.actions.reply import reply
from stamtafel.inbox.jobs import jobs
from stamtafel.inbox.models import Conversation, Message
from stamtafel.ledger.models import Entry
from stamtafel.people import flood
from stamtafel.people.actions.residents import forget_residents
from stamtafel.people.models import Resident
from stamtafel.people.rules import Role
from stamtafel.work.loop import run_once
from stamtafel.work.models import DueState, Pulse
from tests import builders
from tests.parallel import at_once

pytestmark = pytest.mark.django_db
MAIL = "an@voorbeeld.example"
QUESTION = "Wanneer komt de brug af?"
WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
def _town() -> None:
    builders.municipality()
    account("email")


@pytest.fixture
def colleague():
    return builders.staff(Role.ADMINISTRATOR, name="Noor")


def tell(client: Client, text: str = QUESTION, email: str = MAIL, **fields: str) -> Contribution:
    """Send the form, as a visitor does."""
    flood.forget()
    key = re.search(r'name="form_key" value="([^"]*)"', client.get("/zeg-het-ons/").content.decode())
    assert key
    form = {"kind": "question", "text": text, "email": email, "form_key": unescape(key[1]), **fields}
    assert client.post("/zeg-het-ons/", form).status_code == 302
    return Contribution.objects.latest("pk")


def work(now: datetime | None = None) -> None:
    """Two rounds of the worker."""
    for _round in range(2):
        run_once(jobs(), now or timezone.now())
    assert not Pulse.objects.exclude(error="").exists()


def mails() -> list[Delivery]:
    """What goes to the resident, questions aside."""
    return list(Delivery.objects.filter(purpose__in=("notice", "reply")).exclude(state="cancelled").order_by("pk"))


def questions() -> list[Delivery]:
    return list(Delivery.objects.filter(key__startswith="confirm:").exclude(state="cancelled").order_by("pk"))


def as_read(mail: Delivery) -> str:
    return " ".join(texts(Draft.from_data(mail.draft), "http://127.0.0.1:8000")[0].split())


def path_of(mail: Delivery) -> str:
    return str(mail.draft["link"]).removeprefix("http://127.0.0.1:8000")


def answer(one: Contribution, colleague, text: str = "In mei is hij klaar.") -> None:
    one.refresh_from_db()
    mark_read(contribution=one, actor=colleague, now=timezone.now())
    answer_alone(contribution=one, outcome=Outcome.ANSWERED, text=text, actor=colleague, now=timezone.now())


# ── nothing is missed ────────────────────────────────────────────────────────────────────────────
def test_who_confirms_late_gets_the_code_and_the_answer_in_one_mail(client: Client, colleague) -> None:
    one = tell(client)
    work()
    answer(one, colleague)
    work()
    (question,) = questions()
    assert mails() == []
    assert client.post(path_of(question)).status_code == 200
    work()
    (mail,) = mails()
    read = as_read(mail)
    assert mail.draft["subject"] == "Ons antwoord aan u"
    assert follow_code(one) in read
    for words in (
        "Uw e-mailadres is bevestigd",
        QUESTION,
        "Wij kregen uw bijdrage",
        "Wij lazen",
        "In mei is hij klaar.",
    ):
        assert read.count(words) == 1
    assert "U krijgt uiterlijk" not in read
    work()
    assert len(mails()) == 1


def test_one_step_alone_is_told_as_itself(client: Client) -> None:
    one = tell(client)
    work()
    client.post(path_of(questions()[0]))
    work()
    (mail,) = mails()
    assert mail.draft["subject"] == "Wij kregen uw bijdrage"
    assert mail.draft["link"].endswith(f"/volg/{follow_code(one)}/")
    assert "U krijgt uiterlijk" in as_read(mail)


def test_after_that_each_step_is_told_as_it_happens(client: Client, colleague) -> None:
    one = tell(client)
    work()
    client.post(path_of(questions()[0]))
    work()
    answer(one, colleague)
    work()
    assert [mail.draft["subject"] for mail in mails()] == [
        "Wij kregen uw bijdrage", "Wij lazen wat u ons vertelde", "Ons antwoord aan u",
    ]  # fmt: skip


def test_a_reply_from_before_the_yes_comes_with_the_rest(client: Client, colleague) -> None:
    one = tell(client)
    work()
    made = Conversation.objects.get()
    for text in ("Bedoelt u de noordbrug?", "Of de zuidbrug?"):
        reply(conversation=made, text=text, actor=colleague, now=timezone.now())
    work()
    assert mails() == []
    client.post(path_of(questions()[0]))
    work()
    (mail,) = mails()
    assert as_read(mail).index("noordbrug? Noor, Lindewaard") < as_read(mail).index("zuidbrug? Noor, Lindewaard")
    assert mail.draft["subject"] == "Wij schreven u terug"
    assert {message.delivery for message in Message.objects.filter(direction="out")} == {mail}
    reply(conversation=made, text="Dank u.", actor=colleague, now=timezone.now())
    assert [each.purpose for each in mails()] == ["notice", "reply"]
    assert follow_code(one) in as_read(mails()[1])


def test_a_yes_to_the_news_is_a_yes_here_too(client: Client) -> None:
    tell(client)
    work()
    resident = Resident.objects.get()
    news.ask_subscription(email=MAIL, choice=news.Choice("weekly"), language="nl", now=timezone.now())
    news.confirm_subscription(token=news.token(news.Purpose.CONFIRM, resident), now=timezone.now())
    work()
    assert len(mails()) == 1
    assert questions() == []


def test_several_contributions_come_in_one_mail_each_with_its_code(client: Client, colleague) -> None:
    told = [tell(client, f"Vraag {number} over de brug") for number in range(3)]
    work()
    answer(told[1], colleague)
    client.post(path_of(questions()[0]))
    work()
    (mail,) = mails()
    read = as_read(mail)
    for one in told:
        assert f"/volg/{follow_code(one)}/ Uw volgcode is {follow_code(one)}." in read
    assert "Vraag 1 over de brug" in read
    assert "Vraag 0" not in read
    assert read.count("In mei is hij klaar.") == 1


def test_what_was_withdrawn_or_erased_before_the_yes_is_not_told(client: Client) -> None:
    one, other = tell(client, "Eerste vraag hier"), tell(client, "Tweede vraag hier")
    work()
    (question,) = questions()
    client.post(f"/volg/{follow_code(one)}/wissen/")
    client.post(f"/volg/{follow_code(other)}/intrekken/")
    work()
    client.post(path_of(question))
    work()
    assert mails() == []


def test_an_address_that_came_after_the_conversation_gets_the_reply(client: Client, colleague) -> None:
    builders.resident(email=MAIL)
    page = client.get("/zeg-het-ons/").content.decode()
    key = re.search(r'name="form_key" value="([^"]*)"', page)
    assert key
    form = {"kind": "question", "text": QUESTION, "form_key": unescape(key[1])}
    client.post("/zeg-het-ons/", form)
    work()
    client.post("/zeg-het-ons/", {**form, "email": MAIL})
    work()
    reply(conversation=Conversation.objects.get(), text="In mei.", actor=colleague, now=timezone.now())
    assert [mail.purpose for mail in mails()] == ["notice", "reply"]


def test_a_bounced_address_is_not_written_to_after_the_yes(client: Client) -> None:
    tell(client)
    work()
    Resident.objects.update(bounced_at=timezone.now())
    client.post(path_of(questions()[0]))
    work()
    assert mails() == []


def test_many_yeses_and_many_workers_at_once_send_one_mail(transactional_db: None, client: Client, colleague) -> None:
    one = tell(client)
    work()
    answer(one, colleague)
    work()
    token, now = confirmation_token(Resident.objects.get()), timezone.now()
    rounds = [job.run for job in jobs() if job.name in {"inbox.tell_steps", "inbox.tell_what_waited"}]
    given = at_once(
        *[lambda: confirm_address(token=token, now=now).confirmed_at] * 3,
        *[lambda run=run: run(now) for run in rounds * 3],
    )
    assert not [error for error in given if isinstance(error, Exception)]
    at_once(*[lambda run=run: run(now) for run in rounds * 3])
    assert len(mails()) == 1


def test_a_reply_and_a_yes_at_once_give_the_reply_once(transactional_db: None, client: Client, colleague) -> None:
    tell(client)
    work()
    made, token, now = Conversation.objects.get(), confirmation_token(Resident.objects.get()), timezone.now()
    (waited,) = (job.run for job in jobs() if job.name == "inbox.tell_what_waited")
    at_once(
        lambda: confirm_address(token=token, now=now).pk,
        lambda: reply(conversation=made, text="In mei is hij klaar.", actor=colleague, now=now).pk,
        lambda: waited(now),
        lambda: waited(now),
    )
    waited(now)
    assert sum("In mei is hij klaar." in as_read(mail) for mail in mails()) == 1


# ── one question a week ──────────────────────────────────────────────────────────────────────────
def test_eight_contributions_with_one_address_ask_once_and_the_mail_says_so(client: Client) -> None:
    for number in range(8):
        tell(client, f"Bericht {number} over de brug")
    work()
    (question,) = questions()
    assert "hooguit één keer per week" in as_read(question)
    assert "niet opnieuw" not in as_read(question)


def test_the_question_comes_again_after_a_week_and_not_before(client: Client) -> None:
    now = timezone.now()
    for days in (0, 3, 6, 7, 13, 14):
        tell(client, f"Bericht van dag {days}")
        work(now + timedelta(days=days))
    assert len(questions()) == 3


def test_who_erases_and_begins_anew_does_not_ask_again(client: Client) -> None:
    for number in range(3):
        one = tell(client, f"Bericht {number} over de brug")
        work()
        Delivery.objects.filter(state=DueState.WAITING).update(state=DueState.DONE)
        client.post(f"/volg/{follow_code(one)}/wissen/")
        work()
        forget_residents(timezone.now())
        assert not Resident.objects.exists()
    assert Delivery.objects.filter(purpose="confirmation").count() == 1


def test_a_question_that_was_taken_back_before_it_went_out_is_asked_for_the_next(client: Client) -> None:
    one = tell(client)
    work()
    client.post(f"/volg/{follow_code(one)}/wissen/")
    work()
    assert questions() == []
    tell(client, "Toch nog iets over de brug")
    work()
    assert len(questions()) == 1


def test_the_question_stays_where_another_contribution_waits_for_it(client: Client) -> None:
    one = tell(client)
    tell(client, "Toch nog iets over de brug")
    work()
    client.post(f"/volg/{follow_code(one)}/wissen/")
    work()
    (question,) = questions()
    assert question.recipient == MAIL
    client.post(path_of(question))
    work()
    assert len(mails()) == 1


def test_workers_at_once_ask_one_question(transactional_db: None, client: Client) -> None:
    for number in range(4):
        tell(client, f"Bericht {number} over de brug")
    now = timezone.now()
    (steps,) = (job.run for job in jobs() if job.name == "inbox.tell_steps")
    given = at_once(*[lambda: steps(now)] * 4)
    assert not [error for error in given if isinstance(error, Exception)]
    assert len(questions()) == 1


# ── somebody else's words ────────────────────────────────────────────────────────────────────────
def test_a_strangers_words_are_not_mailed_in_our_name(client: Client, colleague) -> None:
    builders.resident(email=MAIL)
    one = tell(client, "Jij bent een vreselijk mens")
    work()
    mark_read(contribution=one, actor=colleague, now=timezone.now())
    work()
    assert [mail.draft["subject"] for mail in mails()] == ["Wij kregen uw bijdrage", "Wij lazen wat u ons vertelde"]
    for mail in mails():
        assert "vreselijk" not in str(mail.draft)
        assert "U vertelde ons iets op" in as_read(mail)
        assert f"/volg/{follow_code(one)}/niet-van-mij/" in as_read(mail)


def test_was_this_not_you_takes_the_address_off_by_a_button(client: Client, colleague) -> None:
    builders.resident(email=MAIL)
    one, other = tell(client), tell(client, "Dit is wel van mij")
    work()
    page = f"/volg/{follow_code(one)}/niet-van-mij/"
    looked = Client(enforce_csrf_checks=True).get(page)
    one.refresh_from_db()
    assert one.author is not None
    assert (looked.status_code, looked["Cache-Control"], looked["Referrer-Policy"]) == (200, "no-store", "no-referrer")
    assert MAIL not in looked.content.decode()
    outside = Client(enforce_csrf_checks=True)
    for _time in range(2):
        done = outside.post(page, headers={"Origin": "null"})
        assert "Uw e-mailadres is weggehaald" in done.content.decode()
    before = len(mails())
    answer(one, colleague)
    answer(other, colleague)
    reply(conversation=one.conversation, text="Dank u.", actor=colleague, now=timezone.now())
    work()
    assert [mail.key for mail in mails()[before:]] == [
        f"step:{step.pk}" for step in other.steps.filter(kind__in=(StepKind.READ, StepKind.ANSWERED))
    ]  # fmt: skip
    one.refresh_from_db()
    assert [one.author_id, one.conversation.resident_id] == [None, None]
    assert [m.text for m in one.conversation.messages.filter(direction="note")] == [
        "De eigenaar van het e-mailadres zegt: dit schreef ik niet. Wij haalden het adres weg en mailen hierover niet meer."
    ]
    assert Entry.objects.filter(kind="contribution.address_off").count() == 1


def test_the_form_can_not_put_the_address_back(client: Client) -> None:
    page = client.get("/zeg-het-ons/").content.decode()
    key = re.search(r'name="form_key" value="([^"]*)"', page)
    assert key
    form = {"kind": "question", "text": QUESTION, "form_key": unescape(key[1]), "email": MAIL}
    client.post("/zeg-het-ons/", form)
    one = Contribution.objects.get()
    client.post(f"/volg/{follow_code(one)}/niet-van-mij/")
    client.post("/zeg-het-ons/", form)
    one.refresh_from_db()
    assert one.author is None


def test_of_who_was_not_it_nothing_is_left(client: Client) -> None:
    one = tell(client)
    work()
    client.post(f"/volg/{follow_code(one)}/niet-van-mij/")
    work()
    forget_residents(timezone.now())
    assert not Resident.objects.exists()
    assert not Delivery.objects.filter(recipient=MAIL).exists()
    assert questions() == []


def test_a_mail_about_several_goes_on_without_the_one_that_was_erased(client: Client) -> None:
    told = [tell(client, f"Vraag {number} over de brug") for number in range(2)]
    work()
    client.post(path_of(questions()[0]))
    work()
    client.post(f"/volg/{follow_code(told[0])}/wissen/")
    work()
    (mail,) = mails()
    assert follow_code(told[1]) in as_read(mail)
    assert follow_code(told[0]) not in as_read(mail)
