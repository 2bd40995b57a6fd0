"""How an announcement will look on each network, counted as that network counts; and what became of it there."""

import copy
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from django.utils.functional import Promise

from stamtafel.announce.actions import telling as tell
from stamtafel.announce.models import Announcement, Placement
from stamtafel.announce.models import Picture as PictureRow
from stamtafel.announce.rules.content import Content
from stamtafel.announce.rules.telling import NOT_HERE, Telling
from stamtafel.channels import costs, rules, standing_still
from stamtafel.channels.contract import Channel, Costs, Draft, Form, Limits, Rendered
from stamtafel.channels.models import Account, Amendment
from stamtafel.channels.names import name_of
from stamtafel.channels.queries import channel_of
from stamtafel.channels.rules import ONE_ACCOUNT
from stamtafel.channels.words import WORDS, Words
from stamtafel.people.models import StaffMember
from stamtafel.people.queries import require
from stamtafel.people.rules import Permission
from stamtafel.work.models import DueState

WITH_AT: Final = frozenset({"x", "mastodon", "bluesky", "instagram"})
LIVE: Final = re.compile(r"https?://\S+|(?<!\S)[\w-]+(?:\.[\w-]+)+/\S*|(?<!\w)[#@][\w.@-]*\w")


@dataclass(frozen=True, slots=True)
class LookPicture:
    """A picture as it will be shown there."""

    file: str
    alt: str
    width: int
    height: int
    crop: str


@dataclass(frozen=True, slots=True)
class Price:
    """What it costs, and what went out this month of the ceiling, in the network's own money."""

    this: str
    spent: str
    ceiling: str


@dataclass(frozen=True, slots=True)
class Look:
    """One account: what was chosen, and what it comes to."""

    account: Account
    network: str
    label: str
    handle: str
    telling: Telling
    limits: Limits
    count: int
    over: int
    posts: list[list[tuple[str, bool]]]  # each post in pieces; True for what is a link there
    link: str
    link_host: str
    link_title: str
    pictures: list[LookPicture]
    left_out: int
    price: Price | None
    problems: list[str]
    trouble: Words | None  # why the account did not work the last time

    @property
    def is_chain(self) -> bool:
        """Whether it goes out as more than one post."""
        return len(self.posts) > 1

    @property
    def bound(self) -> int | None:
        """How long it may be; None where there is no limit that anybody meets."""
        return self.limits.text


def looks(
    *,
    viewer: StaffMember | None,
    announcement: Announcement,
    content: Content,
    chosen: Mapping[int, Telling],
    pictures: Sequence[PictureRow],
    now: datetime,
) -> list[Look]:
    """Every network with the text as it is now in the form, not as it was saved. Raises Forbidden."""
    require(viewer, Permission.WRITE_ANNOUNCEMENTS)
    written = copy.copy(announcement)
    written.title, written.lead, written.body = content.title, content.lead, content.body
    accounts = tell.networks()
    given = [(account, chosen.get(account.pk, Telling(account=account.pk)).cleaned()) for account in accounts]
    return [
        _look(
            account,
            telling,
            pictures,
            tell.network_draft(written, account, telling, pictures=pictures, others=accounts),
            now,
        )
        for account, telling in given
    ]


def _look(account: Account, telling: Telling, pictures: Sequence[PictureRow], draft: Draft, now: datetime) -> Look:
    channel = channel_of(account)
    assert isinstance(channel, Channel)  # noqa: S101 - ``networks`` gives no others
    rendered = channel.render(draft)
    wanted = [row for row in pictures if telling.crops.get(str(row.pk)) != NOT_HERE]
    return Look(
        account=account, network=name_of(account.kind), label=tell.label_of(account), handle=_handle(account),
        telling=telling, limits=channel.limits, count=rendered.count, over=_over(rendered, draft),
        posts=[_pieces(text) for text in rendered.parts or (rendered.text,)],
        link=rendered.link, link_host=urlsplit(rendered.link).hostname or "",
        link_title=rendered.link_title or draft.link_text,
        pictures=[
            LookPicture(picture.file, picture.alt, picture.width, picture.height, picture.crop)
            for picture in rendered.pictures
        ],
        left_out=len(wanted) - len(rendered.pictures),
        price=_price(account, channel, rendered, now), problems=tell.why_not(account, draft),
        trouble=_trouble(account),
    )  # fmt: skip


