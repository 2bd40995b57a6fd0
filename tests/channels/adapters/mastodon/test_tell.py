"""Publishing on Mastodon: text, pictures, chains; nothing doubled whatever goes wrong."""

import contextlib
from datetime import UTC, datetime, timedelta

import pytest

from stamtafel.channels import rules
from stamtafel.channels.adapters.mastodon import channel as module
from stamtafel.channels.adapters.mastodon.options import Options
from stamtafel.channels.contract import (
    Attempt,
    Form,
    NeedsSignIn,
    OutcomeUnknown,
    Permanent,
    Temporary,
)
from tests.channels.adapters.mastodon.conftest import PICTURE, Kept, at, draft, later

LONG = "Wij planten bomen op het plein, en u mag zeggen welke. " * 25


def test_a_text_with_a_link_and_an_invitation(server, town, credentials):
    told = town.render(draft(link="https://praat.example/b/7", invitation="Laat het ons hier weten."))
    receipt = town.publish(told, credentials, "announcement:7")
    (post,) = server.ours()
    assert post["text"] == (
        "Het plein wordt groen\n\nWij planten 24 bomen.\n\nhttps://praat.example/b/7\n\nLaat het ons hier weten."
    )
    assert (post["language"], post["visibility"]) == ("nl", "public")
    assert (receipt.remote_id, receipt.url) == (post["id"], post["url"])


def test_pictures_have_their_alt_text(server, town, credentials):
    town.publish(town.render(draft(pictures=(PICTURE, PICTURE))), credentials, "a:1")
    (post,) = server.ours()
    assert [one["description"] for one in post["media_attachments"]] == [PICTURE.alt] * 2


def test_a_picture_that_is_not_ready_is_waited_for_in_the_next_round(server, town, credentials):
    server.slow_pictures = 2
    told, progress = town.render(draft(pictures=(PICTURE,))), Kept()
    with pytest.raises(Temporary) as waits:
        town.publish_in_steps(told, credentials, "a:1", progress)
    assert waits.value.retry_after == timedelta(seconds=10)
    with pytest.raises(Temporary):
        town.publish_in_steps(told, credentials, "a:1", progress)
    town.publish_in_steps(told, credentials, "a:1", progress)
    assert len(server.media) == len(server.ours()) == 1


def test_a_picture_that_the_server_threw_away_is_sent_again(server, town, credentials):
    server.slow_pictures = 1
    told, progress = town.render(draft(pictures=(PICTURE,))), Kept()
    with pytest.raises(Temporary):
        town.publish_in_steps(told, credentials, "a:1", progress)
    server.media.clear()
    server.slow_pictures = 0
    town.publish_in_steps(told, credentials, "a:1", progress)
    assert len(server.ours()[0]["media_attachments"]) == 1


def test_a_post_that_says_its_picture_is_not_ready_is_made_later(server, town, credentials):
    refusal = {"error": "Cannot attach files that have not finished processing. Try again in a moment!"}
    server.fail("status", on="POST /api/v1/statuses", status=422, body=refusal)
    progress = Kept()
    with pytest.raises(Temporary):
        town.publish_in_steps(town.render(draft(pictures=(PICTURE,))), credentials, "a:1", progress)
    assert progress["tried:0"] == ""


def test_a_chain_is_marked_and_hangs_together(server, town, credentials):
    told = town.render(draft(LONG, form=Form.THREAD, pictures=(PICTURE,)))
    receipt = town.publish(told, credentials, "a:1")
    posts = server.ours()
    assert len(posts) == len(told.parts) > 2
    assert receipt.remote_id == posts[0]["id"]
    assert [post["in_reply_to_id"] for post in posts] == [None, *(post["id"] for post in posts[:-1])]
    assert all(post["text"].endswith(f" {n}/{len(posts)}") for n, post in enumerate(posts, 1))
    assert [len(post["media_attachments"]) for post in posts] == [1, *[0] * (len(posts) - 1)]
    assert told.over == 0


def test_a_short_text_is_no_chain(town):
    assert town.render(draft(form=Form.THREAD)).parts == ()


def test_what_is_too_long_is_counted_and_refused_before_anything_is_sent(server, town, credentials):
    told = town.render(draft(LONG, pictures=(PICTURE,)))
    assert told.over == told.count - 500 > 0
    with pytest.raises(Permanent, match="too long"):
        town.publish(told, credentials, "a:1")
    assert not server.media
    with pytest.raises(Permanent, match="at most 4 pictures"):
        town.publish(town.render(draft(pictures=(PICTURE,) * 5)), credentials, "a:1")


