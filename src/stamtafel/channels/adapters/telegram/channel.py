"""Telegram by its Bot API: posts in a channel, comments in its discussion group, talks with the bot."""

import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from stamtafel.channels.adapters.telegram import reading, wording
from stamtafel.channels.adapters.telegram.client import (
    Bot,
    Gone,
    NotAllowed,
    NoText,
    Unchanged,
    WebhookIsSet,
    webhook_secret,
)
from stamtafel.channels.adapters.telegram.options import CAPTION, LIMITS, PICTURES, RIGHTS, SETUP, TEXT, Options
from stamtafel.channels.adapters.telegram.reading import Home, link
from stamtafel.channels.contract import (
    ByHand,
    Credentials,
    Draft,
    Health,
    Incoming,
    Metric,
    NeedsSignIn,
    Permanent,
    Picture,
    Progress,
    Receipt,
    Rendered,
    Target,
    Update,
    Window,
)

DAY: Final = timedelta(days=1)
SECRET_HEADER: Final = "x-telegram-bot-api-secret-token"  # noqa: S105 - a name
NO_GROUP: Final = _("The channel has no discussion group. People can't comment.")
_homes: dict[
    tuple[str, str, int], tuple[datetime, Home]
] = {}  # what Telegram said is ours, by address, channel and bot


class _InMemory(dict[str, str]):
    """Progress that ends with the call."""

    def get(self, step: str, default: str = "") -> str:  # type: ignore[override]
        """What was kept of a step."""
        return super().get(step, default)

    def keep(self, step: str, value: str) -> None:
        """Keep it as long as we live."""
        self[step] = value


