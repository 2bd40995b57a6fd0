"""Hearing what people say on Mastodon, answering, changing, taking back, figures."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from stamtafel.channels.adapters.mastodon import listening
from stamtafel.channels.contract import (
    Attempt,
    Form,
    NeedsSignIn,
    OutcomeUnknown,
    Permanent,
    Rendered,
    Sort,
    Target,
    Temporary,
    Update,
)
from tests.channels.adapters.mastodon.conftest import PICTURE, at, draft
from tests.channels.adapters.mastodon.test_tell import LONG


class Ears:
    """Listens on where it was, as the core does: the same key is one thing."""

    def __init__(self, town, credentials, recent=()):
        self.town, self.credentials, self.recent = town, credentials, list(recent)
        self.cursor, self.kept = "", {}

    def __call__(self):
        updates, self.cursor = self.town.listen(self.cursor, self.credentials, self.recent)
        assert len(self.cursor) < 20_000
        fresh = [one for one in updates if one.remote_id not in self.kept]
        self.kept |= {one.remote_id: one for one in updates}
        for update in updates:
            json.dumps(dict(update.payload))
        return [said for one in fresh for said in self.town.read(one)]


@pytest.fixture
def post(server, town, credentials):
    return town.publish(town.render(draft()), credentials, "a:1").remote_id


@pytest.fixture
def ears(town, credentials, post):
    return Ears(town, credentials, [post])


def target(said, **fields):
    return Target(**{
        "remote_id": said.remote_id, "thread": said.thread, "author_id": said.author.id, "handle": said.author.handle,
        "private": said.private, "sort": said.sort, "about": said.about, "url": said.url, **fields,
    })  # fmt: skip


# ── hearing ──────────────────────────────────────────────────────────────────────────────────────
def test_a_comment_that_does_not_name_us_is_heard_under_our_post(server, ears, post):
    assert ears() == []
    status = server.comment("Mooi zo 🌳", to=post, by="fatima@elders.example", language="nl")
    (said,) = ears()
    assert (said.remote_id, said.sort, said.text, said.about) == (status["id"], Sort.COMMENT, "Mooi zo 🌳", post)
    assert (said.author.handle, said.author.name, said.author.url) == (
        "fatima@elders.example",
        "Fatima",
        "https://elders.example/@fatima",
    )
    assert (said.thread, said.in_reply_to, said.language, said.private) == (status["id"], post, "nl", False)
    assert (said.echo, said.edited, said.deleted) == (False, False, False)
    assert ears() == []


def test_a_comment_that_names_us_is_one_thing_however_it_is_found(server, town, credentials, ears, post):
    status = server.comment("@gemeente Hoe laat?", to=post)
    (said,) = ears()
    assert (said.sort, said.about, said.thread) == (Sort.COMMENT, post, status["id"])
    by_notification, _cursor = town.listen("", credentials, [])
    by_context = Ears(town, credentials, [post])
    server.notifications.clear()
    (again,) = by_context()
    assert [one.remote_id for one in by_notification] == list(by_context.kept)
    assert again == said == town.read(by_notification[0])[0]


def test_a_mention_elsewhere(server, ears):
    first = server.say("Wat vinden wij van het plein?", by="bram")
    named = server.say("Vraag het @gemeente", by="fatima", to=first["id"])
    loose = server.say("@gemeente Er ligt glas", spoiler_text="glas")
    one, other = ears()
    assert (one.sort, one.thread, one.about, one.in_reply_to) == (Sort.MENTION, first["id"], "", first["id"])
    assert (other.sort, other.thread, other.subject) == (Sort.MENTION, loose["id"], "glas")
    assert one.remote_id == named["id"]


@pytest.mark.parametrize(("visibility", "sort"), [("direct", Sort.MESSAGE), ("private", Sort.MENTION)])
def test_what_is_not_for_everybody_is_private(server, ears, visibility, sort):
    server.say("@gemeente Mijn adres is …", visibility=visibility)
    (said,) = ears()
    assert (said.private, said.sort) == (True, sort)


def test_a_talk_has_one_thread(server, town, credentials, ears, post):
    first = server.comment("Hoe laat?", to=post)
    (said,) = ears()
    ours = town.reply(target(said), town.render(draft("Om tien uur.", subject="")), credentials, "r:1")
    again = server.comment("@gemeente Dank", to=ours.remote_id)
    echo, thanks = sorted(ears(), key=lambda one: one.remote_id)
    assert (echo.echo, echo.remote_id, echo.thread) == (True, ours.remote_id, first["id"])
    assert (thanks.thread, thanks.about, thanks.in_reply_to) == (first["id"], post, ours.remote_id)
    assert thanks.remote_id == again["id"]


def test_an_answer_by_hand_comes_back_as_ours_and_a_chain_does_not(server, town, credentials):
    posts = [town.publish(town.render(draft(LONG, form=Form.THREAD)), credentials, "a:1").remote_id]
    hears = Ears(town, credentials, posts)
    assert hears() == []
    last = server.ours()[-1]["id"]
    comment = server.comment("Onder de laatste", to=last)
    hand = server.say("Met de hand", by="gemeente", to=comment["id"])
    one, other = hears()
    assert (one.about, one.sort) == (posts[0], Sort.COMMENT)
    assert (other.remote_id, other.echo) == (hand["id"], True)


def test_an_edited_and_a_deleted_comment_are_followed(server, ears, post):
    comment = server.comment("Mooi", to=post)
    ears()
    server.change(comment["id"], "Niet mooi")
    (said,) = ears()
    assert (said.remote_id, said.text, said.edited) == (comment["id"], "Niet mooi", True)
    server.remove(comment["id"])
    (gone,) = ears()
    assert (gone.remote_id, gone.deleted, gone.text, gone.sort) == (comment["id"], True, "", Sort.COMMENT)
    assert gone.author.id == comment["account"]["id"]
    assert ears() == []


def test_a_private_message_is_followed_too(server, ears):
    message = server.say("@gemeente Kan het later?", visibility="direct")
    ears()
    server.change(message["id"], "@gemeente Kan het morgen?")
    (said,) = ears()
    assert (said.edited, said.sort) == (True, Sort.MESSAGE)
    server.remove(message["id"])
    (gone,) = ears()
    assert (gone.deleted, gone.private) == (True, True)


def test_a_reply_that_is_edited_elsewhere_keeps_its_place(server, ears):
    first = server.say("Wat vinden wij?", by="bram")
    named = server.say("Vraag het @gemeente", to=first["id"])
    ears()
    server.change(named["id"], "Vraag het aan @gemeente")
    (said,) = ears()
    assert (said.thread, said.edited) == (first["id"], True)


def test_an_old_server_can_not_tell_what_became_of_it(server, ears, post):
    comment = server.comment("Mooi", to=post)
    ears()
    server.bulk = False
    server.remove(comment["id"])
    assert ears() == []


def test_more_than_a_page_is_heard_and_nothing_twice(server, ears):
    ears()
    server.say("@gemeente nul")
    ears()
    for number in range(95):
        server.say(f"@gemeente {number}")
    assert [said.text for said in ears()] == [f"@gemeente {number}" for number in range(95)]
    assert ears() == []


def test_a_flood_is_heard_over_more_than_one_round(server, ears, monkeypatch):
    monkeypatch.setattr(listening, "MOST_PAGES", 1)
    server.say("@gemeente nul")
    ears()
    for number in range(50):
        server.say(f"@gemeente {number}")
    assert [len(ears()) for _round in range(3)] == [40, 10, 0]


def test_a_notification_without_a_status_is_passed_over(server, ears):
    server.say("@gemeente dag")
    note = {name: value for name, value in server.notifications[0].items() if name != "status"}
    server.fail("status", on="GET /api/v1/notifications", status=200, body=[note])
    assert ears() == []


def test_what_is_watched_has_an_end(server, ears, monkeypatch):
    monkeypatch.setattr(listening, "WATCHED", 5)
    for number in range(9):
        server.say(f"@gemeente {number}")
    ears()
    assert len(json.loads(ears.cursor)["watched"]) == 5


def test_each_of_many_has_its_turn(server, ears):
    said = [server.say(f"@gemeente {number}") for number in range(30)]
    ears()
    for one in said:
        server.change(one["id"], "anders")
    found = [one.remote_id for _round in range(2) for one in ears()]
    assert sorted(found) == sorted(one["id"] for one in said)


def test_a_mention_that_was_taken_away_in_the_meantime_still_comes(server, ears, post):
    comment = server.comment("@gemeente Hoe laat?", to=post)
    server.fail("status", on=f"GET /api/v1/statuses/{comment['id']}/context", status=404)
    assert {said.remote_id for said in ears()} == {comment["id"]}


def test_a_post_of_ours_that_is_gone_does_not_stop_the_rest(server, ears, post):
    server.remove(post)
    server.say("@gemeente dag")
    assert [said.text for said in ears()] == ["@gemeente dag"]


@pytest.mark.parametrize("cursor", ["", "rubbish", "[]", '{"other": 1}'])
def test_a_cursor_that_is_none_begins_anew(server, town, credentials, cursor):
    server.say("@gemeente dag")
    updates, _next = town.listen(cursor, credentials, [])
    assert len(updates) == 1


@pytest.mark.parametrize(
    "on", ["GET /api/v1/notifications", "GET /api/v1/statuses/.*/context", "GET /api/v1/accounts/verify_credentials"]
)
@pytest.mark.parametrize(("kind", "how"), [("status", {"status": 500}), ("garbled", {}), ("lost", {}), ("drop", {})])
def test_after_a_fault_nothing_is_lost(server, ears, post, on, kind, how):
    server.comment("@gemeente Hoe laat?", to=post)
    server.fail(kind, on=on, **how)
    with pytest.raises(Temporary):
        ears()
    assert [said.text for said in ears()] == ["@gemeente Hoe laat?"]


def test_pictures_of_others_come_along_with_their_words(server, town, ears, post):
    comment = server.comment("Kijk", to=post)
    server.statuses[comment["id"]]["media_attachments"] = [
        {"id": "1", "type": "image", "url": "https://files.example/1.webp?x", "description": "een kuil", "preview_url": None, "remote_url": None, "meta": None, "blurhash": None},
        {"id": "2", "type": "gifv", "url": None, "remote_url": "https://files.example/2", "description": None, "preview_url": None, "meta": None, "blurhash": None},
        {"id": "3", "type": "unknown", "url": None, "remote_url": None, "description": None, "preview_url": None, "meta": None, "blurhash": None},
    ]  # fmt: skip
    (said,) = ears()
    assert [(one.media_type, one.alt) for one in said.attachments] == [
        ("image/webp", "een kuil"), ("video/mp4", ""), ("application/octet-stream", ""),
    ]  # fmt: skip


def test_no_profile_of_anybody_is_kept(server, ears, post):
    server.comment("Mooi", to=post)
    ears()
    assert "lives here" not in json.dumps([dict(one.payload) for one in ears.kept.values()])


@pytest.mark.parametrize(
    "payload", [{}, {"status": "x"}, {"status": {"id": "1"}}, {"status": {"id": "1", "account": "x"}}]
)
def test_what_is_not_in_our_form_says_nothing(town, payload):
    assert town.read(Update(remote_id="comment:1", payload=payload)) == ()


def test_a_status_with_little_in_it_is_read(town):
    bare = {"id": "1", "account": {"id": "2"}}
    (said,) = town.read(Update(remote_id="mention:1", payload={"status": bare, "me": "3"}))
    assert (said.author.id, said.text, said.at.year) == ("2", "", 1970)
    (said,) = town.read(
        Update(remote_id="mention:1", payload={"status": {**bare, "created_at": "2026-11-01T10:00:00"}})
    )
    assert said.at == datetime(2026, 11, 1, 10, tzinfo=UTC)


# ── answering ────────────────────────────────────────────────────────────────────────────────────
def test_an_answer_names_who_is_answered(server, town, credentials, ears, post):
    comment = server.comment("Hoe laat?", to=post, by="fatima@elders.example")
    (said,) = ears()
    receipt = town.reply(
        target(said), town.render(draft("Om tien uur.", subject="", pictures=(PICTURE,))), credentials, "r:1"
    )
    answer = server.statuses[receipt.remote_id]
    assert (answer["text"], answer["in_reply_to_id"]) == ("@fatima@elders.example Om tien uur.", comment["id"])
    assert (answer["visibility"], len(answer["media_attachments"])) == ("unlisted", 1)
    assert answer["mentions"][0]["acct"] == "fatima@elders.example"


def test_what_was_private_is_answered_in_private(server, town, credentials, ears):
    server.say("@gemeente Mijn adres is …", visibility="private")
    (said,) = ears()
    receipt = town.reply(target(said), town.render(draft("Dank u.", subject="")), credentials, "r:1")
    assert server.statuses[receipt.remote_id]["visibility"] == "direct"


def test_a_public_talk_goes_on_in_private(server, town, credentials, ears, post):
    server.comment("Hoe laat?", to=post)
    (said,) = ears()
    receipt = town.reply_in_private(target(said), town.render(draft("Waar woont u?", subject="")), credentials, "r:1")
    answer = server.statuses[receipt.remote_id]
    assert (answer["visibility"], answer["text"]) == ("direct", "@fatima Waar woont u?")


def test_a_name_that_is_there_already_or_that_we_have_to_ask(server, town, credentials, ears, post):
    server.comment("Hoe laat?", to=post)
    (said,) = ears()
    first = town.reply(target(said), Rendered(subject="", text="@fatima Om tien."), credentials, "r:1")
    second = town.reply(target(said, handle=""), Rendered(subject="", text="Of elf."), credentials, "r:2")
    assert [server.statuses[one.remote_id]["text"] for one in (first, second)] == [
        "@fatima Om tien.",
        "@fatima Of elf.",
    ]


def test_the_window_leaves_room_for_the_name(town):
    window = town.window(Target(remote_id="1", handle="@fatima@elders.example"), datetime.now(UTC))
    assert (window.text, window.closed, window.until) == (500 - len("@fatima "), "", None)


def test_an_answer_that_is_too_long_is_refused(server, town, credentials, ears, post):
    server.comment("Hoe laat?", to=post)
    (said,) = ears()
    with pytest.raises(Permanent, match="8 characters too long"):
        town.reply(target(said), Rendered(subject="", text="a" * 500), credentials, "r:1")


def test_what_is_gone_can_not_be_answered(server, town, credentials, ears, post):
    comment = server.comment("Hoe laat?", to=post)
    (said,) = ears()
    server.remove(comment["id"])
    with pytest.raises(Permanent, match="Record not found"):
        town.reply(target(said), Rendered(subject="", text="a"), credentials, "r:1")


@pytest.mark.parametrize("kind", ["lost", "garbled", "error", "status", "drop"])
@pytest.mark.parametrize("hours", [0, 3])
def test_an_answer_is_never_doubled(server, town, credentials, ears, post, kind, hours):
    comment = server.comment("Hoe laat?", to=post)
    (said,) = ears()
    told = town.render(draft("Om tien uur.", subject=""))
    server.fail(kind, on="POST /api/v1/statuses")
    with pytest.raises(OutcomeUnknown):
        town.reply(target(said), told, credentials, "r:1")
    attempt = Attempt(key="r:1", rendered=told, since=datetime.now(UTC), to=target(said))
    there = town.find(attempt, credentials)
    assert (there is None) == (kind in {"status", "drop"})
    if hours:
        server.keys.clear()
    receipt = town.reply(target(said), told, credentials, "r:1")
    assert there in {None, receipt}
    assert len([one for one in server.ours() if one["in_reply_to_id"] == comment["id"]]) == 1


def test_a_picture_of_an_answer_is_waited_for(server, town, credentials, ears, post):
    server.comment("Hoe laat?", to=post)
    (said,) = ears()
    told = town.render(draft("Zo.", subject="", pictures=(PICTURE,)))
    server.slow_pictures = 3
    assert town.reply(target(said), told, credentials, "r:1")
    server.slow_pictures = 99
    with pytest.raises(Temporary, match="making a picture ready"):
        town.reply(target(said), town.render(draft("Anders.", subject="", pictures=(PICTURE,))), credentials, "r:2")
    server.fail("status", on="POST /api/v2/media", status=500)
    with pytest.raises(Temporary, match="500"):
        town.reply(target(said), town.render(draft("Nog eens.", subject="", pictures=(PICTURE,))), credentials, "r:3")


# ── changing and taking back ─────────────────────────────────────────────────────────────────────
def test_an_edit_keeps_the_pictures(server, town, credentials):
    receipt = town.publish(town.render(draft(pictures=(PICTURE,))), credentials, "a:1")
    town.edit(receipt.remote_id, town.render(draft("Wij planten 25 bomen.")), credentials)
    (post,) = server.ours()
    assert "25 bomen" in post["text"]
    assert len(post["media_attachments"]) == 1


def test_a_chain_is_edited_post_by_post_and_keeps_its_number(server, town, credentials):
    told = town.render(draft(LONG, form=Form.THREAD))
    receipt = town.publish(told, credentials, "a:1")
    server.say("Naschrift met de hand", by="gemeente", to=server.ours()[-1]["id"])
    other = town.render(draft(LONG.replace("bomen", "rozen"), form=Form.THREAD))
    town.edit(receipt.remote_id, other, credentials)
    assert [post["text"] for post in server.ours()][:-1] == list(other.parts)
    with pytest.raises(Permanent, match="publish it anew"):
        town.edit(receipt.remote_id, town.render(draft()), credentials)


def test_a_chain_is_taken_away_whole_and_nothing_else(server, town, credentials):
    receipt = town.publish(town.render(draft(LONG, form=Form.THREAD)), credentials, "a:1")
    server.comment("Mooi", to=receipt.remote_id)
    hand = server.say("Met de hand", by="gemeente", to=receipt.remote_id)
    town.retract(receipt.remote_id, credentials)
    assert server.ours() == [server.statuses[hand["id"]]]
    town.retract(receipt.remote_id, credentials)


def test_half_a_retraction_goes_on_where_it_was(server, town, credentials):
    receipt = town.publish(town.render(draft(LONG, form=Form.THREAD)), credentials, "a:1")
    server.fail("late", on="DELETE .*", seconds=0)
    server.fail("lost", on="DELETE .*")
    with pytest.raises(Temporary):
        town.retract(receipt.remote_id, credentials)
    town.retract(receipt.remote_id, credentials)
    assert server.ours() == []


# ── figures and health ───────────────────────────────────────────────────────────────────────────
def test_figures(server, town, credentials, post):
    server.react(post, favourites=12, boosts=3, quotes=1)
    server.comment("Mooi", to=post)
    now = datetime(2026, 11, 23, tzinfo=UTC)
    town.clock = lambda: now
    found = {one.name: (one.value, one.at) for one in town.measure(post, credentials)}
    assert found == {"reactions": (12, now), "shares": (3, now), "replies": (1, now), "quotes": (1, now)}
    assert {one.name: one.value for one in town.measure_account(credentials)} == {"followers": 42, "posts": 3}


def test_a_quota_is_what_the_headers_say(server, town, credentials):
    server.left = 100
    quota = town.quota(credentials)
    assert (quota.used, quota.total) == (201, 300)
    assert quota.resets_at > datetime.now(UTC)
    server.fail("status", on="GET .*", status=200, body={"id": "1"})
    assert town.quota(credentials).total is None


def test_a_check_names_the_account_and_what_we_may_not(server, town, credentials):
    health = town.check(credentials)
    assert (health.name, health.url, health.missing, health.expires_at) == (
        "Gemeente Lindewaard",
        "https://mastodon.example/@gemeente",
        (),
        None,
    )
    server.scopes = ["read", "write:statuses"]
    assert town.check(credentials).missing == ("write:media",)
    server.scopes = ["read", "write"]
    assert town.check(credentials).missing == ()
    server.fail("status", on=".*/apps/.*", status=200, body={"name": "Stamtafel"})
    assert town.check(credentials).missing == ()
    server.fail("status", on=".*/apps/.*", status=401)
    assert town.check(credentials).missing == ()
    with pytest.raises(NeedsSignIn):
        town.check({"access_token": "old"})


def test_a_token_never_stands_in_an_error(server, town, caplog):
    caplog.set_level("DEBUG")
    secret = "geheim-canarie-4711"
    for act in (
        lambda: town.check({"access_token": secret}),
        lambda: town.publish(town.render(draft()), {"access_token": secret}, "k"),
    ):
        with pytest.raises(NeedsSignIn) as refused:
            act()
        assert secret not in repr(refused.value) + str(refused.value)
    assert secret not in caplog.text


def test_an_address_with_a_slash_at_the_end_is_the_same(server, credentials):
    assert at(server, api_url=f"{server.address}/ ").check(credentials).name


def test_moments_in_the_past_mean_now(server, town, credentials):
    late = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    server.fail("status", on="GET .*", status=429, headers={"X-RateLimit-Reset": late})
    with pytest.raises(Temporary) as waits:
        town.check(credentials)
    assert waits.value.retry_after == timedelta(0) or waits.value.retry_after is None