def test_limits_are_the_servers_for_a_day_and_ours_when_set(server, town, credentials):
    server.characters, server.pictures = 3000, 6
    told = town.render(draft(LONG))
    assert told.over
    assert town.publish(told, credentials, "a:1")
    assert (town.limits.text, town.limits.pictures, town.limits.alt) == (3000, 6, 1500)
    assert town.limits.picture_side == 5760
    assert at(server).limits.text == 3000, "another object of the same process knows it too"
    assert at(server, characters="700").limits.text == 700
    asked = sum(call.path == "/api/v2/instance" for call in server.calls)
    town.publish(town.render(draft()), credentials, "a:2")
    assert sum(call.path == "/api/v2/instance" for call in server.calls) == asked == 1
    server.characters = 800
    town.clock = lambda: datetime.now(UTC) + timedelta(hours=25)
    town.publish(town.render(draft()), credentials, "a:3")
    assert town.limits.text == 800


def test_a_server_that_says_nothing_of_its_limits_has_those_of_mastodon(server, town, credentials):
    server.fail("status", on="GET /api/v2/instance", status=200, body={"configuration": {"statuses": "?"}})
    town.check(credentials)
    assert (town.limits.text, town.limits.pictures) == (500, 4)


def test_visibility_is_what_is_set(server, credentials):
    at(server, visibility="unlisted").publish(at(server).render(draft()), credentials, "a:1")
    assert server.ours()[0]["visibility"] == "unlisted"
    with pytest.raises(ValueError, match="everybody: choose one of public, unlisted, private, direct"):
        at(server, visibility="everybody")


@pytest.mark.parametrize("wrong", ["many", "-5", "0", "5.5"])
def test_a_limit_that_is_no_number_is_named(server, wrong):
    with pytest.raises(ValueError, match=f"characters: {wrong} is no number"):
        at(server, characters=wrong)


@pytest.mark.parametrize(
    ("given", "used"),
    [("social.overheid.nl", "https://social.overheid.nl"), (" https://a.example/ ", "https://a.example"), ("", "")],
)
def test_an_address_is_taken_as_people_write_it(given, used):
    assert Options.read({"api_url": given}).api_url == used


# ── never twice ──────────────────────────────────────────────────────────────────────────────────
STEPS = [
    "GET /api/v2/instance", "POST /api/v2/media", "GET /api/v1/media/.*", "POST /api/v1/statuses",
    "GET /api/v1/accounts/verify_credentials", "GET /api/v1/accounts/.*/statuses",
]  # fmt: skip
FAULTS = [("status", {"status": 500}), ("status", {"status": 503}), ("status", {"status": 429}), ("lost", {}),
          ("garbled", {}), ("drop", {}), ("error", {"status": 500}), ("error", {"status": 408})]  # fmt: skip


@pytest.mark.parametrize("skipped", [0, 1])
@pytest.mark.parametrize("on", STEPS)
@pytest.mark.parametrize(("kind", "how"), FAULTS)
def test_after_any_fault_at_any_step_going_on_ends_in_one_chain(server, town, credentials, on, kind, how, skipped):
    server.slow_pictures = 1
    told = town.render(draft(LONG, form=Form.THREAD, pictures=(PICTURE,)))
    progress = Kept()
    if skipped:  # hit the second call of its kind, so the second post of the chain too
        server.fail("late", on=on, seconds=0)
    server.fail(kind, on=on, **how)
    before_it_is_public = (Temporary,) if on != "POST /api/v1/statuses" else (Temporary, OutcomeUnknown)
    receipt = None
    for _attempt in range(6):
        with contextlib.suppress(*before_it_is_public):
            receipt = receipt or town.publish_in_steps(told, credentials, "a:1", progress)
    assert receipt is not None
    assert [post["text"] for post in server.ours()] == list(told.parts)
    assert receipt.remote_id == server.ours()[0]["id"]


@pytest.mark.parametrize("kind", ["lost", "garbled", "error"])
@pytest.mark.parametrize("after", [timedelta(minutes=2), timedelta(minutes=59), timedelta(hours=3)])
def test_an_unknown_outcome_is_never_doubled_within_the_hour_or_after(server, town, credentials, kind, after):
    told, progress = town.render(draft(link="https://praat.example/een/lang/adres/van/meer/dan/dertig/tekens")), Kept()
    server.fail(kind, on="POST /api/v1/statuses")
    with pytest.raises(OutcomeUnknown):
        town.publish_in_steps(told, credentials, "a:1", progress)
    later(server, after)
    receipt = town.publish_in_steps(told, credentials, "a:1", progress)
    assert [post["id"] for post in server.ours()] == [receipt.remote_id]


