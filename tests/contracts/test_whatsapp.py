"""The validator itself: what the document allows, what it refuses, and calls that it does not have."""

import json
from typing import Any

import pytest

from tests.contracts.whatsapp import examples, problems, schema, webhook
from tests.fakes.base import Request, Response

MESSAGE = {
    "messaging_product": "whatsapp", "recipient_type": "individual", "to": "31612345678", "type": "text",
    "text": {"body": "Dag", "preview_url": False}, "context": {"message_id": "wamid.x"},
}  # fmt: skip
PICTURE = {
    **{name: MESSAGE[name] for name in ("messaging_product", "recipient_type", "to")},
    "type": "image",
    "image": {"id": "1", "caption": "x"},
}
CHANGE = {"id": "1", "from": "316", "timestamp": "1", "type": "text", "text": {"body": "x"}}


@pytest.mark.parametrize("message", [MESSAGE, PICTURE], ids=["text", "picture"])
def test_what_we_send_is_allowed(message: dict[str, Any]) -> None:
    assert schema("Message", message) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {**MESSAGE, "type": "image"}, {**MESSAGE, "recipient_type": "everybody"}, {**MESSAGE, "to": 31612345678},
        {name: value for name, value in MESSAGE.items() if name != "to"}, {**PICTURE, "image": {"caption": "x"}},
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(wrong: dict[str, Any]) -> None:
    assert schema("Message", wrong) != []


def call(method: str, path: str, sent: Any) -> Request:
    headers = {"content-type": "application/json", "authorization": "Bearer x"}
    return Request(method, path, {}, headers, json.dumps(sent).encode())


def test_a_call_is_held_to_the_document_with_its_answer() -> None:
    good = Response({"messaging_product": "whatsapp", "contacts": [], "messages": [{"id": "wamid.x"}]})
    assert problems(call("POST", "/v26.0/1/messages", MESSAGE), good) == []
    assert problems(call("POST", "/v26.0/1/messages", {}), good) != []
    assert problems(call("POST", "/v26.0/1/messages", MESSAGE), Response({"messages": [{"id": 1}]})) != []
    assert problems(call("POST", "/v26.0/1/invented", MESSAGE), good) != []
    assert problems(call("POST", "/v26.0/1/messages", MESSAGE), Response({"error": {"message": "x"}}, 400)) != []
    assert (
        problems(call("POST", "/v26.0/1/messages", MESSAGE), Response({"error": {"message": "x", "code": 1}}, 400))
        == []
    )
    assert problems(Request("GET", "/v26.0/1234567890", {}, {}, b""), Response({"id": "1234567890"})) == [
        "/{Version}/{Phone-Number-ID}: no token"
    ]


@pytest.mark.parametrize(
    "name", ["Text Message", "Image Message", "Location Message", "Button Message", "Order Message"]
)
def test_the_documents_own_examples_pass(name: str) -> None:
    assert webhook(json.dumps(examples()[name]).encode()) == []


@pytest.mark.parametrize(
    "message",
    [
        {**CHANGE, "invented": 1},
        {**CHANGE, "timestamp": 1},
        {**CHANGE, "type": "song"},
        {**CHANGE, "text": {"words": "x"}},
    ],
)
def test_a_message_unlike_the_examples_is_told(message: dict[str, Any]) -> None:
    said = json.loads(json.dumps(examples()["Text Message"]))
    said["entry"][0]["changes"][0]["value"]["messages"] = [message]
    assert webhook(json.dumps(said).encode()) != []
