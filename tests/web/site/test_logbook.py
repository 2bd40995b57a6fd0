"""Anybody can check the log with what these addresses give, and nothing else."""

import hashlib
import json
from typing import Any

import pytest
from django.test import Client

from stamtafel.ledger import jobs
from stamtafel.ledger.actions import append
from stamtafel.ledger.queries import forget_tree
from stamtafel.ledger.rules import verify_consistency, verify_inclusion
from tests.builders import NOW, municipality

pytestmark = pytest.mark.django_db


def filled(number: int) -> dict[str, Any]:
    forget_tree()
    municipality()
    for each in range(number):
        append(kind="contribution.received", subject=f"contribution:{each}", data={"state": "received"}, now=NOW)
    jobs.place_entries(NOW)
    return {}


def test_an_empty_log_says_so(client: Client) -> None:
    forget_tree()
    municipality()
    assert "Het logboek is nog leeg" in client.get("/logboek/").content.decode()
    assert json.loads(client.get("/logboek/stand.json").content) == {"size": 0}
    assert client.get("/logboek/0.json").status_code == 404


def test_every_line_can_be_proved_with_what_is_published(client: Client) -> None:
    filled(7)
    head = json.loads(client.get("/logboek/stand.json").content)
    assert head["size"] == 7
    for place in range(7):
        given = json.loads(client.get(f"/logboek/{place}.json").content)
        leaf = hashlib.sha256(b"\x00" + given["content"].encode()).digest()
        assert verify_inclusion(
            leaf=leaf,
            index=place,
            size=head["size"],
            proof=[bytes.fromhex(step) for step in given["proof"]],
            root=bytes.fromhex(head["root"]),
        )


def test_growth_can_be_proved(client: Client) -> None:
    filled(3)
    old = json.loads(client.get("/logboek/stand.json").content)
    filled(5)
    new = json.loads(client.get("/logboek/stand.json").content)
    given = json.loads(client.get(f"/logboek/groei/{old['size']}-{new['size']}.json").content)
    proof = [bytes.fromhex(step) for step in given["proof"]]
    assert verify_consistency(
        old_size=old["size"], new_size=new["size"], proof=proof,
        old_root=bytes.fromhex(old["root"]), new_root=bytes.fromhex(new["root"]),
    )  # fmt: skip
    assert client.get("/logboek/groei/1-999.json").status_code == 404


def test_older_lines_are_on_the_next_page(client: Client) -> None:
    filled(45)
    page = client.get("/logboek/").content.decode()
    assert "?voor=5" in page
    assert client.get("/logboek/?voor=5").content.decode().count('scope="row"') == 5
    assert client.get("/logboek/?voor=x").status_code == 200
