"""Hearing what people say on Telegram, by asking and by being called, and answering."""

import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.utils import translation

from stamtafel.channels.contract import Form, OutcomeUnknown, Permanent, Rendered, Sort, Target, Temporary, Update
from tests.channels.adapters.telegram.conftest import PICTURE, at, draft
from tests.channels.adapters.telegram.test_tell import LONG
from tests.fakes.telegram import BOT, CHANNEL, GROUP

HOOK = "https://praat.example/hooks/telegram/1/x/"


class Ears:
    """Listens on from where it was, as the core does."""

    def __init__(self, town, credentials, recent=()):
        self.town, self.credentials, self.recent, self.cursor, self.keys = town, credentials, list(recent), "", []

    def __call__(self):
        updates, self.cursor = self.town.listen(self.cursor, self.credentials, self.recent)
        self.keys += [one.remote_id for one in updates]
        for one in updates:
            json.dumps(dict(one.payload))
        return [said for one in updates for said in self.town.read(one)]


@pytest.fixture
def post(network, town, credentials):
    return town.publish(town.render(draft()), credentials, "a:1").remote_id


@pytest.fixture
def ears(town, credentials, post):
    return Ears(town, credentials, [post])


def target(said):
    return Target(remote_id=said.remote_id, thread=said.thread, private=said.private, about=said.about, sort=said.sort)


# ── hearing ──────────────────────────────────────────────────────────────────────────────────────
def test_a_comment_under_our_post(network, ears, post):
    comment = network.comment(11, "Mooi zo 🌳")
    (said,) = ears()
    assert (said.remote_id, said.sort, said.text) == (f"{GROUP}/{comment['message_id']}", Sort.COMMENT, "Mooi zo 🌳")
    assert (said.about, said.in_reply_to, said.thread) == (post, post, said.remote_id)
    assert (said.author.name, said.author.handle, said.author.url) == ("Fatima", "fatima", "https://t.me/fatima")
    assert said.url == f"https://t.me/c/1000000002/{comment['message_id']}"
    assert (said.private, said.echo, said.edited) == (False, False, False)
    assert said.at == datetime.fromtimestamp(comment["date"], UTC)
    assert ears() == []


def test_an_answer_to_a_comment_goes_on_where_that_was(network, town, credentials, ears, post):
    network.comment(11, "Hoe laat?")
    (said,) = ears()
    ours = town.reply(target(said), town.render(draft("Om tien uur.", subject="")), credentials, "r:1")
    network.answer_to(int(ours.remote_id.partition("/")[2]), "Dank u")
    (thanks,) = ears()
    assert (thanks.in_reply_to, thanks.thread, thanks.about) == (ours.remote_id, "", "")


def test_a_comment_on_nothing_in_our_group(network, ears):
    one = network.tell("message", network.put(GROUP, {"from": network.person("bram"), "text": "Hallo allemaal"}))
    (said,) = ears()
    assert (said.in_reply_to, said.thread) == ("", f"{GROUP}/{one['message_id']}")


@pytest.mark.parametrize(("form", "pictures", "mark"), [(Form.SINGLE, (PICTURE, PICTURE), "+"), (Form.THREAD, (), ",")])
def test_a_comment_under_an_album_or_chain_is_about_the_whole(network, town, credentials, form, pictures, mark):
    body = LONG if form == Form.THREAD else "Kijk."
    post = town.publish(town.render(draft(body, form=form, pictures=pictures)), credentials, "a:1").remote_id
    other = town.publish(town.render(draft()), credentials, "a:2").remote_id
    assert mark in post
    hears = Ears(town, credentials, [other, post])
    network.comment(11, "Mooi")
    (said,) = hears()
    assert (said.about, said.in_reply_to, said.thread) == (post, post, said.remote_id)


def test_a_private_talk(network, town, credentials, ears):
    network.message("/start")
    message = network.message("Mijn straatlamp is stuk")
    (said,) = ears()
    assert (said.sort, said.private, said.text, said.url) == (Sort.MESSAGE, True, "Mijn straatlamp is stuk", "")
    assert said.thread == str(message["chat"]["id"])
    receipt = town.reply(target(said), town.render(draft("Waar staat hij?", subject="")), credentials, "r:1")
    answer = network.messages[message["chat"]["id"], int(receipt.remote_id.partition("/")[2])]
    assert (answer["text"], answer["reply_to_message"]["message_id"]) == ("Waar staat hij?", message["message_id"])
    assert receipt.url == ""
    network.message("Op de Brink")
    (more,) = ears()
    assert more.thread == said.thread


