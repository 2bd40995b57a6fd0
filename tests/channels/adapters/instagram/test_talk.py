"""What residents say on Instagram, and our answers."""

import json
from datetime import timedelta
from typing import Any

import pytest

from stamtafel.channels.adapters.instagram.channel import Instagram
from stamtafel.channels.contract import Attempt, ByHand, Incoming, OutcomeUnknown, Permanent, Sort, Target, Update
from tests.channels.adapters.meta.world import World, draft, words


@pytest.fixture
def account(world: World) -> Instagram:
    return world.instagram()


@pytest.fixture
def media(world: World, account: Instagram) -> str:
    return account.publish(account.render(draft(pictures=(world.picture(),))), world.credentials, "k").remote_id


def polled(world: World, account: Instagram, *recent: str, **credentials: str) -> dict[str, Incoming]:
    cursor = json.dumps({"since": (world.now - timedelta(hours=1)).isoformat()})
    updates, _ = account.listen(cursor, {**world.credentials, **credentials}, recent)
    return {one.remote_id: said for one in updates for said in account.read(one)}


def told(world: World, account: Instagram) -> dict[str, Incoming]:
    found: dict[str, Incoming] = {}
    for body, headers in world.meta.hooked():
        assert account.is_genuine(headers, body, world.credentials)
        updates = [account.complete(one, world.credentials) for one in account.split(body)]
        found |= {one.remote_id: said for one in updates for said in account.read(one)}
    return found


def target(said: Incoming, **more: Any) -> Target:
    return Target(**{"remote_id": said.remote_id, "thread": said.thread, "author_id": said.author.id, "sort": said.sort,
                     "about": said.about, "private": said.private, "last_heard_at": said.at, **more})  # fmt: skip


# ── hearing ──
def test_listening_begins_now(world: World, account: Instagram, media: str) -> None:
    updates, cursor = account.listen("", world.credentials, [media])
    assert updates == []
    world.later(minutes=5)
    world.meta.ig_comment(media, "Mooi", "7")
    updates, cursor = account.listen(cursor, world.credentials, [media])
    assert [one.payload["value"]["text"] for one in updates] == ["Mooi"]
    world.later(hours=1)
    _, cursor = account.listen(cursor, world.credentials, [media])
    assert account.listen(cursor, world.credentials, [media])[0] == []


def test_a_comment_is_the_same_whether_asked_or_told(world: World, account: Instagram, media: str) -> None:
    first = world.meta.ig_comment(media, "Waarom géén fontein? ⛲", "7")
    second = world.meta.ig_comment(media, "Dat wil ik ook", "8", under=first)
    asked, heard = polled(world, account, media), told(world, account)
    assert asked.keys() == heard.keys() == {f"comment:{first}", f"comment:{second}"}
    for found in (asked, heard):
        one, two = found[f"comment:{first}"], found[f"comment:{second}"]
        assert (one.text, one.sort, one.author.id, one.author.handle) == (
            "Waarom géén fontein? ⛲",
            Sort.COMMENT,
            "7",
            "user7",
        )
        assert (one.author.url, one.about, one.at) == ("https://www.instagram.com/user7/", media, world.now)
        assert (one.thread, two.thread, two.in_reply_to, two.about) == (first, first, first, media)
        assert not one.echo


def test_a_new_answer_under_an_old_comment_of_the_first_page(world: World, account: Instagram, media: str) -> None:
    first = world.meta.ig_comment(media, "Oud", "7")
    world.later(hours=2)
    world.meta.ig_comment(media, "Nieuw", "8", under=first)
    assert [one.text for one in polled(world, account, media).values()] == ["Nieuw"]
    world.later(hours=2)
    for number in range(60):
        world.meta.ig_comment(media, f"n{number}", "9")
    assert len(polled(world, account, media)) == 60
    world.later(hours=2)
    before = world.calls("GET", "/comments")
    assert polled(world, account, media) == {}
    assert world.calls("GET", "/comments") == before + 1


def test_our_own_answer_comes_back_as_an_echo(world: World, account: Instagram, media: str) -> None:
    first = world.meta.ig_comment(media, "Vraag", "7")
    to = target(polled(world, account, media)[f"comment:{first}"])
    receipt = account.reply(to, words("Antwoord é"), world.credentials, "k")
    assert (receipt.url, world.meta.things[receipt.remote_id]["text"]) == ("", "Antwoord é")
    found = polled(world, account, media)[f"comment:{receipt.remote_id}"]
    assert (found.echo, found.thread) == (True, first)