class Telegram:
    """A remote id is ``chat/message``; the pictures of an album are joined by ``+``, the messages of a chain by ``,``.

    Not ``repeatable``, and nothing can be found again: a bot can't list what it posted, and Telegram knows no key by
    which it would see a double. An unknown outcome is left to a person.
    """

    kind = "telegram"
    limits = LIMITS
    repeatable = False
    setup = SETUP

    def __init__(self, options: Mapping[str, Any]) -> None:
        """Options: see ``options.Options``. ``clock`` is there for tests."""
        self._options = Options.read(options)
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def _bot(self, credentials: Credentials) -> Bot:
        return Bot(self._options.api_url, credentials.get("token", ""))

    def _chat(self) -> str:
        if not self._options.chat:
            raise NeedsSignIn("The account has no channel.")
        return self._options.chat

    # ── telling ──────────────────────────────────────────────────────────────────────────────────
    def render(self, draft: Draft) -> Rendered:
        """Plain text with the subject in bold; the words of the pictures stand under it."""
        return wording.render(draft)

    def publish(self, rendered: Rendered, credentials: Credentials, key: str) -> Receipt:
        """Publish in one go."""
        return self.publish_in_steps(rendered, credentials, key, _InMemory())

    def publish_in_steps(self, rendered: Rendered, credentials: Credentials, key: str, progress: Progress) -> Receipt:  # noqa: ARG002 - Telegram knows no keys
        """The messages of the chain one by one; the pictures go with the first."""
        bot, chat = self._bot(credentials), self._chat()
        texts = rendered.parts or (rendered.text,)
        _refuse_what_does_not_fit(texts, rendered.pictures)
        for number, text in enumerate(texts):
            if progress.get(f"post:{number}"):
                continue
            more = {"disable_notification": True} if number else {}
            where = _send(bot, {"chat_id": chat, **more}, rendered, text, () if number else rendered.pictures)
            progress.keep(f"post:{number}", where)
        places = [progress.get(f"post:{number}").partition("/") for number in range(len(texts))]
        in_chat, first = places[0][0], places[0][2].partition("+")[0]
        return Receipt(f"{in_chat}/{','.join(place[2] for place in places)}", self._address(in_chat, first))

    def _address(self, chat: str, number: str) -> str:
        name = self._options.chat.removeprefix("@") if self._options.chat.startswith("@") else ""
        return link({"id": chat, "username": name}, number)

    # ── answering ────────────────────────────────────────────────────────────────────────────────
    def window(self, to: Target, now: datetime) -> Window:  # noqa: ARG002 - the contract's
        """Always open: who wrote to the bot, or in the group, may be answered."""
        return Window(text=TEXT)

    def reply(self, to: Target, rendered: Rendered, credentials: Credentials, key: str) -> Receipt:  # noqa: ARG002
        """Answer under what was said. In private it arrives too when they took theirs away."""
        chat, number = _place(to.remote_id)
        _refuse_what_does_not_fit((rendered.text,), rendered.pictures)
        above: dict[str, Any] = {"message_id": int(number)}
        if to.private:
            above["allow_sending_without_reply"] = True
        sent = {"chat_id": int(chat), "reply_parameters": above}
        where = _send(self._bot(credentials), sent, rendered, rendered.text, rendered.pictures)
        return Receipt(where, "" if to.private else link({"id": chat}, where.partition("/")[2].partition("+")[0]))

    # ── changing ─────────────────────────────────────────────────────────────────────────────────
    def edit(self, remote_id: str, rendered: Rendered, credentials: Credentials) -> None:
        """Other words, the same pictures; a chain keeps its number of messages."""
        bot = self._bot(credentials)
        chat, numbers = _place(remote_id)
        posts, texts = numbers.split(","), rendered.parts or (rendered.text,)
        if len(posts) != len(texts):
            raise Permanent(f"It is {len(posts)} messages and the new text takes {len(texts)}: publish it anew.")
        for post, text in zip(posts, texts, strict=True):
            _edit(bot, chat, post, text, rendered)

    def retract(self, remote_id: str, credentials: Credentials) -> None:
        """Take it away, of a chain the last first. Raises ByHand for what Telegram lets no bot delete (any more)."""
        bot = self._bot(credentials)
        chat, numbers = _place(remote_id)
        for number in reversed(numbers.replace("+", ",").split(",")):
            try:
                bot.ask("deleteMessage", chat_id=int(chat), message_id=int(number))
            except Gone:
                continue
            except NotAllowed as error:
                raise ByHand(str(error), url=link({"id": chat}, number)) from error

    # ── hearing ──────────────────────────────────────────────────────────────────────────────────
    def listen(self, cursor: str, credentials: Credentials, recent: Sequence[str]) -> tuple[Sequence[Update], str]:
        """One page of what came in; nothing while Telegram calls us by itself. The page is asked for again until its
        cursor was kept, because asking from the next one makes Telegram forget it.
        """
        bot = self._bot(credentials)
        try:
            found = bot.updates(cursor if cursor.isdecimal() else "")
        except WebhookIsSet:
            return (), cursor
        home = self._home(bot) if found else Home()
        updates = [_under(update, recent) for one in found for update in reading.made(one, home)]
        numbers = [one["update_id"] for one in found if isinstance(one.get("update_id"), int)]
        return updates, str(max(numbers) + 1) if numbers else cursor

    def read(self, update: Update) -> Sequence[Incoming]:
        """What it says."""
        return reading.read(update.payload)

    def complete(self, update: Update, credentials: Credentials) -> Update:
        """What came by a call of Telegram does not say whether the group is ours: add it."""
        found = reading.said_in(update.payload)
        if found is None or "home" in update.payload or reading.is_private(found[1]):
            return update
        home = self._home(self._bot(credentials))
        return Update(remote_id=update.remote_id, payload={**update.payload, "home": home.as_data()})

    def _home(self, bot: Bot) -> Home:
        """The channel and its discussion group, asked once a day."""
        key = (self._options.api_url, self._chat(), bot.id)
        asked_at, home = _homes.get(key, (None, Home()))
        if asked_at is None or self.clock() - asked_at >= DAY:
            chat = bot.described("getChat", chat_id=self._chat())
            home = Home(bot=bot.id, channel=int(chat.get("id") or 0), group=int(chat.get("linked_chat_id") or 0))
            _homes[key] = (self.clock(), home)
        return home

    # ── webhook ──────────────────────────────────────────────────────────────────────────────────
    def challenge(self, query: Mapping[str, str], credentials: Credentials) -> str | None:  # noqa: ARG002
        """Telegram asks for none."""
        return None

    def is_genuine(self, headers: Mapping[str, str], body: bytes, credentials: Credentials) -> bool:  # noqa: ARG002
        """By the secret that we gave Telegram with the address (Bot API, setWebhook); it does not sign the body."""
        token = credentials.get("token", "").strip()
        given = headers.get(SECRET_HEADER, "").encode()
        return bool(token) and hmac.compare_digest(webhook_secret(token).encode(), given)

    def split(self, body: bytes) -> Sequence[Update]:
        """One update per call. Raises ValueError for what is none."""
        data = json.loads(body)
        if not isinstance(data, dict) or not isinstance(data.get("update_id"), int):
            raise ValueError("not an update of Telegram")  # noqa: TRY004 - the contract's error
        return reading.made(data)

    def subscribe(self, credentials: Credentials, callback: str) -> None:
        """Let Telegram call us; asking again changes nothing."""
        self._bot(credentials).subscribe(callback)

    # ── figures and health ───────────────────────────────────────────────────────────────────────
    def measure_account(self, credentials: Credentials) -> Sequence[Metric]:
        """Subscribers of the channel. Of a post, Telegram tells a bot nothing."""
        members = self._bot(credentials).ask("getChatMemberCount", chat_id=self._chat())
        return [Metric("followers", members, self.clock())] if isinstance(members, int) else []

    def check(self, credentials: Credentials) -> Health:
        """Who the bot is, what it may do in the channel, whether it hears the group, and whether calls arrive."""
        bot = self._bot(credentials)
        me = bot.described("getMe")
        chat = bot.described("getChat", chat_id=self._chat())
        _homes.pop((self._options.api_url, self._chat(), bot.id), None)
        home = self._home(bot)
        missing = _missing(bot, home.channel, RIGHTS)
        notes = [str(NO_GROUP)] if not home.group else []
        if home.group and not me.get("can_read_all_group_messages"):
            missing += _missing(bot, home.group, (), otherwise=("can_read_all_group_messages",))
        problem = bot.described("getWebhookInfo").get("last_error_message")
        name = str(chat.get("username") or "")
        return Health(
            name=str(chat.get("title", "")),
            url=f"https://t.me/{name}" if name else "",
            missing=missing,
            notes=(*notes, *((str(problem),) if problem else ())),
        )


