"""What residents read in their mail."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from stamtafel.channels.adapters.email.letter import texts
from stamtafel.dossier.actions.keys import follow_code
from stamtafel.dossier.models import Step, StepKind
from stamtafel.inbox import mail
from stamtafel.inbox.models import Message
from tests import builders

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))


@pytest.fixture(autouse=True)
def _lindewaard() -> None:
    builders.municipality()


def contribution(**fields):
    return builders.contribution(
        "Een bankje bij de bushalte", **{"created_at": NOW, "kind": "question", "author": builders.resident(), **fields}
    )


def as_read(draft) -> str:
    return texts(draft, "https://lindewaard.example")[0]


def test_a_notice_says_what_happened_when_an_answer_comes_and_how_to_go_on() -> None:
    one = contribution(topic=builders.topic("Busvervoer"))
    draft = mail.about_step(Step.objects.create(contribution=one, kind=StepKind.READ, at=NOW))
    code = follow_code(one)
    assert draft.subject == "Wij lazen wat u ons vertelde"
    assert as_read(draft) == (
        "U vertelde ons iets over “Busvervoer” op 23 november 2026.\n\n"
        "Een collega van ons heeft het gelezen.\n\n"
        "U krijgt uiterlijk 30 november 2026 antwoord.\n\n"
        f"Kijk hoe het ervoor staat: {draft.link}\n\n"
        f"-- \nUw volgcode is {code}. Daarmee kunt u uw bijdrage aanvullen,\nveranderen of intrekken.\n\n"
        f"Was u dit niet? Haal dan uw e-mailadres hier weg:\n{draft.link}niet-van-mij/\n"
    )
    assert draft.link.endswith(f"/volg/{code}/")


def test_a_reply_is_the_colleagues_own_words_with_their_name() -> None:
    one = contribution()
    noor = builders.staff(name="Noor")
    draft = mail.reply_to(one, Message(text="Dag,\n\nDonderdag komt **Bas** kijken.", by=noor))
    assert draft.subject == "Re: Een bankje bij de bushalte"
    assert as_read(draft).startswith(
        "Dag,\n\nDonderdag komt Bas kijken.\n\nNoor, Lindewaard\n\nVerder lezen of terugschrijven: "
    )


@pytest.mark.parametrize("kind", StepKind.values)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_step_has_its_own_words_in_both_languages(kind: str, language: str) -> None:
    one = contribution(language=language)
    draft = mail.about_step(Step.objects.create(contribution=one, kind=kind, at=NOW, text="Dit schreven wij erbij."))
    told = {"nl": ("U vertelde ons iets", "U schreef"), "en": ("You told us something", "You wrote")}[language]
    ours = (told[kind in mail.TAKEN_UP], {"nl": "Uw volgcode", "en": "Your follow code"}[language])
    text = as_read(draft)
    assert all(words in text for words in (*ours, "Dit schreven wij erbij."))
    assert not draft.subject.startswith(("Nieuws", "News"))
    assert draft.language == language


def test_nothing_a_resident_typed_becomes_a_link_or_a_heading() -> None:
    one = contribution(title="# [klik](https://evil.example) <b>*nu*</b>")
    draft = mail.about_step(Step.objects.create(contribution=one, kind=StepKind.ANSWERED, at=NOW))
    text, html = texts(draft, "https://lindewaard.example")
    assert "U schreef: “# [klik](https://evil.example) <b>*nu*</b>”" in text
    assert 'href="https://evil.example' not in html
    assert "<b>" not in html.split("U schreef")[1].split("</p>")[0]


def test_an_address_that_nobody_confirmed_never_gets_the_follow_code() -> None:
    one = contribution(author=builders.resident(confirmed_at=None))
    draft = mail.confirmation(one, link="https://lindewaard.example/ja")
    assert follow_code(one) not in as_read(draft)
    assert "Was u dat niet? Dan hoeft u niets te doen." in as_read(draft)


def test_a_hidden_text_comes_with_the_reason_and_how_to_object() -> None:
    one = contribution()
    step = Step.objects.create(contribution=one, kind=StepKind.HIDDEN, at=NOW, text="Er stond een huisnummer in.")
    text = as_read(mail.about_step(step))
    assert text.index("Dit is waarom:") < text.index("Er stond een huisnummer in.") < text.index("Maak dan bezwaar")
