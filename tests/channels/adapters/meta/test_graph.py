"""What the two kinds share: errors, pages of lists, moments, options."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamtafel.channels.adapters.meta import options
from stamtafel.channels.adapters.meta.errors import explain, wait
from stamtafel.channels.adapters.meta.figures import asked
from stamtafel.channels.adapters.meta.graph import Graph, moment, proof, things
from stamtafel.channels.adapters.meta.words import InMemory, same_words, units
from stamtafel.channels.contract import Metric, NeedsSignIn, OutcomeUnknown, Permanent, Temporary
from stamtafel.outbound import Answer
from tests.channels.adapters.meta.world import NOW, World
from tests.fakes.meta import error


def answer(body: Any, status: int = 400, **headers: str) -> Answer:
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, json.dumps(body).encode())


# ── errors ──
@pytest.mark.parametrize(
    "body", [None, [], "x", {}, {"error": "no"}, {"error": {"code": "190"}}, {"error": {"message": "x"}}]
)
def test_what_is_not_in_metas_form_is_left_to_the_general_rule(body: Any) -> None:
    assert explain(answer(body), harmless=False) is None


def test_words_for_people_come_first() -> None:
    found = explain(answer(error(368, "(#368) raw", error_user_msg="You  can't\npost now")), harmless=False)
    assert str(found) == "You can't post now (368)"
    assert "no reason given" in str(explain(answer({"error": {"code": 100, "error_subcode": "33"}}), harmless=False))


@pytest.mark.parametrize("harmless", [True, False])
def test_what_passes_is_unknown_only_after_a_write(harmless: bool) -> None:
    meaning = Temporary if harmless else OutcomeUnknown
    for body, status in ((error(2, "x"), 400), (error(506, "x", is_transient=True), 400), (error(506, "x"), 500)):
        assert type(explain(answer(body, status), harmless=harmless)) is meaning
    assert type(explain(answer(error(506, "x"), 403), harmless=harmless)) is Permanent


def usage(*minutes: Any) -> str:
    return json.dumps({"100": [{"type": "pages", "estimated_time_to_regain_access": one} for one in minutes]})


WAITS = [
    ({"x_business_use_case_usage": usage(3, 12, 0)}, timedelta(minutes=12)),
    ({"x_business_use_case_usage": usage(3), "retry_after": "30"}, timedelta(seconds=30)),
    ({"x_business_use_case_usage": usage(100_000)}, timedelta(hours=24)),
    ({"x_business_use_case_usage": usage(0)}, None),
    ({"x_business_use_case_usage": "no json"}, None),
    ({"x_business_use_case_usage": "[]"}, None),
    ({"x_business_use_case_usage": '{"100": [{}]}'}, None),
    ({"x_business_use_case_usage": usage("soon")}, None),
    ({"x_business_use_case_usage": usage(1e300)}, None),
    ({}, None),
]  # fmt: skip


@pytest.mark.parametrize(("headers", "expected"), WAITS)
def test_how_long_to_wait(headers: dict[str, str], expected: timedelta | None) -> None:
    assert wait(answer({}, **headers)) == expected


def test_a_limit_waits_as_long_as_meta_says_else_longer_for_a_quiet_account() -> None:
    for code, headers, minutes in ((80001, {"x_business_use_case_usage": usage(7)}, 7), (4, {}, 15), (80002, {}, 60)):
        found = explain(answer(error(code, "x"), **headers), harmless=False)
        assert isinstance(found, Temporary)
        assert found.retry_after == timedelta(minutes=minutes)


# ── calls ──
def test_the_proof_is_of_token_and_secret() -> None:
    # an independent example: printf token | openssl dgst -sha256 -hmac secret
    assert proof("token", "secret") == "e941110e3d2bfe82621f0e3e1434730d7305d106c5f68c87165d0b27a4611a4a"


def test_without_the_secret_there_is_no_proof(world: World) -> None:
    Graph(world.meta.address, "v26.0", {"token": world.meta.token}).get("/100", fields="id")
    assert "appsecret_proof" not in world.meta.calls[0].query
    with pytest.raises(Permanent, match="appsecret_proof"):
        Graph(world.meta.address, "v26.0", {"token": world.meta.token, "app_secret": "wrong"}).get("/100", fields="id")
    with pytest.raises(NeedsSignIn):
        Graph(world.meta.address, "v26.0", {})


def test_a_list_ends_after_so_many_pages(world: World) -> None:
    for number in range(120):
        world.meta.visitor_post(f"{number}", "7")
    graph = Graph(world.meta.address, "v26.0", world.credentials)
    assert len(list(graph.listed("/100/visitor_posts", fields="id"))) == 120
    assert len(list(graph.listed("/100/visitor_posts", fields="id", pages=2))) == 100
    world.meta.fail("garbled", on="GET .*")
    with pytest.raises(Temporary, match="no JSON"):
        list(graph.listed("/100/visitor_posts", fields="id"))


def test_things_in_a_list() -> None:
    assert things({"data": [{"id": 1}, "x"]}) == [{"id": 1}]
    assert things(None) == things({"data": "x"}) == []


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)))
def test_every_way_of_writing_a_moment_is_the_same_moment(naive: datetime) -> None:
    at = naive.replace(microsecond=0, tzinfo=UTC)
    seconds = int(at.timestamp())
    ways = [
        at.strftime("%Y-%m-%dT%H:%M:%S+0000"),
        at.replace(tzinfo=None).isoformat(),
        seconds,
        str(seconds),
        seconds * 1000,
    ]
    assert {moment(one) for one in ways} == {at}


def test_no_moment() -> None:
    with pytest.raises(ValueError, match=r"."):
        moment("yesterday")


# ── figures ──
VALUES = [
    ({"values": [{"value": 3}, {"value": 5}]}, 5),
    ({"values": [{"value": {"like": 2, "love": 3, "end": "x"}}]}, 5),
    ({"total_value": {"value": 7}}, 7),
    ({"values": []}, None),
    ({"values": [{"value": "many"}]}, None),
    ({}, None),
]


@pytest.mark.parametrize(("one", "value"), VALUES)
def test_the_value_of_a_figure(world: World, one: dict[str, Any], value: int | None) -> None:
    body = {"data": [{"name": "views", **one}, {"name": "other", "values": [{"value": 1}]}]}
    world.meta.fail("status", on="GET .*/insights", status=200, body=body)
    graph = Graph(world.meta.address, "v26.0", world.credentials)
    found = asked(graph, "/100/insights", {"views": "views"}, NOW)
    assert found == ([] if value is None else [Metric("views", value, NOW)])


def test_when_meta_knows_none_of_the_names_any_more_nothing_is_asked(world: World) -> None:
    from stamtafel.channels.adapters.meta.figures import UNKNOWN

    UNKNOWN.add(("insights:views", "views"))
    assert asked(Graph(world.meta.address, "v26.0", world.credentials), "/100/insights", {"views": "views"}, NOW) == []
    assert world.meta.calls == []


# ── words and options ──
@given(st.text())
def test_units_are_never_fewer_than_signs(text: str) -> None:
    assert len(text) <= units(text) <= 2 * len(text)


def test_white_space_makes_no_difference() -> None:
    assert same_words(" Een\n\ntwee ", "Een twee")
    assert not same_words("Een", "Eén")


def test_what_steps_reached_in_memory() -> None:
    kept = InMemory()
    assert kept.get("a") == ""
    kept.keep("a", "1")
    assert kept.get("a") == "1"


@pytest.mark.parametrize(
    ("said", "on"), [("yes", True), ("Ja", True), (True, True), ("no", False), (False, False), ("", True), (None, True)]
)
def test_yes_and_no(said: Any, on: bool) -> None:
    assert options.switched_on({"x": said}, "x", default=True) is on
    assert options.text({"y": " a "}, "y") == "a"
