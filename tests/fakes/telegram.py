"""Telegram's Bot API with one bot, a channel, its discussion group, and residents who comment and write.

Behaviour is that of the Bot API's documentation: a post of the channel appears in the group as an automatic forward, a bot
gets no update of what it sends itself and none of deletions, can't begin a talk, can't list what it posted, and gets updates
by asking or by being called, never both. Lengths count in UTF-16 units.
"""

import http.client
import itertools
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import urlsplit
from uuid import uuid4

from tests.fakes.base import Fake, Refuse, Request, Response, route

CHANNEL, GROUP, BOT = -1001000000001, -1001000000002, 7000000001
TWO_DAYS = timedelta(hours=48)
NUMBERS = {"chat_id", "message_id", "user_id"}
OBJECTS = {
    "media",
    "entities",
    "caption_entities",
    "reply_parameters",
    "link_preview_options",
    "allowed_updates",
    "disable_notification",
}
RIGHTS = ("can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members",
          "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories", "can_delete_stories",
          "can_post_messages", "can_edit_messages")  # fmt: skip


def units(text: str) -> int:
    """UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def said_no(status: int, description: str, **parameters: Any) -> Refuse:
    """An error in Telegram's form."""
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    return Refuse(status, {**body, "parameters": parameters} if parameters else body)


