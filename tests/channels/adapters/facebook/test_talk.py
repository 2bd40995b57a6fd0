"""What residents say on Facebook, and our answers."""

import json
from datetime import timedelta
from typing import Any

import pytest

from stamtafel.channels.adapters.facebook.channel import Facebook
from stamtafel.channels.contract import (
    Attempt,
    ByHand,
    Completes,
    Incoming,
    OutcomeUnknown,
    Permanent,
    Sort,
    Target,
    Temporary,
    Update,
)
from tests.channels.adapters.meta.world import World, draft, words
from tests.fakes.meta import error


@pytest.fixture
def page(world: World) -> Facebook:
    return world.facebook()


@pytest.fixture
def post(world: World, page: Facebook) -> str:
    return page.publish(page.render(draft()), world.credentials, "k").remote_id


def polled(world: World, page: Facebook, *recent: str) -> dict[str, Incoming]:
    updates, _ = page.listen(
        json.dumps({"since": (world.now - timedelta(hours=1)).isoformat()}), world.credentials, recent
    )
    return {one.remote_id: said for one in updates for said in page.read(one)}


def told(world: World, page: Facebook) -> dict[str, Incoming]:
    found: dict[str, Incoming] = {}
    for body, headers in world.meta.hooked():
        assert page.is_genuine(headers, body, world.credentials)
        found |= {one.remote_id: said for one in page.split(body) for said in page.read(one)}
    return found


def target(said: Incoming, **more: Any) -> Target:
    return Target(**{"remote_id": said.remote_id, "thread": said.thread, "author_id": said.author.id, "sort": said.sort,
                     "about": said.about, "private": said.private, "last_heard_at": said.at, **more})  # fmt: skip


# ── hearing ──
def test_listening_begins_now(world: World, page: Facebook, post: str) -> None:
    world.meta.comment(post, "Te vroeg", "7")
    world.later(minutes=1)
    before = len(world.meta.calls)
    updates, cursor = page.listen("", world.credentials, [post])
    assert (updates, len(world.meta.calls)) == ([], before)
    world.later(minutes=30)
    world.meta.comment(post, "Mooi!", "7")
    updates, cursor = page.listen(cursor, world.credentials, [post])
    assert [page.read(one)[0].text for one in updates] == ["Mooi!"]
    world.later(minutes=30)
    assert page.listen(cursor, world.credentials, [post])[0] == updates  # twice the same key, kept once
    _, cursor = page.listen(cursor, world.credentials, [post])
    assert page.listen(cursor, world.credentials, [post])[0] == []


def test_a_comment_is_the_same_whether_asked_or_told(world: World, page: Facebook, post: str) -> None:
    first = world.meta.comment(post, "Waarom géén fontein? ⛲", "7")
    second = world.meta.comment(post, "Dat wil ik ook", "8", under=first)
    asked, heard = polled(world, page, post), told(world, page)
    assert asked.keys() == heard.keys() == {f"comment:{first}", f"comment:{second}"}
    for found in (asked, heard):
        one, two = found[f"comment:{first}"], found[f"comment:{second}"]
        assert (one.text, one.sort, one.author.id, one.author.name) == (
            "Waarom géén fontein? ⛲",
            Sort.COMMENT,
            "7",
            "Resident 7",
        )
        assert (one.thread, one.about, one.in_reply_to, one.at) == (first, post, "", world.now)
        assert (two.thread, two.in_reply_to, two.about) == (first, first, post)
        assert (one.echo, one.private, one.deleted, one.edited) == (False, False, False, False)


def test_our_own_answer_comes_back_as_an_echo(world: World, page: Facebook, post: str) -> None:
    first = world.meta.comment(post, "Vraag", "7")
    receipt = page.reply(
        target(polled(world, page, post)[f"comment:{first}"]), words("Antwoord"), world.credentials, "k"
    )
    for found in (polled(world, page, post), told(world, page)):
        assert found[f"comment:{receipt.remote_id}"].echo
        assert found[f"comment:{receipt.remote_id}"].thread == first


def test_changed_and_taken_away(world: World, page: Facebook, post: str) -> None:
    first = world.meta.comment(post, "Stom plan", "7")
    world.meta.hooked()
    world.meta.edit_comment(first, "Jammer plan")
    (key, edited), *_ = told(world, page).items()
    assert key == f"comment:{first}:edited:{int(world.now.timestamp())}"
    assert (edited.remote_id, edited.text, edited.edited) == (first, "Jammer plan", True)
    world.meta.delete_comment(first)
    (key, gone), *_ = told(world, page).items()
    assert (key, gone.remote_id, gone.deleted) == (f"comment:{first}:deleted", first, True)


