"""The validator itself: the official cases of each format, and records that are just too much."""

from typing import Any

import pytest

from tests.contracts import folder
from tests.contracts.bluesky import is_format, lexicons

CID = "bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2a"
BLOB = {"$type": "blob", "ref": {"$link": CID}, "mimeType": "image/jpeg", "size": 2_000_000}
NAMES = {
    "did": "did", "handle": "handle", "at-identifier": "atidentifier", "nsid": "nsid", "record-key": "recordkey",
    "at-uri": "aturi", "tid": "tid", "datetime": "datetime",
}  # fmt: skip


def cases(name: str) -> list[str]:
    path = folder("bluesky") / "interop-test-files" / "syntax" / f"{name}.txt"
    return [line for line in path.read_text().split("\n") if line and not line.startswith("#")]


@pytest.mark.parametrize(("name", "file"), NAMES.items())
def test_what_the_protocol_calls_valid_is_valid(name: str, file: str) -> None:
    assert [case for case in cases(f"{file}_syntax_valid") if not is_format(name, case)] == []


@pytest.mark.parametrize(("name", "file"), NAMES.items())
def test_what_the_protocol_calls_invalid_is_not(name: str, file: str) -> None:
    assert [case for case in cases(f"{file}_syntax_invalid") if is_format(name, case)] == []


def post(**more: Any) -> dict[str, Any]:
    return {"$type": "app.bsky.feed.post", "text": "Dag", "createdAt": "2026-11-23T10:00:00.000Z", **more}


def images(*found: dict[str, Any]) -> dict[str, Any]:
    return {"$type": "app.bsky.embed.images", "images": list(found)}


IMAGE = {"image": BLOB, "alt": "Een boom"}
LINK = {
    "index": {"byteStart": 0, "byteEnd": 3},
    "features": [{"$type": "app.bsky.richtext.facet#link", "uri": "https://a.nl"}],
}


@pytest.mark.parametrize(
    "record",
    [
        post(),
        post(text="🇳🇱" * 300),
        post(embed=images(IMAGE, IMAGE, IMAGE, IMAGE)),
        post(facets=[LINK], langs=["nl"]),
        post(
            embed={
                "$type": "app.bsky.embed.external",
                "external": {"uri": "https://a.nl", "title": "a", "description": ""},
            }
        ),
    ],
)
def test_what_is_just_enough_passes(record: dict[str, Any]) -> None:
    assert list(lexicons().record(record)) == []


@pytest.mark.parametrize(
    ("record", "complaint"),
    [
        (post(text="🇳🇱" * 301), "graphemes 301"),
        (post(text="👩‍👩‍👧‍👦" * 121), "length 3025"),
        ({"$type": "app.bsky.feed.post", "text": "x"}, "createdAt is required"),
        (post(createdAt="gisteren"), "is not a datetime"),
        (post(embed=images(*[IMAGE] * 5)), "length 5"),
        (post(embed=images({"image": BLOB})), "alt is required"),
        (post(embed=images({**IMAGE, "image": {**BLOB, "size": 2_000_001}})), "2000001 bytes"),
        (post(embed=images({**IMAGE, "image": {**BLOB, "mimeType": "text/html"}})), "text/html is not accepted"),
        (post(embed={"images": []}), "needs a $type"),
        (post(embed={"$type": "app.bsky.embed.nothing"}), "not one of the union"),
        (post(facets=[{**LINK, "index": {"byteStart": -1, "byteEnd": 3}}]), "out of bounds"),
        (post(langs="nl"), "not an array"),
        (post(invented=1), "invented is not known"),
        ({"$type": "app.bsky.feed.invented"}, "no such type"),
    ],
)
def test_what_is_just_too_much_is_told(record: dict[str, Any], complaint: str) -> None:
    assert complaint in "\n".join(lexicons().record(record))
