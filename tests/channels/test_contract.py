"""Drafts, headers, kinds."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamtafel.channels import contract, registry
from stamtafel.channels.contract import Channel, Draft, FindsByKey, Kind, Picture, UnsafeHeader

texts = st.text(max_size=40)
lines = texts.map(contract.one_line)
drafts = st.builds(
    Draft, subject=texts, body=texts, link=lines, link_text=texts, language=st.sampled_from(["nl", "en"]),
    headers=st.dictionaries(lines, lines, max_size=2), reply_to=lines, footer=texts, sender=texts,
    pictures=st.lists(st.builds(Picture, url=texts, alt=texts), max_size=2).map(tuple),
)  # fmt: skip


@given(drafts)
def test_a_draft_comes_back_from_json_as_it_was(draft: Draft) -> None:
    assert Draft.from_data(json.loads(json.dumps(draft.as_data()))) == draft


def test_a_stored_draft_leaves_out_what_is_empty_and_passes_over_what_is_unknown() -> None:
    assert Draft(subject="", body="b").as_data() == {"subject": "", "body": "b", "language": "nl"}
    assert Draft.from_data({"subject": "a", "body": "b", "colour": "green"}).subject == "a"


@given(texts)
def test_a_subject_is_always_one_line(text: str) -> None:
    assert not contract.CONTROL.search(Draft(subject=text, body="").subject)


@pytest.mark.parametrize("sign", ["\r\n", "\n", "\r", "\x00", "\x0b", "\x85", "\u2028"])
@pytest.mark.parametrize("place", ["reply_to", "link", "name", "value"])
def test_no_value_can_start_another_header(sign: str, place: str) -> None:
    bad = f"a{sign}Bcc: b@example.nl"
    fields = {"name": {"headers": {bad: "x"}}, "value": {"headers": {"List-Id": bad}}}.get(place, {place: bad})
    with pytest.raises(UnsafeHeader):
        Draft(subject="s", body="b", **fields)


def test_every_kind_of_the_registry_is_there_and_knows_its_name() -> None:
    for kind in registry.CHANNELS:
        made = registry.channel(kind)
        assert isinstance(made, Kind)
        assert made.kind == kind


def test_street_cafe_and_paper_only_listen() -> None:
    publishing = {kind for kind in registry.CHANNELS if isinstance(registry.channel(kind), Channel)}
    assert registry.CHANNELS.keys() - publishing == {"street", "cafe", "paper"}
    assert isinstance(registry.channel("demo"), FindsByKey)


def test_a_kind_that_is_not_installed_is_named() -> None:
    with pytest.raises(registry.UnknownKind, match="pigeon"):
        registry.channel("pigeon")
