"""The addresses that networks call: who may, what is refused, and that each thing is kept once."""

import json
from http import HTTPStatus
from io import BytesIO
from pathlib import Path

import pytest
from django.test import Client
from django.test.client import FakePayload

from stamtafel.channels import registry
from stamtafel.channels.adapters.demo.residents import call, signature
from stamtafel.channels.contract import Update, Webhooks
from stamtafel.channels.hearing import hook_address, open_hook
from stamtafel.channels.models import Account, InboundItem, Secret
from stamtafel.channels.queries import channel_of
from stamtafel.channels.vault import keep_secrets
from stamtafel.inbox.actions.take_in import take_in
from stamtafel.inbox.models import Conversation, Message
from stamtafel.web.design.logs import without_secrets
from tests import builders
from tests.builders import NOW
from tests.inbox.network import SECRET, Network
from tests.parallel import at_once

pytestmark = pytest.mark.django_db
MEGABYTE = 1024 * 1024


@pytest.fixture
def network(settings, tmp_path: Path) -> Network:
    settings.DATA = tmp_path
    builders.municipality()
    return Network(tmp_path / "demo")


def send(client: Client, path: str, body: bytes, headers: dict[str, str]) -> int:
    kind = headers.pop("Content-Type", "application/json")
    return client.post(path, body, content_type=kind, headers=headers).status_code


def test_what_a_network_tells_is_kept_and_nothing_more(network: Network, client: Client) -> None:
    body, headers = call([network.residents.say("Mooi! 🌳 Café Ünal", at=NOW)], SECRET)
    assert b"\\u" in body, "accents and emoji escaped, as networks send them"
    assert send(client, network.hook, body, headers) == HTTPStatus.OK
    item = InboundItem.objects.get()
    assert (item.remote_id, item.payload["text"], item.state) == ("comment:said-1", "Mooi! 🌳 Café Ünal", "waiting")
    assert Conversation.objects.count() == 0
    take_in(item.received_at)
    assert Conversation.objects.get().excerpt == "Mooi! 🌳 Café Ünal"


def test_the_signature_is_over_the_very_bytes(network: Network, client: Client) -> None:
    event = network.residents.say("Café 🌳", at=NOW)
    body, headers = call([event], SECRET)
    written_anew = json.dumps({"events": [event]}, ensure_ascii=False).encode()
    assert send(client, network.hook, written_anew, {**headers}) == HTTPStatus.FORBIDDEN
    for wrong in ({}, {"X-Demo-Signature": ""}, {"X-Demo-Signature": signature(body, "een ander geheim")}):
        assert send(client, network.hook, body, dict(wrong)) == HTTPStatus.FORBIDDEN
    assert not InboundItem.objects.exists()


def test_an_account_without_a_secret_takes_nothing(network: Network, client: Client) -> None:
    Secret.objects.all().delete()
    body, headers = call([network.residents.say("Hallo")], "")
    assert send(client, network.hook, body, headers) == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"events": 3}', b'{"events": [3]}', b'{"events": [{}]}', b"\xff\xfe", b"[" * 100_000]
)
def test_what_is_signed_but_not_in_the_form_is_refused(network: Network, client: Client, body: bytes) -> None:
    assert send(client, network.hook, body, {"X-Demo-Signature": signature(body, SECRET)}) == HTTPStatus.BAD_REQUEST
    assert not InboundItem.objects.exists()


def test_three_megabytes_are_taken_and_a_byte_more_is_not_read(network: Network, client: Client) -> None:
    empty, _headers = call([network.residents.say("")], SECRET)
    body, headers = call([network.residents.say("x" * (3 * MEGABYTE - len(empty)))], SECRET)
    assert len(body) == 3 * MEGABYTE
    assert send(client, network.hook, body, headers) == HTTPStatus.OK
    more, headers = body + b" ", {"X-Demo-Signature": signature(body + b" ", SECRET)}
    assert send(client, network.hook, more, headers) == HTTPStatus.REQUEST_ENTITY_TOO_LARGE

    class Unread(FakePayload):
        def read(self, *_size: int) -> bytes:
            raise AssertionError("it was read on")

    answer = client.generic("POST", network.hook, **{"CONTENT_LENGTH": str(2**40), "wsgi.input": Unread()})  # type: ignore[arg-type]
    assert answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert InboundItem.objects.count() == 1


