"""How contributions and decisions read on the desk, in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamtafel.dossier.actions.seen import version_of
from stamtafel.dossier.models import Contribution, Kind, Outcome, State, Topic
from stamtafel.dossier.queries.desk import LONGEST_ID, Filters
from stamtafel.dossier.rules import personal_data
from stamtafel.people.models import StaffMember
from stamtafel.people.rules import Permission
from stamtafel.places.queries import neighbourhoods
from stamtafel.web.desk.inbox import CHANNELS

BOXES: Final[dict[str, Promise]] = {
    "": gettext_lazy("All"),
    "to_read": gettext_lazy("Waits to be shown"),
    "objections": gettext_lazy("Objections"),
    "reactions": gettext_lazy("Reactions to read"),
    "unanswered": gettext_lazy("Without an answer"),
    "hidden": gettext_lazy("Hidden"),
    "joined": gettext_lazy("Joined"),
}
STATE_KINDS: Final[dict[str, str]] = {
    State.RECEIVED: "attention", State.READ: "neutral", State.IN_CONVERSATION: "neutral", State.ANSWERED: "good",
    State.DONE: "good", State.HIDDEN: "wrong", State.MERGED: "neutral", State.WITHDRAWN: "neutral",
}  # fmt: skip
OUTCOME_KINDS: Final[dict[str, str]] = {
    Outcome.USED: "good", Outcome.PARTLY: "attention", Outcome.NOT_USED: "wrong", Outcome.ANSWERED: "neutral",
}  # fmt: skip
PERSONAL: Final[dict[personal_data.Kind, Promise]] = {
    personal_data.Kind.BSN: gettext_lazy("citizen service number"),
    personal_data.Kind.IBAN: gettext_lazy("bank account"),
    personal_data.Kind.PHONE: gettext_lazy("phone number"),
    personal_data.Kind.EMAIL: gettext_lazy("e-mail address"),
    personal_data.Kind.LICENCE_PLATE: gettext_lazy("licence plate"),
    personal_data.Kind.ADDRESS: gettext_lazy("address"),
}
SAID: Final = "dossier_said"  # in the session: what was just done and the address that takes it back, shown once


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list."""

    pk: int
    title: str
    address: str
    meta: list[str]
    excerpt: str
    state: str
    state_kind: str
    created_at: object
    icon: str
    waits: bool
    whole: str = ""
    version: str = ""  # of what can be read here, where it can be ticked
    photo: bool = False


def rows_of(found: Iterable[Contribution], *, whole: bool = False) -> list[Row]:
    """The list in words; with ``whole`` each has all of its public text."""
    return [_row(one, whole=whole) for one in found]


def _row(one: Contribution, *, whole: bool) -> Row:
    waits = one.published_at is None and one.state in Contribution.PUBLIC_STATES and one.erased_at is None
    word, icon = channel_of(one)
    return Row(
        pk=one.pk,
        title=title_of(one),
        address=reverse("desk:contribution", kwargs={"pk": one.pk}),
        meta=[str(Kind(one.kind).label), one.topic.name if one.topic else "", one.area.name if one.area else "", word],
        excerpt=one.excerpt
        if not one.excerpt.startswith(one.title.rstrip("….")) or len(one.excerpt) > len(one.title) + 8
        else "",
        state=_("Waits to be shown") if waits else str(State(one.state).label),
        state_kind="attention" if waits else STATE_KINDS[one.state],
        created_at=one.created_at,
        icon=icon,
        waits=waits,
        whole=one.public_text if whole else "",
        version=version_of(one) if whole else "",
        photo=bool(one.photo),
    )


def ticked(chosen: Iterable[str]) -> dict[int, str]:
    """Number → the version that was read, of the boxes that were ticked; what is no such pair is left out."""
    pairs = (each.partition("-") for each in chosen)
    return {
        int(pk): version for pk, _dash, version in pairs if pk.isascii() and pk.isdecimal() and len(pk) < LONGEST_ID
    }


def title_of(one: Contribution) -> str:
    """Its title, or what is left after erasure."""
    return one.title or _("Erased by the resident")


def channel_of(one: Contribution) -> tuple[str, str]:
    """The channel it came by, in a word and an icon."""
    word, icon = CHANNELS.get(one.channel, (one.channel.capitalize(), "message-square"))
    return str(word), icon


def marked(text: str) -> list[tuple[str, str]]:
    """The text in pieces; personal data with the word for its kind, the rest with ""."""
    pieces, at = [], 0
    for found in personal_data.find(text):
        pieces += [(text[at : found.start], ""), (found.text, str(PERSONAL[found.kind]))]
        at = found.end
    return [piece for piece in (*pieces, (text[at:], "")) if piece[0]]


def topic_choices() -> dict[str, str]:
    """Slug → name of every subject, for lists to choose from: one query."""
    return dict(Topic.objects.order_by("archived", "name").values_list("slug", "name"))


def area_choices() -> dict[str, str]:
    """Code → name of every neighbourhood."""
    return dict(neighbourhoods().values_list("code", "name"))


def chips(filters: Filters, topics: Mapping[str, str], areas: Mapping[str, str]) -> list[tuple[str, str]]:
    """What narrows the list, each with the address that switches it off."""
    names = {
        "kind": str(Kind(filters.kind).label) if filters.kind in Kind.values else filters.kind,
        "state": str(State(filters.state).label) if filters.state in State.values else filters.state,
        "topic": topics.get(filters.topic, filters.topic),
        "area": areas.get(filters.area, filters.area),
        "text": f"“{filters.text}”",
    }
    query = filters.as_query()
    return [
        (names[name], f"?{urlencode({**query, name: ''})}")  # an empty subject stays in sight: nothing is chosen for it
        for name in query
        if name != "box"
    ]


def may_announce(viewer: StaffMember) -> bool:
    """Whether this member writes announcements: then there is a button for it."""
    return viewer.can(Permission.WRITE_ANNOUNCEMENTS)


def say(request: HttpRequest, text: str, undo: str = "") -> None:
    """Keep what was just done for the next page, with the address to POST to that takes it back."""
    request.session[SAID] = {"text": text, "undo": undo}


def address_if_there(name: str, query: str = "", **parts: object) -> str:
    """An address, or "" where an installation leaves that part out."""
    try:
        return reverse(name, kwargs=parts or None) + (f"?{query}" if query else "")
    except NoReverseMatch:
        return ""
