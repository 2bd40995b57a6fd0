"""Both ways over Bluesky's own server and index, with a client that others wrote for the resident."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from time import monotonic, sleep
from typing import Any

import pytest
from atproto import Client, models  # type: ignore[import-untyped]
from atproto.exceptions import AtProtocolError  # type: ignore[import-untyped]
from django.utils import timezone
from PIL import Image

from stamtafel.channels.actions import deliver
from stamtafel.channels.adapters.bluesky import keys
from stamtafel.channels.adapters.bluesky.channel import Bluesky
from stamtafel.channels.amending import take_back
from stamtafel.channels.contract import (
    Attempt,
    Draft,
    Form,
    Incoming,
    NeedsSignIn,
    Permanent,
    Picture,
    Receipt,
    Sort,
    Target,
)
from stamtafel.channels.jobs.amend import amend_due
from stamtafel.channels.jobs.listen import listen_due
from stamtafel.channels.jobs.send import send_due
from stamtafel.channels.models import Account, Delivery, Secret
from stamtafel.channels.vault import keep_secrets
from stamtafel.inbox.actions.reply import reply
from stamtafel.inbox.actions.take_in import take_in
from stamtafel.inbox.models import Conversation
from stamtafel.people.rules import Role
from tests import builders
from tests.channels_real import bluesky_network

pytestmark = pytest.mark.real
ALT = "Kinderen planten een boom op het plein é 🌳"
LINK = "https://voorbeeld.nl/berichten/bomen-op-het-plein"


@dataclass
class Place:
    """Our channel, and two residents with a client of their own."""

    server: str
    town: Bluesky
    credentials: dict[str, str]
    fatima: Client
    bob: Client
    cursor: str = ""
    heard: dict[str, Incoming] = field(default_factory=dict)

    def listen(self, *recent: str) -> dict[str, Incoming]:
        """All that was ever said to us, by its key."""
        updates, self.cursor = self.town.listen(self.cursor, self.credentials, recent)
        self.heard |= {update.remote_id: one for update in updates for one in self.town.read(update)}
        return self.heard

    def publish(self, key: str, **draft: Any) -> Receipt:
        rendered = self.town.render(Draft(**{"subject": "Bomen", "body": "Wij planten 24 bomen. #Bomen", **draft}))
        pictures = tuple(replace(one, data=jpeg(), media_type="image/jpeg") for one in rendered.pictures)
        return self.town.publish(replace(rendered, pictures=pictures), self.credentials, key)


def jpeg() -> bytes:
    made = BytesIO()
    Image.new("RGB", (40, 30), "green").save(made, "JPEG")
    return made.getvalue()


def until(found: Callable[[], Any], seconds: float = 30) -> Any:
    """What appears; the index takes in what the server has a moment later."""
    end = monotonic() + seconds
    while monotonic() < end:
        what = found()
        if what:
            return what
        sleep(0.05)
    raise AssertionError("it did not appear")


def join(server: str, name: str) -> tuple[Client, str]:
    """A new account, signed in with an app password, which is given back."""
    client, password = Client(f"{server}/xrpc"), secrets.token_hex(8)
    made = client.com.atproto.server.create_account(
        {"handle": f"{name}.test", "email": f"{name}@voorbeeld.nl", "password": password}
    )
    client.login(made.handle, password, fetch_bsky_profile=False)
    app = client.com.atproto.server.create_app_password({"name": "test"}).password
    client.me = until(lambda: profile(client, made.did))
    return client, app


def profile(client: Client, did: str) -> Any:
    try:
        found = client.app.bsky.actor.get_profile({"actor": did})
    except AtProtocolError:  # the index does not know the account yet
        return None
    return None if found.handle == "handle.invalid" else found


@pytest.fixture(scope="module")
def network() -> Iterator[str]:
    with bluesky_network.running() as server:
        yield server


@pytest.fixture
def place(network: str, settings: Any) -> Place:
    """Everybody new, so that no test sees another's."""
    settings.OUTBOUND_ALLOW = [network.removeprefix("http://")]
    names = [f"{name}-{secrets.token_hex(3)}" for name in ("gemeente", "fatima", "bob")]
    (_, password), (fatima, _), (bob, _) = [join(network, name) for name in names]
    town = Bluesky({"api_url": network, "identifier": f"{names[0]}.test", "site_url": "https://voorbeeld.nl"})
    session = town.renew({"password": password}, datetime.now(UTC))
    return Place(network, town, {"password": password, **session}, fatima, bob)


