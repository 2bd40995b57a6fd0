"""An announcement on X and what comes of it, from the row to the conversation and back."""

from datetime import datetime, timedelta
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from stamtafel import outbound
from stamtafel.channels.accounts import Answers, NotLetIn, begin_sign_in, connect_account, finish_sign_in
from stamtafel.channels.actions import deliver
from stamtafel.channels.contract import Draft
from stamtafel.channels.hearing import open_hook
from stamtafel.channels.jobs import send_due
from stamtafel.channels.jobs.listen import listen_due
from stamtafel.channels.models import Account, Delivery, InboundItem
from stamtafel.channels.vault import keep_secrets, secrets_of
from stamtafel.inbox.actions.reply import reply
from stamtafel.inbox.actions.take_in import take_in
from stamtafel.inbox.models import Conversation
from stamtafel.people.rules import Role
from tests import builders
from tests.fakes.x import X as FakeX


@pytest.fixture
def account(network: FakeX) -> Account:
    builders.municipality()
    options = {"api_url": network.address, "client_id": network.client_id, "messages_seconds": 0, "listen_seconds": 10}
    made = Account.objects.create(kind="x", name="X van de gemeente", options=options)
    keep_secrets(made, network.credentials())
    return made


def tell(account: Account, body: str, **fields: object) -> Delivery:
    draft = Draft(subject="", body=body, **fields)  # type: ignore[arg-type]
    return deliver(kind="x", to=account, key=f"x:{body}", purpose="announcement", draft=draft, due_at=timezone.now())


def hear(account: Account) -> datetime:
    """Ask X and bring in what it says."""
    Account.objects.filter(pk=account.pk).update(listen_due_at=None)
    now = timezone.now()
    assert listen_due(now) == 1
    take_in(now + timedelta(seconds=1))
    return now


@pytest.mark.django_db
def test_a_comment_is_answered_by_hand_where_x_lets_no_program_and_the_answer_comes_back(
    account: Account, network: FakeX
) -> None:
    row = tell(account, "Het plein wordt groen.")
    send_due(timezone.now())
    row.refresh_from_db()
    assert (row.state, row.remote_url) == ("done", f"https://x.com/gemeente/status/{row.remote_id}")
    assert row.cost == 15
    hear(account)

    comment = network.comment(row.remote_id, "Komt er ook een bank?")
    hear(account)
    talk = Conversation.objects.get()
    assert (talk.about, talk.person["handle"], talk.waits_since is not None) == (row, "fatima", True)

    answer = reply(
        conversation=talk, text="Ja, in mei.", actor=builders.staff(Role.CONVERSATIONALIST), now=timezone.now()
    )
    send_due(timezone.now())
    answer.refresh_from_db()
    assert answer.delivery is not None
    assert answer.delivery.state == "failed"
    assert answer.delivery.by_hand_url == f"https://x.com/intent/post?in_reply_to={comment['id']}&text=Ja%2C+in+mei."

    network.comment(comment["id"], "Ja, in mei.", by="gemeente")
    hear(account)
    talk.refresh_from_db()
    assert talk.waits_since is None
    answer.delivery.refresh_from_db()
    assert (answer.delivery.state, answer.delivery.remote_id) == ("done", next(reversed(network.posts)))
    assert sorted(talk.messages.values_list("direction", "text")) == [
        ("in", "Komt er ook een bank?"),
        ("out", "Ja, in mei."),
    ]


@pytest.mark.django_db
def test_other_words_by_hand_stand_beside_the_answer_that_was_refused(account: Account, network: FakeX) -> None:
    row = tell(account, "Het plein wordt groen.")
    send_due(timezone.now())
    row.refresh_from_db()
    hear(account)
    comment = network.comment(row.remote_id, "Komt er ook een bank?")
    hear(account)
    talk = Conversation.objects.get()
    reply(conversation=talk, text="Ja, in mei.", actor=builders.staff(Role.CONVERSATIONALIST), now=timezone.now())
    send_due(timezone.now())
    network.comment(comment["id"], "Ja hoor!", by="gemeente")
    hear(account)
    assert talk.messages.count() == 3
    assert Delivery.objects.get(purpose="reply").state == "failed"


