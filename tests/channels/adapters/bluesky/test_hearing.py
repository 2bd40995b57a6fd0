"""What people say: by notification and by thread, edited by nobody, sometimes gone."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from stamtafel.channels.adapters.bluesky import incoming
from stamtafel.channels.adapters.bluesky.channel import Bluesky
from stamtafel.channels.contract import Draft, Form, Incoming, Sort, Temporary, Update
from tests.fakes.bluesky import Bluesky as Fake

LIST = r"GET /xrpc/app\.bsky\.notification\.listNotifications"


@pytest.fixture
def ours(channel: Bluesky, credentials: Mapping[str, str]) -> str:
    return channel.publish(channel.render(Draft(subject="Bomen", body="Wij planten.")), credentials, "k").remote_id


def said(channel: Bluesky, updates: Any) -> list[Incoming]:
    return [one for update in updates for one in channel.read(update)]


def test_a_reply_a_mention_and_a_quote_come_in(
    fake: Fake, channel: Bluesky, credentials: Mapping[str, str], ours: str
) -> None:
    anna = fake.join("anna.test", "Anna")
    reply = fake.say(anna, "Wanneer dan?", under=ours)
    deeper = fake.say(fake.join("bob.test", "Bob"), "Ja, wanneer?", under=reply)
    mention = fake.mention(anna, "Hoi @gemeente.test!")
    quote = fake.quote(anna, "Kijk eens", ours)
    updates, _cursor = channel.listen("", credentials, [])
    found = {one.remote_id: one for one in said(channel, updates)}
    assert {update.remote_id for update in updates} == {
        f"comment:{reply}",
        f"comment:{deeper}",
        f"mention:{mention}",
        f"mention:{quote}",
    }
    assert found.keys() == {reply, deeper, mention, quote}
    assert (found[reply].sort, found[reply].thread, found[reply].about, found[reply].in_reply_to) == (
        Sort.COMMENT,
        ours,
        ours,
        ours,
    )
    assert (found[deeper].thread, found[deeper].about, found[deeper].in_reply_to) == (ours, ours, reply)
    assert (found[mention].sort, found[mention].thread, found[mention].about) == (Sort.MENTION, mention, "")
    assert (found[quote].sort, found[quote].about) == (Sort.MENTION, ours)
    author = found[reply].author
    assert (author.id, author.handle, author.name) == (anna.did, "anna.test", "Anna")
    assert author.url == f"https://bsky.app/profile/{anna.did}"
    assert (found[reply].text, found[reply].language, found[reply].private, found[reply].echo) == (
        "Wanneer dan?",
        "nl",
        False,
        False,
    )
    assert found[reply].url == f"https://bsky.app/profile/{anna.did}/post/{reply.rpartition('/')[2]}"
    assert found[reply].at.tzinfo is not None


def test_a_reply_without_a_notification_is_found_in_the_thread(
    fake: Fake, channel: Bluesky, credentials: Mapping[str, str], ours: str
) -> None:
    anna = fake.join("anna.test", "Anna")
    silent = fake.say(anna, "Hoort iemand mij?", under=ours, deaf=True)
    assert channel.listen("", credentials, [])[0] == []
    by_thread, _ = channel.listen("", credentials, [ours, "at://did:plc:x/app.bsky.feed.post/weg"])
    fake.deaf.clear()
    by_notification, _ = channel.listen("", credentials, [])
    assert [update.remote_id for update in by_thread] == [f"comment:{silent}"]
    assert list(by_thread) == list(by_notification)


def test_who_blocked_us_is_left_out_of_a_thread(
    fake: Fake, channel: Bluesky, credentials: Mapping[str, str], ours: str
) -> None:
    blocked = {"$type": "app.bsky.feed.defs#blockedPost", "uri": "at://did:plc:x/app.bsky.feed.post/y", "blocked": True}
    thread = {"post": {"uri": ours}, "replies": [{**blocked, "author": {"did": "did:plc:x"}}, "nonsense"]}
    fake.fail("error", on=r"GET /xrpc/app\.bsky\.feed\.getPostThread", status=200, body={"thread": thread})
    assert channel.listen("", credentials, [ours])[0] == []


def test_our_own_answers_are_echoes_and_our_own_chain_is_nothing(
    fake: Fake, channel: Bluesky, credentials: Mapping[str, str]
) -> None:
    rendered = channel.render(Draft(subject="", body="Een zin van woorden. " * 40, form=Form.THREAD))
    root = channel.publish(rendered, credentials, "chain").remote_id
    by_hand = fake.say(fake.us, "Nog iets", under=root)
    updates, _ = channel.listen("", credentials, [root])
    assert [(one.remote_id, one.echo) for one in said(channel, updates)] == [(by_hand, True)]


def test_an_answer_to_a_later_post_of_our_chain_answers_the_chain(
    fake: Fake, channel: Bluesky, credentials: Mapping[str, str]
) -> None:
    rendered = channel.render(Draft(subject="", body="Een zin van woorden. " * 40, form=Form.THREAD))
    root = channel.publish(rendered, credentials, "chain").remote_id
    by_hand = fake.say(fake.us, "Nog iets", under=root)
    anna = fake.join("anna.test", "Anna")
    later = fake.say(anna, "Over het tweede", under=fake.posts()[1].uri)
    to_hand = fake.say(anna, "Over nog iets", under=by_hand)
    found = {one.remote_id: one for one in said(channel, channel.listen("", credentials, [])[0])}
    assert (found[later].in_reply_to, found[later].about) == (root, root)
    assert found[to_hand].in_reply_to == by_hand


def test_going_on_from_a_cursor_brings_only_what_is_new(
    fake: Fake, channel: Bluesky, credentials: Mapping[str, str], ours: str
) -> None:
    anna = fake.join("anna.test", "Anna")
    first = fake.say(anna, "Een", under=ours)
    updates, cursor = channel.listen("", credentials, [])
    assert [one.remote_id for one in updates] == [f"comment:{first}"]
    second = fake.say(anna, "Twee", under=ours)
    updates, cursor = channel.listen(cursor, credentials, [])
    assert {one.remote_id for one in updates} == {
        f"comment:{first}",
        f"comment:{second}",
    }  # the last one again: harmless
    updates, again = channel.listen(cursor, credentials, [])
    assert {one.remote_id for one in updates} == {f"comment:{second}"}
    assert json.loads(again)["seen"] == json.loads(cursor)["seen"]


def test_more_than_one_round_can_take_is_finished_in_the_next(
    fake: Fake, channel: Bluesky, credentials: Mapping[str, str], ours: str, monkeypatch: Any
) -> None:
    monkeypatch.setattr(incoming, "PAGES", 2)
    monkeypatch.setattr(incoming, "PAGE", 3)
    anna = fake.join("anna.test", "Anna")
    old = fake.say(anna, "Oud", under=ours)
    _, cursor = channel.listen("", credentials, [])
    wanted = {f"comment:{fake.say(anna, str(number), under=ours)}" for number in range(8)}
    heard: set[str] = set()
    rounds = 0
    while rounds == 0 or json.loads(cursor)["page"]:
        updates, cursor = channel.listen(cursor, credentials, [])
        heard |= {one.remote_id for one in updates}
        rounds += 1
    assert wanted <= heard
    assert rounds == 2
    assert json.loads(cursor)["seen"] == max(record.at for record in fake.records.values())
    newest = fake.say(anna, "Nieuw", under=ours)
    assert f"comment:{newest}" in {one.remote_id for one in channel.listen(cursor, credentials, [])[0]}
    assert f"comment:{old}" in json.loads(cursor)["heard"]


def test_what_is_gone_twice_was_taken_away(
    fake: Fake, channel: Bluesky, credentials: Mapping[str, str], ours: str
) -> None:
    anna = fake.join("anna.test", "Anna")
    reply = fake.say(anna, "Toch niet", under=ours)
    _, cursor = channel.listen("", credentials, [ours])
    fake.say(anna, "Wel", under=ours)
    kept = fake.records[reply]
    fake.remove(reply)
    updates, cursor = channel.listen(cursor, credentials, [ours])
    assert not any(one.deleted for one in said(channel, updates))
    fake.records[reply] = kept  # the index missed it once
    _, cursor = channel.listen(cursor, credentials, [])
    fake.remove(reply)
    _, cursor = channel.listen(cursor, credentials, [ours])
    updates, cursor = channel.listen(cursor, credentials, [ours])
    gone = [update for update in updates if update.remote_id == f"comment:{reply}:deleted"]
    assert len(gone) == 1
    (one,) = channel.read(gone[0])
    assert (one.remote_id, one.deleted, one.sort, one.author.id, one.text) == (reply, True, Sort.COMMENT, anna.did, "")
    assert not any(one.deleted for one in said(channel, channel.listen(cursor, credentials, [ours])[0]))


def test_pictures_cards_and_shortened_links_come_along(
    fake: Fake, channel: Bluesky, credentials: Mapping[str, str], ours: str
) -> None:
    anna = fake.join("anna.test", "Anna")
    blob = {
        "$type": "blob",
        "ref": {"$link": "bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2a"},
        "mimeType": "image/png",
        "size": 9,
    }
    images = {"$type": "app.bsky.embed.images", "images": [{"image": blob, "alt": "Een gat in de weg"}]}
    fake.say(anna, "Kijk", under=ours, embed=images)
    card = {
        "$type": "app.bsky.embed.external",
        "external": {"uri": "https://a.nl/lang", "title": "A", "description": ""},
    }
    fake.say(anna, "Lees", under=ours, embed=card)
    fake.say(anna, "Lees https://a.nl/lang", under=ours, embed=card)
    found = {one.text: one for one in said(channel, channel.listen("", credentials, [])[0])}
    assert found.keys() == {"Kijk", "Lees\n\nhttps://a.nl/lang", "Lees https://a.nl/lang"}
    (picture,) = found["Kijk"].attachments
    assert (picture.media_type, picture.alt, picture.url.startswith("http")) == (
        "image/jpeg",
        "Een gat in de weg",
        True,
    )


def view(**more: Any) -> Update:
    post = {
        "uri": "at://did:plc:anna/app.bsky.feed.post/3k", "author": {"did": "did:plc:anna"}, "indexedAt": "2026-11-23T10:00:00Z",
        "record": {"text": "Dag"}, **more,
    }  # fmt: skip
    return Update(remote_id="mention:x", payload={"post": post, "me": "did:plc:us", "sort": "mention"})


def test_films_quotes_with_pictures_and_odd_things_can_be_read(channel: Bluesky) -> None:
    film = {"$type": "app.bsky.embed.video#view", "playlist": "https://v.nl/x.m3u8", "alt": "Een fiets"}
    (one,) = channel.read(view(embed=film))[0].attachments
    assert (one.media_type, one.alt) == ("application/vnd.apple.mpegurl", "Een fiets")
    shown = {"media": {"images": [{"fullsize": "https://a.nl/b.jpg", "alt": "b"}]}, "record": {}}
    quoted = {"text": "Dag", "embed": {"record": {"record": {"uri": "at://did:plc:us/app.bsky.feed.post/3j"}}}}
    found = channel.read(view(embed=shown, record=quoted))[0]
    assert (found.attachments[0].url, found.about) == ("https://a.nl/b.jpg", "at://did:plc:us/app.bsky.feed.post/3j")
    odd = channel.read(
        view(
            author=None,
            indexedAt="2026-11-23T10:00:00",
            record={"text": "x", "embed": {"record": {"record": {"record": {}}}}},
        )
    )
    assert (odd[0].author.id, odd[0].at, odd[0].about) == ("", datetime(2026, 11, 23, 10, tzinfo=UTC), "")
    assert channel.read(Update(remote_id="x", payload={})) == []
    assert channel.read(view(record=None)) == []


def test_a_broken_cursor_begins_anew(fake: Fake, channel: Bluesky, credentials: Mapping[str, str], ours: str) -> None:
    reply = fake.say(fake.join("anna.test", "Anna"), "Een", under=ours)
    for cursor in ("kapot", '{"invented": 1}', "[]"):
        assert [one.remote_id for one in channel.listen(cursor, credentials, [])[0]] == [f"comment:{reply}"]


@pytest.mark.parametrize("fault", [("status", {"status": 500}), ("lost", {}), ("garbled", {}), ("drop", {})])
def test_whatever_goes_wrong_in_asking_may_be_asked_again(
    fake: Fake, channel: Bluesky, credentials: Mapping[str, str], ours: str, fault: tuple[str, dict[str, Any]]
) -> None:
    reply = fake.say(fake.join("anna.test", "Anna"), "Een", under=ours)
    fake.fail(fault[0], on=LIST, **fault[1])
    with pytest.raises(Temporary):
        channel.listen("", credentials, [])
    assert [one.remote_id for one in channel.listen("", credentials, [])[0]] == [f"comment:{reply}"]


def test_a_post_that_is_nowhere_to_be_seen_is_read_from_the_notification(
    fake: Fake, channel: Bluesky, credentials: Mapping[str, str], ours: str
) -> None:
    reply = fake.say(fake.join("anna.test", "Anna"), "Een", under=ours)
    fake.fail("error", on=r"GET /xrpc/app\.bsky\.feed\.getPosts", status=200, body={"posts": None})
    assert [one.remote_id for one in said(channel, channel.listen("", credentials, [])[0])] == [reply]