def ref(client: Client, uri: str) -> Any:
    """A post as the index knows it, by which it is answered."""
    post = until(lambda: next(iter(client.get_posts([uri]).posts), None))
    return models.create_strong_ref(post)


def test_told_heard_answered_measured_hidden_and_taken_back(place: Place) -> None:
    receipt = place.publish("announcement:1", link=LINK, pictures=(Picture(url="https://x.nl/p.jpg", alt=ALT),))
    root = ref(place.fatima, receipt.remote_id)
    seen = place.fatima.get_posts([receipt.remote_id]).posts[0]
    assert seen.embed.images[0].alt == ALT
    assert seen.record.langs == ["nl"]
    spoken = {facet.features[0].py_type.rpartition("#")[2]: facet for facet in seen.record.facets}
    content = seen.record.text.encode()
    shown = {name: content[one.index.byte_start : one.index.byte_end].decode() for name, one in spoken.items()}
    assert shown == {"tag": "#Bomen", "link": "voorbeeld.nl/berichten/b..."}
    assert spoken["link"].features[0].uri == LINK

    asked = place.fatima.send_post(
        "Wanneer wordt er geplant? é 🌳", reply_to=models.AppBskyFeedPost.ReplyRef(root=root, parent=root)
    )
    heard = until(lambda: place.listen(receipt.remote_id).get(f"comment:{asked.uri}"))
    assert (heard.sort, heard.text, heard.about, heard.thread) == (
        Sort.COMMENT,
        "Wanneer wordt er geplant? é 🌳",
        *[receipt.remote_id] * 2,
    )
    assert (heard.author.id, heard.echo) == (place.fatima.me.did, False)

    to = Target(remote_id=heard.remote_id, thread=heard.thread, about=heard.about)
    answer = place.town.render(Draft(subject="", body="Morgen om tien uur."))
    ours = place.town.reply(to, answer, place.credentials, "reply:1")
    assert place.town.reply(to, answer, place.credentials, "reply:1") == ours
    thread = until(lambda: answered(place.fatima, asked.uri))
    assert [(one.post.uri, one.post.record.text) for one in thread] == [(ours.remote_id, "Morgen om tien uur.")]
    assert {one.reason for one in place.fatima.app.bsky.notification.list_notifications().notifications} == {"reply"}

    place.fatima.like(receipt.remote_id, root.cid)
    figures = until(
        lambda: {one.name: one.value for one in place.town.measure(receipt.remote_id, place.credentials) if one.value}
    )
    until(
        lambda: (
            {one.name: one.value for one in place.town.measure(receipt.remote_id, place.credentials)}["reactions"] == 1
        )
    )
    assert figures["replies"] == 1

    rude = place.bob.send_post("Iets lelijks", reply_to=models.AppBskyFeedPost.ReplyRef(root=root, parent=root))
    ref(place.fatima, rude.uri)
    hidden = Target(remote_id=rude.uri, thread=receipt.remote_id)
    place.town.hide(hidden, place.credentials, hidden=True)
    place.town.hide(hidden, place.credentials, hidden=True)
    until(lambda: gate(place.fatima, receipt.remote_id) == [rude.uri])
    place.town.hide(hidden, place.credentials, hidden=False)
    until(lambda: gate(place.fatima, receipt.remote_id) == [])

    place.town.retract(receipt.remote_id, place.credentials)
    place.town.retract(receipt.remote_id, place.credentials)
    until(lambda: not place.fatima.get_posts([receipt.remote_id]).posts)