def _trouble(account: Account) -> Words | None:
    if not account.problem:
        return None
    return WORDS[rules.cause(state=DueState.FAILED, error=account.problem, held=False)]


def _over(rendered: Rendered, draft: Draft) -> int:
    return 0 if draft.form == Form.THREAD and rendered.parts else rendered.over


def _handle(account: Account) -> str:
    """The name on the network as its last check told it."""
    name = str(account.health.get("name") or account.name)
    return f"@{name}" if account.kind in WITH_AT and not name.startswith("@") else name


def _pieces(text: str) -> list[tuple[str, bool]]:
    """The text in pieces, with addresses, names and tags apart, as networks colour them."""
    pieces, done = [], 0
    for found in LIVE.finditer(text):
        pieces += [(text[done : found.start()], False), (found.group(), True)]
        done = found.end()
    return [piece for piece in [*pieces, (text[done:], False)] if piece[0]]


def _price(account: Account, channel: Channel, rendered: Rendered, now: datetime) -> Price | None:
    if not isinstance(channel, Costs) or not (cost := channel.cost(rendered)):
        return None
    most = costs.ceiling_of(account)
    return Price(
        this=costs.dollars(cost),
        spent=costs.dollars(costs.spent(account, now)),
        ceiling="" if most is None else costs.dollars(most),
    )


# ── what became of it ────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class ByHand:
    """Something that a person has to do on the network itself."""

    pk: int
    sort: str
    url: str
    said: str


@dataclass(frozen=True, slots=True)
class Told:
    """One network where the announcement is, or should be."""

    account: int
    label: str
    state: str
    url: str
    done_at: datetime | None
    retracted_at: datetime | None
    error: str
    what: Promise
    whose: Promise
    do: Promise
    by_hand: list[ByHand]
    under_way: list[str]  # sorts of what still is done to it by a program


def told(*, viewer: StaffMember | None, announcement: Announcement) -> list[Told]:
    """What became of it on every network, in two queries. Raises Forbidden."""
    require(viewer, Permission.WRITE_ANNOUNCEMENTS)
    placed = Placement.objects.filter(announcement=announcement).exclude(delivery__account__kind__in=ONE_ACCOUNT)
    rows = list(placed.select_related("delivery__account").order_by("delivery__account__kind", "pk"))
    if not rows:
        return []
    open_states = [DueState.FAILED, DueState.WAITING, DueState.SENDING]
    asked = Amendment.objects.filter(delivery__in=[row.delivery_id for row in rows], state__in=open_states)
    by_delivery: dict[int, list[Amendment]] = {}
    for each in asked.order_by("pk"):
        by_delivery.setdefault(each.delivery_id, []).append(each)
    return [_told(row, by_delivery.get(row.delivery_id, [])) for row in rows]


def _told(row: Placement, asked: Sequence[Amendment]) -> Told:
    delivery = row.delivery
    cause = rules.cause(
        state=delivery.state, error=delivery.last_error, held=delivery.account.held,
        by_hand=bool(delivery.by_hand_url), stopped=standing_still.is_stopped(delivery),
    )  # fmt: skip
    words = WORDS[cause]
    return Told(
        account=delivery.account_id, label=tell.label_of(delivery.account), state=delivery.state,
        url=delivery.remote_url or delivery.by_hand_url, done_at=delivery.done_at, retracted_at=delivery.retracted_at,
        error=delivery.last_error, what=words.what, whose=words.whose, do=words.do,
        by_hand=[
            ByHand(each.pk, each.sort, each.by_hand_url, each.last_error)
            for each in asked if each.state == DueState.FAILED
        ],
        under_way=[each.sort for each in asked if each.state != DueState.FAILED],
    )  # fmt: skip
