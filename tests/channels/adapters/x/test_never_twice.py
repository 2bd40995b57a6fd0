"""Whatever goes wrong at whatever step: never twice, never lost."""

from datetime import timedelta

import pytest

from stamtafel.channels.adapters.x import sending
from stamtafel.channels.adapters.x.channel import X
from stamtafel.channels.adapters.x.sending import InMemory
from stamtafel.channels.contract import (
    Attempt,
    ChannelError,
    Draft,
    Form,
    OutcomeUnknown,
    Permanent,
    Rendered,
    Target,
    Temporary,
)
from tests.channels.adapters.x.conftest import rendered
from tests.fakes.x import X as FakeX

STEPS = ["POST /2/media/upload", "POST /2/media/metadata", "POST /2/tweets"]
FAULTS = [
    ("status", {"status": 500}), ("status", {"status": 503}), ("status", {"status": 429}), ("drop", {}), ("lost", {}),
    ("garbled", {}), ("error", {"status": 500}), ("error", {"status": 504}), ("hang", {"seconds": 3.0}),
]  # fmt: skip
TEXT = "\n\n".join(
    f"Alinea {n}: op het plein, https://gemeente.nl/plein & in de straat komt {n * 'heel '}veel groen, samen met de buren die dat willen."
    for n in range(1, 9)
)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    from stamtafel import outbound

    call = outbound.call
    monkeypatch.setattr(outbound, "call", lambda *args, **more: call(*args, **{"seconds": 0.6, **more}))


def until_it_is_out(channel: X, post: Rendered, access: dict[str, str]) -> tuple[str, int]:
    """As the core does: kept steps, look up what is unknown, and again; how often it was unknown."""
    kept, unknown = InMemory(), 0
    since = channel.clock()
    for _ in range(12):
        try:
            return channel.publish_in_steps(post, access, "key", kept).remote_id, unknown
        except OutcomeUnknown:
            unknown += 1
            found = channel.find(Attempt(key="key", rendered=post, since=since, reached=dict(kept)), access)
            if found is not None:
                return found.remote_id, unknown
        except Temporary:
            pass
    raise AssertionError("it never went out")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(("kind", "how"), FAULTS)
def test_a_post_with_a_picture_is_out_once(
    channel: X, network: FakeX, access: dict[str, str], step: str, kind: str, how: dict[str, int]
) -> None:
    post = rendered(channel, "Het plein wordt groen. Zie https://gemeente.nl/plein", pictures=1)
    network.fail(kind, on=step, **how)
    first, unknown = until_it_is_out(channel, post, access)
    assert network.texts() == [post.text]
    assert network.posts[first]["plain"] == post.text
    assert network.posts[first]["attachments"]
    if step != "POST /2/tweets":
        assert unknown == 0  # nothing that nobody sees may leave a doubt


@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize(("kind", "how"), FAULTS)
def test_a_chain_is_out_once_and_whole(
    channel: X, network: FakeX, access: dict[str, str], number: int, kind: str, how: dict[str, int]
) -> None:
    thread = channel.render(Draft(subject="", body=TEXT, form=Form.THREAD))
    assert len(thread.parts) > 3
    for _ in range(number):
        network.fail("late", on="POST /2/tweets", seconds=0.0)  # lets this one pass
    network.fail(kind, on="POST /2/tweets", **how)
    first, _unknown = until_it_is_out(channel, thread, access)
    assert network.texts() == list(thread.parts)
    assert first == next(iter(network.posts))


def test_killed_between_the_call_and_keeping_it_posts_once(channel: X, network: FakeX, access: dict[str, str]) -> None:
    class Killed(InMemory):
        def keep(self, step: str, value: str) -> None:
            if step.startswith("post:"):
                raise KeyboardInterrupt
            super().keep(step, value)

    post, kept = rendered(channel), Killed()
    with pytest.raises(KeyboardInterrupt):
        channel.publish_in_steps(post, access, "key", kept)
    receipt = channel.publish_in_steps(post, access, "key", InMemory(kept))
    assert network.texts() == [post.text]
    assert receipt.remote_id == next(iter(network.posts))


def test_out_but_in_no_list_yet_stays_in_doubt_and_is_not_doubled(
    channel: X, network: FakeX, access: dict[str, str]
) -> None:
    post, kept = rendered(channel), InMemory()
    network.fail("lost", on="POST /2/tweets")
    with pytest.raises(OutcomeUnknown):
        channel.publish_in_steps(post, access, "key", kept)
    network.lag = set(network.posts)
    assert channel.find(Attempt(key="key", rendered=post, since=channel.clock(), reached=dict(kept)), access) is None
    with pytest.raises(OutcomeUnknown, match="duplicate content"):  # somebody said "again": X has it already
        channel.publish_in_steps(post, access, "key", kept)
    network.lag = set()
    found = channel.find(Attempt(key="key", rendered=post, since=channel.clock(), reached=dict(kept)), access)
    assert found is not None
    assert network.texts() == [post.text]


def test_a_doubt_stays_a_doubt_when_x_is_busy_the_second_time(
    channel: X, network: FakeX, access: dict[str, str]
) -> None:
    post, kept = rendered(channel), InMemory()
    network.fail("lost", on="POST /2/tweets")
    with pytest.raises(OutcomeUnknown):
        channel.publish_in_steps(post, access, "key", kept)
    network.lag = set(network.posts)
    network.fail("status", on="POST /2/tweets", status=429)
    with pytest.raises(Temporary):
        channel.publish_in_steps(post, access, "key", kept)
    assert kept["tried:0"]
    network.lag = set()
    channel.publish_in_steps(post, access, "key", kept)
    assert network.texts() == [post.text]


