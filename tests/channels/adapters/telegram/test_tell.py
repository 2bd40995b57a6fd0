"""Publishing on Telegram: text, pictures, chains; nothing sent twice, and the token nowhere."""

import traceback
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamtafel.channels import contract, registry, rules
from stamtafel.channels.adapters.telegram import channel as module
from stamtafel.channels.adapters.telegram.options import Options
from stamtafel.channels.adapters.telegram.wording import count, render
from stamtafel.channels.contract import (
    ByHand,
    ChannelError,
    Form,
    NeedsSignIn,
    OutcomeUnknown,
    Permanent,
    Rendered,
    Target,
    Temporary,
)
from tests.channels.adapters.telegram.conftest import PICTURE, Kept, at, draft
from tests.fakes.telegram import CHANNEL

SENTENCE = "Wij planten bomen op het plein, en u mag zeggen welke. "
LONG = SENTENCE * 100


def test_a_text_with_a_bold_subject_a_link_and_an_invitation(network, town, credentials):
    told = town.render(draft(link="https://praat.example/b/7", invitation="Laat het ons hier weten."))
    receipt = town.publish(told, credentials, "announcement:7")
    (post,) = network.posts()
    assert post["text"] == (
        "Het plein wordt groen\n\nWij planten 24 bomen.\n\nhttps://praat.example/b/7\n\nLaat het ons hier weten."
    )
    assert post["entities"] == [{"type": "bold", "offset": 0, "length": len("Het plein wordt groen")}]
    assert post["link_preview_options"] == {"url": "https://praat.example/b/7"}
    assert receipt.remote_id == f"{CHANNEL}/{post['message_id']}"
    assert receipt.url == f"https://t.me/lindewaard/{post['message_id']}"


def test_a_channel_that_is_not_public_has_an_address_for_its_members(network, credentials):
    town = at(network, chat=str(CHANNEL))
    network.chats[CHANNEL].pop("username")
    receipt = town.publish(town.render(draft()), credentials, "a:1")
    assert receipt.url == "https://t.me/c/1000000001/11"


def test_a_picture_with_its_words_in_the_caption(network, town, credentials):
    receipt = town.publish(town.render(draft(pictures=(PICTURE,))), credentials, "a:1")
    (post,) = network.posts()
    assert post["caption"] == "Het plein wordt groen\n\nWij planten 24 bomen.\n\n🖼 Kinderen planten een boom é 🌳"
    assert post["caption_entities"][0]["length"] == len("Het plein wordt groen")
    assert receipt.remote_id.endswith("/11")


def test_an_album(network, town, credentials):
    receipt = town.publish(
        town.render(draft(pictures=(PICTURE, replace(PICTURE, alt=""), PICTURE))), credentials, "a:1"
    )
    posts = network.posts()
    assert [("caption" in post) for post in posts] == [True, False, False]
    assert posts[0]["caption"].count("🖼") == 2
    assert receipt.remote_id == f"{CHANNEL}/11+12+13"
    assert receipt.url.endswith("/11")


@pytest.mark.parametrize("pictures", [(), (PICTURE,), (PICTURE, PICTURE)])
def test_a_chain_is_marked_and_only_its_first_rings(network, town, credentials, pictures):
    told = town.render(draft(LONG, form=Form.THREAD, pictures=pictures))
    town.publish(told, credentials, "a:1")
    said = [post.get("text") or post.get("caption") for post in network.posts() if "text" in post or "caption" in post]
    assert said == list(told.parts)
    assert [part.rpartition("\n\n")[2] for part in told.parts] == [
        f"{n}/{len(told.parts)}" for n in range(1, len(told.parts) + 1)
    ]
    limits = [1024 if pictures else 4096, *[4096] * 9]
    assert all(count(part) <= most for part, most in zip(told.parts, limits, strict=False))
    assert told.over == 0
    silent = [call.json.get("disable_notification") for call in network.calls if call.path.endswith("sendMessage")]
    assert silent == ([] if pictures else [None]) + [True] * (len(told.parts) - 1)
    assert len(town.publish(told, credentials, "a:2").remote_id.split(",")) == len(told.parts)


def test_a_chain_of_lines_is_kept_in_captions(town):
    lines = "\n".join(f"- regel {number} van de lijst. En meer." for number in range(100))
    told = town.render(draft(lines, form=Form.THREAD, pictures=(PICTURE,)))
    assert len(told.parts) > 2
    assert max(count(part) for part in told.parts) <= 4096


def test_a_short_text_is_no_chain(town):
    assert town.render(draft(form=Form.THREAD)).parts == ()