@pytest.mark.parametrize("in_comment", [True, False])
def test_a_mention_is_told_by_place_and_completed(world: World, account: Instagram, in_comment: bool) -> None:
    key = world.meta.ig_mention("Kijk eens @gemeentevoorbeeld é", "7", in_comment=in_comment)
    (body, _), *_ = world.meta.hooked()
    (update,) = account.split(body)
    (bare,) = account.read(update)
    assert (update.remote_id, bare.remote_id, bare.text, bare.at) == (f"mention:{key}", key, "", world.now)
    complete = account.complete(update, world.credentials)
    (said,) = account.read(complete)
    assert (said.text, said.sort, said.author.handle) == ("Kijk eens @gemeentevoorbeeld é", Sort.MENTION, "user7")
    assert (said.url.startswith("https://www.instagram.com/p/"), said.remote_id == said.thread) == (
        True,
        not in_comment,
    )
    assert account.complete(complete, world.credentials) == complete
    receipt = account.reply(target(said), words("Dank u"), world.credentials, "k")
    assert world.meta.things[receipt.remote_id]["media_id"] == said.thread
    assert world.meta.things[receipt.remote_id]["parent_id"] == (key if in_comment else None)


def test_a_mention_that_is_gone_is_shown_as_far_as_we_know(world: World, account: Instagram) -> None:
    key = world.meta.ig_mention("weg", "7", in_comment=True)
    del world.meta.things[key]
    (said,) = told(world, account).values()
    assert (said.remote_id, said.text, said.url) == (key, "", "https://www.instagram.com/")


def test_a_picture_with_our_name_on_it(world: World, account: Instagram) -> None:
    world.meta.ig_tag("oud", "7")
    world.later(hours=2)
    key = world.meta.ig_tag("Met @gemeentevoorbeeld", "7")
    (said,) = polled(world, account).values()
    assert (said.remote_id, said.thread, said.text, said.sort) == (key, key, "Met @gemeentevoorbeeld", Sort.MENTION)
    assert said.attachments[0].media_type == "image/*"
    film = {
        "id": "9",
        "timestamp": "2026-11-23T10:00:00+0000",
        "media_type": "VIDEO",
        "media_url": "https://cdn.example/9.mp4",
    }
    (said,) = account.read(Update(remote_id="mention:9", payload={"shape": "tag", "value": film}))
    assert (said.attachments[0].media_type, said.author.url) == ("video/*", "")


def test_a_private_message_is_the_same_whether_asked_or_told(world: World, account: Instagram) -> None:
    mid = world.meta.message("Mag ik wat vragen? é", "7", platform="INSTAGRAM")
    asked, heard = polled(world, account)[f"message:{mid}"], told(world, account)[f"message:{mid}"]
    for one in (asked, heard):
        assert (one.text, one.private, one.echo, one.author.id, one.thread) == (
            "Mag ik wat vragen? é",
            True,
            False,
            "7",
            "7",
        )
    assert heard.author.handle == "user7"
    receipt = account.reply(target(asked), words("Jazeker"), world.credentials, "k")
    for found in (polled(world, account), told(world, account)):
        assert (found[f"message:{receipt.remote_id}"].echo, found[f"message:{receipt.remote_id}"].thread) == (True, "7")
    world.meta.delete_message(mid)
    assert told(world, account)[f"message:{mid}:deleted"].deleted


def test_by_instagram_login_messages_are_at_the_account(world: World) -> None:
    account = world.instagram(login="instagram", page_id="")
    mid = world.meta.message("Dag", "7", platform="INSTAGRAM")
    found = polled(world, account, token=world.meta.ig_token)[f"message:{mid}"]
    account.reply(target(found), words("Dag"), {"token": world.meta.ig_token}, "k")
    assert world.calls("POST", "/17841/messages") == 1


def test_without_a_page_private_messages_are_only_told(world: World, media: str) -> None:
    account = world.instagram(page_id="")
    world.meta.message("Dag", "7", platform="INSTAGRAM")
    assert polled(world, account) == {}
    (said,) = told(world, account).values()
    with pytest.raises(ByHand, match="no page ID"):
        account.reply(target(said), words("Dag"), world.credentials, "k")
    account.subscribe(world.credentials, "x")
    assert [one["object"] for one in world.meta.subscriptions] == ["instagram"]
    assert world.meta.subscribed[world.meta.page] == {}
    world.meta.message("Dag", "7", platform="INSTAGRAM")
    assert told(world, world.instagram(messages="no")) == {}


def test_a_post_that_is_gone_stops_nothing(world: World, account: Instagram, media: str) -> None:
    first = world.meta.ig_comment(media, "Hoi", "7")
    assert polled(world, account, "999", media).keys() == {f"comment:{first}"}


@pytest.mark.parametrize(
    ("field", "value"), [("story_insights", {"media_id": "1"}), ("comments", {}), ("mentions", {})]
)
def test_what_is_of_no_concern_is_passed_over(
    world: World, account: Instagram, field: str, value: dict[str, Any]
) -> None:
    entry = {"id": world.meta.ig, "time": 1, "changes": [{"field": field, "value": value}]}
    assert account.split(world.meta.signed({"object": "instagram", "entry": [entry]})[0]) == []