def test_an_edit_is_followed(network, ears):
    comment = network.comment(11, "Mooi")
    message = network.message("Dag")
    ears()
    network.change(comment, "Niet mooi")
    network.change(message, "Dag!")
    one, other = ears()
    assert (one.text, one.edited, one.remote_id) == ("Niet mooi", True, f"{GROUP}/{comment['message_id']}")
    assert (other.text, other.edited, other.at) == ("Dag!", True, datetime.fromtimestamp(message["edit_date"], UTC))
    assert ears.keys[-2:] == [
        f"comment:{one.remote_id}:edited:{comment['edit_date']}", f"message:{other.remote_id}:edited:{message['edit_date']}",
    ]  # fmt: skip


@pytest.mark.parametrize("also", [{"sender_chat": {"id": GROUP, "type": "supergroup", "title": "Lindewaard praat mee"}, "from": None},
                                  {"from": {"id": BOT, "is_bot": True, "first_name": "Lindewaard"}}])  # fmt: skip
def test_what_the_municipality_says_itself_is_ours(network, ears, also):
    network.comment(11, "Namens de gemeente", **also)
    (said,) = ears()
    assert said.echo


def test_what_is_of_no_concern_says_nothing(network, ears):
    network.chats[-55] = {"id": -55, "type": "group", "title": "Een groep van anderen"}
    network.tell("message", network.put(-55, {"from": network.person("bram"), "text": "Niet voor ons"}))
    network.tell(
        "message", network.put(GROUP, {"from": network.person("bram"), "new_chat_members": [network.person("bram")]})
    )
    network.tell("channel_post", network.put(CHANNEL, {"sender_chat": network.chats[CHANNEL], "text": "Met de hand"}))
    assert ears() == []
    assert network.updates
    ears()
    assert network.updates == []


def test_pictures_and_voices_come_along_without_an_address(network, ears):
    photo = [{"file_id": "a", "file_unique_id": "b", "width": 10, "height": 10}]
    network.comment(11, None, photo=photo, caption="Een kuil")
    document = {"file_id": "a", "file_unique_id": "b", "file_name": "brief.pdf", "mime_type": "application/pdf"}
    network.tell("message", network.put(GROUP, {"from": network.person("bram"), "document": document}))
    picture, letter = ears()
    assert (picture.text, picture.attachments[0].media_type, picture.attachments[0].url) == (
        "Een kuil",
        "image/jpeg",
        "",
    )
    assert (letter.text, letter.attachments[0].name, letter.attachments[0].media_type) == (
        "",
        "brief.pdf",
        "application/pdf",
    )


def test_no_number_or_profile_of_anybody_is_kept(network, town, credentials, ears):
    contact = {"phone_number": "+31600000000", "first_name": "Fatima"}
    network.message("Bel mij", contact=contact)
    updates, _cursor = town.listen(ears.cursor, credentials, [])
    kept = json.dumps([dict(one.payload) for one in updates])
    assert "+316" not in kept
    assert "language_code" not in kept


def test_nothing_is_forgotten_before_it_was_kept(network, town, credentials, ears):
    ears()
    network.comment(11, "Een")
    first, _next = town.listen(ears.cursor, credentials, [])
    again, after = town.listen(ears.cursor, credentials, [])
    assert [one.remote_id for one in first] == [one.remote_id for one in again] != []
    assert town.listen(after, credentials, []) == ([], after)
    assert network.updates == []


@pytest.mark.parametrize("on", [".*/getUpdates", ".*/getChat"])
@pytest.mark.parametrize(
    ("kind", "how"),
    [
        ("status", {"status": 500}),
        ("garbled", {}),
        ("lost", {}),
        ("drop", {}),
        ("status", {"status": 200, "body": {"ok": True, "result": 7}}),
    ],
)
def test_after_a_fault_nothing_is_lost(network, town, credentials, post, on, kind, how):
    network.comment(11, "Hoe laat?")
    network.fail(kind, on=on, **how)
    hears, found = Ears(town, credentials), []
    for _round in range(2):
        try:
            found += hears()
        except Temporary:
            found += []
    assert [said.text for said in found] == ["Hoe laat?"]


def test_a_cursor_that_is_none_begins_anew(network, town, credentials, post):
    network.comment(11, "Hoe laat?")
    updates, cursor = town.listen("rubbish", credentials, [])
    assert len(updates) == 2  # the post of our own in the group, and the comment
    assert cursor.isdecimal()


