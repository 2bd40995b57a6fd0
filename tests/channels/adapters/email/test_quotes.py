"""Only the new words of a mail are shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamtafel.channels.adapters.email.quotes import LONGEST, new_words

ANSWERS = [
    "Op ma 23 nov. 2026 om 10:00 schreef Gemeente Lindewaard <noreply@lindewaard.example>:\n\n> Dag,\n>\n> Wij kijken.",
    "Op ma 23 nov. 2026 om 10:00 schreef Gemeente Lindewaard\n<noreply@lindewaard.example>:\n\n> Dag,",
    "Op 23 november 2026 10:00 schreef Gemeente Lindewaard\n<reacties+12.abcdefghijklmnopqrstuvwx@lindewaard.example>\n:\n\nDag,\nWij kijken.",
    "On Mon, 23 Nov 2026 at 10:00, Gemeente Lindewaard <noreply@lindewaard.example> wrote:\n> Dag,",
    "On Mon, Nov 23, 2026 at 10:00 AM Gemeente Lindewaard <\nnoreply@lindewaard.example> wrote:\n\n> Dag,",
    "Gemeente Lindewaard <noreply@lindewaard.example> schreef op ma 23 nov. 2026:\n> Dag,",
    "Van: Gemeente Lindewaard <noreply@lindewaard.example>\nVerzonden: maandag 23 november 2026 10:00\nAan: fatima@voorbeeld.example\nOnderwerp: Re: Water\n\nDag,\nWij kijken.",
    "*Van:* Gemeente\n*Verzonden:* maandag\n*Aan:* Fatima\n\nDag,",
    "From: Gemeente\nSent: Monday, November 23, 2026 10:00 AM\nTo: Fatima\nSubject: Re: Water\n\nDag,",
    "________________________________\nVan: Gemeente <noreply@lindewaard.example>\nVerzonden: maandag\n\nDag,",
    "-----Oorspronkelijk bericht-----\nVan: Gemeente\nDatum: 23 november\n\nDag,",
    "---------- Forwarded message ---------\nVan: Gemeente\nDate: 23 november\n\nDag,",
    "> Dag,\n>\n> Wij kijken.",
    "-- \nFatima Yilmaz\nVoorbeeldstraat 1",
    "--\nFatima Yilmaz",
    "Verstuurd vanaf mijn iPhone",
    "Outlook voor Android downloaden<https://aka.ms/AAb9ysg>",
    "Sent from my Samsung Galaxy smartphone.",
]


@pytest.mark.parametrize("folded", ANSWERS)
def test_what_programs_add_is_folded_away(folded: str) -> None:
    assert new_words(f"Het is nu droog.\n\nDank u wel!\n\n{folded}\n") == "Het is nu droog.\n\nDank u wel!"


@pytest.mark.parametrize(
    "words",
    [
        "Op 3 maart schreef u mij:\nhet komt goed. Dat klopt niet.",  # a person says so, no program
        "Van: de bushalte\nis niets meer over.",
        "Mijn vraag\n--\nstaat hieronder:\n1\n2\n3\n4\n5\n6\n7\n8\n9",
        "Ik woon hier. -- Fatima",
        "Op de Dorpsstraat is het donker.\nDe lamp is stuk.\nAl een week.",
        "Verstuurd vanaf mijn iPhone is geen excuus voor wat ik schreef, en dat is ook niet wat ik hier bedoel te zeggen.",
        "________________________________\nDe lijn hierboven is van mij.",
    ],
)
def test_what_a_person_wrote_stays(words: str) -> None:
    assert new_words(words) == words


def test_answers_between_the_quoted_lines_stay_in_their_order() -> None:
    text = "> Komt u ook?\n\nJa.\n\n> Hoe laat?\n> En waar?\n\nOm acht uur.\n"
    assert new_words(text) == "Ja.\n\n[…]\nOm acht uur."


def test_answers_under_the_quoted_mail_stay() -> None:
    assert new_words("Op 23-11-2026 om 10:00 schreef Gemeente:\n> Dag,\n> tot morgen\n\nTot morgen!") == "Tot morgen!"


def test_a_mail_that_only_quotes_is_shown_whole() -> None:
    assert new_words("> Dag,\n> Wij kijken.") == "> Dag,\n> Wij kijken."


def test_a_very_long_mail_is_shown_up_to_a_length() -> None:
    assert len(new_words("lang " * LONGEST)) <= LONGEST
    assert new_words("lang " * LONGEST).endswith("…")


@given(st.text(alphabet=st.sampled_from("ab >-:\n_@<.") | st.characters(), max_size=400))
def test_any_text_gives_words_and_never_more_than_there_were(text: str) -> None:
    found = new_words(text)
    assert bool(found) == bool(text.strip())
    assert len(found) <= max(len(text), LONGEST)
    assert all(word in text.split() or word == "[…]" for word in found.split())