@pytest.mark.parametrize("length", ["", "x", "-5", "٣"])
def test_a_length_that_is_none_is_no_fault_of_ours(network: Network, client: Client, length: str) -> None:
    answer = client.generic("POST", network.hook, **{"CONTENT_LENGTH": length, "wsgi.input": BytesIO(b"{}")})  # type: ignore[arg-type]
    assert answer.status_code in {HTTPStatus.FORBIDDEN, HTTPStatus.REQUEST_ENTITY_TOO_LARGE}


def test_a_thousand_things_in_one_call_are_a_thousand_items(network: Network, client: Client) -> None:
    say = network.residents.say
    events = [{**say("a", at=NOW), "id": f"said-{number}"} for number in range(3)]
    events += [{**events[0], "id": f"said-{number}", "text": f"Nummer {number}"} for number in range(3, 1000)]
    body, headers = call([*events, *events[:100]], SECRET)
    assert send(client, network.hook, body, {**headers}) == HTTPStatus.OK
    assert send(client, network.hook, body, {**headers}) == HTTPStatus.OK
    assert InboundItem.objects.count() == 1000


def test_the_proof_that_the_address_is_ours(network: Network, client: Client) -> None:
    answer = client.get(network.hook, {"token": SECRET, "challenge": "<b>1158</b>"})
    assert (answer.status_code, answer.content) == (200, b"<b>1158</b>")
    assert answer["Content-Type"].startswith("text/plain")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert client.get(network.hook, {"token": SECRET, "challenge": "{}"})["Content-Type"] == "application/json"
    assert client.get(network.hook, {"token": "ander", "challenge": "1158"}).status_code == HTTPStatus.FORBIDDEN
    assert client.get(network.hook).status_code == HTTPStatus.FORBIDDEN
    assert client.put(network.hook).status_code == HTTPStatus.METHOD_NOT_ALLOWED


def test_only_the_address_of_an_account_leads_somewhere(network: Network, client: Client) -> None:
    path = network.hook
    key = path.split("/")[4]
    pk = network.account.pk
    paper = Account.objects.create(kind="paper", name="p", options={"hook": key})
    gone = Account.objects.create(kind="pigeon", name="p", options={"hook": key})
    bare = Account.objects.create(kind="demo", name="without", options={})
    wrong = [
        f"/hooks/demo/{pk}/{key}x/", f"/hooks/demo/{pk}/anders/", f"/hooks/demo/{pk}/é/", f"/hooks/facebook/{pk}/{key}/",
        f"/hooks/demo/{pk + 99}/{key}/", f"/hooks/demo/{2**70}/{key}/", f"/hooks/paper/{paper.pk}/{key}/",
        f"/hooks/pigeon/{gone.pk}/{key}/", f"/hooks/demo/{bare.pk}/{key}/",
    ]  # fmt: skip
    for address in wrong:
        assert client.post(address).status_code == HTTPStatus.NOT_FOUND, address
        assert client.get(address).status_code == HTTPStatus.NOT_FOUND, address
    assert open_hook(account=paper) == ""
    Account.objects.filter(pk=pk).update(enabled=False)
    assert client.post(path).status_code == HTTPStatus.NOT_FOUND


def test_the_address_is_made_once_and_is_not_in_the_log(network: Network) -> None:
    fresh = Account.objects.create(kind="demo", name="vers", options={"behaviour": "succeed"})
    assert hook_address(fresh) == ""
    first = open_hook(account=fresh)
    assert open_hook(account=Account.objects.get(pk=fresh.pk)) == first == hook_address(fresh)
    assert fresh.options["behaviour"] == "succeed"
    assert first.startswith(f"http://127.0.0.1:8000/hooks/demo/{fresh.pk}/")
    key = first.split("/")[-2]
    assert len(key) >= 32
    assert key not in without_secrets(f'"POST {first} HTTP/1.1" 200')


def test_secrets_that_do_not_open_have_the_network_come_back(network: Network, client: Client, settings) -> None:
    path = network.hook
    settings.VAULT_KEYS = ["een andere sleutel"]
    body, headers = call([network.residents.say("Hallo")], SECRET)
    assert send(client, path, body, headers) == HTTPStatus.SERVICE_UNAVAILABLE


