"""One network on loopback with an account of ours, and what we can do there."""

import io
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image

from stamtafel.channels.actions import deliver
from stamtafel.channels.contract import Draft, Form, Picture, Target
from stamtafel.channels.models import Account, Delivery
from stamtafel.channels.vault import keep_secrets
from tests.fakes.base import Fake, Fault, Request, running

numbers = count(1)
OUTCOMES: Counter[tuple[str, str, str]] = Counter()  # network, fault, how it ended


@dataclass(frozen=True)
class Order:
    """One delivery before it is a row, so that another process can make the row."""

    number: int
    draft: Draft
    target: Target | None = None
    in_private: bool = False

    @property
    def marker(self) -> str:
        """A word that stands in the text of this delivery only."""
        return f"merk{self.number}x"

    def as_data(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "number": self.number, "draft": self.draft.as_data(), "in_private": self.in_private,
            "target": self.target.as_data() if self.target else None,
        }  # fmt: skip

    def place(self, account: Account) -> Delivery:
        """Make the row."""
        return deliver(
            kind=account.kind, to=account, key=f"fault:{self.number}", purpose="reply" if self.target else "announcement",
            draft=self.draft, target=self.target, in_private=self.in_private, due_at=timezone.now(),
        )  # fmt: skip


Deed = Callable[[], Order]


@dataclass
class Rig:
    """``public`` gives the text of each thing of ours that somebody can see on the network, twice when it is there twice.

    ``deeds`` are by name; each orders one delivery with its marker in the text.
    """

    kind: str
    fake: Fake
    options: dict[str, Any]
    secrets: dict[str, str]
    public: Callable[[], list[str]]
    deeds: dict[str, Deed]
    before: Callable[[], None] = lambda: None  # forget what the adapter or the network keeps between deeds
    site: Fake | None = None  # our own site, for a network that fetches pictures from it
    account: Account = field(init=False)

    @property
    def hosts(self) -> list[str]:
        """What we may call."""
        return [one.host for one in (self.fake, self.site) if one is not None]

    @contextmanager
    def up(self) -> Iterator[None]:
        """Everything running; afterwards the network must have had nothing to complain of."""
        with running(self.fake), running(self.site) if self.site else nullcontext():
            yield

    def connect(self) -> None:
        """Make the account."""
        self.account = Account.objects.create(kind=self.kind, name=f"{self.kind} {next(numbers)}", options=self.options)
        keep_secrets(self.account, self.secrets)

    def seen(self, order: Order) -> int:
        """In how many public things its marker stands; each part of a chain has it."""
        return sum(order.marker in text for text in self.public())


def post(*, pictures: int = 0, chain: bool = False, link: str = "https://lindewaard.example/berichten/plein/") -> Deed:
    """An announcement, with pictures or as a chain of posts."""

    def made() -> Order:
        number = next(numbers)
        words = f"merk{number}x Wij planten bomen op het plein."
        body = (
            " ".join(f"Plek {place} bij merk{number}x krijgt meer schaduw en banken." for place in range(14))
            if chain
            else words
        )
        shown = tuple(kept_picture(n) for n in range(pictures))
        form = Form.THREAD if chain else Form.SINGLE
        return Order(number, Draft(subject="", body=body, link="" if chain else link, pictures=shown, form=form))

    return made


def kept_picture(number: int) -> Picture:
    """A picture in our storage."""
    name = f"faults-{number}.jpg"
    if not default_storage.exists(name):
        packed = io.BytesIO()
        Image.new("RGB", (640, 480), (40 + 60 * number, 120, 60)).save(packed, "JPEG")
        default_storage.save(name, ContentFile(packed.getvalue()))
    return Picture(url=f"https://lindewaard.example/media/{name}", alt="Een boom", file=name, width=640, height=480)


def answer(target: Callable[[], Target], *, in_private: bool = False) -> Deed:
    """An answer to something that somebody said."""

    def made() -> Order:
        number = next(numbers)
        draft = Draft(subject="", body=f"merk{number}x Dank u wel.")
        return Order(number, draft, target=target(), in_private=in_private)

    return made


def arm(fake: Fake, *, at: int, fault: Fault | None) -> None:
    """Let the fault strike at call number ``at`` (0 is the next one), once."""
    left = count()

    def take(_request: Request) -> Fault | None:
        return fault if next(left) == at else None

    fake.take_fault = take  # type: ignore[method-assign,assignment]
