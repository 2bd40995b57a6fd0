"""How each network is set up for the faults. A new network: one function here, one line in RIGS."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone
from PIL import Image

from stamtafel.channels.adapters.mastodon import channel as mastodon_channel
from stamtafel.channels.contract import Target
from tests.contracts import bluesky as bluesky_contract
from tests.contracts import mastodon as mastodon_contract
from tests.contracts import meta as meta_contract
from tests.contracts import telegram as telegram_contract
from tests.contracts import whatsapp as whatsapp_contract
from tests.contracts import x as x_contract
from tests.fakes.base import Fake, Request, Response, route
from tests.fakes.bluesky import Bluesky
from tests.fakes.mastodon import Mastodon
from tests.fakes.meta import Meta
from tests.fakes.telegram import Telegram
from tests.fakes.whatsapp import BUSINESS, NUMBER, WhatsApp
from tests.fakes.x import X
from tests.faults.rig import Rig, answer, post


def mastodon(_settings: Any) -> Rig:
    """A server with one resident who asked something."""
    fake = Mastodon()
    mastodon_contract.hold(fake)
    fake.left = 10**6
    asked = fake.say("@gemeente Mag er een bank bij?")
    target = Target(
        remote_id=asked["id"], thread=asked["id"], author_id=asked["account"]["id"], handle="fatima", sort="mention"
    )
    return Rig(
        kind="mastodon", fake=fake, options={"api_url": fake.address}, secrets={"access_token": fake.token},
        public=lambda: [one["text"] for one in fake.ours()],
        deeds={"post": post(), "picture": post(pictures=1), "chain": post(chain=True), "answer": answer(lambda: target)},
        before=mastodon_channel._known.clear,
    )  # fmt: skip


def bluesky(_settings: Any) -> Rig:
    """A server with an index, and a resident who wrote under a post of ours."""
    fake = Bluesky()
    bluesky_contract.hold(fake)
    root = fake.say(fake.us, "Het plein wordt groen.")
    asked = fake.say(fake.join("fatima.test", "Fatima"), "Komt er een bank?", under=root)
    target = Target(remote_id=asked, thread=root, author_id=fake.records[asked].did, handle="fatima.test", about=root)
    session = fake.session(fake.us)
    secrets = {"password": "abcd-efgh-ijkl-mnop", "access": session["accessJwt"], "refresh": session["refreshJwt"]}
    return Rig(
        kind="bluesky", fake=fake, options={"api_url": fake.address, "identifier": "gemeente.test"},
        secrets={**secrets, "did": fake.us.did}, public=lambda: [one.value["text"] for one in fake.posts()],
        deeds={"post": post(), "picture": post(pictures=2), "chain": post(chain=True), "answer": answer(lambda: target)},
    )  # fmt: skip


class Site(Fake):
    """Our own site, as far as a network that fetches pictures needs it."""

    @route("GET", r"/media/.+\.jpg")
    def picture(self, _request: Request) -> Response:
        """Any picture."""
        packed = io.BytesIO()
        Image.new("RGB", (640, 480), (40, 120, 60)).save(packed, "JPEG")
        return Response(packed.getvalue(), headers={"Content-Type": "image/jpeg"})


def _meta() -> tuple[Meta, dict[str, str]]:
    fake = Meta()
    meta_contract.hold(fake)
    return fake, {"token": fake.token, "app_secret": fake.secret, "verify_token": fake.verify}


def facebook(_settings: Any) -> Rig:
    """A page, a resident who commented on it and one who wrote in private."""
    fake, secrets = _meta()
    under = fake.new("PagePost", f"{fake.page}_1", message="Het plein", link=None, photos=[], by=fake.page, on=fake.page,
                     by_app=True)["id"]  # fmt: skip
    comment = fake.comment(under, "Komt er een bank?", "7")
    fake.message("Wanneer begint het?", "8")
    said = Target(remote_id=comment, thread=comment, author_id="7", about=under)
    private = Target(
        remote_id="m_1", thread="8", author_id="8", private=True, sort="message", last_heard_at=fake.clock()
    )

    def public() -> list[str]:
        things = [
            *fake.of("PagePost", by=fake.page),
            *fake.of("Comment", by=fake.page),
            *fake.of("UnifiedMessage", by=fake.page),
        ]
        return [str(one.get("message", "")) for one in things]

    return Rig(
        kind="facebook", fake=fake, options={"page_id": fake.page, "app_id": fake.app, "api_url": fake.address},
        secrets=secrets, public=public,
        deeds={"post": post(), "pictures": post(pictures=2), "answer": answer(lambda: said), "private": answer(lambda: private)},
    )  # fmt: skip


def instagram(_settings: Any) -> Rig:
    """An account with one photo, and a resident who commented on it."""
    fake, secrets = _meta()
    media = fake.new("IGMedia", caption="Het plein", by=fake.ig, container="", alt_text="", children=[], tags=False)[
        "id"
    ]
    comment = fake.ig_comment(media, "Komt er een bank?", "7")
    said = Target(remote_id=comment, thread=comment, author_id="7", about=media)

    def public() -> list[str]:
        return [one["caption"] for one in fake.of("IGMedia", by=fake.ig)] + [
            one["text"] for one in fake.of("IGComment", by=fake.ig)
        ]

    def before() -> None:
        fake.quota_total = 10**6

    return Rig(
        kind="instagram", fake=fake, site=Site(), secrets=secrets, public=public, before=before,
        options={"ig_id": fake.ig, "page_id": fake.page, "app_id": fake.app, "api_url": fake.address},
        deeds={"picture": post(pictures=1), "carousel": post(pictures=2), "answer": answer(lambda: said)},
    )  # fmt: skip


def x(_settings: Any) -> Rig:
    """An account that a resident asked something, and one who wrote in private."""
    fake = X()
    x_contract.hold(fake)
    asked = fake.say("@gemeente Komt er een bank?", "fatima")
    target = Target(
        remote_id=asked["id"], thread=asked["id"], author_id=asked["author_id"], handle="fatima", sort="mention"
    )
    return Rig(
        kind="x", fake=fake, options={"api_url": fake.address, "client_id": fake.client_id}, secrets=fake.credentials(),
        public=fake.texts, before=fake.used.clear,
        deeds={"post": post(), "pictures": post(pictures=2), "chain": post(chain=True), "answer": answer(lambda: target)},
    )  # fmt: skip


def telegram(_settings: Any) -> Rig:
    """A channel with a group, and a resident who wrote to the bot."""
    fake = Telegram()
    telegram_contract.hold(fake)
    written = fake.message("Komt er een bank?")
    chat, number = written["chat"]["id"], written["message_id"]
    target = Target(remote_id=f"{chat}/{number}", thread=str(chat), author_id=str(chat), private=True, sort="message",
                    last_heard_at=fake.now())  # fmt: skip

    def public() -> list[str]:
        return [str(one.get("text") or one.get("caption") or "") for one in fake.messages.values() if "from" not in one
                or one["from"].get("is_bot")]  # fmt: skip

    return Rig(
        kind="telegram", fake=fake, options={"chat": "@lindewaard", "api_url": fake.address}, secrets={"token": fake.token},
        public=public, deeds={"post": post(), "picture": post(pictures=1), "album": post(pictures=2), "answer": answer(lambda: target)},
    )  # fmt: skip


def whatsapp(_settings: Any) -> Rig:
    """A number to which a resident wrote."""
    fake = WhatsApp()
    whatsapp_contract.hold(fake)
    person = fake.join("31612345678", "Fatima")
    written = fake.says(person, "Komt er een bank?")
    target = Target(remote_id=written["value"]["messages"][0]["id"], thread=person.number, author_id=person.number, private=True, sort="message",
                    last_heard_at=timezone.now() + timedelta(hours=7))  # fmt: skip
    return Rig(
        kind="whatsapp", fake=fake, secrets={"token": fake.token, "app_secret": fake.secret, "verify_token": fake.verify},
        options={"api_url": fake.address, "phone_number_id": NUMBER, "business_account_id": BUSINESS},
        public=lambda: [str(one.message) for one in fake.sent], deeds={"answer": answer(lambda: target)},
    )  # fmt: skip


RIGS: dict[str, Callable[[Any], Rig]] = {
    "mastodon": mastodon, "bluesky": bluesky, "facebook": facebook, "instagram": instagram, "x": x, "telegram": telegram,
    "whatsapp": whatsapp,
}  # fmt: skip