def answered(client: Client, uri: str) -> list[Any]:
    return list(client.get_post_thread(uri).thread.replies or [])


def gate(client: Client, uri: str) -> list[str] | None:
    """What the post's thread gate hides, as everybody can read it."""
    post = client.get_posts([uri]).posts[0]
    return list(post.threadgate.record.hidden_replies or []) if post.threadgate else None


def test_a_mention_a_quote_and_what_is_taken_away(place: Place) -> None:
    receipt = place.publish("k")
    shown = ref(place.bob, receipt.remote_id)
    handle = place.town.options.identifier
    me = keys.owner(receipt.remote_id)
    text = f"Één vraag aan @{handle}"
    facet = models.AppBskyRichtextFacet.Main(
        index=models.AppBskyRichtextFacet.ByteSlice(
            byte_start=len("Één vraag aan ".encode()), byte_end=len(text.encode())
        ),
        features=[models.AppBskyRichtextFacet.Mention(did=me)],
    )
    mention = place.fatima.send_post(text, facets=[facet])
    quote = place.bob.send_post("Kijk eens", embed=models.AppBskyEmbedRecord.Main(record=shown))
    until(lambda: {f"mention:{mention.uri}", f"mention:{quote.uri}"} <= place.listen(receipt.remote_id).keys())
    assert place.heard[f"mention:{mention.uri}"].text == text
    assert place.heard[f"mention:{quote.uri}"].about == receipt.remote_id
    answer = place.town.render(Draft(subject="", body=f"Dag @{place.fatima.me.handle}!"))
    ours = place.town.reply(Target(remote_id=mention.uri), answer, place.credentials, "r")
    until(lambda: ours.remote_id in [one.post.uri for one in answered(place.fatima, mention.uri)])
    reasons = {one.uri: one.reason for one in place.fatima.app.bsky.notification.list_notifications().notifications}
    assert reasons[ours.remote_id] == "mention"  # her handle in the text led to her
    place.fatima.delete_post(mention.uri)
    gone = until(lambda: place.listen(receipt.remote_id).get(f"mention:{mention.uri}:deleted"))
    assert (gone.deleted, gone.remote_id) == (True, mention.uri)


@pytest.mark.django_db
def test_the_whole_house(place: Place) -> None:
    """From the row of an announcement to the desk and back: sent, heard, in the inbox, answered, taken back."""
    builders.municipality()
    actor = builders.staff(Role.CONVERSATIONALIST)
    options = {"api_url": place.server, "identifier": place.town.options.identifier}
    account = Account.objects.create(kind="bluesky", name="real", options=options)
    keep_secrets(account, {"password": place.credentials["password"]})
    told = Draft(subject="Brugstraat", body="Er komt een zebrapad. " * 30, form=Form.THREAD)
    row = deliver(
        kind="bluesky", key="announcement:1", purpose="announcement", draft=told, due_at=timezone.now(), to=account
    )
    send_due(timezone.now())
    row.refresh_from_db()
    assert (row.state, row.last_error) == ("done", "")
    assert Secret.objects.filter(account=account).count() == 5  # with the session, which is used from now on

    root = ref(place.fatima, row.remote_id)
    second = until(lambda: answered(place.fatima, row.remote_id))[0].post
    parent = models.create_strong_ref(second)
    comment = place.fatima.send_post(
        "Fijn! Wanneer?", reply_to=models.AppBskyFeedPost.ReplyRef(root=root, parent=parent)
    )
    talk = until(lambda: heard(account, comment.uri))
    assert (talk.about_id, talk.private, talk.person["handle"]) == (row.pk, False, place.fatima.me.handle)

    reply(conversation=talk, text="In het voorjaar.", actor=actor, now=timezone.now())
    send_due(timezone.now())
    below = until(lambda: answered(place.fatima, comment.uri))
    assert [one.post.record.text for one in below] == ["In het voorjaar."]
    ours = models.create_strong_ref(below[0].post)
    place.fatima.send_post("Dank u", reply_to=models.AppBskyFeedPost.ReplyRef(root=root, parent=ours))
    until(lambda: heard(account, comment.uri).messages.count() == 3)
    said = [(message.direction, message.text) for message in talk.messages.order_by("at", "pk")]
    assert said == [("in", "Fijn! Wanneer?"), ("out", "In het voorjaar."), ("in", "Dank u")]
    assert Conversation.objects.filter(account=account).count() == 1

    take_back(deliveries=Delivery.objects.filter(pk=row.pk), now=timezone.now())
    amend_due(timezone.now())
    until(lambda: not place.fatima.get_posts([row.remote_id, second.uri]).posts)