class Telegram(Fake):
    """The channel is ``@lindewaard``; ``token`` is that of the bot."""

    name: ClassVar[str] = "telegram"

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.token = f"{BOT}:{uuid4().hex}"
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.numbers: dict[int, Any] = {}
        self.messages: dict[tuple[int, int], dict[str, Any]] = {}
        self.updates: list[dict[str, Any]] = []
        self.update_ids = itertools.count(900_000_001)
        self.people: dict[str, dict[str, Any]] = {}
        self.started: set[int] = set()
        self.blocked: set[int] = set()
        self.webhook: dict[str, Any] = {}
        self.last_error = ""
        self.linked, self.administrator, self.privacy = True, True, False
        self.rights = dict.fromkeys(RIGHTS, True)
        self.check_update: Callable[[dict[str, Any]], None] = lambda _update: None
        self.chats = {
            CHANNEL: {"id": CHANNEL, "type": "channel", "title": "Gemeente Lindewaard", "username": "lindewaard"},
            GROUP: {"id": GROUP, "type": "supergroup", "title": "Lindewaard praat mee"},
        }

    # ── residents ────────────────────────────────────────────────────────────────────────────────
    def person(self, name: str) -> dict[str, Any]:
        """A resident."""
        if name not in self.people:
            number = 5_000_000_000 + len(self.people)
            self.people[name] = {
                "id": number,
                "is_bot": False,
                "first_name": name.title(),
                "username": name,
                "language_code": "nl",
            }
        return self.people[name]

    def comment(self, post: int, text: str, by: str = "fatima", **also: Any) -> dict[str, Any]:
        """Somebody comments on a post of the channel."""
        with self.lock:
            above = next(one for one in self.in_group() if one.get("forward_origin", {}).get("message_id") == post)
            return self.answer_to(above["message_id"], text, by, **also)

    def answer_to(self, number: int, text: str, by: str = "fatima", **also: Any) -> dict[str, Any]:
        """Somebody answers a message in the group."""
        with self.lock:
            above = self.messages[GROUP, number]
            quoted = {name: value for name, value in above.items() if name != "reply_to_message"}
            thread = above.get("message_thread_id", number)
            said = {
                "from": self.person(by),
                "text": text,
                "reply_to_message": quoted,
                "message_thread_id": thread,
                **also,
            }
            return self.tell(
                "message", self.put(GROUP, {name: value for name, value in said.items() if value is not None})
            )

    def in_group(self) -> list[dict[str, Any]]:
        """What stands in the group."""
        return [one for (chat, _number), one in self.messages.items() if chat == GROUP]

    def message(self, text: str, by: str = "fatima", **also: Any) -> dict[str, Any]:
        """Somebody writes to the bot."""
        with self.lock:
            who = self.person(by)
            chat = {"id": who["id"], "type": "private", "first_name": who["first_name"], "username": who["username"]}
            self.chats[who["id"]] = chat
            self.started.add(who["id"])
            return self.tell("message", self.put(who["id"], {"from": who, "text": text, **also}))

    def change(self, message: dict[str, Any], text: str) -> None:
        """Its author edits it."""
        with self.lock:
            message.update(text=text, edit_date=self.stamp() + 1)
            self.tell("edited_message", message)

    def remove(self, message: dict[str, Any]) -> None:
        """Its author deletes it; the bot is not told."""
        with self.lock:
            del self.messages[message["chat"]["id"], message["message_id"]]

    def tell(self, sort: str, message: dict[str, Any]) -> dict[str, Any]:
        """An update for the bot."""
        update = {"update_id": next(self.update_ids), sort: json.loads(json.dumps(message))}
        self.check_update(update)
        self.updates.append(update)
        return message

    def posts(self) -> list[dict[str, Any]]:
        """What stands in the channel."""
        return [one for (chat, _number), one in self.messages.items() if chat == CHANNEL]

    def call(self, url: str, *, secret: str | None = None) -> list[int]:
        """Send what is waiting to a webhook, with the secret that was set; the statuses that came back."""
        statuses, parts = [], urlsplit(url)
        for update in list(self.updates):
            line = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
            headers = {
                "Content-Type": "application/json",
                "X-Telegram-Bot-Api-Secret-Token": self.secret if secret is None else secret,
            }
            line.request("POST", parts.path, self.body(update), headers)
            statuses.append(line.getresponse().status)
            line.close()
            if statuses[-1] == 200:
                self.updates.remove(update)
        return statuses

    @property
    def secret(self) -> str:
        """What the bot asked to be called with."""
        return str(self.webhook.get("secret_token", ""))

    def body(self, update: dict[str, Any]) -> bytes:
        """The very bytes of a call: Telegram writes other than ASCII as it is escaped in JSON."""
        return json.dumps(update, ensure_ascii=True).encode()

    # ── what it is made of ───────────────────────────────────────────────────────────────────────
    def stamp(self) -> int:
        return int(self.now().timestamp())

    def put(self, chat: int, message: dict[str, Any]) -> dict[str, Any]:
        """A message with the next number of its chat."""
        number = next(self.numbers.setdefault(chat, itertools.count(11)))
        one = {"message_id": number, "date": self.stamp(), "chat": self.chats[chat], **message}
        self.messages[chat, number] = one
        return one

    def parameters(self, request: Request) -> dict[str, Any]:
        """The parameters, however they came; a file is there by its name."""
        if request.headers.get("content-type", "").startswith("application/json"):
            return dict(request.json)
        found: dict[str, Any] = {}
        for name, value in request.form.items():
            whole = name in OBJECTS or (name in NUMBERS and value.lstrip("-").isdigit())
            found[name] = json.loads(value) if whole else value
        return {**found, **{name: "(file)" for name in request.files if not name.startswith("picture")}}

    @route("*", r"/bot(?P<token>[^/]+)/(?P<method>\w+)")
    def any(self, request: Request, token: str, method: str) -> Any:
        if token != self.token:
            raise said_no(401, "Unauthorized")
        do = getattr(self, f"do_{method}", None)
        if do is None:
            raise said_no(404, "Not Found")
        return {"ok": True, "result": do(self.parameters(request), request)}

    def not_found(self, request: Request) -> Response:
        """What Telegram says to an address that is none."""
        return Response({"ok": False, "error_code": 404, "description": "Not Found"}, 404)

    def chat(self, asked: dict[str, Any]) -> int:
        """Which chat is meant, and whether the bot may write there."""
        wanted = asked["chat_id"]
        number = CHANNEL if wanted in {"@lindewaard", str(CHANNEL), CHANNEL} else wanted
        if number in self.blocked:
            raise said_no(403, "Forbidden: bot was blocked by the user")
        if number in {one["id"] for one in self.people.values()} - self.started:
            raise said_no(403, "Forbidden: bot can't initiate conversation with a user")
        if number not in self.chats:
            raise said_no(400, "Bad Request: chat not found")
        if number == CHANNEL and not self.administrator:
            raise said_no(403, "Forbidden: bot is not a member of the channel chat")
        return int(number)

    def bot(self) -> dict[str, Any]:
        return {"id": BOT, "is_bot": True, "first_name": "Lindewaard", "username": "lindewaard_bot"}

    def sent(self, asked: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
        """A message of the bot; in the channel it goes to the group too."""
        chat = self.chat(asked)
        if chat == CHANNEL and not self.rights["can_post_messages"]:
            raise said_no(400, "Bad Request: need administrator rights in the channel chat")
        above = self.above(chat, asked.get("reply_parameters"))
        who = {"sender_chat": self.chats[CHANNEL]} if chat == CHANNEL else {"from": self.bot()}
        one = self.put(chat, {**who, **said, **above})
        if chat == CHANNEL and self.linked:
            origin = {
                "type": "channel",
                "date": one["date"],
                "chat": self.chats[CHANNEL],
                "message_id": one["message_id"],
            }
            service = {"id": 777000, "is_bot": False, "first_name": "Telegram"}
            forward = {
                "from": service,
                "sender_chat": self.chats[CHANNEL],
                "forward_origin": origin,
                "is_automatic_forward": True,
            }
            self.tell("message", self.put(GROUP, {**said, **forward}))
        return one

    def above(self, chat: int, asked: Any) -> dict[str, Any]:
        if not asked:
            return {}
        found = self.messages.get((chat, asked["message_id"]))
        if found is None and not asked.get("allow_sending_without_reply"):
            raise said_no(400, "Bad Request: message to be replied not found")
        quoted = {name: value for name, value in (found or {}).items() if name != "reply_to_message"}
        return {"reply_to_message": quoted} if found else {}

    def photo(self, request: Request, name: str) -> list[dict[str, Any]]:
        _file, media_type, data = request.files.get(name, ("", "", b""))
        if not data or not media_type.startswith("image/"):
            raise said_no(400, "Bad Request: IMAGE_PROCESS_FAILED")
        return [
            {"file_id": f"file-{name}", "file_unique_id": name, "width": 1200, "height": 800, "file_size": len(data)}
        ]

    def captioned(self, asked: dict[str, Any]) -> dict[str, Any]:
        if units(asked.get("caption", "")) > 1024:
            raise said_no(400, "Bad Request: message caption is too long")
        return {name: asked[name] for name in ("caption", "caption_entities") if asked.get(name)}

    def worded(self, asked: dict[str, Any]) -> dict[str, Any]:
        if not asked["text"].strip():
            raise said_no(400, "Bad Request: message text is empty")
        if units(asked["text"]) > 4096:
            raise said_no(400, "Bad Request: message is too long")
        return {name: asked[name] for name in ("text", "entities", "link_preview_options") if asked.get(name)}

    # ── methods ──────────────────────────────────────────────────────────────────────────────────
    def do_sendMessage(self, asked: dict[str, Any], _request: Request) -> Any:
        return self.sent(asked, self.worded(asked))

    def do_sendPhoto(self, asked: dict[str, Any], request: Request) -> Any:
        return self.sent(asked, {"photo": self.photo(request, "photo"), **self.captioned(asked)})

    def do_sendMediaGroup(self, asked: dict[str, Any], request: Request) -> Any:
        said = [
            (self.photo(request, one["media"].removeprefix("attach://")), self.captioned(one)) for one in asked["media"]
        ]
        group = uuid4().hex[:12]
        return [self.sent(asked, {"photo": photo, "media_group_id": group, **words}) for photo, words in said]

    def own(self, asked: dict[str, Any]) -> dict[str, Any]:
        found = self.messages.get((self.chat(asked), asked["message_id"]))
        if found is None:
            raise said_no(400, "Bad Request: message to edit not found")
        if found.get("from", {}).get("id", BOT) != BOT:
            raise said_no(400, "Bad Request: message can't be edited")
        return found

    def do_editMessageText(self, asked: dict[str, Any], _request: Request) -> Any:
        found = self.own(asked)
        if "text" not in found:
            raise said_no(400, "Bad Request: there is no text in the message to edit")
        if found["text"] == asked["text"]:
            raise said_no(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are exactly the same",
            )
        found.update(self.worded(asked), edit_date=self.stamp())
        return found

    def do_editMessageCaption(self, asked: dict[str, Any], _request: Request) -> Any:
        found = self.own(asked)
        found.update(self.captioned(asked), edit_date=self.stamp())
        return found

    def do_deleteMessage(self, asked: dict[str, Any], _request: Request) -> Any:
        found = self.messages.get((self.chat(asked), asked["message_id"]))
        if found is None:
            raise said_no(400, "Bad Request: message to delete not found")
        if self.stamp() - found["date"] > TWO_DAYS.total_seconds():
            raise said_no(400, "Bad Request: message can't be deleted for everyone")
        del self.messages[found["chat"]["id"], found["message_id"]]
        return True

    def do_getUpdates(self, asked: dict[str, Any], _request: Request) -> Any:
        if self.webhook:
            raise said_no(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
            )
        self.updates = [one for one in self.updates if one["update_id"] >= asked.get("offset", 0)]
        return self.updates[: asked.get("limit", 100)]

    def do_setWebhook(self, asked: dict[str, Any], _request: Request) -> Any:
        if not asked["url"].startswith("https://"):
            raise said_no(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        self.webhook = asked
        return True

    def do_getWebhookInfo(self, asked: dict[str, Any], _request: Request) -> Any:
        found = {
            "url": self.webhook.get("url", ""),
            "has_custom_certificate": False,
            "pending_update_count": len(self.updates),
        }
        return {**found, "last_error_message": self.last_error} if self.last_error else found

    def do_getMe(self, asked: dict[str, Any], _request: Request) -> Any:
        return {
            **self.bot(),
            "can_join_groups": True,
            "can_read_all_group_messages": not self.privacy,
            "supports_inline_queries": False,
        }

    def do_getChat(self, asked: dict[str, Any], _request: Request) -> Any:
        number = self.chat(asked)
        gifts = dict.fromkeys(
            ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), False
        )
        found = {**self.chats[number], "accent_color_id": 1, "max_reaction_count": 3, "accepted_gift_types": gifts}
        return {**found, "linked_chat_id": GROUP} if number == CHANNEL and self.linked else found

    def do_getChatMember(self, asked: dict[str, Any], _request: Request) -> Any:
        if not self.administrator:
            return {"status": "member", "user": self.bot()}
        return {"status": "administrator", "user": self.bot(), **self.rights}

    def do_getChatMemberCount(self, asked: dict[str, Any], _request: Request) -> Any:
        return 1234