def test_visitors_and_mentions(world: World, page: Facebook) -> None:
    mine = world.meta.visitor_post("De lantaarn is stuk", "7")
    world.meta.things[mine]["tagged"] = True  # on our own page: it is in both lists
    theirs = world.meta.name_us("Dank aan @gemeente", "8")
    asked, heard = polled(world, page), told(world, page)
    assert asked.keys() == heard.keys() == {f"post:{mine}", f"mention:{theirs}"}
    for found in (asked, heard):
        assert (found[f"post:{mine}"].sort, found[f"post:{mine}"].text) == (Sort.POST, "De lantaarn is stuk")
        assert (found[f"mention:{theirs}"].sort, found[f"mention:{theirs}"].author.id) == (Sort.MENTION, "8")
        assert found[f"mention:{theirs}"].thread == theirs
        assert found[f"post:{mine}"].about == ""


def test_old_posts_of_visitors_are_passed_over(world: World, page: Facebook) -> None:
    world.meta.visitor_post("oud", "7")
    world.meta.name_us("oud", "7")
    world.meta.message("oud", "7")
    world.later(days=1)
    new = world.meta.visitor_post("nieuw", "7")
    assert polled(world, page).keys() == {f"post:{new}"}


def test_a_private_message_is_the_same_whether_asked_or_told(world: World, page: Facebook) -> None:
    mid = world.meta.message("Mag ik u iets vragen? é", "7", attached=[{"id": "1", "mime_type": "image/png", "name": "a.png",
                             "image_data": {"url": "https://cdn.example/a.png"}}, {"id": "2", "file_url": "https://cdn.example/b"}])  # fmt: skip
    asked, heard = polled(world, page)[f"message:{mid}"], told(world, page)[f"message:{mid}"]
    for one in (asked, heard):
        assert (one.text, one.sort, one.private, one.echo) == ("Mag ik u iets vragen? é", Sort.MESSAGE, True, False)
        assert (one.author.id, one.thread, one.at) == ("7", "7", world.now)
    assert [(part.media_type, part.url) for part in asked.attachments] == [
        ("image/png", "https://cdn.example/a.png"), ("", "https://cdn.example/b")]  # fmt: skip


def test_our_own_message_belongs_to_the_talk(world: World, page: Facebook) -> None:
    said = polled_after(world, page, world.meta.message("Dag", "7"))
    mid = page.reply(target(said), words("Goedendag"), world.credentials, "k").remote_id
    for found in (polled(world, page), told(world, page)):
        assert (found[f"message:{mid}"].echo, found[f"message:{mid}"].thread) == (True, "7")


def polled_after(world: World, page: Facebook, mid: str) -> Incoming:
    return polled(world, page)[f"message:{mid}"]


def test_a_message_changed_or_taken_back(world: World, page: Facebook) -> None:
    mid = world.meta.message("Dagg", "7")
    world.meta.hooked()
    world.meta.edit_message(mid, "Dag")
    (key, edited), *_ = told(world, page).items()
    assert (key.startswith(f"message:{mid}:edited:"), edited.text, edited.edited) == (True, "Dag", True)
    world.meta.delete_message(mid)
    (key, gone), *_ = told(world, page).items()
    assert (key, gone.deleted, gone.remote_id, gone.thread) == (f"message:{mid}:deleted", True, mid, "7")


def test_the_name_of_who_wrote_is_looked_up(world: World, page: Facebook, post: str) -> None:
    assert isinstance(page, Completes)
    world.meta.message("Dag", "7")
    world.meta.comment(post, "Hoi", "7")
    (body, _) = world.meta.hooked()[0]
    message, comment = page.split(body)
    complete = page.complete(message, world.credentials)
    assert page.read(complete)[0].author.name == "Resident 7"
    assert page.complete(complete, world.credentials) == complete
    assert page.complete(comment, world.credentials) == comment
    world.meta.fail("status", on="GET .*/7", status=400, body=error(100, "no", 33))
    assert page.complete(message, world.credentials) == message
    echo = Update(remote_id="message:x", payload={"shape": "messaging", "value": {"sender": {"id": world.meta.page}}})
    assert page.complete(echo, world.credentials) == echo


