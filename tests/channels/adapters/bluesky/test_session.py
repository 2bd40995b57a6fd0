"""Coming in: an app password, a session that is kept, and what happens when it ends."""

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from stamtafel.channels import registry
from stamtafel.channels.adapters.bluesky import client
from stamtafel.channels.adapters.bluesky.channel import Bluesky
from stamtafel.channels.adapters.bluesky.options import SETUP, Options
from stamtafel.channels.contract import (
    Channel,
    Draft,
    FindsByKey,
    Hides,
    InSteps,
    Listens,
    Measures,
    MeasuresAccount,
    NeedsSignIn,
    Renews,
    Replies,
    Retracts,
    Temporary,
)
from tests.fakes.bluesky import SIGN_INS, token
from tests.fakes.bluesky import Bluesky as Fake

SIGN_IN = "/xrpc/com.atproto.server.createSession"
NOW = datetime.now(UTC)


def sign_ins(fake: Fake) -> int:
    return sum(call.path == SIGN_IN for call in fake.calls)


def test_it_can_what_bluesky_can() -> None:
    made = registry.channel("bluesky")
    abilities = (Channel, FindsByKey, Hides, InSteps, Listens, Measures, MeasuresAccount, Renews, Replies, Retracts)
    assert all(isinstance(made, ability) for ability in abilities)
    assert made.repeatable
    assert [(field.name, field.secret) for field in SETUP.fields] == [
        ("identifier", False),
        ("password", True),
        ("api_url", False),
    ]
    assert Bluesky.setup is SETUP


def test_options_have_defaults_and_take_a_handle_as_people_write_it() -> None:
    assert Options.of({}) == Options()
    assert Options.of({"identifier": " @a.test ", "api_url": "https://pds.nl/"}) == Options(
        identifier="a.test", api_url="https://pds.nl"
    )


def test_a_session_that_still_works_is_used(fake: Fake, channel: Bluesky, credentials: Mapping[str, str]) -> None:
    health = channel.check(credentials)
    assert (health.name, health.url, health.notes) == ("@gemeente.test", f"https://bsky.app/profile/{fake.us.did}", ())
    assert sign_ins(fake) == 0


def test_without_a_session_one_sign_in_serves_all_calls(fake: Fake, channel: Bluesky) -> None:
    only = {"identifier": "gemeente.test", "password": "abcd-efgh-ijkl-mnop"}
    channel.check(only)
    for number in range(3):
        channel.publish(channel.render(Draft(subject="", body="Dag")), only, str(number))
    assert (sign_ins(fake), len(fake.posts())) == (1, 3)
    assert Bluesky({"api_url": fake.address}).check(only).name == "@gemeente.test"


def test_the_accounts_own_password_works_but_is_advised_against(fake: Fake, channel: Bluesky) -> None:
    fake.us.own = "geheim"
    assert len(channel.check({"password": "geheim"}).notes) == 1


@pytest.mark.parametrize("missing", [{}, {"password": ""}])
def test_what_is_missing_is_told(channel: Bluesky, missing: Mapping[str, str]) -> None:
    with pytest.raises(NeedsSignIn, match="missing"):
        channel.check(missing)


def test_without_a_name_nobody_comes_in(fake: Fake) -> None:
    with pytest.raises(NeedsSignIn, match="missing"):
        Bluesky({"api_url": fake.address}).check({"password": "x"})


def test_a_withdrawn_password_needs_a_person_and_is_not_told(fake: Fake, channel: Bluesky) -> None:
    fake.us.passwords.clear()
    with pytest.raises(NeedsSignIn, match="Invalid identifier or password") as refused:
        channel.check({"password": "abcd-efgh-ijkl-mnop"})
    assert "abcd" not in str(refused.value)


def test_a_token_that_ended_early_is_exchanged_without_doubling(
    fake: Fake, channel: Bluesky, credentials: Mapping[str, str]
) -> None:
    fake.revoked.add(credentials["access"])
    rendered = channel.render(Draft(subject="", body="Dag"))
    channel.publish(rendered, credentials, "k")
    assert (len(fake.posts()), sign_ins(fake)) == (1, 1)
    fake.fail(
        "status",
        on=r"POST /xrpc/com\.atproto\.repo\.createRecord",
        status=400,
        body={"error": "ExpiredToken", "message": "x"},
    )
    with pytest.raises(NeedsSignIn, match="ExpiredToken"):  # a new one that is refused as well: no endless signing in
        channel.publish(rendered, credentials, "k2")
    assert sign_ins(fake) == 1


