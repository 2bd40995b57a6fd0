"""Both ways over a server that speaks Mastodon's API and that others wrote, with a client that others wrote too."""

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from django.utils import timezone
from mastodon import Mastodon as Client  # type: ignore[import-untyped]
from PIL import Image

from stamtafel import outbound
from stamtafel.channels.actions import deliver
from stamtafel.channels.adapters.mastodon.channel import Mastodon
from stamtafel.channels.amending import take_back
from stamtafel.channels.contract import Attempt, Draft, Form, Permanent, Picture, Sort, Target
from stamtafel.channels.jobs.amend import amend_due
from stamtafel.channels.jobs.listen import listen_due
from stamtafel.channels.jobs.send import send_due
from stamtafel.channels.models import Account, Delivery
from stamtafel.channels.vault import keep_secrets
from stamtafel.inbox.actions.reply import reply
from stamtafel.inbox.actions.take_in import take_in
from stamtafel.inbox.models import Conversation
from stamtafel.people.rules import Role
from tests import builders

pytestmark = pytest.mark.real
ALT = "Kinderen planten een boom op het plein é 🌳"
CONFIG = """
[[seed.accounts]]
username = "gemeente"
display_name = "Gemeente Lindewaard"
access_token = "town-token"

[[seed.accounts]]
username = "fatima"
display_name = "Fatima"
access_token = "resident-token"
"""


@dataclass
class Place:
    """The server, our channel there, and a resident with a client of her own."""

    town: Mastodon
    credentials: dict[str, str]
    resident: Any


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("mastodon")
    (folder / "mm.toml").write_text(CONFIG)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "mastodon_mock", "serve", "--config", str(folder / "mm.toml"), "--in-memory",
               "--host", "127.0.0.1", "--port", str(port), "--log-level", "warning"]  # fmt: skip
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, env={**os.environ})
        try:
            wait_for(port, server, folder)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(10)


def wait_for(port: int, server: subprocess.Popen[bytes], folder: Path) -> None:
    end = monotonic() + 60
    while monotonic() < end and server.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        sleep(0.1)
    pytest.fail((folder / "log").read_text()[-2000:])


@pytest.fixture
def place(address: str, settings: Any) -> Place:
    settings.OUTBOUND_ALLOW = [address.removeprefix("http://")]
    resident = Client(
        access_token="resident-token", api_base_url=address, mastodon_version="4.7.0", version_check_mode="created"
    )
    return Place(Mastodon({"api_url": address}), {"access_token": "town-token"}, resident)


def draft(body: str, **fields: Any) -> Draft:
    return Draft(**{"subject": "", "body": body, **fields})


def picture() -> Picture:
    data = BytesIO()
    Image.new("RGB", (60, 40), "green").save(data, "JPEG")
    return Picture(url="https://praat.example/1.jpg", alt=ALT, data=data.getvalue(), media_type="image/jpeg")


def test_there_and_back_again(place: Place) -> None:
    town, credentials, resident = place.town, place.credentials, place.resident
    health = town.check(credentials)
    assert (health.name, health.missing) == ("Gemeente Lindewaard", ())
    _updates, cursor = town.listen("", credentials, [])

    # we publish, the resident sees it with the words of the picture
    told = town.render(draft("Wij planten **24 bomen**.", subject="Het plein wordt groen", pictures=(picture(),)))
    receipt = town.publish(told, credentials, "announcement:1")
    seen = resident.status(receipt.remote_id)
    assert "Wij planten 24 bomen." in seen.content
    assert [one.description for one in seen.media_attachments] == [ALT]
    assert seen.language == "nl"
    assert town.publish(told, credentials, "announcement:1") == receipt
    assert town.find(Attempt(key="announcement:1", rendered=told, since=datetime.now(UTC)), credentials) == receipt

    # the resident answers, and likes it
    comment = resident.status_post("Mooi! Komt er ook een bankje? 🌳", in_reply_to_id=receipt.remote_id)
    resident.status_favourite(receipt.remote_id)
    updates, cursor = town.listen(cursor, credentials, [receipt.remote_id])
    (said,) = [one for update in updates for one in town.read(update)]
    assert (said.remote_id, said.sort, said.about) == (str(comment.id), Sort.COMMENT, receipt.remote_id)
    assert (said.text, said.author.handle) == ("Mooi! Komt er ook een bankje? 🌳", "fatima")

    # we answer, the resident sees it under hers and is told
    to = Target(remote_id=said.remote_id, thread=said.thread, handle=said.author.handle, about=said.about)
    answer = town.reply(to, town.render(draft("Ja, twee zelfs.")), credentials, "reply:1")
    below = resident.status_context(comment.id).descendants
    assert [str(one.id) for one in below] == [answer.remote_id]
    assert "Ja, twee zelfs." in below[0].content
    assert any(str(note.status.id) == answer.remote_id for note in resident.notifications(types=["mention"]))

    # figures
    figures = {one.name: one.value for one in town.measure(receipt.remote_id, credentials)}
    assert (figures["reactions"], figures["replies"]) == (1, 1)

    # she changes hers, and takes it away
    resident.status_update(comment.id, "Mooi! Komen er ook bankjes?")
    updates, cursor = town.listen(cursor, credentials, [receipt.remote_id])
    edited = [one for update in updates for one in town.read(update) if one.edited]
    assert [one.text for one in edited] == ["Mooi! Komen er ook bankjes?"]
    resident.status_delete(comment.id)
    updates, cursor = town.listen(cursor, credentials, [receipt.remote_id])
    gone = [one.remote_id for update in updates for one in town.read(update) if one.deleted]
    assert gone == [str(comment.id)]

    # we change ours, and take it away
    town.edit(receipt.remote_id, town.render(draft("Wij planten 25 bomen.")), credentials)
    seen = resident.status(receipt.remote_id)
    assert "25 bomen" in seen.content
    assert len(seen.media_attachments) == 1
    town.retract(receipt.remote_id, credentials)
    town.retract(receipt.remote_id, credentials)
    with pytest.raises(Exception, match="not found"):
        resident.status(receipt.remote_id)