def test_who_takes_in_no_private_messages_gets_none(world: World, post: str) -> None:
    page = world.facebook(messages="no")
    world.meta.message("Dag", "7")
    assert polled(world, page) == told(world, page) == {}
    assert world.calls("GET", "/conversations") == 0


def test_a_post_that_is_gone_stops_nothing(world: World, page: Facebook, post: str) -> None:
    first = world.meta.comment(post, "Hoi", "7")
    assert polled(world, page, "100_999", post).keys() == {f"comment:{first}"}


def test_a_network_that_is_down_keeps_the_cursor(world: World, page: Facebook, post: str) -> None:
    world.meta.fail("status", on="GET .*/visitor_posts", status=500)
    with pytest.raises(Temporary):
        polled(world, page, post)


# ── shapes that no method of the fake makes ──
def hook(world: World, field: str = "feed", account: str = "100", **value: Any) -> bytes:
    body = {"object": "page", "entry": [{"id": account, "time": 1, "changes": [{"field": field, "value": value}]}]}
    return world.meta.signed(body)[0]


@pytest.mark.parametrize(
    "value",
    [
        {"item": "reaction", "verb": "add", "post_id": "100_1"},
        {"item": "comment", "verb": "hide", "comment_id": "1_2"},
        {"item": "status", "verb": "add", "post_id": "100_1", "from": {"id": "100"}},
        {"item": "event", "verb": "add"},
        {"field": "ratings", "item": "rating", "verb": "add"},
        {"account": "555", "item": "comment", "verb": "add", "comment_id": "1_2"},
    ],
)
def test_what_is_of_no_concern_is_passed_over(world: World, page: Facebook, value: dict[str, Any]) -> None:
    assert page.split(hook(world, **value)) == []


@pytest.mark.parametrize(
    "what", [{"read": {"watermark": 1}}, {"reaction": {"mid": "m_1", "emoji": "❤"}}, {"message": {"text": "x"}}]
)
def test_no_word_of_anybody(world: World, page: Facebook, what: dict[str, Any]) -> None:
    body = {"object": "page", "entry": [{"id": "100", "time": 1, "messaging": [{"sender": {"id": "7"}, **what}]}]}
    assert page.split(world.meta.signed(body)[0]) == []


def test_a_button_a_picture_and_somebody_elses_talk(world: World, page: Facebook) -> None:
    base = {"sender": {"id": "7"}, "recipient": {"id": "100"}, "timestamp": 1_700_000_000_000}
    picture = {"type": "image", "payload": {"url": "https://cdn.example/a.jpg"}}
    entry = {"id": "100", "time": 1, "messaging": [{**base, "postback": {"mid": "m_1", "title": "Begin"}}],
             "standby": [{**base, "message": {"mid": "m_2", "attachments": [picture, {"type": "fallback", "payload": None}],
                                              "reply_to": {"mid": "m_1"}}}]}  # fmt: skip
    first, second = [
        page.read(one)[0] for one in page.split(world.meta.signed({"object": "page", "entry": [entry]})[0])
    ]
    assert (first.text, first.remote_id, first.at.year) == ("Begin", "m_1", 2023)
    assert (second.text, second.in_reply_to) == ("", "m_1")
    assert [part.media_type for part in second.attachments] == ["image/*", "application/octet-stream"]


def test_people_without_a_name_and_comments_with_a_picture(world: World, page: Facebook) -> None:
    body = hook(world, item="comment", verb="add", comment_id="1_2", post_id="100_1", parent_id="100_1",
                photo="https://cdn.example/a.jpg", created_time=1_700_000_000)  # fmt: skip
    said = page.read(page.split(body)[0])[0]
    assert (said.author.id, said.author.name, said.echo, said.thread) == ("", "", False, "1_2")
    assert [(part.media_type, part.url) for part in said.attachments] == [("image/*", "https://cdn.example/a.jpg")]
    polled_one = {"id": "1_3", "post_id": "100_1", "created_time": "2026-11-23T10:00:00+0000",
                  "attachment": {"type": "video_inline", "title": "Film", "url": "https://f.example/1"}}  # fmt: skip
    (part,) = page.read(Update(remote_id="comment:1_3", payload={"shape": "comment", "value": polled_one}))[
        0
    ].attachments
    assert (part.media_type, part.url, part.name) == ("video/*", "https://f.example/1", "Film")


