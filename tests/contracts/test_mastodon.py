"""The validator refuses what the document forbids, so that a fake that passes says something."""

import json

import pytest

from tests.contracts.mastodon import complaints
from tests.fakes.base import Request, Response
from tests.fakes.mastodon import Mastodon


def asked(method, path, data=None, **headers):
    body = b"" if data is None else json.dumps(data).encode()
    return Request(method, path, {}, {"content-type": "application/json", **headers}, body)


@pytest.fixture
def status():
    fake = Mastodon()
    fake.server.server_close()
    return fake._shown(fake.say("Dag"))


def test_what_is_right_passes(status):
    assert complaints(asked("POST", "/api/v1/statuses", {"status": "Dag", "language": "nl"}), Response(status)) == []


@pytest.mark.parametrize(
    "data",
    [{}, {"status": 5}, {"status": "a", "visibility": "friends"}, {"status": "a", "media_ids": "1"}, {"status": "a", "colour": "red"},
     {"status": "a", "in_reply_to_id": 7}],
)  # fmt: skip
def test_a_wrong_request_is_found(status, data):
    (found,) = complaints(asked("POST", "/api/v1/statuses", data), Response(status))
    assert found.startswith("asked POST /api/v1/statuses")


@pytest.mark.parametrize("change", [{"id": 7}, {"account": None}, {"visibility": "friends"}, {"created_at": "today"}])
def test_a_wrong_answer_is_found(status, change):
    found = complaints(asked("GET", "/api/v1/statuses/1"), Response({**status, **change}))
    assert found
    assert all(one.startswith("answered GET") for one in found)


def test_an_address_that_is_not_in_the_document_is_found():
    assert complaints(asked("GET", "/api/v1/nothing"), Response({}))