@pytest.mark.django_db
def test_the_whole_house(place: Place, address: str) -> None:
    """From the row of an announcement to the desk and back: sent, heard, in the inbox, answered, counted, taken back."""
    builders.municipality()
    actor = builders.staff(Role.CONVERSATIONALIST)
    account = Account.objects.create(kind="mastodon", name="real", options={"api_url": address})
    keep_secrets(account, place.credentials)
    key = f"announcement:{timezone.now().timestamp()}"
    told = draft("Er komt een zebrapad.", subject="Brugstraat")
    listen_due(timezone.now())
    row = deliver(
        kind="mastodon", key=key, purpose="announcement", draft=told, due_at=timezone.now(), to=account
    )  # fmt: skip
    send_due(timezone.now())
    row.refresh_from_db()
    assert (row.state, row.last_error) == ("done", "")

    comment = place.resident.status_post("Fijn! Wanneer?", in_reply_to_id=row.remote_id)
    Account.objects.update(listen_due_at=None)
    assert listen_due(timezone.now()) == 1
    take_in(timezone.now())
    talk = Conversation.objects.get(account=account, thread=str(comment.id))
    assert (talk.about_id, talk.private, talk.person["handle"]) == (row.pk, False, "fatima")
    assert [message.text for message in talk.messages.all()] == ["Fijn! Wanneer?"]

    reply(conversation=talk, text="In het voorjaar.", actor=actor, now=timezone.now())
    send_due(timezone.now())
    below = place.resident.status_context(comment.id).descendants
    assert ["In het voorjaar." in one.content for one in below] == [True]
    place.resident.status_post("@gemeente Dank u", in_reply_to_id=below[0].id)
    Account.objects.update(listen_due_at=None)
    listen_due(timezone.now())
    take_in(timezone.now())
    said = [(message.direction, message.text) for message in talk.messages.order_by("at", "pk")]
    assert said == [("in", "Fijn! Wanneer?"), ("out", "In het voorjaar."), ("in", "@gemeente Dank u")]

    take_back(deliveries=Delivery.objects.filter(pk=row.pk), now=timezone.now())
    amend_due(timezone.now())
    with pytest.raises(Exception, match="not found"):
        place.resident.status(row.remote_id)


def test_a_private_talk(place: Place) -> None:
    town, credentials, resident = place.town, place.credentials, place.resident
    _updates, cursor = town.listen("", credentials, [])
    asked = resident.status_post("@gemeente Mijn moeder heeft hulp nodig", visibility="direct")
    updates, cursor = town.listen(cursor, credentials, [])
    (said,) = [one for update in updates for one in town.read(update)]
    assert (said.sort, said.private, said.remote_id) == (Sort.MESSAGE, True, str(asked.id))
    to = Target(remote_id=said.remote_id, handle=said.author.handle, private=True)
    answer = town.reply(to, town.render(draft("Wij bellen u vandaag.")), credentials, "reply:2")
    seen = resident.status(answer.remote_id)
    assert (seen.visibility, seen.in_reply_to_id) == ("direct", asked.id)
    assert any(str(talk.last_status.id) == answer.remote_id for talk in resident.conversations())


def test_a_chain_and_what_is_too_long(place: Place) -> None:
    town, credentials = place.town, place.credentials
    long = "Wij planten bomen op het plein, en u mag zeggen welke. " * 20
    told = town.render(draft(long, form=Form.THREAD))
    receipt = town.publish(told, credentials, "announcement:3")
    context = place.resident.status_context(receipt.remote_id)
    assert len(context.descendants) + 1 == len(told.parts) > 2
    town.retract(receipt.remote_id, credentials)
    assert (
        outbound.call("GET", f"{place.resident.api_base_url}/api/v1/statuses/{context.descendants[-1].id}").status
        == 404
    )
    with pytest.raises(Permanent, match="too long"):
        town.publish(town.render(draft(long)), credentials, "announcement:4")