def test_a_post_of_a_visitor_taken_away(world: World, page: Facebook) -> None:
    (update,) = page.split(hook(world, item="post", verb="remove", post_id="100_5"))
    (said,) = page.read(update)
    assert (update.remote_id, said.remote_id, said.deleted, said.sort) == (
        "post:100_5:deleted",
        "100_5",
        True,
        Sort.POST,
    )


def test_named_in_a_comment(world: World, page: Facebook) -> None:
    (update,) = page.split(
        hook(world, "mention", item="comment", verb="add", post_id="8_1", comment_id="1_2", message="Hé")
    )
    (said,) = page.read(update)
    assert (update.remote_id, said.remote_id, said.sort, said.about) == ("mention:1_2", "1_2", Sort.MENTION, "")


# ── answering ──
def test_an_answer_under_a_comment(world: World, page: Facebook, post: str) -> None:
    first = world.meta.comment(post, "Vraag", "7")
    to = target(polled(world, page, post)[f"comment:{first}"])
    receipt = page.reply(to, words("Antwoord é"), world.credentials, "k")
    made = world.meta.things[receipt.remote_id]
    assert (made["message"], made["under"], made["by"]) == ("Antwoord é", first, "100")
    assert page.window(to, world.now).text == 8000


@pytest.mark.parametrize("kind", ["lost", "garbled", "error"])
def test_a_lost_answer_is_found_and_never_doubled(world: World, page: Facebook, post: str, kind: str) -> None:
    first = world.meta.comment(post, "Vraag", "7")
    to, answer = target(polled(world, page, post)[f"comment:{first}"]), words("Antwoord")
    attempt = Attempt(key="k", rendered=answer, since=world.now, to=to)
    assert page.find(attempt, world.credentials) is None
    world.meta.fail(kind, on="POST .*/comments")
    with pytest.raises(OutcomeUnknown):
        page.reply(to, answer, world.credentials, "k")
    found = page.find(attempt, world.credentials)
    assert found is not None
    assert world.meta.things[found.remote_id]["message"] == "Antwoord"
    assert len(world.meta.of("Comment", by="100")) == 1


@pytest.mark.parametrize("kind", ["lost", "garbled", "error"])
def test_a_lost_message_is_found_too(world: World, page: Facebook, kind: str) -> None:
    to, answer = target(polled_after(world, page, world.meta.message("Dag", "7"))), words("Goedendag")
    attempt = Attempt(key="k", rendered=answer, since=world.now, to=to)
    assert page.find(attempt, world.credentials) is None
    world.meta.fail(kind, on="POST .*/messages")
    with pytest.raises(OutcomeUnknown):
        page.reply(to, answer, world.credentials, "k")
    found = page.find(attempt, world.credentials)
    assert found is not None
    assert world.meta.things[found.remote_id]["message"] == "Goedendag"
    world.later(hours=1)
    assert page.find(Attempt(key="k2", rendered=answer, since=world.now, to=to), world.credentials) is None


def test_a_lost_answer_to_somebody_unknown_is_not_looked_for_in_private(
    world: World, page: Facebook, post: str
) -> None:
    first = world.meta.comment(post, "Vraag", "7")
    attempt = Attempt(key="k", rendered=words("x"), since=world.now, to=Target(remote_id=first))
    assert page.find(attempt, world.credentials) is None
    assert world.calls("GET", "/conversations") == 0


def test_the_window_closes_after_a_day(world: World, page: Facebook) -> None:
    to = target(polled_after(world, page, world.meta.message("Dag", "7")))
    open_ = page.window(to, world.now)
    assert (open_.until, open_.text, open_.closed) == (world.now + timedelta(days=1), 2000, "")
    world.later(hours=24)
    closed = page.window(to, world.now)
    assert closed.closed
    assert closed.by_hand.startswith("https://business.facebook.com/")
    with pytest.raises(ByHand):
        page.reply(to, words("Te laat"), world.credentials, "k")
    assert world.calls("POST", "/messages") == 0


def test_meta_closes_the_window_when_we_do_not_know(world: World, page: Facebook) -> None:
    to = target(polled_after(world, page, world.meta.message("Dag", "7")), last_heard_at=None)
    world.later(hours=25)
    assert page.window(to, world.now).closed == ""
    with pytest.raises(ByHand, match="outside of allowed window"):
        page.reply(to, words("Te laat"), world.credentials, "k")


