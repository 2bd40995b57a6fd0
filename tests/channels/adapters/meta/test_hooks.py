"""Meta's webhooks: handshake, signature over raw bytes, and forms."""

import json
from typing import Any

import pytest

from stamtafel.channels.adapters.meta.hooks import sign
from tests.channels.adapters.meta.world import World, draft


def test_the_handshake_needs_our_word(world: World) -> None:
    asked = {"hub.mode": "subscribe", "hub.verify_token": world.meta.verify, "hub.challenge": "1158201444"}
    for channel in (world.facebook(), world.instagram()):
        assert channel.challenge(asked, world.credentials) == "1158201444"
        assert channel.challenge({**asked, "hub.verify_token": "wörong"}, world.credentials) is None
        assert channel.challenge({**asked, "hub.mode": "unsubscribe"}, world.credentials) is None
        assert channel.challenge({**asked, "hub.verify_token": ""}, {}) is None


@pytest.mark.parametrize("words", ["plain", "één café", "🌳 ✊🏽", 'a "quote" / slash\\', "\u2028"])
def test_the_signature_is_over_the_very_bytes(world: World, words: str) -> None:
    page = world.facebook()
    post = page.publish(page.render(draft()), world.credentials, "k").remote_id
    world.meta.comment(post, words, "7")
    ((body, headers),) = world.meta.hooked()
    assert body.isascii()  # Meta writes \\u escapes
    for channel in (page, world.instagram()):
        assert channel.is_genuine(headers, body, world.credentials)
        assert not channel.is_genuine(headers, body + b" ", world.credentials)
        again = json.dumps(json.loads(body), ensure_ascii=False).encode()
        assert not channel.is_genuine(headers, again, world.credentials)
    assert page.read(page.split(body)[0])[0].text == words


@pytest.mark.parametrize("said", ["", "sha256=", "sha1=abc", "sha256=é", "sha256=" + "0" * 64])
def test_a_wrong_signature(world: World, said: str) -> None:
    assert not world.facebook().is_genuine({"x-hub-signature-256": said}, b"{}", world.credentials)


def test_without_the_secret_nothing_is_genuine(world: World) -> None:
    assert not world.facebook().is_genuine({"x-hub-signature-256": sign(b"{}", "")}, b"{}", {"app_secret": ""})


NOT_THEIRS: list[Any] = [
    [], {}, "x", {"object": "user", "entry": []}, {"object": "page", "entry": {}}, {"object": "page", "entry": ["x"]},
    {"object": "page", "entry": [{"id": "100", "changes": "x"}]}, {"object": "page", "entry": [{"id": "100", "changes": [{"value": 5}]}]},
]  # fmt: skip


@pytest.mark.parametrize("body", NOT_THEIRS)
def test_what_is_not_their_form_is_refused(world: World, body: Any) -> None:
    with pytest.raises(ValueError, match="form of Meta"):
        world.facebook().split(json.dumps(body).encode())


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff"])
def test_what_is_no_json_is_refused(world: World, body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        world.facebook().split(body)


def test_what_is_meant_for_the_other_kind_is_passed_over(world: World) -> None:
    body = world.meta.signed(
        {"object": "page", "entry": [{"id": "100", "time": 1, "changes": [{"field": "feed", "value": {}}]}]}
    )[0]
    assert world.instagram().split(body) == []


def test_a_thousand_at_once_and_the_same_again_have_the_same_keys(world: World) -> None:
    page = world.facebook()
    post = page.publish(page.render(draft()), world.credentials, "k").remote_id
    for number in range(1000):
        world.meta.comment(post, f"reactie {number} é", str(number))
    ((body, _),) = world.meta.hooked()
    keys = [one.remote_id for one in page.split(body)]
    assert len(set(keys)) == 1000
    assert [one.remote_id for one in page.split(body)] == keys


def test_updates_survive_being_kept_as_json(world: World) -> None:
    page = world.facebook()
    post = page.publish(page.render(draft()), world.credentials, "k").remote_id
    world.meta.comment(post, "é", "7")
    world.meta.message("Dag", "7")
    for body, _ in world.meta.hooked():
        for one in page.split(body):
            assert json.loads(json.dumps(one.payload)) == one.payload