def test_what_was_never_made_is_made_after_the_hour_too(server, town, credentials):
    told, progress = town.render(draft()), Kept()
    server.fail("status", on="POST /api/v1/statuses", status=500)
    with pytest.raises(OutcomeUnknown):
        town.publish_in_steps(told, credentials, "a:1", progress)
    later(server, timedelta(hours=3))
    town.publish_in_steps(told, credentials, "a:1", progress)
    assert len(server.ours()) == 1


def test_a_refusal_after_an_unknown_outcome_does_not_forget_to_look(server, town, credentials):
    told, progress = town.render(draft()), Kept()
    server.fail("lost", on="POST /api/v1/statuses")
    with pytest.raises(OutcomeUnknown):
        town.publish_in_steps(told, credentials, "a:1", progress)
    hidden = dict(server.statuses)
    server.statuses.clear()
    server.keys.clear()
    server.fail("status", on="POST /api/v1/statuses", status=429)
    with pytest.raises(Temporary):
        town.publish_in_steps(told, credentials, "a:1", progress)
    server.statuses.update(hidden)
    assert town.publish_in_steps(told, credentials, "a:1", progress).remote_id in hidden
    assert len(server.ours()) == 1


def test_a_hang_is_an_unknown_outcome(server, town, credentials, monkeypatch):
    from stamtafel import outbound

    usual = outbound.call.__kwdefaults__ or {}
    monkeypatch.setattr(outbound.call, "__kwdefaults__", {**usual, "seconds": 0.3})
    server.fail("late", on="POST /api/v1/statuses", seconds=2)
    told, progress = town.render(draft()), Kept()
    with pytest.raises(OutcomeUnknown):
        town.publish_in_steps(told, credentials, "a:1", progress)
    town.publish_in_steps(told, credentials, "a:1", progress)
    assert len(server.ours()) == 1


def test_without_kept_progress_the_key_still_gives_one_post(server, town, credentials):
    told = town.render(draft())
    server.fail("lost", on="POST /api/v1/statuses")
    with pytest.raises(OutcomeUnknown):
        town.publish(told, credentials, "a:1")
    town.publish(told, credentials, "a:1")
    assert len(server.ours()) == 1


@pytest.mark.parametrize(("before", "after"), [(500, 3000), (3000, 500)])
@pytest.mark.parametrize("kind", ["lost", "status"])
def test_a_chain_goes_on_as_it_began_whatever_the_server_takes_by_now(server, town, credentials, before, after, kind):
    module._known.clear()
    server.characters = before
    town.check(credentials)
    told, progress = town.render(draft(LONG, form=Form.THREAD)), Kept()
    server.fail("late", on="POST /api/v1/statuses", seconds=0, times=1 if told.parts else 0)
    server.fail(kind, on="POST /api/v1/statuses")
    with pytest.raises(OutcomeUnknown):
        town.publish_in_steps(told, credentials, "a:1", progress)
    module._known.clear()
    server.characters = after
    town.check(credentials)
    again = town.render(draft(LONG, form=Form.THREAD))
    assert again.parts != told.parts
    if after < before and kind == "status":  # what is too long by now is refused, not cut
        with pytest.raises(Permanent, match="character limit"):
            town.publish_in_steps(again, credentials, "a:1", progress)
        return
    receipt = town.publish_in_steps(again, credentials, "a:1", progress)
    assert [post["text"] for post in server.ours()] == list(told.parts or (told.text,))
    assert town.find(attempt(again, reached=progress), credentials) == receipt


# ── find ─────────────────────────────────────────────────────────────────────────────────────────
def attempt(told, **fields):
    return Attempt(**{"key": "a:1", "rendered": told, "since": datetime.now(UTC), **fields})


def test_a_post_is_found_by_its_text(server, town, credentials):
    told = town.render(
        draft(
            link="https://praat.example/een/lang/adres/van/meer/dan/dertig/tekens",
            invitation="Vraag @wim@elders.example < & >",
        )
    )
    assert town.find(attempt(told), credentials) is None
    receipt = town.publish(told, credentials, "a:1")
    assert town.find(attempt(told), credentials) == receipt
    assert town.find(attempt(town.render(draft("Iets anders."))), credentials) is None
    assert town.find(attempt(told, since=datetime.now(UTC) + timedelta(hours=1)), credentials) is None


def test_a_post_is_found_on_a_further_page(server, town, credentials):
    told = town.render(draft())
    receipt = town.publish(told, credentials, "a:1")
    for number in range(45):
        server.say(f"Bericht {number}", by="gemeente")
    assert town.find(attempt(told), credentials) == receipt


