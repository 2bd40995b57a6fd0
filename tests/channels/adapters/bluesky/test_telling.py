"""Posts, chains, pictures and cards; answers; and that nothing is there twice."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from stamtafel import outbound
from stamtafel.channels.adapters.bluesky.channel import Bluesky
from stamtafel.channels.contract import (
    Attempt,
    ByHand,
    Draft,
    Form,
    NeedsSignIn,
    OutcomeUnknown,
    Permanent,
    Picture,
    Receipt,
    Rendered,
    Target,
    Temporary,
)
from tests.fakes.bluesky import Bluesky as Fake

JPEG = b"\xff\xd8\xff\xe0 a picture"
PICTURE = Picture(
    url="https://voorbeeld.nl/p.jpg", alt="Een boom", width=4, height=3, data=JPEG, media_type="image/jpeg"
)
LONG = "Een zin van woorden en nog wat. " * 25
CREATE = r"POST /xrpc/com\.atproto\.repo\.createRecord"
UPLOAD = r"POST /xrpc/com\.atproto\.repo\.uploadBlob"
READ = r"GET /xrpc/com\.atproto\.repo\.getRecord"


class Kept:
    """Progress as the core keeps it; ``dies_after`` breaks off once a step was kept, as kill -9 would."""

    def __init__(self, dies_after: str = "") -> None:
        self.steps: dict[str, str] = {}
        self.dies_after = dies_after

    def get(self, step: str) -> str:
        return self.steps.get(step, "")

    def keep(self, step: str, value: str) -> None:
        self.steps[step] = value
        if step == self.dies_after:
            self.dies_after = ""
            raise KeyboardInterrupt


def texts(fake: Fake) -> list[str]:
    return [post.value["text"] for post in fake.posts()]


def shown(channel: Bluesky, **draft: Any) -> Rendered:
    return channel.render(Draft(**{"subject": "Bomen", "body": "Wij planten 24 bomen.", **draft}))


# ── one post ─────────────────────────────────────────────────────────────────────────────────────
def test_a_post_is_out_with_its_language_links_and_card(
    fake: Fake, channel: Bluesky, credentials: Mapping[str, str]
) -> None:
    buurt = fake.join("buurt.test", "De Buurt")
    rendered = shown(
        channel, body="Vraag @buurt.test of @niemand.test. #Bomen 🌳", link="https://voorbeeld.nl/bomen", language="nl"
    )
    receipt = channel.publish(rendered, credentials, "announcement:1")
    post = fake.posts()[0]
    assert receipt == Receipt(post.uri, f"https://bsky.app/profile/{fake.us.did}/post/{post.uri.rpartition('/')[2]}")
    assert post.value["text"] == "Bomen\n\nVraag @buurt.test of @niemand.test. #Bomen 🌳"
    assert post.value["langs"] == ["nl"]
    features = [facet["features"][0] for facet in post.value["facets"]]
    assert features == [
        {"$type": "app.bsky.richtext.facet#mention", "did": buurt.did},
        {"$type": "app.bsky.richtext.facet#tag", "tag": "Bomen"},
    ]
    card = {"uri": "https://voorbeeld.nl/bomen", "title": "Bomen", "description": rendered.link_summary}
    assert post.value["embed"] == {"$type": "app.bsky.embed.external", "external": card}


def test_pictures_go_with_their_words_and_their_shape(
    fake: Fake, channel: Bluesky, credentials: Mapping[str, str]
) -> None:
    plain = replace(PICTURE, width=0, media_type="", alt="Een straat")
    rendered = shown(channel, pictures=(PICTURE, plain), link="https://voorbeeld.nl/bomen")
    channel.publish(rendered, credentials, "k")
    value = fake.posts()[0].value
    first, second = value["embed"]["images"]
    assert (first["alt"], first["aspectRatio"]) == ("Een boom", {"width": 4, "height": 3})
    assert (second["alt"], "aspectRatio" in second) == ("Een straat", False)
    assert fake.blobs[first["image"]["ref"]["$link"]] == (JPEG, "image/jpeg")
    assert value["facets"][0]["features"][0]["uri"] == "https://voorbeeld.nl/bomen"


def test_a_card_may_have_the_picture(fake: Fake, credentials: Mapping[str, str]) -> None:
    channel = Bluesky({"api_url": fake.address, "picture_in_card": True})
    channel.publish(shown(channel, pictures=(PICTURE,), link="https://voorbeeld.nl/b"), credentials, "k")
    assert fake.posts()[0].value["embed"]["external"]["thumb"]["mimeType"] == "image/jpeg"
    channel.publish(shown(channel, pictures=(PICTURE,)), credentials, "zonder link")
    assert fake.posts()[1].value["embed"]["$type"] == "app.bsky.embed.images"


def test_what_does_not_fit_is_refused_before_anything_is_sent(
    fake: Fake, channel: Bluesky, credentials: Mapping[str, str]
) -> None:
    unfit = [
        (shown(channel, body=LONG), "signs too long"),
        (shown(channel, pictures=(PICTURE,) * 5), "at most 4"),
        (shown(channel, pictures=(replace(PICTURE, alt=" "),)), "alt text"),
    ]
    for rendered, words in unfit:
        with pytest.raises(Permanent, match=words):
            channel.publish(rendered, credentials, "k")
    assert fake.calls == []


def test_the_server_says_no(fake: Fake, channel: Bluesky, credentials: Mapping[str, str]) -> None:
    with pytest.raises(Permanent, match="longer than 300 graphemes"):
        channel.publish(Rendered(subject="", text="a" * 301), credentials, "k")
    with pytest.raises(Permanent, match="too large"):
        channel.publish(shown(channel, pictures=(replace(PICTURE, data=b"x" * 2_000_001),)), credentials, "k")
    assert texts(fake) == []


# ── a chain ──────────────────────────────────────────────────────────────────────────────────────
def test_a_long_text_is_a_chain_of_answers(fake: Fake, channel: Bluesky, credentials: Mapping[str, str]) -> None:
    rendered = shown(channel, body=LONG, form=Form.THREAD, pictures=(PICTURE,))
    progress = Kept()
    receipt = channel.publish_in_steps(rendered, credentials, "k", progress)
    posts = fake.posts()
    assert [post.value["text"] for post in posts] == list(rendered.parts)
    assert len(posts) > 2
    assert receipt.remote_id == posts[0].uri
    roots = {post.value["reply"]["root"]["uri"] for post in posts[1:]}
    assert roots == {posts[0].uri}
    assert [post.value["reply"]["parent"]["cid"] for post in posts[1:]] == [post.cid for post in posts[:-1]]
    assert ["embed" in post.value for post in posts] == [True] + [False] * (len(posts) - 1)
    channel.publish_in_steps(rendered, credentials, "k", progress)
    assert fake.posts() == posts


@pytest.mark.parametrize("step", ["moment", "blob:0", "post:0", "post:1", "post:2"])
def test_a_worker_that_is_killed_goes_on_where_it_was(
    fake: Fake, channel: Bluesky, credentials: Mapping[str, str], step: str
) -> None:
    rendered = shown(channel, body=LONG, form=Form.THREAD, pictures=(PICTURE,))
    progress = Kept(dies_after=step)
    with pytest.raises(KeyboardInterrupt):
        channel.publish_in_steps(rendered, credentials, "k", progress)
    receipt = channel.publish_in_steps(rendered, credentials, "k", progress)
    assert texts(fake) == list(rendered.parts)
    assert receipt.remote_id == fake.posts()[0].uri
    uploads = [call for call in fake.calls if call.path.endswith("uploadBlob")]
    assert len(uploads) == 1


# ── never twice ──────────────────────────────────────────────────────────────────────────────────
FAULTS = [
    ("status", {"status": 500}), ("status", {"status": 503, "headers": {"Retry-After": "9"}}), ("status", {"status": 502}),
    ("hang", {"seconds": 0.6}), ("drop", {}), ("lost", {}), ("garbled", {}), ("error", {"status": 500}),
    ("late", {"seconds": 0.6}), ("status", {"status": 429, "body": {"error": "RateLimitExceeded", "message": "x"}}),
]  # fmt: skip


@pytest.mark.parametrize("step", [UPLOAD, CREATE])
@pytest.mark.parametrize(("kind", "how"), FAULTS)
@pytest.mark.parametrize("number", [0, 1])
def test_whatever_goes_wrong_each_post_is_there_once(
    fake: Fake, channel: Bluesky, credentials: Mapping[str, str], monkeypatch: Any,
    step: str, kind: str, how: dict[str, Any], number: int,
) -> None:  # fmt: skip
    monkeypatch.setattr(outbound.call, "__kwdefaults__", {**(outbound.call.__kwdefaults__ or {}), "seconds": 0.3})
    monkeypatch.setattr("stamtafel.channels.adapters.bluesky.client.UPLOAD_SECONDS", 0.3)
    rendered = shown(channel, body=LONG, form=Form.THREAD, pictures=(PICTURE,))
    if number:
        fake.fail("late", on=step, seconds=0)  # lets the first one pass
    fake.fail(kind, on=step, **how)
    progress = Kept()
    for _ in range(4):
        try:
            receipt = channel.publish_in_steps(rendered, credentials, "k", progress)
            break
        except (Temporary, OutcomeUnknown):
            continue
    assert texts(fake) == list(rendered.parts)
    assert receipt.remote_id == fake.posts()[0].uri


def test_a_lost_answer_is_looked_up_at_once(fake: Fake, channel: Bluesky, credentials: Mapping[str, str]) -> None:
    fake.fail("lost", on=CREATE)
    receipt = channel.publish(shown(channel), credentials, "k")
    assert receipt.remote_id == fake.posts()[0].uri


def test_a_second_attempt_under_the_same_key_changes_nothing(
    fake: Fake, channel: Bluesky, credentials: Mapping[str, str]
) -> None:
    first = channel.publish(shown(channel), credentials, "k")
    assert channel.publish(shown(channel), credentials, "k") == first
    assert len(fake.posts()) == 1
    assert channel.publish(shown(channel), credentials, "other") != first


@pytest.mark.parametrize("reading", ["status", "garbled"])
def test_who_can_not_read_either_knows_nothing(
    fake: Fake, channel: Bluesky, credentials: Mapping[str, str], reading: str
) -> None:
    fake.fail("lost", on=CREATE)
    fake.fail(reading, on=READ)
    with pytest.raises(OutcomeUnknown):
        channel.publish(shown(channel), credentials, "k")
    attempt = Attempt(key="k", rendered=shown(channel), since=datetime.now(UTC))
    assert channel.find(attempt, credentials).remote_id == fake.posts()[0].uri


def test_an_answer_that_is_no_record_is_no_proof(fake: Fake, channel: Bluesky, credentials: Mapping[str, str]) -> None:
    fake.fail("lost", on=CREATE)
    fake.fail("error", on=READ, status=200, body={"uri": "x"})
    with pytest.raises(OutcomeUnknown):
        channel.publish(shown(channel), credentials, "k")


def test_what_is_not_out_is_not_found_and_half_a_chain_is_not_out(
    fake: Fake, channel: Bluesky, credentials: Mapping[str, str]
) -> None:
    rendered = shown(channel, body=LONG, form=Form.THREAD)
    progress = Kept(dies_after="post:1")
    with pytest.raises(KeyboardInterrupt):
        channel.publish_in_steps(rendered, credentials, "k", progress)
    attempt = Attempt(key="k", rendered=rendered, since=datetime.now(UTC), reached=progress.steps)
    assert channel.find(attempt, credentials) is None
    receipt = channel.publish_in_steps(rendered, credentials, "k", progress)
    assert channel.find(attempt, credentials) == receipt
    assert channel.find(replace(attempt, reached={}), credentials) is None


def test_a_picture_that_the_server_threw_away_is_sent_again(
    fake: Fake, channel: Bluesky, credentials: Mapping[str, str]
) -> None:
    rendered, progress = shown(channel, pictures=(PICTURE,)), Kept()
    fake.fail("status", on=CREATE, status=503, headers={"Retry-After": "60"})
    with pytest.raises(Temporary) as later:
        channel.publish_in_steps(rendered, credentials, "k", progress)
    assert later.value.retry_after == timedelta(minutes=1)
    fake.blobs.clear()
    with pytest.raises(Temporary, match="BlobNotFound"):
        channel.publish_in_steps(rendered, credentials, "k", progress)
    channel.publish_in_steps(rendered, credentials, "k", progress)
    assert len(fake.posts()) == 1


def test_an_upload_without_a_place_is_made_again(fake: Fake, channel: Bluesky, credentials: Mapping[str, str]) -> None:
    fake.fail("error", on=UPLOAD, status=200, body={})
    with pytest.raises(Temporary, match="where it put the picture"):
        channel.publish(shown(channel, pictures=(PICTURE,)), credentials, "k")
    assert fake.posts() == []


def test_too_many_posts_wait_as_long_as_the_server_wants(
    fake: Fake, channel: Bluesky, credentials: Mapping[str, str]
) -> None:
    reset = str(int((datetime.now(UTC) + timedelta(minutes=30)).timestamp()))
    fake.fail(
        "status",
        on=CREATE,
        status=429,
        body={"error": "RateLimitExceeded", "message": "x"},
        headers={"ratelimit-reset": reset},
    )
    with pytest.raises(Temporary) as later:
        channel.publish(shown(channel), credentials, "k")
    assert timedelta(minutes=29) < (later.value.retry_after or timedelta(0)) <= timedelta(minutes=30)


@pytest.mark.parametrize("name", ["AccountTakedown", "AccountDeactivated", "AuthMissing"])
def test_who_is_shut_out_has_to_sign_in(
    fake: Fake, channel: Bluesky, credentials: Mapping[str, str], name: str
) -> None:
    fake.fail("status", on=CREATE, status=400, body={"error": name, "message": "x"})
    with pytest.raises(NeedsSignIn, match=name):
        channel.publish(shown(channel), credentials, "k")


# ── answers ──────────────────────────────────────────────────────────────────────────────────────
def test_an_answer_stands_under_what_it_answers_once(
    fake: Fake, channel: Bluesky, credentials: Mapping[str, str]
) -> None:
    ours = channel.publish(shown(channel), credentials, "k").remote_id
    anna = fake.join("anna.test", "Anna")
    question = fake.say(anna, "Wanneer?", under=ours)
    to = Target(remote_id=question, thread=ours)
    answer = shown(channel, subject="", body="Morgen.", pictures=(PICTURE,))
    fake.fail("lost", on=CREATE)
    receipt = channel.reply(to, answer, credentials, "reply:1")
    assert channel.reply(to, answer, credentials, "reply:1") == receipt
    post = fake.records[receipt.remote_id]
    assert (post.value["reply"]["root"]["uri"], post.value["reply"]["parent"]["uri"]) == (ours, question)
    assert post.value["embed"]["images"][0]["alt"] == "Een boom"
    assert texts(fake).count("Morgen.") == 1
    attempt = Attempt(key="reply:1", rendered=answer, since=datetime.now(UTC), to=to)
    assert channel.find(attempt, credentials) == receipt
    assert channel.find(replace(attempt, key="reply:2"), credentials) is None
    assert channel.reply(to, answer, credentials, "reply:2") != receipt


def test_an_answer_to_a_mention_has_the_mention_as_root(
    fake: Fake, channel: Bluesky, credentials: Mapping[str, str]
) -> None:
    said = fake.mention(fake.join("anna.test", "Anna"), "Hoi @gemeente.test!")
    receipt = channel.reply(Target(remote_id=said), shown(channel, subject="", body="Dag."), credentials, "r")
    value = fake.records[receipt.remote_id].value
    assert value["reply"]["root"] == value["reply"]["parent"] == {"uri": said, "cid": fake.records[said].cid}


def test_who_can_not_be_answered(fake: Fake, channel: Bluesky, credentials: Mapping[str, str]) -> None:
    anna = fake.join("anna.test", "Anna")
    said = fake.mention(anna, "Hoi @gemeente.test!")
    anna.quiet = True
    with pytest.raises(ByHand) as refused:
        channel.reply(Target(remote_id=said), shown(channel), credentials, "r")
    assert refused.value.url == f"https://bsky.app/profile/{anna.did}/post/{said.rpartition('/')[2]}"
    fake.remove(said)
    with pytest.raises(Permanent, match="no longer there"):
        channel.reply(Target(remote_id=said), shown(channel), credentials, "r")
    with pytest.raises(Permanent, match="too long"):
        channel.reply(Target(remote_id=said), shown(channel, body=LONG), credentials, "r")


def test_the_window_is_open_save_for_private_talks(channel: Bluesky) -> None:
    now = datetime.now(UTC)
    assert channel.window(Target(remote_id="at://x"), now).text == 300
    assert channel.window(Target(remote_id="at://x"), now).closed == ""
    assert (
        channel.window(Target(remote_id="at://x", private=True, url="https://bsky.app/m"), now).by_hand
        == "https://bsky.app/m"
    )
    assert channel.window(Target(remote_id="at://x", private=True), now).closed


# ── hide, take away, figures ─────────────────────────────────────────────────────────────────────
def test_hiding_and_showing_leave_the_other_rules_alone(
    fake: Fake, channel: Bluesky, credentials: Mapping[str, str]
) -> None:
    ours = channel.publish(shown(channel), credentials, "k").remote_id
    anna = fake.join("anna.test", "Anna")
    rude, kind = fake.say(anna, "Lelijk", under=ours), fake.say(anna, "Mooi", under=ours)
    one, other = Target(remote_id=rude, thread=ours), Target(remote_id=kind, about=ours)
    channel.hide(one, credentials, hidden=True)
    channel.hide(one, credentials, hidden=True)
    channel.hide(other, credentials, hidden=True)
    gate = fake.records[ours.replace("feed.post", "feed.threadgate")]
    gate.value["allow"] = []
    assert fake.hidden(ours) == [rude, kind]
    channel.hide(one, credentials, hidden=False)
    channel.hide(one, credentials, hidden=False)
    assert fake.hidden(ours) == [kind]
    gate = fake.records[ours.replace("feed.post", "feed.threadgate")]
    assert (gate.value["allow"], gate.value["post"]) == ([], ours)
    gate.value["hiddenReplies"] = [f"at://{anna.did}/app.bsky.feed.post/{number}" for number in range(300)]
    with pytest.raises(Permanent, match="at most 300"):
        channel.hide(one, credentials, hidden=True)
    fake.remove(rude)
    channel.hide(Target(remote_id=rude, thread=ours), credentials, hidden=False)


def test_somebody_elses_thread_can_only_be_hidden_in_by_them(
    fake: Fake, channel: Bluesky, credentials: Mapping[str, str]
) -> None:
    said = fake.mention(fake.join("anna.test", "Anna"), "Hoi @gemeente.test!")
    with pytest.raises(ByHand) as refused:
        channel.hide(Target(remote_id=said, thread=said), credentials, hidden=True)
    assert refused.value.url.endswith(said.rpartition("/")[2])


def test_a_gate_that_changed_meanwhile_is_tried_again(
    fake: Fake, channel: Bluesky, credentials: Mapping[str, str]
) -> None:
    ours = channel.publish(shown(channel), credentials, "k").remote_id
    fake.fail(
        "status",
        on=r"POST /xrpc/com\.atproto\.repo\.putRecord",
        status=400,
        body={"error": "InvalidSwap", "message": "x"},
    )
    with pytest.raises(Temporary, match="InvalidSwap"):
        channel.hide(Target(remote_id="at://did:plc:x/app.bsky.feed.post/y", thread=ours), credentials, hidden=True)


def test_taking_back_takes_the_whole_chain_and_nothing_else(
    fake: Fake, channel: Bluesky, credentials: Mapping[str, str]
) -> None:
    rendered = shown(channel, body=LONG, form=Form.THREAD)
    receipt = channel.publish_in_steps(rendered, credentials, "k", Kept())
    other = channel.publish(shown(channel), credentials, "other")
    fake.say(fake.join("anna.test", "Anna"), "Jammer", under=receipt.remote_id)
    channel.retract(receipt.remote_id, credentials)
    channel.retract(receipt.remote_id, credentials)
    assert [post.uri for post in fake.posts()] == [other.remote_id]
    channel.retract(f"at://{fake.us.did}/app.bsky.feed.post/geen-tid", credentials)


def test_figures_are_those_that_the_index_knows(fake: Fake, channel: Bluesky, credentials: Mapping[str, str]) -> None:
    ours = channel.publish(shown(channel), credentials, "k").remote_id
    anna = fake.join("anna.test", "Anna")
    fake.say(anna, "Mooi", under=ours)
    fake.quote(anna, "Kijk", ours)
    fake.likes[ours] = 7
    assert {metric.name: metric.value for metric in channel.measure(ours, credentials)} == {
        "reactions": 7,
        "replies": 1,
        "shares": 1,
    }
    assert channel.measure("at://did:plc:x/app.bsky.feed.post/y", credentials) == []
    assert [(one.name, one.value) for one in channel.measure_account(credentials)] == [("followers", 12)]
