"""The validator for X refuses what X's document refuses."""

import json
from typing import Any

import pytest

from tests.contracts.x import complaints, document
from tests.fakes.base import Request, Response

MADE = {"data": {"id": "1", "text": "Hoi"}}


def post(body: Any) -> Request:
    return Request("POST", "/2/tweets", {}, {"content-type": "application/json"}, json.dumps(body).encode())


def get(path: str, **query: str) -> Request:
    return Request("GET", path, {name.replace("__", "."): value for name, value in query.items()}, {}, b"")


@pytest.mark.parametrize("generation", ["post", "tweet"])
def test_a_good_request_and_answer_pass_and_the_document_is_loaded_once(generation: str) -> None:
    assert complaints(post({"text": "Hoi", "media": {"media_ids": ["1"]}}), Response(MADE, 201), generation) == []
    assert document(generation) is document(generation)


@pytest.mark.parametrize(
    "body",
    [
        {"text": 3}, {"text": "Hoi", "unknown": 1}, {"reply": {}}, {"reply": {"in_reply_to_tweet_id": "x"}},
        {"text": "Hoi", "media": {"media_ids": ["1", "2", "3", "4", "5"]}}, {"edit_options": {"previous_post_id": "-"}},
    ],
)  # fmt: skip
@pytest.mark.parametrize("generation", ["post", "tweet"])
def test_bad_requests_are_seen(body: Any, generation: str) -> None:
    assert complaints(post(body), Response(MADE, 201), generation)


def test_bad_answers_are_seen() -> None:
    assert complaints(post({"text": "Hoi"}), Response({"data": {"id": "x", "text": "Hoi"}}, 201))
    assert complaints(post({"text": "Hoi"}), Response({"data": {"id": "1"}}, 201))
    assert complaints(post({"text": "Hoi"}), Response(MADE, 299))
    assert complaints(post({"text": "Hoi"}), Response({"title": "Forbidden"}, 403))
    assert not complaints(
        post({"text": "Hoi"}), Response({"title": "Forbidden", "detail": "No.", "type": "about:blank"}, 403)
    )


def test_the_names_of_one_generation_are_refused_by_the_other() -> None:
    old, new = get("/2/users/1/mentions", tweet__fields="text"), get("/2/users/1/mentions", post__fields="text")
    empty = Response({"meta": {"result_count": 0}})
    assert complaints(old, empty, "tweet") == complaints(new, empty, "post") == []
    assert complaints(old, empty, "post")
    assert complaints(new, empty, "tweet")
    metrics = {
        "retweet_count": 0,
        "reply_count": 0,
        "like_count": 0,
        "quote_count": 0,
        "bookmark_count": 0,
        "impression_count": 0,
    }
    assert complaints(new, Response({"data": [{"id": "1", "public_metrics": metrics}]}), "post")


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/2/users/x/mentions", {}), ("/2/users/1/mentions", {"max_results": "4"}), ("/2/users/1/mentions", {"since_id": "x"}),
        ("/2/tweets/search/recent", {}), ("/2/tweets", {"ids": "x"}), ("/2/dm_events", {"event_types": "Wave"}),
        ("/2/users/1/tweets", {"post__fields": "invented"}), ("/2/nothing", {}),
    ],
)  # fmt: skip
def test_bad_questions_are_seen(path: str, query: dict[str, str]) -> None:
    assert complaints(get(path, **query), Response({}))


def test_signing_in_is_held_to_rfc_6749() -> None:
    asked = Request("POST", "/2/oauth2/token", {}, {}, b"", {"grant_type": "refresh_token"})
    assert complaints(asked, Response({"access_token": "a", "token_type": "bearer"}))
    asked.form["refresh_token"] = "r"
    assert not complaints(asked, Response({"access_token": "a", "token_type": "bearer"}))
    assert complaints(asked, Response({}, 400))
    assert complaints(Request("POST", "/2/oauth2/token", {}, {}, b""), Response({"error": "x"}, 400))