@given(st.text(max_size=200))
def test_counting_is_in_utf16_units(text):
    assert count(text) == sum(2 if ord(sign) > 0xFFFF else 1 for sign in text)


@given(st.text(st.characters(blacklist_categories=["Cs"]), max_size=3000), st.booleans())
def test_what_is_counted_is_what_is_sent(text, pictured):
    told = render(draft(text, pictures=(PICTURE,) if pictured else ()))
    assert told.count == count(told.text)
    assert told.over == max(0, told.count - (1024 if pictured else 4096))


def test_what_is_too_long_is_counted_and_refused(network, town, credentials):
    told = town.render(draft(LONG, pictures=(PICTURE,)))
    assert told.over == told.count - 1024 > 0
    with pytest.raises(Permanent, match="too long"):
        town.publish(told, credentials, "a:1")
    with pytest.raises(Permanent, match="at most 10 pictures"):
        town.publish(town.render(draft("", pictures=(replace(PICTURE, alt=""),) * 11)), credentials, "a:1")
    assert not network.calls


def test_a_text_of_just_the_length_goes_out(network, town, credentials):
    text = "🌳" * 2048
    assert town.publish(Rendered(subject="", text=text), credentials, "a:1")
    assert town.publish(Rendered(subject="", text="🌳" * 512, pictures=(PICTURE,)), credentials, "a:2")
    with pytest.raises(Permanent):
        town.publish(Rendered(subject="", text=text + "."), credentials, "a:3")


# ── never twice ──────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("skipped", [0, 1])
@pytest.mark.parametrize(
    ("kind", "how"),
    [
        (
            "status",
            {
                "status": 429,
                "body": {
                    "ok": False,
                    "error_code": 429,
                    "description": "Too Many Requests: retry after 7",
                    "parameters": {"retry_after": 7},
                },
            },
        )
    ],
)
def test_what_was_not_done_is_done_later_and_what_was_done_is_not_done_again(
    network, town, credentials, kind, how, skipped
):
    told, progress = town.render(draft(LONG, form=Form.THREAD)), Kept()
    for _number in range(skipped):
        network.fail("late", on=".*/sendMessage", seconds=0)
    network.fail(kind, on=".*/sendMessage", **how)
    with pytest.raises(Temporary) as waits:
        town.publish_in_steps(told, credentials, "a:1", progress)
    assert waits.value.retry_after == timedelta(seconds=7)
    town.publish_in_steps(told, credentials, "a:1", progress)
    assert [post["text"] for post in network.posts()] == list(told.parts)


@pytest.mark.parametrize("pictures", [(), (PICTURE,), (PICTURE, PICTURE)])
@pytest.mark.parametrize(
    ("kind", "how"),
    [("status", {"status": 500}), ("status", {"status": 502}), ("status", {"status": 408}), ("drop", {}), ("lost", {}),
     ("garbled", {}), ("error", {"status": 500}), ("error", {"status": 200, "body": {"ok": True}}),
     ("error", {"status": 200, "body": {"ok": True, "result": []}}), ("error", {"status": 200, "body": {"ok": True, "result": True}})],
)  # fmt: skip
def test_what_may_have_been_done_is_left_to_a_person(network, town, credentials, kind, how, pictures):
    network.fail(kind, on=".*/send.*", **how)
    with pytest.raises(OutcomeUnknown):
        town.publish(town.render(draft(pictures=pictures)), credentials, "a:1")
    assert len(network.calls) == 1
    assert not town.repeatable
    assert not isinstance(town, contract.FindsByKey)


def test_a_hang_is_left_to_a_person(network, town, credentials, monkeypatch):
    from stamtafel import outbound

    usual = outbound.call.__kwdefaults__ or {}
    monkeypatch.setattr(outbound.call, "__kwdefaults__", {**usual, "seconds": 0.3})
    network.fail("late", on=".*/sendMessage", seconds=2)
    with pytest.raises(OutcomeUnknown):
        town.publish(town.render(draft()), credentials, "a:1")


def test_where_nobody_listens_nothing_was_sent(network, town, credentials, settings):
    settings.OUTBOUND_ALLOW = []
    with pytest.raises(Temporary):
        town.publish(town.render(draft()), credentials, "a:1")


# ── what refusals mean ───────────────────────────────────────────────────────────────────────────
def no(status, description, **parameters):
    body = {"ok": False, "error_code": status, "description": description}
    return {"status": status, "body": {**body, "parameters": parameters} if parameters else body}


