"""How one announcement is told on one network: what the editor chose, and what follows from it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from stamtafel.announce.rules.content import clean_text
from stamtafel.channels.contract import Form, Limits, Picture, Rendered

LONGEST_OWN_TEXT: Final = 20_000
NOT_HERE: Final = "none"
CROPS: Final = ("whole", "centre", "top", "bottom", NOT_HERE)
MOST_NAMES: Final = 3


@dataclass(frozen=True)
class Telling:
    """What was chosen for one account; ``text`` "" follows the shared text, ``crops`` goes by picture.

    A crop is "whole" (nothing is lost), "centre", "top" or "bottom" (what stays when it is cut) or "none" (not here).
    """

    account: int
    wanted: bool = False
    text: str = ""
    form: str = Form.SINGLE
    with_link: bool = True
    with_invitation: bool = True
    crops: Mapping[str, str] = field(default_factory=dict)

    def cleaned(self) -> "Telling":
        """The same, fit to be kept: only forms and crops that exist."""
        return Telling(
            account=self.account,
            wanted=self.wanted,
            text=clean_text(self.text),
            form=self.form if self.form in set(Form) else Form.SINGLE,
            with_link=self.with_link,
            with_invitation=self.with_invitation,
            crops={picture: crop for picture, crop in self.crops.items() if crop in CROPS and crop != CROPS[0]},
        )

    def as_columns(self) -> dict[str, Any]:
        """What the table keeps of it."""
        return {
            "wanted": self.wanted, "text": self.text, "form": str(self.form), "with_link": self.with_link,
            "with_invitation": self.with_invitation, "crops": dict(self.crops),
        }  # fmt: skip


def shared_text(*, lead: str, body: str) -> str:
    """What networks get of an announcement: the sentences that sum it up, or all of it where there are none."""
    return lead or body


def tagged(link: str, *, kind: str, slug: str) -> str:
    """The address with what our own count of visits knows the campaign by; what was in it stays."""
    parts = urlsplit(link)
    tags = {"utm_source": kind, "utm_medium": "social", "utm_campaign": slug}
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in tags]
    return urlunsplit(parts._replace(query=urlencode([*query, *tags.items()])))


def shown(pictures: Sequence[tuple[str, Picture]], crops: Mapping[str, str], most: int | None) -> list[Picture]:
    """The pictures that go along, in order: those that were not left out, as many as the network takes."""
    wanted = [picture for key, picture in pictures if crops.get(key) != NOT_HERE]
    return wanted if most is None else wanted[:most]


@dataclass(frozen=True)
class Misfit:
    """Why a text can't go to a network: what is wrong, by how much, and what the network takes."""

    what: str  # "empty", "too_long", "needs_picture", "alt_too_long"
    over: int = 0
    bound: int = 0


def misfits(rendered: Rendered, limits: Limits, *, may_chain: bool) -> list[Misfit]:
    """All that keeps it from going out as it is."""
    found: list[Misfit] = []
    if not (rendered.text.strip() or rendered.subject.strip() or rendered.parts):
        found.append(Misfit("empty"))
    if rendered.over and not (may_chain and rendered.parts):
        found.append(Misfit("too_long", rendered.over, limits.text or 0))
    if limits.needs_picture and not rendered.pictures:
        found.append(Misfit("needs_picture"))
    longest = max((len(picture.alt) for picture in rendered.pictures), default=0)
    if limits.alt is not None and longest > limits.alt:
        found.append(Misfit("alt_too_long", longest - limits.alt, limits.alt))
    return found
