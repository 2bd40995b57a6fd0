"""Few calls, and every post has its turn."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from stamtafel.channels.adapters.meta.rounds import NEWEST, OVERLAP, Round

START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
POSTS = [str(number) for number in range(20)]


@given(st.integers(0, 20))
def test_every_post_has_its_turn_and_no_moment_is_left_out(many: int) -> None:
    asking, recent = Round(START), POSTS[:many]
    covered = dict.fromkeys(recent, START)
    for minute in range(1, 41):
        now = START + timedelta(minutes=minute)
        turns = asking.turns(recent)
        assert len(turns) == min(many, NEWEST + 1)
        for post, since in turns.items():
            assert since <= covered[post]
            covered[post] = now
        asking = Round.of(asking.after(now, recent).cursor())
        assert asking.since == now - OVERLAP
    assert all(START + timedelta(minutes=40) - at < timedelta(minutes=18) for at in covered.values())


def test_a_new_post_is_asked_at_once_and_an_old_one_forgotten() -> None:
    asking = Round(START).after(START, POSTS[:5])
    assert "new" in asking.turns(["new", *POSTS[:4]])
    assert set(asking.after(START, ["new", "0"]).posts) == {"new", "0"}
