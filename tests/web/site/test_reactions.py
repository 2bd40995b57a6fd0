"""Reacting and supporting when somebody means harm, or forgets that everybody reads along."""

import json
import re
from base64 import b64encode
from html import unescape
from typing import Any

import pytest
from altcha.v1 import hash_hex
from django.test import Client

from stamtafel.dossier.actions.merge import merge
from stamtafel.dossier.actions.moderate import show_reaction
from stamtafel.dossier.models import Contribution, Reaction, Support
from stamtafel.people import flood
from tests.builders import contribution, municipality, topic

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _town() -> None:
    municipality()
    flood.forget()


def text_of(response: Any) -> str:
    return unescape(response.content.decode())


def react(client: Client, one: Contribution, text: str = "Eens!", **fields: str) -> Any:
    return client.post(f"/bijdragen/{one.pk}/reageer/", {"text": text, **fields})


# ── personal data ────────────────────────────────────────────────────────────────────────────────
def test_personal_data_in_a_reaction_is_pointed_out_before_it_is_kept(client: Client) -> None:
    one = contribution()
    asked = react(client, one, "Bel mij op 06-12345678.")
    assert asked.status_code == 422
    assert "<mark>06-12345678</mark>" in text_of(asked)
    assert not Reaction.objects.exists()
    sent = react(client, one, "Bel mij op 06-12345678.", toch="1")
    assert "gedaan=verborgen" in sent.headers["Location"]
    assert "06-12345678" not in Reaction.objects.get().public_text


# ── a flooded topic ──────────────────────────────────────────────────────────────────────────────
def form_of(response: Any) -> dict[str, str]:
    """The key and the solved sum in a page."""
    page = response.content.decode()
    key = re.search(r'name="form_key" value="([^"]+)"', page)
    sum_ = re.search(r'data-proof="([^"]+)"', page)
    assert key
    assert sum_
    asked = json.loads(unescape(sum_[1]))
    number = next(n for n in range(asked["maxNumber"] + 1)
                  if hash_hex("SHA-256", f"{asked['salt']}{n}".encode()) == asked["challenge"])  # fmt: skip
    return {"form_key": unescape(key[1]), "proof": b64encode(json.dumps({**asked, "number": number}).encode()).decode()}


@pytest.fixture
def flooded() -> Contribution:
    return contribution(topic=topic(attacked=True))


def test_a_reaction_without_a_proof_is_read_first_and_that_is_said(client: Client, flooded: Contribution) -> None:
    for fields in ({}, {"proof": "x", "form_key": "x"}):
        sent = react(client, flooded, f"Spam {len(fields)}", **fields)
        page = text_of(client.get(sent.headers["Location"]))
        assert "Daarom lezen wij uw reactie eerst" in page
        assert "Spam" not in page
    flooded.refresh_from_db()
    assert flooded.reaction_count == 0
    assert show_reaction(reaction=Reaction.objects.all()[0], actor=None, now=flooded.created_at)


def test_a_proof_shows_one_reaction_at_once(client: Client, flooded: Contribution) -> None:
    page = client.get(f"/bijdragen/{flooded.pk}/")
    assert page.headers["Cache-Control"] == "no-store"  # the sum is for this visitor alone
    form = form_of(page)
    for _time in range(2):
        sent = react(client, flooded, **form)
        assert "gedaan=gereageerd" in sent.headers["Location"]
    assert Reaction.objects.count() == 1
    assert "gedaan=overspoeld" in react(client, flooded, "Nog een", **form).headers["Location"]
    assert Reaction.objects.get(text="Nog een").published_at is None


def test_a_proof_is_for_one_page(client: Client, flooded: Contribution) -> None:
    other = contribution(topic=flooded.topic)
    form = form_of(client.get(f"/bijdragen/{other.pk}/"))
    assert "gedaan=overspoeld" in react(client, flooded, **form).headers["Location"]
    told = form_of(client.get(f"/zeg-het-ons/?onderwerp={other.topic.slug}"))  # type: ignore[union-attr]
    assert "gedaan=overspoeld" in react(client, flooded, "Anders", **told).headers["Location"]


def test_a_form_that_comes_back_keeps_its_key(client: Client, flooded: Contribution) -> None:
    form = form_of(client.get(f"/bijdragen/{flooded.pk}/"))
    again = react(client, flooded, "Bel 06-12345678", **form)
    assert again.status_code == 422
    assert form_of(again)["form_key"] == form["form_key"]
    assert "gedaan=verborgen" in react(client, flooded, "Bel 06-12345678", toch="1", **form).headers["Location"]


def test_no_other_page_asks_for_a_sum(client: Client) -> None:
    one = contribution(topic=topic())
    page = client.get(f"/bijdragen/{one.pk}/")
    assert page.headers["Cache-Control"].startswith("public")
    assert "data-proof" not in text_of(page)


# ── support from one address ─────────────────────────────────────────────────────────────────────
def support(client: Client, one: Contribution, browser: str, address: str = "192.0.2.7", **fields: str) -> Any:
    return client.post(f"/bijdragen/{one.pk}/steun/", fields, headers={"user-agent": browser}, REMOTE_ADDR=address)


def count(one: Contribution) -> int:
    one.refresh_from_db()
    assert Support.objects.filter(contribution=one).count() == one.support_count
    return one.support_count


def test_one_address_counts_at_most_ten_times(client: Client) -> None:
    one, other = contribution(), contribution()
    statuses = [support(client, one, f"x{number}").status_code for number in range(15)]
    assert statuses == [302] * 10 + [429] * 5
    refused = text_of(support(client, one, "x99"))
    assert "steunen al 10 mensen dit" in refused
    assert count(one) == 10
    assert "192.0.2.7" not in str(list(Support.objects.values()))
    assert support(client, one, "x0").status_code == 302  # counted before: nothing changes
    assert support(client, other, "x99").status_code == 302
    assert support(client, one, "x99", "192.0.2.8").status_code == 302
    assert (count(one), count(other)) == (11, 1)


def test_one_household_with_many_addresses_is_one_address(client: Client) -> None:
    one = contribution()
    for number in range(14):
        support(client, one, "x", f"2001:db8:1:2::{number + 1:x}")
    assert count(one) == 10


def test_who_takes_support_back_makes_room(client: Client) -> None:
    one = contribution()
    for number in range(10):
        support(client, one, f"x{number}")
    assert support(client, one, "x3", terug="1").status_code == 302
    assert count(one) == 9
    assert support(client, one, "x20").status_code == 302
    assert count(one) == 10


def test_support_that_came_along_takes_no_room(client: Client) -> None:
    one, other = contribution(), contribution()
    for number in range(10):
        support(client, one, f"x{number}")
    merge(double=one, into=other, actor=None, now=one.created_at)
    assert support(client, other, "nieuw").status_code == 302
    assert count(other) == 11
