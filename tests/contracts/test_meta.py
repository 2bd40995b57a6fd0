"""The validator refuses what Meta's node files forbid, so that a fake that passes says something."""

import pytest

from stamtafel.channels.adapters.meta.graph import Graph
from tests.contracts.meta import complaints, hold, node
from tests.fakes.base import Request, Response, running
from tests.fakes.meta import Meta


def asked(method: str, path: str, **params: str) -> Request:
    form = params if method == "POST" else {}
    return Request(method, path, {} if form else params, {}, b"", form=form)


RIGHT = [
    ("Page", "feed", "POST", {"message": "Dag", "attached_media": '[{"media_fbid":"1"}]'}, {"id": "100_1"}),
    ("Page", "messages", "POST", {"recipient": "{}", "message": "{}", "messaging_type": "RESPONSE"}, {"message_id": "m"}),
    ("Page", "conversations", "GET", {"platform": "MESSENGER", "fields": "id,updated_time"}, {"data": [{"id": "t"}]}),
    ("PagePost", "comments", "GET", {"filter": "stream", "since": "17", "fields": "id,from"}, {"data": [{"id": "1", "from": {}}]}),
    ("IGUser", "media_publish", "POST", {"creation_id": "17"}, {"id": "1"}),
    ("IGUserForIGOnlyAPI", "media_publish", "POST", {"creation_id": "17"}, {"id": "1"}),
    ("IGUser", "", "GET", {"fields": "mentioned_comment.comment_id(1){id,text}"}, {"id": "1", "mentioned_comment": {}}),
    ("IGMedia", "insights", "GET", {"metric": "views,reach"}, {"data": [{"id": "x", "name": "views", "values": []}]}),
    ("IGComment", "", "POST", {"hide": "true"}, {"success": True}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "edge", "method", "params", "answer"), RIGHT)
def test_what_is_right_passes(kind, edge, method, params, answer):
    assert complaints(kind, edge, asked(method, "/", **params), Response(answer)) == []


WRONG_REQUESTS = [
    ("Page", "feeds", "POST", {"message": "Dag"}, "no such edge"),
    ("Page", "feed", "POST", {"text": "Dag"}, "text is no parameter"),
    ("Page", "messages", "POST", {"message": "{}"}, "recipient is missing"),
    ("Page", "messages", "POST", {"recipient": "{}", "messaging_type": "REPLY"}, "'REPLY' is not one of"),
    ("Page", "conversations", "GET", {"platform": "instagram"}, "'instagram' is not one of"),
    ("Page", "photos", "POST", {"published": "no"}, "'no' is no bool"),
    ("PagePost", "comments", "GET", {"since": "yesterday"}, "'yesterday' is no datetime"),
    ("PagePost", "comments", "GET", {"fields": "id,sender"}, "sender is no field of Comment"),
    ("IGUser", "media_publish", "POST", {}, "creation_id is missing"),
    ("IGMedia", "comments", "GET", {"since": "17"}, "since is no parameter"),
    ("IGMedia", "insights", "GET", {"metric": "views,hearts"}, "'hearts' is not one of"),
    ("IGMedia", "", "POST", {"caption": "nieuw"}, "caption is no parameter"),
    ("IGUser", "", "GET", {"fields": "mentioned_comment.comment_id(1){id,words}"}, "words is no field of IGComment"),
    ("Page", "subscribed_apps", "POST", {"subscribed_fields": "feed,gossip"}, "'gossip' is not one of"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "edge", "method", "params", "wrong"), WRONG_REQUESTS)
def test_a_wrong_request_is_found(kind, edge, method, params, wrong):
    found = complaints(kind, edge, asked(method, "/", **params), Response({"data": []}))
    assert any(wrong in one for one in found), found


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        ({"data": [{"id": 7}]}, "7 is no string"),
        ({"data": [{"id": "7", "words": "x"}]}, "Comment lacks"),
        ({"data": [{"id": "7", "is_hidden": True}]}, "was not asked"),
        ({"data": [{"id": "7", "created_time": "2026-11-23"}]}, "no moment"),
    ],
)
def test_a_wrong_answer_is_found(answer, wrong):
    (found,) = complaints("PagePost", "comments", asked("GET", "/", fields="id,created_time"), Response(answer))
    assert wrong in found


def test_an_error_has_its_form():
    refused = asked("GET", "/", fields="id")
    assert "not in Meta's form" in complaints("Page", "", refused, Response({"error": "no"}, 400))[0]
    fine = {"error": {"message": "no", "type": "OAuthException", "code": 190, "fbtrace_id": "A"}}
    assert complaints("Page", "", refused, Response(fine, 400)) == []


def test_a_node_without_a_file_is_said_to_be_so():
    assert node("UnifiedMessage") is None
    assert complaints("UnifiedMessage", "", asked("GET", "/"), Response({})) == ["no file describes UnifiedMessage"]


def test_a_fake_that_is_held_to_the_files_hears_what_is_wrong(settings):
    fake = Meta()
    hold(fake)
    settings.OUTBOUND_ALLOW = [fake.host]
    with running(fake):
        graph = Graph(fake.address, "v26.0", {"token": fake.token})
        graph.get(f"/{fake.page}", fields="name")
        assert fake.complaints == []
        graph.get(f"/{fake.page}", fields="name,mood")
        graph.post(f"/{fake.page}/photos", url="https://a.example/a.jpg", alt_text="een plein")
        assert fake.complaints == ["GET Page/: mood is no field of Page", "POST Page/photos: alt_text is no parameter"]
        fake.complaints.clear()