@pytest.mark.parametrize(
    ("fault", "meaning"),
    [
        (no(401, "Unauthorized"), NeedsSignIn),
        (no(404, "Not Found"), NeedsSignIn),
        (no(403, "Forbidden: bot is not a member of the channel chat"), NeedsSignIn),
        (no(403, "Forbidden: bot was kicked from the channel chat"), NeedsSignIn),
        (no(400, "Bad Request: need administrator rights in the channel chat"), NeedsSignIn),
        (no(400, "Bad Request: not enough rights to send text messages to the chat"), NeedsSignIn),
        (no(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-100), NeedsSignIn),
        (no(400, "Bad Request: chat not found"), Permanent),
        (no(403, "Forbidden: bot was blocked by the user"), Permanent),
        (no(400, "Bad Request: message is too long"), Permanent),
        (no(413, "Request Entity Too Large"), Permanent),
        (no(409, "Conflict: something else"), Temporary),
        (no(429, "Too Many Requests: retry after 5", retry_after=5), Temporary),
        (no(429, "Too Many Requests"), Temporary),
        (no(500, "Internal Server Error: restart"), OutcomeUnknown),
        ({"status": 400, "body": "not even JSON"}, Permanent),
    ],
)
def test_every_refusal_has_a_meaning(network, town, credentials, fault, meaning):
    network.fail("status", on=".*/sendMessage", **fault)
    with pytest.raises(meaning) as refused:
        town.publish(town.render(draft()), credentials, "a:1")
    if isinstance(fault["body"], dict):
        assert fault["body"]["description"] in str(refused.value)
    if meaning is NeedsSignIn:  # so that the desk says what to do
        shown = rules.cause(state="waiting", error=str(refused.value), held=False)
        assert shown in {rules.Cause.SIGN_IN, rules.Cause.PERMISSION}


def test_the_fake_refuses_as_telegram_does(network, town, credentials):
    network.rights["can_post_messages"] = False
    with pytest.raises(NeedsSignIn, match="need administrator rights"):
        town.publish(town.render(draft()), credentials, "a:1")
    with pytest.raises(Permanent, match="IMAGE_PROCESS_FAILED"):
        town.publish(town.render(draft(pictures=(replace(PICTURE, media_type="text/plain"),))), credentials, "a:1")
    with pytest.raises(NeedsSignIn, match="Unauthorized"):
        town.check({"token": "123:other"})
    with pytest.raises(NeedsSignIn):
        town.check({"token": " "})
    with pytest.raises(NeedsSignIn, match="no channel"):
        at(network, chat="").check(credentials)


# ── the token ────────────────────────────────────────────────────────────────────────────────────
CANARY = "4711:canary-of-a-token"
EVERYTHING = [
    lambda town, told, secret: town.publish(told, secret, "a:1"),
    lambda town, told, secret: town.reply(Target(remote_id="5/6", private=True), told, secret, "r:1"),
    lambda town, told, secret: town.edit("5/6", told, secret),
    lambda town, told, secret: town.retract("5/6", secret),
    lambda town, told, secret: town.listen("", secret, []),
    lambda town, told, secret: town.subscribe(secret, "https://praat.example/hooks/"),
    lambda town, told, secret: town.measure_account(secret),
    lambda town, told, secret: town.check(secret),
]


@pytest.mark.parametrize("act", EVERYTHING)
@pytest.mark.parametrize("fault", [
    ("status", {"status": 502, "body": f"Cannot POST /bot{CANARY}/sendMessage"}),
    ("status", {"status": 404, "body": {"ok": False, "error_code": 404, "description": f"no /bot{CANARY}/ here"}}),
    ("status", {"status": 400, "body": {"ok": False, "error_code": 400, "description": f"wrong: {CANARY}"}}),
    ("status", {"status": 200, "body": f"/bot{CANARY}/"}),
    ("status", {"status": 429, "body": {"ok": False, "error_code": 429, "description": CANARY}}),
    ("garbled", {}), ("lost", {}), ("drop", {}), ("status", {"status": 302, "headers": {"Location": f"/bot{CANARY}/"}}),
])  # fmt: skip
def test_the_token_is_in_no_error_and_no_log(network, town, caplog, capfd, act, fault):
    network.token = CANARY
    network.fail(fault[0], times=9, **fault[1])
    caplog.set_level("DEBUG")
    with pytest.raises(ChannelError) as refused:
        act(town, town.render(draft()), {"token": CANARY})
    seen = (
        "".join(traceback.format_exception(refused.value))
        + repr(refused.value)
        + caplog.text
        + "".join(capfd.readouterr())
    )
    assert "canary" not in seen


def test_where_nobody_answers_the_token_is_in_no_error(town, settings, caplog):
    settings.OUTBOUND_ALLOW = []
    with pytest.raises(Temporary) as refused:
        town.check({"token": CANARY})
    assert "canary" not in "".join(traceback.format_exception(refused.value)) + caplog.text


