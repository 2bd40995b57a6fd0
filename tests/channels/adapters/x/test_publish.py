"""Putting posts out on X."""

from dataclasses import replace
from itertools import pairwise

import pytest

from stamtafel.channels import registry
from stamtafel.channels.adapters.x.channel import X
from stamtafel.channels.adapters.x.sending import InMemory
from stamtafel.channels.contract import (
    Channel,
    Costs,
    Draft,
    Edits,
    FindsByKey,
    Form,
    Hides,
    InSteps,
    KeepsSubscribed,
    Listens,
    Measures,
    MeasuresAccount,
    NeedsSignIn,
    Permanent,
    Renews,
    Replies,
    RepliesInPrivate,
    Retracts,
    Webhooks,
)
from tests.channels.adapters.x.conftest import made, picture, rendered
from tests.fakes.x import X as FakeX

LONG = "\n\n".join(
    f"Alinea {n}: wij planten vandaag bomen op het plein en in de straat, met hulp van buren." for n in range(8)
)


def test_the_registry_knows_it_with_all_its_abilities() -> None:
    channel = registry.channel("x", {})
    for ability in (Channel, Costs, Edits, FindsByKey, Hides, InSteps, KeepsSubscribed, Listens, Measures, MeasuresAccount,
                    Renews, Replies, RepliesInPrivate, Retracts, Webhooks):  # fmt: skip
        assert isinstance(channel, ability), ability


def test_a_text_with_a_link_goes_out(channel: X, network: FakeX, access: dict[str, str]) -> None:
    draft = Draft(
        subject="Groen plein",
        body="Wij planten **24 bomen** & struiken.",
        link="https://gemeente.nl/plein?a=1",
        invitation="Wat vindt u?",
    )
    receipt = channel.publish(channel.render(draft), access, "key")
    assert network.texts() == [
        "Groen plein\n\nWij planten 24 bomen & struiken.\n\nhttps://gemeente.nl/plein?a=1\n\nWat vindt u?"
    ]
    assert receipt.url == f"https://x.com/gemeente/status/{receipt.remote_id}"
    assert receipt.remote_id in network.posts


def test_pictures_go_out_with_their_words(channel: X, network: FakeX, access: dict[str, str]) -> None:
    channel.publish(rendered(channel, pictures=4), access, "key")
    [post] = network.posts.values()
    assert [one["alt_text"] for one in network.media.values()] == ["Foto 0", "Foto 1", "Foto 2", "Foto 3"]
    assert post["attachments"]["media_keys"] == [one["media_key"] for one in network.media.values()]
    assert {one["category"] for one in network.media.values()} == {"tweet_image"}


def test_a_picture_without_words_gets_none(channel: X, network: FakeX, access: dict[str, str]) -> None:
    channel.publish(replace(rendered(channel), pictures=(picture(alt=""),)), access, "key")
    assert [call.path for call in network.calls] == ["/2/media/upload", "/2/tweets"]


def test_five_pictures_or_one_that_is_empty_never_go_out_in_part(
    channel: X, network: FakeX, access: dict[str, str]
) -> None:
    with pytest.raises(Permanent, match="4 pictures"):
        channel.publish(rendered(channel, pictures=5), access, "key")
    with pytest.raises(Permanent, match="Picture 1 cannot be read"):
        channel.publish(replace(rendered(channel), pictures=(replace(picture(), data=b""),)), access, "key")
    assert network.calls == []


def test_a_text_that_is_too_long_is_said_to_be_and_never_sent(
    channel: X, network: FakeX, access: dict[str, str]
) -> None:
    long = channel.render(Draft(subject="", body="a" * 281))
    assert (long.count, long.over, long.parts) == (281, 1, ())
    with pytest.raises(Permanent, match="1 too long"):
        channel.publish(long, access, "key")
    assert network.calls == []


