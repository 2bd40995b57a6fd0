"""Near doubles are shown to whoever reads."""

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamtafel.dossier.rules.similarity import Near, nearest, signature, similarity

LETTER = (
    "De speeltuin aan de Lindelaan is al maanden kapot. De schommel hangt los en in het zand ligt glas. "
    "Mijn kinderen kunnen er niet meer spelen. Kunt u de speeltuin laten maken voor de zomer begint? "
    "Andere ouders uit de buurt willen graag helpen met opruimen en verven."
)
OTHER = (
    "Op het kruispunt bij de school rijden auto's veel te hard. Een drempel of een zebrapad zou helpen, "
    "zodat kinderen op de fiets veilig naar school kunnen."
)


def overlap(a: str, b: str) -> float:
    return similarity(signature(a), signature(b))


def test_equal_texts_are_equal_whatever_case_accents_and_marks() -> None:
    assert overlap(LETTER, LETTER) == 1.0
    assert overlap(LETTER, LETTER.upper().replace(".", " !!\n")) == 1.0
    assert overlap("Een idee: café’s", "een IDEE, cafe's") == 1.0


def test_a_copy_with_a_line_added_is_near() -> None:
    assert overlap(LETTER, f"Beste gemeente, {LETTER} Alvast bedankt, een moeder") > 0.7
    assert overlap(LETTER, LETTER.replace("maanden", "weken").replace("zomer", "vakantie")) > 0.75


def test_another_text_is_far() -> None:
    assert overlap(LETTER, OTHER) < 0.3


def test_the_estimate_is_close_to_the_true_overlap() -> None:
    chance = random.Random(4)
    words = (LETTER + OTHER).split()
    for _ in range(60):
        own, other = (" ".join(chance.choices(words, k=45)) for _ in range(2))
        mixed = own[: chance.randrange(len(own))] + other
        one, two = pieces(own), pieces(mixed)
        assert overlap(own, mixed) == pytest.approx(len(one & two) / len(one | two), abs=0.15)


def pieces(text: str) -> set[str]:
    kept = "".join(char if char.isalnum() else " " for char in text.lower())
    line = f" {' '.join(kept.split())} "
    return {line[at : at + 4] for at in range(len(line) - 3)}


def test_a_signature_never_changes() -> None:
    """Signatures are stored: another way of making them needs all to be made anew."""
    assert signature("Een bankje in het park")[:32] == "00000000000028000000720000001700"
    assert len(signature(LETTER)) == 256


@pytest.mark.parametrize("text", ["", " \n", "!?…", "🙂"])
def test_a_text_without_words_is_like_nothing(text: str) -> None:
    assert signature(text) == ""
    assert overlap(text, text) == 0.0
    assert nearest(text, [("one", signature(LETTER)), ("two", "")]) == []


def test_short_texts_work() -> None:
    assert overlap("ja", "Ja!") == 1.0
    assert overlap("a", "b") == 0.0
    assert overlap("ja", "nee") == 0.0


def test_nearest_come_first_and_no_more_than_asked() -> None:
    texts = {
        "same": LETTER,
        "longer": f"{LETTER} Met vriendelijke groet, namens alle ouders van de straat",
        "other": OTHER,
        "half": LETTER[:130],
        "empty": "",
    }
    candidates = [(name, signature(text)) for name, text in texts.items()]
    found = nearest(LETTER, candidates)
    assert [near.id for near in found] == ["same", "longer"]
    assert found[0] == Near("same", 1.0)
    assert nearest(LETTER, candidates, limit=1) == found[:1]
    assert [near.id for near in nearest(LETTER, candidates, threshold=0.0)] == [
        "same",
        "longer",
        "half",
        "other",
    ]
    assert nearest(LETTER, candidates, threshold=1.01) == []
    assert nearest(LETTER, iter([])) == []


def test_equally_near_keep_their_order() -> None:
    same = signature(LETTER)
    assert [near.id for near in nearest(LETTER, [(9, same), (1, same), (5, same)])] == [9, 1, 5]


def test_a_broken_signature_is_refused() -> None:
    with pytest.raises(ValueError, match="256 digits"):
        similarity("abc", signature(LETTER))
    with pytest.raises(ValueError, match="invalid literal"):
        similarity("x" * 256, signature(LETTER))


TEXTS = st.text(string.ascii_letters + " éï.", max_size=200)


@given(TEXTS, TEXTS)
def test_overlap_is_a_share_and_goes_both_ways(one: str, other: str) -> None:
    assert 0.0 <= overlap(one, other) <= 1.0
    assert overlap(one, other) == overlap(other, one)
    assert overlap(one, one) == (1.0 if signature(one) else 0.0)