def test_with_instagram_login_a_change_may_stand_in_the_entry(world: World, account: Instagram, media: str) -> None:
    value = {"id": "55", "text": "Hoi", "from": {"id": "7", "username": "u"}, "media": {"id": media}}
    entry = {"id": world.meta.ig, "time": 1_763_892_000, "field": "comments", "value": value}
    (update,) = account.split(world.meta.signed({"object": "instagram", "entry": [entry]})[0])
    (said,) = account.read(update)
    assert (said.remote_id, said.text, said.at.year) == ("55", "Hoi", 2025)
    assert account.complete(update, world.credentials) == update


# ── answering ──
@pytest.mark.parametrize("kind", ["lost", "garbled", "error"])
def test_a_lost_answer_is_found_and_never_doubled(world: World, account: Instagram, media: str, kind: str) -> None:
    first = world.meta.ig_comment(media, "Vraag", "7")
    to, answer = target(polled(world, account, media)[f"comment:{first}"]), words("Antwoord")
    attempt = Attempt(key="k", rendered=answer, since=world.now, to=to)
    assert account.find(attempt, world.credentials) is None
    world.meta.fail(kind, on="POST .*/replies")
    with pytest.raises(OutcomeUnknown):
        account.reply(to, answer, world.credentials, "k")
    found = account.find(attempt, world.credentials)
    assert found is not None
    assert world.meta.things[found.remote_id]["text"] == "Antwoord"
    assert len(world.meta.of("IGComment", by=world.meta.ig)) == 1
    world.later(hours=1)
    assert account.find(Attempt(key="k", rendered=answer, since=world.now, to=to), world.credentials) is None


def test_a_lost_message_is_found_too(world: World, account: Instagram) -> None:
    mid = world.meta.message("Dag", "7", platform="INSTAGRAM")
    to, answer = target(polled(world, account)[f"message:{mid}"]), words("Goedendag")
    world.meta.fail("lost", on="POST .*/messages")
    with pytest.raises(OutcomeUnknown):
        account.reply(to, answer, world.credentials, "k")
    found = account.find(Attempt(key="k", rendered=answer, since=world.now, to=to), world.credentials)
    assert found is not None
    assert world.meta.things[found.remote_id]["message"] == "Goedendag"


def test_an_answer_to_a_mention_can_not_be_looked_up(world: World, account: Instagram) -> None:
    attempt = Attempt(
        key="k", rendered=words("x"), since=world.now, to=Target(remote_id="5", thread="4", sort="mention")
    )
    assert account.find(attempt, world.credentials) is None


def test_windows(world: World, account: Instagram) -> None:
    assert account.window(Target(remote_id="1"), world.now).text == 300
    private = account.window(Target(remote_id="1", private=True, last_heard_at=world.now), world.now)
    assert (private.text, private.until, bool(private.note)) == (1000, world.now + timedelta(days=1), True)
    with pytest.raises(ByHand):
        account.reply(Target(remote_id="1", private=True, thread="7", last_heard_at=world.now - timedelta(days=2)), words("x"),
                      world.credentials, "k")  # fmt: skip


def test_what_does_not_fit_is_not_sent(world: World, account: Instagram) -> None:
    with pytest.raises(Permanent, match="301 characters"):
        account.reply(Target(remote_id="1"), words("a" * 301), world.credentials, "k")
    with pytest.raises(Permanent, match="1002, and 1000 fit"):
        account.reply(Target(remote_id="1", private=True, thread="7"), words("é" * 501), world.credentials, "k")
    with pytest.raises(Permanent, match="without pictures"):
        account.reply(Target(remote_id="1"), account.render(draft(pictures=(world.picture(),))), world.credentials, "k")
    assert world.meta.calls == []


def test_going_on_in_private(world: World, account: Instagram, media: str) -> None:
    first = world.meta.ig_comment(media, "Mijn adres is …", "7")
    to = target(polled(world, account, media)[f"comment:{first}"])
    receipt = account.reply_in_private(to, words("Hier verder?"), world.credentials, "k")
    assert world.meta.things[receipt.remote_id]["to"] == "7"
    found = account.find(Attempt(key="k", rendered=words("Hier verder?"), since=world.now, to=to), world.credentials)
    assert found == receipt
    mid = world.meta.message("Ja", "7", platform="INSTAGRAM")
    private = target(polled(world, account)[f"message:{mid}"])
    assert account.reply_in_private(private, words("Fijn"), world.credentials, "k").remote_id


def test_hiding_and_showing(world: World, account: Instagram, media: str) -> None:
    first = world.meta.ig_comment(media, "Scheldwoord", "7")
    for hidden in (True, True, False):
        account.hide(Target(remote_id=first), world.credentials, hidden=hidden)
        assert world.meta.things[first]["hidden"] is hidden


def test_the_same_words_of_somebody_else_are_not_ours(world: World, account: Instagram, media: str) -> None:
    first = world.meta.ig_comment(media, "Vraag", "7")
    world.meta.ig_comment(media, "Antwoord", "8", under=first)
    attempt = Attempt(key="k", rendered=words("Antwoord"), since=world.now, to=Target(remote_id=first))
    assert account.find(attempt, world.credentials) is None
