"""The validator refuses what the description forbids, so that a fake that passes says something."""

import pytest

from tests.contracts.telegram import complaints
from tests.fakes.telegram import Telegram

PHOTO = {"type": "photo", "media": "attach://a"}


@pytest.mark.parametrize(
    ("method", "asked"),
    [
        ("sendMessage", {"chat_id": "@a", "text": "a" * 4096}),
        ("sendMessage", {"chat_id": 5, "text": "a", "reply_parameters": {"message_id": 1}}),
        ("sendMediaGroup", {"chat_id": 5, "media": [PHOTO, {**PHOTO, "caption": "a"}]}),
        ("getUpdates", {}),
    ],
)
def test_what_is_right_passes(method, asked):
    assert complaints("ask", method, asked) == []


@pytest.mark.parametrize(
    ("method", "asked"),
    [
        ("sendMessage", {"chat_id": "@a", "text": "a" * 4097}),
        ("sendMessage", {"chat_id": "@a"}),
        ("sendMessage", {"chat_id": "@a", "text": "a", "reply_to_message_id": 5}),
        ("sendMessage", {"chat_id": 1.5, "text": "a"}),
        ("sendPhoto", {"chat_id": "@a", "photo": "x", "caption": "a" * 1025}),
        ("sendMediaGroup", {"chat_id": 5, "media": [PHOTO]}),
        ("sendMediaGroup", {"chat_id": 5, "media": [PHOTO] * 11}),
        ("sendMediaGroup", {"chat_id": 5, "media": [PHOTO, {"type": "picture", "media": "a"}]}),
        ("sendPigeon", {}),
    ],
)
def test_a_wrong_request_is_found(method, asked):
    assert complaints("ask", method, asked)


def test_an_update_is_held_to_its_type():
    fake = Telegram()
    fake.server.server_close()
    fake.message("Dag")
    update = fake.updates[0]
    assert complaints("type", "Update", update) == []
    assert complaints("type", "Update", {**update, "message": {**update["message"], "date": "today"}})
    assert complaints("type", "Update", {**update, "surprise": 1})
    assert complaints("answer", "getMe", {"id": 5})