# ── changing and taking back ─────────────────────────────────────────────────────────────────────
def test_a_text_is_edited_and_the_same_again_is_harmless(network, town, credentials):
    receipt = town.publish(town.render(draft()), credentials, "a:1")
    told = town.render(draft("Wij planten 25 bomen."))
    town.edit(receipt.remote_id, told, credentials)
    town.edit(receipt.remote_id, told, credentials)
    assert network.posts()[0]["text"] == told.text
    assert network.posts()[0]["entities"]


@pytest.mark.parametrize("pictures", [(PICTURE,), (PICTURE, PICTURE)])
def test_a_caption_is_edited(network, town, credentials, pictures):
    receipt = town.publish(town.render(draft(pictures=pictures)), credentials, "a:1")
    told = town.render(draft("Wij planten 25 bomen.", pictures=pictures))
    town.edit(receipt.remote_id, told, credentials)
    assert network.posts()[0]["caption"] == told.text


def test_a_chain_is_edited_message_by_message(network, town, credentials):
    receipt = town.publish(town.render(draft(LONG, form=Form.THREAD, pictures=(PICTURE, PICTURE))), credentials, "a:1")
    told = town.render(draft(LONG.replace("bomen", "rozen"), form=Form.THREAD, pictures=(PICTURE, PICTURE)))
    town.edit(receipt.remote_id, told, credentials)
    assert [
        post.get("caption") or post.get("text")
        for post in network.posts()
        if len(post) > 5 and ("text" in post or "caption" in post)
    ] == list(told.parts)
    with pytest.raises(Permanent, match="publish it anew"):
        town.edit(receipt.remote_id, town.render(draft()), credentials)


def test_what_may_not_be_edited_is_left_to_a_person(network, town, credentials):
    network.fail("status", on=".*/editMessageText", **no(400, "Bad Request: message can't be edited"))
    with pytest.raises(ByHand) as by_hand:
        town.edit(f"{CHANNEL}/11", town.render(draft()), credentials)
    assert by_hand.value.url == "https://t.me/c/1000000001/11"
    with pytest.raises(Permanent, match="not found"):
        town.edit(f"{CHANNEL}/11", town.render(draft()), credentials)


def test_all_of_it_is_taken_away_and_again_is_harmless(network, town, credentials):
    receipt = town.publish(town.render(draft(LONG, form=Form.THREAD, pictures=(PICTURE, PICTURE))), credentials, "a:1")
    other = town.publish(town.render(draft()), credentials, "a:2")
    network.fail("lost", on=".*/deleteMessage")
    with pytest.raises(Temporary):
        town.retract(receipt.remote_id, credentials)
    town.retract(receipt.remote_id, credentials)
    town.retract(receipt.remote_id, credentials)
    assert [f"{CHANNEL}/{post['message_id']}" for post in network.posts()] == [other.remote_id]


def test_after_two_days_a_person_takes_it_away(network, town, credentials):
    receipt = town.publish(town.render(draft()), credentials, "a:1")
    now = network.now()
    network.now = lambda: now + timedelta(hours=49)
    with pytest.raises(ByHand) as by_hand:
        town.retract(receipt.remote_id, credentials)
    assert by_hand.value.url == "https://t.me/c/1000000001/11"
    assert len(network.posts()) == 1


@pytest.mark.parametrize("wrong", ["", "5", "5/"])
def test_a_number_of_another_network_is_refused(town, credentials, wrong):
    with pytest.raises(Permanent):
        town.retract(wrong, credentials)


@pytest.mark.parametrize(
    ("given", "used"),
    [("@lindewaard", "@lindewaard"), ("lindewaard", "@lindewaard"), (" https://t.me/lindewaard/ ", "@lindewaard"),
     ("t.me/lindewaard", "@lindewaard"), ("-1001234", "-1001234"), ("", "")],
)  # fmt: skip
def test_a_channel_is_taken_as_people_write_it(given, used):
    assert Options.read({"chat": given}).chat == used


def test_the_registry_knows_it():
    made = registry.channel("telegram", {})
    abilities = [contract.Channel, contract.InSteps, contract.Listens, contract.Replies, contract.Edits, contract.Retracts,
                 contract.Webhooks, contract.KeepsSubscribed, contract.Completes, contract.MeasuresAccount]  # fmt: skip
    assert all(isinstance(made, ability) for ability in abilities)
    lacking = [contract.RepliesInPrivate, contract.FindsByKey, contract.Measures, contract.Hides]
    assert not any(isinstance(made, ability) for ability in lacking)
    assert {field.name for field in module.SETUP.fields if field.secret} == {"token"}