def test_without_a_group_nobody_can_comment_but_write(network, town, credentials):
    network.linked = False
    network.message("Dag")
    assert [said.text for said in Ears(town, credentials)()] == ["Dag"]
    with translation.override("en"):
        assert town.check(credentials).notes == ("The channel has no discussion group. People can't comment.",)


@pytest.mark.parametrize(
    "payload",
    [{}, {"message": 5}, {"message": {"chat": "x"}}, {"message": {"chat": {"id": 4, "type": "group"}, "text": "x"}}],
)
def test_what_is_not_in_our_form_says_nothing(town, credentials, payload):
    assert town.read(Update(remote_id="comment:1", payload=payload)) == ()


def test_a_message_with_little_in_it_is_read(town):
    bare = {"message": {"chat": {"id": "x", "type": "supergroup"}, "text": "Dag"}, "home": {"group": 5}}
    assert town.read(Update(remote_id="comment:1", payload=bare)) == ()
    from stamtafel.channels.adapters.telegram.reading import link

    assert link({"id": "x"}, 5) == ""


# ── webhook ──────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def hook(town, credentials):
    """A server of ours that takes calls as the core does: looks at the secret, keeps each thing once."""
    kept = {}

    class Serve(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            genuine = town.is_genuine(headers, body, credentials)
            if genuine:
                kept.update({one.remote_id: one for one in town.split(body)})
            self.send_response(200 if genuine else 403)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Serve)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", kept
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_same_things_come_by_calls_and_by_asking(network, town, credentials, ears, hook, post):
    address, kept = hook
    comment = network.comment(11, "Mooi é 🌳")
    network.message("Dag")
    network.change(comment, "Mooier é 🌳")
    by_asking = ears()
    town.subscribe(credentials, HOOK)
    assert network.webhook["url"] == HOOK
    assert ears() == []
    assert network.call(address) == [200] * 4
    assert list(kept) == ears.keys
    by_call = [said for one in kept.values() for said in town.read(town.complete(one, credentials))]
    assert by_call == by_asking


def test_a_call_without_the_right_secret_is_refused(network, town, credentials, hook):
    address, kept = hook
    network.message("Dag")
    town.subscribe(credentials, HOOK)
    for wrong in ("", "x", "é", network.secret + "x"):
        assert not town.is_genuine({"x-telegram-bot-api-secret-token": wrong}, b"{}", credentials)
    assert network.call(address, secret="wrong") == [403]
    assert not kept
    assert not town.is_genuine({"x-telegram-bot-api-secret-token": network.secret}, b"{}", {"token": ""})
    assert network.token not in network.secret


def test_the_same_call_again_is_the_same_thing(network, town, credentials):
    network.message("Dag")
    body = network.body(network.updates[0])
    assert town.split(body) == town.split(body)
    assert town.complete(town.split(body)[0], credentials) == town.split(body)[0]


def test_what_is_completed_is_asked_for_once_a_day(network, town, credentials, post):
    network.comment(11, "Dag")
    (update,) = town.split(network.body(network.updates[-1]))
    assert town.read(update) == ()
    for _time in range(3):
        (said,) = town.read(town.complete(update, credentials))
    assert town.complete(town.complete(update, credentials), credentials) == town.complete(update, credentials)
    asked = sum(call.path.endswith("getChat") for call in network.calls)
    town.clock = lambda: datetime.now(UTC) + timedelta(hours=25)
    town.complete(update, credentials)
    assert (asked, sum(call.path.endswith("getChat") for call in network.calls)) == (1, 2)
    assert said.text == "Dag"


@pytest.mark.parametrize("body", [b"", b"x", b"[]", b"{}", b'{"update_id": "a"}', b"\xff"])
def test_a_call_that_is_no_update_is_refused(town, body):
    with pytest.raises(ValueError):
        town.split(body)


def test_an_update_of_another_sort_holds_nothing_and_there_is_no_challenge(town, credentials):
    assert town.split(b'{"update_id": 5, "poll": {}}') == ()
    assert town.challenge({"hub.challenge": "x"}, credentials) is None
    assert town.complete(Update(remote_id="x", payload={"poll": {}}), credentials).payload == {"poll": {}}


def test_an_address_without_https_is_refused_by_telegram(town, credentials):
    with pytest.raises(Permanent, match="HTTPS"):
        town.subscribe(credentials, "http://127.0.0.1/hook/")


