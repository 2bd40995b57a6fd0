"""Hearing what people say on X, by asking and by being told."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamtafel.channels.adapters.x import reading
from stamtafel.channels.adapters.x.channel import X
from stamtafel.channels.adapters.x.listening import Cursor, queries
from stamtafel.channels.contract import Incoming, Sort, Target, Temporary, Update
from tests.channels.adapters.x.conftest import later, made, rendered
from tests.fakes.x import X as FakeX


def read(channel: X, updates: object) -> list[Incoming]:
    return [said for update in updates for said in channel.read(update)]  # type: ignore[attr-defined]


def heard(channel: X, access: dict[str, str], cursor: str, *recent: str) -> tuple[list[Incoming], str]:
    found, after = channel.listen(cursor, access, recent)
    json.dumps([update.payload for update in found])
    return read(channel, found), after


@pytest.fixture(params=["post", "tweet"])
def generation(request: pytest.FixtureRequest, network: FakeX) -> str:
    network.generation = request.param
    return str(request.param)


def test_a_mention_a_comment_a_quote_and_a_message_come_in_once(
    network: FakeX, access: dict[str, str], generation: str
) -> None:
    channel = made(network, names=generation)
    post = channel.publish(rendered(channel), access, "key").remote_id
    _nothing, cursor = heard(channel, access, "", post)
    mention = network.say("Hé @gemeente, zie https://buurt.nl/plan & dit", pictures=1)
    comment = network.comment(post, "Mooi!", by="jan")
    quote = network.say("Wat vinden jullie?", by="els", quotes=post)
    nested = network.comment(comment["id"], "Mee eens", by="piet")
    message = network.write("Mag ik iets <vragen>?")
    network.say("Iets anders", by="elders")
    found, cursor = heard(channel, access, cursor, post)
    by_id = {one.remote_id: one for one in found}
    assert set(by_id) == {one["id"] for one in (mention, comment, quote, nested, message)}

    said = by_id[mention["id"]]
    assert (said.sort, said.text, said.author.handle, said.author.name) == (
        Sort.MENTION,
        "Hé @gemeente, zie https://buurt.nl/plan & dit",
        "fatima",
        "Fatima",
    )
    assert said.url == f"https://x.com/fatima/status/{mention['id']}"
    assert (said.language, said.private, said.echo, said.about) == ("nl", False, False, "")
    assert [(one.media_type, one.alt) for one in said.attachments] == [("image/jpeg", "foto 0")]
    assert said.at == reading.moment(mention["id"]).replace(microsecond=0)

    said = by_id[comment["id"]]
    assert (said.sort, said.text, said.in_reply_to, said.about) == (Sort.COMMENT, "Mooi!", post, post)
    assert said.thread == f"{post}:{said.author.id}"
    assert by_id[nested["id"]].about == post
    assert by_id[nested["id"]].thread != said.thread
    assert (by_id[quote["id"]].sort, by_id[quote["id"]].about) == (Sort.MENTION, post)

    said = by_id[message["id"]]
    assert (said.sort, said.text, said.private, said.thread) == (
        Sort.MESSAGE,
        "Mag ik iets <vragen>?",
        True,
        message["dm_conversation_id"],
    )
    assert heard(channel, access, cursor, post)[0] == []


def test_the_key_is_the_same_by_asking_and_by_being_told(channel: X, network: FakeX, access: dict[str, str]) -> None:
    post = channel.publish(rendered(channel), access, "key").remote_id
    said = [network.say("@gemeente één vraag 🙂"), network.comment(post, "Mooi!"), network.say("Kijk", quotes=post)]
    private = network.write("Hallo & goedemorgen")
    events = ["post.mention.create", "post.reply.create", "post.quote.create"]
    told = [
        update
        for event, one in zip(events, said, strict=True)
        for update in channel.split(network.notice(event, one)[0])
    ]
    told += channel.split(network.notice("dm.received", private)[0])
    asked, _cursor = channel.listen("", access, [post])
    assert {update.remote_id for update in told} == {update.remote_id for update in asked}
    ours = {
        one.remote_id: (one.sort, one.text, one.author.id, one.thread, one.about, one.in_reply_to)
        for one in read(channel, told)
    }
    assert ours == {
        one.remote_id: (one.sort, one.text, one.author.id, one.thread, one.about, one.in_reply_to)
        for one in read(channel, asked)
    }


def test_an_answer_made_by_hand_comes_back_as_our_own_in_the_same_talk(
    channel: X, network: FakeX, access: dict[str, str]
) -> None:
    post = channel.publish(rendered(channel), access, "key").remote_id
    _none, cursor = heard(channel, access, "", post)
    comment = network.comment(post, "Wanneer?", by="jan")
    network.comment(comment["id"], "In april!", by="gemeente")
    network.say("Een heel andere post van ons", by="gemeente")
    network.comment(post, "En nog iets van onszelf", by="gemeente")
    found, _cursor = heard(channel, access, cursor, post)
    assert [(one.text, one.echo) for one in found] == [("Wanneer?", False), ("In april!", True)]
    assert found[0].thread == found[1].thread
    assert found[1].sort == Sort.COMMENT


def test_our_private_message_is_an_echo(channel: X, network: FakeX, access: dict[str, str]) -> None:
    asked = network.write("Vraag")
    network.write("Antwoord", by="gemeente", to="fatima")
    found, _cursor = heard(channel, access, "")
    assert [(one.text, one.echo) for one in found] == [("Vraag", False), ("Antwoord", True)]
    assert {one.thread for one in found} == {asked["dm_conversation_id"]}


def test_an_edited_post_is_the_same_thing_with_newer_words(channel: X, network: FakeX, access: dict[str, str]) -> None:
    first = network.say("@gemeente wanner komt het?")
    found, cursor = channel.listen("", access, [])
    assert [update.remote_id for update in found] == [f"post:{first['id']}"]
    second = network.say("@gemeente wanneer komt het?", replaces=first["id"])
    found, cursor = channel.listen(cursor, access, [])
    assert [update.remote_id for update in found] == [f"post:{first['id']}:edited:{second['id']}"]
    [said] = read(channel, found)
    assert (said.remote_id, said.edited, said.text) == (first["id"], True, "@gemeente wanneer komt het?")


def test_many_pages_are_read_to_the_end(channel: X, network: FakeX, access: dict[str, str]) -> None:
    post = channel.publish(rendered(channel), access, "key").remote_id
    _none, cursor = heard(channel, access, "", post)
    network.write("begin")
    _one, cursor = heard(channel, access, cursor, post)
    network.page = 2
    for n in range(5):
        network.say(f"@gemeente vraag {n}")
        network.comment(post, f"reactie {n}", by="jan")
        network.write(f"bericht {n}")
    found, cursor = heard(channel, access, cursor, post)
    assert sorted(one.text for one in found) == sorted(
        [f"{what} {n}" for n in range(5) for what in ("@gemeente vraag", "reactie", "bericht")]
    )
    assert heard(channel, access, cursor, post)[0] == []


def test_what_is_said_while_we_ask_is_heard_the_next_time(channel: X, network: FakeX, access: dict[str, str]) -> None:
    posts = [channel.publish(rendered(channel, f"Bericht {n}."), access, f"key{n}").remote_id for n in range(20)]
    _none, cursor = heard(channel, access, "", *posts)
    began = network.clock()
    channel.clock = lambda: began
    search = network._listed
    seen: list[object] = []

    def slow(request: object, chosen: object) -> object:
        found = search(request, chosen)  # type: ignore[arg-type]
        if not seen and request.path.endswith("/recent"):  # type: ignore[attr-defined]
            seen.append(network.say("Kijk hier", quotes=posts[0]))
            seen.append(network.say("En hier", quotes=posts[-1]))
        return found

    network._listed = slow  # type: ignore[method-assign, assignment]
    first, cursor = heard(channel, access, cursor, *posts)
    assert [one.text for one in first] == ["En hier"]
    channel.clock = network.clock
    assert "Kijk hier" in {one.text for one in heard(channel, access, cursor, *posts)[0]}


def test_a_list_without_end_ends(channel: X, network: FakeX, access: dict[str, str]) -> None:
    channel.publish(rendered(channel), access, "key")
    network.page = 1
    for n in range(12):
        network.say(f"@gemeente vraag {n}")
    cursor = Cursor(mentions="1").write()
    found, _cursor = heard(channel, access, cursor)
    assert len(found) == 8


def test_the_first_time_costs_one_page_of_mentions(channel: X, network: FakeX, access: dict[str, str]) -> None:
    network.page = 2
    for n in range(5):
        network.say(f"@gemeente vraag {n}")
    found, _cursor = heard(channel, access, "")
    assert [one.text for one in found] == ["@gemeente vraag 3", "@gemeente vraag 4"]


def test_posts_of_more_than_a_week_ago_are_not_asked_for(channel: X, network: FakeX, access: dict[str, str]) -> None:
    old = channel.publish(rendered(channel), access, "key").remote_id
    network.comment(old, "Mooi!")
    found, cursor = heard(channel, access, "", old)
    assert len(found) == 1
    later(network, days=8)
    new = channel.publish(rendered(channel, "Nieuw bericht."), access, "key2").remote_id
    network.comment(new, "Ook mooi!")
    found, cursor = heard(channel, access, cursor, new, old, "no-id")
    assert [one.text for one in found] == ["Ook mooi!"]
    searched = [call.query for call in network.calls if call.path.endswith("/search/recent")]
    assert old not in searched[-1]["query"]
    assert "since_id" not in searched[-1]


def test_without_leave_to_read_private_messages_they_are_left_alone(
    channel: X, network: FakeX, access: dict[str, str]
) -> None:
    network.write("Vraag")
    found, cursor = channel.listen('{"messages": "5"}', {**access, "scope": "tweet.read"}, [])
    assert found == []
    assert Cursor.read(cursor).messages == "5"
    assert channel.listen("", {**access, "scope": ""}, [])[0]


def test_private_messages_are_asked_for_no_more_often_than_x_takes(network: FakeX, access: dict[str, str]) -> None:
    channel = made(network, messages_seconds=None)
    cursor, heard_of = "", 0
    for _ in range(15):
        network.write("Vraag")
        found, cursor = channel.listen(cursor, access, [])
        heard_of += len(found)
        later(network, seconds=60)
    assert len([call for call in network.calls if call.path == "/2/dm_events"]) == 8
    assert heard_of == 15


def test_whose_account_it_is_is_asked_when_it_was_not_kept(channel: X, network: FakeX, access: dict[str, str]) -> None:
    network.say("@gemeente hallo")
    found, _cursor = channel.listen("", {name: value for name, value in access.items() if name != "user_id"}, [])
    assert read(channel, found)[0].text == "@gemeente hallo"


@pytest.mark.parametrize("path", ["GET /2/users/.*", "GET /2/tweets/search/recent", "GET /2/dm_events"])
@pytest.mark.parametrize("kind", ["status", "drop", "garbled"])
def test_what_goes_wrong_while_asking_loses_nothing(
    channel: X, network: FakeX, access: dict[str, str], path: str, kind: str
) -> None:
    post = channel.publish(rendered(channel), access, "key").remote_id
    network.say("@gemeente hallo")
    network.comment(post, "Mooi!")
    network.write("Vraag")
    network.fail(kind, on=path)
    with pytest.raises(Temporary):
        channel.listen("", access, [post])
    assert len(heard(channel, access, "", post)[0]) == 3


def test_a_broken_cursor_begins_anew() -> None:
    assert Cursor.read("") == Cursor.read("{broken") == Cursor.read("[]") == Cursor()
    assert Cursor.read(Cursor(mentions="1", search="2", messages="3", asked="4").write()) == Cursor("1", "2", "3", "4")


@given(st.lists(st.integers(min_value=10**17, max_value=10**19 - 1).map(str), max_size=60))
def test_searches_are_few_and_short_enough(posts: list[str]) -> None:
    found = queries(posts)
    assert all(len(query) <= 512 for query in found)
    assert " OR ".join(found) == " OR ".join(f"conversation_id:{post} OR quotes_of_tweet_id:{post}" for post in posts)


# ── one call ─────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b"{}", b'{"data": []}', b'{"data": {"event_type": 3}}', b'{"data": {"event_type": "post.mention.create"}}', b"\xff"],
)  # fmt: skip
def test_another_form_is_refused(channel: X, body: bytes) -> None:
    with pytest.raises(ValueError):
        channel.split(body)


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ("follow.follow", {"source": {}}), ("post.mention.create", {"id": "../1"}), ("post.delete", {"id": "17"}),
        ("dm.received", {"id": None}), ("dm.received", {"direct_message_events": [{"id": "x"}]}), ("like.create", {"id": "5"}),
    ],
)  # fmt: skip
def test_what_is_of_no_concern_brings_nothing(channel: X, event: str, payload: dict[str, object]) -> None:
    assert (
        list(channel.split(json.dumps({"data": {"event_type": event, "payload": payload, "includes": None}}).encode()))
        == []
    )


def test_a_private_message_in_the_newer_form(channel: X) -> None:
    payload = {
        "id": "500",
        "event_type": "MessageCreate",
        "sender_id": "2",
        "dm_conversation_id": "2-10",
        "text": "hallo",
        "created_at": "2026-07-20T01:51:31Z",
    }
    data = {"event_type": "dm.received", "filter": {"user_id": "10"}, "payload": payload}
    [said] = read(channel, channel.split(json.dumps({"data": data}).encode()))
    assert (said.remote_id, said.text, said.thread, said.echo, said.author.id) == ("500", "hallo", "2-10", False, "2")


def test_a_private_message_in_the_older_form_without_a_moment(channel: X) -> None:
    old = {
        "type": "message_create",
        "id": "2080765813578191303",
        "message_create": {"sender_id": "2", "target": {"recipient_id": "10"}, "message_data": {"text": "hallo"}},
    }
    data = {
        "event_type": "dm.received",
        "filter": {"user_id": "10"},
        "payload": {
            "users": {"2": {"data": {"name": "Afzender", "screen_name": "af"}}, "3": None},
            "direct_message_events": [old],
        },
    }
    [said] = read(channel, channel.split(json.dumps({"data": data}).encode()))
    assert (said.thread, said.author.handle, said.author.name) == ("2-10", "af", "Afzender")
    assert said.at == reading.moment("2080765813578191303")


def test_the_example_of_x_itself_is_read(channel: X) -> None:
    """As on the page "X Activity API event payload examples", with ids and words of its own."""
    payload = {
        "created_at": "2026-07-24T21:23:23.000Z", "edit_history_tweet_ids": ["2080765813578191303"], "conversation_id": "2080765813578191303",
        "display_text_range": [0, 16], "text": "hey @ExampleUser", "author_id": "2222222222222222222", "id": "2080765813578191303", "lang": "und",
        "entities": {"mentions": [{"start": 4, "end": 16, "username": "ExampleUser", "id": "1111111111111111111"}]},
    }  # fmt: skip
    users = [{"id": "2222222222222222222", "username": "OtherUser", "name": "OtherUser", "description": "who I am"}]
    data = {
        "event_uuid": "1",
        "filter": {"user_id": "1111111111111111111"},
        "event_type": "post.mention.create",
        "payload": payload,
        "includes": {"users": users},
    }
    [update] = channel.split(json.dumps({"data": data}).encode())
    assert "who I am" not in json.dumps(update.payload)  # we keep nobody's profile
    [said] = channel.read(update)
    assert (said.text, said.author.handle, said.language, said.echo) == ("hey @ExampleUser", "OtherUser", "", False)


def test_what_was_kept_long_ago_or_is_not_ours_is_read_without_breaking(channel: X) -> None:
    assert channel.read(Update(remote_id="x", payload={})) == []
    [said] = channel.read(
        Update(
            remote_id="post:2080765813578191303",
            payload={"me": "1", "post": {"id": "2080765813578191303", "text": "Hoi"}},
        )
    )
    assert (said.text, said.author.handle, said.url) == ("Hoi", "", "https://x.com/i/status/2080765813578191303")
    assert said.at == reading.moment("2080765813578191303")


@pytest.mark.parametrize(
    ("post", "text"),
    [
        ({"text": "Kort…", "note_post": {"text": "Lang https://t.co/1", "entities": {"urls": [{"url": "https://t.co/1", "expanded_url": "https://gemeente.nl"}]}}}, "Lang https://gemeente.nl"),
        ({"text": "Foto https://t.co/1", "entities": {"urls": [{"url": "https://t.co/1", "display_url": "pic.x.com/abc"}]}}, "Foto"),
        ({"text": "Film https://t.co/1", "entities": {"urls": [{"url": "https://t.co/1", "expanded_url": "https://x.com/a/status/1/video/1"}]}}, "Film"),
        ({"text": "Zie https://t.co/1", "entities": {"urls": [{"url": "https://t.co/1"}, {"start": 0}, "odd"]}}, "Zie https://t.co/1"),
        ({"text": "5 &gt; 3", "entities": None}, "5 > 3"),
        ({"text": "x", "display_text_range": ["odd"]}, "x"),
    ],
)  # fmt: skip
def test_words_are_as_people_see_them(post: dict[str, object], text: str) -> None:
    assert reading.words(post, as_answer=True) == text


def test_films_come_as_the_best_there_is(channel: X) -> None:
    variants = [
        {"content_type": "video/mp4", "bit_rate": 1, "url": "https://video.example/low"},
        {"content_type": "video/mp4", "bit_rate": 9, "url": "https://video.example/high"},
        {"content_type": "application/x-mpegURL", "url": "https://video.example/list"},
    ]
    media = [
        {"type": "video", "variants": variants},
        {"type": "animated_gif"},
        {"type": "photo", "url": "https://pbs.example/a?format=png", "alt_text": "Plein"},
    ]
    [said] = channel.read(
        Update(
            remote_id="post:5", payload={"me": "1", "post": {"id": "5", "text": "", "author_id": "2"}, "media": media}
        )
    )
    assert [(one.media_type, one.url) for one in said.attachments] == [
        ("video/mp4", "https://video.example/high"),
        ("image/png", "https://pbs.example/a?format=png"),
    ]


def test_a_target_from_what_was_heard_can_be_answered(channel: X, network: FakeX, access: dict[str, str]) -> None:
    network.say("@gemeente hallo")
    [said] = heard(channel, access, "")[0]
    to = Target(remote_id=said.remote_id, thread=said.thread, author_id=said.author.id, sort=said.sort)
    channel.reply(to, rendered(channel, "Dag!"), access, "key")
    assert network.texts() == ["Dag!"]
