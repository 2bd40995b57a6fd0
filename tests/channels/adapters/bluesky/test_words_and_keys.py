"""Counting, facets, and record keys."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamtafel.channels.adapters.bluesky import keys, wording
from stamtafel.channels.adapters.bluesky.channel import Bluesky
from stamtafel.channels.contract import Draft, Form, Picture
from tests.contracts.bluesky import is_format, lexicons

MOMENT = datetime(2026, 11, 23, 10, 0, 0, 123456, tzinfo=UTC)
DID = "did:plc:abcdefghijklmnopqrstuvwx"
BLUESKY = Bluesky({"site_url": "https://voorbeeld.nl"})
FAMILY = "👩‍👩‍👧‍👦"


def nobody(_handle: str) -> str:
    return ""


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("Één", 3), ("e\u0301", 1), (FAMILY, 1), ("🇳🇱🇧🇪", 2), ("a\r\nb", 3), ("👍🏽", 1), ("ñandú", 5)],
)
def test_what_a_reader_takes_for_one_sign_counts_as_one(text: str, count: int) -> None:
    assert wording.graphemes(text) == count


def test_too_long_is_counted_in_signs_also_when_only_the_bytes_are_too_many() -> None:
    assert wording.excess("a" * 300) == 0
    assert wording.excess("a" * 301) == 1
    assert wording.excess(FAMILY * 120) == 0  # 3000 bytes
    assert wording.excess(FAMILY * 121) == 1
    assert wording.excess(FAMILY * 400) == 280


@given(st.text(max_size=400), st.integers(0, 3))
def test_what_fits_is_what_the_lexicon_takes(text: str, families: int) -> None:
    text += FAMILY * 40 * families
    record = {"$type": keys.POSTS, "text": text, "createdAt": "2026-11-23T10:00:00Z"}
    assert wording.fits(text) == (list(lexicons().record(record)) == [])


@given(
    st.lists(
        st.sampled_from(["Één zin. ", "https://a.nl/x ", "#buurt ", "@a.test ", FAMILY, "\n\n", "woord " * 30]),
        max_size=40,
    )
)
def test_a_chain_fits_part_by_part_and_counts_like_the_lexicon(pieces: list[str]) -> None:
    shown = BLUESKY.render(Draft(subject="Kop", body="".join(pieces), form=Form.THREAD))
    assert shown.over == 0
    assert shown.count == wording.graphemes(shown.text)
    assert all(wording.fits(part) for part in shown.parts or (shown.text,))
    assert bool(shown.parts) == (wording.excess(shown.text) > 0)


def found(text: str, link: str = "", **people: str) -> list[tuple[str, str]]:
    facets = wording.facets(text, link, lambda handle: people.get(handle.replace(".", "_"), ""))
    content = text.encode()
    said = []
    for facet in facets:
        feature = dict(facet["features"][0])
        feature.pop("$type")
        said.append((content[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode(), *feature.values()))
    return said


def test_links_mentions_and_tags_have_their_place_in_bytes() -> None:
    text = "Één 👩‍👩‍👧‍👦 dag: zie https://a.nl/x?y=1. Vraag @buurt.test, of #Zomer2026!"
    assert found(text, buurt_test=DID) == [
        ("https://a.nl/x?y=1", "https://a.nl/x?y=1"),
        ("@buurt.test", DID),
        ("#Zomer2026", "Zomer2026"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("(zie https://a.nl/x_(y)) en", [("https://a.nl/x_(y)", "https://a.nl/x_(y)")]),
        ("https://a.nl/#kop #tag", [("https://a.nl/#kop", "https://a.nl/#kop"), ("#tag", "tag")]),
        ("https://a.nl/'#kop", [("https://a.nl/'#kop", "https://a.nl/'#kop")]),
        ("nummer #1 en #24 en a#b", []),
        ("#1e #straat_feest", [("#1e", "1e"), ("#straat_feest", "straat_feest")]),
        ("mail info@buurt.test of @nergens.test", []),
        ("https://a.nl/@buurt.test", [("https://a.nl/@buurt.test", "https://a.nl/@buurt.test")]),
        ("@buurt.test.", [("@buurt.test", DID)]),
        ("#" + "a" * 65, []),
        ("geen", []),
    ],
)
def test_what_leads_somewhere_and_what_does_not(text: str, said: list[tuple[str, str]]) -> None:
    if text == "#" + "a" * 65:  # a tag of Bluesky has at most 64 signs: the first 64 are one
        said = [("#" + "a" * 64, "a" * 64)]
    assert found(text, buurt_test=DID) == said


def test_a_shortened_link_leads_to_the_whole_address() -> None:
    link = "https://www.voorbeeld.nl/berichten/2026/nieuwe-bomen?bron=bluesky"
    assert wording.short_link(link) == "voorbeeld.nl/berichten/2..."
    assert wording.short_link("https://voorbeeld.nl/") == "voorbeeld.nl"
    text = f"Kijk 👀\n\n{wording.short_link(link)}"
    assert found(text, link) == [("voorbeeld.nl/berichten/2...", link)]
    assert found(f"Kijk {link}", link) == [(link, link)]
    assert found("zonder", link) == []
    whole = "https://www.voorbeeld.nl/x"
    assert found(f"Zie {whole}", "https://www.voorbeeld.nl") == [(whole, whole)]
    assert found("Zie https://voorbeeld.nl/", "https://voorbeeld.nl/") == [
        ("https://voorbeeld.nl/", "https://voorbeeld.nl/")
    ]


@given(st.text(max_size=120), st.lists(st.sampled_from(["https://a.nl/ë", "@a.test", "#één", " ", "🇳🇱"]), max_size=8))
def test_facets_never_overlap_and_never_cut_a_sign_in_two(text: str, more: list[str]) -> None:
    whole = text + " ".join(more)
    end = 0
    for facet in wording.facets(whole, "", lambda _handle: DID):
        assert facet["index"]["byteStart"] >= end
        end = facet["index"]["byteEnd"]
        whole.encode()[facet["index"]["byteStart"] : end].decode()
        assert list(lexicons().check(facet, {"type": "ref", "ref": "app.bsky.richtext.facet"}, "", "facet")) == []


def test_shortened_links_that_come_in_are_written_out_and_broken_facets_do_no_harm() -> None:
    text = "Zie a.nl/lang... en b.nl"
    feature = {"$type": "app.bsky.richtext.facet#link", "uri": "https://a.nl/langer"}
    facets = [
        {"index": {"byteStart": 4, "byteEnd": 16}, "features": [feature]},
        {"index": {"byteStart": 20, "byteEnd": 24}, "features": [{**feature, "uri": "https://b.nl"}]},
        {"index": {"byteStart": "x"}, "features": []},
        {"features": "nothing"},
        {"index": {"byteStart": 9, "byteEnd": 2}, "features": [feature]},
        {"index": {"byteStart": 0, "byteEnd": 2}, "features": [{"did": DID}]},
        "nonsense",
    ]
    assert wording.whole_links(text, facets) == "Zie https://a.nl/langer en b.nl"
    assert (
        wording.whole_links("Zie a.nl/l…", [{"index": {"byteStart": 4, "byteEnd": 13}, "features": [feature]}])
        == "Zie https://a.nl/langer"
    )
    assert wording.whole_links(text, None) == text


# ── keys ─────────────────────────────────────────────────────────────────────────────────────────
@given(st.text(max_size=60), st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1)), st.integers(0, 99))
def test_a_record_key_is_a_tid_and_the_same_each_time(key: str, moment: datetime, place: int) -> None:
    moment = moment.replace(tzinfo=UTC)
    made = keys.record_key(key, moment, place)
    assert is_format("tid", made)
    assert made == keys.record_key(key, moment.replace(microsecond=0), place)
    assert keys.following(keys.record_key(key, moment), place) == made
    assert keys.record_key(key, moment + timedelta(seconds=1)) > made


def test_a_chain_is_known_by_its_keys() -> None:
    first = keys.record_key("k", MOMENT)
    assert keys.in_chain(first, keys.following(first))
    assert keys.in_chain(first, keys.following(first, 99))
    for other in (first, keys.following(first, 100), keys.following(first, -1), keys.record_key("l", MOMENT), "self"):
        assert not keys.in_chain(first, other)
    assert not keys.in_chain("self", first)


def test_other_keys_give_other_records() -> None:
    assert len({keys.record_key(f"announcement:{number}", MOMENT) for number in range(2000)}) == 2000
    assert len({keys.moment_of_key(f"announcement:{number}") for number in range(100)}) > 90


def test_an_answer_has_a_key_after_what_it_answers() -> None:
    parent = keys.uri(DID, keys.record_key("vraag", MOMENT))
    later = keys.moment_after(parent)
    assert later == datetime(2026, 11, 23, 10, 0, 1, tzinfo=UTC)
    assert keys.record_key("antwoord", later) > keys.record_of(parent)
    assert keys.moment_after(keys.uri(DID, "self")) is None
    assert (keys.owner(parent), keys.uri(DID, "x")) == (DID, f"at://{DID}/app.bsky.feed.post/x")


# ── the look ─────────────────────────────────────────────────────────────────────────────────────
PICTURE = Picture(url="https://voorbeeld.nl/p.jpg", alt="Een boom")


def test_a_link_is_a_card_and_beside_pictures_it_stands_in_the_text() -> None:
    draft = Draft(
        subject="Bomen", body="Wij **planten**.", link="https://voorbeeld.nl/bomen", invitation="Wat vindt u?"
    )
    alone = BLUESKY.render(draft)
    assert alone.text == "Bomen\n\nWij planten.\n\nWat vindt u?"
    assert (alone.link, alone.link_title, alone.link_summary) == ("https://voorbeeld.nl/bomen", "Bomen", "Wij planten.")
    beside = BLUESKY.render(Draft(**{**alone_fields(draft), "pictures": (PICTURE,)}))
    assert beside.text == "Bomen\n\nWij planten.\n\nvoorbeeld.nl/bomen\n\nWat vindt u?"
    in_card = Bluesky({"picture_in_card": "yes"})
    assert in_card.render(Draft(**{**alone_fields(draft), "pictures": (PICTURE,)})).text == alone.text
    assert (in_card.limits.pictures, in_card.limits.picture_bytes) == (1, 1_000_000)
    assert (BLUESKY.limits.pictures, BLUESKY.limits.picture_bytes) == (4, 2_000_000)


def alone_fields(draft: Draft) -> dict[str, object]:
    return {name: getattr(draft, name) for name in ("subject", "body", "link", "invitation")}


def test_too_long_is_told_and_nothing_is_cut() -> None:
    long = "Een zin van woorden. " * 20
    single = BLUESKY.render(Draft(subject="", body=long))
    assert (single.count, single.over, single.parts) == (419, 119, ())
    thread = BLUESKY.render(Draft(subject="", body=long, form=Form.THREAD))
    assert (thread.over, len(thread.parts)) == (0, 2)
    assert " ".join(thread.parts) == long.strip()
    assert BLUESKY.render(Draft(subject="", body="kort", form=Form.THREAD)).parts == ()
    assert len(single.link_summary) <= 201
    assert single.link_summary.endswith("…")