def test_a_thread_is_a_chain_of_posts_with_the_pictures_at_the_first(
    channel: X, network: FakeX, access: dict[str, str]
) -> None:
    thread = replace(channel.render(Draft(subject="", body=LONG, form=Form.THREAD)), pictures=(picture(),))
    assert len(thread.parts) > 1
    assert thread.over == 0
    receipt = channel.publish(thread, access, "key")
    posts = list(network.posts.values())
    assert [post["plain"] for post in posts] == list(thread.parts)
    assert " ".join(" ".join(thread.parts).split()) == " ".join(LONG.split())
    assert receipt.remote_id == posts[0]["id"]
    for before, post in pairwise(posts):
        assert post["referenced_posts"] == [{"type": "replied_to", "id": before["id"]}]
    assert ["attachments" in post for post in posts] == [True] + [False] * (len(posts) - 1)


def test_a_short_text_is_one_post_also_when_a_thread_was_chosen(channel: X) -> None:
    assert channel.render(Draft(subject="", body="Kort.", form=Form.THREAD)).parts == ()


def test_signs_that_x_refuses_are_left_out(channel: X) -> None:
    assert channel.render(Draft(subject="", body="Ja\ufeff\uffff.")).text == "Ja."


def test_a_chain_goes_on_where_it_stood(channel: X, network: FakeX, access: dict[str, str]) -> None:
    thread = channel.render(Draft(subject="", body=LONG, form=Form.THREAD))
    kept = InMemory()
    network.used["POST /2/tweets"] = 99
    with pytest.raises(Exception, match="Too Many Requests"):
        channel.publish_in_steps(thread, access, "key", kept)
    assert network.texts() == [thread.parts[0]]
    network.used.clear()
    receipt = channel.publish_in_steps(thread, access, "key", kept)
    assert network.texts() == list(thread.parts)
    assert receipt.remote_id == next(iter(network.posts))
    assert channel.publish_in_steps(thread, access, "key", kept) == receipt
    assert network.texts() == list(thread.parts)


def test_a_picture_that_is_over_there_is_not_brought_over_again_until_it_is_gone_there(
    channel: X, network: FakeX, access: dict[str, str]
) -> None:
    kept, post = InMemory(), rendered(channel, pictures=1)
    network.fail("status", on="POST /2/tweets", status=429)
    with pytest.raises(Exception, match="fault"):
        channel.publish_in_steps(post, access, "key", kept)
    assert len(network.media) == 1
    network.fail("status", on="POST /2/tweets", status=429)
    with pytest.raises(Exception, match="fault"):
        channel.publish_in_steps(post, access, "key", kept)
    assert len(network.media) == 1
    before = network.clock
    network.clock = lambda: before().replace(year=before().year + 1)
    access = network.credentials()
    channel.publish_in_steps(post, access, "key", kept)
    assert len(network.media) == 2
    assert network.texts() == [post.text]


def test_what_it_costs_follows_from_whether_there_is_an_address_in_it(channel: X, network: FakeX) -> None:
    assert channel.cost(rendered(channel, "Zonder.")) == 15
    assert channel.cost(rendered(channel, "Zie https://gemeente.nl/x")) == 200
    assert channel.cost(rendered(channel, "Zie gemeente.nl")) == 200
    thread = channel.render(Draft(subject="", body=LONG, link="https://gemeente.nl", form=Form.THREAD))
    assert channel.cost(thread) == 15 * (len(thread.parts) - 1) + 200
    assert made(network, price="10", price_with_url=50).cost(rendered(channel, "Zie gemeente.nl")) == 50


def test_the_fake_charges_what_we_say(channel: X, network: FakeX, access: dict[str, str]) -> None:
    thread = channel.render(Draft(subject="", body=LONG, link="https://gemeente.nl", form=Form.THREAD))
    channel.publish(thread, access, "key")
    assert network.spent == channel.cost(thread)


def test_an_account_that_is_not_connected_asks_for_it(channel: X) -> None:
    with pytest.raises(NeedsSignIn, match="not connected"):
        channel.publish(rendered(channel), {}, "key")
    with pytest.raises(NeedsSignIn, match="not connected"):
        channel.renew({}, channel.clock())


def test_with_the_names_of_before_2026(network: FakeX, access: dict[str, str]) -> None:
    network.generation = "tweet"
    channel = made(network, names="tweet")
    receipt = channel.publish(rendered(channel, pictures=1), access, "key")
    assert network.texts() == ["Het plein wordt groen."]
    network.grow(receipt.remote_id, repost_count=3)
    assert ("shares", 3) in [(one.name, one.value) for one in channel.measure(receipt.remote_id, access)]
