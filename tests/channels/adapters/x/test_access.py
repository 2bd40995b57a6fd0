"""Coming in at X: signing in, tokens that work once, and what is set."""

import base64
import hashlib
import json
from datetime import timedelta

import pytest

from stamtafel.channels.adapters.x import client
from stamtafel.channels.adapters.x.channel import X
from stamtafel.channels.adapters.x.options import EVENTS, SCOPES, SETUP, BadOption, Names, Options
from stamtafel.channels.contract import NeedsSignIn, SignsIn, Temporary
from tests.channels.adapters.x.conftest import made, rendered
from tests.fakes.x import X as FakeX

BACK = "https://gemeente.nl/desk/kanalen/x/terug"


def test_signing_in_with_pkce(network: FakeX) -> None:
    verifier = client.new_verifier()
    address = client.authorization(network.client_id, BACK, state="s-1", verifier=verifier)
    assert address.startswith("https://x.com/i/oauth2/authorize?")
    assert verifier not in address
    code = network.consent(address)
    now = network.clock()
    found = client.exchange(
        code,
        verifier,
        redirect_uri=BACK,
        client_id=network.client_id,
        client_secret=network.client_secret,
        now=now,
        api_url=network.address,
    )
    assert found["user_id"] == network.us["id"]
    assert found["username"] == "gemeente"
    assert found["scope"].split() == list(SCOPES)
    assert found["expires_at"] == (now + timedelta(hours=2)).isoformat()
    channel = made(network)
    channel.publish(rendered(channel), found, "key")
    assert len(network.texts()) == 1
    with pytest.raises(NeedsSignIn, match="code was invalid"):
        client.exchange(
            code,
            verifier,
            redirect_uri=BACK,
            client_id=network.client_id,
            client_secret=network.client_secret,
            now=now,
            api_url=network.address,
        )


def test_the_channel_signs_in_as_the_page_that_connects_asks(channel: X, network: FakeX) -> None:
    assert isinstance(channel, SignsIn)
    known = {"client_secret": network.client_secret}
    code = network.consent(channel.sign_in_address(known, callback=BACK, state="s", verifier="v" * 50))
    found = channel.signed_in(code, known, callback=BACK, verifier="v" * 50, now=network.clock())
    assert channel.check(found).name == "@gemeente"
    assert (
        made(network, authorize_url="https://x.example/a")
        .sign_in_address(known, callback=BACK, state="s", verifier="v")
        .startswith("https://x.example/a?")
    )


def test_who_comes_back_with_another_verifier_gets_nothing(network: FakeX) -> None:
    code = network.consent(client.authorization(network.client_id, BACK, state="s", verifier="a" * 50))
    with pytest.raises(NeedsSignIn):
        client.exchange(
            code,
            "b" * 50,
            redirect_uri=BACK,
            client_id=network.client_id,
            client_secret=network.client_secret,
            now=network.clock(),
            api_url=network.address,
        )


def test_without_the_client_secret_x_says_what_is_missing(network: FakeX) -> None:
    with pytest.raises(NeedsSignIn, match="authorization header"):
        client.exchange(
            "c", "v", redirect_uri=BACK, client_id=network.client_id, now=network.clock(), api_url=network.address
        )


def test_access_is_renewed_a_little_before_it_ends(channel: X, network: FakeX, access: dict[str, str]) -> None:
    now = network.clock()
    assert not channel.is_stale(access, now + timedelta(minutes=114))
    assert channel.is_stale(access, now + timedelta(minutes=116))
    assert channel.is_stale({**access, "expires_at": "?"}, now)
    assert channel.is_stale({name: value for name, value in access.items() if name != "expires_at"}, now)
    assert not channel.is_stale({"access_token": "lasts"}, now)


def test_a_refresh_token_works_once(channel: X, network: FakeX, access: dict[str, str]) -> None:
    new = {**access, **channel.renew(access, network.clock())}
    assert new["refresh_token"] != access["refresh_token"]
    channel.check(new)
    with pytest.raises(NeedsSignIn):
        channel.check(access)
    newer = {**new, **channel.renew(new, network.clock())}
    channel.check(newer)
    with pytest.raises(NeedsSignIn, match="token was invalid"):
        channel.renew(new, network.clock())


def test_an_answer_without_a_new_refresh_token_never_empties_the_one_we_have(
    channel: X, network: FakeX, access: dict[str, str]
) -> None:
    network.fail(
        "error",
        on="POST /2/oauth2/token",
        status=200,
        body={"access_token": "a", "refresh_token": "", "scope": None, "expires_in": "?"},
    )
    found = channel.renew(access, network.clock())
    assert set(found) == {"access_token", "expires_at"}


@pytest.mark.parametrize("kind", ["garbled", "lost", "drop"])
def test_renewing_without_an_answer_is_tried_again(
    channel: X, network: FakeX, access: dict[str, str], kind: str
) -> None:
    network.fail(kind, on="POST /2/oauth2/token")
    with pytest.raises(Temporary):
        channel.renew(access, network.clock())
    network.fail("status", on="POST /2/oauth2/token", status=503)
    with pytest.raises(Temporary):
        channel.renew(access, network.clock())


def test_access_that_ended_asks_for_signing_in(channel: X, network: FakeX, access: dict[str, str]) -> None:
    before = network.clock
    network.clock = lambda: before() + timedelta(hours=3)
    with pytest.raises(NeedsSignIn):
        channel.publish(rendered(channel), access, "key")
    assert network.texts() == []