def test_the_same_text_on_purpose_is_refused_by_x_and_said(channel: X, network: FakeX, access: dict[str, str]) -> None:
    channel.publish(rendered(channel), access, "one")
    kept = InMemory()
    with pytest.raises(Permanent, match="duplicate content"):
        channel.publish_in_steps(rendered(channel), access, "two", kept)
    assert kept["tried:0"] == ""


def test_a_chain_of_which_a_part_is_missing_is_not_called_found(
    channel: X, network: FakeX, access: dict[str, str]
) -> None:
    thread = channel.render(Draft(subject="", body=TEXT, form=Form.THREAD))
    kept, since = InMemory(), channel.clock()
    network.fail("late", on="POST /2/tweets", seconds=0.0)
    network.fail("lost", on="POST /2/tweets")
    with pytest.raises(OutcomeUnknown):
        channel.publish_in_steps(thread, access, "key", kept)
    assert len(network.posts) == 2
    assert channel.find(Attempt(key="key", rendered=thread, since=since, reached=dict(kept)), access) is None
    channel.publish_in_steps(thread, access, "key", kept)
    assert network.texts() == list(thread.parts)


def test_an_older_post_with_the_same_words_is_not_taken_for_it(
    channel: X, network: FakeX, access: dict[str, str]
) -> None:
    network.say("Het plein wordt groen.", by="gemeente")
    later = channel.clock() + timedelta(days=1)
    attempt = Attempt(key="key", rendered=rendered(channel), since=later)
    assert channel.find(attempt, access) is None


def test_an_answer_is_looked_up_under_what_it_answers(channel: X, network: FakeX, access: dict[str, str]) -> None:
    said = network.say("@gemeente wanneer komt het groen?")
    other = network.say("@gemeente en bij ons?")
    to = Target(remote_id=said["id"], author_id=said["author_id"])
    answer, since = rendered(channel, "In april, zie gemeente.nl"), channel.clock()
    network.fail("lost", on="POST /2/tweets")
    with pytest.raises(OutcomeUnknown):
        channel.reply(to, answer, access, "key")
    found = channel.find(Attempt(key="key", rendered=answer, since=since, to=to), access)
    assert found is not None
    assert network.posts[found.remote_id]["referenced_posts"][0]["id"] == said["id"]
    assert (
        channel.find(Attempt(key="key", rendered=answer, since=since, to=Target(remote_id=other["id"])), access) is None
    )


def test_an_answer_sent_again_by_a_colleague_is_the_one_that_is_there(
    channel: X, network: FakeX, access: dict[str, str]
) -> None:
    to = Target(remote_id=network.say("@gemeente wanneer?")["id"])
    other = Target(remote_id=network.say("@gemeente en waar?")["id"])
    network.fail("lost", on="POST /2/tweets")
    with pytest.raises(OutcomeUnknown):
        channel.reply(to, rendered(channel, "In april."), access, "key")
    receipt = channel.reply(to, rendered(channel, "In april."), access, "key")
    assert network.texts() == ["In april."]
    assert receipt.remote_id in network.posts
    with pytest.raises(Permanent, match="duplicate"):
        channel.reply(other, rendered(channel, "In april."), access, "key")


def test_a_private_answer_is_looked_up_in_its_talk(channel: X, network: FakeX, access: dict[str, str]) -> None:
    said = network.write("Mag ik u iets vragen?")
    to = Target(remote_id=said["id"], thread=said["dm_conversation_id"], author_id=said["sender_id"], private=True)
    answer, since = rendered(channel, "Natuurlijk & graag."), channel.clock()
    attempt = Attempt(key="key", rendered=answer, since=since, to=to)
    assert channel.find(attempt, access) is None
    network.fail("garbled", on="POST /2/dm_conversations/.*")
    with pytest.raises(OutcomeUnknown):
        channel.reply(to, answer, access, "key")
    found = channel.find(attempt, access)
    assert found is not None
    assert found.remote_id == network.messages[-1]["id"]
    assert len(network.messages) == 2


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ("Zie gemeente.nl/plein!", {"text": "Zie https://t.co/1!", "entities": {"urls": [{"url": "https://t.co/1", "expanded_url": "http://gemeente.nl/plein"}]}}, True),
        ("Ja & nee <b>", {"text": "Ja &amp; nee &lt;b&gt;"}, True),
        ("Dank u wel.", {"text": "@fatima @jan Dank u wel."}, True),
        ("Met foto", {"text": "Met foto https://t.co/2", "entities": {"urls": [{"url": "https://t.co/2", "expanded_url": "https://x.com/g/status/1/photo/1"}]}}, True),
        ("Lang", {"text": "La…", "note_tweet": {"text": "Lang"}, "note_post": {"text": "Lang"}}, True),
        ("Ja", {"text": "Nee"}, False),
        ("@jan ja", {"text": "@jan nee"}, False),
    ],
)  # fmt: skip
def test_what_x_makes_of_a_text_is_known_again(ours: str, theirs: dict[str, object], same: bool) -> None:
    assert sending.same(ours, theirs) is same


def test_nothing_goes_out_twice_when_faults_follow_each_other(
    channel: X, network: FakeX, access: dict[str, str]
) -> None:
    thread = channel.render(Draft(subject="", body=TEXT, form=Form.THREAD))
    for kind in ("lost", "drop", "garbled", "status"):
        network.fail(kind, on="POST /2/tweets")
    network.fail("status", on="GET .*/tweets", status=503, times=2)
    kept, since = InMemory(), channel.clock()
    for _ in range(20):
        try:
            channel.publish_in_steps(thread, access, "key", kept)
            break
        except ChannelError:
            assert len(network.texts()) == len(set(network.texts()))
    assert network.texts() == list(thread.parts)
    assert since <= channel.clock()
