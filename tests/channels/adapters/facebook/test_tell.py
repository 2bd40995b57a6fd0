"""Publishing on a page: whole, once, and found again."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamtafel import outbound
from stamtafel.channels import registry
from stamtafel.channels.adapters.facebook.channel import Facebook
from stamtafel.channels.adapters.setup import Setup
from stamtafel.channels.contract import (
    Attempt,
    ByHand,
    ChannelError,
    Credentials,
    Edits,
    FindsByKey,
    Hides,
    InSteps,
    KeepsSubscribed,
    Listens,
    Measures,
    MeasuresAccount,
    NeedsSignIn,
    OutcomeUnknown,
    Permanent,
    Rendered,
    Replies,
    RepliesInPrivate,
    Retracts,
    Temporary,
    Webhooks,
)
from tests.channels.adapters.meta.world import Kept, World, draft, words
from tests.fakes.meta import error

ABILITIES = (InSteps, FindsByKey, Edits, Retracts, Listens, Webhooks, Replies, RepliesInPrivate, Hides, Measures,
             MeasuresAccount, KeepsSubscribed)  # fmt: skip


def test_it_is_a_kind_with_these_abilities() -> None:
    channel = registry.channel("facebook", {"page_id": "1"})
    assert [ability for ability in ABILITIES if not isinstance(channel, ability)] == []
    assert isinstance(Facebook.setup, Setup)
    assert [one.name for one in Facebook.setup.fields if one.secret] == ["token", "app_secret", "verify_token"]
    assert not Facebook.repeatable


# ── how it looks ──
def test_a_link_becomes_a_card_unless_there_are_pictures(world: World) -> None:
    page = world.facebook()
    card = page.render(draft(link="https://a.nl/x", invitation="Laat het ons weten."))
    assert card.text == "Het plein wordt groen\n\nWij planten 24 bomen.\n\nLaat het ons weten."
    shown = page.render(draft(link="https://a.nl/x", pictures=(world.picture(),)))
    assert shown.text.endswith("bomen.\n\nhttps://a.nl/x")


@given(st.text(min_size=1).filter(lambda text: text.strip()))
def test_a_text_is_never_counted_shorter_than_it_is(text: str) -> None:
    rendered = Facebook({}).render(draft(subject="", body="x", invitation=text))
    assert rendered.count >= len(rendered.text)
    assert rendered.count == sum(2 if ord(sign) > 0xFFFF else 1 for sign in rendered.text)


def test_what_is_too_long_is_said_and_not_cut(world: World) -> None:
    rendered = world.facebook().render(draft(body="a" * 63_206))
    assert rendered.over == len("Het plein wordt groen\n\n")
    with pytest.raises(Permanent, match="23 characters too long"):
        world.facebook().publish(rendered, world.credentials, "k")
    with pytest.raises(Permanent, match="23 characters too long"):
        world.facebook().edit("1", rendered, world.credentials)
    assert world.meta.calls == []


# ── publishing ──
def test_a_text_with_a_link(world: World) -> None:
    page = world.facebook()
    receipt = page.publish(page.render(draft(link="https://a.nl/x")), world.credentials, "k")
    (post,) = world.meta.of("PagePost")
    assert (receipt.remote_id, receipt.url) == (post["id"], f"https://www.facebook.com/{post['id']}")
    assert (post["message"], post["link"]) == ("Het plein wordt groen\n\nWij planten 24 bomen.", "https://a.nl/x")


def test_pictures_go_first_with_their_words(world: World) -> None:
    page = world.facebook()
    pictures = (world.picture("plein", data=b"\xff\xd8 jpeg"), world.picture("park"))
    page.publish(page.render(draft(pictures=pictures, link="https://a.nl/x")), world.credentials, "k")
    (post,) = world.meta.of("PagePost")
    photos = [world.meta.things[one] for one in post["photos"]]
    assert [one["alt_text_custom"] for one in photos] == ["Het plein é 🌳", "Het park é 🌳"]
    assert (photos[0]["data"], photos[1]["url"]) == (b"\xff\xd8 jpeg", pictures[1].url)
    assert not any(one["published"] for one in photos)
    assert post["link"] is None


def test_the_token_never_stands_in_an_address(world: World) -> None:
    page = world.facebook()
    page.publish(page.render(draft()), world.credentials, "k")
    page.listen('{"since": "2026-11-23T09:00:00+00:00"}', world.credentials, ())
    assert all(world.meta.token not in str(one.query) for one in world.meta.calls)
    assert all(one.bearer == world.meta.token for one in world.meta.calls)
    assert all("appsecret_proof" in {**one.query, **one.form} for one in world.meta.calls)


def test_going_on_makes_no_step_twice(world: World) -> None:
    page, kept = world.facebook(), Kept()
    rendered = page.render(draft(pictures=(world.picture("plein"), world.picture("park"))))
    fault = world.meta.fail("status", on="POST .*/feed", body=error(4, "Application request limit reached"), status=400)
    with pytest.raises(Temporary):
        page.publish_in_steps(rendered, world.credentials, "k", kept)
    assert set(kept) == {"photo:0", "photo:1"}
    page.publish_in_steps(rendered, world.credentials, "k", kept)
    assert fault.times == 0
    assert len(world.meta.of("Photo")) == 2
    assert world.meta.of("PagePost")[0]["photos"] == [kept["photo:0"], kept["photo:1"]]


HARMLESS = [
    ("drop", {}),
    ("status", {"status": 500}),
    ("status", {"status": 429}),
    ("lost", {}),
    ("garbled", {}),
    ("error", {}),
]


@pytest.mark.parametrize(("kind", "how"), HARMLESS)
def test_whatever_goes_wrong_with_a_picture_is_only_temporary(world: World, kind: str, how: dict[str, Any]) -> None:
    page, kept = world.facebook(), Kept()
    rendered = page.render(draft(pictures=(world.picture(),)))
    world.meta.fail(kind, on="POST .*/photos", **how)
    with pytest.raises(Temporary):
        page.publish_in_steps(rendered, world.credentials, "k", kept)
    page.publish_in_steps(rendered, world.credentials, "k", kept)
    assert len(world.meta.of("PagePost")) == 1


@pytest.mark.parametrize("kind", ["lost", "garbled", "error", "late"])
def test_an_answer_that_is_lost_after_the_post_is_looked_up_and_never_doubled(
    world: World, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = world.facebook()
    rendered = page.render(draft(link="https://a.nl/x"))
    if kind == "late":
        monkeypatch.setattr(
            "stamtafel.outbound.call.__kwdefaults__", {**(outbound.call.__kwdefaults__ or {}), "seconds": 0.2}
        )
    world.meta.fail(kind, on="POST .*/feed", seconds=5)
    with pytest.raises(OutcomeUnknown):
        page.publish(rendered, world.credentials, "k")
    world.meta.released.set()
    attempt = Attempt(key="k", rendered=rendered, since=world.now)
    found = page.find(attempt, world.credentials)
    (post,) = world.meta.of("PagePost")
    assert found is not None
    assert (found.remote_id, found.url) == (post["id"], f"https://www.facebook.com/{post['id']}")


@pytest.mark.parametrize(("kind", "how"), [("drop", {}), ("status", {"status": 500}), ("hang", {"seconds": 5})])
def test_what_never_arrived_is_unknown_too_and_not_found(
    world: World, kind: str, how: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = world.facebook()
    if kind == "hang":
        monkeypatch.setattr(
            "stamtafel.outbound.call.__kwdefaults__", {**(outbound.call.__kwdefaults__ or {}), "seconds": 0.2}
        )
    rendered = page.render(draft())
    world.meta.fail(kind, on="POST .*/feed", **how)
    with pytest.raises(OutcomeUnknown):
        page.publish(rendered, world.credentials, "k")
    world.meta.released.set()
    assert page.find(Attempt(key="k", rendered=rendered, since=world.now), world.credentials) is None


def test_an_older_post_with_the_same_words_is_another(world: World) -> None:
    page = world.facebook()
    rendered = page.render(draft())
    page.publish(rendered, world.credentials, "k")
    world.later(hours=1)
    assert page.find(Attempt(key="k2", rendered=rendered, since=world.now), world.credentials) is None


def test_a_list_is_read_page_by_page(world: World) -> None:
    page = world.facebook()
    rendered = page.render(draft())
    page.publish(rendered, world.credentials, "k")
    for number in range(60):
        page.publish(words(f"bericht {number}"), world.credentials, "k")
    assert page.find(Attempt(key="k", rendered=rendered, since=world.now), world.credentials) is not None
    assert world.calls("GET", "/published_posts") == 2


# ── what Meta says no to ──
SAYS_NO = [
    (190, 460, NeedsSignIn), (102, 0, NeedsSignIn), (10, 0, NeedsSignIn), (200, 0, NeedsSignIn), (3, 0, NeedsSignIn),
    (4, 0, Temporary), (17, 0, Temporary), (32, 0, Temporary), (613, 0, Temporary), (80001, 0, Temporary),
    (100, 0, Permanent), (368, 0, Permanent), (506, 0, Permanent), (1, 99, OutcomeUnknown), (2, 0, OutcomeUnknown),
]  # fmt: skip


@pytest.mark.parametrize(("code", "subcode", "meaning"), SAYS_NO)
def test_each_refusal_means_something(world: World, code: int, subcode: int, meaning: type[ChannelError]) -> None:
    page = world.facebook()
    world.meta.fail("status", on="POST .*/feed", status=400, body=error(code, "Not so", subcode))
    with pytest.raises(meaning, match=f"Not so \\({code}"):
        page.publish(page.render(draft()), world.credentials, "k")
    assert world.meta.of("PagePost") == []


def test_without_a_token_or_a_page_nothing_is_called(world: World) -> None:
    page = world.facebook()
    with pytest.raises(NeedsSignIn):
        page.publish(page.render(draft()), {}, "k")
    with pytest.raises(Permanent, match="no page ID"):
        Facebook({}).publish(words("Dag"), world.credentials, "k")
    assert world.meta.calls == []


def test_another_version_can_be_set(world: World) -> None:
    page = world.facebook(version="v27.0")
    page.publish(page.render(draft()), world.credentials, "k")
    assert world.meta.calls[0].path == f"/v27.0/{world.meta.page}/feed"


# ── afterwards ──
def test_a_post_is_changed(world: World) -> None:
    page = world.facebook()
    receipt = page.publish(page.render(draft()), world.credentials, "k")
    page.edit(receipt.remote_id, page.render(draft(body="Wij planten 25 bomen.")), world.credentials)
    assert world.meta.of("PagePost")[0]["message"].endswith("25 bomen.")


def test_what_another_app_made_is_changed_by_hand(world: World) -> None:
    theirs = world.meta.new("PagePost", "100_7", message="x", by=world.meta.page, on=world.meta.page)["id"]
    world.meta.fail("status", on="POST .*/100_7", status=400, body=error(100, "(#100) Not your post"))
    with pytest.raises(ByHand) as caught:
        world.facebook().edit(theirs, words("y"), world.credentials)
    assert caught.value.url == "https://www.facebook.com/100_7"


def test_the_pretended_facebook_refuses_to_change_the_post_of_another_app(world: World) -> None:
    theirs = world.meta.new("PagePost", "100_7", message="x", by=world.meta.page, on=world.meta.page)["id"]
    with pytest.raises(ByHand):
        world.facebook().edit(theirs, words("y"), world.credentials)


def test_taking_back_twice_is_harmless(world: World) -> None:
    page = world.facebook()
    receipt = page.publish(page.render(draft()), world.credentials, "k")
    page.retract(receipt.remote_id, world.credentials)
    assert world.meta.of("PagePost") == []
    page.retract(receipt.remote_id, world.credentials)


def test_what_can_not_be_taken_back_is_left_to_a_person(world: World) -> None:
    page = world.facebook()
    receipt = page.publish(page.render(draft()), world.credentials, "k")
    world.meta.things[receipt.remote_id]["locked"] = True
    with pytest.raises(ByHand) as caught:
        page.retract(receipt.remote_id, world.credentials)
    assert caught.value.url.endswith(receipt.remote_id)
    with pytest.raises(ByHand):
        page.retract("m_17", world.credentials)


def test_a_dead_token_is_no_thing_to_do_by_hand(world: World) -> None:
    page = world.facebook()
    receipt = page.publish(page.render(draft()), world.credentials, "k")
    world.meta.token_valid = False
    for again in (lambda: page.retract(receipt.remote_id, world.credentials),
                  lambda: page.edit(receipt.remote_id, words("y"), world.credentials)):  # fmt: skip
        with pytest.raises(NeedsSignIn, match="session has been invalidated"):
            again()


def test_a_picture_without_an_id_is_refused(world: World) -> None:
    page = world.facebook()
    world.meta.fail("status", on="POST .*/photos", status=200, body={"success": True})
    with pytest.raises(Permanent, match="no id"):
        page.publish(page.render(draft(pictures=(world.picture(),))), world.credentials, "k")


def credentials_without(world: World, name: str) -> Credentials:
    return {key: value for key, value in world.credentials.items() if key != name}


# ── figures and health ──
def test_figures_of_a_post(world: World) -> None:
    page = world.facebook()
    post = page.publish(page.render(draft()), world.credentials, "k").remote_id
    world.meta.things[post].update(shares=4, reactions=9)
    world.meta.comment(post, "Mooi", "7")
    world.meta.figures |= {(post, "post_media_view"): 120, (post, "post_total_media_view_unique"): 80}
    found = {one.name: one.value for one in page.measure(post, world.credentials)}
    assert found == {"views": 120, "reach": 80, "shares": 4, "replies": 1, "reactions": 9}


def test_a_figure_that_meta_dropped_is_asked_by_itself_once(world: World) -> None:
    page = world.facebook()
    post = page.publish(page.render(draft()), world.credentials, "k").remote_id
    world.meta.figures |= {(post, "post_media_view"): 120, (post, "post_clicks"): 3}
    world.meta.removed_metrics = {"post_total_media_view_unique"}
    for calls in (4, 1):
        before = world.calls("GET", "/insights")
        found = {one.name: one.value for one in page.measure(post, world.credentials)}
        assert (found["views"], found["clicks"]) == (120, 3)
        assert world.calls("GET", "/insights") - before == calls


def test_where_every_figure_is_refused_nothing_is_learned_of_the_names(world: World) -> None:
    page = world.facebook()
    post = page.publish(page.render(draft()), world.credentials, "k").remote_id
    world.meta.fail("status", on="GET .*/insights", status=400, body=error(100, "Invalid post"), times=4)
    assert [one.name for one in page.measure(post, world.credentials)] == ["shares", "replies", "reactions"]
    world.meta.figures[post, "post_media_view"] = 5
    assert page.measure(post, world.credentials)[0].value == 5


def test_figures_of_the_page(world: World) -> None:
    world.meta.figures |= {(world.meta.page, "page_media_view"): 900}
    found = {one.name: one.value for one in world.facebook().measure_account(world.credentials)}
    assert found == {"views": 900, "followers": 4321}
    world.meta.fail("status", on=f"GET .*/{world.meta.page}", status=200, body={"id": world.meta.page})
    assert [one.name for one in world.facebook().measure_account(world.credentials)] == ["views"]


def test_health_says_who_until_when_and_what_is_missing(world: World) -> None:
    world.meta.expires_at = int((world.now + timedelta(days=60)).timestamp())
    world.meta.data_access_expires_at = int((world.now + timedelta(days=14)).timestamp())
    world.meta.scopes.remove("pages_manage_engagement")
    health = world.facebook().check(world.credentials)
    assert (health.name, health.url) == ("Gemeente Voorbeeld", "https://www.facebook.com/100")
    assert (health.expires_at, health.missing) == (world.now + timedelta(days=14), ("pages_manage_engagement",))


def test_private_messages_are_not_missed_by_who_does_not_want_them(world: World) -> None:
    world.meta.scopes.remove("pages_messaging")
    assert world.facebook(messages="no").check(world.credentials).missing == ()
    health = world.facebook().check(world.credentials)
    assert (health.missing, health.expires_at) == (("pages_messaging",), None)


def test_without_the_app_the_token_can_not_be_asked_about(world: World) -> None:
    assert world.facebook(app_id="").check(world.credentials).notes != ()
    assert world.facebook().check(credentials_without(world, "app_secret")).notes != ()


def test_a_dead_token_needs_signing_in(world: World) -> None:
    world.meta.fail("status", on="GET .*/debug_token", status=200, body={"data": {"is_valid": False}})
    with pytest.raises(NeedsSignIn, match="no longer works"):
        world.facebook().check(world.credentials)
    world.meta.token_valid = False
    with pytest.raises(NeedsSignIn):
        world.facebook().check(world.credentials)


# ── being told ──
def test_meta_is_asked_to_call_us_only_where_it_does_not(world: World) -> None:
    page, hook = world.facebook(), "https://voorbeeld.example/hooks/facebook/1/x/"
    for times in (1, 1):
        page.subscribe(world.credentials, hook)
        assert world.calls("POST", "/subscribed_apps") == times
        assert world.calls("POST", "/subscriptions") == times
    assert world.meta.subscriptions[0]["callback_url"] == hook
    assert set(world.meta.subscribed["100"]["900"]) >= {"feed", "mention", "messages", "message_echoes"}
    world.meta.subscribed["100"].clear()  # after an hour of failing calls
    page.subscribe(world.credentials, hook + "new/")
    assert "feed" in world.meta.subscribed["100"]["900"]
    assert world.meta.subscriptions[0]["callback_url"] == hook + "new/"


def test_what_was_asked_for_before_stays(world: World) -> None:
    world.meta.subscribed["100"] = {"900": ["videos"], "other": ["feed"]}
    world.meta.subscriptions = [{"object": "page", "active": True, "callback_url": "x", "fields": [{"name": "feed"}]}]
    world.facebook(messages="no").subscribe(world.credentials, "x")
    assert world.meta.subscribed["100"]["900"] == ["feed", "mention", "videos"]
    assert len(world.meta.subscriptions[0]["fields"]) == 2


def test_without_the_app_only_the_page_is_subscribed(world: World) -> None:
    world.facebook(app_id="").subscribe(world.credentials, "x")
    world.facebook().subscribe(credentials_without(world, "verify_token"), "x")
    assert world.meta.subscriptions == []
    assert "feed" in world.meta.subscribed["100"]["900"]


def test_rendered_is_pure(world: World) -> None:
    page = world.facebook()
    assert page.render(draft()) == page.render(draft())
    assert isinstance(page.render(draft()), Rendered)