def test_the_check_tells_the_name_and_what_was_not_given(channel: X, network: FakeX, access: dict[str, str]) -> None:
    health = channel.check(access)
    assert (health.name, health.url, health.missing, health.notes) == ("@gemeente", "https://x.com/gemeente", (), ())
    poor = channel.check({**access, "scope": "tweet.read users.read", "bearer_token": ""})
    assert set(poor.missing) == set(SCOPES) - {"tweet.read", "users.read"}
    assert len(poor.notes) == 1
    assert channel.check({**access, "scope": ""}).missing == ()  # X did not say


# ── being told ───────────────────────────────────────────────────────────────────────────────────
def test_subscribing_is_harmless_when_done_again(channel: X, network: FakeX, access: dict[str, str]) -> None:
    url = "https://gemeente.nl/hooks/x/1/abc/"
    for _ in range(2):
        channel.subscribe(access, url)
        assert [hook["url"] for hook in network.hooks.values()] == [url]
        assert sorted(one["event_type"] for one in network.subscribed) == sorted(EVENTS)
        assert {one["filter"]["user_id"] for one in network.subscribed} == {network.us["id"]}
    [hook] = network.hooks.values()
    hook["valid"] = False
    network.subscribed.pop()
    channel.subscribe(access, url)
    assert hook["valid"] is True
    assert len(network.subscribed) == len(EVENTS)


def test_without_the_secrets_for_notices_nothing_is_asked(channel: X, network: FakeX, access: dict[str, str]) -> None:
    channel.subscribe({**access, "bearer_token": ""}, "https://gemeente.nl/hooks/x/1/abc/")
    assert network.calls == []


def test_a_wrong_bearer_token_is_said(channel: X, network: FakeX, access: dict[str, str]) -> None:
    with pytest.raises(NeedsSignIn, match="User Context is forbidden"):
        channel.subscribe({**access, "bearer_token": "wrong"}, "https://gemeente.nl/hooks/x/1/abc/")


def test_the_challenge_is_answered_as_x_documents(channel: X) -> None:
    import hmac

    answer = channel.challenge({"crc_token": "abc"}, {"consumer_secret": "s"})
    wanted = base64.b64encode(hmac.new(b"s", b"abc", hashlib.sha256).digest()).decode()
    assert json.loads(answer or "") == {"response_token": f"sha256={wanted}"}
    assert channel.challenge({}, {"consumer_secret": "s"}) is None
    assert channel.challenge({"crc_token": "abc"}, {}) is None


def test_signatures_hold_for_the_very_bytes(channel: X, network: FakeX, access: dict[str, str]) -> None:
    said = network.say("@gemeente één café 🙂 & zo")
    body, headers = network.notice("post.mention.create", said)
    assert b"\\u00e9" in body
    assert channel.is_genuine(headers, body, access)
    assert not channel.is_genuine(headers, json.dumps(json.loads(body), ensure_ascii=False).encode(), access)
    assert not channel.is_genuine(headers, body + b" ", access)
    assert not channel.is_genuine({}, body, access)
    assert not channel.is_genuine({"x-twitter-webhooks-signature": "sha256=é"}, body, access)
    assert not channel.is_genuine(headers, body, {**access, "consumer_secret": "other"})
    unsigned = channel.is_genuine(
        {"x-twitter-webhooks-signature": "sha256=" + base64.b64encode(hashlib.sha256(body).digest()).decode()}, body, {}
    )
    assert not unsigned


# ── what is set ──────────────────────────────────────────────────────────────────────────────────
def test_options_have_defaults_that_are_x_itself() -> None:
    options = Options.read({"client_id": None, "price": ""})
    assert (options.api_url, options.names, options.price, options.price_with_url) == (
        "https://api.x.com",
        Names.POST,
        15,
        200,
    )


@pytest.mark.parametrize("wrong", [{"names": "toot"}, {"price_with_url": "veel"}, {"price": -1}, {"price": "inf"}])
def test_options_that_cannot_be_used_are_named(wrong: dict[str, object]) -> None:
    with pytest.raises(BadOption, match=next(iter(wrong))):
        X(wrong)


def test_the_page_that_connects_knows_what_to_ask() -> None:
    assert X.setup is SETUP
    assert SETUP.scopes == SCOPES
    assert {field.name for field in SETUP.fields if field.secret} == {
        "client_secret",
        "consumer_secret",
        "bearer_token",
    }
    assert {field.name for field in SETUP.fields if field.required} == {"client_id", "client_secret"}


def test_no_secret_is_in_what_goes_wrong(channel: X, network: FakeX, access: dict[str, str]) -> None:
    for path, call in (("POST /2/tweets", lambda: channel.publish(rendered(channel), access, "k")),
                       ("GET /2/users/me", lambda: channel.check(access)),
                       ("POST /2/oauth2/token", lambda: channel.renew(access, network.clock()))):  # fmt: skip
        for kind in ("lost", "drop", "status", "garbled"):
            network.fail(kind, on=path)
            with pytest.raises(Exception) as wrong:
                call()
            for name in ("access_token", "refresh_token", "client_secret", "consumer_secret", "bearer_token"):
                assert access[name] not in f"{wrong.value!r} {wrong.value.__cause__!r}"