def test_human_agent_keeps_it_open_for_a_week(world: World) -> None:
    page = world.facebook(human_agent="yes")
    world.meta.human_agent = True
    to = target(polled_after(world, page, world.meta.message("Dag", "7")))
    page.reply(to, words("Nu"), world.credentials, "k")
    assert world.meta.calls[-1].form["messaging_type"] == "RESPONSE"
    world.later(days=6)
    page.reply(to, words("Later"), world.credentials, "k")
    assert (world.meta.calls[-1].form["messaging_type"], world.meta.calls[-1].form["tag"]) == (
        "MESSAGE_TAG",
        "HUMAN_AGENT",
    )
    world.later(days=1)
    assert page.window(to, world.now).closed


def test_going_on_in_private_once(world: World, page: Facebook, post: str) -> None:
    first = world.meta.comment(post, "Mijn adres is …", "7")
    to = target(polled(world, page, post)[f"comment:{first}"])
    receipt = page.reply_in_private(to, words("Zullen wij hier verder praten?"), world.credentials, "k")
    assert world.meta.things[receipt.remote_id]["to"] == "7"
    found = page.find(
        Attempt(key="k", rendered=words("Zullen wij hier verder praten?"), since=world.now, to=to), world.credentials
    )
    assert found == receipt
    with pytest.raises(Permanent, match="already replied"):
        page.reply_in_private(to, words("Nog eens"), world.credentials, "k2")


def test_in_private_to_who_wrote_in_private_is_an_answer(world: World, page: Facebook) -> None:
    to = target(polled_after(world, page, world.meta.message("Dag", "7")))
    receipt = page.reply_in_private(to, words("Dag"), world.credentials, "k")
    assert world.meta.things[receipt.remote_id]["message"] == "Dag"


def test_what_does_not_fit_is_not_sent(world: World, page: Facebook, post: str) -> None:
    said = target(polled_after(world, page, world.meta.message("Dag", "7")))
    with pytest.raises(Permanent, match="2001, and 2000 fit"):
        page.reply(said, words("a" * 2001), world.credentials, "k")
    comment = Target(remote_id=world.meta.comment(post, "Hoi", "7"))
    with pytest.raises(Permanent, match="8001 characters"):
        page.reply(comment, words("a" * 8001), world.credentials, "k")
    with pytest.raises(Permanent, match="without pictures"):
        page.reply(comment, page.render(draft(pictures=(world.picture(),))), world.credentials, "k")
    assert world.calls("POST", "/messages") == world.calls("POST", "/comments") == 0


@pytest.mark.parametrize(
    ("code", "subcode", "meaning"), [(551, 1545041, Permanent), (100, 2018065, ByHand), (10, 2018278, ByHand)]
)
def test_refused_messages(world: World, page: Facebook, code: int, subcode: int, meaning: type[Exception]) -> None:
    to = target(polled_after(world, page, world.meta.message("Dag", "7")))
    world.meta.fail("status", on="POST .*/messages", status=400, body=error(code, "no", subcode))
    with pytest.raises(meaning):
        page.reply(to, words("Dag"), world.credentials, "k")


def test_hiding_and_showing(world: World, page: Facebook, post: str) -> None:
    first = world.meta.comment(post, "Scheldwoord", "7")
    for hidden in (True, True, False):
        page.hide(Target(remote_id=first), world.credentials, hidden=hidden)
        assert world.meta.things[first]["is_hidden"] is hidden


def test_the_same_words_of_somebody_else_are_not_ours(world: World, page: Facebook, post: str) -> None:
    first = world.meta.comment(post, "Vraag", "7")
    world.meta.comment(post, "Antwoord", "8", under=first)
    world.meta.message("Antwoord", "7")
    to = Target(remote_id=first, author_id="7")
    assert page.find(Attempt(key="k", rendered=words("Antwoord"), since=world.now, to=to), world.credentials) is None


def test_old_messages_of_a_busy_talk_are_passed_over(world: World, page: Facebook) -> None:
    world.meta.message("oud", "7")
    world.later(hours=2)
    world.meta.message("nieuw", "7")
    assert [one.text for one in polled(world, page).values()] == ["nieuw"]
