"""The same thing in other words."""

from hypothesis import given
from hypothesis import strategies as st

from stamtafel.dossier.rules.doubles import alike

WORDS = ["bad", "boom", "bus", "halte", "park", "plein", "school", "zwemmen"]
TERMS = st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)


def test_rare_words_tell_and_common_ones_do_not() -> None:
    others = [(1, "graanloods markt hal"), (2, "gemeente markt stoep"), (3, "gemeente bus"), (4, "gemeente afval")]
    found = alike("graanloods gemeente hal lift", others, threshold=0.2)
    assert [(one.id, one.shared) for one in found] == [(1, ("graanloods", "hal"))]


def test_nothing_is_like_nothing() -> None:
    assert alike("", [(1, "bad")]) == alike("bad", []) == alike("bad", [(1, "")]) == []


@given(TERMS, st.lists(TERMS, max_size=12))
def test_scores_are_in_order_and_between_none_and_whole(own: str, others: list[str]) -> None:
    found = alike(own, list(enumerate(others)), threshold=0.0)
    scores = [one.score for one in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 + 1e-9 for score in scores)
    assert all(set(one.shared) <= set(own.split()) & set(others[one.id].split()) for one in found)
    assert len(found) <= 5