def test_a_post_far_back_is_not_looked_for_for_ever(server, town, credentials):
    told = town.render(draft())
    town.publish(told, credentials, "a:1")
    for number in range(201):
        server.say(f"Bericht {number}", by="gemeente")
    assert town.find(attempt(told), credentials) is None


def test_a_chain_is_found_when_it_is_whole(server, town, credentials):
    told, progress = town.render(draft(LONG, form=Form.THREAD)), Kept()
    server.fail("late", on="POST /api/v1/statuses", seconds=0)
    server.fail("status", on="POST /api/v1/statuses", status=500)
    with pytest.raises(OutcomeUnknown):
        town.publish_in_steps(told, credentials, "a:1", progress)
    assert town.find(attempt(told, reached=progress), credentials) is None
    receipt = town.publish_in_steps(told, credentials, "a:1", progress)
    assert town.find(attempt(told, reached=progress), credentials) == receipt
    assert town.find(attempt(told), credentials) == receipt


# ── what refusals mean ───────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("status", "body", "meaning"),
    [
        (401, {"error": "The access token was revoked"}, NeedsSignIn),
        (403, {"error": "This action is outside the authorized scopes"}, NeedsSignIn),
        (403, {"error": "Your login is currently disabled"}, NeedsSignIn),
        (403, {"error": "This action is not allowed"}, Permanent),
        (404, {"error": "Record not found"}, Permanent),
        (410, None, Permanent),
        (422, {"error": "Validation failed: Text can't be blank"}, Permanent),
        (429, {"error": "Too many requests"}, Temporary),
        (408, {"error": "late"}, OutcomeUnknown),
        (500, {"error": "Internal"}, OutcomeUnknown),
    ],
)
def test_every_refusal_has_a_meaning(server, town, credentials, status, body, meaning):
    server.fail("status", on="POST /api/v1/statuses", status=status, body=body)
    with pytest.raises(meaning) as refused:
        town.publish(town.render(draft()), credentials, "a:1")
    if body:
        assert body["error"] in str(refused.value)
    assert server.token not in str(refused.value)
    if meaning is NeedsSignIn:  # so that the desk says what to do
        shown = rules.cause(state="waiting", error=str(refused.value), held=False)
        assert shown in {rules.Cause.SIGN_IN, rules.Cause.PERMISSION}


def test_a_used_up_quota_says_until_when(server, town, credentials):
    town.check(credentials)
    server.left = 0
    with pytest.raises(Temporary) as waits:
        town.publish(town.render(draft()), credentials, "a:1")
    assert waits.value.retry_after is not None
    assert timedelta(minutes=2) < waits.value.retry_after <= timedelta(minutes=3)


def test_a_refusal_without_a_moment_uses_retry_after(server, town, credentials):
    server.fail("status", on="POST /api/v1/statuses", status=429, headers={"Retry-After": "30"})
    with pytest.raises(Temporary) as waits:
        town.publish(town.render(draft()), credentials, "a:1")
    assert waits.value.retry_after == timedelta(seconds=30)


@pytest.mark.parametrize("missing", [{"access_token": ""}, {}])
def test_without_a_token_somebody_has_to_sign_in(town, missing):
    with pytest.raises(NeedsSignIn):
        town.publish(town.render(draft()), missing, "a:1")


def test_an_upload_that_is_refused_is_refused_for_good(server, town, credentials):
    from dataclasses import replace

    with pytest.raises(Permanent, match="Description is too long"):
        town.publish(town.render(draft(pictures=(replace(PICTURE, alt="a" * 1501),))), credentials, "a:1")
    with pytest.raises(Permanent, match="File"):
        town.publish(town.render(draft(pictures=(replace(PICTURE, media_type="text/plain"),))), credentials, "a:1")


def test_an_upload_without_an_id_is_made_again(server, town, credentials):
    server.fail("error", on="POST /api/v2/media", status=200, body={})
    told, progress = town.render(draft(pictures=(PICTURE,))), Kept()
    with pytest.raises(Temporary, match="lacks id"):
        town.publish_in_steps(told, credentials, "a:1", progress)
    assert town.publish_in_steps(told, credentials, "a:1", progress)


def test_the_registry_knows_it():
    from stamtafel.channels import contract, registry

    made = registry.channel("mastodon", {})
    abilities = [contract.Channel, contract.InSteps, contract.FindsByKey, contract.Listens, contract.Replies,
                 contract.RepliesInPrivate, contract.Edits, contract.Retracts, contract.Measures,
                 contract.MeasuresAccount, contract.HasQuota]  # fmt: skip
    assert all(isinstance(made, ability) for ability in abilities)
    assert not isinstance(made, contract.Webhooks | contract.Hides)
    assert {field.name for field in module.SETUP.fields if field.secret} == {"access_token"}