def heard(account: Account, uri: str) -> Conversation | None:
    """The conversation that began with this, once it was asked for and taken in."""
    Account.objects.filter(pk=account.pk).update(listen_due_at=None)
    listen_due(timezone.now())
    take_in(timezone.now())
    return Conversation.objects.filter(account=account, messages__remote_id=uri).first()


def test_the_same_key_is_one_post_and_can_be_found(place: Place) -> None:
    first, again = place.publish("k"), place.publish("k")
    assert first == again
    rendered = place.town.render(Draft(subject="Bomen", body="Wij planten 24 bomen. #Bomen"))
    attempt = Attempt(key="k", rendered=rendered, since=datetime.now(UTC))
    assert place.town.find(attempt, place.credentials) == first
    assert place.town.find(replace(attempt, key="other"), place.credentials) is None
    feed = until(lambda: place.fatima.get_author_feed(keys.owner(first.remote_id)).feed)
    assert [one.post.uri for one in feed] == [first.remote_id]


def test_a_chain_is_read_in_its_order_and_goes_as_a_whole(place: Place) -> None:
    body = "Wij planten bomen op het plein en vragen u om mee te denken. " * 12
    receipt = place.publish("k", body=body, form=Form.THREAD, link=LINK)
    parts = place.town.render(Draft(subject="Bomen", body=body, form=Form.THREAD, link=LINK)).parts
    read = until(lambda: chain(place.fatima, receipt.remote_id, len(parts)))
    assert read == list(parts)
    card = place.fatima.get_posts([receipt.remote_id]).posts[0].embed.external
    assert (card.uri, card.title) == (LINK, "Bomen")
    assert place.listen(receipt.remote_id) == {}
    place.town.retract(receipt.remote_id, place.credentials)
    until(lambda: not place.fatima.get_author_feed(keys.owner(receipt.remote_id)).feed)


def chain(client: Client, uri: str, size: int) -> list[str] | None:
    found = client.get_posts([uri]).posts
    node = client.get_post_thread(uri, depth=20).thread if found else None
    texts = []
    while node:
        texts.append(node.post.record.text)
        node = next(iter(node.replies or []), None)
    return texts if len(texts) == size else None


def test_the_server_counts_as_we_do(place: Place) -> None:
    family = "👩‍👩‍👧‍👦"
    for fits, text in [(True, "é" * 300), (False, "é" * 301), (True, family * 120), (False, family * 121)]:
        rendered = place.town.render(Draft(subject="", body=text))
        assert (rendered.over == 0) is fits
        bare = replace(rendered, over=0)
        if fits:
            place.town.publish(bare, place.credentials, text)
        else:
            with pytest.raises(Permanent):
                place.town.publish(bare, place.credentials, text)


def test_sessions_are_exchanged_and_a_withdrawn_password_is_told(place: Place) -> None:
    assert place.town.check(place.credentials).name == f"@{place.town.options.identifier}"
    assert not place.town.is_stale(place.credentials, datetime.now(UTC))
    assert place.town.is_stale(place.credentials, datetime.now(UTC) + timedelta(hours=2))
    renewed = place.town.renew(place.credentials, datetime.now(UTC))
    assert renewed["refresh"] != place.credentials["refresh"]
    assert place.town.check({**place.credentials, **renewed}).name.startswith("@gemeente-")
    with pytest.raises(NeedsSignIn):
        Bluesky({"api_url": place.server, "identifier": place.town.options.identifier}).check({"password": "verkeerd"})