@pytest.mark.django_db
def test_who_calls_us_is_answered_on_x(account: Account, network: FakeX) -> None:
    hear(account)
    said = network.say("@gemeente wanneer komt het groen?")
    hear(account)
    talk = Conversation.objects.get()
    reply(conversation=talk, text="In april.", actor=builders.staff(Role.CONVERSATIONALIST), now=timezone.now())
    send_due(timezone.now())
    assert network.texts() == ["In april."]
    assert next(reversed(network.posts.values()))["referenced_posts"] == [{"type": "replied_to", "id": said["id"]}]
    hear(account)
    assert talk.messages.count() == 2


@pytest.mark.django_db
def test_told_and_asked_ten_times_it_is_one_message(account: Account, network: FakeX, client: Client) -> None:
    path = "/" + open_hook(account=account).split("/", 3)[3]
    proof = client.get(path, {"crc_token": "abc"})
    assert proof.json()["response_token"].startswith("sha256=")
    said = network.say("@gemeente één vraag over het café 🙂")
    for _ in range(10):
        body, headers = network.notice("post.mention.create", said)
        assert client.post(path, body, content_type="application/json", headers=headers).status_code == 200
    hear(account)
    assert InboundItem.objects.count() == 1
    [message] = Conversation.objects.get().messages.all()
    assert message.text == "@gemeente één vraag over het café 🙂"
    assert client.post(path, body + b" ", content_type="application/json", headers=headers).status_code == 403


@pytest.mark.django_db
def test_above_the_ceiling_nothing_goes_out(account: Account, network: FakeX) -> None:
    account.options["monthly_ceiling"] = "0.21"
    account.save()
    rows = [tell(account, f"Bericht {n} op gemeente.nl/{n}") for n in range(2)]
    for _ in rows:
        send_due(timezone.now())
    states = sorted(Delivery.objects.filter(account=account).values_list("state", "cost"))
    assert states == [("done", 200), ("failed", 200)]
    assert network.spent == 200


@pytest.mark.django_db(transaction=True)
def test_whoever_asks_at_once_a_refresh_token_is_used_once(account: Account, network: FakeX) -> None:
    keep_secrets(account, {**network.credentials(lasts=timedelta(minutes=4))})
    network.latency = 0.05
    tell(account, "Het plein wordt groen.")

    def work(job: object) -> None:
        job(timezone.now())  # type: ignore[operator]
        connections.close_all()

    workers = [Thread(target=work, args=(job,)) for job in (send_due, listen_due)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    Delivery.objects.filter(account=account).update(due_at=timezone.now())
    Account.objects.filter(pk=account.pk).update(listen_due_at=None)
    network.latency = 0
    send_due(timezone.now())
    listen_due(timezone.now())
    assert len([call for call in network.calls if call.path == "/2/oauth2/token"]) == 1
    assert network.texts() == ["Het plein wordt groen."]
    assert secrets_of(account)["refresh_token"] == network.refresh


@pytest.mark.django_db
def test_an_account_is_connected_by_signing_in_at_x(network: FakeX) -> None:
    builders.municipality()
    chief, now = builders.staff(Role.ADMINISTRATOR), timezone.now()
    options = {
        "client_id": network.client_id,
        "api_url": network.address,
        "authorize_url": f"{network.address}/i/oauth2/authorize",
    }
    answers = Answers(name="X", options=options, secrets={"client_secret": network.client_secret})
    made = connect_account(actor=chief, kind="x", answers=answers, now=now)
    assert not made.enabled
    back = "https://gemeente.nl/desk/accounts/signed-in/"
    begun = begin_sign_in(actor=chief, account_id=made.pk, callback=back)
    answer = outbound.call("GET", begun.address)
    assert answer.status == 302
    came = parse_qs(urlsplit(answer.headers["location"]).query)
    assert came["state"] == [begun.state]
    found = finish_sign_in(
        actor=chief, account_id=made.pk, code=came["code"][0], verifier=begun.verifier, callback=back, now=now
    )
    assert found.good
    assert Account.objects.filter(pk=made.pk, enabled=True).exists()
    kept = secrets_of(made)
    assert (kept["username"], kept["user_id"], kept["client_secret"]) == (
        "gemeente",
        network.us["id"],
        network.client_secret,
    )
    tell(made, "Wij zijn er.")
    send_due(timezone.now())
    assert network.texts() == ["Wij zijn er."]
    with pytest.raises(NotLetIn):
        finish_sign_in(actor=chief, account_id=made.pk, code="wrong", verifier=begun.verifier, callback=back, now=now)