def test_no_cookie_no_limit_and_no_token_is_asked(network: Network, settings) -> None:
    settings.FLOOD_LIMITS = True
    client = Client(enforce_csrf_checks=True)
    path, event = network.hook, network.residents.say("Hallo")
    for _time in range(60):
        body, headers = call([event], SECRET)
        answer = client.post(
            path, body, content_type="application/json", headers={**headers, "Origin": "https://network.example"}
        )
        assert answer.status_code == HTTPStatus.OK
        assert not answer.cookies
    assert InboundItem.objects.count() == 1


def test_a_call_costs_the_same_queries_however_much_it_holds(
    network: Network, client: Client, django_assert_num_queries
) -> None:
    path = network.hook
    for many in (1, 40):
        events = [{**network.residents.say("Hallo"), "id": f"{many}-{number}"} for number in range(many)]
        body, headers = call(events, SECRET)
        with django_assert_num_queries(5):  # the account, its secrets, begin, the items, commit
            assert send(client, path, body, headers) == HTTPStatus.OK


@pytest.mark.django_db(transaction=True)
def test_the_same_call_ten_times_at_once_is_one_item_and_one_message(network: Network) -> None:
    path = network.hook
    events = [network.residents.say("Hallo", at=NOW), network.residents.say("Dag", by="joop", at=NOW)]
    body, headers = call(events, SECRET)
    assert at_once(*[lambda: send(Client(), path, body, dict(headers))] * 10) == [HTTPStatus.OK] * 10
    assert InboundItem.objects.count() == 2
    moment = InboundItem.objects.latest("due_at").due_at
    at_once(*[lambda: take_in(moment)] * 4)
    assert (Conversation.objects.count(), Message.objects.count()) == (2, 2)


@pytest.mark.django_db(transaction=True)
def test_of_one_talk_taken_in_by_many_workers_nothing_is_lost(network: Network) -> None:
    first = network.residents.say("0", at=NOW)
    network.tell(first, *(network.residents.answer(first, str(number), at=NOW) for number in range(1, 40)))
    while InboundItem.objects.filter(state="waiting").exists():
        outcomes = at_once(*[lambda: take_in(NOW, batch=5)] * 8)
        assert not [one for one in outcomes if isinstance(one, Exception)]
    found = Conversation.objects.get()
    assert (found.message_count, found.messages.count()) == (40, 40)
    assert not InboundItem.objects.exclude(state="done").exists()


@pytest.mark.django_db(transaction=True)
def test_the_same_thing_under_two_keys_at_once_is_one_message(network: Network) -> None:
    event = network.residents.say("Hallo", at=NOW)
    network.keep(*(Update(remote_id=f"{number}:said-1", payload=event) for number in range(6)))
    at_once(*[lambda: take_in(NOW, batch=1)] * 6)
    for _round in range(3):
        take_in(NOW.replace(year=2027))
    assert (Conversation.objects.count(), Message.objects.count()) == (1, 1)
    assert not InboundItem.objects.exclude(state="done").exists()


@pytest.mark.parametrize("kind", sorted(registry.kinds()))
def test_no_network_takes_a_call_that_it_did_not_sign(kind: str, client: Client, settings, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    builders.municipality()
    account = Account.objects.create(kind=kind, name="proef", options={})
    names = ("secret", "app_secret", "verify_token", "token", "consumer_secret", "webhook_secret", "hook_secret")
    keep_secrets(account, {name: f"geheim {name}" for name in names})
    address = open_hook(account=account)
    assert bool(address) == isinstance(channel_of(account), Webhooks)
    if not address:
        return
    path = "/" + address.split("/", 3)[3]
    for body in (b"", b"{}", b"[]", b'{"entry": [{"id": "1"}]}', b"\xff"):
        assert send(client, path, body, {}) == HTTPStatus.FORBIDDEN
        signed = {"X-Hub-Signature-256": "sha256=00", "X-Twitter-Webhooks-Signature": "sha256=00"}
        assert send(client, path, body, signed) == HTTPStatus.FORBIDDEN
    assert client.get(path).status_code == HTTPStatus.FORBIDDEN
    assert not InboundItem.objects.exists()
