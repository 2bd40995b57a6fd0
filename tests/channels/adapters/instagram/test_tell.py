"""Publishing on Instagram: made ready, waited for, published once, and found again."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamtafel import outbound
from stamtafel.channels import registry
from stamtafel.channels.adapters.instagram.channel import Instagram
from stamtafel.channels.contract import (
    Attempt,
    ByHand,
    ChannelError,
    Completes,
    FindsByKey,
    HasQuota,
    Hides,
    InSteps,
    KeepsSubscribed,
    Listens,
    Measures,
    MeasuresAccount,
    NeedsSignIn,
    OutcomeUnknown,
    Permanent,
    Quota,
    Receipt,
    Rendered,
    Renews,
    Replies,
    RepliesInPrivate,
    Retracts,
    Temporary,
    Webhooks,
)
from tests.channels.adapters.meta.world import Kept, World, draft
from tests.fakes.meta import error

ABILITIES = (InSteps, FindsByKey, Retracts, Listens, Completes, Webhooks, Replies, RepliesInPrivate, Hides, Measures,
             MeasuresAccount, HasQuota, KeepsSubscribed, Renews)  # fmt: skip


@pytest.fixture
def account(world: World) -> Instagram:
    return world.instagram()


def shown(world: World, account: Instagram, *names: str, **fields: Any) -> Rendered:
    return account.render(draft(pictures=tuple(world.picture(name) for name in names or ("plein",)), **fields))


def test_it_is_a_kind_with_these_abilities() -> None:
    channel = registry.channel("instagram", {"ig_id": "1"})
    assert [ability for ability in ABILITIES if not isinstance(channel, ability)] == []
    assert Instagram.limits.needs_picture
    assert not Instagram.repeatable


# ── how it looks ──
@given(st.text(min_size=1).filter(lambda text: text.strip()))
def test_a_caption_is_never_counted_shorter_than_it_is(text: str) -> None:
    rendered = Instagram({}).render(draft(subject="", body="x", invitation=text))
    assert rendered.count == sum(2 if ord(sign) > 0xFFFF else 1 for sign in rendered.text)


WRONG = [
    ({"body": "a" * 2200}, "23 characters too long"),
    ({"pictures": ()}, "without a picture"),
    ({"body": " ".join(f"#t{n}" for n in range(31))}, "30 hashtags in a post, and there are 31"),
    ({"body": " ".join(f"@t{n}" for n in range(21))}, "20 names in a post, and there are 21"),
]


@pytest.mark.parametrize(("fields", "words"), WRONG)
def test_what_instagram_would_refuse_never_leaves(
    world: World, account: Instagram, fields: dict[str, Any], words: str
) -> None:
    rendered = account.render(draft(**{"pictures": (world.picture(),), **fields}))
    with pytest.raises(Permanent, match=words):
        account.publish(rendered, world.credentials, "k")
    assert world.meta.calls == []


def test_eleven_pictures_are_too_many(world: World, account: Instagram) -> None:
    with pytest.raises(Permanent, match="at most 10 pictures"):
        account.publish(shown(world, account, *(f"p{n}" for n in range(11))), world.credentials, "k")


# ── publishing ──
def test_one_picture(world: World, account: Instagram) -> None:
    rendered = shown(world, account, link="https://a.nl/x")
    receipt = account.publish(rendered, world.credentials, "k")
    (media,) = world.meta.of("IGMedia")
    assert receipt == Receipt(media["id"], f"https://www.instagram.com/p/{media['id']}/")
    assert (media["caption"], media["alt_text"]) == (rendered.text, "Het plein é 🌳")
    assert rendered.text.endswith("https://a.nl/x")


def test_a_carousel(world: World, account: Instagram) -> None:
    account.publish(shown(world, account, "plein", "park", "gracht"), world.credentials, "k")
    (media,) = world.meta.of("IGMedia")
    children = [world.meta.things[one] for one in media["children"]]
    assert [one["alt_text"] for one in children] == ["Het plein é 🌳", "Het park é 🌳", "Het gracht é 🌳"]
    assert all(one["item"] and not one["caption"] for one in children)


@pytest.mark.parametrize("names", [("plein",), ("plein", "park")])
def test_while_instagram_is_busy_we_come_back(world: World, account: Instagram, names: tuple[str, ...]) -> None:
    world.meta.slow_polls, kept, tries = 2, Kept(), 0
    rendered = shown(world, account, *names)
    waits = set()
    while not world.meta.of("IGMedia"):
        tries += 1
        waits.add(_wait(account, rendered, world, kept))
    assert waits == {timedelta(minutes=1), None}
    assert tries == (3 if len(names) == 1 else 7)
    assert len(world.meta.of("ShadowIGMediaBuilder")) == (1 if len(names) == 1 else 3)


def _wait(account: Instagram, rendered: Rendered, world: World, kept: Kept) -> timedelta | None:
    """How long Instagram wants us to wait; None when it is out."""
    try:
        account.publish_in_steps(rendered, world.credentials, "k", kept)
    except Temporary as busy:
        return busy.retry_after
    return None


HARMLESS = [("drop", {}), ("status", {"status": 500}), ("lost", {}), ("garbled", {}), ("error", {}),
            ("status", {"status": 400, "body": error(80002, "There have been too many calls")}),
            ("status", {"status": 200, "body": {}})]  # fmt: skip
BEFORE = ["GET .*/content_publishing_limit", "POST .*/media", "GET .*/v26.0/\\d+"]


@pytest.mark.parametrize("on", BEFORE)
@pytest.mark.parametrize(("kind", "how"), HARMLESS)
def test_whatever_goes_wrong_before_publishing_is_temporary(
    world: World, account: Instagram, on: str, kind: str, how: dict[str, Any]
) -> None:
    kept, rendered = Kept(), shown(world, account, "plein", "park")
    world.meta.fail(kind, on=on, **how)
    try:
        account.publish_in_steps(rendered, world.credentials, "k", kept)
    except Temporary:
        assert world.meta.of("IGMedia") == []
        account.publish_in_steps(rendered, world.credentials, "k", kept)
    assert len(world.meta.of("IGMedia")) == 1


@pytest.mark.parametrize("kind", ["lost", "garbled", "error"])
def test_a_lost_answer_is_read_from_the_container(world: World, account: Instagram, kind: str) -> None:
    kept, rendered = Kept(), shown(world, account)
    world.meta.fail(kind, on="POST .*/media_publish")
    with pytest.raises(OutcomeUnknown):
        account.publish_in_steps(rendered, world.credentials, "k", kept)
    attempt = Attempt(key="k", rendered=rendered, since=world.now, reached=kept)
    (media,) = world.meta.of("IGMedia")
    found = account.find(attempt, world.credentials)
    assert found == Receipt(media["id"], f"https://www.instagram.com/p/{media['id']}/")
    # and when somebody says "again" all the same, nothing is doubled
    assert account.publish_in_steps(rendered, world.credentials, "k", kept) == found
    assert len(world.meta.of("IGMedia")) == 1


@pytest.mark.parametrize(("kind", "how"), [("drop", {}), ("status", {"status": 500}), ("hang", {"seconds": 5})])
def test_what_never_arrived_is_not_found_and_can_be_made_again(
    world: World, account: Instagram, kind: str, how: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind == "hang":
        monkeypatch.setattr(
            "stamtafel.outbound.call.__kwdefaults__", {**(outbound.call.__kwdefaults__ or {}), "seconds": 0.2}
        )
    kept, rendered = Kept(), shown(world, account)
    world.meta.fail(kind, on="POST .*/media_publish", **how)
    with pytest.raises(OutcomeUnknown):
        account.publish_in_steps(rendered, world.credentials, "k", kept)
    assert account.find(Attempt(key="k", rendered=rendered, since=world.now, reached=kept), world.credentials) is None
    account.publish_in_steps(rendered, world.credentials, "k", kept)
    assert len(world.meta.of("IGMedia")) == len(world.meta.of("ShadowIGMediaBuilder")) == 1


def test_an_older_post_with_the_same_words_is_another(world: World, account: Instagram) -> None:
    rendered = shown(world, account)
    account.publish(rendered, world.credentials, "k")
    other = Attempt(key="k2", rendered=shown(world, account, body="Iets anders"), since=world.now)
    assert account.find(other, world.credentials) is None
    world.later(hours=1)
    assert account.find(Attempt(key="k2", rendered=rendered, since=world.now), world.credentials) is None
    assert (
        account.find(
            Attempt(key="k2", rendered=shown(world, account, body="Anders"), since=world.now), world.credentials
        )
        is None
    )


def test_out_and_not_to_be_seen_yet_is_unknown(world: World, account: Instagram) -> None:
    kept, rendered = Kept(), shown(world, account)
    world.meta.fail("lost", on="POST .*/media_publish")
    with pytest.raises(OutcomeUnknown):
        account.publish_in_steps(rendered, world.credentials, "k", kept)
    world.meta.fail("status", on="GET .*/17841/media", status=200, body={"data": []})
    with pytest.raises(OutcomeUnknown, match="does not show it yet"):
        account.publish_in_steps(rendered, world.credentials, "k", kept)


def test_that_it_is_out_counts_more_than_its_address(world: World, account: Instagram) -> None:
    world.meta.fail("status", on=r"GET .*/v26.0/\d+", status=500, times=0)
    rendered, kept = shown(world, account), Kept()
    kept.keep("container", world.meta.new("ShadowIGMediaBuilder", children=[], caption=rendered.text, alt_text="", url="", polls=0,
                                          item=False, published=False, state="FINISHED")["id"])  # fmt: skip
    media = str(int(kept["container"]) + 1)
    world.meta.fail("drop", on=f"GET .*/{media}")
    assert account.publish_in_steps(rendered, world.credentials, "k", kept) == Receipt(media)


def test_a_container_that_expired_is_made_anew(world: World, account: Instagram) -> None:
    world.meta.slow_polls, kept, rendered = 1, Kept(), shown(world, account)
    with pytest.raises(Temporary):
        account.publish_in_steps(rendered, world.credentials, "k", kept)
    world.later(hours=24)
    with pytest.raises(Temporary, match="made anew"):
        account.publish_in_steps(rendered, world.credentials, "k", kept)
    world.meta.slow_polls = 0
    account.publish_in_steps(rendered, world.credentials, "k", kept)
    assert len(world.meta.of("ShadowIGMediaBuilder")) == 2


def test_a_picture_that_instagram_can_not_use_is_said_in_its_words(world: World, account: Instagram) -> None:
    world.meta.slow_polls, kept, rendered = 1, Kept(), shown(world, account)
    with pytest.raises(Temporary):
        account.publish_in_steps(rendered, world.credentials, "k", kept)
    world.meta.of("ShadowIGMediaBuilder")[0]["state"] = "ERROR"
    with pytest.raises(Permanent, match="2207026"):
        account.publish_in_steps(rendered, world.credentials, "k", kept)
    assert kept["container"] == ""


def test_a_full_day_waits(world: World, account: Instagram) -> None:
    world.meta.quota_total = 1
    assert account.quota(world.credentials) == Quota(used=0, total=1)
    account.publish(shown(world, account), world.credentials, "k")
    with pytest.raises(Temporary, match="takes 1 posts in 24 hours") as full:
        account.publish(shown(world, account, "park"), world.credentials, "k2")
    assert full.value.retry_after == timedelta(hours=1)
    assert len(world.meta.of("ShadowIGMediaBuilder")) == 1
    world.later(hours=24)
    account.publish(shown(world, account, "park"), world.credentials, "k2")
    world.meta.fail("status", on="GET .*_limit", status=200, body={"data": []})
    assert account.quota(world.credentials) == Quota(used=0)


# ── our own pictures ──
SITE = [
    (404, "image/jpeg", Permanent, "answers 404"), (302, "image/jpeg", Permanent, "answers 302"),
    (200, "image/png", Permanent, "the picture is image/png"), (200, "", Permanent, "of no known kind"),
    (503, "image/jpeg", Temporary, "answers 503"),
]  # fmt: skip


@pytest.mark.parametrize(("status", "media_type", "meaning", "said"), SITE)
def test_the_address_of_the_picture_is_tried_first(
    world: World, account: Instagram, status: int, media_type: str, meaning: type[ChannelError], said: str
) -> None:
    world.site.status, world.site.media_type = status, media_type
    with pytest.raises(meaning, match=said):
        account.publish(shown(world, account), world.credentials, "k")
    assert world.calls("POST", "/media") == 0


def test_a_picture_on_our_own_network_can_not_be_fetched(world: World, account: Instagram, settings: Any) -> None:
    settings.OUTBOUND_ALLOW = [world.meta.host]
    with pytest.raises(Permanent, match="private network"):
        account.publish(shown(world, account), world.credentials, "k")
    settings.OUTBOUND_ALLOW = [world.meta.host, world.site.host]
    world.site.fail("drop", on=".*")
    with pytest.raises(Temporary, match="can't fetch the picture now"):
        account.publish(shown(world, account), world.credentials, "k")
    assert world.calls("POST", "/media") == 0


def test_the_pretended_instagram_fetches_pictures_itself(world: World, account: Instagram) -> None:
    world.site.fail("status", on="GET .*", status=200, body="ok", times=0)
    rendered = account.render(draft(pictures=(world.picture(),)))
    account.publish(rendered, world.credentials, "k")
    assert len(world.site.calls) == 2  # we, and Instagram


# ── what Instagram says no to ──
SAYS_NO = [
    (190, 460, NeedsSignIn), (10, 0, NeedsSignIn), (80002, 0, Temporary), (9007, 2207027, Temporary), (9, 2207042, Temporary),
    (-1, 2207008, Temporary), (-2, 2207020, Temporary), (25, 2207050, Permanent), (4, 2207051, OutcomeUnknown),
    (24, 2207006, OutcomeUnknown), (-1, 2207001, OutcomeUnknown), (36003, 2207009, Permanent),
]  # fmt: skip


@pytest.mark.parametrize(("code", "subcode", "meaning"), SAYS_NO)
def test_each_refusal_means_something(
    world: World, account: Instagram, code: int, subcode: int, meaning: type[ChannelError]
) -> None:
    kept = Kept()
    world.meta.fail("status", on="POST .*/media_publish", status=400, body=error(code, "Not so", subcode))
    with pytest.raises(meaning, match="Not so"):
        account.publish_in_steps(shown(world, account), world.credentials, "k", kept)
    assert bool(kept["container"]) is (subcode != 2207020)


@pytest.mark.parametrize("subcode", [2207006, 2207001, 2207051])
def test_before_publishing_the_same_is_harmless(world: World, account: Instagram, subcode: int) -> None:
    world.meta.fail("status", on="POST .*/media", status=400, body=error(-1, "Not so", subcode))
    with pytest.raises(Temporary):
        account.publish(shown(world, account), world.credentials, "k")


def test_without_an_account_nothing_is_called(world: World) -> None:
    with pytest.raises(Permanent, match="no Instagram account ID"):
        Instagram({}).quota(world.credentials)
    with pytest.raises(NeedsSignIn):
        world.instagram().quota({})


# ── afterwards ──
def test_taking_back_where_we_may(world: World, account: Instagram) -> None:
    world.meta.may_delete_media = True
    media = account.publish(shown(world, account), world.credentials, "k").remote_id
    comment = world.meta.ig_comment(media, "Hoi", "7")
    for one in (comment, media, media):
        account.retract(one, world.credentials)
    assert world.meta.of("IGMedia") == world.meta.of("IGComment") == []


def test_where_we_may_not_a_person_does_it_at_the_post(world: World, account: Instagram) -> None:
    receipt = account.publish(shown(world, account), world.credentials, "k")
    with pytest.raises(ByHand, match="does not have permission") as caught:
        account.retract(receipt.remote_id, world.credentials)
    assert caught.value.url == receipt.url
    comment = world.meta.ig_comment(receipt.remote_id, "Hoi", "7")
    world.meta.fail("status", on="DELETE .*", status=400, body=error(100, "Unsupported delete request"))
    with pytest.raises(ByHand) as caught:
        account.retract(comment, world.credentials)
    assert caught.value.url == "https://www.instagram.com/"
    with pytest.raises(ByHand, match="private message"):
        account.retract("aWdf17ZD", world.credentials)


# ── figures and health ──
def test_figures(world: World, account: Instagram) -> None:
    media = account.publish(shown(world, account), world.credentials, "k").remote_id
    assert account.measure(media, world.credentials) == []  # nothing instead of 0
    world.meta.figures |= {(media, "views"): 300, (media, "likes"): 12, (world.meta.ig, "reach"): 77}
    assert {one.name: one.value for one in account.measure(media, world.credentials)} == {"views": 300, "reactions": 12}
    found = {one.name: one.value for one in account.measure_account(world.credentials)}
    assert found == {"reach": 77, "followers": 987}
    world.meta.fail("status", on=f"GET .*/{world.meta.ig}", status=200, body={})
    assert [one.name for one in account.measure_account(world.credentials)] == ["reach"]


def test_health(world: World, account: Instagram) -> None:
    world.meta.scopes.append("pages_read_engagement")
    world.meta.scopes.remove("instagram_manage_messages")
    health = account.check(world.credentials)
    assert (health.name, health.url) == ("@gemeentevoorbeeld", "https://www.instagram.com/gemeentevoorbeeld/")
    assert (health.missing, health.expires_at) == (("instagram_manage_messages",), None)
    assert world.instagram(messages="no").check(world.credentials).missing == ()
    assert world.instagram(app_id="").check(world.credentials).notes != ()
    world.meta.token_valid = False
    with pytest.raises(NeedsSignIn):
        account.check(world.credentials)


def test_being_told_by_the_page(world: World, account: Instagram) -> None:
    for _ in range(2):
        account.subscribe(world.credentials, "https://voorbeeld.example/hooks/")
    assert world.meta.subscribed["100"]["900"] == ["feed"]
    (one,) = world.meta.subscriptions
    assert (one["object"], [field["name"] for field in one["fields"]]) == (
        "instagram",
        ["comments", "mentions", "messages", "message_edit"],
    )
    assert world.calls("POST", "/subscriptions") == world.calls("POST", "/subscribed_apps") == 1


# ── Instagram Login ──
def by_instagram(world: World, **options: Any) -> tuple[Instagram, dict[str, str]]:
    return world.instagram(login="instagram", page_id="", **options), {
        **world.credentials,
        "token": world.meta.ig_token,
    }


def test_by_instagram_login_it_is_the_same(world: World) -> None:
    account, credentials = by_instagram(world)
    account.publish(shown(world, account), credentials, "k")
    assert len(world.meta.of("IGMedia")) == 1
    account.subscribe(credentials, "x")
    assert world.meta.subscribed["17841"]["900"] == ["comments", "message_edit", "messages"]
    assert world.meta.subscriptions == []
    health = account.check({**credentials, "expires_at": "2027-01-22T10:00:00+00:00"})
    assert health.expires_at is not None
    assert health.notes != ()
    assert account.check(credentials).expires_at is None


def test_the_address_follows_how_we_come_in() -> None:
    from stamtafel.channels.adapters.instagram.options import Options

    assert Options.of({"login": "Instagram"}).api_url == "https://graph.instagram.com"
    assert Options.of({}).api_url == "https://graph.facebook.com"
    assert Options.of({"messages": "", "human_agent": True}).human_agent


def test_a_token_is_exchanged_before_it_wears_out(world: World) -> None:
    account, credentials = by_instagram(world)
    assert account.is_stale(credentials, world.now)
    assert not world.instagram().is_stale(credentials, world.now)
    assert not account.is_stale({}, world.now)
    renewed = account.renew(credentials, world.now)
    assert renewed["token"] == world.meta.ig_token != credentials["token"]
    assert renewed["expires_at"] == (world.now + timedelta(days=60)).isoformat()
    credentials |= renewed
    assert not account.is_stale(credentials, world.now + timedelta(days=29))
    assert account.is_stale(credentials, world.now + timedelta(days=30))


def test_a_token_that_is_too_young_waits(world: World) -> None:
    account, credentials = by_instagram(world)
    world.meta.ig_token_made = world.now
    renewed = account.renew(credentials, world.now)
    assert renewed == {"renew_after": (world.now + timedelta(hours=25)).isoformat()}
    world.meta.fail("status", on="GET .*", status=200, body={})
    with pytest.raises(Temporary, match="did not tell"):
        account.renew(credentials, world.now)
