"""How a conversation on a network reads on the desk: where it goes on, who spoke, and what became of our answers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamtafel.dossier.models import Kind
from stamtafel.dossier.queries.topics import topics
from stamtafel.inbox.models import Conversation, Message
from stamtafel.inbox.queries import LONGEST_NUMBER
from stamtafel.inbox.ways import Way, way_of
from stamtafel.people.models import StaffMember
from stamtafel.people.rules import Permission
from stamtafel.places.queries import neighbourhood_names
from stamtafel.web.desk.inbox import channel_of, day

SORTS: Final[dict[str, Promise]] = {
    "comment": gettext_lazy("comment"),
    "mention": gettext_lazy("mention"),
    "post": gettext_lazy("post on our page"),
    "message": gettext_lazy("private message"),
}
SENDING: Final[dict[str, Promise]] = {
    "waiting": gettext_lazy("goes out now"),
    "sending": gettext_lazy("on its way"),
    "done": gettext_lazy("placed"),
    "failed": gettext_lazy("failed"),
    "unsure": gettext_lazy("not sure whether it was placed"),
    "held": gettext_lazy("on hold"),
    "cancelled": gettext_lazy("not sent"),
}


@dataclass(frozen=True, slots=True)
class Talk:
    """What the page says of the network: where an answer goes, how long it may be, and what we can't do there."""

    way: Way
    channel: str
    where: str
    until: str
    person: str
    person_url: str
    about: str
    about_url: str


@dataclass(frozen=True, slots=True)
class Line:
    """What stands with one message of a network; ``open_url`` is where to look or answer by hand."""

    who: str
    sort: str
    went: str
    url: str
    by_hand: bool
    hidden: bool
    deleted: bool
    edited: bool
    attachments: list[dict[str, Any]]


def talk_of(found: Conversation, *, now: datetime) -> Talk | None:
    """The network side of a conversation; None where there is none."""
    way = way_of(found, now=now)
    if way is None:
        return None
    channel = channel_of(found)[0]
    person = found.person or {}
    name = " ".join(filter(None, [person.get("name", ""), _handle(person)]))
    about = found.about
    return Talk(
        way=way, channel=channel, where=_where(way, channel), until=_until(way),
        person=name, person_url=_safe(person.get("url", "")),
        about=about.draft.get("subject", "") if about else "", about_url=_safe(about.remote_url) if about else "",
    )  # fmt: skip


def where(found: Conversation, *, now: datetime) -> str:
    """Where an answer will be read; "" for a conversation that is on no network."""
    talk = talk_of(found, now=now)
    return talk.where if talk else ""


def shown(found: Conversation, said: list[Message], *, viewer: StaffMember, now: datetime) -> dict[str, Any]:
    """What the page of a conversation shows of its network."""
    if not found.thread:
        return {"talk": None}
    return {
        "talk": talk_of(found, now=now),
        "may_moderate": viewer.can(Permission.MODERATE),
        "takeable": [one for one in said if one.direction == "in" and one.deleted_at is None and one.text.strip()],
        "kinds": Kind.choices,
        "topics": dict(topics().values_list("slug", "name")),
        "areas": {code: name for _pk, code, name in neighbourhood_names()},
    }


def chosen(pk: str) -> int | None:
    """The message that an answer is for, from a form; None for the last one."""
    return int(pk) if pk.isdecimal() and len(pk) < LONGEST_NUMBER else None


def line_of(one: Message) -> Line | None:
    """What stands with one message of a network; None for one that is on none."""
    if not (one.target or one.sort or one.url or (one.delivery and one.delivery.target)):
        return None
    delivery = one.delivery
    by_hand = bool(delivery and delivery.by_hand_url and delivery.state in {"failed", "unsure"})
    url = one.url
    if delivery is not None:
        url = delivery.by_hand_url if by_hand else delivery.remote_url
    return Line(
        who=one.author, sort=str(SORTS.get(one.sort, "")), url=_safe(url), by_hand=by_hand,
        went=str(SENDING.get(delivery.state, "")) if delivery else "",
        hidden=one.hidden_at is not None, deleted=one.deleted_at is not None, edited=one.edited_at is not None,
        attachments=[each for each in one.attachments if isinstance(each, dict)],
    )  # fmt: skip


def _handle(person: dict[str, str]) -> str:
    handle = person.get("handle", "").lstrip("@")
    if handle:
        return f"@{handle}"
    address = person.get("id", "")
    return address if "@" in address else ""  # who mails has no name on a network


def _safe(url: str) -> str:
    """Only addresses of the web become a link: a network gave them to us."""
    return url if url.startswith(("https://", "http://")) else ""


def _where(way: Way, channel: str) -> str:
    if way.account.kind == "email":
        return _("Your answer goes to this person alone, by e-mail.")
    if way.private:
        return _("Your answer goes to this person alone, as a private message on %(channel)s.") % {"channel": channel}
    return _("Everybody can read your answer on %(channel)s.") % {"channel": channel}


def _until(way: Way) -> str:
    if way.until is None:
        return ""
    local = timezone.localtime(way.until)
    return _("You can answer until %(day)s, %(time)s.") % {"day": day(way.until), "time": f"{local:%H:%M}"}