# ── answering ────────────────────────────────────────────────────────────────────────────────────
def test_an_answer_stands_under_what_was_said(network, town, credentials, ears):
    comment = network.comment(11, "Hoe laat?")
    (said,) = ears()
    receipt = town.reply(target(said), town.render(draft("Zo.", subject="", pictures=(PICTURE,))), credentials, "r:1")
    answer = network.messages[GROUP, int(receipt.remote_id.partition("/")[2])]
    assert (answer["caption"].splitlines()[0], answer["reply_to_message"]["message_id"]) == (
        "Zo.",
        comment["message_id"],
    )
    assert receipt.url == f"https://t.me/c/1000000002/{answer['message_id']}"


def test_what_is_gone_is_answered_in_private_only(network, town, credentials, ears):
    comment, message = network.comment(11, "Hoe laat?"), network.message("Dag")
    one, other = ears()
    network.remove(comment)
    network.remove(message)
    with pytest.raises(Permanent, match="message to be replied not found"):
        town.reply(target(one), town.render(draft()), credentials, "r:1")
    assert town.reply(target(other), town.render(draft()), credentials, "r:2")


def test_a_bot_can_not_begin_a_talk_nor_write_to_who_blocked_it(network, town, credentials):
    stranger = network.person("wim")["id"]
    told = Rendered(subject="", text="Dag")
    with pytest.raises(Permanent, match="can't initiate conversation"):
        town.reply(Target(remote_id=f"{stranger}/1", private=True), told, credentials, "r:1")
    talker = network.message("Dag", by="bram")["chat"]["id"]
    network.blocked.add(talker)
    with pytest.raises(Permanent, match="blocked by the user"):
        town.reply(Target(remote_id=f"{talker}/1", private=True), told, credentials, "r:2")
    with pytest.raises(Permanent, match="chat not found"):
        town.reply(Target(remote_id="99/1"), told, credentials, "r:3")


def test_an_answer_with_an_unknown_outcome_is_left_to_a_person(network, town, credentials, ears):
    network.comment(11, "Hoe laat?")
    (said,) = ears()
    network.fail("lost", on=".*/sendMessage")
    with pytest.raises(OutcomeUnknown):
        town.reply(target(said), town.render(draft()), credentials, "r:1")
    with pytest.raises(Permanent, match="too long"):
        town.reply(target(said), Rendered(subject="", text="a" * 4097), credentials, "r:2")
    assert town.window(target(said), datetime.now(UTC)).text == 4096


# ── figures and health ───────────────────────────────────────────────────────────────────────────
def test_subscribers_are_counted(network, town, credentials):
    assert [(one.name, one.value) for one in town.measure_account(credentials)] == [("followers", 1234)]
    network.fail("status", on=".*", status=200, body={"ok": True, "result": "many"})
    assert town.measure_account(credentials) == []


def test_a_check_says_what_is_missing(network, town, credentials):
    health = town.check(credentials)
    assert (health.name, health.url, health.missing, health.notes) == (
        "Gemeente Lindewaard",
        "https://t.me/lindewaard",
        (),
        (),
    )
    network.rights["can_delete_messages"] = False
    network.last_error = "Wrong response from the webhook: 403 Forbidden"
    health = town.check(credentials)
    assert (health.missing, health.notes) == (("can_delete_messages",), (network.last_error,))
    network.privacy = True
    assert town.check(credentials).missing == ("can_delete_messages",)
    network.fail("late", on=".*/getChatMember", seconds=0)
    network.fail("status", on=".*/getChatMember", status=200, body={"ok": True, "result": {"status": "member"}})
    assert town.check(credentials).missing == ("can_delete_messages", "can_read_all_group_messages")
    network.administrator = False
    with pytest.raises(Exception, match="not a member"):
        town.check(credentials)


def test_a_bot_that_is_only_a_member_lacks_all(network, town, credentials):
    network.fail("status", on=".*/getChatMember", status=200, body={"ok": True, "result": {"status": "member"}})
    assert town.check(credentials).missing == ("can_post_messages", "can_edit_messages", "can_delete_messages")


def test_a_channel_without_a_public_name_has_no_address(network, credentials):
    del network.chats[CHANNEL]["username"]
    assert at(network).check(credentials).url == ""


def test_a_token_that_is_none_has_no_number(network, town):
    network.token = "rubbish"
    network.message("Dag")
    assert [said.text for said in Ears(town, {"token": "rubbish"})()] == ["Dag"]
