"""Answering, hiding, changing, taking back and counting on X."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from stamtafel.channels.adapters.x.channel import X, intent
from stamtafel.channels.contract import ByHand, Draft, Form, NeedsSignIn, OutcomeUnknown, Permanent, Target, Temporary
from tests.channels.adapters.x.conftest import later, picture, rendered
from tests.fakes.x import X as FakeX


def to(said: dict[str, object], sort: str = "comment") -> Target:
    return Target(remote_id=str(said["id"]), author_id=str(said.get("author_id", "")), sort=sort)


def test_who_called_us_gets_an_answer(channel: X, network: FakeX, access: dict[str, str]) -> None:
    said = network.say("@gemeente wanneer komt het groen?")
    receipt = channel.reply(to(said, "mention"), rendered(channel, "In april.", pictures=1), access, "key")
    answer = network.posts[receipt.remote_id]
    assert answer["plain"] == "In april."
    assert answer["referenced_posts"] == [{"type": "replied_to", "id": said["id"]}]
    assert answer["attachments"]


def test_who_did_not_call_us_is_answered_by_hand_with_the_words_filled_in(
    channel: X, network: FakeX, access: dict[str, str]
) -> None:
    post = channel.publish(rendered(channel), access, "key")
    said = network.comment(post.remote_id, "Mooi! Ook in de Molenstraat?")
    with pytest.raises(ByHand, match="mentioned or otherwise engaged") as refused:
        channel.reply(to(said), rendered(channel, "Ja, in mei & juni."), access, "key2")
    address = urlsplit(refused.value.url)
    assert address.hostname == "x.com"
    assert address.path == "/intent/post"
    assert parse_qs(address.query) == {"in_reply_to": [said["id"]], "text": ["Ja, in mei & juni."]}
    assert network.texts() == ["Het plein wordt groen."]
    network.asks_to_be_called = False
    channel.reply(to(said), rendered(channel, "Ja, in mei & juni."), access, "key2")
    assert len(network.texts()) == 2


def test_an_address_stays_short_enough_to_keep() -> None:
    assert intent("1", "汉" * 140) == "https://x.com/intent/post?in_reply_to=1"
    assert len(intent("1", "a" * 280)) <= 500


def test_the_window_says_what_to_expect_before_anybody_types(channel: X) -> None:
    now = channel.clock()
    comment, mention = (
        channel.window(Target(remote_id="7"), now),
        channel.window(Target(remote_id="7", sort="mention"), now),
    )
    assert comment.text == mention.text == 280
    assert comment.note
    assert not mention.note
    assert not comment.closed
    assert comment.by_hand == "https://x.com/intent/post?in_reply_to=7"
    private = channel.window(Target(remote_id="7", private=True, thread="1-2"), now)
    assert (private.text, private.by_hand) == (10_000, "https://x.com/messages/1-2")


def test_an_answer_that_is_too_long_is_not_sent(channel: X, network: FakeX, access: dict[str, str]) -> None:
    with pytest.raises(Permanent, match="281 long"):
        channel.reply(Target(remote_id="7"), rendered(channel, "a" * 281), access, "key")
    with pytest.raises(Permanent, match="10000"):
        channel.reply_in_private(Target(remote_id="7", author_id="8"), rendered(channel, "a" * 10_001), access, "key")
    assert network.calls == []


def test_an_answer_to_what_is_gone_is_refused_for_good(channel: X, network: FakeX, access: dict[str, str]) -> None:
    with pytest.raises(Permanent, match="deleted or not visible"):
        channel.reply(Target(remote_id="7"), rendered(channel), access, "key")


def test_private_answers(channel: X, network: FakeX, access: dict[str, str]) -> None:
    said = network.write("Mag ik u iets vragen?")
    talk = Target(remote_id=said["id"], thread=said["dm_conversation_id"], author_id=said["sender_id"], private=True)
    receipt = channel.reply(talk, rendered(channel, "Zeker. " + "a" * 400), access, "key")
    assert network.messages[-1]["id"] == receipt.remote_id
    assert network.messages[-1]["dm_conversation_id"] == said["dm_conversation_id"]
    assert receipt.url == f"https://x.com/messages/{said['dm_conversation_id']}"
    comment = network.say("@gemeente ik ben boos")
    opened = channel.reply_in_private(
        to(comment), replace(rendered(channel, "Belt u ons?"), pictures=(picture(),)), access, "key"
    )
    assert network.messages[-1]["id"] == opened.remote_id
    assert network.messages[-1]["attachments"]
    assert opened.url == ""
    with pytest.raises(Permanent, match="cannot send messages"):
        channel.reply_in_private(Target(remote_id="1", author_id="999999"), rendered(channel), access, "key")


def test_hide_and_show_again(channel: X, network: FakeX, access: dict[str, str]) -> None:
    post = channel.publish(rendered(channel), access, "key")
    said = network.comment(post.remote_id, "Scheldwoorden")
    for _ in range(2):
        channel.hide(to(said), access, hidden=True)
        assert network.hidden == {said["id"]}
    channel.hide(to(said), access, hidden=False)
    assert network.hidden == set()
    with pytest.raises(Permanent, match="not the author"):
        channel.hide(to(network.say("elders")), access, hidden=True)


def test_taking_back_takes_the_whole_chain_and_nothing_else(channel: X, network: FakeX, access: dict[str, str]) -> None:
    thread = channel.render(
        Draft(subject="", body=" ".join(f"Zin {n} gaat over het plein." for n in range(40)), form=Form.THREAD)
    )
    first = channel.publish(thread, access, "key").remote_id
    other = channel.publish(rendered(channel, "Iets anders."), access, "key2").remote_id
    said = network.comment(first, "Wat een verhaal @gemeente")
    answer = channel.reply(to(said), rendered(channel, "Dank u."), access, "key3").remote_id
    assert len(network.posts) > 5
    channel.retract(first, access)
    assert set(network.posts) == {other, said["id"], answer}
    channel.retract(first, access)  # harmless
    with pytest.raises(Permanent, match="not authorized"):
        channel.retract(said["id"], access)


def test_edit_makes_a_newer_post_of_it_and_figures_follow(channel: X, network: FakeX, access: dict[str, str]) -> None:
    first = channel.publish(rendered(channel), access, "key").remote_id
    channel.edit(first, rendered(channel, "Het plein wordt heel groen.", pictures=1), access)
    channel.edit(first, rendered(channel, "Het plein wordt nog groener."), access)
    assert network.texts() == ["Het plein wordt nog groener."]
    [newest] = network.posts.values()
    assert newest["edit_history_post_ids"][0] == first
    assert len(newest["edit_history_post_ids"]) == 3
    network.grow(newest["id"], impression_count=7)
    assert ("views", 7) in {(one.name, one.value) for one in channel.measure(first, access)}


def test_edit_after_the_hour_or_without_premium_says_so(channel: X, network: FakeX, access: dict[str, str]) -> None:
    first = channel.publish(rendered(channel), access, "key").remote_id
    network.premium = False
    with pytest.raises(Permanent, match="not permitted to edit"):
        channel.edit(first, rendered(channel, "Anders."), access)
    with pytest.raises(Permanent, match="one post"):
        channel.edit(first, rendered(channel, "a" * 281), access)
    network.posts[first]["edit_controls"]["edits_remaining"] = 0
    with pytest.raises(Permanent, match="can't be edited"):
        channel.edit(first, rendered(channel, "Anders."), access)
    network.posts[first]["edit_controls"]["edits_remaining"] = 5
    network.posts[first]["edit_controls"]["editable_until"] = "2020-01-01T00:00:00.000Z"
    with pytest.raises(Permanent, match="can't be edited"):
        channel.edit(first, rendered(channel, "Anders."), access)
    with pytest.raises(Permanent, match="can't be edited"):
        channel.edit("12345", rendered(channel, "Anders."), access)
    assert network.texts() == ["Het plein wordt groen."]


def test_edit_where_x_does_not_say_until_when_is_left_to_x(channel: X, network: FakeX, access: dict[str, str]) -> None:
    first = channel.publish(rendered(channel), access, "key").remote_id
    network.posts[first]["edit_controls"]["editable_until"] = "later"
    channel.edit(first, rendered(channel, "Anders."), access)
    assert network.texts() == ["Anders."]


def test_an_edit_without_an_answer_is_unknown(channel: X, network: FakeX, access: dict[str, str]) -> None:
    first = channel.publish(rendered(channel), access, "key").remote_id
    network.fail("lost", on="POST /2/tweets")
    with pytest.raises(OutcomeUnknown):
        channel.edit(first, rendered(channel, "Anders."), access)


def test_figures_of_a_post_and_of_the_account(channel: X, network: FakeX, access: dict[str, str]) -> None:
    post = channel.publish(rendered(channel), access, "key").remote_id
    network.grow(
        post, impression_count=900, like_count=12, reply_count=3, repost_count=4, quote_count=1, bookmark_count=2
    )
    network.posts[post]["non_public_metrics"] = {"url_link_clicks": 33, "user_profile_clicks": 5}
    found = {one.name: one.value for one in channel.measure(post, access)}
    assert found == {
        "views": 900, "reactions": 12, "replies": 3, "reposts": 4, "quotes": 1, "shares": 5, "bookmarks": 2, "clicks": 33,
        "profile_clicks": 5,
    }  # fmt: skip
    assert [(one.name, one.value) for one in channel.measure_account(access)] == [("followers", 1234)]
    del network.us["public_metrics"]
    assert list(channel.measure_account(access)) == []


def test_after_a_month_x_shows_no_figures_of_our_own_any_more(
    channel: X, network: FakeX, access: dict[str, str]
) -> None:
    post = channel.publish(rendered(channel), access, "key").remote_id
    later(network, days=40)
    assert "clicks" not in {one.name for one in channel.measure(post, access)}
    assert "non_public_metrics" not in network.calls[-1].query["post.fields"]


def test_what_is_gone_has_no_figures(channel: X, network: FakeX, access: dict[str, str]) -> None:
    post = channel.publish(rendered(channel), access, "key").remote_id
    channel.retract(post, access)
    assert list(channel.measure(post, access)) == []


# ── what X says when it refuses ──────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("status", "body", "headers", "error", "words"),
    [
        (401, {"title": "Unauthorized", "detail": "Unauthorized"}, {}, NeedsSignIn, "Unauthorized"),
        (403, {"detail": "Your account is suspended and is not permitted to access this feature."}, {}, NeedsSignIn, "suspended"),
        (403, {"detail": "When authenticating requests to the X API v2 endpoints, you must use keys from a Project."}, {}, NeedsSignIn, "Project"),
        (403, {"detail": "You are not allowed to create a Post with duplicate content."}, {}, Permanent, "duplicate"),
        (403, {"detail": "Your post text is too long."}, {}, Permanent, "too long"),
        (400, {"errors": [{"message": "The `text` is wrong"}], "title": "Invalid Request"}, {}, Permanent, "`text` is wrong"),
        (400, {"errors": [{"detail": "Media wrong"}]}, {}, Permanent, "Media wrong"),
        (400, {"error": "broken"}, {}, Permanent, "broken"),
        (400, {"title": "Only a title"}, {}, Permanent, "Only a title"),
        (400, ["odd"], {}, Permanent, "odd"),
        (402, {"detail": "Your enrolled account does not have any credits."}, {}, Temporary, "credits"),
        (500, {"detail": "Oops"}, {}, OutcomeUnknown, "Oops"),
        (503, {"detail": "Over capacity"}, {"Retry-After": "60"}, Temporary, "capacity"),
        (408, {"detail": "Slow"}, {}, OutcomeUnknown, "Slow"),
    ],
)  # fmt: skip
def test_refusals(
    channel: X,
    network: FakeX,
    access: dict[str, str],
    status: int,
    body: object,
    headers: dict[str, str],
    error: type[Exception],
    words: str,
) -> None:
    network.fail("status", on="POST /2/tweets", status=status, body=body, headers=headers)
    with pytest.raises(error, match=words):
        channel.publish(rendered(channel), access, "key")
    assert network.texts() == []


@pytest.mark.parametrize(
    ("headers", "minutes"),
    [
        ({"x-rate-limit-remaining": "0", "x-rate-limit-reset": "+9"}, 9),
        ({"x-rate-limit-remaining": "4", "x-rate-limit-reset": "+9", "x-user-limit-24hour-remaining": "0", "x-user-limit-24hour-reset": "+90"}, 90),
        ({"x-rate-limit-remaining": "0", "x-rate-limit-reset": "+9", "x-app-limit-24hour-remaining": "0", "x-app-limit-24hour-reset": "+600"}, 600),
        ({"Retry-After": "120"}, 2),
        ({"x-rate-limit-reset": "+9"}, 9),
        ({"x-rate-limit-remaining": "0", "x-rate-limit-reset": "soon"}, None),
    ],
)  # fmt: skip
def test_too_often_says_when_again(
    channel: X, network: FakeX, access: dict[str, str], headers: dict[str, str], minutes: int | None
) -> None:
    now = channel.clock()
    sent = {
        name: str(int((now + timedelta(minutes=int(value[1:]))).timestamp())) if value.startswith("+") else value
        for name, value in headers.items()
    }
    network.fail("status", on="POST /2/tweets", status=429, headers=sent)
    with pytest.raises(Temporary) as refused:
        channel.publish(rendered(channel), access, "key")
    wait = refused.value.retry_after
    assert (wait is None) == (minutes is None)
    if wait is not None and minutes is not None:
        assert abs(wait - timedelta(minutes=minutes)) < timedelta(seconds=30)


def test_a_post_out_without_an_id_is_unknown(channel: X, network: FakeX, access: dict[str, str]) -> None:
    network.fail("error", on="POST /2/tweets", status=201, body={"data": {"id": "none", "text": ""}})
    with pytest.raises(OutcomeUnknown, match="no id"):
        channel.publish(rendered(channel), access, "key")


def test_no_credit_left_waits(channel: X, network: FakeX, access: dict[str, str]) -> None:
    network.credit = 14
    with pytest.raises(Temporary, match="credits") as refused:
        channel.publish(rendered(channel), access, "key")
    assert refused.value.retry_after == timedelta(hours=1)
    network.credit = 15
    channel.publish(rendered(channel), access, "key")


@pytest.mark.parametrize("body", [{}, {"data": {"id": "x"}}, {"data": []}, ["odd"]])
def test_an_upload_or_a_list_in_another_form_is_tried_again(
    channel: X, network: FakeX, access: dict[str, str], body: object
) -> None:
    network.fail("error", on="POST /2/media/upload", status=200, body=body)
    with pytest.raises(Temporary, match="picture"):
        channel.publish(rendered(channel, pictures=1), access, "key")
    network.fail("error", on="GET /2/users/me", status=200, body=body)
    with pytest.raises(Temporary):
        channel.check(access)