@pytest.mark.parametrize("status", ["suspended", "deactivated"])
def test_an_account_that_is_not_active_needs_a_person(
    fake: Fake, channel: Bluesky, credentials: Mapping[str, str], status: str
) -> None:
    fake.us.status = status
    for known in (credentials, {"password": "abcd-efgh-ijkl-mnop"}):
        with pytest.raises(NeedsSignIn, match=status):
            channel.check(known)


def test_signing_in_too_often_waits(fake: Fake, channel: Bluesky) -> None:
    fake.sign_ins = [datetime.now(UTC)] * SIGN_INS
    with pytest.raises(Temporary) as later:
        channel.check({"password": "abcd-efgh-ijkl-mnop"})
    assert timedelta(minutes=4) < (later.value.retry_after or timedelta(0)) <= timedelta(minutes=5)


def test_an_answer_that_is_no_session_is_tried_again(fake: Fake, channel: Bluesky) -> None:
    answers: list[object] = [{"did": "did:plc:x"}, []]
    for body in answers:
        fake.fail("error", on=f"POST {SIGN_IN}", status=200, body=body)
        with pytest.raises(Temporary, match="did not answer with a session"):
            channel.check({"password": "abcd-efgh-ijkl-mnop"})


# ── exchanging ───────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("access", "stale"),
    [
        ("", True),
        (token(exp=int((NOW + timedelta(minutes=4)).timestamp())), True),
        (token(exp=int((NOW + timedelta(minutes=6)).timestamp())), False),
        ("no.token.at all", False),
        ("nothing", False),
        (f"x.{base64.urlsafe_b64encode(json.dumps([1]).encode()).decode()}.x", False),
    ],
)
def test_a_token_is_exchanged_before_it_ends(channel: Bluesky, access: str, stale: bool) -> None:
    assert channel.is_stale({"access": access}, NOW) is stale


def test_exchanging_uses_the_refresh_token_first(fake: Fake, channel: Bluesky, credentials: Mapping[str, str]) -> None:
    made = channel.renew(credentials, NOW)
    assert made.keys() == {"access", "refresh", "did"}
    assert channel.renew({"password": credentials["password"]}, NOW).keys() == {*made, "session_of"}
    assert made["refresh"] != credentials["refresh"]
    assert (sign_ins(fake), made["did"]) == (1, fake.us.did)
    again = channel.renew(credentials, NOW)  # it was used up: the app password still works
    assert (sign_ins(fake), again["access"] != made["access"]) == (2, True)
    assert channel.renew({"password": "abcd-efgh-ijkl-mnop"}, NOW)["did"] == fake.us.did


def test_who_connects_another_account_or_password_does_not_go_on_in_the_old_session(
    fake: Fake, channel: Bluesky
) -> None:
    other = fake.join("wijk.test", "De Wijk", "wxyz-wxyz-wxyz-wxyz")
    old = {"password": "abcd-efgh-ijkl-mnop"}
    old |= channel.renew(old, NOW)
    assert not channel.is_stale(old, NOW)
    wrong = {**old, "password": "vergist"}
    assert channel.is_stale(wrong, NOW)
    for use in (channel.check, lambda given: channel.renew(given, NOW)):
        with pytest.raises(NeedsSignIn, match="Invalid identifier or password"):
            use(wrong)
    once = {"password": "abcd-efgh-ijkl-mnop"}
    assert channel.check(once).name == "@gemeente.test"
    with pytest.raises(NeedsSignIn):
        channel.check({"password": "vergist"})
    moved = Bluesky({"api_url": fake.address, "identifier": "wijk.test"})
    both = {**old, "password": "wxyz-wxyz-wxyz-wxyz"}
    assert moved.is_stale(both, NOW)
    moved.publish(moved.render(Draft(subject="", body="Dag")), both, "k")
    assert (len(fake.posts()), len(fake.posts(other))) == (0, 1)
    assert moved.renew(both, NOW)["did"] == other.did


def test_a_refresh_that_may_work_later_is_not_given_up(
    fake: Fake, channel: Bluesky, credentials: Mapping[str, str]
) -> None:
    fake.fail("status", on=r"POST /xrpc/com\.atproto\.server\.refreshSession", status=502)
    with pytest.raises(Temporary):
        channel.renew(credentials, NOW)
    assert sign_ins(fake) == 0


def test_a_session_in_memory_that_ends_is_replaced(fake: Fake, channel: Bluesky) -> None:
    only = {"password": "abcd-efgh-ijkl-mnop"}
    channel.check(only)
    channel.clock = lambda: datetime.now(UTC) + timedelta(hours=2)
    channel.check(only)
    assert sign_ins(fake) == 2


def test_a_token_that_does_not_say_whose_it_is_takes_the_kept_name(fake: Fake) -> None:
    odd = client.Server(Options(api_url=fake.address), {"access": "nothing", "did": "did:plc:kept"}, NOW)
    assert odd.did == "did:plc:kept"