def _missing(bot: Bot, chat: int, rights: Sequence[str], otherwise: tuple[str, ...] = RIGHTS) -> tuple[str, ...]:
    """Which rights the bot lacks in a chat; ``otherwise`` where it is no administrator at all."""
    member = bot.described("getChatMember", chat_id=chat, user_id=bot.id)
    if member.get("status") != "administrator":
        return otherwise
    return tuple(right for right in rights if not member.get(right))


def _place(remote_id: str) -> tuple[str, str]:
    """The chat and the rest of a remote id."""
    chat, _slash, numbers = remote_id.partition("/")
    if not numbers:
        raise Permanent(f"{remote_id} is no message of Telegram.")
    return chat, numbers


def _refuse_what_does_not_fit(texts: Sequence[str], pictures: Sequence[Picture]) -> None:
    longest = (CAPTION if pictures else TEXT, TEXT)
    over = max(wording.count(text) - longest[min(number, 1)] for number, text in enumerate(texts))
    if over > 0:
        raise Permanent(f"The text is {over} characters too long for Telegram.")
    if len(pictures) > PICTURES:
        raise Permanent(f"Telegram takes at most {PICTURES} pictures in a post.")


def _send(bot: Bot, sent: Mapping[str, Any], rendered: Rendered, text: str, pictures: Sequence[Picture]) -> str:
    """One message, picture or album; where it is."""
    bold = wording.entities(text, rendered.subject)
    if not pictures:
        bolder = {"entities": bold} if bold else {}
        chat, numbers = bot.send_text({**sent, "text": text, **bolder, **_preview(rendered, text)})
    else:
        caption = {**sent, "caption": text, **({"caption_entities": bold} if bold else {})}
        one = len(pictures) == 1
        chat, numbers = bot.send_picture(caption, pictures[0]) if one else bot.send_album(caption, pictures)
    return f"{chat}/{'+'.join(map(str, numbers))}"


def _preview(rendered: Rendered, text: str) -> dict[str, Any]:
    """The card under a text is that of our own link, not of the first address in it."""
    return {"link_preview_options": {"url": rendered.link}} if rendered.link and rendered.link in text else {}


def _edit(bot: Bot, chat: str, post: str, text: str, rendered: Rendered) -> None:
    """The text, or the caption where it is a picture."""
    number = post.partition("+")[0]
    bold = wording.entities(text, rendered.subject)
    where = {"chat_id": int(chat), "message_id": int(number)}
    try:
        try:
            bot.ask("editMessageText", **where, text=text, entities=bold, **_preview(rendered, text))
        except NoText:
            bot.ask("editMessageCaption", **where, caption=text, caption_entities=bold)
    except Unchanged:
        return
    except NotAllowed as error:
        raise ByHand(str(error), url=link({"id": chat}, number)) from error


def _under(update: Update, recent: Sequence[str]) -> Update:
    """Under an album or a chain, what is said belongs to the whole: its name begins with the first message."""
    found = reading.said_in(update.payload)
    above = (found[1].get("reply_to_message") or {}) if found else {}
    post = reading.post(above)
    whole = next((one for one in recent if post and one.startswith((f"{post}+", f"{post},"))), "")
    return Update(remote_id=update.remote_id, payload={**update.payload, "about": whole}) if whole else update
